"""How reading SQL fails inside this package; `run` turns it into an `Opaque` operation."""

from __future__ import annotations

SHOWN = 80
"""Characters of a text that a reason quotes."""


class Unreadable(Exception):
    """A statement, or a part of it, that could not be read. `offset` is the place in the text, where known."""

    def __init__(self, reason: str, offset: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.offset = offset
