"""A history and a snapshot of the same schema, with the database that the history makes."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import psycopg

from tests.ecosystem.catalog import contents
from tests.ecosystem.databases import Database, database
from tests.ecosystem.drift.score import Renames
from tests.ecosystem.environments.project import SECURED, Real, real
from tests.ecosystem.execute import environment
from tests.ecosystem.facts.document import Document
from tests.ecosystem.projects import EcosystemError, Execution, Project
from tests.ecosystem.recorded import Record
from tests.ecosystem.snapshots.mutations import change
from tests.ecosystem.snapshots.supabase import SCHEMAS, SETUP, own
from tests.models.mutations.drawing import Judge
from tests.postgres.server import Server

_POLICY = "FOR SELECT TO authenticated USING (auth.uid() IS NOT NULL)"


@dataclass(frozen=True)
class Pair:
    """`snapshot` is the path of the file in the project. `models` is what `create_all` makes, where that is known.

    `renames` is what the two have under other names, None where nobody knows; `changes` are the statements that made the
    snapshot another one.
    """

    real: Real
    head: Database
    snapshot: str
    models: Document | None
    renames: Renames | None = None
    changes: tuple[str, ...] = ()

    @property
    def project(self) -> Project:
        """The project whose history it is."""
        return self.real.project


@contextmanager
def mutated(project: Project, server: Server, random: Random) -> Iterator[Pair]:
    """A real project, with a snapshot that is a dump of its database after changes by hand."""
    record = Record.read(project.record)
    with real(replace(project, setup=SETUP + project.setup), server, _POLICY) as one, one.database("head") as head:
        one.upgrade(head, SECURED)
        with one.database("mutated", head.name) as copy:
            renames, changes = change(copy, project.version_table, random)
            script = copy.script([project.version_table], SCHEMAS)
        path = one.dumps / "supabase_schema.sql"
        path.write_text(script)
        models = record.models if project.models and record.base is None else None
        yield Pair(one, head, str(path.relative_to(one.root)), models, renames, tuple(changes))


@contextmanager
def given(name: str, folder: Path, snapshot: str, server: Server, **settings: object) -> Iterator[Pair]:
    """A folder that has both; `settings` are more of the project."""
    values = {"script_location": "alembic", "execute": Execution(), **settings}
    project = Project(name, "", "", "", (), **values)  # type: ignore[arg-type]
    with tempfile.TemporaryDirectory() as text:
        root = Path(text) / "project"
        shutil.copytree(folder, root, ignore=shutil.ignore_patterns(".git", "node_modules"))
        one = Real(server, replace(project, setup=SETUP + project.setup), root, root, Path(text), [], {})
        with one.database("head") as head:
            one.upgrade(head, project.target or "heads")
            yield Pair(one, head, snapshot, _models(one) if project.models else None)


def _models(one: Real) -> Document:
    """What `create_all` makes of the models."""
    execution = one.project.execute
    assert execution is not None
    judge = Judge(environment(execution), one.root, list(one.project.models), dict(execution.environment))
    with database(one.server, "models", SETUP) as made:
        answer = judge.ask(made.sqlalchemy_url())
        if "error" in answer:
            raise EcosystemError(f"{one.project.name}: {answer['error']}")
        with made.connect() as connection:
            return own(contents(connection))


_NOT_RUN = re.compile(r"^(?:COPY .* FROM stdin;\n(?:.*\n)*?\\\.|ALTER .* OWNER TO .*;|\\.*)$", re.MULTILINE)


def loaded(script: str, made: Database) -> None:
    """Runs an SQL file in a database, without rows, owners and what only psql understands. Raises `EcosystemError`."""
    text = _NOT_RUN.sub("", script)
    with made.connect() as connection:
        try:
            connection.execute(text.encode())
        except psycopg.Error as error:
            raise EcosystemError(f"the snapshot does not load: {str(error).splitlines()[0]}") from error


def settings(pair: Pair) -> list[str]:
    """The pairs for `--config` beside those of every project."""
    models = list(pair.project.models) if pair.models is not None else []
    return [f"snapshots = {json.dumps([pair.snapshot])}", f"models = {json.dumps(models)}", "queries = []"]
