"""What the statements of a migration did to relations that were there before it, seen from within its session."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
import sqlalchemy as sa

from tests.postgres.locks.observe import Relation, changed, held, relations
from tests.postgres.server import STRENGTH

_SCANNED = re.compile(r'(?:verifying table|validating foreign key constraint) "')

_SCANS = "SELECT relid, seq_scan FROM pg_stat_xact_user_tables WHERE seq_scan > 0"


@dataclass
class Done:
    """`work` are statements that wrote, built or read relations in full, each with the strongest lock on one meanwhile.

    It is that which the transaction holds afterwards: "" outside of transactions, where it is gone by then. `locks` are
    the strongest locks taken on each table.
    """

    work: list[str] = field(default_factory=list)
    locks: dict[str, str] = field(default_factory=dict)

    def works_under(self, mode: str) -> bool:
        """Whether something took time for each row under this lock or a stronger one."""
        return any(lock and STRENGTH.index(lock) >= STRENGTH.index(mode) for lock in self.work)

    def shut(self) -> set[str]:
        """The tables that nobody could read for a moment."""
        return {name for name, mode in self.locks.items() if mode == "ACCESS EXCLUSIVE"}


@contextmanager
def observed(connection: sa.Connection) -> Iterator[Done]:
    """Looks before and after each statement that the connection sends."""
    done = Done()
    session: Any = connection.connection.driver_connection
    session.execute("SET timezone TO 'Europe/Berlin'")  # in UTC some changes of types are free
    session.commit()
    before = relations(session)
    session.rollback()
    messages: list[str] = []
    names: dict[int, Relation] = {}
    scans: dict[int, int] = {}

    def first(conn: sa.Connection, cursor: Any, statement: str, *rest: Any) -> None:
        names.clear()
        if session.info.transaction_status != psycopg.pq.TransactionStatus.INERROR:
            names.update(relations(session))
            scans.update(session.execute(_SCANS).fetchall())
            session.execute("SET client_min_messages TO debug1")
            messages.clear()

    def then(conn: sa.Connection, cursor: Any, statement: str, *rest: Any) -> None:
        if not names or "alembic_version" in statement:
            return
        told = any(map(_SCANNED.match, messages))
        session.execute("RESET client_min_messages")
        seen = changed(before, names, relations(session))
        now = dict(session.execute(_SCANS).fetchall())
        read = any(times > scans.get(oid, 0) and oid in before for oid, times in now.items())
        locks = [(one, mode) for one, mode in held(session, session.info.backend_pid, before) if one.kind in "rpm"]
        if seen.rewrites or seen.rebuilds or seen.builds or told or read:
            done.work.append(max((mode for _, mode in locks), key=STRENGTH.index, default=""))
        for one, mode in locks:
            if STRENGTH.index(mode) > STRENGTH.index(done.locks.get(one.name, "ACCESS SHARE")):
                done.locks[one.name] = mode

    def notice(diagnostic: psycopg.errors.Diagnostic) -> None:
        messages.append(diagnostic.message_primary or "")

    session.add_notice_handler(notice)
    sa.event.listen(connection.engine, "before_cursor_execute", first)
    sa.event.listen(connection.engine, "after_cursor_execute", then)
    try:
        yield done
    finally:
        sa.event.remove(connection.engine, "before_cursor_execute", first)
        sa.event.remove(connection.engine, "after_cursor_execute", then)
        session.remove_notice_handler(notice)
