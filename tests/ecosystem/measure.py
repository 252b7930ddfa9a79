"""Everything that is measured of one project."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field, replace

import psycopg

from tests.differential.dumps import misread, read
from tests.ecosystem.answers import Answer, ask
from tests.ecosystem.catalog import contents
from tests.ecosystem.databases import Database, database
from tests.ecosystem.execute import upgrade
from tests.ecosystem.facts.document import Document
from tests.ecosystem.operations.score import OperationScore, score_operations
from tests.ecosystem.projects import EcosystemError, Project
from tests.ecosystem.record import differences
from tests.ecosystem.recorded import Record
from tests.ecosystem.score import SchemaScore, score_schema
from tests.ecosystem.sources import unpacked
from tests.postgres.server import Server


@dataclass(frozen=True)
class Loaded:
    """What came of loading the printed SQL into an empty database.

    `failure` is why it did not load. `score` compares what the server then holds with the record. `dump` are the lines in
    which the server's dump differs from that after the real upgrade; None where the migrations were not run. `misread` is
    what migralint does not read of the server's dump as it reads its own SQL.
    """

    failure: str | None = None
    score: SchemaScore | None = None
    dump: list[str] | None = None
    misread: list[str] = field(default_factory=list)

    @property
    def is_equal(self) -> bool:
        """Whether it loaded and nothing that was compared differs."""
        differs = self.dump or self.misread
        return self.failure is None and self.score is not None and self.score.is_equal and not differs


@dataclass(frozen=True)
class Result:
    """A project's figures. `failure` is what could not be done; `renewed` is what a new record would say differently.

    `models` compares what migralint says of its models with what they made; None where that was not recorded.
    """

    project: Project
    record: Record
    schema: SchemaScore = field(default_factory=SchemaScore)
    operations: OperationScore = field(default_factory=OperationScore)
    models: SchemaScore | None = None
    loaded: Loaded | None = None
    renewed: list[str] | None = None
    failure: str | None = None

    @property
    def is_plain(self) -> bool:
        """Whether it is PostgreSQL's and began with an empty database."""
        return self.project.dialect == "postgresql" and self.record.base is None


def measure(project: Project, server: Server, *, execute: bool = True) -> Result:
    """Fetches, asks and compares; with `execute`, the migrations are run too where it is known how."""
    record = Record.read(project.record)
    try:
        answer = ask(project, unpacked(project))
    except EcosystemError as error:
        nothing = schema_score(project, record, {"dialect": project.dialect, "tables": {}})
        return Result(project, record, nothing, score_operations(record.operations, ()), failure=str(error))
    result = Result(
        project,
        record,
        schema_score(project, record, answer.schema),
        score_operations(record.operations, answer.operations),
        models_score(project, record, answer.models),
    )
    if not result.is_plain:
        return result
    loaded, dump = load_back(project, record, answer, server)
    if not execute or project.execute is None:
        return replace(result, loaded=loaded)
    with database(server, f"upgraded-{project.name}", project.setup) as real:
        try:
            renewed = differences(project, record, upgrade(project, real))
        except EcosystemError as error:
            return replace(result, loaded=loaded, failure=str(error))
        if dump is not None:
            loaded = replace(loaded, dump=_unlike(_dumped(project, real), dump))
    return replace(result, loaded=loaded, renewed=renewed)


def schema_score(project: Project, record: Record, document: dict[str, object]) -> SchemaScore:
    """A document against the record."""
    return score_schema(record.schema, document, _versions(project), base=record.base, not_recorded=record.not_recorded)


def models_score(project: Project, record: Record, document: Document | None) -> SchemaScore | None:
    """The models' document against what `create_all` made; None where one of them is missing."""
    if document is None or record.models is None:
        return None
    return score_schema(record.models, document, _versions(project), not_recorded=record.not_recorded)


def _versions(project: Project) -> set[str]:
    return {project.version_table, "alembic_version"}


def load_back(project: Project, record: Record, answer: Answer, server: Server) -> tuple[Loaded, list[str] | None]:
    """Loads the printed SQL into a new database; also returns that database's dump."""
    with database(server, f"loaded-{project.name}", project.setup) as fresh:
        with fresh.connect() as connection:
            try:
                connection.execute(answer.sql.encode())
            except psycopg.Error as error:
                return Loaded(str(error).splitlines()[0]), None
            document = contents(connection)
        script = fresh.script()
        loaded = Loaded(
            score=schema_score(project, record, document), misread=list(misread(script, read(script), answer.sql))
        )
        return loaded, _dumped(project, fresh)


def _dumped(project: Project, made: Database) -> list[str]:
    return made.dump(without=[project.version_table])


def _unlike(real: list[str], loaded: list[str]) -> list[str]:
    lines = [line for statement in real for line in statement.split("\n")]
    others = [line for statement in loaded for line in statement.split("\n")]
    _, _, *changed = difflib.unified_diff(lines, others, lineterm="", n=0) if lines != others else ("", "")
    return [line for line in changed if not line.startswith("@@")]
