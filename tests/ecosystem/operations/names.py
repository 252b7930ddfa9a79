"""What becomes of names that are too long for the server."""

from __future__ import annotations

import hashlib

_LENGTH = 63


def cut(name: str) -> str:
    """A name of an SQL text as PostgreSQL keeps it: identifiers end after 63 bytes (its manual, 4.1.1)."""
    return name.encode()[:_LENGTH].decode(errors="ignore")


def shortened(name: str) -> str:
    """A name that was made to be shortened (`op.f`, a convention) as SQLAlchemy sends it.

    `IdentifierPreparer` in `sqlalchemy/sql/compiler.py` keeps 55 characters and adds the end of the name's MD5.
    """
    if len(name) <= _LENGTH:
        return name
    digest = hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()
    return f"{name[: _LENGTH - 8]}_{digest[-4:]}"


def known_by(name: str) -> set[str]:
    """The name, and what it is on the server if it is too long; which of the two depends on who sent it."""
    schema, point, last = name.rpartition(".")
    return {name, schema + point + cut(last), schema + point + shortened(last)}
