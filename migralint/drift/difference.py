"""The value that drift rules see: one difference between two schemas."""

from __future__ import annotations

from dataclasses import dataclass

from migralint.operations import ObjectRef, Place


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference. `kind` is table, column, type, nullability, default, enum, foreign_key, ...

    `sides` maps the name of each side ("head", "supabase_schema.sql", ...) to its definition, None where it has
    none. `renamed_from` is the object's name on the other side where the two are one object under two names.
    `place` is on the derived side, `head_place` in the history.
    """

    kind: str
    drift_class: str
    object: ObjectRef
    sides: tuple[tuple[str, str | None], ...]
    message: str
    place: Place
    head_place: Place | None = None
    renamed_from: str | None = None
    evidence: str | None = None
