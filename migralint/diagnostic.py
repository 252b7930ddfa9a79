"""What a rule says: a diagnostic, where it belongs, and how it could be fixed."""

from __future__ import annotations

from dataclasses import dataclass

from migralint.operations import ObjectRef, Place

BLOCKING, INTEGRITY, COSMETIC = "blocking", "integrity", "cosmetic"
"""The classes of schema governance: breaks runtime, integrity risk, cosmetic."""

ERROR, WARNING, INFO = "error", "warning", "info"
SEVERITY_OF_CLASS = {BLOCKING: ERROR, INTEGRITY: WARNING, COSMETIC: INFO}
HIGH, MEDIUM, LOW = "high", "medium", "low"


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that belongs to a finding, and why."""

    place: Place
    message: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """What a rule yields. What is None is filled in from the rule and from what it was given to judge.

    `help` is the Alembic code to write instead. `drift_class` is one of the three classes and gives the default
    severity.
    """

    message: str
    help: str | None = None
    place: Place | None = None
    object: ObjectRef | None = None
    related: tuple[Related, ...] = ()
    severity: str | None = None
    confidence: str | None = None
    drift_class: str | None = None
