"""Deletes that rely on ON DELETE CASCADE: where only one side has it, they are refused on the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from migralint.drift.difference import BLOCKING, Difference
from migralint.queries.use import Use
from migralint.schema import ForeignKey, Name

_REFUSES = (None, "NO ACTION", "RESTRICT")


def relied_upon(differences: Iterable[Difference], uses: Iterable[Use]) -> Iterator[Difference]:
    """The differences, those of a CASCADE that code relies on as blocking.

    Code that deletes the referencing rows itself, in the same file, does not rely on it.
    """
    deletes = [use for use in uses if use.how == "delete" and use.object.table is not None]
    for one in differences:
        relying = _relying(one, deletes) if deletes else []
        if not relying:
            yield one
            continue
        more = f" and {len(relying) - 1} more" if len(relying) > 1 else ""
        said = (
            f"{relying[0].place.path}{more} deletes from {relying[0].object.table}, which fails where nothing cascades"
        )
        yield replace(one, drift_class=BLOCKING, message=f"{one.message}; {said}", uses=(*one.uses, *relying))


def _relying(one: Difference, deletes: list[Use]) -> list[Use]:
    keys = one.head, one.derived
    if one.kind != "foreign_key" or not all(isinstance(key, ForeignKey) for key in keys):
        return []
    pair = [key for key in keys if isinstance(key, ForeignKey)]
    actions = {key.on_delete for key in pair}
    if "CASCADE" not in actions or not actions & set(_REFUSES):
        return []
    parents: set[Name] = {key.references for key in pair}
    children = {one.object.table, one.table_at_head}
    themselves = {use.place.path for use in deletes if use.object.table in children}
    return [use for use in deletes if use.object.table in parents and use.place.path not in themselves]
