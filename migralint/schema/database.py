"""Objects of a database that lie in no schema: extensions, publications, event triggers."""

from __future__ import annotations

from dataclasses import dataclass, field

from migralint.schema.bare import SET
from migralint.schema.names import Name


@dataclass(frozen=True, slots=True)
class Extension:
    """CREATE EXTENSION; `schema` is the one that its objects lie in, None where that is left to the server."""

    name: str
    schema: str | None = None
    comment: str | None = field(default=None, compare=False, kw_only=True, metadata=SET)


@dataclass(frozen=True, slots=True)
class Publication:
    """CREATE PUBLICATION; the tables know themselves that they are part of it.

    `schemas` are those of TABLES IN SCHEMA; `options` are those of WITH by name. `assumed` where nothing makes it: it
    is there, and more of it is not known.
    """

    name: str
    all_tables: bool = False
    schemas: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    assumed: bool = field(default=False, kw_only=True)
    comment: str | None = field(default=None, compare=False, kw_only=True, metadata=SET)


@dataclass(frozen=True, slots=True)
class EventTrigger:
    """CREATE EVENT TRIGGER; `tags` are the commands of WHEN TAG IN, none of them for all; `firing` as of a trigger."""

    name: str
    event: str
    function: Name
    tags: tuple[str, ...] = ()
    firing: str = field(default="", compare=False, kw_only=True, metadata=SET)
    comment: str | None = field(default=None, compare=False, kw_only=True, metadata=SET)
