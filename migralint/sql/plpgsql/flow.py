"""How control leaves the statements of a block."""

from __future__ import annotations

from typing import NamedTuple

from migralint.operations import Branch
from migralint.sql.cursor import Cursor
from migralint.sql.queries.values import UNKNOWN

_SHOWN = 60


class Left(Exception):
    """RETURN, EXIT or CONTINUE on its way to what it leaves: `kind` is "return", "exit" or "continue"."""

    def __init__(self, kind: str, label: str = "", value: object = None) -> None:
        super().__init__(kind)
        self.kind = kind
        self.label = label
        self.value = value

    def unsure(self) -> Left:
        """The same where it is not known which of several values is returned."""
        return Left(self.kind, self.label, UNKNOWN)


class Doubt(NamedTuple):
    """Some paths may have left here: what follows is conditional.

    `taken` is the branch that leaves, where it is the one that was applied: what follows runs instead of it.
    """

    reason: str
    kind: str
    label: str = ""
    taken: Branch | None = None


def short(cursor: Cursor) -> str:
    """The text of an expression for messages."""
    text = cursor.sql()
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."
