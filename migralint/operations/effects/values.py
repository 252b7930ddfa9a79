"""What a statement does to a server that is in use: its locks, and the work done under them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
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

    `locks` are those that it takes, the strongest on each table, view and materialized view, and on a sequence where
    nextval() has to wait. `rewrites` and `scans` are tables written anew or read in full, `builds` new indexes,
    `rebuilds_indexes` existing ones that are built again. `shuts` are tables with an index that nobody can open
    meanwhile, which stops every query of the table. `rows` marks statements that read or change rows otherwise: UPDATE,
    the query of CREATE TABLE AS, ... `breaks_old_code` names what running code can no longer use as
    before. `transactional` is false for what refuses to run inside a transaction. `held` are locks that the transaction
    took before and holds during this statement.
    """

    locks: tuple[Lock, ...] = ()
    rewrites: tuple[Name, ...] = ()
    scans: tuple[Name, ...] = ()
    builds: tuple[Name, ...] = ()
    rebuilds_indexes: tuple[Name, ...] = ()
    shuts: tuple[Name, ...] = ()
    breaks_old_code: tuple[str, ...] = ()
    transactional: bool = True
    rows: bool = False
    held: tuple[Lock, ...] = ()

    @property
    def duration(self) -> str:
        """`SIZE` when anything is done per row."""
        work = self.rewrites or self.scans or self.builds or self.rebuilds_indexes or self.rows
        return SIZE if work else BRIEF

    @property
    def blocks_reads(self) -> tuple[Blocked, ...]:
        """Where a SELECT of another session waits while this statement runs."""
        return self._blocked(ACCESS_EXCLUSIVE)

    @property
    def blocks_writes(self) -> tuple[Blocked, ...]:
        """Where an INSERT, UPDATE or DELETE of another session waits, or nextval()."""
        return self._blocked(SHARE)

    def _blocked(self, mode: str) -> tuple[Blocked, ...]:
        """Relations that are locked in this mode or a stronger one."""
        locks = [k.relation for k in (*self.held, *self.locks) if MODES.index(k.mode) >= MODES.index(mode)]
        return tuple(Blocked(name, self.duration) for name in dict.fromkeys((*locks, *self.shuts)))


def locked(mode: str, relations: Iterable[Name]) -> tuple[Lock, ...]:
    """One lock of this mode on each relation, each relation once."""
    return tuple(Lock(name, mode) for name in dict.fromkeys(relations))


def strongest(locks: Iterable[Lock]) -> tuple[Lock, ...]:
    """The strongest lock on each relation."""
    found: dict[Name, str] = {}
    for relation, mode in locks:
        if relation not in found or MODES.index(mode) > MODES.index(found[relation]):
            found[relation] = mode
    return tuple(Lock(relation, mode) for relation, mode in found.items())
