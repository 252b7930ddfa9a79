"""What a statement does to a server that is in use: its locks, and the work done under them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from migralint.schema import Name

ACCESS_SHARE = "ACCESS SHARE"
ROW_SHARE = "ROW SHARE"
ROW_EXCLUSIVE = "ROW EXCLUSIVE"
SHARE_UPDATE_EXCLUSIVE = "SHARE UPDATE EXCLUSIVE"
SHARE = "SHARE"
SHARE_ROW_EXCLUSIVE = "SHARE ROW EXCLUSIVE"
EXCLUSIVE = "EXCLUSIVE"
ACCESS_EXCLUSIVE = "ACCESS EXCLUSIVE"
MODES = (
    ACCESS_SHARE,
    ROW_SHARE,
    ROW_EXCLUSIVE,
    SHARE_UPDATE_EXCLUSIVE,
    SHARE,
    SHARE_ROW_EXCLUSIVE,
    EXCLUSIVE,
    ACCESS_EXCLUSIVE,
)
"""PostgreSQL's table lock modes, weakest first (docs, 13.3.1)."""

BRIEF, SIZE = "brief", "size"
"""How long a lock is held at least: for a change of the catalog, or for as long as the table is large."""


class Lock(NamedTuple):
    """A lock that the statement takes and its transaction keeps."""

    relation: Name
    mode: str


class Blocked(NamedTuple):
    """A relation on which other sessions wait, and for how long: `BRIEF` or `SIZE`."""

    relation: Name
    duration: str


@dataclass(frozen=True, slots=True)
class Effects:
    """What one statement does to relations that existed before its transaction.

    `rewrites` and `scans` are tables written anew or read in full, `builds` new indexes, `rebuilds_indexes` existing
    ones that are built again. `breaks_old_code` names what running code can no longer use by its name.
    `transactional` is false for what refuses to run inside a transaction.
    """

    locks: tuple[Lock, ...] = ()
    rewrites: tuple[Name, ...] = ()
    scans: tuple[Name, ...] = ()
    builds: tuple[Name, ...] = ()
    rebuilds_indexes: tuple[Name, ...] = ()
    breaks_old_code: tuple[str, ...] = ()
    transactional: bool = True

    @property
    def duration(self) -> str:
        """`SIZE` when anything is done per row."""
        return SIZE if self.rewrites or self.scans or self.builds or self.rebuilds_indexes else BRIEF

    @property
    def blocks_reads(self) -> tuple[Blocked, ...]:
        """Where a SELECT of another session waits."""
        return tuple(Blocked(k.relation, self.duration) for k in self.locks if k.mode == ACCESS_EXCLUSIVE)

    @property
    def blocks_writes(self) -> tuple[Blocked, ...]:
        """Where an INSERT, UPDATE or DELETE of another session waits."""
        return tuple(
            Blocked(k.relation, self.duration) for k in self.locks if MODES.index(k.mode) >= MODES.index(SHARE)
        )

    def without(self, made: frozenset[Name], table: Name | None) -> Effects:
        """Leaves out relations made in the same transaction: nobody else can see them. `table` is what it works on."""
        locks = tuple(k for k in self.locks if k.relation not in made)
        if table in made:
            return Effects(locks=locks, transactional=self.transactional)
        return replace(self, locks=locks, scans=tuple(n for n in self.scans if n not in made))


def locked(mode: str, relations: Iterable[Name]) -> tuple[Lock, ...]:
    """One lock of this mode on each relation, each relation once."""
    return tuple(Lock(name, mode) for name in dict.fromkeys(relations))
