"""Runs migralint under an audit hook and tells what it must never do.

    python -m tests.safety.audit PROJECT [OPTION ...]      one project, with options of `migralint check`
    python -m tests.safety.audit --truth DIR --packages DIR [NAME ...]   recorded projects, unpacked packages

Nothing of the project, no Alembic and no SQLAlchemy may be imported, nothing of the project compiled or executed, no
process started but migralint's own workers, no socket opened, no file written but in the cache. The hook is inherited
by forked workers. Exit code 1 when anything of that happened.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

FORBIDDEN_IMPORTS = ("alembic", "sqlalchemy", "mako")

CHILD = r"""
import json, os, sys
project, report, cache = os.path.realpath(sys.argv[1]), sys.argv[2], os.path.realpath(sys.argv[3])
forbidden = tuple(json.loads(sys.argv[4]))
busy = False

def inside(path):
    if isinstance(path, bytes):
        path = os.fsdecode(path)
    if not isinstance(path, str) or path.startswith("<"):
        return False
    path = os.path.realpath(path)
    return path == project or path.startswith(project + os.sep)

def told(event, what):
    global busy
    busy = True
    try:
        with open(report, "a") as file:
            file.write(json.dumps([event, str(what)[:300]]) + "\n")
    finally:
        busy = False

def hook(event, arguments):
    if busy:
        return
    if event == "import":
        name, path = arguments[0], arguments[1]
        if name.partition(".")[0] in forbidden or inside(path):
            told(event, name)
    elif event == "compile":
        source, name = arguments
        if inside(name):
            told(event, name)
        elif isinstance(source, (str, bytes)) and name in ("<unknown>", "<string>", "<text>", None):
            text = source.decode("utf-8", "replace") if isinstance(source, bytes) else source
            if "from alembic" in text or "import sqlalchemy" in text:
                told(event, text[:80])
    elif event == "exec":
        if inside(getattr(arguments[0], "co_filename", None)):
            told(event, arguments[0].co_filename)
    elif event == "subprocess.Popen":
        executable, given = arguments[0], [str(a) for a in arguments[1]]
        if os.path.realpath(str(executable)) != os.path.realpath(sys.executable) or "-I" not in given:
            told(event, given)
    elif event in ("os.system", "os.exec", "os.spawn", "os.startfile", "pty.spawn"):
        told(event, arguments)
    elif event.startswith("socket.") and event not in ("socket.gethostname",):
        told(event, arguments)
    elif event == "open":
        path, mode, flags = arguments
        writes = (isinstance(mode, str) and any(c in mode for c in "wxa+")) or (
            isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR)
        )
        if writes and isinstance(path, (str, bytes)) and inside(path):
            told("write", path)

sys.addaudithook(hook)
sys.argv = ["migralint", *sys.argv[5:]]
from migralint.cli.main import run
code = run(sys.argv[1:])
sys.stdout.flush()
sys.exit(code)
"""


def audit(project: Path, options: list[str]) -> tuple[int, list[list[str]]]:
    """The exit code of `migralint check`, and what it did that it must not: (event, detail)."""
    with tempfile.TemporaryDirectory() as work:
        report = Path(work, "report")
        report.touch()
        environment = {**os.environ, "MIGRALINT_CACHE_DIR": os.path.join(work, "cache")}
        arguments = [str(project), str(report), environment["MIGRALINT_CACHE_DIR"], json.dumps(FORBIDDEN_IMPORTS)]
        command = ["check", "--project", str(project), "--output-format", "json", *options]
        done = subprocess.run(
            [sys.executable, "-c", CHILD, *arguments, *command],
            capture_output=True,
            text=True,
            env=environment,
            cwd=work,
        )
        if done.returncode not in (0, 1):
            return done.returncode, [["exit", done.stderr[-300:]]]
        return done.returncode, [json.loads(line) for line in report.read_text().splitlines()]


def _recorded(truth: str, packages: str, names: list[str]) -> list[tuple[str, Path, list[str]]]:
    """Recorded projects with the settings that the recorder's own scorer derives."""
    sys.path.insert(0, truth)
    import run_project
    from truth import Truth, folders

    out = []
    for folder in folders(truth):
        one = Truth(folder)
        if names and one.name not in names:
            continue
        artifact = (one.meta.get("artifact") or [{}])[0].get("file", "")
        unpacked = os.path.join(packages, artifact)
        root = run_project.root_of(unpacked, one.meta["resolved"]["script_location"]) if artifact else None
        if root is not None:
            settings = run_project.settings(one, root, False)
            pairs = [x for k, v in settings.items() for x in ("--config", f"{k} = {run_project.toml(v)}")]
            out.append((one.name, Path(root), pairs))
    return out


def main() -> int:
    """The program."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("project", nargs="*")
    parser.add_argument("--truth")
    parser.add_argument("--packages")
    given, options = parser.parse_known_args()
    if given.truth:
        todo = _recorded(given.truth, given.packages, given.project)
    else:
        todo = [(given.project[0], Path(given.project[0]), [*given.project[1:], *options])]
    bad = 0
    for name, project, settings in todo:
        code, events = audit(project, settings)
        bad += bool(events)
        print(f"{name}: exit code {code}, {len(events)} forbidden events")
        for event in events[:5]:
            print("   ", *event)
    print(f"{len(todo)} projects, {bad} with forbidden events")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
