"""The column of a mapped attribute: `mapped_column(...)` together with its annotation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.library.annotations import Annotation, mapped
from migralint.python.library.declarative_base import types_of
from migralint.python.library.items import ColumnItem
from migralint.python.library.python_types import mapped_type
from migralint.python.values import Arguments, ClassValue, Unknown

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

_MERGED = (
    "primary_key", "autoincrement", "default", "server_default", "index", "unique", "comment", "nullable", "key",
    "sort_order", "insert_default", "default_factory",
)  # fmt: skip
"""What a `mapped_column` takes over from one in `Annotated[...]` where it says nothing itself (`Column._merge`)."""


def from_annotation(found: Annotation, place: Place) -> ColumnItem:
    """The column of an attribute that has an annotation only."""
    return ColumnItem(None, None, Arguments(), [], place, mapped=True)


def annotated(
    ev: Evaluator, cls: ClassValue, owner: ClassValue, name: str, item: ColumnItem, place: Place
) -> ColumnItem:
    """The column with what the annotation says: nullability, type, and what `Annotated` holds."""
    found = item.annotation if item.annotation is not None else mapped(ev, owner, name)
    if found is None:
        return item
    inner = next((one for one in found.extras if isinstance(one, ColumnItem)), None)
    if inner is not None:
        _merge(inner, item)
    if item.option("nullable") is None:
        item.overrides["nullable"] = found.optional
    if item.kind is None and not item.foreign_keys():
        kind = mapped_type(ev, types_of(cls), found, place)
        if isinstance(kind, Unknown):
            kind = Unknown(f"{kind.reason}", place)
        item.kind = kind
    return item


def _merge(inner: ColumnItem, item: ColumnItem) -> None:
    if item.kind is None:
        item.kind = inner.kind
    for name in _MERGED:
        given = inner.option(name)
        if given is not None and item.option(name) is None:
            item.overrides[name] = given
    if not item.foreign_keys():
        item.parts = [*item.parts, *inner.parts]
    else:
        item.parts = [*item.parts, *(part for part in inner.parts if part not in inner.foreign_keys())]
