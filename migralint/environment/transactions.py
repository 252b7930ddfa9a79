"""Transactions that `env.py` opens around Alembic's own.

Alembic takes such a connection as it is: it neither commits nor can leave the transaction, and `autocommit_block()`
fails with an AssertionError (Alembic source, `MigrationContext.autocommit_block`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from migralint.python import nodes
from migralint.python.values import Node

_SENDS = ("execute", "exec_driver_sql", "scalar", "scalars")


class Begun(NamedTuple):
    """The number of the node that opens it; `surely` is false where only SQLAlchemy 2 does."""

    node: int
    surely: bool


def begun(body: Iterable[Node]) -> Begun | None:
    """Where the code begins a transaction itself, or sends a statement before `configure()` and never commits."""
    scopes = [sorted(calls) for calls in _scopes(list(body))]
    everything = sorted(call for calls in scopes for call in calls)
    if first := next((number for number, name in everything if name == "begin"), None):
        return Begun(first, True)
    if any(name == "commit" for _, name in everything):
        return None
    for calls in scopes:
        configured = [number for number, name in calls if name == "configure"]
        sent = [number for number, name in calls if name in _SENDS and configured and number < configured[-1]]
        if sent:
            return Begun(sent[-1], False)
    return None


def _scopes(body: object) -> list[list[tuple[int, str]]]:
    """The calls of methods by the number of their node: those of the module, and those of each function."""
    found: list[list[tuple[int, str]]] = []
    bodies = [body]
    while bodies:
        calls: list[tuple[int, str]] = []
        stack = [bodies.pop()]
        while stack:
            item = stack.pop()
            if not isinstance(item, list | tuple):
                continue
            if len(item) > 4 and item[0] == nodes.DEF:
                bodies.append(item[4])
                continue
            if len(item) == 4 and item[0] == nodes.CALL and item[2][0] == nodes.ATTR:
                calls.append((item[1], item[2][3]))
            stack.extend(item)
        found.append(calls)
    return found
