"""What is said of things that `Schema` does not hold: how it is read, owners and roles."""

from __future__ import annotations

from collections.abc import Callable

from migralint.operations.details import Detail, OwnerTo, Target
from migralint.sql.cursor import Cursor
from migralint.sql.errors import Unreadable


def attempted(cursor: Cursor, read: Callable[[Cursor], Detail]) -> Detail | None:
    """What the rest of a statement says, or None where it is not understood: no schema depends on it."""
    rest = cursor.rest()
    try:
        found = read(rest)
    except Unreadable:
        return None
    return found if rest.done else None


def role(cursor: Cursor) -> str:
    """A role, or PUBLIC, CURRENT_ROLE, CURRENT_USER, SESSION_USER in lower case."""
    cursor.accept("group")
    return cursor.identifier()


def roles(cursor: Cursor) -> tuple[str, ...]:
    """Roles between commas."""
    found = [role(cursor)]
    while cursor.accept(","):
        found.append(role(cursor))
    return tuple(found)


def owner(target: Target) -> Callable[[Cursor], Detail]:
    """Reads `OWNER TO role` about this object."""

    def read(cursor: Cursor) -> Detail:
        cursor.expect("owner", "to")
        return OwnerTo(target, role(cursor))

    return read
