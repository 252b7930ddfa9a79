"""Flask-SQLAlchemy and Flask-Migrate: `db = SQLAlchemy()`, and the application's one as `env.py` asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.classes import LibraryInstance
from migralint.python.library.connection import ConnectionItem
from migralint.python.library.declarative_base import ROOT, DeclarativeBase, metadata_of, types_of
from migralint.python.library.metadata import MetaDataItem
from migralint.python.library.registry import VALUES, known, module_member
from migralint.python.library.registry import lookup as library
from migralint.python.library.rows import nothing
from migralint.python.library.session import SessionFactory
from migralint.python.values import Arguments, Builtin, ClassValue, Native, Symbol, Unknown, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

PATHS = ("flask_sqlalchemy.SQLAlchemy", "flask_sqlalchemy.extension.SQLAlchemy", "flask.ext.sqlalchemy.SQLAlchemy")
_DATABASE = "application database"


class DatabaseItem(Native):
    """`SQLAlchemy(...)` of Flask-SQLAlchemy: names of SQLAlchemy, a declarative base and a session in one."""

    type_name = "Flask-SQLAlchemy's database"

    def __init__(self, args: Arguments) -> None:
        self.base = _base(args)
        self.metadata = self.base.metadata
        self.model: Value = self.base
        """The class that models descend from; one of the project's own (`model_class`) is among its bases."""

    attributes = frozenset(
        "Model metadata metadatas session engine get_engine Table create_all drop_all reflect init_app db".split()
    )
    """Those that are not SQLAlchemy's names."""

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        match name:
            case "Model":
                return self.model
            case "metadata":
                return self.metadata
            case "metadatas":
                return {None: self.metadata, **self.base.bound}
            case "session":
                return SessionFactory()
            case "engine" | "get_engine":
                connection = ConnectionItem(True)
                return connection if name == "engine" else Builtin(name, lambda ev, args, place: connection)
            case "Table":
                return Builtin(
                    name, lambda ev, args, place: ev.call(module_member("sqlalchemy", name), self._in(args), place)
                )
            case "create_all" | "drop_all" | "reflect":
                method = self.metadata.attribute(ev, name, place)
                return Builtin(name, lambda ev, args, place: ev.call(method, Arguments(), place))
            case "init_app":
                return Builtin(name, nothing)
            case "db":
                return self  # as what releases before 3 keep in the application has it
        found = module_member("sqlalchemy", name)
        is_core = name[:1].isupper() or not isinstance(found, Symbol) or library(f"sqlalchemy.{name}") is not None
        return found if is_core else module_member("sqlalchemy.orm", name)

    def _in(self, args: Arguments) -> Arguments:
        """The arguments of `db.Table`, which may leave the metadata out."""
        given = args.get(1, "metadata")
        if isinstance(given, MetaDataItem):
            return args
        return Arguments([*args.positional[:1], self.metadata, *args.positional[1:]], args.keywords, args.open)


class OwnDatabaseItem(LibraryInstance, DatabaseItem):
    """An instance of a class of the project that descends from Flask-SQLAlchemy's."""

    def __init__(self, args: Arguments, cls: ClassValue) -> None:
        super().__init__(args)
        self.cls = cls

    def has(self, name: str) -> bool:
        return name in self.attributes

    def given(self, ev: Evaluator, name: str, place: Place) -> Value:
        return DatabaseItem.attribute(self, ev, name, place)


def _base(args: Arguments) -> DeclarativeBase:
    """The declarative base of `db.Model`, from `metadata` or `model_class`; it names tables after their classes."""
    model = args.keywords.get("model_class")
    if isinstance(model, DeclarativeBase):
        return DeclarativeBase(model.metadata, model.types, names=True)
    return DeclarativeBase(args.keywords.get("metadata"), names=True)


@known(*PATHS)
def _database(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return database(ev, args, place)


def database(ev: Evaluator, args: Arguments, place: Place, cls: ClassValue | None = None) -> Value:
    """`SQLAlchemy(...)`, also of a class of the project that descends from it."""
    made = DatabaseItem(args) if cls is None else OwnDatabaseItem(args, cls)
    model = args.keywords.get("model_class")
    if isinstance(model, ClassValue):
        made.metadata = made.base.metadata = metadata_of(ev, model) or made.metadata
        made.base.types = types_of(model)
        own: dict[str, Value] = {ROOT: True, "metadata": made.metadata}
        made.model = ClassValue("Model", [model, made.base], own, model.scope, model.node)
    return made


def use_application_database(ev: Evaluator, found: Value) -> None:
    """Sets what `current_app.extensions["migrate"].db` is."""
    ev.context[_DATABASE] = found


class ExtensionsItem(Native):
    """`current_app.extensions`, of which only the database that Flask-Migrate was given is known."""

    type_name = "extensions of the application"

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name == "get":
            return Builtin(name, lambda ev, args, place: self.item(ev, args.get(0), place))
        return super().attribute(ev, name, place)

    def item(self, ev: Evaluator, key: Value, place: Place) -> Value:
        unknown = Unknown("the database of the application", place)
        found = ev.context.get(_DATABASE, unknown)
        if key == "migrate":
            return MigrateItem(found)
        return found if key == "sqlalchemy" else Unknown(f"the extension {key} of the application", place)


class MigrateItem(Native):
    """What Flask-Migrate keeps in the application."""

    type_name = "Flask-Migrate"

    def __init__(self, found: Value) -> None:
        self.database = found

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        return self.database if name == "db" else super().attribute(ev, name, place)


VALUES["flask.current_app.extensions"] = ExtensionsItem()
