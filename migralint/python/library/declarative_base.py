"""Where mapped classes begin: declarative bases, registries, and what they say for every class below them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.classes import LibraryDecorator
from migralint.python.library.metadata import LibraryMetaData, MetaDataItem
from migralint.python.library.registry import known
from migralint.python.library.unread_metadata import metadata_given, unread_metadata, unread_package
from migralint.python.values import Arguments, Builtin, ClassValue, Native, Symbol, Unknown, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

ROOT = "__declarative_root__"
"""In the names of a class of the project that is a declarative base itself."""

_ROOTS = frozenset({"DeclarativeBase", "DeclarativeBaseNoMeta"})


class DeclarativeBase(Native):
    """What `declarative_base()` gives, and what a registry is for the classes that it maps.

    `names` makes a table's name of the class, where the library does (Flask-SQLAlchemy's `db.Model`).
    """

    type_name = "declarative base"

    def __init__(self, metadata: Value, types: Value = None, *, names: bool = False) -> None:
        self.metadata = metadata if isinstance(metadata, MetaDataItem) else MetaDataItem(Arguments())
        self.types: dict[Value, Value] = types if isinstance(types, dict) else {}
        self.names = names
        self.bound: dict[str, MetaDataItem] = {}

    @property
    def tail(self) -> str:
        """The name of the class it stands for."""
        return "DeclarativeBase"

    @property
    def path(self) -> str:
        """The path of the class it stands for."""
        return "sqlalchemy.orm.DeclarativeBase"

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name == "metadata":
            return self.metadata
        if name == "registry":
            return RegistryItem(self)
        return Unknown(f"attribute {name} of a declarative base", place)

    def set_attribute(self, ev: Evaluator, name: str, value: Value, place: Place) -> None:
        if name == "metadata" and isinstance(value, MetaDataItem):
            self.metadata = value


@known(
    "sqlalchemy.orm.declarative_base",
    "sqlalchemy.declarative_base",
    "sqlalchemy.ext.declarative_base",
    "sqlalchemy.orm.automap_base",
)
def _declarative_base(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return _with_class(ev, _base(ev, args), args, place)


def _base(ev: Evaluator, args: Arguments) -> DeclarativeBase:
    """The base that `metadata=` and `type_annotation_map=` describe."""
    return DeclarativeBase(metadata_given(ev, args.keywords.get("metadata")), args.keywords.get("type_annotation_map"))


def _with_class(ev: Evaluator, base: DeclarativeBase, args: Arguments, place: Place) -> Value:
    """A base, and the class whose attributes its classes have (`cls=`), and its metaclass."""
    own, meta = args.keywords.get("cls"), args.keywords.get("metaclass")
    owns = [one for one in (own if isinstance(own, tuple) else (own,)) if isinstance(one, ClassValue)]
    model = owns[0] if owns else meta
    if not isinstance(model, ClassValue):
        return base
    names: dict[str, Value] = {ROOT: True, "metadata": base.metadata}
    keywords = {"metaclass": meta} if meta is not None else {}
    return ClassValue("Base", [*owns, base], names, model.scope, model.node, keywords)


class RegistryItem(Native):
    """`registry(...)`: a MetaData, and declarative bases over it."""

    type_name = "registry of mappers"
    reaches_database = False

    def __init__(self, base: DeclarativeBase) -> None:
        self.base = base

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        match name:
            case "metadata":
                return self.base.metadata
            case "type_annotation_map":
                return self.base.types
            case "generate_base":
                return Builtin(name, lambda ev, args, place: _with_class(ev, self.base, args, place))
            case "update_type_annotation_map":
                return Builtin(name, lambda ev, args, place: self.base.types.update(_dictionary(args.get(0))))
            case "mapped" | "mapped_as_dataclass":
                return Mapping(self.base)
            case "as_declarative_base":
                return AsBase(self.base)
            case "map_imperatively" | "configure" | "dispose" | "map_declaratively":
                return Builtin(name, lambda ev, args, place: None)
        return Unknown(f"attribute {name} of a registry of mappers", place)

    def set_attribute(self, ev: Evaluator, name: str, value: Value, place: Place) -> None:
        self.base.set_attribute(ev, name, value, place)


def _dictionary(value: Value) -> dict[Value, Value]:
    return value if isinstance(value, dict) else {}


@known("sqlalchemy.orm.registry")
def _registry(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return RegistryItem(_base(ev, args))


class Mapping(LibraryDecorator):
    """`registry.mapped`, `registry.mapped_as_dataclass` and their like, with and without arguments."""

    type_name = "decorator that maps a class"

    def __init__(self, base: DeclarativeBase) -> None:
        self.base = base

    def call(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        target = args.get(0)
        if not isinstance(target, ClassValue):
            return self
        if not any(isinstance(base, DeclarativeBase) for base in target.mro()):
            target.bases.append(self.base)
        return target


class AsBase(LibraryDecorator):
    """`as_declarative()` and `registry.as_declarative_base()`: the class becomes a declarative base."""

    type_name = "decorator that makes a declarative base"

    def __init__(self, base: DeclarativeBase) -> None:
        self.base = base

    def call(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        target = args.get(0)
        if not isinstance(target, ClassValue):
            return self
        target.bases.append(self.base)
        target.namespace[ROOT] = True
        return target


@known("sqlalchemy.orm.as_declarative", "sqlalchemy.as_declarative", "sqlalchemy.ext.as_declarative")
def _as_declarative(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return AsBase(_base(ev, args))


@known("sqlalchemy.orm.mapped_as_dataclass", "sqlalchemy.orm.unmapped_dataclass")
def _mapped_as_dataclass(ev: Evaluator, args: Arguments, place: Place) -> Value:
    given = args.get(0, "registry")
    return (
        Mapping(given.base) if isinstance(given, RegistryItem) else Builtin("decorator", lambda ev, args, place: None)
    )


def is_root(cls: ClassValue) -> bool:
    """Whether a class of the project is a declarative base, from which no table is made."""
    if ROOT in cls.namespace:
        return True
    meta = cls.keywords.get("metaclass")
    symbols = meta.symbols() if isinstance(meta, ClassValue) else [meta] if isinstance(meta, Symbol) else []
    if any(s.tail == "DeclarativeMeta" for s in symbols) and not any(is_declarative(b) for b in cls.bases):
        return True
    return any(isinstance(b, Symbol) and b.path.startswith("sqlalchemy") and b.tail in _ROOTS for b in cls.bases)


def is_declarative(cls: Value) -> bool:
    """Whether a class is, or descends from, a declarative base."""
    if not isinstance(cls, ClassValue):
        return isinstance(cls, DeclarativeBase)
    return any(isinstance(b, DeclarativeBase) or (isinstance(b, ClassValue) and is_root(b)) for b in cls.mro())


def is_sqlmodel(cls: ClassValue) -> bool:
    """Whether a class descends from SQLModel."""
    return any(s.path.startswith("sqlmodel.") and s.tail == "SQLModel" for s in cls.symbols())


def base_of(cls: ClassValue) -> DeclarativeBase | None:
    """The declarative base that is no class of the project."""
    return next((base for base in cls.mro() if isinstance(base, DeclarativeBase)), None)


def metadata_of(ev: Evaluator, cls: ClassValue) -> MetaDataItem | None:
    """The MetaData of a declarative class; a base class of the project gets its own on first use."""
    root: ClassValue | None = None
    for base in cls.mro():
        if isinstance(base, DeclarativeBase):
            key = cls.lookup("__bind_key__")[1]
            if isinstance(key, str) and base.names:
                bound = base.bound.setdefault(str(key), MetaDataItem(Arguments()))
                bound.elsewhere = True
                return bound
            return base.metadata
        if isinstance(base, ClassValue):
            for found in (
                base.namespace.get("metadata"),
                base.namespace.get("registry"),
                base.keywords.get("registry"),
            ):
                given = metadata_given(ev, found.base.metadata if isinstance(found, RegistryItem) else found)
                if given is not None:
                    return given
            if is_root(base):
                root = base
    if root is None:
        if is_sqlmodel(cls):
            return LibraryMetaData("sqlmodel.SQLModel.metadata").of(ev)
        package = unread_package(cls)
        return unread_metadata(ev, package) if package is not None else None
    made = MetaDataItem(Arguments())
    root.namespace["metadata"] = made
    return made


def snake(name: str) -> str:
    """The name of a class as Flask-SQLAlchemy writes it for a table."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<!^)(?=[A-Z][a-z])", "_", name).lower().lstrip("_")


def types_of(cls: ClassValue) -> dict[Value, Value]:
    """What `type_annotation_map` says for a class."""
    for base in cls.mro():
        if isinstance(base, DeclarativeBase):
            return base.types
        if isinstance(base, ClassValue):
            found, registry = base.namespace.get("type_annotation_map"), base.namespace.get("registry")
            below = registry.base.types if isinstance(registry, RegistryItem) else {}
            if isinstance(found, dict) or below:
                return {**below, **_dictionary(found)}
    return {}
