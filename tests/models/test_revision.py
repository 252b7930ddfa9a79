"""What `migralint revision` writes for models without a history makes what `MetaData.create_all` makes."""

from __future__ import annotations

import shutil
import sys
import warnings
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from migralint.cli.main import run
from migralint.rule import Example, Rule
from tests.ecosystem.catalog import contents
from tests.ecosystem.facts.document import Document
from tests.ecosystem.score import score_schema
from tests.models.cases import HEADER, Case, cases
from tests.models.mutations.revisions import decided
from tests.models.really import Really
from tests.postgres.server import Server
from tests.project import Alembic
from tests.rules.project import write
from tests.rules.test_examples import cases as examples

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "shop"

ENV = """\
from alembic import context

context.configure(connection=context.config.attributes["connection"], transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
"""


def upgraded(folder: Path, server: Server) -> Document:
    """What Alembic makes of the project's history."""
    env = folder / "alembic" / "env.py"
    kept = env.read_text() if env.exists() else None
    env.write_text(ENV)
    engine = sa.create_engine(server.uri.replace("postgresql://", "postgresql+psycopg://"), poolclass=sa.NullPool)
    config = Config(str(folder / "alembic.ini"))
    config.set_main_option("script_location", str(folder / "alembic"))
    try:
        with server.empty() as own, engine.connect() as connection, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
            connection.close()
            return contents(own)
    finally:
        if kept is not None:
            env.write_text(kept)


@pytest.mark.parametrize("case", list(cases()), ids=lambda case: case.name)
def test_the_revision_makes_what_create_all_makes(case: Case, tmp_path: Path, really: Really, server: Server) -> None:
    case.write(tmp_path)
    truth = really(tmp_path)
    assert run(["revision", "-m", "x", "--project", str(tmp_path), "--no-cache", "--postgresql-version", "18"]) == 0
    assert_equal(truth, upgraded(tmp_path, server))


def assert_equal(truth: Document, made: Document) -> None:
    """Views and functions are made by code of the project around `create_all`, which says nothing of the models."""
    score = score_schema(truth, made, ("alembic_version",))
    missing = [fact for fact in score.missing if fact[0] not in ("view", "function")]
    assert (missing, score.extra) == ([], [])


@pytest.mark.parametrize(("rule", "example"), [one for one in examples("bad") if one.id.startswith("MG4")])  # type: ignore[attr-defined]
def test_a_history_gets_what_the_models_have(
    rule: type[Rule], example: Example, tmp_path: Path, really: Really, server: Server
) -> None:
    if f"{rule.code}-{rule.bad.index(example) + 1}" in ("MG410-1", "MG414-1", "MG419-1"):
        pytest.skip("the models cannot be read or made, or not all of them are imported")
    write(example, tmp_path)
    (tmp_path / "env.txt").write_text("from models import metadata\n\ntarget_metadata = metadata\n")
    assert run(["revision", "-m", "x", "--project", str(tmp_path), "--no-cache", "--postgresql-version", "18"]) == 0
    for path in (tmp_path / "alembic" / "versions").iterdir():
        path.write_text(decided(path.read_text()))
    assert_equal(really(tmp_path), upgraded(tmp_path, server))


def test_the_example_project_gets_what_its_models_have(
    tmp_path: Path, really: Really, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A renamed table with a foreign key that has another action, and a checked text that becomes an enum."""
    folder = tmp_path / "shop"
    monkeypatch.syspath_prepend(folder)
    shutil.copytree(EXAMPLE, folder)
    (folder / "env.txt").write_text("from app.models import Base\n\ntarget_metadata = Base.metadata\n")
    arguments = ["--project", str(folder), "--no-cache", "--postgresql-version", "18"]
    assert run(["revision", "-m", "x", *arguments]) == 0
    written = [path.read_text() for path in (folder / "alembic" / "versions").glob("*_x.py")]
    assert not any("Decide" in text for text in written)
    try:
        assert_equal(really(folder), upgraded(folder, server))
    finally:
        for name in [one for one in sys.modules if one.partition(".")[0] == "app"]:
            del sys.modules[name]


def test_columns_that_foreign_keys_hold_together_get_another_type_at_once(
    tmp_path: Path, really: Really, server: Server
) -> None:
    models = (
        'metadata = MetaData()\nTable("a", metadata, Column("id", Integer, primary_key=True))\n'
        'Table("b", metadata, Column("id", Integer, primary_key=True), Column("a_id", ForeignKey("a.id", ondelete="CASCADE")))\n'
        'Table("c", metadata, Column("id", Integer, primary_key=True), Column("a_id", ForeignKey("a.id")))\n'
    )
    env = "from models import metadata\n\ntarget_metadata = metadata\n"
    Case("case", {"models.py": HEADER + models}, env).write(tmp_path)
    (tmp_path / "alembic" / "versions" / "one.py").write_text(
        'import sqlalchemy as sa\nfrom alembic import op\n\nrevision = "one"\ndown_revision = None\n\n\ndef upgrade():\n'
        '    op.create_table("a", sa.Column("id", sa.String(36), primary_key=True))\n'
        '    op.create_table("b", sa.Column("id", sa.Integer, primary_key=True),\n'
        '        sa.Column("a_id", sa.String(36), sa.ForeignKey("a.id", ondelete="CASCADE")))\n'
        '    op.create_table("c", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a_id", sa.String(36)))\n'
    )
    assert run(["revision", "-m", "x", "--project", str(tmp_path), "--no-cache", "--postgresql-version", "18"]) == 0
    assert not any("Decide" in path.read_text() for path in (tmp_path / "alembic" / "versions").glob("*.py"))
    assert_equal(really(tmp_path), upgraded(tmp_path, server))


def test_a_foreign_key_waits_for_the_type_of_its_column_that_is_left_to_decide(
    tmp_path: Path, really: Really, server: Server
) -> None:
    models = (
        'metadata = MetaData()\nTable("a", metadata, Column("id", Uuid, primary_key=True))\n'
        'Table("b", metadata, Column("id", Integer, primary_key=True), Column("at", ForeignKey("a.id")))\n'
    )
    Case("case", {"models.py": HEADER + models}, "from models import metadata\n\ntarget_metadata = metadata\n").write(
        tmp_path
    )
    versions = tmp_path / "alembic" / "versions"
    (versions / "one.py").write_text(
        'import sqlalchemy as sa\nfrom alembic import op\n\nrevision = "one"\ndown_revision = None\n\n\ndef upgrade():\n'
        '    op.create_table("a", sa.Column("id", sa.Uuid, primary_key=True))\n'
        '    op.create_table("b", sa.Column("id", sa.Integer, primary_key=True), sa.Column("at", sa.DateTime))\n'
    )
    assert run(["revision", "-m", "x", "--project", str(tmp_path), "--no-cache", "--postgresql-version", "18"]) == 0
    for path in versions.glob("*_x.py"):
        text = path.read_text()
        assert text.index("USING has to say") < text.index("these follow") < text.index("create_foreign_key")
        path.write_text(decided(text))
    assert_equal(really(tmp_path), upgraded(tmp_path, server))


@pytest.mark.parametrize(("made", "wanted"), [("", ", unique=True"), (", unique=True", "")])
def test_an_index_that_becomes_unique_under_its_name_is_made_beside(made: str, wanted: str, tmp_path: Path) -> None:
    project = Alembic(tmp_path)
    columns = 'sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.Text)'
    project.revision("one", f'op.create_table("t", {columns})\nop.create_index("ix_t_name", "t", ["name"]{made})')
    (tmp_path / "models.py").write_text(
        f'import sqlalchemy as sa\n\nmetadata = sa.MetaData()\nt = sa.Table("t", metadata, {columns})\n'
        f'sa.Index("ix_t_name", t.c.name{wanted})\n'
    )
    models = ["--project", str(tmp_path), "--config", 'models = "models:metadata"', "--no-cache"]
    assert run(["revision", "-m", "unique", *models]) == 0
    (path,) = (tmp_path / "alembic" / "versions").glob("*_unique.py")
    text = path.read_text()
    assert "Decide" not in text
    assert text.index("create_index") < text.index("drop_index") < text.index("ix_t_name_new RENAME TO ix_t_name")
