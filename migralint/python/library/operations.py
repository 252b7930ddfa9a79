"""`alembic.op`: every operation, inside and outside batch blocks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migralint.operations import (
    AddColumn,
    AlterColumn,
    CreateConstraint,
    CreateIndex,
    CreateTableComment,
    DropColumn,
    DropConstraint,
    DropIndex,
    DropTable,
    DropTableComment,
    Operation,
    Place,
    RenameTable,
)
from migralint.python.branches import ContextManager
from migralint.python.library import convert, dml
from migralint.python.library.connection import ConnectionItem, execute
from migralint.python.library.context import ContextItem
from migralint.python.library.convert import Home, NotKnown, flag, qualified, text
from migralint.python.library.ddl import create_table
from migralint.python.library.items import ColumnItem, ConstraintItem, default_sql, type_ddl
from migralint.python.library.naming import DEFAULT_CONVENTION, Conv
from migralint.python.library.registry import VALUES, known
from migralint.python.library.sqltext import as_sql
from migralint.python.library.tables import TableItem
from migralint.python.text import Text
from migralint.python.values import Arguments, Builtin, Native, Unknown, Value
from migralint.schema import Name, PrimaryKey
from migralint.schema.names import cut, shortened
from migralint.schema.types import canonical
from migralint.sql.names import creation_schema

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


@dataclass
class Target:
    """Where operations go: at once to the database, or to the list that a batch block runs at its end."""

    ev: Evaluator
    place: Place
    args: Arguments
    table: Value = None
    schema: Value = None
    batch: bool = False
    later: list[Callable[[], None]] | None = None

    def emit(self, operation: Operation, *, implicit: bool = False) -> None:
        """Sends an operation, now or at the end of the block."""
        place, database = self.place, self.ev.database
        if self.later is None:
            database.execute(operation, place, implicit=implicit)
        else:
            self.later.append(lambda: database.execute(operation, place, implicit=implicit))

    def name(self, position: int, *keywords: str) -> Name:
        """The table: that of the batch block, or an argument."""
        if self.batch:
            return qualified(self.ev, self.table, self.schema)
        return qualified(self.ev, self.args.get(position, *keywords), self.args.keywords.get("schema"))

    def arg(self, position: int, *names: str, default: Value = None) -> Value:
        """An argument by its position outside of batch blocks; inside, the table is not among them."""
        return self.args.get(position - 1 if self.batch else position, *names, default=default)

    def home(self, table: Name) -> Home:
        """The table with the project's naming convention."""
        schema = self.schema if self.batch else self.args.keywords.get("schema")
        return Home(self.ev, table, {**DEFAULT_CONVENTION, **self.ev.naming}, self.place, schema)


Handler = Callable[[Target], Value]
OPERATIONS: dict[str, Handler] = {}
OUTSIDE: dict[str, Handler] = {}
"""Operations that batch blocks do not have."""


def _operation(function: Handler) -> Handler:
    OPERATIONS[function.__name__.strip("_")] = function
    return function


def _outside(function: Handler) -> Handler:
    OUTSIDE[function.__name__.strip("_")] = function
    return function


def run(name: str, handler: Handler, target: Target) -> Value:
    """Runs one operation; what is not known makes it Opaque."""
    if target.args.open:
        return _lost(target, f"{name} with arguments that are not known")
    try:
        return handler(target)
    except NotKnown as problem:
        return _lost(target, f"{name}: {problem.reason}")


def _lost(target: Target, reason: str) -> Value:
    ev, place = target.ev, target.place
    if target.later is None:
        ev.opaque(reason, place)
    else:
        target.later.append(lambda: ev.opaque(reason, place))
    return Unknown(reason, place)


@_outside
def _create_table(t: Target) -> Value:
    args = t.args
    item = TableItem(args.get(0, "table_name"), args.keywords.get("schema"), None, t.place)
    item.comment, item.prefixes = args.keywords.get("comment"), args.keywords.get("prefixes")
    for part in args.positional[1:]:
        if isinstance(part, Unknown):
            raise NotKnown(f"a part of the table is not known ({part.reason})")
        item.add(part)
    convention = {**DEFAULT_CONVENTION, **t.ev.naming}
    create_table(
        t.ev, item, t.place, convention=convention, if_not_exists=flag(t.ev, args.keywords.get("if_not_exists"))
    )
    return item


@_outside
def _drop_table(t: Target) -> Value:
    t.emit(DropTable(t.name(0, "table_name"), flag(t.ev, t.args.keywords.get("if_exists"))))
    return None


@_outside
def _rename_table(t: Target) -> Value:
    table = t.name(0, "old_table_name")
    t.emit(RenameTable(table, Name(table.schema, cut(text(t.args.get(1, "new_table_name"), "the new name")))))
    return None


@_operation
def _add_column(t: Target) -> Value:
    table = t.name(0, "table_name")
    item = t.arg(1, "column")
    if not isinstance(item, ColumnItem):
        raise NotKnown(item.reason if isinstance(item, Unknown) else "the column is not known")
    home = t.home(table)
    primary = flag(t.ev, item.option("primary_key"))
    column = convert.column(home, item, in_table=primary, sole_key=primary)
    t.emit(AddColumn(table, column, if_not_exists=flag(t.ev, t.args.keywords.get("if_not_exists"))))
    if primary and flag(t.ev, t.args.keywords.get("inline_primary_key")):
        t.emit(CreateConstraint(table, PrimaryKey("", (column.name,))), implicit=True)
    for constraint in convert.column_constraints(home, item):
        t.emit(CreateConstraint(table, constraint), implicit=True)
    index = convert.column_index(home, item)
    if index is not None:
        t.emit(CreateIndex(table, index), implicit=True)
    return None


@_operation
def _drop_column(t: Target) -> Value:
    name = cut(text(t.arg(1, "column_name"), "the column's name"))
    t.emit(DropColumn(t.name(0, "table_name"), name, flag(t.ev, t.args.keywords.get("if_exists"))))
    return None


@_operation
def _alter_column(t: Target) -> Value:
    ev, get = t.ev, t.args.keywords.get
    table, name = t.name(0, "table_name"), text(t.arg(1, "column_name"), "the column's name")
    changes: dict[str, Value] = {}
    unknown: list[str] = []
    new = get("new_column_name") or (get("name") if t.batch else None)
    if new is not None and new != name:
        changes["new_name"] = text(new, "the new name")
    kind = get("type_")
    if kind is not None:
        ddl = type_ddl(ev, kind, t.place)
        if isinstance(ddl, Unknown):
            unknown.append(f"the type of column {name} is not known ({ddl.reason})")
        else:
            changes["type"] = canonical(ddl) if ev.database.dialect == "postgresql" else ddl
        using = get("postgresql_using")
        if using is not None:
            changes["using"] = convert.as_text(ev, using, t.place)
    nullable = get("nullable")
    if nullable is not None:
        known_value = ev.truth(nullable)
        if known_value is None:
            unknown.append("whether the column is nullable is not known")
        else:
            changes["not_null"] = not known_value
    if "server_default" in t.args.keywords and get("server_default") is not False:
        try:
            _default(t, get("server_default"), changes)
        except NotKnown as problem:
            unknown.append(problem.reason)
    if "comment" in t.args.keywords and get("comment") is not False:
        comment = get("comment")
        changes["comment"] = str(comment) if isinstance(comment, str) else None
    if changes:
        t.emit(AlterColumn(table, cut(name), **changes))
    if unknown:
        raise NotKnown("; ".join(unknown))
    return None


def _default(t: Target, value: Value, changes: dict[str, Value]) -> None:
    from migralint.python.library.items import GeneratedItem

    if isinstance(value, GeneratedItem) and value.kind == "Identity":
        changes["identity"] = "always" if flag(t.ev, value.args.get(0, "always")) else "by default"
        return
    if value is None and isinstance(t.args.keywords.get("existing_server_default"), GeneratedItem):
        changes["identity"] = None
        return
    default = default_sql(t.ev, value, t.place)
    if isinstance(default, Unknown):
        raise NotKnown(f"the default is not known ({default.reason})")
    changes["default"] = default


@_operation
def _create_index(t: Target) -> Value:
    ev, get = t.ev, t.args.keywords.get
    table = qualified(ev, t.table, t.schema) if t.batch else qualified(ev, t.args.get(1, "table_name"), get("schema"))
    columns = ev.items(t.args.get(1 if t.batch else 2, "columns"))
    if columns is None:
        raise NotKnown("the columns of the index are not known")
    unique = t.args.get(-1, "unique")
    given = Arguments([], {**t.args.keywords, "unique": unique})
    index = convert.make_index(t.home(table), t.args.get(0, "index_name"), columns, given)
    t.emit(CreateIndex(table, index, flag(ev, get("postgresql_concurrently")), flag(ev, get("if_not_exists"))))
    return None


@_operation
def _drop_index(t: Target) -> Value:
    ev, get = t.ev, t.args.keywords.get
    table: Name | None = None
    stated = t.table if t.batch else t.args.get(1, "table_name")
    if stated is not None:
        table = qualified(ev, stated, t.schema if t.batch else get("schema"))
    name = t.args.get(0, "index_name")
    name = shortened(name) if isinstance(name, Conv) else cut(text(name, "the index's name"))
    schema = table.schema if table is not None else get("schema") or creation_schema(ev.database)
    t.emit(
        DropIndex(Name(str(schema), name), table, flag(ev, get("postgresql_concurrently")), flag(ev, get("if_exists")))
    )
    return None


@_operation
def _create_foreign_key(t: Target) -> Value:
    ev, get = t.ev, t.args.keywords.get
    name = t.args.get(0, "constraint_name")
    if t.batch:
        source = qualified(ev, t.table, t.schema)
        target_name, local, remote = (
            t.args.get(1, "referent_table"),
            t.args.get(2, "local_cols"),
            t.args.get(3, "remote_cols"),
        )
    else:
        source = qualified(ev, t.args.get(1, "source_table", "source"), get("source_schema"))
        target_name = t.args.get(2, "referent_table", "referent")
        local, remote = t.args.get(3, "local_cols"), t.args.get(4, "remote_cols")
    target = qualified(ev, target_name, get("referent_schema"))
    columns, referred = convert.names(ev, [local]), convert.names(ev, [remote])
    home = t.home(source)
    resolved = home.name("fk", name, list(columns), target.name, referred)
    t.emit(CreateConstraint(source, convert._foreign_key(home, t.args, resolved, columns, target, referred)))
    return None


@_operation
def _create_unique_constraint(t: Target) -> Value:
    table = t.name(1, "table_name", "source")
    columns = convert.names(t.ev, [t.args.get(1 if t.batch else 2, "columns", "local_cols")])
    item = ConstraintItem("uq", t.args.get(0, "constraint_name"), list(columns), t.args, t.place)
    made = convert.constraint(t.home(table), item)
    t.emit(CreateConstraint(table, made))
    return None


@_operation
def _create_primary_key(t: Target) -> Value:
    table = t.name(1, "table_name")
    columns = convert.names(t.ev, [t.args.get(1 if t.batch else 2, "columns", "cols")])
    name = t.home(table).name("pk", t.args.get(0, "constraint_name"), list(columns))
    t.emit(CreateConstraint(table, PrimaryKey(name, columns)))
    return None


@_operation
def _create_check_constraint(t: Target) -> Value:
    table = t.name(1, "table_name", "source")
    value = t.args.get(1 if t.batch else 2, "condition")
    not_valid = flag(t.ev, t.args.keywords.get("postgresql_not_valid"))
    made = convert.check(t.home(table), value, t.args.get(0, "constraint_name"), not_valid=not_valid)
    t.emit(CreateConstraint(table, made))
    return None


@_operation
def _create_exclude_constraint(t: Target) -> Value:
    table = t.name(1, "table_name")
    items = t.args.positional[1 if t.batch else 2 :]
    item = ConstraintItem("ex", t.args.get(0, "constraint_name"), list(items), t.args, t.place)
    t.emit(CreateConstraint(table, convert.constraint(t.home(table), item)))
    return None


_KINDS = {
    "foreignkey": "foreign_key",
    "primary": "primary_key",
    "unique": "unique",
    "check": "check",
    "exclude": "exclusion",
}


@_operation
def _drop_constraint(t: Target) -> Value:
    table = t.name(1, "table_name")
    given = t.args.get(0, "constraint_name")
    kind = t.args.get(1 if t.batch else 2, "type_")
    short = {"foreignkey": "fk", "primary": "pk", "unique": "uq", "check": "ck"}.get(
        kind if isinstance(kind, str) else "", ""
    )
    if isinstance(given, Conv):
        name = shortened(given)
    elif isinstance(given, str) and short:
        name = t.home(table).name(short, given, [])
    else:
        name = text(given, "the constraint's name")
    if not name:
        raise NotKnown("the constraint's name is not known")
    t.emit(DropConstraint(table, cut(name), _KINDS.get(str(kind)), flag(t.ev, t.args.keywords.get("if_exists"))))
    return None


@_operation
def _create_table_comment(t: Target) -> Value:
    comment = t.args.get(0 if t.batch else 1, "comment")
    t.emit(CreateTableComment(t.name(0, "table_name"), str(comment) if isinstance(comment, str) else None))
    return None


@_operation
def _drop_table_comment(t: Target) -> Value:
    t.emit(DropTableComment(t.name(0, "table_name")))
    return None


@_outside
def _execute(t: Target) -> Value:
    execute(t.ev, t.args.get(0, "sqltext"), None, t.place)
    return None


@_outside
def _bulk_insert(t: Target) -> Value:
    dml.bulk_insert(t.ev, t.args.get(0, "table"), t.args.get(1, "rows"), t.place)
    return None


@_outside
def _get_bind(t: Target) -> Value:
    return ConnectionItem()


@_outside
def _get_context(t: Target) -> Value:
    return ContextItem()


@_outside
def _f(t: Target) -> Value:
    name = t.args.get(0, "name")
    return Conv(name, name.pieces if isinstance(name, Text) else ()) if isinstance(name, str) else name


@_outside
def _inline_literal(t: Target) -> Value:
    return as_sql(t.ev, t.args.get(0), t.place)


@_outside
def _run_async(t: Target) -> Value:
    return t.ev.call(t.args.get(0), Arguments([ConnectionItem(), *t.args.positional[1:]]), t.place)


@_outside
def _batch_alter_table(t: Target) -> Value:
    return BatchItem(t.args.get(0, "table_name"), t.args.get(1, "schema"), t.args)


@_outside
def _invoke(t: Target) -> Value:
    operation = t.args.get(0)
    runner = getattr(operation, "invoke", None)
    if runner is None:
        raise NotKnown("the operation object is not known")
    return runner(t.ev, t.place)


@dataclass(eq=False)
class OpItem(Native):
    """The module `alembic.op`, or an `Operations` object."""

    type_name = "alembic.op"
    reaches_database = True

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        handler = OUTSIDE.get(name) or OPERATIONS.get(name)
        if handler is not None:
            return Builtin(f"op.{name}", lambda ev, args, place: run(name, handler, Target(ev, place, args)))
        if name in ("context", "migration_context"):
            return ContextItem()
        if name == "impl":
            return ContextItem()
        if name == "batch_op":
            return Unknown("op.batch_op", place)
        from migralint.python.library.custom import custom_operation
        from migralint.python.library.sync_enum import sync_enum_values

        if name == "sync_enum_values":
            return Builtin(f"op.{name}", sync_enum_values)
        found = custom_operation(ev, name)
        if found is not None:
            return Builtin(f"op.{name}", lambda ev, args, place: found(ev, args, place))
        return UnknownOperation(name)


@dataclass(eq=False)
class UnknownOperation(Native):
    """`op.something` that Alembic does not have: calling it is Opaque."""

    name: str
    type_name = "operation"

    def call(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        ev.opaque(f"the operation op.{self.name} is not known", place)
        return Unknown(f"op.{self.name} is not known", place)

    def truth(self) -> bool | None:
        return None


@dataclass(eq=False)
class BatchItem(ContextManager):
    """`op.batch_alter_table(...)`: its operations run at the end of the block."""

    table: Value
    schema: Value
    args: Arguments
    later: list[Callable[[], None]] = field(default_factory=list)
    type_name = "batch"
    reaches_database = True

    def enter(self, ev: Evaluator, stack: ExitStack, place: Place) -> Value:
        self.later = []

        def leave(kind: type[BaseException] | None, problem: BaseException | None, trace: object) -> None:
            if kind is None:
                for action in self.later:
                    action()

        stack.push(leave)
        return self

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        handler = OPERATIONS.get(name)
        if handler is not None:
            return Builtin(
                f"batch_op.{name}",
                lambda ev, args, place: run(
                    name, handler, Target(ev, place, args, self.table, self.schema, True, self.later)
                ),
            )
        if name in ("f", "execute", "get_bind", "get_context", "invoke", "bulk_insert", "inline_literal"):
            return OpItem().attribute(ev, name, place)
        if name in ("impl", "migration_context"):
            return ContextItem()
        if name == "table_name":
            return self.table
        return UnknownOperation(name)


VALUES["alembic.op"] = OpItem()


@known("alembic.operations.Operations", "alembic.op.Operations")
def _operations(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return OpItem()
