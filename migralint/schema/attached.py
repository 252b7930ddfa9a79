"""What is attached to a table or a view: triggers, policies, rules, and that it is published."""

from __future__ import annotations

from dataclasses import dataclass, field

from migralint.schema.bare import SET
from migralint.schema.names import Name


@dataclass(frozen=True, slots=True)
class Policy:
    """A row security policy. `reads` are the columns of relations that queries in its conditions surely read."""

    name: str
    command: str = "ALL"
    roles: tuple[str, ...] = ("public",)
    permissive: bool = True
    using: str | None = None
    check: str | None = None
    reads: tuple[tuple[Name, str], ...] = field(default=(), compare=False, repr=False)
    comment: str | None = field(default=None, compare=False, kw_only=True, metadata=SET)


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger: `timing` BEFORE, AFTER or INSTEAD OF; `events` upper case; `level` ROW or STATEMENT.

    `columns` are those of UPDATE OF and WHEN. `firing` is when it runs: "" as it was made, DISABLED, REPLICA or ALWAYS.
    """

    name: str
    timing: str = "AFTER"
    events: tuple[str, ...] = ()
    level: str = "STATEMENT"
    function: str = ""
    definition: str = ""
    columns: tuple[str, ...] = ()
    firing: str = field(default="", compare=False, kw_only=True, metadata=SET)
    comment: str | None = field(default=None, compare=False, kw_only=True, metadata=SET)


@dataclass(frozen=True, slots=True)
class RewriteRule:
    """CREATE RULE: `event` is SELECT, INSERT, UPDATE or DELETE; `actions` are statements, none of them for NOTHING.

    `columns` are those of OLD and NEW, `uses` the relations in its actions; `firing` is as that of a trigger.
    """

    name: str
    event: str
    instead: bool = False
    where: str | None = None
    actions: tuple[str, ...] = ()
    columns: tuple[str, ...] = field(default=(), compare=False)
    uses: tuple[Name, ...] = field(default=(), compare=False)
    firing: str = field(default="", compare=False, kw_only=True, metadata=SET)
    comment: str | None = field(default=None, compare=False, kw_only=True, metadata=SET)


@dataclass(frozen=True, slots=True)
class Published:
    """That a table is part of a publication, by its name; `columns` are empty for all of them.

    `mentioned` are the columns in its condition.
    """

    publication: str
    columns: tuple[str, ...] = ()
    where: str | None = None
    mentioned: tuple[str, ...] = field(default=(), compare=False)

    @property
    def columns_used(self) -> tuple[str, ...]:
        """The columns that it needs."""
        return self.columns + self.mentioned
