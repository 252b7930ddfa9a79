"""`MetaData(...)`, and `Table(...)`, which finds or makes a table in one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.library.convert import NotKnown
from migralint.python.library.ddl import create_table, drop_table
from migralint.python.library.naming import DEFAULT_CONVENTION, convention_of
from migralint.python.library.registry import known
from migralint.python.library.tables import TableItem, reflected
from migralint.python.values import Arguments, Builtin, Native, Unknown, Value
from migralint.sql.names import creation_schema

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
        where = str(schema) if isinstance(schema, str) else creation_schema(ev.database)
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
        checkfirst = ev.truth(args.get(2, "checkfirst", default=True)) is not False
        tables = [t for t in wanted or self.tables.values() if isinstance(t, TableItem)]
        for table in reversed(_by_dependency(ev, tables)):
            drop_table(ev, table, place, checkfirst=checkfirst)
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
    table.take_options(args)
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
