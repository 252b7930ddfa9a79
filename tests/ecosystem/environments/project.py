"""A real project with databases at several of its revisions, and dumps of them where migralint can read them."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from tests.ecosystem.answers import output
from tests.ecosystem.databases import Database, database
from tests.ecosystem.environments.mutations import qualified, quoted
from tests.ecosystem.execute import drive, environment
from tests.ecosystem.projects import EcosystemError, Project
from tests.ecosystem.sources import unpacked
from tests.postgres.server import Server

SECURED = "row_security_for_the_test"
"""A revision that is put on top of the project's own: hardly any project has row security, and it can be lost."""

_REVISION = """\
from alembic import op

revision = "{name}"
down_revision = {parents}


def upgrade():
    for statement in {statements!r}:
        op.execute(statement)


def downgrade():
    raise NotImplementedError
"""


@dataclass
class Real:
    """`project` has the revision SECURED on top, and `order` are its revisions in upgrade order."""

    server: Server
    project: Project
    root: Path
    dumps: Path
    scratch: Path
    order: list[str]
    above: Mapping[str, Sequence[str]]

    def upgrade(self, made: Database, target: str) -> None:
        """Runs the project's own migrations. Raises `EcosystemError` where they fail."""
        execution = self.project.execute
        assert execution is not None  # only such projects are measured
        drive(environment(execution), replace(self.project, target=target), execution, self.root, made.sqlalchemy_url())

    @contextmanager
    def database(self, name: str, template: str | None = None) -> Iterator[Database]:
        """A database that the project's setup was run on, or a copy of another."""
        setup = self.project.setup if template is None else ""
        with database(self.server, name, setup, template or "template0") as made:
            yield made

    def dump(self, made: Database, name: str) -> str:
        """Dumps the schema and the rows of the version table; the path of the file in the project."""
        path = self.dumps / f"{name}.sql"
        path.write_text(made.script() + made.rows(self.project.version_table))
        return str(path.relative_to(self.root))

    def needed(self, revision: str) -> set[str]:
        """A revision and all that has to run before it."""
        found, waiting = set[str](), [revision]
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting += self.above[one]
        return found

    def drift(self, environments: Mapping[str, str]) -> dict[str, Any]:
        """What `migralint drift` says, as JSON, of environments by their dumps."""
        command = ("drift", "--output-format", "json", "--exit-zero", "--no-cache")
        more = [self._environments(environments), "models = []", "queries = []"]
        told: dict[str, Any] = json.loads(
            output(self.project, self.root, self.scratch, *command, more=more, timeout=600)
        )
        return told

    def plan(self, dump: str) -> dict[str, Any]:
        """What `migralint plan --environment` says, as JSON, of an environment by its dump."""
        command = ("plan", "--environment", "e", "--format", "json", "--no-cache", f"..{SECURED}")
        more = [self._environments({"e": dump})]
        told: dict[str, Any] = json.loads(
            output(self.project, self.root, self.scratch, *command, more=more, codes=(0, 1), timeout=600)
        )
        return told

    def _environments(self, dumps: Mapping[str, str]) -> str:
        pairs = (f"{name} = {json.dumps(str(self.root / path))}" for name, path in dumps.items())
        return f"environments = {{{', '.join(pairs)}}}"


EVERYBODY = "FOR SELECT USING (true)"


@contextmanager
def real(project: Project, server: Server, policy: str = EVERYBODY) -> Iterator[Real]:
    """A project that is unpacked and has row security on top, with a policy for each table."""
    if project.execute is None:
        raise EcosystemError(f"{project.name}: projects.toml does not say how to run it: [project.execute]")
    root = unpacked(project)
    own = project.version_locations or (f"{project.script_location}/versions",)
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        more = Path(tempfile.mkdtemp(prefix="environments-", dir=root))
        stack.callback(shutil.rmtree, more, ignore_errors=True)
        extended = replace(project, version_locations=(*own, str(more.relative_to(root) / "versions")))
        (more / "versions").mkdir()
        one = Real(server, extended, root, more, scratch, [], {})
        with one.database("first") as made:
            one.upgrade(made, project.target or "heads")
            _secure(made, project.version_table, policy, more / "versions" / f"{SECURED}.py")
        graph = json.loads(output(extended, root, scratch, "graph", "--format", "json"))
        one.above = {r["revision"]: [*r["down_revision"], *r["depends_on"]] for r in graph["revisions"]}
        wanted = one.needed(SECURED)
        one.order = [r["revision"] for r in graph["revisions"] if r["revision"] in wanted]
        yield one


def _secure(made: Database, version_table: str, policy: str, path: Path) -> None:
    """Writes the revision that switches on row security and makes policies for some tables of a database."""
    with made.connect() as connection:
        found = connection.execute(
            "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', "
            "'information_schema', 'auth', 'storage') AND tablename <> %s ORDER BY 1 LIMIT 3",
            [version_table],
        ).fetchall()
        versions = connection.execute(f"SELECT version_num FROM {quoted(version_table)}".encode()).fetchall()
    statements = []
    for (table,) in found:
        statements.append(f"ALTER TABLE {qualified(table)} ENABLE ROW LEVEL SECURITY")
        statements.append(f"CREATE POLICY reading ON {qualified(table)} {policy}")
    parents = tuple(version for (version,) in versions)
    path.write_text(_REVISION.format(name=SECURED, parents=repr(parents), statements=statements))


def drawn(one: Real, random: Random, count: int) -> list[str]:
    """Older revisions, drawn from as many parts of the history."""
    older = one.order[:-1]
    size = len(older) / count
    parts = [older[round(size * number) : round(size * (number + 1))] for number in range(count)]
    return [random.choice(part) for part in parts if part]
