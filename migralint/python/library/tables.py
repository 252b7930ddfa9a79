"""`Table`, `MetaData` and the lightweight `table()`, and the DDL they send."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.operations import (
    CreateConstraint,
    CreateIndex,
    CreateSequence,
    CreateTable,
    DropIndex,
    DropSequence,
    DropTable,
    Place,
)
from migralint.python.library import convert
from migralint.python.library.convert import Home, NotKnown
from migralint.python.library.enums import before_create
from migralint.python.library.items import ColumnItem, ConstraintItem, GeneratedItem, column_name
from migralint.python.library.naming import DEFAULT_CONVENTION, convention_of
from migralint.python.library.registry import known
from migralint.python.library.sqltext import Sql
from migralint.python.values import Arguments, Builtin, Native, Unknown, Value
from migralint.schema import Check, ForeignKey, Name, PrimaryKey, Sequence, Table, Unique

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


class MetaDataItem(Native):
    """`MetaData(...)`; `reflected` after `.reflect()`: its tables are those of the database."""

    type_name = "MetaData"
    reaches_database = False

    def __init__(self, args: Arguments) -> None:
        self.tables: dict[str, TableItem] = {}
        self.schema: Value = args.keywords.get("schema")
        self.convention = {**DEFAULT_CONVENTION, **convention_of(args.keywords.get("naming_convention"))}
        self.bind: Value = args.get(0, "bind")

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        match name:
            case "tables":
                return self.tables
            case "sorted_tables":
                return _by_dependency(ev, list(self.tables.values()))
            case "schema":
                return self.schema
            case "bind":
                return self.bind
            case "naming_convention":
                return self.convention
            case "reflect":
                return Builtin(name, self._reflect)
            case "create_all":
                return Builtin(name, self._create_all)
            case "drop_all":
                return Builtin(name, self._drop_all)
            case "clear":
                return Builtin(name, lambda ev, args, place: self.tables.clear())
        return Unknown(f"attribute {name} of MetaData", place)

    def set_attribute(self, ev: Evaluator, name: str, value: Value, place: Place) -> None:
        if name == "bind":
            self.bind = value
        elif name == "naming_convention":
            self.convention = {**DEFAULT_CONVENTION, **convention_of(value)}
        elif name == "schema":
            self.schema = value

    def _reflect(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        schema = args.keywords.get("schema")
        where = str(schema) if isinstance(schema, str) else ev.database.search_path[0]
        only = args.keywords.get("only")
        for name, table in ev.database.ask("tables").tables.items():
            if name.schema == where and (not isinstance(only, (list, tuple, set)) or name.name in only):
                key = name.name if not isinstance(schema, str) else str(name)
                self.tables.setdefault(key, reflected(ev, self, table, schema))
        return None

    def _create_all(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        wanted = ev.items(args.get(1, "tables")) if args.has(1, "tables") else None
        checkfirst = ev.truth(args.get(2, "checkfirst", default=True)) is not False
        tables = [t for t in wanted or self.tables.values() if isinstance(t, TableItem)]
        todo: list[TableItem] = []
        for table in tables:
            try:
                name = table.qualified(ev)
            except NotKnown as problem:
                ev.opaque(problem.reason, place)
                continue
            if not (checkfirst and name in ev.database.ask(name).tables):
                todo.append(table)
        for table in _by_dependency(ev, todo):
            create_table(ev, table, place, checkfirst=checkfirst, implicit=False)
        return None

    def _drop_all(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        wanted = ev.items(args.get(1, "tables")) if args.has(1, "tables") else None
        for table in reversed(
            _by_dependency(ev, [t for t in wanted or self.tables.values() if isinstance(t, TableItem)])
        ):
            ev.database.execute(DropTable(table.qualified(ev), if_exists=True), place)
        return None


def _by_dependency(ev: Evaluator, tables: list[TableItem]) -> list[TableItem]:
    """Referenced tables first, as `sorted_tables` orders them."""
    done: list[TableItem] = []
    left = sorted(tables, key=lambda t: str(t.name))
    while left:
        ready = [t for t in left if not any(o is not t and o.name in t.referred(ev) for o in left)]
        for table in ready or left[:1]:
            done.append(table)
            left.remove(table)
    return done


class TableItem(Native):
    """`Table(...)` or `table(...)`; `lightweight` for the latter."""

    type_name = "Table"

    def __init__(self, name: Value, schema: Value, metadata: MetaDataItem | None, place: Place) -> None:
        self.name = name
        self.schema = schema
        self.metadata = metadata
        self.place = place
        self.columns: list[ColumnItem] = []
        self.constraints: list[ConstraintItem] = []
        self.comment: Value = None
        self.prefixes: Value = None

    @property
    def convention(self) -> dict[str, Value]:
        """The naming convention of its metadata."""
        return self.metadata.convention if self.metadata is not None else dict(DEFAULT_CONVENTION)

    def qualified(self, ev: Evaluator) -> Name:
        """Its qualified name. Raises NotKnown."""
        return convert.qualified(ev, self.name, self.schema)

    def referred(self, ev: Evaluator) -> set[str]:
        """Names of tables its foreign keys reference."""
        out: set[str] = set()
        targets = [k.target for c in self.columns for k in c.foreign_keys()]
        for item in self.constraints:
            if item.kind == "fk":
                targets += ev.items(item.args.get(1, "refcolumns")) or []
        for target in targets:
            if isinstance(target, str):
                out.add(target.rsplit(".", 1)[0])
            elif isinstance(target, ColumnItem) and isinstance(target.table, TableItem):
                out.add(str(target.table.name))
        return out

    def add(self, item: Value) -> None:
        """Takes a column, constraint or index."""
        if isinstance(item, ColumnItem):
            if item.table is not None and item.table is not self:
                item = item.copy()
            item.table = self
            self.columns = [c for c in self.columns if c.name != item.name] + [item]
        elif isinstance(item, ConstraintItem):
            item.table = self
            self.constraints.append(item)

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        from migralint.python.library import dml

        match name:
            case "c" | "columns":
                return ColumnsItem(self)
            case "name" | "fullname" | "key":
                return self.name
            case "schema":
                return self.schema
            case "metadata":
                return self.metadata
            case "insert" | "update" | "delete" | "select":
                return Builtin(name, lambda ev, args, place: dml.start(ev, name, [self], args, place))
            case "create":
                return Builtin(name, self._create)
            case "drop":
                return Builtin(name, self._drop)
            case "exists":
                return Builtin(name, self._exists)
            case "append_column" | "append_constraint":
                return Builtin(name, self._append)
            case "indexes" | "constraints":
                wanted = name == "indexes"
                return [c for c in self.constraints if (c.kind == "ix") == wanted]
            case "foreign_keys":
                return [k for c in self.columns for k in c.foreign_keys()]
            case "foreign_key_constraints":
                return [c for c in self.constraints if c.kind == "fk"]
            case "alias":
                return Builtin(name, lambda ev, args, place: self)
            case "tometadata" | "to_metadata":
                return Builtin(name, self._copy)
            case "primary_key":
                return next((c for c in self.constraints if c.kind == "pk"), None)
            case "__table__":
                return self
            case "join" | "outerjoin":
                return Builtin(name, lambda ev, args, place: dml.Join([self, *args.positional[:1]]))
        return Unknown(f"attribute {name} of a table", place)

    def set_attribute(self, ev: Evaluator, name: str, value: Value, place: Place) -> None:
        if name == "name":
            self.name = value
        elif name == "schema":
            self.schema = value

    def _create(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        checkfirst = ev.truth(args.get(1, "checkfirst", default=False)) is True
        create_table(ev, self, place, checkfirst=checkfirst, check_types=True)
        return None

    def _drop(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        checkfirst = ev.truth(args.get(1, "checkfirst", default=False)) is True
        guarded(ev, place, lambda: ev.database.execute(DropTable(self.qualified(ev), if_exists=checkfirst), place))
        return None

    def _exists(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        name = self.qualified(ev)
        return name in ev.database.ask(name).tables

    def _append(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        self.add(args.get(0))
        return None

    def _copy(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        target = args.get(0, "metadata")
        name = args.keywords.get("name", self.name)
        copy = TableItem(
            name, args.keywords.get("schema", self.schema), target if isinstance(target, MetaDataItem) else None, place
        )
        for column in self.columns:
            copy.add(column.copy())
        for item in self.constraints:
            copy.add(ConstraintItem(item.kind, item.name, item.items, item.args, item.place))
        if copy.metadata is not None and isinstance(name, str):
            copy.metadata.tables[str(name)] = copy
        return copy


class ColumnsItem(Native):
    """`table.c`."""

    type_name = "columns"

    def __init__(self, table: TableItem) -> None:
        self.table = table

    def _find(self, name: Value) -> ColumnItem | None:
        return next((c for c in self.table.columns if c.name == name), None)

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name == "keys":
            return Builtin(name, lambda ev, args, place: [c.name for c in self.table.columns])
        if name in ("values",):
            return Builtin(name, lambda ev, args, place: list(self.table.columns))
        if name == "items":
            return Builtin(name, lambda ev, args, place: [(c.name, c) for c in self.table.columns])
        if name == "get":
            return Builtin(name, lambda ev, args, place: self._find(args.get(0)))
        if name == "__contains__":
            return Builtin(
                name, lambda ev, args, place: self._find(args.get(0)) is not None or args.get(0) in self.table.columns
            )
        return self.item(ev, name, place)

    def item(self, ev: Evaluator, key: Value, place: Place) -> Value:
        if isinstance(key, int) and -len(self.table.columns) <= key < len(self.table.columns):
            return self.table.columns[key]
        found = self._find(key)
        if found is not None:
            return found
        if isinstance(key, str):
            column = ColumnItem(str(key), None, Arguments(), [], place)
            column.table = self.table
            return column
        return Unknown("a column that is not known", place)

    def iterate(self, ev: Evaluator) -> list[Value] | None:
        return list(self.table.columns)

    def truth(self) -> bool | None:
        return bool(self.table.columns)


@known("sqlalchemy.MetaData")
def _metadata(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return MetaDataItem(args)


@known("sqlalchemy.Table")
def _table(ev: Evaluator, args: Arguments, place: Place) -> Value:
    name, metadata = args.get(0, "name"), args.get(1, "metadata")
    home = metadata if isinstance(metadata, MetaDataItem) else None
    schema = args.keywords.get("schema", home.schema if home is not None else None)
    key = f"{schema}.{name}" if isinstance(schema, str) else name
    if home is not None and isinstance(key, str) and key in home.tables and len(args.positional) <= 2:
        return home.tables[str(key)]
    table = TableItem(name, schema, home, place)
    table.comment = args.keywords.get("comment")
    table.prefixes = args.keywords.get("prefixes")
    if any(args.keywords.get(k) not in (None, False) for k in ("autoload_with", "autoload")):
        try:
            found = ev.database.ask(table.qualified(ev)).tables.get(table.qualified(ev))
        except NotKnown:
            found = None
        if found is not None:
            table = reflected(ev, home, found, schema)
    for item in args.positional[2:]:
        table.add(item)
    if home is not None and isinstance(key, str):
        home.tables[str(key)] = table
    return table


@known("sqlalchemy.table")
def _lightweight(ev: Evaluator, args: Arguments, place: Place) -> Value:
    table = TableItem(args.get(0), args.keywords.get("schema"), None, place)
    for item in args.positional[1:]:
        table.add(item)
    return table


def reflected(ev: Evaluator, metadata: MetaDataItem | None, table: Table, schema: Value) -> TableItem:
    """The table as reflection gives it."""
    from migralint.python.library.reflection import reflected_type

    state = ev.database.ask(table.name)
    place = Place("")
    out = TableItem(table.name.name, schema, metadata, place)
    primary = table.primary_key
    for column in table.columns:
        keywords: dict[str, Value] = {"nullable": not column.not_null}
        if primary is not None and column.name in primary.columns:
            keywords["primary_key"] = True
        if column.default is not None:
            keywords["server_default"] = Sql(column.default, raw=True)
        kind = reflected_type(state, column.type)
        out.add(ColumnItem(column.name, kind, Arguments([], keywords), [], place))
    for constraint in table.constraints:
        items, given = list(constraint.columns_used), Arguments()
        match constraint:
            case PrimaryKey():
                kind_ = "pk"
            case Unique():
                kind_ = "uq"
            case ForeignKey():
                kind_ = "fk"
                actions = {"ondelete": constraint.on_delete, "onupdate": constraint.on_update}
                targets = [f"{constraint.references}.{c}" for c in constraint.referenced_columns]
                items, given = [], Arguments([items, targets], actions)
            case Check():
                kind_ = "ck"
                given = Arguments([constraint.expression])
            case _:
                continue
        out.constraints.append(ConstraintItem(kind_, constraint.name, items, given, place, out))
    for index in table.indexes:
        out.constraints.append(
            ConstraintItem("ix", index.name, [k.column for k in index.keys], Arguments(), place, out)
        )
    return out


def referred_table(ev: Evaluator, item: ConstraintItem, place: Place) -> Value:
    """The table that a foreign key constraint references."""
    targets = ev.items(item.args.get(1, "refcolumns")) or []
    first = targets[0] if targets else None
    if isinstance(first, ColumnItem):
        return first.table
    if not isinstance(first, str):
        return Unknown("the table a foreign key references", place)
    parts = first.split(".")
    return TableItem(parts[-2], parts[0] if len(parts) == 3 else None, None, place)


def guarded(ev: Evaluator, place: Place, action: object) -> None:
    """Runs an action that may find something unknown; that becomes an Opaque operation."""
    try:
        action()  # type: ignore[operator]  # a callable by contract
    except NotKnown as problem:
        ev.opaque(problem.reason, place)


def definition(ev: Evaluator, table: TableItem, name: Name, convention: dict[str, Value], place: Place) -> CreateTable:
    """The CREATE TABLE of a table item, with the indexes of its columns left out. Raises NotKnown."""
    home = Home(ev, name, convention, place, tuple(n for c in table.columns if (n := column_name(c))))
    keys = [c for c in table.columns if convert.flag(ev, c.option("primary_key"))]
    listed = next((i for i in table.constraints if i.kind == "pk"), None)
    key_names = list(convert.names(ev, listed.items)) if listed is not None else []
    key_names = key_names or [convert.text(c.name, "a column's name") for c in keys]
    keys_of = [i.args.get(0, "columns") for i in table.constraints if i.kind == "fk"]
    referencing = set(convert.names(ev, keys_of))
    columns, constraints = [], []
    for item in table.columns:
        sole = key_names == [item.name] and item.name not in referencing
        if item.name in key_names and not convert.flag(ev, item.option("primary_key")):
            item.overrides["primary_key"] = True
        columns.append(convert.column(home, item, in_table=True, sole_key=sole))
        constraints += convert.column_constraints(home, item)
    if key_names:
        pk_name = listed.name if listed is not None else None
        given = home.name("pk", pk_name, key_names)
        constraints.insert(0, PrimaryKey(given, tuple(key_names)))
    for stated in table.constraints:
        if stated.kind not in ("pk", "ix") and not (stated.kind == "fk" and convert.put_off(ev, stated.args)):
            constraints.append(convert.constraint(home, stated))
    comment = str(table.comment) if isinstance(table.comment, str) else None
    temporary = any("TEMP" in str(p).upper() for p in ev.items(table.prefixes) or [])
    return CreateTable(Table(name, tuple(columns), tuple(constraints), comment=comment), temporary=temporary)


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
) -> None:
    """What `table.create()` sends: types, the table, its indexes."""
    names = convention if convention is not None else table.convention
    try:
        name = table.qualified(ev)
        if checkfirst and name in ev.database.ask(name).tables:
            return
        operation = definition(ev, table, name, names, place)
    except NotKnown as problem:
        ev.opaque(f"create_table: {problem.reason}", place)
        return
    before_create(ev, convert.enum_types(ev, table.columns), place, checkfirst=check_types or checkfirst)
    if if_not_exists:
        operation = CreateTable(operation.definition, True, operation.like, operation.temporary)
    ev.database.execute(operation, place, implicit=implicit)
    _send_indexes(ev, table, name, names, place)


def _send_indexes(ev: Evaluator, table: TableItem, name: Name, convention: dict[str, Value], place: Place) -> None:
    home = Home(ev, name, convention, place, tuple(n for c in table.columns if (n := column_name(c))))
    found = [convert.column_index(home, c) for c in table.columns]
    for item in table.constraints:
        if item.kind == "ix":
            try:
                found.append(convert.index(home, item))
            except NotKnown as problem:
                ev.opaque(f"create_index: {problem.reason}", place)
    for index in found:
        if index is not None:
            ev.database.execute(CreateIndex(name, index), place, implicit=True)


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
            index = convert.index(Home(ev, name, table.convention, place), item)
            checkfirst = ev.truth(args.get(1, "checkfirst", default=False)) is True
            if action == "create":
                ev.database.execute(CreateIndex(name, index, if_not_exists=checkfirst), place)
            else:
                ev.database.execute(DropIndex(Name(name.schema, index.name), name, if_exists=checkfirst), place)
        elif action == "create":
            made = convert.constraint(Home(ev, name, table.convention, place), item)
            ev.database.execute(CreateConstraint(name, made), place)
    except NotKnown as problem:
        ev.opaque(problem.reason, place)
    return None


def sequence_attribute(ev: Evaluator, item: GeneratedItem, name: str, place: Place) -> Value:
    """Attributes of `Sequence(...)`."""
    if name in ("next_value",):
        given = item.args.get(0)
        return Builtin(
            name,
            lambda ev, args, place: (
                Sql(f"nextval('{given}')") if isinstance(given, str) else Unknown("a sequence", place)
            ),
        )
    if name in ("create", "drop"):
        return Builtin(name, lambda ev, args, place: sequence_ddl(ev, item, name, place))
    if name == "name":
        return item.args.get(0)
    return Unknown(f"attribute {name} of a sequence", place)


def sequence_ddl(ev: Evaluator, item: GeneratedItem, action: str, place: Place) -> Value:
    """CREATE SEQUENCE or DROP SEQUENCE of `Sequence(...)`."""
    try:
        name = convert.qualified(ev, item.args.get(0), item.args.keywords.get("schema"), "the sequence's name")
    except NotKnown as problem:
        ev.opaque(problem.reason, place)
        return None
    if action == "create":
        ev.database.execute(CreateSequence(Sequence(name), if_not_exists=True), place)
    else:
        ev.database.execute(DropSequence(name, if_exists=True), place)
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
            guarded(
                ev,
                place,
                lambda: ev.database.execute(
                    DropTable(subject.qualified(ev), ev.truth(exists("if_exists", False)) is True), place
                ),
            )
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
