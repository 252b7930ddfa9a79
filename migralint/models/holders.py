"""Which MetaData are meant: those that a value is or holds, and those that modules define tables in."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from migralint.python.evaluator import Evaluator
from migralint.python.library.declarative import is_mapped
from migralint.python.library.declarative_base import (
    DeclarativeBase,
    RegistryItem,
    is_declarative,
    is_sqlmodel,
    metadata_of,
)
from migralint.python.library.flask import DatabaseItem
from migralint.python.library.metadata import LibraryMetaData, MetaDataItem
from migralint.python.library.tables import TableItem
from migralint.python.library.unread_metadata import metadata_given
from migralint.python.values import ClassValue, Deferred, Either, ModuleValue, NotFollowed, Symbol, Value


def metadata_in(ev: Evaluator, value: Value) -> list[MetaDataItem]:
    """The MetaData that a value is, or that a list, a table of names or a declarative base holds."""
    match value:
        case MetaDataItem():
            return [value]
        case Either() | LibraryMetaData() | Symbol() | NotFollowed():
            return [one] if (one := metadata_given(ev, value)) is not None else []
        case list() | tuple() | set():
            return [one for part in value for one in metadata_in(ev, part)]
        case dict():
            return [one for part in value.values() for one in metadata_in(ev, part)]
        case ClassValue():
            found = metadata_of(ev, value)
            return [found] if found is not None else []
        case RegistryItem():
            return metadata_in(ev, value.base.metadata)
        case TableItem() | DatabaseItem():
            return metadata_in(ev, value.metadata)
        case DeclarativeBase():
            return [value.metadata]
    return []


def defined_in(ev: Evaluator, modules: Iterable[ModuleValue], paths: Collection[str]) -> list[MetaDataItem]:
    """The MetaData of tables that stand in files; where none does, those which the files name.

    Those of other databases are left out where there is one of the first.
    """
    reachable: dict[MetaDataItem, None] = {}
    named: dict[MetaDataItem, None] = {}
    for module in modules:
        for value in list(module.names.values()):
            if isinstance(value, Deferred):
                if module.path not in paths:
                    continue
                found = _held(ev, ev.modules.resolved(value))
            else:
                found = _held(ev, value)
                reachable.update(dict.fromkeys(found))
            if module.path in paths:
                named.update(dict.fromkeys(found))
    there = [one for one in reachable if any(table.place.path in paths for table in one.tables.values())]
    found = there or [one for one in named if one.tables]
    return [one for one in found if not one.elsewhere] or found


def _held(ev: Evaluator, value: Value) -> list[MetaDataItem]:
    """The MetaData that a name of a module leads to."""
    if isinstance(value, ClassValue):
        if is_declarative(value) or is_sqlmodel(value) or is_mapped(value):
            return metadata_in(ev, value)
        return metadata_in(ev, value.namespace.get("metadata"))
    return metadata_in(ev, value) if isinstance(value, _HOLDERS) else []


_HOLDERS = (Either, MetaDataItem, LibraryMetaData, DeclarativeBase, RegistryItem, TableItem, DatabaseItem)
