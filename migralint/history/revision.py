"""The value that rules see of a revision: its place in the history, and the form of its two directions."""

from __future__ import annotations

from dataclasses import dataclass

from migralint.operations import Place

ABSENT, EMPTY, RAISES, ACTS = "absent", "empty", "raises", "acts"
"""The forms of a direction: no function, only `pass` or a docstring, always raises, does something."""


@dataclass(frozen=True, slots=True)
class Import:
    """A module that a revision file imports; `origin` is "project", "standard", "alembic" or "third-party".

    `used` tells what the file uses of a module of the project: (name, kind), a name in a module that was imported by
    name behind that. The kind is "class", "enum", "type" (of columns), "function", "value", "module" or "unknown".
    """

    module: str
    names: tuple[str, ...]
    origin: str
    place: Place
    used: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision file. `place` is the assignment of its id, `upgrade_place` and `downgrade_place` the functions.

    `down_place`, `labels_place` and `depends_place` are the assignments of `down_revision`, `branch_labels` and
    `depends_on`.
    """

    id: str
    path: str
    place: Place
    down_revision: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    branch_labels: tuple[str, ...] = ()
    down_place: Place | None = None
    imports: tuple[Import, ...] = ()
    upgrade: str = ABSENT
    downgrade: str = ABSENT
    upgrade_place: Place | None = None
    downgrade_place: Place | None = None
    message: str = ""
    labels_place: Place | None = None
    depends_place: Place | None = None
