"""`insert`, `update`, `delete` and `select` as values, and what executing them does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.operations import BulkInsert, Delete, Insert, Operation, Place, Update
from migralint.python.library.convert import NotKnown, qualified
from migralint.python.library.items import ColumnItem, column_name
from migralint.python.library.registry import known
from migralint.python.library.rows import Result
from migralint.python.library.sqltext import Sql
from migralint.python.library.tables import ColumnsItem, TableItem
from migralint.python.values import Arguments, Builtin, ClassValue, Native, Unknown, Value
from migralint.schema import Name

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

_CHAIN = frozenset(
    """returning execution_options with_hint prefix_with on_conflict_do_nothing on_conflict_do_update distinct order_by
    group_by having limit offset options correlate with_for_update add_columns with_only_columns add_cte union
    union_all outerjoin compile return_defaults inline from_select ordered_values scalar_subquery as_scalar subquery
    alias cte enable_eagerloads yield_per columns populate_existing label""".split()
)


class Join(Native):
    """Tables joined; only which ones matters."""

    type_name = "join"

    def __init__(self, tables: list[Value]) -> None:
        self.tables = tables

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name in ("join", "outerjoin"):
            return Builtin(name, lambda ev, args, place: Join([*self.tables, *args.positional[:1]]))
        if name == "select":
            return Builtin(name, lambda ev, args, place: start(ev, "select", self.tables, args, place))
        return self


class Dml(Native):
    """A statement: `kind` insert, update, delete or select; `tables` what it works on."""

    type_name = "statement"

    def __init__(self, kind: str, tables: list[Value], place: Place) -> None:
        self.kind = kind
        self.tables = tables
        self.place = place
        self.where = False
        self.columns: list[Value] = []
        self.rows: list[dict[str, Value]] | None = []

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name in ("where", "filter", "filter_by"):
            return Builtin(name, self._where)
        if name == "values":
            return Builtin(name, self._values)
        if name in ("select_from", "join", "join_from"):
            return Builtin(name, self._from)
        if name in ("c", "columns"):
            return ColumnsItem(TableItem(None, None, None, place))
        if name in ("exists",):
            return Builtin(name, lambda ev, args, place: self)
        if name in _CHAIN:
            if name == "from_select":
                self.rows = None
            return Builtin(name, lambda ev, args, place: self)
        return Unknown(f"attribute {name} of a statement", place)

    def as_sql(self, ev: Evaluator, place: Place) -> Sql | Unknown:
        """As a subquery; its text is not needed."""
        return Sql("(SELECT ...)")

    def _where(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        self.where = True
        return self

    def _from(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        for value in args.positional[:1]:
            self.tables.extend(value.tables if isinstance(value, Join) else [value])
        return self

    def _values(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        given = args.get(0, default=None)
        rows = given if isinstance(given, list) else [given if isinstance(given, dict) else {}]
        if self.rows is not None:
            self.rows = self.rows + [{**r, **args.keywords} if isinstance(r, dict) else {} for r in rows]
        if args.open or isinstance(given, Unknown):
            self.rows = None
        return self


def start(ev: Evaluator, kind: str, tables: list[Value], args: Arguments, place: Place) -> Dml:
    """A new statement on tables; positional arguments of old-style calls are conditions or values."""
    statement = Dml(kind, [table_of(t) for t in tables], place)
    if kind in ("update", "delete") and (args.positional or "whereclause" in args.keywords):
        statement.where = True
    if kind == "insert" and args.positional:
        statement._values(ev, args, place)
    if "values" in args.keywords and isinstance(args.keywords["values"], dict):
        statement.rows = [args.keywords["values"]]
    return statement


def table_of(value: Value) -> Value:
    """The table behind a table item or a mapped class."""
    if isinstance(value, ClassValue):
        found, table = value.lookup("__table__")
        return table if found else value
    return value


@known("sqlalchemy.insert", "postgresql.insert", "sqlite.insert", "mysql.insert")
def _insert(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return start(ev, "insert", args.positional[:1], Arguments(args.positional[1:], args.keywords), place)


@known("sqlalchemy.update")
def _update(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return start(ev, "update", args.positional[:1], Arguments(args.positional[1:], args.keywords), place)


@known("sqlalchemy.delete")
def _delete(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return start(ev, "delete", args.positional[:1], Arguments(args.positional[1:], args.keywords), place)


@known("sqlalchemy.select", "sqlalchemy.exists", "sqlalchemy.union", "sqlalchemy.union_all")
def _select(ev: Evaluator, args: Arguments, place: Place) -> Value:
    statement = Dml("select", [], place)
    for value in args.positional:
        for item in value if isinstance(value, (list, tuple)) else [value]:
            if isinstance(item, ColumnItem):
                statement.columns.append(item)
                if item.table is not None:
                    statement.tables.append(item.table)
            elif isinstance(item, Dml):
                statement.tables.extend(item.tables)
                statement.where = True
            else:
                statement.columns.append(item)
                target = table_of(item)
                if isinstance(target, (TableItem, ClassValue)):
                    statement.tables.append(target)
                else:
                    tables = [t for c in getattr(item, "columns", ()) for t in [c] if isinstance(t, TableItem)]
                    statement.tables.extend(tables)
                    statement.where = statement.where or isinstance(item, Unknown)
    return statement


def target(ev: Evaluator, statement: Dml) -> Name:
    """The table an INSERT, UPDATE or DELETE works on. Raises NotKnown."""
    table = statement.tables[0] if statement.tables else None
    if isinstance(table, TableItem):
        return table.qualified(ev)
    if isinstance(table, Unknown):
        raise NotKnown(table.reason)
    raise NotKnown("the table of the statement is not known")


def operation(ev: Evaluator, statement: Dml, parameters: Value) -> Operation:
    """The statement as an operation. Raises NotKnown."""
    table = target(ev, statement)
    rows = statement.rows
    if isinstance(parameters, dict):
        rows = [{**(rows[0] if rows else {}), **parameters}] if rows is not None else None
    elif isinstance(parameters, (list, tuple)) and parameters:
        rows = [p for p in parameters if isinstance(p, dict)] if rows is not None else None
    columns = tuple(column_name(k) or "" for k in rows[0]) if rows else ()
    if statement.kind == "insert":
        return Insert(table, columns, plain_rows(rows))
    if statement.kind == "update":
        return Update(table, columns, statement.where)
    return Delete(table, statement.where)


def plain_rows(rows: list[dict[str, Value]] | None) -> tuple[tuple[tuple[str, object], ...], ...] | None:
    """Rows with their values; a value that is no plain data is Unknown, None stands for rows that are not known."""
    if rows is None:
        return None
    return tuple(tuple((str(getattr(k, "name", k)), v) for k, v in row.items()) for row in rows)


def bulk_insert(ev: Evaluator, table: Value, rows: Value, place: Place) -> None:
    """`op.bulk_insert(table, rows)`."""
    try:
        name = table_of(table).qualified(ev) if isinstance(table_of(table), TableItem) else None
        if name is None:
            raise NotKnown("the table of bulk_insert is not known")
    except NotKnown as problem:
        ev.opaque(problem.reason, place, may_change_schema=False)
        return
    items = ev.items(rows)
    known_rows = [r for r in items or [] if isinstance(r, dict)]
    if items is not None and not items:
        ev.database.execute(BulkInsert(name, (), ()), place)
        return
    columns = tuple(str(c) for c in known_rows[0]) if known_rows else ()
    complete = items is not None and len(known_rows) == len(items)
    ev.database.execute(BulkInsert(name, columns, plain_rows(known_rows) if complete else None), place)


def run_select(ev: Evaluator, statement: Dml, place: Place) -> Result:
    """The rows a SELECT gives: none from tables known to be empty, else those of one table read whole."""
    names: list[Name] = []
    for table in statement.tables:
        if not isinstance(table, TableItem):
            return Result(None, place)
        try:
            names.append(qualified(ev, table.name, table.schema))
        except NotKnown:
            return Result(None, place)
    aggregate = any(isinstance(c, Sql) and "(" in c.text for c in statement.columns)
    known_rows = [ev.database.rows(n) for n in names]
    if names and any(rows == () for rows in known_rows) and not aggregate:
        return Result([], place)
    if len(set(names)) == 1 and known_rows[0] is not None and not statement.where and not aggregate:
        wanted = [str(c.name) for c in statement.columns if isinstance(c, ColumnItem)]
        rows = [
            {w: r.get(w, Unknown("a value the database chose")) for w in wanted} if wanted else dict(r)
            for r in known_rows[0]
        ]
        return Result(rows, place)
    if aggregate and len(statement.columns) == 1 and len(set(names)) == 1 and known_rows[0] == ():
        first = statement.columns[0]
        if isinstance(first, Sql) and first.text.lower().startswith("count("):
            return Result([{"count": 0}], place)
    return Result(None, place)
