"""`migralint lock`: which merged revision was edited, removed or re-parented."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.project import Alembic

TABLE = 'op.create_table("{0}", sa.Column("id", sa.Integer, primary_key=True))'
LOCK = Path("migralint.lock")


@pytest.fixture
def project(call: Run) -> Alembic:
    made = Alembic(Path.cwd())
    made.revision("one", TABLE.format("a"))
    made.revision("two", TABLE.format("b"))
    made.revision("three", TABLE.format("c"))
    assert call("lock").code == 0
    return made


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def changes(call: Run, *arguments: str) -> list[str]:
    """What `--check` tells, but for its last line; it fails if that says so."""
    ran = call("lock", "--check", *arguments)
    *lines, last = ran.out.splitlines()
    assert (ran.code, "does not fit" in last) in ((0, False), (1, True))
    return [*lines, "fails"] if ran.code else lines


def test_one_line_a_revision(call: Run, project: Alembic) -> None:
    lines = LOCK.read_text().splitlines()
    assert lines[1:3] == ["", "[alembic]"]
    assert [line.split(" file=")[0] for line in lines[3:]] == ["one after=base", "three after=two", "two after=one"]
    assert lines[4].endswith(f" schema={call('schema', '--signature').out.strip()}")
    assert lines[5].endswith(f" reads=- schema={call('schema', 'two', '--signature').out.strip()}")
    before = LOCK.read_text()
    assert call("lock").err == "migralint: migralint.lock: nothing changed\n"
    assert LOCK.read_text() == before
    assert changes(call) == []


def test_edited(call: Run, project: Alembic) -> None:
    edit(project.versions / "two.py", 'create_table("b"', 'create_table("bb"')
    assert changes(call) == ["two was edited; the schema after it is another", "fails"]
    assert call("lock").err == "migralint: migralint.lock: 1 edited (two)\n"
    assert changes(call) == []


def test_edited_to_no_effect(call: Run, project: Alembic) -> None:
    edit(project.versions / "two.py", "import sqlalchemy as sa", "import sqlalchemy as sa\nX = 1")
    assert changes(call) == ["two was edited; the schema after it is the same", "fails"]


def test_comments_are_no_edits(call: Run, project: Alembic) -> None:
    path = project.versions / "two.py"
    edit(path, 'op.create_table("b"', '# migralint: ignore[MG2] why\n\n    op.create_table("b"')
    path.write_text(path.read_text().replace("\n", "  # x\r\n", 1), newline="")
    assert changes(call) == []
    edit(path, '"b"', '"b#"')
    assert changes(call)[-1] == "fails"


def test_removed_and_re_parented(call: Run, project: Alembic) -> None:
    (project.versions / "two.py").unlink()
    edit(project.versions / "three.py", "down_revision = 'two'", "down_revision = 'one'")
    assert changes(call) == [
        "two was removed, or cannot be read; it came after one",
        "three was re-parented: it came after two, now after one; the schema after it is another",
        "fails",
    ]


def test_new_revisions_are_told_apart(call: Run, project: Alembic) -> None:
    project.revision("four", TABLE.format("d"))
    assert changes(call) == ["four is not in the lock yet: `migralint lock` adds it", "fails"]
    assert call("lock").err == "migralint: migralint.lock: 1 new\n"


def test_what_a_revision_reads(call: Run, project: Alembic) -> None:
    Path("lengths.py").write_text("LONG = 50\n")
    Path("helpers.py").write_text(
        "import sqlalchemy as sa\nfrom lengths import LONG\n\n\ndef text(name):\n    return sa.Column(name, sa.String(LONG))\n"
    )
    Path("v.sql").write_text("CREATE VIEW v AS SELECT 1 AS x;\n")
    path = project.revision("four", 'op.add_column("a", text("t"))\nop.execute(Path("v.sql").read_text())')
    path.write_text("from pathlib import Path\n\nfrom helpers import text\n" + path.read_text())
    project.revision("five", TABLE.format("e"))
    call("lock")
    assert [line.split(" schema=")[0][-7:] for line in LOCK.read_text().splitlines()[3:6:2]] == ["reads=-", "reads=-"]
    Path("lengths.py").write_text("LONG = 50  # characters\n")
    assert changes(call) == []
    Path("lengths.py").write_text("LONG = 50\nSHORT = 5\n")
    assert changes(call) == ["four reads files that were changed; the schema after it is the same"]
    Path("lengths.py").write_text("LONG = 60\n")
    other = "four does something else: files that it reads were changed; the schema after it is another"
    assert changes(call) == [other, "fails"]
    Path("lengths.py").write_text("LONG = 50\n")
    Path("v.sql").write_text("CREATE VIEW v AS SELECT 2 AS x;\n")
    assert changes(call) == [other, "fails"]


def test_settings_change_what_a_revision_does(call: Run, project: Alembic) -> None:
    edit(project.versions / "two.py", "primary_key=True)", "unique=True)")
    call("lock")
    Path("migralint.toml").write_text('naming-convention = {uq = "uq_%(table_name)s_%(column_0_name)s"}\n')
    (line, fails) = changes(call)
    assert line.startswith("two leaves another schema, although neither it nor what it reads was changed")
    assert fails == "fails"


def test_a_merge_changes_no_line_of_its_branches(call: Run, project: Alembic) -> None:
    before = LOCK.read_text().splitlines()
    call("lock")
    project.heads = ["two"]
    project.revision("other", TABLE.format("z"))
    call("lock")
    branches = LOCK.read_text().splitlines()
    assert set(before) < set(branches)
    path = project.revision("merged", "pass")
    edit(path, "down_revision = 'other'", "down_revision = ('three', 'other')")
    call("lock")
    merged = LOCK.read_text().splitlines()
    assert set(branches) < set(merged)
    (line,) = set(merged) - set(branches)
    assert line.startswith("merged after=three,other file=")
    assert line.endswith(f" schema={call('schema', '--signature').out.strip()}")
    alone = next(line for line in merged if line.startswith("other "))
    assert alone.endswith(f" schema={call('schema', 'other', '--signature').out.strip()}")


def test_a_doubtful_line(call: Run, project: Alembic) -> None:
    project.revision("four", "op.execute(nobody_knows)")
    project.revision("five", TABLE.format("e"))
    call("lock")
    doubtful = [line.split()[0] for line in LOCK.read_text().splitlines() if line.endswith("-doubtful")]
    assert doubtful == ["five", "four"]
    assert changes(call) == []


def test_several_histories(call: Run, project: Alembic) -> None:
    other = Alembic(Path.cwd(), "second")
    other.revision("uno", TABLE.format("a"))
    Path("alembic.ini").write_text("[first]\nscript_location = alembic\n[other]\nscript_location = second\n")
    told = changes(call)
    assert told[0] == "history alembic is in migralint.lock only; `migralint lock` removes it"
    assert told[-2:] == ["other: uno is not in the lock yet: `migralint lock` adds it", "fails"]
    assert call("lock").code == 0
    whole = LOCK.read_text()
    assert changes(call) == []
    for name in ("first", "other"):
        assert changes(call, "--name", name) == []
    (other.versions / "uno.py").unlink()
    other.heads = []
    other.revision("dos", TABLE.format("b"))
    assert changes(call, "--name", "first") == []
    assert changes(call, "--name", "other")[-1] == "fails"
    assert any("uno was removed" in line for line in changes(call))
    assert call("lock", "--name", "other").code == 0
    assert changes(call) == []
    assert set(whole.splitlines()) - set(LOCK.read_text().splitlines()) == {
        line for line in whole.splitlines() if line.startswith("uno ")
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "migralint.lock: is no lock file"),
        ("nothing of ours\n", "migralint.lock: is no lock file"),
        ("# migralint.lock 9: x\n", "has format 9, which this version does not know"),
        ("{lock}<<<<<<< HEAD\n", "migralint.lock:7: a merge is not resolved"),
        ("{lock}one after=base\n", "migralint.lock:7: this is no line of a lock file"),
        ("{lock}x after=base file=1 reads=- schema=2 odd=3\n", "migralint.lock:7: this is no line of a lock file"),
        ("{lock}one after=base file=1 reads=- schema=2\n", "migralint.lock:7: this revision stands here twice"),
        ("# migralint.lock 1: x\none after=base file=1 reads=- schema=2\n", "migralint.lock:2: this is no line"),
    ],
)
def test_a_damaged_lock(call: Run, project: Alembic, text: str, told: str) -> None:
    whole = LOCK.read_text()
    LOCK.write_text(text.replace("{lock}", whole))
    ran = call("lock", "--check")
    assert (ran.code, ran.out, told in ran.err) == (2, "", True)
    assert "mistake in migralint" not in ran.err
    assert call("lock").code == 0
    assert LOCK.read_text() == whole


def test_no_lock(call: Run, project: Alembic) -> None:
    LOCK.unlink()
    ran = call("lock", "--check")
    assert (ran.code, ran.err) == (1, "migralint: migralint.lock: no such file; `migralint lock` writes it\n")
    LOCK.mkdir()
    assert call("lock", "--check").code == call("lock").code == 2


def test_a_lock_that_is_no_text(call: Run, project: Alembic) -> None:
    LOCK.write_bytes(b"\xff\x00")
    assert call("lock", "--check").code == 2


def test_a_history_without_an_order_is_not_locked(call: Run, project: Alembic) -> None:
    edit(project.versions / "one.py", "down_revision = None", "down_revision = 'three'")
    before = LOCK.read_text()
    for arguments in (("lock",), ("lock", "--check")):
        ran = call(*arguments)
        assert (ran.code, "no order that could be locked" in ran.err) == (2, True)
    assert LOCK.read_text() == before


def test_a_file_that_cannot_be_read(call: Run, project: Alembic) -> None:
    (project.versions / "three.py").write_text("def broken(:\n")
    ran = call("lock", "--check")
    assert ran.code == 1
    assert "three was removed, or cannot be read; it came after two" in ran.out
    assert "alembic/versions/three.py" in ran.err
