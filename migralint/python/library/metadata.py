"""`MetaData(...)`, and `Table(...)`, which finds or makes a table in one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Literal

from migralint.operations import CreateConstraint, DropConstraint, Place
from migralint.python.library.ddl import create_table, drop_table, put_off
from migralint.python.library.home import NotKnown
from migralint.python.library.naming import DEFAULT_CONVENTION, convention_of
from migralint.python.library.references import complete_types
from migralint.python.library.registry import VALUES, known
from migralint.python.library.sequences import of_columns, send_sequences
from migralint.python.library.tables import TableItem, reflected
from migralint.python.reach import is_code
from migralint.python.values import Arguments, Builtin, Either, Native, PyRaise, Symbol, Unknown, Value
from migralint.schema import ForeignKey, Name
from migralint.sql.names import creation_schema

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


IMPORTS = "run imports"
"""In the context: what runs the modules that were imported, as far as they may make tables."""


def run_imports(ev: Evaluator) -> None:
    """Runs what was imported and not needed so far: all tables of a MetaData are asked for."""
    if (run := ev.context.get(IMPORTS)) is not None:
        run()


class MetaDataItem(Native):
    """`MetaData(...)`; `reflected` after `.reflect()`: its tables are those of the database."""

    type_name = "MetaData"
    reaches_database = False

    def __init__(self, args: Arguments) -> None:
        self.tables: dict[str, TableItem] = {}
        first = args.get(0)
        self.schema: Value = args.keywords.get("schema", first if isinstance(first, str) else None)
        given = args.keywords.get("naming_convention")
        self.convention = {**DEFAULT_CONVENTION, **convention_of(given)}
        self.names_known = not isinstance(given, Unknown | Symbol)
        """Whether its naming convention is known."""
        self.bind: Value = args.get(0, "bind")
        self.elsewhere = False
        """Whether it is that of another database than the application's first (a `__bind_key__`)."""

        self.classes: dict[str, TableItem] = {}
        """The tables of mapped classes by the names of these."""
        self.types: list[Value] = []
        self.sequences: list[Value] = []
        """Types and sequences that were made for it, whether or not a column has them."""
        self.listeners: list[tuple[str, Value, Place]] = []
        """What listens to its events, as for a table."""

    def in_order(self, ev: Evaluator) -> list[TableItem]:
        """Its tables as `create_all` makes them: those first that others reference, else as they were defined."""
        return _by_dependency(ev, list(self.tables.values()))

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        match name:
            case "tables":
                run_imports(ev)
                return self.tables
            case "sorted_tables":
                run_imports(ev)
                return _by_dependency(ev, sorted(self.tables.values(), key=lambda table: str(table.key)))
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
            case "_add_table":
                return Builtin(name, self._add_table)
            case "remove":
                return Builtin(name, self._remove)
            case "clear":
                return Builtin(name, lambda ev, args, place: self.tables.clear())
        return Unknown(f"attribute {name} of MetaData", place)

    def set_attribute(self, ev: Evaluator, name: str, value: Value, place: Place) -> None:
        if name == "bind":
            self.bind = value
        elif name == "naming_convention":
            self.convention = {**DEFAULT_CONVENTION, **convention_of(value)}
            self.names_known = not isinstance(value, Unknown | Symbol)
        elif name == "schema":
            self.schema = value

    def _add_table(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        table = args.get(2, "table")
        if isinstance(table, TableItem):
            self.tables[table.key] = table
        return None

    def _remove(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        table = args.get(0, "table")
        if isinstance(table, TableItem):
            self.tables.pop(table.key, None)
        return None

    def _reflect(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        schema = args.get(1, "schema", default=None)
        schema = self.schema if schema is None else schema
        where = str(schema) if isinstance(schema, str) else creation_schema(ev.database)
        only = args.get(3, "only")
        replaces = ev.truth(args.get(4, "extend_existing")) is True
        tables = ev.database.ask("tables").tables
        wanted = [n for n in tables if n.schema == where and self._is_wanted(ev, n.name, only, place)]
        done: set[Name] = set()
        while wanted:
            name = wanted.pop(0)
            if name in done or name not in tables:
                continue
            done.add(name)
            table = tables[name]
            if ev.truth(args.keywords.get("resolve_fks", True)) is not False:
                wanted += [key.references for key in table.of_kind(ForeignKey)]
            given = schema if name.schema == where else name.schema
            key = name.name if not isinstance(given, str) else str(name)
            if replaces or key not in self.tables:
                self.tables[key] = reflected(ev, self, table, given)
        return None

    def _is_wanted(self, ev: Evaluator, name: str, only: Value, place: Place) -> bool:
        """Whether `only`, a list of names or a function of them, asks for the table."""
        if isinstance(only, (list, tuple, set)):
            return name in only
        if not is_code(only):
            return True
        wanted = ev.truth(ev.call(only, Arguments([name, self]), place))
        if wanted is None:
            ev.opaque(f"whether the table {name} is reflected is not known", place)
        return wanted is not False

    def _create_all(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        from migralint.python.library.events import fire

        wanted = self._wanted(ev, args)
        checkfirst = ev.truth(args.get(2, "checkfirst", default=True)) is not False
        complete_types(ev, self)
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
        fire(ev, self, "before_create")
        send_sequences(ev, self.sequences, "create", place)
        circular = _circular(ev, todo)
        late: list[tuple[Name, ForeignKey]] = []
        for table in _by_dependency(ev, todo, circular):
            fire(ev, table, "before_create")
            send_sequences(ev, of_columns(table), "create", place)
            keys: Literal["within", "apart"] = "apart" if str(table.key) in circular else "within"
            left = create_table(ev, table, place, checkfirst=checkfirst, implicit=False, keys=keys)
            late += [(table.created(ev), key) for key in left]
            fire(ev, table, "after_create")
        for name, key in late:
            ev.database.execute(CreateConstraint(name, key), place)
        fire(ev, self, "after_create")
        return None

    def _wanted(self, ev: Evaluator, args: Arguments) -> list[Value] | None:
        """The tables that are asked for, None for all."""
        if args.has(1, "tables"):
            return ev.items(args.get(1, "tables"))
        run_imports(ev)
        return None

    def _drop_all(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        wanted = self._wanted(ev, args)
        checkfirst = ev.truth(args.get(2, "checkfirst", default=True)) is not False
        tables = [t for t in wanted or self.tables.values() if isinstance(t, TableItem)]
        circular = _circular(ev, tables)
        for table in tables:
            name = table.qualified(ev)
            found = ev.database.ask(name).tables.get(name)
            late = {key.name for key in put_off(ev, table, name, place, lambda _problem, _place: None)}
            for key in found.of_kind(ForeignKey) if found is not None else ():
                if key.name in late or str(table.key) in circular:
                    ev.database.execute(DropConstraint(name, key.name, "foreignkey"), place)
        for table in reversed(_by_dependency(ev, tables, circular)):
            drop_table(ev, table, place, checkfirst=checkfirst)
            send_sequences(ev, of_columns(table), "drop", place)
        send_sequences(ev, self.sequences, "drop", place)
        return None


def _needs(ev: Evaluator, tables: list[TableItem]) -> dict[str, set[str]]:
    """What each of the tables references among them, beside itself."""
    keys = {str(table.key) for table in tables}
    return {str(table.key): (table.referred(ev) & keys) - {str(table.key)} for table in tables}


def _circular(ev: Evaluator, tables: list[TableItem]) -> set[str]:
    """The tables that reference one another in a circle: their foreign keys are made when all tables are there
    (`sort_tables_and_constraints`).
    """
    needs = _needs(ev, tables)
    circular: set[str] = set()
    for start in needs:
        seen: set[str] = set()
        pending = [start]
        while pending:
            further = needs[pending.pop()] - seen
            seen |= further
            pending += further
        if start in seen:
            circular.add(start)
    return circular


def _by_dependency(ev: Evaluator, tables: list[TableItem], apart: Collection[str] = ()) -> list[TableItem]:
    """Referenced tables first, else as they are given; those whose foreign keys are made `apart` need none."""
    left = {str(t.key): t for t in tables}
    needs = {key: set() if key in apart else found for key, found in _needs(ev, tables).items()}
    done: list[TableItem] = []
    while left:
        ready = [key for key in left if not needs[key] & left.keys()] or [next(iter(left))]
        done += [left.pop(key) for key in ready]
    return done


@known("sqlalchemy.MetaData")
def _metadata(ev: Evaluator, args: Arguments, place: Place) -> Value:
    made = MetaDataItem(args)
    said = ev.context.get("naming convention")
    if not made.names_known and isinstance(said, Mapping):
        made.set_attribute(ev, "naming_convention", dict(said), place)
    return made


def settled(value: Value) -> Value:
    """The MetaData, where a condition that is not known chooses between it and what nobody can look into."""
    found = [one for one in value.choices if isinstance(one, MetaDataItem)] if isinstance(value, Either) else []
    return found[0] if len(found) == 1 else value


@known("sqlalchemy.Table")
def _table(ev: Evaluator, args: Arguments, place: Place) -> Value:
    from migralint.python.library.unread_metadata import metadata_given

    name, home = args.get(0, "name"), metadata_given(ev, args.get(1, "metadata"))
    key = _key(name, args.keywords.get("schema", home.schema if home is not None else None))
    if home is not None and key in home.tables and len(args.positional) <= 2:
        return home.tables[key]
    return make_table(ev, name, home, args.positional[2:], args, place)


def make_table(
    ev: Evaluator, name: Value, home: MetaDataItem | None, items: list[Value], args: Arguments, place: Place
) -> TableItem:
    """The table of these columns and constraints in a MetaData, with the keywords of `Table(...)`."""
    schema = args.keywords.get("schema", home.schema if home is not None else None)
    key = _key(name, schema)
    extended = ev.truth(args.keywords.get("extend_existing")) is True and home is not None
    if home is not None and key in home.tables and ev.truth(args.keywords.get("keep_existing")) is True:
        return home.tables[key]
    table = home.tables[key] if extended and home is not None and key in home.tables else None
    if table is None:
        table = TableItem(name, schema, home, place)
    table.take_options(args)
    if ev.judging:
        table.doubts.append(ev.doubts[-1][0])
    if any(args.keywords.get(k) not in (None, False) for k in ("autoload_with", "autoload")):
        try:
            looked = ev.database.ask(table.qualified(ev))
            found = looked.tables.get(table.qualified(ev))
            if found is None and ev.handlers and not looked.opaque:
                raise PyRaise("NoSuchTableError", str(name), place)
        except NotKnown:
            found = None
        if found is not None:
            table = reflected(ev, home, found, schema)
        else:
            table.doubts.append("its columns are looked up in the database")
    for item in items:
        table.add(item)
    if home is not None and key:
        home.tables[key] = table
    return table


def _key(name: Value, schema: Value) -> str:
    """Under which name a MetaData has a table; "" where the name is not known."""
    if not isinstance(name, str):
        return ""
    return f"{schema}.{name}" if isinstance(schema, str) else str(name)


class LibraryMetaData(Native):
    """The MetaData of a declarative base that a library makes: `SQLModel.metadata`.

    What the models put there is known where they are read; else only what is reflected into it can be asked by name.
    """

    type_name = "MetaData"
    reaches_database = False

    def __init__(self, path: str) -> None:
        self.path = path

    def of(self, ev: Evaluator) -> MetaDataItem:
        """The one of this evaluation."""
        found = ev.context.setdefault("SQLModel.metadata", MetaDataItem(Arguments()))
        assert isinstance(found, MetaDataItem)
        return found

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name in ("create_all", "drop_all") and IMPORTS in ev.context:
            return self.of(ev).attribute(ev, name, place)
        if name in ("reflect", "naming_convention", "schema", "bind", "clear"):
            return self.of(ev).attribute(ev, name, place)
        if name == "tables":
            tables = self.of(ev).tables
            return tables if ev.context.get("models are read") else LibraryTables(tables)
        return Symbol(f"{self.path}.{name}")

    def set_attribute(self, ev: Evaluator, name: str, value: Value, place: Place) -> None:
        self.of(ev).set_attribute(ev, name, value, place)


class LibraryTables(Native):
    """`SQLModel.metadata.tables`: those that were reflected; the others are not known."""

    type_name = "tables"

    def __init__(self, tables: dict[str, TableItem]) -> None:
        self.tables = tables

    def item(self, ev: Evaluator, key: Value, place: Place) -> Value:
        found = self.tables.get(str(key)) if isinstance(key, str) else None
        return found if found is not None else Unknown("a table that the models may define", place)

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name == "get":
            return Builtin(name, lambda ev, args, place: self.item(ev, args.get(0), place))
        return Unknown(f"attribute {name} of the tables of the models", place)


for _path in ("sqlmodel.SQLModel.metadata", "sqlmodel.main.SQLModel.metadata"):
    VALUES[_path] = LibraryMetaData(_path)
