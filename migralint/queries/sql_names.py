"""What a statement names, and where: the objects that it uses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from migralint.operations import ObjectRef, Place
from migralint.queries.catalog import MISSING, THERE, UNSURE, Catalog, Relation
from migralint.queries.use import COLUMN, HIGH, LABEL, TABLE, Use
from migralint.schema import Name
from migralint.sql.cursor import Cursor, Written
from migralint.sql.queries.nodes import Expression, Literal
from migralint.sql.tokens import HOLE, QUOTED, STRING, WORD

Locate = Callable[[int, int], Place]
"""Gives the place of a range of characters of the text."""


@dataclass(frozen=True, slots=True)
class From:
    """What stands in FROM under one name: a relation of the schema, or the columns of a query (None: not known)."""

    alias: str
    relation: Relation | None = None
    columns: tuple[str, ...] | None = None

    def has(self, column: str) -> str:
        if self.relation is not None:
            return self.relation.has(column)
        return UNSURE if self.columns is None else THERE if column in self.columns else MISSING


@dataclass(frozen=True, slots=True)
class Scope:
    sources: tuple[From, ...] = ()
    outer: Scope | None = None
    names: frozenset[str] = frozenset()


class Names:
    """One statement that is read; `found` are the uses, `gaps` what could not be told."""

    def __init__(
        self,
        catalog: Catalog,
        locate: Locate,
        source: str,
        variables: frozenset[str],
        rows: tuple[From, ...],
        cursor: Cursor,
    ) -> None:
        self._catalog = catalog
        self._locate = locate
        self._said_by = source
        self._variables = variables
        self._rows = rows
        self._tokens = [token for token in cursor.tokens if token.kind in (WORD, QUOTED)]
        self._whole = cursor
        self._holed = any(HOLE in cursor.text[t.start : t.end] for t in cursor.tokens if t.kind != STRING)
        """Whether a piece is not known, which may hold further columns and names for them."""
        self.found: list[Use] = []
        self.gaps: list[tuple[Place, str]] = []

    @property
    def outermost(self) -> Scope:
        """The rows that are there before the statement: NEW and OLD of a trigger."""
        return Scope(self._rows)

    # what is found ----------------------------------------------------------------------------------------------
    def _target(self, written: Written, how: str) -> Relation:
        relation = self._catalog.relation(written.name, written.schema)
        place = self._name_place((written.name,))
        if HOLE in written.name or (written.schema is not None and HOLE in written.schema):
            self.gaps.append((self._whole_place, "the name of the table is not known"))
            return Relation(relation.name, None, UNSURE)
        if written.schema is None and written.name in self._variables:
            return Relation(relation.name, None, UNSURE)
        missing = relation.state == MISSING
        detail = f"there is no table or view {relation.name}"
        self._add(relation.ref, how, place, TABLE if missing else None, detail if missing else "", ())
        return relation

    def _column(self, relation: Relation, name: str, how: str, place: Place) -> None:
        if HOLE in name or relation.found is None:
            return
        missing = relation.has(name) == MISSING
        if missing and self._catalog.row_functions(relation.name, name):
            return
        ref = ObjectRef("column", relation.name, name)
        self._add(
            ref, how, place, COLUMN if missing else None, f"{relation.name} has no column {name}" if missing else "", ()
        )

    def _add(
        self,
        ref: ObjectRef,
        how: str,
        place: Place,
        lacks: str | None,
        detail: str,
        names: tuple[str, ...],
        confidence: str = HIGH,
    ) -> None:
        self.found.append(Use(ref, how, place, self._said_by, confidence, lacks, detail, names))

    @property
    def _whole_place(self) -> Place:
        tokens = self._whole.tokens
        return self._locate(tokens[0].start, tokens[-1].end) if tokens else self._locate(0, 0)

    def _name_place(self, parts: tuple[str, ...], after: int = 0) -> Place:
        """Where a name stands in the statement: after its qualifier, if there is such a place."""
        best = None
        for before, token in zip([None, *self._tokens], self._tokens, strict=False):
            if token.value == parts[-1] and token.start >= after:
                best = best or token
                if len(parts) > 1 and before is not None and before.value == parts[-2]:
                    best = token
                    break
        return self._whole_place if best is None else self._locate(best.start, best.end)

    def _literal_place(self, value: str) -> Place:
        for token in self._whole.tokens:
            if token.kind == STRING and token.value == value:
                return self._locate(token.start, token.end)
        return self._whole_place

    def _label(self, relation: Relation, column: str, value: Expression, place: Place) -> None:
        if not isinstance(value, Literal) or not isinstance(value.value, str) or HOLE in value.value:
            return
        enum = self._catalog.labels(relation, column)
        if enum is not None and value.value not in enum.labels:
            self._missing_label(enum.name, value.value, self._literal_place(value.value))

    def _missing_label(self, enum: Name, label: str, place: Place) -> None:
        ref = ObjectRef("type", None, str(enum))
        self._add(ref, "label", place, LABEL, f"enum {enum} has no label {label!r}", (label,))
