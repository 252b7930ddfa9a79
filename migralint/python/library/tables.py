"""`Table` and the lightweight `table()`, as written or as reflection gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.library import made_indexes
from migralint.python.library.home import Home, created, qualified, text
from migralint.python.library.items import ColumnItem, ConstraintItem, ForeignKeyItem, column_name
from migralint.python.library.naming import DEFAULT_CONVENTION
from migralint.python.library.registry import known
from migralint.python.library.sqltext import Sql
from migralint.python.values import Arguments, Builtin, Native, Unknown, Value
from migralint.schema import Check, ForeignKey, Name, PrimaryKey, Table, Unique
from migralint.schema.names import TEMPORARY

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator
    from migralint.python.library.metadata import MetaDataItem


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
        self.info: Value = None
        self.prefixes: Value = None
        self.partition_by: Value = None
        self.inherits: Value = None
        self.convention: dict[str, Value] = metadata.convention if metadata is not None else dict(DEFAULT_CONVENTION)
        """The naming convention that its metadata had when it was made: a later one gives no names."""
        self.doubts: list[str] = []
        """Why it may not be as it is here."""
        self.told = False
        """Whether those that listen to parts being attached were told of its."""
        self.listeners: list[tuple[str, Value, Place]] = []
        """What listens to its events: the event's name, a DDL or a function, where."""

    def take_options(self, args: Arguments) -> None:
        """What the keywords of `Table(...)` and `create_table(...)` say of the table itself."""
        given = args.keywords
        self.comment, self.prefixes = given.get("comment", self.comment), given.get("prefixes", self.prefixes)
        self.info = given.get("info", self.info)
        self.partition_by = given.get("postgresql_partition_by", self.partition_by)
        self.inherits = given.get("postgresql_inherits", self.inherits)

    def qualified(self, ev: Evaluator) -> Name:
        """Its qualified name. Raises NotKnown."""
        return qualified(ev, self.name, self.schema)

    def created(self, ev: Evaluator) -> Name:
        """The qualified name that CREATE TABLE gives it. Raises NotKnown."""
        if any("TEMP" in str(prefix).upper() for prefix in ev.items(self.prefixes) or []):
            return Name(TEMPORARY, text(self.name, "the table's name"))
        return created(ev, self.name, self.schema)

    @property
    def key(self) -> str:
        """The name under which a MetaData has it."""
        return f"{self.schema}.{self.name}" if isinstance(self.schema, str) else str(self.name)

    def referred(self, ev: Evaluator) -> set[str]:
        """The tables that its foreign keys reference, by their keys in a MetaData; without those of `use_alter`."""
        out: set[str] = set()
        schema = self.metadata.schema if self.metadata is not None else None
        keys = [k for c in self.columns for k in c.foreign_keys()]
        targets = [k.target for k in keys if ev.truth(k.args.keywords.get("use_alter")) is not True]
        for item in self.constraints:
            if item.kind == "fk" and ev.truth(item.args.keywords.get("use_alter")) is not True:
                targets += ev.items(item.args.get(1, "refcolumns")) or []
        for target in targets:
            if isinstance(target, str):
                table = target.rsplit(".", 1)[0]
                out.add(f"{schema}.{table}" if isinstance(schema, str) and "." not in table else table)
            elif isinstance(target, ColumnItem) and isinstance(target.table, TableItem):
                out.add(target.table.key)
        return out

    def foreign_keys(self, ev: Evaluator, column: ColumnItem | None = None) -> list[ForeignKeyItem]:
        """Its foreign keys column by column, or those of one column."""
        found = [k for c in self.columns if column is None or column is c for k in c.foreign_keys()]
        for item in self.constraints:
            if item.kind == "fk":
                names, targets = ev.items(item.args.get(0, "columns")) or [], ev.items(item.args.get(1, "refcolumns"))
                for name, target in zip(names, targets or [], strict=False):
                    parent = next((c for c in self.columns if c.name == column_name(name)), None)
                    if column is None or column is parent:
                        found.append(ForeignKeyItem(target, item.args, item, parent))
        return found

    def add(self, item: Value) -> None:
        """Takes a column, constraint or index."""
        if isinstance(item, ColumnItem):
            if item.table is not None and item.table is not self:
                item = item.copy()
            item.table = self
            self.columns = [c for c in self.columns if c.name != item.name] + [item]
            for waiting in item.waiting:
                if all(column.table is self for column in waiting.items if isinstance(column, ColumnItem)):
                    self.add(waiting)
        elif isinstance(item, ConstraintItem):
            item.table = self
            if item not in self.constraints:
                self.constraints.append(item)
        elif isinstance(item, Unknown):
            self.doubts.append(f"a part of it is not known: {item.reason}")

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
            case "info":
                return {} if self.info is None else self.info
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
            case "indexes":
                return [*self._column_indexes(ev, place), *(c for c in self.constraints if c.kind == "ix")]
            case "constraints":
                return [c for c in self.constraints if c.kind != "ix"]
            case "foreign_keys":
                return self.foreign_keys(ev)
            case "foreign_key_constraints":
                return [c for c in self.constraints if c.kind == "fk"]
            case "alias":
                return Builtin(name, lambda ev, args, place: self._copy(ev, Arguments(), place))
            case "tometadata" | "to_metadata":
                return Builtin(name, self._copy)
            case "primary_key":
                return next((c for c in self.constraints if c.kind == "pk"), None)
            case "__table__":
                return self
            case "join" | "outerjoin":
                return Builtin(
                    name,
                    lambda ev, args, place: dml.Join([self, *args.positional[:1]], dml.is_outer(ev, name, args)),
                )
        return Unknown(f"attribute {name} of a table", place)

    def set_attribute(self, ev: Evaluator, name: str, value: Value, place: Place) -> None:
        if name == "name":
            self.name = value
        elif name == "schema":
            self.schema = value

    def _column_indexes(self, ev: Evaluator, place: Place) -> list[ConstraintItem]:
        """The indexes that columns bring along."""
        home = Home(ev, self.qualified(ev), self.convention, place, self.schema)
        return [
            ConstraintItem(
                "ix", i.name, [c.name], Arguments([], {"unique": i.unique, "postgresql_using": i.method}), place, self
            )
            for c in self.columns
            for i in made_indexes.column_indexes(home, c)
        ]

    def _create(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        from migralint.python.library.ddl import create_table
        from migralint.python.library.sequences import of_columns, send_sequences

        send_sequences(ev, of_columns(self), "create", place)
        checkfirst = ev.truth(args.get(1, "checkfirst", default=False)) is True
        create_table(ev, self, place, checkfirst=checkfirst, check_types=True)
        return None

    def _drop(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        from migralint.python.library.ddl import drop_table
        from migralint.python.library.sequences import of_columns, send_sequences

        checkfirst = ev.truth(args.get(1, "checkfirst", default=False)) is True
        drop_table(ev, self, place, checkfirst=checkfirst)
        send_sequences(ev, of_columns(self), "drop", place)
        return None

    def _exists(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        name = self.qualified(ev)
        return name in ev.database.ask(name).tables

    def _append(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        self.add(args.get(0))
        return None

    def _copy(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        from migralint.python.library.metadata import MetaDataItem

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
            if column.default.startswith("nextval(") and column.type in ("integer", "bigint", "smallint"):
                keywords["autoincrement"] = True  # so that a copy of it has a sequence of its own
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
                to = constraint.references
                shown = to.name if to.schema == state.default_schema else str(to)
                targets = [f"{shown}.{c}" for c in constraint.referenced_columns]
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
