"""What statements do that refuse to run in a transaction: their locks show while others are in their way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from itertools import count

import psycopg

from tests.postgres.locks.observe import Relation, Seen, Session, changed, held, relations
from tests.postgres.server import STRENGTH, Server

_BLOCKING = "SELECT unnest(pg_blocking_pids(%s))"
_MODES = ("ACCESS EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "ROW EXCLUSIVE", "ACCESS SHARE")
_MATERIALIZED = {
    "ACCESS EXCLUSIVE": "ALTER MATERIALIZED VIEW {} OWNER TO CURRENT_USER",
    "SHARE UPDATE EXCLUSIVE": "COMMENT ON MATERIALIZED VIEW {} IS 'locked'",
    "ROW EXCLUSIVE": "SELECT 1",
}
"""What locks a materialized view, which LOCK does not take."""
_LIMIT = 20.0


class Sessions:
    """Sessions that stay open from one case to the next."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._open: list[Session] = []

    def each(self) -> Iterator[Session]:
        """One after the other, as many as are asked for; all idle."""
        for number in count():
            if number == len(self._open):
                self._open.append(self._server.connect())
            yield self._open[number]

    def close(self) -> None:
        """Ends them."""
        for session in self._open:
            session.close()


def observe_alone(sessions: Sessions, restore: Callable[[], None], statement: str) -> Seen:
    """Runs it over a restored database, each time with other locks of other sessions in its way.

    It is stopped at its first request for each table (by ACCESS EXCLUSIVE), at that of a mode which stands against
    itself (SHARE UPDATE EXCLUSIVE), where it waits for writers (ROW EXCLUSIVE), and where it wants a table or an index
    for itself (ACCESS SHARE). Whether rows were read in full is not measured.
    """
    result = Seen(transactional=False, scans=None)
    indexes: set[str] = set()
    for mode in _MODES:
        restore()
        idle = sessions.each()
        watcher, worker, old = next(idle), next(idle), next(idle)
        before = relations(watcher)
        old.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        old.execute("SELECT 1")
        tables = [one for one in before.values() if one.kind in "rpm"]
        blockers = [old, *(_blocker(next(idle), one, mode) for one in tables)]
        for one, lock in _watched(watcher, worker, statement, before, blockers):
            if one.kind in "iI" and lock == "ACCESS EXCLUSIVE":
                indexes.add(before[one.table].name)
            elif one.kind not in "iIS":
                result.locks[one.name] = max(lock, result.locks.get(one.name, lock), key=STRENGTH.index)
        done = changed(before, before, relations(watcher))
        result.rewrites, result.rebuilds, result.builds = done.rewrites, done.rebuilds, done.builds
    found = {one.name for one in tables}
    result.probed = (found, found)
    result.reads_wait = indexes | {name for name, mode in result.locks.items() if mode == "ACCESS EXCLUSIVE"}
    share = STRENGTH.index("SHARE")
    result.writes_wait = indexes | {name for name, mode in result.locks.items() if STRENGTH.index(mode) >= share}
    return result


def _blocker(session: Session, relation: Relation, mode: str) -> Session:
    """A session whose transaction holds the lock; ACCESS SHARE also on the indexes, as every query does."""
    quoted = ".".join(f'"{part}"' for part in relation.name.split(".", 1))
    session.execute("BEGIN")
    if mode == "ACCESS SHARE":
        session.execute(f"SELECT 1 FROM {'' if relation.kind == 'm' else 'ONLY '}{quoted} LIMIT 0")
    elif relation.kind == "m":
        session.execute(_MATERIALIZED[mode].format(quoted))
    else:
        session.execute(f"LOCK TABLE ONLY {quoted} IN {mode} MODE")
    return session


def _watched(
    watcher: Session, worker: Session, statement: str, before: dict[int, Relation], blockers: list[Session]
) -> list[tuple[Relation, str]]:
    """All locks that it was seen with, held or asked for. Those that it waits for give way each time."""
    failed: list[psycopg.Error] = []

    def work() -> None:
        try:
            worker.execute(statement)
        except psycopg.Error as error:
            failed.append(error)

    thread = threading.Thread(target=work)
    by_pid = {session.info.backend_pid: session for session in blockers}
    pid = worker.info.backend_pid
    found: list[tuple[Relation, str]] = []
    thread.start()
    until = time.monotonic() + _LIMIT
    while thread.is_alive() and time.monotonic() < until:
        waits = {other for (other,) in watcher.execute(_BLOCKING, (pid,)).fetchall()} & by_pid.keys()
        if not waits:
            thread.join(0.002)
            continue
        found += held(watcher, pid, before)
        for other in waits:
            by_pid.pop(other).execute("ROLLBACK")
    for session in by_pid.values():
        session.execute("ROLLBACK")
    thread.join()
    if failed:
        raise failed[0]
    return found
