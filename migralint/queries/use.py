"""The value that rules see of a use: code that names an object of the database."""

from __future__ import annotations

from dataclasses import dataclass

from migralint.operations import ObjectRef, Place

HIGH, MEDIUM, LOW = "high", "medium", "low"

TABLE, COLUMN, FUNCTION, ARGUMENTS = "table", "column", "function", "arguments"
EMBED, CONFLICT, REQUIRED, LABEL, REFUSED = "embed", "on_conflict", "required", "label", "refused"
"""What a schema may lack that a use needs."""


@dataclass(frozen=True, slots=True)
class Use:
    """Code that uses an object: `how` is select, filter, order, insert, update, upsert, delete, rpc, call, embed, ...

    `source` says what the code is: "supabase", "sql", or the function that holds it. `lacks` is what the schema that it
    was compared with does not have, None where all is there; `detail` are words for it, `names` what is missing:
    columns that an insert does not set, the columns of ON CONFLICT, a label.
    """

    object: ObjectRef
    how: str
    place: Place
    source: str = "sql"
    confidence: str = HIGH
    lacks: str | None = None
    detail: str = ""
    names: tuple[str, ...] = ()
