"""What statements say about things that `Schema` does not hold: a part of the operations that name such statements."""

from __future__ import annotations

from dataclasses import dataclass

from migralint.schema import Name


@dataclass(frozen=True, slots=True)
class Detail:
    """What one statement says, as far as `Schema` has no place for it. No state of the schema depends on it."""


@dataclass(frozen=True, slots=True)
class Target:
    """An object of any kind: `kind` is "table", "materialized_view", "function", "text_search_parser", ...

    `name` has a schema where objects of this kind live in one. `arguments` are the types of a function, operator or
    cast; None where none are written. `on` is the table (or the domain) of a trigger, policy, rule or constraint;
    `method` the access method of an operator class or family, or the language of a transform.
    """

    kind: str
    name: Name | str
    arguments: tuple[str | None, ...] | None = None
    on: Name | None = None
    method: str | None = None


@dataclass(frozen=True, slots=True)
class OwnerTo(Detail):
    """ALTER ... OWNER TO."""

    target: Target
    owner: str


@dataclass(frozen=True, slots=True)
class Maintained:
    """What LOCK, ANALYZE, VACUUM, CLUSTER, REINDEX, REFRESH MATERIALIZED VIEW and SET TABLESPACE work on.

    `kind` is "table", "index", "materialized_view", or "database" where they name no `relations`; `schema` limits that
    to one. `full` belongs to VACUUM, and to SET TABLESPACE where files are copied; `mode` and `only` to LOCK; `data` is
    false for WITH NO DATA.
    """

    kind: str
    relations: tuple[Name, ...] = ()
    schema: str | None = None
    concurrently: bool = False
    full: bool = False
    mode: str = "ACCESS EXCLUSIVE"
    only: bool = False
    data: bool = True


@dataclass(frozen=True, slots=True)
class CommentOn(Detail):
    """COMMENT ON; `text` None where it takes the comment away."""

    target: Target
    text: str | None


@dataclass(frozen=True, slots=True)
class SecurityLabel(Detail):
    """SECURITY LABEL; `label` None where it takes the label away."""

    target: Target
    provider: str | None
    label: str | None


@dataclass(frozen=True, slots=True)
class Storage(Detail):
    """SET STORAGE of a column; `kind` in upper case."""

    kind: str


@dataclass(frozen=True, slots=True)
class Dropped(Detail):
    """DROP of objects that `Schema` does not hold."""

    targets: tuple[Target, ...]
    if_exists: bool = False
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class Rule(Detail):
    """CREATE RULE. `event` is SELECT, INSERT, UPDATE or DELETE; `actions` are statements, none of them for NOTHING."""

    name: str
    table: Name
    event: str
    instead: bool
    where: str | None
    actions: tuple[str, ...]
    or_replace: bool = False
