"""Bad input: a finding or a clear sentence each, the right exit code, never a traceback, never a silent pass."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

GOOD = b"""from alembic import op
import sqlalchemy as sa

revision = "%s"
down_revision = %s


def upgrade():
    op.create_table("t_%s", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade():
    raise NotImplementedError("forward only")
"""


def _revision(name: str, down: str | None = None) -> bytes:
    parent = json.dumps(down).replace("null", "None").encode()
    return GOOD % (name.encode(), parent, name.encode())


def _project(folder: Path, files: dict[str, bytes]) -> Path:
    versions = folder / "migrations" / "versions"
    versions.mkdir(parents=True)
    (folder / "migrations" / "env.py").write_text("")
    (folder / "alembic.ini").write_text("[alembic]\nscript_location = migrations\n")
    for name, content in files.items():
        (versions / name).write_bytes(content)
    return folder


def _run(command: str, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "migralint", command, "--project", str(folder), "--no-cache", *options]
    return subprocess.run(line, capture_output=True, text=True, timeout=120)


def _check(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return _run("check", folder, *options)


def _codes(folder: Path) -> tuple[int, list[str], str]:
    done = _check(folder, "--output-format", "json")
    assert "Traceback" not in done.stderr
    found = json.loads(done.stdout)["findings"] if done.stdout else []
    return done.returncode, [f["code"] for f in found], done.stderr


BROKEN = {
    "empty": (b"", "MG306"),
    "syntax error": (b"def upgrade(:\n    pass\n", "MG001"),
    "not UTF-8": (b"# caf\xe9\nrevision = 'b'\n", "MG001"),
    "NUL bytes": (b"revision = 'b'\x00\n", "MG001"),
    "5 MB": (b"x = 1  # " + b"y" * 5_000_000 + b"\n", "MG001"),
    "10,000 nested parentheses": (b"x = " + b"(" * 10_000 + b"1" + b")" * 10_000 + b"\n", "MG001"),
    "unbalanced": (b"x = " + b"(" * 10_000, "MG001"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_beside_a_good_one_is_a_finding(case: str, tmp_path: Path) -> None:
    content, code = BROKEN[case]
    project = _project(tmp_path, {"a.py": _revision("a"), "b.py": content})
    exit_code, codes, _ = _codes(project)
    assert code in codes
    assert exit_code == 1
    for command, answer in (("schema", "CREATE TABLE t_a"), ("graph", "a [base, head]")):
        done = _run(command, project)
        assert done.returncode == 0
        assert answer in done.stdout
        assert "not read; the answer lacks what is done there" in done.stderr
        assert "b.py:1: " in done.stderr


@pytest.mark.parametrize("case", ["CRLF", "BOM"])
def test_line_ends_and_marks_of_windows_are_fine(case: str, tmp_path: Path) -> None:
    text = _revision("a").replace(b"\n", b"\r\n") if case == "CRLF" else b"\xef\xbb\xbf" + _revision("a")
    assert _codes(_project(tmp_path, {"a.py": text}))[:2] == (0, [])


def test_a_graph_that_does_not_hold_together(tmp_path: Path) -> None:
    exit_code, codes, _ = _codes(_project(tmp_path / "missing", {"a.py": _revision("a", "nowhere")}))
    assert exit_code == 1
    assert "MG302" in codes
    assert "down_revision 'nowhere' of 'a' is no revision of this history" in _run("graph", tmp_path / "missing").stderr
    cycle = {"a.py": _revision("a", "b"), "b.py": _revision("b", "a")}
    exit_code, codes, _ = _codes(_project(tmp_path / "cycle", cycle))
    assert exit_code == 1
    assert "MG303" in codes
    double = {"a.py": _revision("a"), "b.py": _revision("a")}
    exit_code, codes, _ = _codes(_project(tmp_path / "double", double))
    assert exit_code == 1
    assert "MG301" in codes


@pytest.mark.parametrize("revisions", [{"a": "nowhere"}, {"a": "b", "b": "a"}])
def test_the_signature_of_an_order_that_alembic_does_not_have_is_doubtful(
    revisions: dict[str, str], tmp_path: Path
) -> None:
    project = _project(tmp_path, {f"{one}.py": _revision(one, parent) for one, parent in revisions.items()})
    for format in ("sql", "json"):
        assert "-doubtful" in _run("schema", project, "--format", format).stdout


def test_no_history_is_an_error_that_says_where_it_looked(tmp_path: Path) -> None:
    done = _check(tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "alembic.ini" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_history_without_revisions_is_no_green_run(tmp_path: Path) -> None:
    done = _check(_project(tmp_path, {}))
    assert done.returncode != 0
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "options",
    [("--no-such-option",), ("--config", "selct = ['MG1']"), ("--select", "MG9999"), ("--config", "nowhere.toml")],
)
def test_wrong_words_are_usage_errors(options: tuple[str, ...], tmp_path: Path) -> None:
    done = _check(_project(tmp_path, {"a.py": _revision("a")}), *options)
    assert done.returncode == 2
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


DROPPED = """
import os, pkgutil, importlib, sys
import libcst, sqlglot, click, rich, encodings.idna
import migralint, migralint_rules
for package in (migralint, migralint_rules):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
import importlib.metadata
points = importlib.metadata.entry_points(group="migralint.rules")
importlib.metadata.entry_points = lambda **_: points
if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
from migralint.cli.main import run
code = run(sys.argv[1:])
sys.stdout.flush()
os._exit(code)
"""


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    project = _project(tmp_path, {"a.py": _revision("a"), "b.py": _revision("b", "a")})
    ours = [folder for folder in tmp_path.parents if "pytest-of-" in str(folder)]
    for path in (*ours, tmp_path, *tmp_path.rglob("*")):
        path.chmod(0o755)
    (project / "migrations" / "versions" / "b.py").chmod(0)
    command = ["check", "--project", str(project), "--no-cache", "--output-format", "json"]
    done = subprocess.run(
        [sys.executable, "-c", DROPPED, *command],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=tmp_path,
        env=os.environ,
    )
    assert "Traceback" not in done.stderr
    assert done.returncode == 1
    assert "MG001" in [f["code"] for f in json.loads(done.stdout)["findings"]]
