"""The MetaData of declarative bases, and of databases, that a package gives which is not at hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.library.metadata import LibraryMetaData, MetaDataItem, settled
from migralint.python.library.third_party_bases import adds_columns
from migralint.python.reach import is_foreign
from migralint.python.values import Arguments, ClassValue, NotFollowed, Symbol, Unknown, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

_WHOLE = frozenset({"create_all", "drop_all", "reflect", "tables", "sorted_tables"})


class UnreadMetaData(MetaDataItem):
    """The MetaData of a package: the project's tables in it are known, others, and its names for constraints, are not.

    `package` is empty where not even the package is known.
    """

    def __init__(self, package: str) -> None:
        super().__init__(Arguments())
        self.package = package
        self.names_known = False

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name in _WHOLE and not ev.context.get("models are read"):
            return Unknown(f"the tables of {self.package or 'a MetaData'} are not known", place)
        return super().attribute(ev, name, place)


def unread_metadata(ev: Evaluator, package: str) -> UnreadMetaData:
    """The one of a package: all of its bases are taken to share it."""
    found: dict[str, UnreadMetaData] = ev.context.setdefault("unread metadata", {})
    if package not in found:
        made = found[package] = UnreadMetaData(package)
        said = ev.context.get("naming convention")
        if isinstance(said, Mapping):
            made.set_attribute(ev, "naming_convention", dict(said), Place(""))
    return found[package]


def unread_package(cls: ClassValue) -> str | None:
    """The package of the first base of a class that is neither read nor known, "" for one of which nothing is known."""
    for base in cls.mro():
        if isinstance(base, Symbol):
            if base.path.startswith("?"):
                return "" if base.path == "?unknown" else base.path[1:]
            if adds_columns(base) is not None:
                return base.path.partition(".")[0]
    return None


def metadata_given(ev: Evaluator, value: Value) -> MetaDataItem | None:
    """The MetaData that a value is, also where a library or a package that is not read gives it."""
    value = settled(value)
    match value:
        case MetaDataItem():
            return value
        case LibraryMetaData():
            return value.of(ev)
        case Symbol() if "." in value.path and is_foreign(value):
            return unread_metadata(ev, value.path.partition(".")[0])
        case NotFollowed() if value.foreign:
            return unread_metadata(ev, value.foreign)
    return None
