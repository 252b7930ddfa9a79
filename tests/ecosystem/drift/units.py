"""What two recorded databases differ in, one unit for each object and kind of fact."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.ecosystem.facts.document import Document, Reading
from tests.ecosystem.facts.keys import index_key
from tests.ecosystem.facts.text import without_public

VERSIONS = ("alembic_version",)


class Unit(NamedTuple):
    """`names` are those of the object on both sides; a table has none of its own."""

    kind: str
    table: str
    names: frozenset[str] = frozenset()


@dataclass
class Units:
    """`counted` are to be found; `neutral` is what a bigger unit explains, or what nobody has to tell."""

    counted: list[Unit] = field(default_factory=list)
    neutral: list[Unit] = field(default_factory=list)


class _Part(NamedTuple):
    name: str
    columns: tuple[str, ...]
    form: tuple[str, ...]


def renamed(head: Document, tables: Mapping[str, str]) -> Document:
    """The document with other names of tables."""

    def new(name: str) -> str:
        plain = without_public(name)
        return f"public.{tables[plain]}" if plain in tables else name

    found = {}
    for name, table in head["tables"].items():
        keys = [{**key, "references": new(key["references"])} for key in table.get("foreign_keys") or ()]
        found[new(name)] = {**table, "foreign_keys": keys}
    return {**head, "tables": found}


def units(head: Document, models: Document, version_tables: Collection[str] = VERSIONS) -> Units:
    """The differences of two databases, from the history's and the models' side.

    A table or column on one side is one unit, with all that is in it or needs it. A type and its enum are one. What
    only the history can have (views, functions, triggers, policies, row security) is no difference from the models.
    """
    return _Comparison(head, models, version_tables).run()


def within(head: Document, models: Document, table: str, old: str, new: str) -> list[Unit]:
    """The differences of a column that has another name as well."""
    comparison = _Comparison(head, models, VERSIONS)
    one, other = (
        next((c for c in side.get(table, {"columns": ()})["columns"] if c["name"] == name), None)
        for side, name in zip(comparison.tables, (old, new), strict=True)
    )
    if one is not None and other is not None:
        comparison._column(table, {**one, "name": new}, other)
    return comparison.found.counted


class _Comparison:
    def __init__(self, head: Document, models: Document, version_tables: Collection[str]) -> None:
        self.head, self.models = Reading(head), Reading(models)
        self.tables = [
            {reading.name(n): t for n, t in side["tables"].items() if n.split(".")[-1] not in version_tables}
            for reading, side in ((self.head, head), (self.models, models))
        ]
        self.found = Units()
        self.paired_enums: set[tuple[str, str]] = set()

    def run(self) -> Units:
        left, right = self.tables
        for name in left.keys() ^ right.keys():
            self.found.counted.append(Unit("table", name))
        for name in left.keys() & right.keys():
            self._table(name, left[name], right[name])
        self._enums()
        for unit in [one for one in self.found.counted if one.kind == "check"]:
            if self._is_enum(unit, left, self.models) or self._is_enum(unit, right, self.head):
                self.found.counted.remove(unit)
                self.found.neutral.append(unit)
        there = json.dumps(self.head.document)
        for name in sorted(self.models.free):
            if re.search(rf"\b{re.escape(name.split('.')[-1])}\b", there) is None:
                self._add("sequence", "", [name])
        return self.found

    @staticmethod
    def _is_enum(unit: Unit, tables: dict[str, Document], other: Reading) -> bool:
        """Whether a check lets in what an enum of the other side does, in place of which it stands."""
        enums = [{*labels} for labels in (other.document.get("enums") or {}).values()]
        checks = [one for one in tables[unit.table].get("checks") or () if unit.names == {one["name"]}]
        return any({*re.findall(r"'((?:[^']|'')*)'", one["expression"])} in enums for one in checks)

    def _add(self, kind: str, table: str, names: Iterable[str] = (), *, neutral: bool = False) -> None:
        unit = Unit(kind, table, frozenset(names))
        (self.found.neutral if neutral else self.found.counted).append(unit)

    # columns ----------------------------------------------------------------------------------------------------
    def _table(self, name: str, left: Document, right: Document) -> None:
        columns = [{c["name"]: c for c in side["columns"]} for side in (left, right)]
        alone = self._alone(name)
        for column in alone:
            self._add("column", name, [column])
        for column in columns[0].keys() & columns[1].keys():
            self._column(name, columns[0][column], columns[1][column])
        self._parts(name, left, right, alone)

    def _column(self, table: str, left: Document, right: Document) -> None:
        name = left["name"]
        told = [{k: tuple(v) for k, *v in side.column(c)} for side, c in ((self.head, left), (self.models, right))]
        differs = told[0]["type"] != told[1]["type"]
        enums = [self._enum(side, column["type"]) for side, column in ((self.head, left), (self.models, right))]
        if differs and all(enums) and enums[0] != enums[1]:
            if (enums[0], enums[1]) not in self.paired_enums:
                self.paired_enums.add((str(enums[0]), str(enums[1])))
                self._add("enum", "", [str(enum) for enum in enums])
        elif differs:
            self._add("type", table, [name])
        keys = [(t.get("primary_key") or {}).get("columns") or [] for t in (one[table] for one in self.tables)]
        if told[0]["nullability"] != told[1]["nullability"]:
            self._add("nullability", table, [name], neutral=(name in keys[0]) != (name in keys[1]))
        made = [(one.get("default"), one.get("generated"), one.get("identity")) for one in told]
        if made[0] != made[1]:
            self._add("default", table, [name], neutral=differs and all(any(one) for one in made))

    def _enum(self, side: Reading, type_: str) -> str | None:
        name = side.name(type_.replace("[]", ""))
        return name if name in map(side.name, side.document.get("enums") or {}) else None

    def _enums(self) -> None:
        left, right = (
            {side.name(name): labels for name, labels in (side.document.get("enums") or {}).items()}
            for side in (self.head, self.models)
        )
        for name in left.keys() & right.keys():
            if left[name] != right[name]:
                self._add("enum", "", [name])
        paired = {name for pair in self.paired_enums for name in pair}
        for name in (left.keys() ^ right.keys()) - paired:
            side = self.head if name in left else self.models
            used = any(
                self._enum(side, c["type"]) == name for t in side.document["tables"].values() for c in t["columns"]
            )
            self._add("enum", "", [name], neutral=used)

    # keys, constraints, indexes ---------------------------------------------------------------------------------
    def _parts(self, table: str, left: Document, right: Document, alone: set[str]) -> None:
        names: list[tuple[str, str]] = []
        unique = [*self._unique(self.head, left)], [*self._unique(self.models, right)]
        plain = [*self._plain(self.head, left)], [*self._plain(self.models, right)]
        names += self._compared("unique", table, unique, alone, keep=True)
        names += self._compared("index", table, plain, alone, keep=True)
        for one, other in ((0, 1), (1, 0)):  # a unique index in place of one that is not
            for part in list(unique[one]):
                twin = next((p for p in plain[other] if p.columns == part.columns), None)
                if twin is not None:
                    unique[one].remove(part)
                    plain[other].remove(twin)
                    self._add("unique", table, [part.name, twin.name])
        for kind, sides in (("unique", unique), ("index", plain)):
            for part in (*sides[0], *sides[1]):
                self._add(kind, table, [part.name], neutral=self._explained(part, alone))
        for kind, read in _READERS.items():
            names += self._compared(kind, table, ([*read(self.head, left)], [*read(self.models, right)]), alone)
        odd = [pair for pair in names if pair[0] != pair[1]]
        if odd:
            self._add("name", table)

    def _compared(
        self, kind: str, table: str, sides: tuple[list[_Part], list[_Part]], alone: set[str], keep: bool = False
    ) -> list[tuple[str, str]]:
        """Takes out what is equal, of one name, or of the same columns; the names of what is equal."""
        left, right = sides
        equal = [*_taken(left, right, lambda a, b: a.form == b.form and a.name == b.name)]
        equal += _taken(left, right, lambda a, b: a.form == b.form)
        other = [*_taken(left, right, lambda a, b: a.name == b.name)]
        other += _taken(left, right, lambda a, b: bool(a.columns) and set(a.columns) == set(b.columns))
        for one, two in other:
            neutral = self._explained(one, alone) or self._explained(two, alone)
            self._add(kind, table, [one.name, two.name], neutral=neutral)
        for part in () if keep else (*left, *right):
            self._add(kind, table, [part.name], neutral=self._explained(part, alone))
        return [(one.name, two.name) for one, two in equal]

    def _explained(self, part: _Part, alone: set[str]) -> bool:
        """Whether a column or table on one side explains it."""
        words = {word for text in (*part.columns, *part.form) for word in re.findall(r"\w+", text)}
        if words & alone:
            return True
        left, right = self.tables
        for target, _, columns in (text.partition("(") for text in part.form):
            if target in left.keys() ^ right.keys():
                return True
            if target in left and target in right and self._alone(target) & {*re.findall(r"\w+", columns)}:
                return True
        return False

    def _alone(self, table: str) -> set[str]:
        """The columns that a table has on one side only."""
        left, right = ({column["name"] for column in side[table]["columns"]} for side in self.tables)
        return left ^ right

    @staticmethod
    def _unique(side: Reading, table: Document) -> Iterator[_Part]:
        for one in table.get("unique") or ():
            detail = "nulls not distinct" if one.get("nulls_not_distinct") else ""
            yield _Part(one["name"], tuple(one["columns"]), ("constraint", ",".join(sorted(one["columns"])), detail))
        for one in table.get("indexes") or ():
            if one.get("unique"):
                keys = tuple(index_key(key, side.dialect) for key in one["keys"])
                yield _Part(one["name"], keys, ("index", *side.index(one)))

    @staticmethod
    def _plain(side: Reading, table: Document) -> Iterator[_Part]:
        for one in table.get("indexes") or ():
            if not one.get("unique"):
                keys = tuple(index_key(key, side.dialect) for key in one["keys"])
                yield _Part(one["name"], keys, tuple(side.index(one)))


def _primary(side: Reading, table: Document) -> Iterator[_Part]:
    key = table.get("primary_key")
    if key:
        yield _Part(key["name"], tuple(key["columns"]), tuple(key["columns"]))


def _foreign(side: Reading, table: Document) -> Iterator[_Part]:
    for one in table.get("foreign_keys") or ():
        when = (one.get("initially") or "IMMEDIATE") if one.get("deferrable") else ""
        columns, target, *actions = side.foreign_key(one)
        yield _Part(one["name"], tuple(one["columns"]), (target, columns, *actions, when))


def _checks(side: Reading, table: Document) -> Iterator[_Part]:
    for one in table.get("checks") or ():
        yield _Part(one["name"], (), (side.expression(one["expression"]),))


def _exclusions(side: Reading, table: Document) -> Iterator[_Part]:
    for one in table.get("exclusions") or ():
        yield _Part(one["name"], (), (side.exclusion(one["definition"]),))


_READERS = {"primary_key": _primary, "foreign_key": _foreign, "check": _checks, "exclusion": _exclusions}


def _taken(left: list[_Part], right: list[_Part], same: Callable[[_Part, _Part], bool]) -> list[tuple[_Part, _Part]]:
    found = []
    for one in list(left):
        other = next((o for o in right if same(one, o)), None)
        if other is not None:
            left.remove(one)
            right.remove(other)
            found.append((one, other))
    return found
