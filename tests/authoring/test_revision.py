"""New revision files, held against those that Alembic makes."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from migralint.authoring import AuthoringError, Draft, Following, NewRevision, head_after, write
from migralint.project import Project
from tests.project import Alembic

NOW = datetime.datetime(2026, 3, 4, 5, 6, 7, 89, tzinfo=datetime.UTC)
TEMPLATES = Path(ScriptDirectory.from_config.__func__.__code__.co_filename).parents[1] / "templates"  # type: ignore[attr-defined]


@pytest.fixture
def project(tmp_path: Path) -> Alembic:
    project = Alembic(tmp_path)
    project.revision("one", "pass")
    project.revision("two", "pass")
    return project


def written(project: Alembic, draft: Draft, id: str | None = None) -> NewRevision:
    opened = Project.open(str(project.root), cache=False)
    location, _ = opened.locations[0]
    return write(draft, opened.tree, location, opened.histories[0].revisions, NOW, id=id)


@pytest.mark.parametrize("template", ["generic", "async", "pyproject"])
@pytest.mark.parametrize(
    "options",
    [
        "",
        "file_template = %%(year)d_%%(month).2d_%%(day).2d_%%(hour).2d%%(minute).2d-%%(rev)s_%%(slug)s\n",
        "truncate_slug_length = 12\n",
        "timezone = Europe/Berlin\n",
        "timezone = utc\nfile_template = %%(epoch)s_%%(slug)s\n",
    ],
)
def test_it_is_what_alembic_makes(
    project: Alembic, template: str, options: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project.root / "alembic.ini").write_text(f"[alembic]\nscript_location = alembic\n{options}")
    mako = (TEMPLATES / template / "script.py.mako").read_text()
    (project.root / "alembic" / "script.py.mako").write_text(mako)
    draft = Draft(("two",), "Add a thing, and the other's", "    op.f(1)\n    op.f(2)", "    pass", ("import re",))
    mine = written(project, draft, "abc123")

    config = Config(str(project.root / "alembic.ini"))
    config.set_main_option("script_location", str(project.root / "alembic"))
    scripts = ScriptDirectory.from_config(config)
    date = NOW
    if scripts.timezone is not None:
        monkeypatch.setattr(scripts, "_generate_create_date", lambda: _in(scripts.timezone))
    else:
        monkeypatch.setattr(scripts, "_generate_create_date", lambda: date.astimezone().replace(tzinfo=None))
    bodies = {"upgrades": "op.f(1)\n    op.f(2)", "downgrades": "pass", "imports": "import re"}
    theirs = scripts.generate_revision("abc123", draft.message, head="two", **bodies)
    assert theirs is not None
    assert str(project.root / mine.path) == theirs.path
    assert mine.text == Path(theirs.path).read_text().rstrip("\n") + "\n"


def _in(name: str | None) -> datetime.datetime:
    from zoneinfo import ZoneInfo

    try:
        return NOW.astimezone(ZoneInfo(str(name)))
    except KeyError:
        return NOW.astimezone(ZoneInfo(str(name).upper()))


@pytest.mark.parametrize(
    "mako",
    [
        (TEMPLATES / "multidb" / "script.py.mako").read_text(),
        "<% import os; os.system('touch /tmp/run') %>${up_revision}",
        "% for x in range(3):\n${up_revision}\n% endfor\n",
        "revision = ${repr(up_revision)}\ndown_revision = ${repr(down_revision)}\n${open('/etc/passwd').read()}",
        "revision = ${repr(up_revision)}\n",
        "revision = ${repr(up_revision)}\ndown_revision = ${repr(down_revision)}\n",
        "",
    ],
)
def test_a_template_that_does_more_gives_way_to_the_standard_one(project: Alembic, mako: str) -> None:
    (project.root / "alembic" / "script.py.mako").write_text(mako)
    made = written(project, Draft(("two",), "x", "    op.f(1)"))
    assert f"\nrevision: str = {made.id!r}\n" in made.text
    assert "\ndown_revision: Union[str, Sequence[str], None] = 'two'\n" in made.text
    assert made.text.count("op.f(1)") == 1
    compile(made.text, made.path, "exec")


def test_an_own_template_is_kept(project: Alembic) -> None:
    mako = (
        "## a comment\n# Licence\nrevision = '${up_revision}'\ndown_revision = ${repr(down_revision)}\n"
        'depends_on = ${depends_on or "None"}\n${imports if imports else ""}\n\n'
        "def upgrade():\n    ${upgrades or 'pass'}\n\n\ndef downgrade():\n    ${downgrades if downgrades else 'pass'}\n"
    )
    (project.root / "alembic" / "script.py.mako").write_text(mako)
    made = written(project, Draft(("two",), "x", "    op.f(1)", imports=("from alembic import op",)))
    assert made.text.startswith(f"# Licence\nrevision = '{made.id}'\ndown_revision = 'two'\ndepends_on = None\n")
    assert "from alembic import op\n" in made.text


@pytest.mark.parametrize(
    ("line", "body", "kept"),
    [
        ("import app.models", "op.f(1)", False),
        ("import app.models  # for its types", "op.f(app.models.Money)", True),
        ("import app.models as own", "op.f(own.Money)", True),
        ("import app.models as own", "op.f(1)", False),
        ("import elsewhere.models", "op.f(1)", True),
    ],
)
def test_an_own_module_that_the_template_imports_for_nothing_stays_away(
    project: Alembic, line: str, body: str, kept: bool
) -> None:
    (project.root / "app").mkdir()
    (project.root / "app" / "models.py").write_text("Money = 1\n")
    mako = project.root / "alembic" / "script.py.mako"
    standard = (TEMPLATES / "generic" / "script.py.mako").read_text()
    mako.write_text(standard.replace("import sqlalchemy as sa\n", f"import sqlalchemy as sa\n\n{line}\n"))
    made = written(project, Draft(("two",), "x", f"    {body}"))
    assert (line in made.text) is kept
    assert "import sqlalchemy as sa\n" in made.text


def test_the_same_revision_is_the_same_twice_and_another_is_another(project: Alembic) -> None:
    draft = Draft(("two",), "x", "    op.f(1)")
    first, second = written(project, draft), written(project, draft)
    assert first == second
    assert written(project, Draft(("two",), "x", "    op.f(2)")).id != first.id


def test_a_message_that_ends_the_docstring(project: Alembic) -> None:
    compile(written(project, Draft(("two",), 'a """ b \\', "    pass")).text, "x", "exec")


def test_what_cannot_be_written_is_said(project: Alembic) -> None:
    with pytest.raises(AuthoringError, match="nine: no such revision"):
        written(project, Draft(("nine",), "x", "    pass"))
    (project.root / "alembic.ini").write_text("[alembic]\nscript_location = alembic\nfile_template = ../%%(rev)s\n")
    with pytest.raises(AuthoringError, match="leads out of"):
        written(project, Draft(("two",), "x", "    pass"))
    (project.root / "alembic.ini").write_text("[alembic]\nscript_location = alembic\nfile_template = %%(nothing)s\n")
    with pytest.raises(AuthoringError, match="cannot be filled in"):
        written(project, Draft(("two",), "x", "    pass"))
    (project.root / "alembic.ini").write_text("[alembic]\nscript_location = alembic\nfile_template = two\n")
    with pytest.raises(AuthoringError, match="already there"):
        written(project, Draft(("two",), "x", "    pass"))


def test_options_of_pyproject(project: Alembic) -> None:
    (project.root / "alembic.ini").unlink()
    (project.root / "pyproject.toml").write_text(
        '[tool.alembic]\nscript_location = "%(here)s/alembic"\nfile_template = "%%(slug)s"\ntruncate_slug_length = 4\n'
    )
    assert written(project, Draft(("two",), "abcdefgh", "    pass")).path == "alembic/versions/abcd_.py"


def test_the_head_of_a_branch(project: Alembic) -> None:
    revisions = Project.open(str(project.root), cache=False).histories[0].revisions
    assert head_after(revisions, "one") == head_after(revisions, "two") == "two"
    assert head_after(revisions, "nine") is None
    project.heads.pop()
    project.revision("three", "pass")
    revisions = Project.open(str(project.root), cache=False).histories[0].revisions
    assert head_after(revisions, "one") is None
    assert head_after(revisions, "two") == "two"


def test_what_follows_a_revision_obeys_the_policy_for_downgrades(project: Alembic) -> None:
    opened = Project.open(str(project.root), cache=False)
    location, _ = opened.locations[0]
    about = (opened.tree, location, opened.histories[0].revisions)
    raising = Following(*about, "forward-only", "one")("    op.f(1)", "x")
    assert raising is not None
    assert "raise NotImplementedError" in raising.text
    assert Following(*about, "required", "one")("    op.f(1)", "x") is None
