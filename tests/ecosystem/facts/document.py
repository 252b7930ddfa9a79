"""From a document of the shape that `migralint schema --format json` prints to facts.

A fact names its table, so a wrong table name costs all that is in it. Facts are counted: two equal indexes are two.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from tests.ecosystem.facts.defaults import default
from tests.ecosystem.facts.expressions import expression, without_literal_casts
from tests.ecosystem.facts.keys import index_key
from tests.ecosystem.facts.text import bare, closing, name, pieces, unquoted, without_public
from tests.ecosystem.facts.types import type_name

STRUCTURE = (
    "table column type nullability default identity generated primary_key unique foreign_key deferrable check exclusion "
    "index enum domain view materialized_view sequence function trigger policy row_security not_validated"
).split()
NAMES = ["constraint_name", "index_name"]
KINDS = STRUCTURE + NAMES
_OF_SQLITE = set(
    "table column type nullability default generated primary_key unique foreign_key deferrable check index view trigger "
    "constraint_name index_name".split()
)

_AFTER_ELEMENTS = re.compile(r"(?is)(.*?)(?:\s+WHERE\b(.*?))?(?:\s+(?:NOT\s+)?DEFERRABLE\b.*)?")
"""What follows the elements of an exclusion: its options and its condition."""

Fact = tuple[str, ...]
Facts = dict[str, Counter[Fact]]
Document = dict[str, Any]


def facts(document: Document, version_tables: Collection[str] = ("alembic_version",)) -> Facts:
    """Facts by kind. `version_tables` are left out, in whatever schema; SQLite has not all kinds."""
    reading = Reading(document)
    found: Facts = {kind: Counter() for kind in KINDS}
    for kind, parts in reading.facts():
        found[kind][tuple("" if part is None else part for part in parts)] += 1
    for kind, counted in found.items():
        if kind in STRUCTURE[STRUCTURE.index("enum") : STRUCTURE.index("trigger")]:
            continue
        for fact in [f for f in counted if f[0].split(".")[-1] in version_tables]:
            del counted[fact]
    wanted = _OF_SQLITE if reading.dialect == "sqlite" else set(KINDS)
    return {kind: counted for kind, counted in found.items() if kind in wanted}


def _listed(values: Iterable[str]) -> str:
    return f"({', '.join(values)})"


def _action(text: str | None) -> str:
    return (text or "no action").lower()


class Reading:
    """Reads a document; what its methods give is equal where the parts mean the same."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.dialect: str = document.get("dialect") or "postgresql"
        free = {self.name(n) for n, s in (document.get("sequences") or {}).items() if not s.get("owned_by")}
        self.free = free
        self.owned: Callable[[str], bool] = lambda n: n not in free
        self.keys = {self.name(n): (t.get("primary_key") or {}).get("columns") for n, t in document["tables"].items()}

    def name(self, text: str) -> str:
        return name(text, self.dialect)

    def expression(self, text: str) -> str:
        return expression(bare(text), self.dialect)

    def facts(self) -> Iterator[tuple[str, tuple[str | None, ...]]]:
        document = self.document
        for full, table in sorted(document["tables"].items()):
            own = self.name(full)
            yield "table", (own,)
            for column in table["columns"]:
                for kind, *rest in self.column(column):
                    yield kind, (own, column["name"], *rest)
            for constraint in self.constraints(table):
                yield str(constraint[0]), (own, *constraint[1:])
            for index in table.get("indexes") or ():
                yield "index", (own, *self.index(index))
                yield "index_name", (own, self.name(index["name"]).split(".")[-1])
            for policy in table.get("policies") or ():
                yield "policy", (own, policy["name"], (policy.get("command") or "ALL").upper())
            if table.get("row_security"):
                yield "row_security", (own, "on")
            for trigger in {t["name"] for t in table.get("triggers") or ()}:
                yield "trigger", (own, trigger)
        for full, labels in (document.get("enums") or {}).items():
            yield "enum", (self.name(full), _listed(repr(label) for label in labels))
        for kind, key in (("domain", "domains"), ("view", "views"), ("materialized_view", "materialized_views")):
            for full in document.get(key) or ():
                yield kind, (self.name(full),)
        for sequence in self.free:
            yield "sequence", (sequence,)
        for function in {self.name(full.split("(")[0]) for full in document.get("functions") or ()}:
            yield "function", (function,)
        for full, view in (document.get("views") or {}).items():
            for trigger in {t["name"] for t in view.get("triggers") or ()}:
                yield "trigger", (self.name(full), trigger)

    def column(self, column: Document) -> Iterator[tuple[str, ...]]:
        yield ("column",)
        yield "type", type_name(column["type"], self.dialect)
        yield "nullability", "not null" if column["not_null"] else "null"
        generated = column.get("generated")
        if generated:
            yield "generated", self.expression(generated["expression"])
        else:
            value = default(column.get("default"), column["type"], self.dialect, self.owned)
            if value is not None:
                yield "default", value
        if column.get("identity"):
            yield "identity", column["identity"]

    def constraints(self, table: Document) -> Iterator[tuple[str | None, ...]]:
        primary = [table["primary_key"]] if table.get("primary_key") else []
        unique, foreign = table.get("unique") or [], table.get("foreign_keys") or []
        checks, exclusions = table.get("checks") or [], table.get("exclusions") or []
        for constraint in primary:
            yield "primary_key", _listed(constraint["columns"])
        for constraint in unique:
            yield "unique", _listed(constraint["columns"]), *_details(constraint)
        for constraint in foreign:
            yield "foreign_key", *self.foreign_key(constraint)
        for constraint in checks:
            yield "check", self.expression(constraint["expression"])
        for constraint in exclusions:
            yield "exclusion", self.exclusion(constraint["definition"])
        may_wait = {"primary_key": primary, "unique": unique, "foreign_key": foreign, "exclusion": exclusions}
        for kind, constraints in may_wait.items():
            for constraint in constraints:
                if constraint.get("deferrable"):
                    columns, definition = constraint.get("columns"), constraint.get("definition")
                    on = _listed(columns) if columns else self.exclusion(definition)
                    when = (constraint.get("initially") or "IMMEDIATE").lower()
                    yield "deferrable", f"{kind} {on}", f"initially {when}"
        for constraint in foreign:
            if not constraint.get("validated", True):
                yield "not_validated", "foreign_key", _listed(constraint["columns"])
        for constraint in checks:
            if not constraint.get("validated", True):
                yield "not_validated", "check", self.expression(constraint["expression"])
        kinds = {
            "primary_key": primary,
            "unique": unique,
            "foreign_key": foreign,
            "check": checks,
            "exclusion": exclusions,
        }
        for kind, constraints in kinds.items():
            for constraint in constraints:
                if constraint.get("name"):
                    yield "constraint_name", kind, constraint["name"]

    def foreign_key(self, constraint: Document) -> tuple[str, ...]:
        table = self.name(constraint["references"])
        columns = constraint.get("referenced_columns") or self.keys.get(table) or ["?"]
        return (
            _listed(constraint["columns"]),
            table + _listed(columns),
            f"on delete {_action(constraint.get('on_delete'))}",
            f"on update {_action(constraint.get('on_update'))}",
        )

    def exclusion(self, definition: str) -> str:
        """Method, elements and condition; that it is deferrable is a fact of its own."""
        end = closing(definition, definition.index("("))
        rest = _AFTER_ELEMENTS.fullmatch(definition[end:])
        assert rest is not None, "every text matches"
        elements = "".join(
            part if kind == "string" else re.sub(r"[\s()\"]", "", without_public(part)).lower()
            for kind, part in pieces(without_literal_casts(definition[:end] + rest[1]))
        )
        return f"{elements} where {self.expression(rest[2])}" if rest[2] else elements

    def index(self, index: Document) -> Iterator[str]:
        yield "unique" if index.get("unique") else ""
        yield (index.get("method") or "btree").lower()
        yield _listed(index_key(key, self.dialect) for key in index["keys"])
        yield from _details(index)
        if index.get("where"):
            yield f"where {self.expression(index['where'])}"


def _details(keyed: Document) -> Iterator[str]:
    if keyed.get("nulls_not_distinct"):
        yield "nulls not distinct"
    if keyed.get("include"):
        yield f"include {_listed(unquoted(column) for column in keyed['include'])}"
