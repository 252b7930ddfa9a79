"""What the evaluator knows of libraries: Alembic, SQLAlchemy, the standard library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.library.registry import VALUES, Handler
from migralint.python.library.registry import lookup as _lookup
from migralint.python.library.registry import module_member as _member
from migralint.python.values import Arguments, ClassValue, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

_loaded = False


def _load() -> None:
    """Registers everything, on first use: the modules know the evaluator's."""
    global _loaded
    if not _loaded:
        _loaded = True
        from migralint.python.library import (  # noqa: F401  # imported for what they register
            annotations,
            compiled,
            connection,
            constants,
            context,
            custom,
            dates,
            ddl,
            declarative,
            entities,
            events,
            expressions,
            files,
            flask,
            functions,
            geospatial_operations,
            inspector,
            item_calls,
            iteration,
            key_operations,
            listing,
            metadata,
            operation_objects,
            operations,
            orm,
            oslo,
            packages,
            psycopg,
            regex,
            relationships,
            resources,
            settings,
            sqlmodel,
            sqlparse,
            standard,
            standard_enums,
            sync_enum,
            table_operations,
            tables,
            templates,
            threads,
            unfollowed,
        )

        VALUES["alembic.operations.Operations"] = custom.OperationsClass()


def lookup(path: str) -> Handler | None:
    """The function for a library path, or None."""
    _load()
    return _lookup(path)


def module_member(path: str, name: str) -> Value:
    """`path.name` of a library."""
    _load()
    return _member(path, name)


def class_made(ev: Evaluator, cls: ClassValue, place: Place) -> None:
    """A class of the project was made: mapped classes get their table."""
    from migralint.python.library import declarative

    declarative.class_made(ev, cls, place)


def class_attribute_set(ev: Evaluator, cls: ClassValue, name: str, value: Value, place: Place) -> None:
    """An attribute of a class of the project was set."""
    from migralint.python.library import declarative

    declarative.attribute_set(ev, cls, name, value, place)


def package_model(ev: Evaluator, path: str) -> Value:
    """A class of a package that models descend from, where its columns are known; None for all else."""
    from migralint.python.library.third_party_bases import package_model

    return package_model(ev, path)


def named(value: Value, name: str) -> None:
    """A value becomes an attribute of a class: a column that has no name takes that of the attribute."""
    from migralint.python.library.items import ColumnItem

    if isinstance(value, ColumnItem) and value.name is None:
        value.name = name


def class_attribute(ev: Evaluator, cls: ClassValue, name: str, place: Place) -> Value:
    """An attribute of a project class that a library gives."""
    from migralint.python.library import orm

    return orm.class_attribute(ev, cls, name, place)


def class_called(ev: Evaluator, cls: ClassValue, args: Arguments, place: Place) -> Value:
    """What calling a project class gives when it stands for a library's; None for an ordinary instance."""
    from migralint.python.library import flask
    from migralint.python.library.types import own_type

    if any(s.path in flask.PATHS for s in cls.symbols()):
        return flask.database(ev, args, place, cls)
    tails = {s.tail for s in cls.symbols()}
    if (
        any(s.path.startswith(("sqlalchemy", "geoalchemy2", "sqlalchemy_utils")) for s in cls.symbols())
        or "TypeDecorator" in tails
    ):
        return own_type(ev, cls, args, place)
    return None


def made_class(
    ev: Evaluator, name: Value, bases: Value, namespace: dict[str, Value], keywords: dict[str, Value], place: Place
) -> Value:
    """The class that `type(name, bases, namespace)` and its like make."""
    from migralint.python.classes import base_of
    from migralint.python.nodes import CONST
    from migralint.python.scope import Scope
    from migralint.python.values import ModuleValue

    names = dict(namespace)
    annotations = names.get("__annotations__")
    if isinstance(annotations, dict):  # evaluated, other than those of a class that the code spells out
        names["__annotations__"] = {
            key: one if isinstance(one, (list, tuple)) else (CONST, place.node, one) for key, one in annotations.items()
        }
    scope = Scope(ModuleValue("", place.path))
    cls = ClassValue(str(name), list(map(base_of, ev.items(bases) or [])), names, scope, (0, place.node), keywords)
    class_made(ev, cls, place)
    return cls


def open_file(ev: Evaluator, args: Arguments, place: Place) -> Value:
    """The builtin `open`."""
    from migralint.python.library import files

    return files.open_file(ev, args, place)
