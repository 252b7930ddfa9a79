"""What statements do on a server: locks, files, scans, builds, and for whom a second session would wait."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import psycopg

from tests.postgres.server import MODES, STRENGTH

Session = psycopg.Connection[Any]


class Relation(NamedTuple):
    """A relation as the catalog has it; `table` is what an index belongs to, and the relation itself else."""

    oid: int
    name: str
    kind: str
    node: int
    size: int
    table: int


@dataclass
class Seen:
    """What a statement did, and the locks that its transaction holds after it.

    Relations are `schema.name`; only what existed before the transaction is listed, under its name before the statement.
    Sequences are listed where nextval() has to wait. `scans` are tables read in full whose rows were not written anew
    and went into no index; None where that was not measured, or is up to the planner of a query. `probed` are the relations that a second session tried to read, and to write.
    """

    locks: dict[str, str] = field(default_factory=dict)
    rewrites: set[str] = field(default_factory=set)
    rebuilds: set[str] = field(default_factory=set)
    builds: set[str] = field(default_factory=set)
    scans: set[str] | None = field(default_factory=set)
    reads_wait: set[str] = field(default_factory=set)
    writes_wait: set[str] = field(default_factory=set)
    transactional: bool = True
    probed: tuple[set[str], set[str]] = field(default_factory=lambda: (set(), set()))


_RELATIONS = """
    SELECT c.oid, n.nspname || '.' || c.relname, c.relkind, coalesce(pg_relation_filenode(c.oid), 0),
        coalesce(pg_relation_size(c.oid), 0), coalesce(i.indrelid, c.oid)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_index i ON i.indexrelid = c.oid
    WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' AND c.relkind <> 'c'"""
_LOCKS = """
    SELECT relation, mode FROM pg_locks
    WHERE pid = %s AND locktype = 'relation' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
_SCANS = "SELECT relid, seq_scan FROM pg_stat_xact_user_tables WHERE seq_scan > 0"
_KEYS = "SELECT oid, convalidated, conname, conrelid, confrelid FROM pg_constraint WHERE contype = 'f'"
_PARTITIONS = "SELECT %s::oid UNION SELECT relid FROM pg_partition_tree(%s::oid::regclass)"
_VALIDATING = re.compile(r'validating foreign key constraint "([^"]+)"')
_VERIFYING = re.compile(r'verifying table "([^"]+)"')
_PLANNED = re.compile(r"(INSERT|UPDATE|DELETE|MERGE|SELECT|REFRESH)\b")


def relations(session: Session) -> dict[int, Relation]:
    """All relations outside the system's schemas, by oid."""
    return {row[0]: Relation(*row) for row in session.execute(_RELATIONS).fetchall()}


def held(session: Session, pid: int, before: dict[int, Relation]) -> list[tuple[Relation, str]]:
    """The locks of a session, granted or asked for, on relations that were there before."""
    found = session.execute(_LOCKS, (pid,)).fetchall()
    return [(before[oid], MODES[mode]) for oid, mode in found if oid in before]


def observe(worker: Session, prober: Session, statements: tuple[str, ...]) -> list[Seen]:
    """Runs them in one transaction, which is rolled back, and looks after each.

    Raises psycopg.Error where one fails; ActiveSqlTransaction where it cannot run in a transaction.
    """
    before = names = relations(worker)
    messages: list[str] = []
    notice = lambda d: messages.append(d.message_primary or "")  # noqa: E731  # has to be removed again
    worker.add_notice_handler(notice)
    worker.execute("BEGIN")
    try:
        result = []
        scanned = dict(worker.execute(_SCANS).fetchall())
        for statement in statements:
            keys = set(worker.execute(_KEYS).fetchall())
            messages.clear()
            worker.execute("SET LOCAL client_min_messages TO debug1")
            tag = worker.execute(statement).statusmessage
            worker.execute("SET LOCAL client_min_messages TO notice")
            now = relations(worker)
            seen = changed(before, names, now)
            scans = dict(worker.execute(_SCANS).fetchall())
            read = {oid for oid, times in scans.items() if times > scanned.get(oid, 0)}
            found = _scanned(seen, names, now, read, _checked(worker, keys, messages), messages)
            seen.scans = None if _PLANNED.match(tag or "") else {names[o].name for o in found if o in before}
            locks = held(worker, worker.info.backend_pid, before)
            _locks(seen, locks, names)
            _probe(seen, prober, locks, before, names)
            result.append(seen)
            scanned = scans
            called = {one.name: one for one in now.values()}
            names = now | {oid: now.get(oid, called.get(one.name, one)) for oid, one in names.items()}
        return result
    finally:
        worker.execute("ROLLBACK")
        worker.remove_notice_handler(notice)


def changed(before: dict[int, Relation], names: dict[int, Relation], now: dict[int, Relation]) -> Seen:
    """What the files say: `names` is the state before the statement, `before` that before its transaction.

    A table that was emptied was not written anew, and its indexes were not built again.
    """
    seen = Seen()
    called = {one.name: one for one in now.values()}
    known = {one.name for one in names.values()}
    for oid, one in names.items():
        if oid not in before:
            continue
        if one.kind in "rm" and oid in now and now[oid].node != one.node and not _emptied(one, now[oid]):
            seen.rewrites.add(one.name)
        if one.kind == "i" and one.table in before and (new := now.get(oid, called.get(one.name))) is not None:
            table = now.get(one.table)
            if new.kind == "i" and new.node != one.node and table and not _emptied(names[one.table], table):
                seen.rebuilds.add(one.name)
    for oid, one in now.items():
        if one.kind == "i" and oid not in names and one.name not in known and one.table in before:
            seen.builds.add(one.name)
    return seen


def _emptied(before: Relation, now: Relation) -> bool:
    return before.size > 0 and now.size == 0


def _scanned(
    seen: Seen,
    names: dict[int, Relation],
    now: dict[int, Relation],
    read: set[int],
    checked: list[tuple[int, int]],
    messages: list[str],
) -> set[int]:
    """Tables that were read in sequence for another purpose than to write them or an index of them.

    Whether a foreign key reads the referenced table in full or through its index is up to the planner: it is left out.
    """
    tables = {one.name.split(".", 1)[1]: oid for oid, one in names.items() if one.kind == "r"}
    verified = {tables[found[1]] for m in messages if (found := _VERIFYING.search(m)) and found[1] in tables}
    verified |= {table for table, _ in checked}
    written = {names[o].table for o in names if names[o].name in seen.rewrites | seen.rebuilds}
    written |= {one.table for one in now.values() if one.name in seen.builds}
    written |= {other for _, other in checked}
    full = {oid for oid in (read - written) | verified if oid in names and names[oid].kind in "rm"}
    emptied = {oid for oid in full - verified if oid in now and _emptied(names[oid], now[oid])}
    return {oid for oid in full - emptied if names[oid].name not in seen.rewrites}


def _checked(session: Session, before: set[tuple[Any, ...]], messages: list[str]) -> list[tuple[int, int]]:
    """The foreign keys for which rows were looked at: those that are new, or valid now, of a name that was told."""
    names = {found[1] for m in messages if (found := _VALIDATING.search(m))}
    found = [key[3:] for key in set(session.execute(_KEYS).fetchall()) - before if key[2] in names]
    return [
        (table, part) for table, other in found for (part,) in session.execute(_PARTITIONS, (other, other)).fetchall()
    ]


def _locks(seen: Seen, locks: list[tuple[Relation, str]], names: dict[int, Relation]) -> None:
    """The strongest mode on each."""
    for one, mode in locks:
        weak = STRENGTH.index(mode) < STRENGTH.index("SHARE")
        if one.kind in "iI" or (one.kind == "S" and weak):
            continue
        name = names[one.oid].name
        if name not in seen.locks or STRENGTH.index(mode) > STRENGTH.index(seen.locks[name]):
            seen.locks[name] = mode


def _probe(
    seen: Seen,
    prober: Session,
    locks: list[tuple[Relation, str]],
    before: dict[int, Relation],
    names: dict[int, Relation],
) -> None:
    """Reads and writes each relation that is locked, or whose index is, from a second session."""
    for oid in {one.table for one, _ in locks}:
        one = before[oid]
        if one.kind in "rp":
            read, write = "SELECT 1 FROM ONLY {} LIMIT 0", "DELETE FROM ONLY {} WHERE false"
        elif one.kind == "m":
            read, write = "SELECT 1 FROM {} LIMIT 0", None  # only REFRESH writes it
        elif one.kind == "S":
            read, write = "SELECT 1 FROM {} LIMIT 0", "SELECT nextval('{}')"
        else:
            continue
        quoted = ".".join(f'"{part}"' for part in one.name.split(".", 1))
        for probe, probed, waiting in (
            (read, seen.probed[0], seen.reads_wait),
            (write, seen.probed[1], seen.writes_wait),
        ):
            if probe is not None:
                probed.add(names[oid].name)
                if _waits(prober, probe.format(quoted)):
                    waiting.add(names[oid].name)


def _waits(prober: Session, statement: str) -> bool:
    try:
        prober.execute(statement)
    except psycopg.errors.LockNotAvailable:
        return True
    return False
