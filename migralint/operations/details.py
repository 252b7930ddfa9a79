"""What statements say, as a part of the operations that are known by the name of their statement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from migralint.schema import Name


@dataclass(frozen=True, slots=True)
class Detail:
    """What one statement says."""


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
class CountOn(Detail):
    """The sequence of a column goes on behind the numbers that its rows have."""

    column: str


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
class Compression(Detail):
    """SET COMPRESSION of a column; `method` None for DEFAULT."""

    method: str | None


@dataclass(frozen=True, slots=True)
class StatisticsTarget(Detail):
    """SET STATISTICS of a column; None for the usual target."""

    target: int | None


@dataclass(frozen=True, slots=True)
class Options(Detail):
    """SET (...) and RESET (...) of a table or a column: options by name, None where RESET takes them away."""

    values: tuple[tuple[str, str | None], ...]

    def after(self, before: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        """The options afterwards, in the order in which the server keeps them (`transformRelOptions`)."""
        said = dict(self.values)
        kept = [one for one in before if one[0] not in said]
        return (*kept, *((name, value) for name, value in self.values if value is not None))

    def parts(self) -> Iterator[tuple[str, Options]]:
        """What SET says of them and what RESET does, each with its verb, where there is something to say."""
        for verb in ("set", "reset"):
            found = tuple(one for one in self.values if (one[1] is None) == (verb == "reset"))
            if found:
                yield verb, Options(found)


@dataclass(frozen=True, slots=True)
class ReplicaIdentity(Detail):
    """REPLICA IDENTITY: `kind` is "" for DEFAULT, FULL, NOTHING or INDEX, which `index` names."""

    kind: str
    index: str | None = None


@dataclass(frozen=True, slots=True)
class ClusterOn(Detail):
    """CLUSTER ON an index, None for SET WITHOUT CLUSTER."""

    index: str | None


@dataclass(frozen=True, slots=True)
class Firing(Detail):
    """ENABLE and DISABLE of triggers and rules: `when` is "" (ORIGIN), DISABLED, REPLICA or ALWAYS.

    `name` is that of a rule, or of a trigger, None for all triggers.
    """

    when: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class InSchema(Detail):
    """SET SCHEMA of an extension."""

    schema: str


@dataclass(frozen=True, slots=True)
class Renamed(Detail):
    """RENAME TO."""

    new_name: str


@dataclass(frozen=True, slots=True)
class Dropped(Detail):
    """DROP of objects that no operation of their own is for."""

    targets: tuple[Target, ...]
    if_exists: bool = False
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class Rule(Detail):
    """CREATE RULE. `event` is SELECT, INSERT, UPDATE or DELETE; `actions` are statements, none of them for NOTHING.

    `columns` and `uses` are those of `RewriteRule`; `writes` are the relations among these whose rows it changes.
    """

    name: str
    table: Name
    event: str
    instead: bool
    where: str | None
    actions: tuple[str, ...]
    or_replace: bool = False
    columns: tuple[str, ...] = field(default=(), compare=False)
    uses: tuple[Name, ...] = field(default=(), compare=False)
    writes: tuple[Name, ...] = field(default=(), compare=False)
