"""Two states of one history: what a downgrade should have restored and has not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from migralint.drift.compare import drift
from migralint.drift.difference import Difference
from migralint.operations import ObjectRef, Place
from migralint.schema import EnumType, Name, Schema
from migralint.schema.names import TEMPORARY

_NOWHERE = Place("")


@dataclass(frozen=True)
class _State:
    schema: Schema
    path: str = ""
    managed: frozenset[str] = frozenset()

    def place_of(self, ref: ObjectRef) -> Place:
        return _NOWHERE


@dataclass(frozen=True, slots=True)
class Unlike:
    """What differs of one object, with the words for it."""

    object: ObjectRef
    words: str

    def __str__(self) -> str:
        return self.words


def unlike(before: Schema, after: Schema) -> tuple[Unlike, ...]:
    """What differs between two states, by meaning rather than spelling: of tables all but the order of the columns,
    of other objects whether they are there.

    What an enum has more of labels does not count, as there is no statement that takes one away, nor does an extension
    that is there now: it belongs to the whole database.
    """
    if before.opaque or after.opaque:
        return ()
    changed = [n for n in {**before.tables, **after.tables} if before.tables.get(n) != after.tables.get(n)]
    one = replace(before, tables={n: before.tables[n] for n in changed if n in before.tables})
    other = replace(after, tables={n: after.tables[n] for n in changed if n in after.tables})
    differences = drift(one, _State(other), lambda ref: None)
    found = [_told(difference) for difference in differences if not _of_other_kind(difference)]
    return (*found, *_others(before, after))


def _of_other_kind(one: Difference) -> bool:
    """A type that only one side has, which `_others` tells, or one with more labels."""
    if one.object.kind != "type":
        return False
    if not isinstance(one.head, EnumType) or not isinstance(one.derived, EnumType):
        return True
    return set(one.head.labels) < set(one.derived.labels)


def _told(one: Difference) -> Unlike:
    (_, was), (_, now) = one.sides
    if one.renamed_from is not None:
        return Unlike(one.object, f"{one.object} was named {one.renamed_from}")
    if now is None:
        return _gone(one.object)
    if was is None:
        return _left(one.object)
    if one.kind == "name":
        return Unlike(one.object, f"of {one.object} what is now named {now} was named {was}")
    return Unlike(one.object, f"{one.object} is {now} and was {was}")


def _gone(one: ObjectRef) -> Unlike:
    return Unlike(one, f"{one} is gone")


def _left(one: ObjectRef) -> Unlike:
    return Unlike(one, f"{one} is left")


def _others(before: Schema, after: Schema) -> Iterator[Unlike]:
    for kind, old, new in (
        ("type", before.types, after.types),
        ("view", before.views, after.views),
        ("sequence", _free(before), _free(after)),
        ("function", _functions(before), _functions(after)),
        ("schema", before.schemas, after.schemas),
        ("extension", before.extensions, [name for name in after.extensions if name in before.extensions]),
    ):
        was, now = _lasting(old), _lasting(new)
        yield from (_left(ObjectRef(kind, None, name)) for name in now if name not in was)
        yield from (_gone(ObjectRef(kind, None, name)) for name in was if name not in now)


def _lasting(names: Iterable[object]) -> list[str]:
    """The names but for those that leave with the session."""
    return [text for text in map(str, names) if not text.startswith(f"{TEMPORARY}.")]


def _free(schema: Schema) -> list[Name]:
    """The sequences that no column owns: the others come and go with their column."""
    return [name for name, sequence in schema.sequences.items() if sequence.owned_by is None]


def _functions(schema: Schema) -> list[str]:
    return [one.signature for functions in schema.functions.values() for one in functions]
