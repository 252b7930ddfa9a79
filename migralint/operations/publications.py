"""What is replicated: CREATE and ALTER PUBLICATION."""

from __future__ import annotations

from dataclasses import dataclass

from migralint.operations.details import Detail
from migralint.schema import Name


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """A table in a publication; `columns` are empty for all of them."""

    table: Name
    only: bool = False
    columns: tuple[str, ...] = ()
    where: str | None = None


@dataclass(frozen=True, slots=True)
class Publication(Detail):
    """CREATE or ALTER PUBLICATION.

    `action` is "create", "add", "drop", "set", "set_options" or "rename"; `new_name` belongs to the last. A schema
    "current_schema" that is no name but that word has `None` in `schemas`.
    """

    action: str
    name: str
    all_tables: bool = False
    tables: tuple[PublishedTable, ...] = ()
    schemas: tuple[str | None, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    new_name: str | None = None
