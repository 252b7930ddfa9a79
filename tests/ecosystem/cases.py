"""Runs small histories on a real PostgreSQL and says where migralint's replay differs.

    python -m tests.ecosystem.cases CASE.py...

A case is a Python file. It is itself the only revision, or `REVISIONS` in it has the sources of them all, in order and
without ids. Optional: `ENV` is the source of env.py, `FILES` maps further files to their text, `SETUP`
is SQL that runs before. The code runs, in a process of its own.
"""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.ecosystem.answers import ask
from tests.ecosystem.catalog import contents
from tests.ecosystem.databases import database
from tests.ecosystem.measure import load_back, schema_score
from tests.ecosystem.projects import EcosystemError, Project
from tests.ecosystem.recorded import Record
from tests.postgres.server import Server, started

_ENV = """
from alembic import context
from sqlalchemy import create_engine

engine = create_engine(context.config.get_main_option("sqlalchemy.url"))
with engine.connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
"""
_INI = "[alembic]\nscript_location = migrations\nprepend_sys_path = .\n"


def project(case: Path, root: Path) -> str:
    """Writes the files of a case as a project; returns the SQL that runs before."""
    source = case.read_text()
    names: dict[str, Any] = runpy.run_path(str(case)) if "\nREVISIONS" in f"\n{source}" else {}
    versions = root / "migrations" / "versions"
    versions.mkdir(parents=True)
    parent = None
    for number, text in enumerate(names.get("REVISIONS", [source]), 1):
        revision = f"{number:04}"
        (versions / f"{revision}.py").write_text(f"{text}\n\nrevision = {revision!r}\ndown_revision = {parent!r}\n")
        parent = revision
    (root / "migrations" / "env.py").write_text(names.get("ENV", _ENV))
    for path, text in names.get("FILES", {}).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return str(names.get("SETUP", ""))


def differences(case: Path, server: Server) -> Iterator[str]:
    """What only one side has, and what the printed SQL makes otherwise; raises `EcosystemError`."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        setup = project(case, root)
        plain = Project("case", "case==1", "case-1.whl", "00", ("plain",), "migrations", setup=setup)
        with database(server, "case", setup) as made:
            failed = _upgrade(root, made.sqlalchemy_url("psycopg"))
            with made.connect() as connection:
                record = Record(contents(connection), {}, {})
            real = made.dump(without=["alembic_version"])
        (root / "alembic.ini").write_text(_INI)
        answer = ask(plain, root)
        if failed:
            yield f"the upgrade failed: {failed}"
        for operation in answer.operations:
            if operation["certainty"] != "certain":
                yield f"? {operation['certainty']}: {operation.get('reason') or operation['operation']}"
        score = schema_score(plain, record, answer.schema)
        yield from (f"missing {kind}: {' '.join(fact)}" for kind, fact in score.missing)
        yield from (f"surplus {kind}: {' '.join(fact)}" for kind, fact in score.extra)
        loaded, dump = load_back(plain, record, answer, server)
        if loaded.failure:
            yield f"does not load: {loaded.failure}"
        if dump is not None and dump != real:
            yield from (f"dump - {one}" for one in real if one not in dump)
            yield from (f"dump + {one}" for one in dump if one not in real)


def _upgrade(root: Path, url: str) -> str | None:
    """Runs the revisions; the last line of an error."""
    (root / "alembic.ini").write_text(f"{_INI}sqlalchemy.url = {url}\n")
    command = [sys.executable, "-m", "alembic", "upgrade", "heads"]
    done = subprocess.run(command, cwd=root, env=dict(os.environ), capture_output=True, text=True, check=False)
    lines = [line for line in done.stderr.splitlines() if line.startswith(("sqlalchemy.", "alembic.", "psycopg."))]
    return (lines or done.stderr.strip().splitlines() or ["no message"])[-1] if done.returncode else None


def main() -> int:
    """The program; 1 where a case differs."""
    server, bad = started(), 0
    for name in sys.argv[1:]:
        try:
            found = list(differences(Path(name), server))
        except EcosystemError as error:
            found = [str(error)]
        print(f"{name}: {'as PostgreSQL' if not found else ''}", *(f"  {line}" for line in found), sep="\n")
        bad += bool(found)
    return min(bad, 1)


if __name__ == "__main__":
    sys.exit(main())
