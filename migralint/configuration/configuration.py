"""The configuration of one history: a typed attribute for each key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Literal, NamedTuple

Downgrade = Literal["forward-only", "forward-only-or-empty", "required", "any"]
Severity = Literal["error", "warning", "info"]
Confidence = Literal["high", "medium", "low"]
DriftClass = Literal["blocking", "integrity", "cosmetic"]

MANAGED_SCHEMAS = (
    "_analytics",
    "_realtime",
    "auth",
    "cron",
    "extensions",
    "graphql",
    "graphql_public",
    "net",
    "pgbouncer",
    "pgmq",
    "pgsodium",
    "pgsodium_masks",
    "realtime",
    "storage",
    "supabase_functions",
    "supabase_migrations",
    "vault",
)
"""Schemas that Supabase and its extensions own."""


class Environment(NamedTuple):
    """A database that someone runs: a dump of its schema, the revision it is at, or both."""

    dump: str | None
    revision: str | None


class Origin(NamedTuple):
    """Where a value was given: a file (`path`, `line` from 1 where it is known) or the command line."""

    source: str
    path: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        return self.source if self.line is None else f"{self.source}:{self.line}"


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """What the project's configuration says about one history.

    Paths are those of a tree: relative to the project where they lie in it, else absolute. None means that nothing was
    said, so that Alembic's own configuration or the project's files decide. `origins` holds, by key, where each value
    that is no default was given.
    """

    name: str = "alembic"
    script_location: str | None = None
    version_locations: tuple[str, ...] | None = None
    recursive_version_locations: bool | None = None
    base_schema: str | None = None
    version_table: str | None = None
    version_table_schema: str | None = None
    naming_convention: Mapping[str, str] | None = None
    transaction_per_migration: bool | None = None
    source_roots: tuple[str, ...] | None = None
    models: tuple[str, ...] | None = None
    snapshots: tuple[str, ...] | None = None
    environments: Mapping[str, Environment] = field(default_factory=dict)
    queries: tuple[str, ...] | None = None
    truth: str = "head"
    dialect: str = "postgresql"
    postgresql_version: int = 15
    downgrade: Downgrade = "forward-only"
    managed_schemas: tuple[str, ...] = MANAGED_SCHEMAS
    table_sizes: Mapping[str, int | Literal["small", "large"]] | str = field(default_factory=dict)
    """By table or pattern: rows, or roughly; or the path of a file exported from production."""
    lock_timeout_set: bool = False
    start_after: tuple[str, ...] = ()
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By pattern: one with a slash is for the path in the project, one without for the file's name."""
    severity: Mapping[str, Severity] = field(default_factory=dict)
    drift_class: Mapping[str, DriftClass] = field(default_factory=dict)
    min_confidence: Confidence = "low"
    fail_on: Severity = "warning"
    rules: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    rule_paths: tuple[str, ...] = ()
    baseline: str | None = None
    origins: Mapping[str, Origin] = field(default_factory=dict, compare=False)

    @property
    def runs_downgrades(self) -> bool:
        """Whether downgrades are run by the policy, so that they are judged, and an upgrade may follow one."""
        return self.downgrade in ("required", "any")

    def to_data(self) -> dict[str, object]:
        """The values by key as plain data for JSON, without their origins; equal configurations give equal data."""
        return {
            item.name.replace("_", "-"): _plain(getattr(self, item.name))
            for item in fields(self)
            if item.name != "origins"
        }


def _plain(value: object) -> object:
    if isinstance(value, Environment):
        return value._asdict()
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, str | int | float) else str(value)
