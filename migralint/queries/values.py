"""The values of application code, as far as queries are made of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from migralint.operations import Place
from migralint.python.text import Text

if TYPE_CHECKING:
    from migralint.queries.modules import Module

Value = Any
"""A text, a number, a boolean or None as such, or one of the classes below."""

Node = Any
"""A lowered node: see `migralint.python.nodes`."""

MOST = 12
"""How many values are told apart that something may have."""


class Unknown:
    """A value that is not known."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()


@dataclass(slots=True, eq=False)
class Either:
    """One of several values, as after the branches of a condition."""

    values: tuple[Value, ...]


@dataclass(slots=True)
class Entry:
    """The value under a key; `place` is that of the key, `maybe` where the key need not be there."""

    value: Value
    place: Place | None = None
    maybe: bool = False


@dataclass(slots=True, eq=False)
class Record:
    """A dictionary with the keys that are known; `open` where there may be others.

    `depth` is that of the branches in which it was made: what is taken out deeper may stay.
    """

    entries: dict[str, Entry] = field(default_factory=dict)
    open: bool = False
    depth: int = 0

    def copy(self, *, maybe: bool = False) -> Record:
        """Another with the same keys."""
        entries = {k: Entry(e.value, e.place, e.maybe or maybe) for k, e in self.entries.items()}
        return Record(entries, self.open, self.depth)

    def take(self, other: Value, *, maybe: bool = False) -> None:
        """What `update` does with another one."""
        for one in alternatives(other):
            if isinstance(one, Record):
                several = maybe or isinstance(other, Either)
                for key, entry in one.entries.items():
                    self.put(key, entry.value, entry.place, maybe=entry.maybe or several)
                self.open = self.open or one.open
            elif one is not None:
                self.open = True

    def put(self, key: str, value: Value, place: Place | None, *, maybe: bool = False) -> None:
        """A key with its value; the value it may have had already may be there still."""
        old = self.entries.get(key)
        if old is None:
            self.entries[key] = Entry(value, place, maybe)
        elif maybe:
            old.value = either((old.value, value))
        else:
            self.entries[key] = Entry(value, place)


_MOST = 1000
"""Items that a list is known to grow to."""


@dataclass(slots=True, eq=False)
class Rows:
    """A list, tuple or set: what its items may be, in order where `ordered`."""

    items: list[Value] = field(default_factory=list)
    open: bool = False
    ordered: bool = True

    def append(self, item: Value) -> None:
        """With one more item."""
        self.extend(Rows([item]))

    def extend(self, more: Rows) -> None:
        """With the items of another one, unless they are too many: a loop may extend two by each other."""
        kept = more.items[: max(_MOST - len(self.items), 0)]
        self.open = self.open or more.open or len(kept) < len(more.items)
        self.items += kept


@dataclass(slots=True, eq=False)
class Client:
    """A Supabase client, or what has its methods; `schema` is the one it asks, None for the usual one."""

    schema: Value = None
    certain: bool = True


@dataclass(slots=True, eq=False)
class Storage:
    """The client's part for files: its `from_` names a bucket."""


class Mention(NamedTuple):
    """A column named in a request: by which method, with which values compared or stored, in which embedded table."""

    how: str
    column: Text
    place: Place
    values: tuple[Text, ...] = ()
    reference: Text | None = None


@dataclass(slots=True, eq=False)
class Builder:
    """A request that is being built. `tables` are the names it may be for, `function` where it calls one.

    `selected` are the texts of its `select`, `rows` what it stores. `gaps` are what is not known of it, with reasons.
    """

    site: Place
    tables: tuple[Text, ...] = ()
    schema: Value = None
    function: bool = False
    certain: bool = True
    verb: str = ""
    verb_place: Place | None = None
    selected: list[tuple[Text, Place]] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    conditions: list[tuple[Text, Place, Text | None]] = field(default_factory=list)
    rows: list[Record] = field(default_factory=list)
    conflict: tuple[Text, Place] | None = None
    gaps: dict[tuple[Place, str], None] = field(default_factory=dict)

    def copy(self) -> Builder:
        """Another request that is as far."""
        return replace(
            self,
            selected=[*self.selected],
            mentions=[*self.mentions],
            conditions=[*self.conditions],
            rows=[*self.rows],
            gaps={**self.gaps},
        )


@dataclass(slots=True, eq=False)
class Function:
    """A function of the project; `owner` is `self`, or the class for a class method."""

    node: Node
    module: Module
    scope: Scope
    owner: Value = None
    defined_in: ClassValue | None = None

    @property
    def name(self) -> str:
        """Its name; "" for a lambda."""
        return str(self.node[2]) if isinstance(self.node[2], str) else ""


@dataclass(slots=True, eq=False)
class ClassValue:
    """A class of the project; `bases` are values, UNKNOWN or a `Symbol` for those of libraries."""

    name: str
    node: Node
    module: Module
    scope: Scope
    bases: tuple[Value, ...] = ()

    def line(self) -> Iterator[ClassValue | Symbol]:
        """It and its bases, nearest first."""
        seen: list[ClassValue | Symbol] = []
        waiting: list[Value] = [self]
        while waiting and len(seen) < 50:
            one = waiting.pop(0)
            if isinstance(one, ClassValue | Symbol) and one not in seen:
                seen.append(one)
                yield one
                if isinstance(one, ClassValue):
                    waiting = [*one.bases, *waiting]


@dataclass(slots=True, eq=False)
class Instance:
    """An object of a class of the project, with the attributes that were set on it."""

    kind: ClassValue
    attributes: dict[str, Value] = field(default_factory=dict)
    given: Record | None = None


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name that a package outside of the project gives: its dotted path."""

    path: str


@dataclass(slots=True, eq=False)
class Bound:
    """A method of a value that is not the project's own."""

    value: Value
    name: str


@dataclass(slots=True, eq=False)
class Scope:
    """Names of a module, a class body or a function, with those around it."""

    names: dict[str, Value]
    outer: Scope | None = None


def alternatives(value: Value) -> tuple[Value, ...]:
    """The values that it may be."""
    return value.values if isinstance(value, Either) else (value,)


def either(values: Iterable[Value]) -> Value:
    """One of the values; texts are told apart by what they say, all else by which it is."""
    found: dict[object, Value] = {}
    for value in values:
        for one in alternatives(value):
            plain = one is None or isinstance(one, str | int | float | Symbol)
            found.setdefault((type(one), one) if plain else id(one), one)
    kept = tuple(found.values())
    if len(kept) > MOST:
        kept = (*kept[: MOST - 1], UNKNOWN)
    if not kept:
        return UNKNOWN
    return kept[0] if len(kept) == 1 else Either(kept)


def texts(value: Value) -> tuple[Text, ...]:
    """The texts that it may be."""
    return tuple(one if isinstance(one, Text) else Text(one) for one in alternatives(value) if isinstance(one, str))


def removed(record: Record, key: Value, depth: int) -> None:
    """Takes a key out of a record; in a branch it may stay."""
    for one in texts(key):
        entry = record.entries.get(one)
        if entry is not None and depth > record.depth:
            entry.maybe = True
        elif entry is not None:
            del record.entries[one]
