"""Declarative classes and the tables they make, as SQLAlchemy's `decl_base` scans them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.classes import ClassMethod, DeclaredAttr, Field
from migralint.python.library import events
from migralint.python.library.annotations import annotations_of, mapped, returned
from migralint.python.library.columns import annotated, from_annotation
from migralint.python.library.composites import CompositeItem
from migralint.python.library.declarative_base import (
    base_of,
    is_declarative,
    is_root,
    is_sqlmodel,
    metadata_of,
    snake,
)
from migralint.python.library.items import ColumnItem, ConstraintItem
from migralint.python.library.metadata import make_table
from migralint.python.library.registry import known
from migralint.python.library.relationships import class_mapped
from migralint.python.library.tables import TableItem
from migralint.python.library.third_party_bases import adds_columns
from migralint.python.library.unread_metadata import unread_package
from migralint.python.values import (
    Arguments,
    BoundMethod,
    ClassValue,
    Either,
    Function,
    Native,
    NotFollowed,
    Symbol,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

MAPPER = "__mapper__"
"""In the names of a mapped class: what it is mapped to."""

_SPECIAL = frozenset({"__tablename__", "__table_args__", "__mapper_args__", "__table__", "__abstract__"})


class MapperItem(Native):
    """What a class is mapped to: `table` is its own, or that of the class whose table it shares."""

    type_name = "mapper"

    def __init__(self, table: TableItem | None, inherits: ClassValue | None) -> None:
        self.table = table
        self.inherits = inherits

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name in ("local_table", "persist_selectable", "mapped_table"):
            return self.table
        if name in ("columns", "c") and self.table is not None:
            return self.table.attribute(ev, "columns", place)
        return Unknown(f"attribute {name} of a mapper", place)


def class_made(ev: Evaluator, cls: ClassValue, place: Place) -> None:
    """Maps a class that descends from a declarative base; others are left alone."""
    if is_root(cls):
        return
    if is_sqlmodel(cls):
        from migralint.python.library.sqlmodel import fields_to_columns

        if ev.truth(cls.keywords.get("table")) is not True:
            return
        fields_to_columns(ev, cls, place)
    elif not is_declarative(cls):
        _named_without_base(ev, cls, place)
        return
    _run_hooks(ev, cls, place)
    if ev.truth(cls.namespace.get("__abstract__")) is not True:
        _Mapping(ev, cls, place).run()


def _named_without_base(ev: Evaluator, cls: ClassValue, place: Place) -> None:
    """A class whose base is not known and which names a table, or inherits from one that does, is taken for mapped."""
    named = any(name in cls.namespace for name in ("__tablename__", "__table__")) or any(map(is_mapped, cls.mro()))
    if not named or ev.truth(cls.namespace.get("__abstract__")) is True:
        return
    if unread_package(cls) is not None or any(isinstance(base, Native) for base in cls.mro()):
        _Mapping(ev, cls, place).run()


def _run_hooks(ev: Evaluator, cls: ClassValue, place: Place) -> None:
    """`__init_subclass__` of a base, and what a metaclass does before SQLAlchemy's own does."""
    for base in cls.mro()[1:]:
        if isinstance(base, ClassValue) and isinstance(
            base.namespace.get("__init_subclass__"), (Function, ClassMethod)
        ):
            hook = base.namespace["__init_subclass__"]
            function = hook.function if isinstance(hook, ClassMethod) else hook
            ev.call(BoundMethod(function, cls), Arguments([], dict(cls.keywords)), place)
            break
    meta = next((m for b in cls.mro() if isinstance(b, ClassValue) and (m := b.keywords.get("metaclass"))), None)
    if isinstance(meta, ClassValue):
        for name in ("__new__", "__init__"):
            found, function = meta.lookup(name)
            if found:
                receiver = meta if name == "__new__" else cls
                ev.call(function, Arguments([receiver, cls.name, tuple(cls.bases), cls.namespace]), place)


class _Mapping:
    """One class on its way to a table."""

    def __init__(self, ev: Evaluator, cls: ClassValue, place: Place) -> None:
        self.ev = ev
        self.cls = cls
        self.place = place
        self.metadata = metadata_of(ev, cls)
        self.attributes: dict[str, tuple[Value, ClassValue]] = {}
        self.unknown: list[str] = []

    def run(self) -> None:
        """Finds the table, or makes it, and maps the class."""
        cls = self.cls
        declared = cls.namespace.setdefault("__declared__", {})
        inherits = next((base for base in cls.mro()[1:] if is_mapped(base)), None)
        fixed = self._fixed_table()
        if fixed is None:
            self._copy_columns()
        name = self._special("__tablename__")
        if name is None and fixed is None and self._names_itself():
            name = cls.namespace["__tablename__"] = snake(cls.name)
        args = self._table_args()
        self._collect()
        columns = list(self._columns()) if fixed is None else []
        for key, value in declared.items():
            if key not in _SPECIAL:
                cls.namespace[key] = value
        del cls.namespace["__declared__"]
        table = fixed
        if fixed is None and isinstance(name, str):
            table = self._table(name, columns, args, inherits)
        elif fixed is None and isinstance(name, Unknown):
            self.ev.database.note("MG002", f"the table of class {cls.name}: {name.reason}", self.place)
            return
        if table is None:
            table = self._share(inherits, columns)
        if table is None and inherits is None:
            return
        if isinstance(table, TableItem):
            cls.namespace["__table__"] = table
            class_mapped(cls, table)
            for reason in self.unknown:
                table.doubts.append(reason)
        cls.namespace[MAPPER] = mapper = MapperItem(table, inherits)
        events.mapped(self.ev, mapper, cls, self.place)

    # what the class says of its table ---------------------------------------------------------------------------
    def _fixed_table(self) -> TableItem | None:
        own = self.cls.namespace.get("__table__")
        if isinstance(own, TableItem):
            return own
        for base in self._bases():
            found = base.namespace.get("__table__")
            if isinstance(found, DeclaredAttr):
                made = self._attribute("__table__")
                return made if isinstance(made, TableItem) else None
            if isinstance(found, TableItem) and base is not self.cls and not is_mapped(base):
                return found
        return None

    def _special(self, name: str) -> Value:
        """`__tablename__` or `__table_args__`: a mapped class hands it down only as a function."""
        for base in self._bases():
            if name not in base.namespace:
                continue
            if base is self.cls or not is_mapped(base) or isinstance(base.namespace[name], DeclaredAttr):
                found = self._attribute(name)
                if found is not None:
                    return found
        return None

    def _table_args(self) -> tuple[list[Value], dict[str, Value]]:
        """The items and the keywords of `__table_args__`."""
        found = _settled(self._special("__table_args__"))
        if isinstance(found, Unknown):
            self.unknown.append(f"the __table_args__ of class {self.cls.name} are not known: {found.reason}")
        if isinstance(found, dict):
            return [], found
        items = [_settled(one) for one in found] if isinstance(found, (tuple, list)) else []
        keywords = items.pop() if items and isinstance(items[-1], dict) else {}
        return items, keywords

    def _names_itself(self) -> bool:
        """Whether Flask-SQLAlchemy names the table after the class (its `should_set_tablename`)."""
        base = base_of(self.cls)
        if base is None or not base.names:
            return False
        for one in self._bases():
            if "__tablename__" in one.namespace:
                return is_mapped(one)
        return True

    def _attribute(self, name: str) -> Value:
        """The attribute of the class, functions that declare one being called."""
        return self.ev.attribute(self.cls, name, self.place)

    def _bases(self) -> Iterator[ClassValue]:
        return (base for base in self.cls.mro() if isinstance(base, ClassValue))

    # columns ----------------------------------------------------------------------------------------------------
    def _copy_columns(self) -> None:
        """Columns of mixins and abstract bases become columns of the class, all of them before functions run."""
        cls = self.cls
        for base in self._bases():
            if base is cls or is_mapped(base):
                continue
            for name in _names(base):
                value = self._value(base, name)
                if self._owner(name) is not base:
                    continue
                copied: Value
                if (isinstance(value, ColumnItem) and value.table is None) or isinstance(value, CompositeItem):
                    copied = value.copy()
                elif name not in base.namespace and (found := mapped(self.ev, base, name)) is not None:
                    copied = from_annotation(found, self.place)
                else:
                    continue
                if isinstance(copied, ColumnItem) and copied.name is None:
                    copied.name = name  # `__table_args__` may ask for it, in an expression
                self.attributes[name] = copied, base
                cls.namespace[name] = copied

    def _declared(self, attribute: DeclaredAttr) -> Value:
        """What a function declares for the class, whatever the classes above have."""
        return self.ev.call(attribute.function, Arguments([self.cls]), self.place)

    def _value(self, base: ClassValue, name: str) -> Value:
        """What a class has under a name: of a field of a dataclass, what its metadata holds for SQLAlchemy."""
        value = base.namespace.get(name)
        key = self.cls.lookup("__sa_dataclass_metadata_key__")[1]
        if not isinstance(value, Field) or key is None:
            return value
        held = value.args.keywords.get("metadata")
        found = held.get(key) if isinstance(held, dict) else None
        return DeclaredAttr(found) if isinstance(found, Function) else found

    def _owner(self, name: str) -> ClassValue | None:
        """The class along the bases that first has the attribute or its annotation."""
        return next((b for b in self._bases() if name in b.namespace or name in annotations_of(b)), None)

    def _collect(self) -> None:
        """What the class and its mixins have, in SQLAlchemy's order: its own first."""
        cls, copies = self.cls, self.attributes
        self.attributes = {}
        for base in cls.mro():
            if isinstance(base, Symbol):
                if (why := adds_columns(base)) is not None:
                    self.unknown.append(f"{why}, a base of class {cls.name}, is not known: it may add columns")
                continue
            if not isinstance(base, ClassValue) or (is_mapped(base) and base is not cls):
                continue
            self.attributes.update({name: found for name, found in copies.items() if found[1] is base})
            for name in _names(base):
                if name in _SPECIAL or name.startswith("__"):
                    continue
                value = self._value(base, name)
                if isinstance(value, DeclaredAttr):
                    if base is cls or self._owner(name) is base or value.cascading:
                        found = self._declared(value) if value.cascading else self._attribute(name)
                        if isinstance(found, ColumnItem) and found.annotation is None:
                            found.annotation = returned(self.ev, value.function)
                        self.attributes[name] = found, base
                elif base is cls and name not in copies:
                    if value is None and name not in base.namespace:
                        typed = mapped(self.ev, base, name)
                        value = from_annotation(typed, self.place) if typed is not None else None
                    if value is not None:
                        self.attributes[name] = value, base

    def _columns(self) -> Iterator[ColumnItem]:
        """The columns, named and typed."""
        found: list[tuple[int, ColumnItem]] = []
        for name, (value, base) in self.attributes.items():
            if isinstance(value, CompositeItem):
                found += [(0, self._typed(name, column, base)) for column in value.columns(self.ev, base, name)]
            elif isinstance(value, ColumnItem):
                if value.table is not None:
                    continue
                if value.name is None:
                    value.name = name
                value = self._typed(name, value, base)
                order = value.option("sort_order", 0)
                found.append((order if isinstance(order, int) else 0, value))
                self.cls.namespace[name] = value
            elif type(value) is NotFollowed and value.foreign and not name.startswith("_"):
                self.unknown.append(f"attribute {name} of class {self.cls.name} may be a column: {value.reason}")
        found.sort(key=lambda pair: pair[0])
        return iter([column for _, column in found])

    def _typed(self, name: str, column: ColumnItem, base: ClassValue) -> ColumnItem:
        """The column with what its annotation says."""
        return annotated(self.ev, self.cls, base, name, column, self.place) if column.mapped else column

    # the table --------------------------------------------------------------------------------------------------
    def _table(
        self, name: str, columns: list[ColumnItem], args: tuple[list[Value], dict[str, Value]], inherits: Value
    ) -> TableItem | None:
        items, keywords = args
        made, method = self.cls.lookup("__table_cls__")
        if made:
            given = Arguments([name, self.metadata, *columns, *items], keywords)
            table = self.ev.call(_unbound(method, self.cls), given, self.place)
            return table if isinstance(table, TableItem) else None
        base = base_of(self.cls)
        if base is not None and base.names and inherits is not None and not _has_key(self.ev, columns, items):
            return None  # Flask-SQLAlchemy: without a key of its own it shares the table of its parent
        return make_table(self.ev, name, self.metadata, [*columns, *items], Arguments([], keywords), self.place)

    def _share(self, inherits: Value, columns: list[ColumnItem]) -> TableItem | None:
        """The table of the parent, which also gets the columns of this class."""
        mapper = inherits.namespace[MAPPER] if inherits is not None else None
        table = mapper.table if isinstance(mapper, MapperItem) else None
        if table is not None:
            there = {column.name for column in table.columns}
            for column in columns:
                if column.name not in there:
                    table.add(column)
        return table


def _names(cls: ClassValue) -> list[str]:
    """The attributes and annotations of a class in the order in which SQLAlchemy looks at them.

    Nobody knows how the two lists lie to each other: at each name in both it goes on with the other list.
    """
    found: list[str] = []
    shared = cls.namespace.keys() & annotations_of(cls).keys()
    current = iter([name for name in cls.namespace if not name.startswith("__")])
    other = iter(list(annotations_of(cls)))
    while True:
        for name in current:
            if name in shared:
                shared.discard(name)
                current, other = other, current
                break
            found.append(name)
        else:
            return [*found, *other]


def _unbound(method: Value, cls: ClassValue) -> Value:
    if isinstance(method, ClassMethod):
        return BoundMethod(method.function, cls)
    return BoundMethod(method, cls) if isinstance(method, Function) else method


def _has_key(ev: Evaluator, columns: list[ColumnItem], items: list[Value]) -> bool:
    if any(ev.truth(column.option("primary_key")) for column in columns):
        return True
    return any(isinstance(item, ConstraintItem) and item.kind == "pk" for item in items)


def is_mapped(cls: Value) -> bool:
    """Whether a class has a mapper of its own."""
    return isinstance(cls, ClassValue) and MAPPER in cls.namespace


def inherits_table(cls: Value) -> bool:
    """Whether a class that is mapped above a class has a table: its rows may be there, or parts of them."""
    above = cls.mro()[1:] if isinstance(cls, ClassValue) else []
    return any(isinstance(base, ClassValue) and is_mapped(base) and "__table__" in base.namespace for base in above)


@known("sqlalchemy.orm.has_inherited_table", "sqlalchemy.has_inherited_table")
def _has_inherited_table(ev: Evaluator, args: Arguments, place: Place) -> Value:
    cls = args.get(0, "cls")
    if not isinstance(cls, ClassValue):
        return Unknown("whether a class that is not known inherits a table", place)
    return inherits_table(cls)


def attribute_set(ev: Evaluator, cls: ClassValue, name: str, value: Value, place: Place) -> None:
    """`Class.name = Column(...)` of a mapped class: the column becomes one of its table."""
    mapper = cls.namespace.get(MAPPER)
    table = mapper.table if isinstance(mapper, MapperItem) else None
    if table is not None and isinstance(value, ColumnItem) and value.table is None:
        if value.name is None:
            value.name = name
        table.add(value)


_OTHERS = ("mysql_", "mariadb_", "sqlite_", "oracle_", "mssql_")


def _settled(value: Value) -> Value:
    """No keywords in place of keywords for other databases, or none, by a condition that is not known."""
    if not isinstance(value, Either):
        return value
    others = (
        one is None or (isinstance(one, dict) and all(str(name).startswith(_OTHERS) for name in one))
        for one in value.choices
    )
    return {} if all(others) else value
