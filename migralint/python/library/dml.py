"""`insert`, `update`, `delete` and `select` as values, and what executing them does."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

from migralint.operations import BulkInsert, Delete, Insert, Operation, Place, Update
from migralint.operations.data import Rows
from migralint.python.library.dml_rows import deleted, run_select, updated
from migralint.python.library.home import NotKnown
from migralint.python.library.items import ColumnItem, column_name
from migralint.python.library.registry import known
from migralint.python.library.sqltext import SUBQUERY, Sql, as_sql
from migralint.python.library.tables import ColumnsItem, TableItem
from migralint.python.values import Arguments, Builtin, ClassValue, Native, Unknown, Value
from migralint.schema import Name
from migralint.schema.names import quote

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator
    from migralint.sql.queries.conflicts import Conflict

_SAME = frozenset(
    """execution_options with_hint prefix_with with_for_update return_defaults inline compile params
    enable_eagerloads yield_per populate_existing options""".split()
)
"""What leaves the rows of a statement as they are."""

_OTHER = frozenset(
    """having correlate add_columns add_cte
    union union_all ordered_values scalar_subquery as_scalar subquery alias cte columns label""".split()
)
"""What is not followed: the rows are known only where the tables are empty."""


class Join(Native):
    """Tables joined; only which ones matters, and whether a row of the first is left without one of the others."""

    type_name = "join"

    def __init__(self, tables: list[Value], outer: bool) -> None:
        self.tables = tables
        self.outer = outer

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name in ("join", "outerjoin"):
            return Builtin(
                name,
                lambda ev, args, place: Join(
                    [*self.tables, *args.positional[:1]], self.outer or is_outer(ev, name, args)
                ),
            )
        if name == "select":
            return Builtin(name, lambda ev, args, place: start(ev, "select", [self], args, place))
        return self


def is_outer(ev: Evaluator, name: str, args: Arguments) -> bool:
    """Whether a call of `join` or `outerjoin` keeps rows without a partner."""
    kept = (args.keywords.get(word, False) for word in ("isouter", "full"))
    return name == "outerjoin" or any(ev.truth(value) is not False for value in kept)


class Dml(Native):
    """A statement: `kind` insert, update, delete or select; `tables` what it works on.

    `followed` is false where the rows do not follow from the conditions, the order and the limit alone, `outer` where
    tables are joined so that an empty one does not make the result empty, `grouped` where no rows make no groups.
    """

    type_name = "statement"

    def __init__(self, kind: str, tables: list[Value], place: Place) -> None:
        self.kind = kind
        self.tables: list[Value] = []
        self.place = place
        self.conditions: list[Value] = []
        self.columns: list[Value] = []
        self.rows: list[dict[str, Value]] | None = []
        self.source: tuple[Value, Dml] | None = None
        self.order: list[Value] = []
        self.limits: dict[str, Value] = {}
        self.distinct = False
        self.followed = True
        self.outer = False
        self.grouped = False
        self.conflict: Conflict | None = None
        self.returned: list[Value] = []
        for table in tables:
            self.add(table)

    @property
    def where(self) -> bool:
        """Whether there is a condition."""
        return bool(self.conditions)

    def add(self, source: Value) -> None:
        """One more table, or tables joined."""
        if isinstance(source, Join):
            self.outer = self.outer or source.outer
        for value in source.tables if isinstance(source, Join) else [source]:
            table = table_of(value)
            if not any(table is known for known in self.tables):
                self.tables.append(table)

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        return self._copied()._attribute(ev, name, place)

    def _copied(self) -> Dml:
        """Another one: a method leaves the statement that it is called on as it was."""
        other = copy(self)
        other.tables, other.conditions, other.columns = [*self.tables], [*self.conditions], [*self.columns]
        other.order, other.limits, other.returned = [*self.order], {**self.limits}, [*self.returned]
        return other

    def _attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        match name:
            case "where" | "filter":
                return Builtin(name, lambda ev, args, place: self._where(ev, args.positional, place))
            case "filter_by":
                return Builtin(
                    name,
                    lambda ev, args, place: self._where(
                        ev, [_equal(ev, k, v, place) for k, v in args.keywords.items()], place
                    ),
                )
            case "values":
                return Builtin(name, self.take_values)
            case "select_from" | "join" | "join_from" | "outerjoin" | "outerjoin_from":
                return Builtin(name, lambda ev, args, place: self._from(ev, name, args))
            case "from_select":
                return Builtin(name, self._from_select)
            case "on_conflict_do_nothing" | "on_conflict_do_update":
                return Builtin(
                    name, lambda ev, args, place: self._on_conflict(ev, args, name == "on_conflict_do_update")
                )
            case "group_by":
                return Builtin(name, lambda ev, args, place: self._group(args))
            case "order_by":
                return Builtin(name, lambda ev, args, place: self._extend(self.order, args))
            case "limit" | "offset":
                return Builtin(name, lambda ev, args, place: self._limit(name, args))
            case "distinct":
                return Builtin(name, lambda ev, args, place: self._distinct(args))
            case "with_only_columns":
                return Builtin(name, lambda ev, args, place: self._only(args))
            case "c":
                return ColumnsItem(TableItem(None, None, None, place))
            case "returning":
                return Builtin(name, lambda ev, args, place: self._extend(self.returned, args))
            case "exists":
                return Builtin(name, lambda ev, args, place: self)
        if name in _SAME:
            return Builtin(name, lambda ev, args, place: self)
        if name in _OTHER:
            return Builtin(name, lambda ev, args, place: self._not_followed())
        return Unknown(f"attribute {name} of a statement", place)

    def as_sql(self, ev: Evaluator, place: Place) -> Sql | Unknown:
        """As a subquery; its text is not needed."""
        return Sql(SUBQUERY)

    def _where(self, ev: Evaluator, conditions: list[Value], place: Place) -> Value:
        self.conditions += conditions or [Unknown("a condition", place)]
        for condition in conditions:
            for table in tables_of(condition):
                self.add(table)
        return self

    def _from(self, ev: Evaluator, name: str, args: Arguments) -> Value:
        for value in args.positional if name in ("select_from", "join_from", "outerjoin_from") else args.positional[:1]:
            if isinstance(value, (TableItem, ClassValue, Join, Unknown)):
                self.add(value)
        self.outer = self.outer or (name != "select_from" and is_outer(ev, name.removesuffix("_from"), args))
        return self

    def _from_select(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        query = args.get(1, "select")
        self.rows = None
        if isinstance(query, Dml) and query.kind == "select":
            self.source = (args.get(0, "names"), query)
        return self

    def _extend(self, target: list[Value], args: Arguments) -> Value:
        target += args.positional
        return self

    def _only(self, args: Arguments) -> Value:
        self.columns = [one for value in args.positional for one in (value if isinstance(value, list) else [value])]
        for column in self.columns:
            for table in tables_of(column):
                self.add(table)
        return self

    def _on_conflict(self, ev: Evaluator, args: Arguments, updates: bool) -> Value:
        from migralint.sql.queries.conflicts import Conflict

        elements = args.get(1, "index_elements", default=None)
        names = [column_name(element) for element in ev.items(elements) or []] if elements is not None else []
        columns = tuple(name for name in names if name is not None)
        named = elements is None and args.get(0, "constraint", default=None) is None
        if not named and (not columns or len(columns) < len(names)):
            return self._not_followed()
        self.conflict = Conflict(columns, "index_where" in args.keywords or len(args.positional) > 2, updates)
        return self

    def _group(self, args: Arguments) -> Value:
        sets = any(isinstance(value, Sql) and "(" in value.text for value in args.positional)  # such as rollup()
        self.grouped = self.grouped or (bool(args.positional) and not sets)
        return self._not_followed()

    def _limit(self, name: str, args: Arguments) -> Value:
        self.limits[name] = args.get(0)
        return self

    def _distinct(self, args: Arguments) -> Value:
        self.distinct = True
        return self._not_followed() if args.positional else self

    def _not_followed(self) -> Value:
        self.followed = False
        return self

    def take_values(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        """`.values(...)`."""
        given = args.get(0, default=None)
        rows = given if isinstance(given, list) else [given if isinstance(given, dict) else {}]
        if self.rows is not None:
            self.rows = self.rows + [{**r, **args.keywords} if isinstance(r, dict) else {} for r in rows]
        if args.open or isinstance(given, Unknown):
            self.rows = None
        return self


def _equal(ev: Evaluator, column: str, value: Value, place: Place) -> Value:
    return Sql(quote(column), [column]).operate(ev, "==", value, place, swapped=False)


def start(ev: Evaluator, kind: str, tables: list[Value], args: Arguments, place: Place) -> Dml:
    """A new statement on tables; positional arguments of old-style calls are conditions or values."""
    statement = Dml(kind, tables, place)
    if kind in ("update", "delete"):
        statement.conditions += args.positional
        if "whereclause" in args.keywords:
            statement.conditions.append(args.keywords["whereclause"])
    if kind == "insert" and args.positional:
        statement.take_values(ev, args, place)
    if "values" in args.keywords and isinstance(args.keywords["values"], dict):
        statement.rows = [args.keywords["values"]]
    return statement


def tables_of(value: Value) -> list[Value]:
    """The tables that an expression, a column, a table or a mapped class brings into a statement."""
    if isinstance(value, Sql):
        return value.tables
    found = value.table if isinstance(value, ColumnItem) else table_of(value)
    return [found] if isinstance(found, (TableItem, ClassValue)) else []


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


@known("sqlalchemy.union", "sqlalchemy.union_all")
def _union(ev: Evaluator, args: Arguments, place: Place) -> Value:
    statement = Dml("select", [], place)
    for part in args.positional:
        for table in part.tables if isinstance(part, Dml) else [part]:
            statement.add(table)
    statement.followed = False
    statement.outer = True  # the result is empty only if all of them are
    return statement


@known("sqlalchemy.select", "sqlalchemy.exists")
def select(ev: Evaluator, args: Arguments, place: Place) -> Dml:
    """SELECT of columns, tables or expressions."""
    from migralint.python.library.declarative import inherits_table

    statement = Dml("select", [], place)
    for value in args.positional:
        for item in value if isinstance(value, (list, tuple)) else [value]:
            if isinstance(item, Dml):
                for table in item.tables:
                    statement.add(table)
                statement.followed = False
                continue
            statement.columns.append(item)
            if inherits_table(item):  # only some of its rows are of this class, or some of its columns are elsewhere
                statement.followed = False
            for found in tables_of(item):
                statement.add(found)
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
        if statement.source is not None and statement.conflict is None:
            return _insert_selected(ev, table, *statement.source)
        added = _added(ev, statement, table, plain_rows(rows)) if statement.followed else None
        return Insert(table, columns, added, in_order=statement.conflict is None)
    if statement.kind == "update":
        after = updated(ev, statement, table, rows[0] if rows and len(rows) == 1 else None)
        values = rows[0].items() if rows and len(rows) == 1 else ()
        constants = (
            (column_name(k), as_sql(ev, v, statement.place)) for k, v in values if isinstance(v, str | int | float)
        )
        same = tuple((name, found.text) for name, found in constants if name and isinstance(found, Sql))
        return Update(table, columns, statement.where, rows=after, constants=same)
    return Delete(table, statement.where, deleted(ev, statement, table))


def _added(ev: Evaluator, statement: Dml, table: Name, rows: Rows | None) -> Rows | None:
    """Those of the rows that an INSERT adds."""
    if rows is None or statement.conflict is None:
        return rows
    from migralint.sql.queries import conflicts

    return conflicts.added(ev.database, table, rows, statement.conflict)


def _insert_selected(ev: Evaluator, table: Name, names: Value, query: Dml) -> Operation:
    """`insert().from_select(names, query)`."""
    columns = [column_name(name) for name in ev.items(names) or []]
    known_columns = tuple(c for c in columns if c is not None)
    result = run_select(ev, query, query.place)
    if result.rows is None or len(known_columns) != len(columns) or not columns:
        return Insert(table, known_columns)
    rows = plain_rows([dict(zip(known_columns, r.values(), strict=False)) for r in result.rows])
    return Insert(table, known_columns, rows, in_order=len(result.rows) == 1)


def plain_rows(rows: list[dict[str, Value]] | None) -> Rows | None:
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
