"""Measures cases on one server."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import psycopg

from tests.postgres.locks.alone import Sessions, observe_alone
from tests.postgres.locks.cases import Case
from tests.postgres.locks.observe import Seen, observe
from tests.postgres.locks.said import NotRead, differences, said
from tests.postgres.server import Server, wipe

_TABLESPACE = "SELECT 1 FROM pg_tablespace WHERE spcname = 'elsewhere'"
_PATIENCE = "2ms"
"""How long a probe waits for a lock. It waits for nothing else, so that a slow machine does not matter."""


class Result(NamedTuple):
    """A case, what was seen of each of its statements, and where `effects()` says something else."""

    case: Case
    seen: list[Seen]
    differences: list[str]


def measured(server: Server, cases: Iterable[Case]) -> Iterator[Result]:
    """Runs those cases that this server can run. Raises AssertionError for SQL that it refuses."""
    with Bench(server) as bench:
        for case in cases:
            if case.runs_on(server.version) and (case.extension is None or case.extension in bench.extensions):
                seen = bench.observed(case)
                try:
                    yield Result(case, seen, differences(said(case, server.version), seen))
                except NotRead as problem:
                    yield Result(case, seen, [str(problem)])


class Bench:
    """Sessions on a server, and what its database holds: what a case needs is made where it is not there already."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.holds: str | None = None
        self.sessions = Sessions(server)

    def __enter__(self) -> Bench:
        self.worker, self.prober = self.server.connect(), self.server.connect()
        self.prober.prepare_threshold = None  # a query that is planned already opens only the indexes of its plan
        self.prober.execute(f"SET lock_timeout TO '{_PATIENCE}'")
        found = self.worker.execute("SELECT name FROM pg_available_extensions").fetchall()
        self.extensions = {name for (name,) in found}
        if self.server.version >= 15 and not self.worker.execute(_TABLESPACE).fetchone():
            self.worker.execute("SET allow_in_place_tablespaces TO on")
            self.worker.execute("CREATE TABLESPACE elsewhere LOCATION ''")
        return self

    def __exit__(self, *_: object) -> None:
        wipe(self.worker)
        self.worker.close()
        self.prober.close()
        self.sessions.close()

    def restore(self, case: Case) -> None:
        """Makes what the case needs, unless it is there as a transaction that was rolled back left it."""
        wanted = case.base + case.setup
        if self.holds != wanted:
            self.holds = None
            wipe(self.worker)
            self.worker.execute(wanted)
            self.holds = wanted

    def observed(self, case: Case) -> list[Seen]:
        """What the statements of the case do here, one after the other."""

        def anew() -> None:
            self.restore(case)
            self.holds = None

        try:
            self.restore(case)
            try:
                return observe(self.worker, self.prober, case.statements)
            except psycopg.errors.ActiveSqlTransaction:
                assert len(case.statements) == 1, f"{case.title}: only one statement can run alone"
                return [observe_alone(self.sessions, anew, case.statements[0])]
        except psycopg.Error as refused:
            raise AssertionError(f"PostgreSQL {self.server.version}: {case.title}: {refused}") from refused
