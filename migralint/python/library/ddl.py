"""The DDL that tables, constraints and sequences send: `.create()`, `.drop()`, `CreateTable(...)` and the like."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from migralint.operations import (
    CreateConstraint,
    CreateIndex,
    CreateTable,
    DropIndex,
    DropTable,
    Place,
)
from migralint.python.library import made_columns, made_constraints, made_indexes
from migralint.python.library.enum_types import EnumItem
from migralint.python.library.enums import before_create, create_enum, drop_enum
from migralint.python.library.home import Home, NotKnown, flag, names, qualified, text
from migralint.python.library.items import ColumnItem, ConstraintItem, GeneratedItem, column_name
from migralint.python.library.naming import tell_cut
from migralint.python.library.registry import known
from migralint.python.library.sequences import sequence_ddl
from migralint.python.library.tables import TableItem
from migralint.python.values import Arguments, Native, Value
from migralint.schema import ForeignKey, Index, Name, Table
from migralint.schema.names import TEMPORARY
from migralint.sql.names import see_temporary

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


def home(ev: Evaluator, table: TableItem, name: Name, convention: dict[str, Value], place: Place) -> Home:
    """A table that is being made."""
    own = tuple(n for c in table.columns if (n := column_name(c)))
    spaces = table.metadata.schema if table.metadata is not None else None
    return Home(ev, name, convention, place, table.schema, own, str(spaces) if isinstance(spaces, str) else None)


Told = Callable[[NotKnown, Place], None]
"""Takes what is not known of a part of a table, so that the rest can be made."""


def _refuse(problem: NotKnown, place: Place) -> None:
    raise problem


def definition(
    ev: Evaluator,
    table: TableItem,
    name: Name,
    convention: dict[str, Value],
    place: Place,
    told: Told = _refuse,
) -> CreateTable:
    """The CREATE TABLE of a table item, with the indexes of its columns left out.

    Raises NotKnown, unless `told` takes it.
    """
    from migralint.python.library.attaching import attached
    from migralint.python.library.keys import settle_keys

    attached(ev, table)
    settle_keys(table)
    here = home(ev, table, name, convention, place)
    keys = [c for c in table.columns if flag(ev, c.option("primary_key"))]
    listed = next((i for i in table.constraints if i.kind == "pk"), None)
    key_names = list(names(ev, listed.items)) if listed is not None else []
    key_names = key_names or [text(c.name, "a column's name") for c in keys]
    keys_of = [i.args.get(0, "columns") for i in table.constraints if i.kind == "fk"]
    referencing = set(names(ev, keys_of))
    columns, constraints = [], []
    for item in table.columns:
        auto = item.option("autoincrement", "auto")
        counts = key_names == [item.name] and (auto == "ignore_fk" or item.name not in referencing)
        counts = counts or (auto is True and item.name in key_names)
        if item.name in key_names and not flag(ev, item.option("primary_key")):
            item.overrides["primary_key"] = True
        try:
            columns.append(made_columns.column(here, item, in_table=True, counts=counts))
            constraints += made_constraints.column_constraints(here, item)
        except NotKnown as problem:
            told(problem, item.place)
    if key_names:
        stated_key = listed or ConstraintItem("pk", None, [], Arguments(), place)
        key = ConstraintItem("pk", stated_key.name, list(key_names), stated_key.args, place, table)
        constraints.insert(0, made_constraints.constraint(here, key))
    for stated in table.constraints:
        if stated.kind not in ("pk", "ix") and not (stated.kind == "fk" and made_constraints.put_off(ev, stated.args)):
            try:
                if stated.applies(ev):
                    constraints.append(made_constraints.constraint(here, stated))
            except NotKnown as problem:
                told(problem, stated.place)
    comment = str(table.comment) if isinstance(table.comment, str) else None
    temporary = name.schema == TEMPORARY
    unlogged = any(str(prefix).upper() == "UNLOGGED" for prefix in ev.items(table.prefixes) or [])
    persistence = "temporary" if temporary else "unlogged" if unlogged else "permanent"
    made = Table(name, tuple(columns), tuple(constraints), comment=comment, persistence=persistence)
    if ev.database.dialect != "postgresql":
        return CreateTable(made, temporary=temporary)
    if isinstance(table.partition_by, str):
        made = replace(made, partition_by=str(table.partition_by))
    above = [table.inherits] if isinstance(table.inherits, str) else ev.items(table.inherits) or []
    parents = tuple(qualified(ev, parent, None) for parent in above)
    return CreateTable(replace(made, parents=parents), like=parents, temporary=temporary)


def create_table(
    ev: Evaluator,
    table: TableItem,
    place: Place,
    *,
    checkfirst: bool = False,
    implicit: bool = False,
    convention: dict[str, Value] | None = None,
    if_not_exists: bool = False,
    check_types: bool = False,
    keys: Literal["within", "apart"] = "within",
) -> list[ForeignKey]:
    """What `table.create()` sends: types, the table, its indexes. Gives the foreign keys that are left for later: those
    with `use_alter`, all where they are to be made `apart`.
    """
    names = convention if convention is not None else table.convention
    try:
        visible, name = table.qualified(ev), table.created(ev)
        if checkfirst and visible in ev.database.ask(visible).tables:
            return []
        send_types(ev, table, place, checkfirst=check_types or checkfirst)
        operation = definition(ev, table, name, names, place)  # where its types are is looked up
    except NotKnown as problem:
        ev.opaque(f"create_table: {problem.reason}", place)
        return []
    made = operation.definition
    late = [key for key in made.of_kind(ForeignKey) if keys == "apart"]
    if late:
        kept = tuple(one for one in made.constraints if one not in late)
        operation = replace(operation, definition=replace(made, constraints=kept))
    tell_cut(ev, text(table.name, "the table's name"), place)
    if operation.temporary:
        see_temporary(ev.database)
    if if_not_exists:
        operation = CreateTable(operation.definition, True, operation.like, operation.temporary)
    ev.database.execute(operation, place, implicit=implicit)
    found = indexes(
        ev, table, name, names, place, lambda problem, place: ev.opaque(f"create_index: {problem.reason}", place)
    )
    for index in found:
        ev.database.execute(CreateIndex(name, index), place, implicit=True)
    return late + put_off(ev, table, name, place, lambda problem, place: ev.opaque(f"a key: {problem.reason}", place))


def send_types(ev: Evaluator, table: TableItem, place: Place, *, checkfirst: bool = True) -> None:
    """The CREATE TYPE of the enums that columns of the table have."""
    before_create(ev, made_columns.enum_types(ev, table.columns), place, checkfirst=checkfirst)


def put_off(ev: Evaluator, table: TableItem, name: Name, place: Place, told: Told) -> list[ForeignKey]:
    """The foreign keys that are added when all tables are there (`use_alter`)."""
    here = home(ev, table, name, table.convention, place)
    found: list[ForeignKey] = []
    try:
        for column in table.columns:
            late = [part for part in column.foreign_keys() if made_constraints.put_off(ev, part.args)]
            found += [made_constraints.inline_foreign_key(here, part, str(column.name)) for part in late]
        for item in table.constraints:
            if item.kind == "fk" and made_constraints.put_off(ev, item.args):
                made = made_constraints.constraint(here, item)
                found += [made] if isinstance(made, ForeignKey) else []
    except NotKnown as problem:
        told(problem, place)
    return found


def drop_table(
    ev: Evaluator, table: TableItem, place: Place, *, checkfirst: bool = False, if_exists: bool = False
) -> None:
    """What `table.drop()` sends."""
    try:
        name = table.qualified(ev)
    except NotKnown as problem:
        ev.opaque(f"drop_table: {problem.reason}", place)
        return
    schema = ev.database.ask(name)
    if not checkfirst or name in schema.tables or schema.opaque:
        ev.database.execute(DropTable(name, if_exists=checkfirst or if_exists), place)


def indexes(
    ev: Evaluator, table: TableItem, name: Name, convention: dict[str, Value], place: Place, told: Told
) -> list[Index]:
    """The indexes of a table: those of its columns first."""
    here = home(ev, table, name, convention, place)
    found = [index for column in table.columns for index in made_indexes.column_indexes(here, column)]
    for item in table.constraints:
        if item.kind == "ix":
            try:
                if item.applies(ev):
                    found.append(made_indexes.index(here, item))
            except NotKnown as problem:
                told(problem, place)
    return found


def constraint_ddl(ev: Evaluator, item: ConstraintItem, action: str, args: Arguments, place: Place) -> Value:
    """`Index(...).create(bind)` and `.drop(bind)`."""
    table = item.table
    if table is None:
        table = next((i.table for i in item.items if isinstance(i, ColumnItem) and i.table is not None), None)
    if not isinstance(table, TableItem):
        ev.opaque("an index whose table is not known", place)
        return None
    try:
        name = table.qualified(ev)
        if item.kind == "ix":
            index = made_indexes.index(Home(ev, name, table.convention, place, table.schema), item)
            checkfirst = ev.truth(args.get(1, "checkfirst", default=False)) is True
            schema = ev.database.ask(name)
            there = name in schema.tables and schema.tables[name].index(index.name) is not None
            if action == "create":
                if not (checkfirst and there):
                    ev.database.execute(CreateIndex(name, index, if_not_exists=checkfirst), place)
            elif there or schema.opaque or not checkfirst:
                ev.database.execute(DropIndex(Name(name.schema, index.name), name, if_exists=checkfirst), place)
        elif action == "create":
            made = made_constraints.constraint(Home(ev, name, table.convention, place, table.schema), item)
            ev.database.execute(CreateConstraint(name, made), place)
    except NotKnown as problem:
        ev.opaque(problem.reason, place)
    return None


def _construct(action: str) -> object:
    def build(ev: Evaluator, args: Arguments, place: Place) -> Value:
        return DdlItem(action, args.get(0), args)

    return build


class DdlItem(Native):
    """`CreateTable(table)` and the like, to be executed."""

    def __init__(self, action: str, subject: Value, args: Arguments) -> None:
        self.action = action
        self.subject = subject
        self.args = args

    def run(self, ev: Evaluator, place: Place) -> None:
        """Executes it."""
        from migralint.operations import CreateSchema, DropSchema

        subject, exists = self.subject, self.args.keywords.get
        if isinstance(subject, TableItem) and self.action == "CreateTable":
            create_table(ev, subject, place, if_not_exists=ev.truth(exists("if_not_exists", False)) is True)
        elif isinstance(subject, TableItem) and self.action == "DropTable":
            drop_table(ev, subject, place, if_exists=ev.truth(exists("if_exists", False)) is True)
        elif isinstance(subject, EnumItem):
            change = create_enum if self.action.startswith("Create") else drop_enum
            change(ev, subject, Arguments([None, False]), place)
        elif isinstance(subject, ConstraintItem):
            constraint_ddl(
                ev, subject, "create" if self.action.startswith(("Create", "Add")) else "drop", self.args, place
            )
        elif isinstance(subject, GeneratedItem):
            sequence_ddl(ev, subject, "create" if self.action.startswith("Create") else "drop", place)
        elif isinstance(subject, str) and self.action == "CreateSchema":
            ev.database.execute(CreateSchema(str(subject), ev.truth(exists("if_not_exists", False)) is True), place)
        elif isinstance(subject, str) and self.action == "DropSchema":
            ev.database.execute(
                DropSchema(
                    str(subject),
                    ev.truth(exists("if_exists", False)) is True,
                    ev.truth(exists("cascade", False)) is True,
                ),
                place,
            )
        else:
            ev.opaque(f"{self.action} of something that is not known", place)


for _action in (
    "CreateTable", "DropTable", "CreateIndex", "DropIndex", "CreateSequence", "DropSequence", "CreateSchema",
    "DropSchema", "AddConstraint", "DropConstraint",
):  # fmt: skip
    known(f"sqlalchemy.{_action}", f"sqlalchemy.schema.{_action}")(_construct(_action))  # type: ignore[arg-type]  # built for the registry
for _action in ("CreateEnumType", "DropEnumType"):
    known(f"postgresql.{_action}")(_construct(_action))  # type: ignore[arg-type]  # built for the registry
