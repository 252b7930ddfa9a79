"""Draws edits of a project's models, and has SQLAlchemy say what each does to the tables."""

from __future__ import annotations

import ast
import json
import os
import random
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import libcst

from tests.ecosystem.execute import installed
from tests.ecosystem.projects import EcosystemError, Project, projects
from tests.ecosystem.sources import CACHE, unpacked
from tests.models.mutations.edits import Edit, code, edits

HERE = Path(__file__).parent
_DRIVER = HERE / "driver.py"
_ATTEMPTS = 40
"""How often an edit is drawn anew that leaves models which cannot be imported."""


@dataclass(frozen=True)
class Mutation:
    """A file of a project with other text; `changed` where SQLAlchemy would make something else of it."""

    kind: str
    path: str
    text: str
    changed: bool
    statements: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    """What it would no longer make, and what it would make instead."""


@dataclass(frozen=True)
class Edited:
    """A project that is edited. `root` is a copy of it; `judge` tells what SQLAlchemy makes of that."""

    project: Project
    root: Path
    judge: Judge
    before: tuple[str, ...]
    files: tuple[str, ...]

    @contextmanager
    def put(self, mutation: Mutation) -> Iterator[None]:
        """The edit, in the copy."""
        file = self.root / mutation.path
        kept = file.read_bytes()
        self._write(file, mutation.text.encode())
        try:
            yield
        finally:
            self._write(file, kept)

    def _write(self, file: Path, text: bytes) -> None:
        file.unlink()  # it may be a link to the file that was unpacked
        file.write_bytes(text)

    def mutations(self, seed: int, count: int) -> Iterator[Mutation]:
        """Edits, drawn: first the kind, then the place. An edit that leaves models which do not load is drawn anew."""
        rng = random.Random(f"{seed} {self.project.name}")
        places: dict[str, list[tuple[str, Edit]]] = {}
        for path in self.files:
            for kind, found in edits((self.root / path).read_text()).items():
                places.setdefault(kind, []).extend((path, one) for one in found)
        kinds, seen = sorted(places), set[tuple[str, str]]()
        attempts = count * _ATTEMPTS
        while count and attempts:
            attempts -= 1
            kind = rng.choice(kinds)
            path, edit = rng.choice(places[kind])
            try:
                module = edit(rng)
            except libcst.CSTValidationError:  # code that cannot stand there, such as an argument after keywords
                continue
            text = code(module) if module is not None else ""
            if not _parses(text) or (path, text) in seen:
                continue
            seen.add((path, text))
            with self.put(Mutation(kind, path, text, False)):
                answer = self.judge.ask()
            if "ddl" not in answer:
                continue
            after = tuple(answer["ddl"])
            gone, new = sorted({*self.before} - {*after}), sorted({*after} - {*self.before})
            count -= 1
            yield Mutation(kind, path, text, after != self.before, (tuple(gone), tuple(new)))


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return bool(text)


class Judge:
    """The process in which a project's models are really imported."""

    def __init__(self, python: Path, root: Path, metadata: list[str], variables: dict[str, str]) -> None:
        self._scratch = tempfile.TemporaryDirectory()
        self._process = subprocess.Popen(
            [str(python), "-P", str(_DRIVER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._scratch.name,
            env={**os.environ, "HOME": self._scratch.name, **variables},
            text=True,
        )
        self._send(json.dumps({"root": str(root), "metadata": metadata}))

    def _send(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def ask(self, url: str = "") -> dict[str, Any]:
        """What the models make, or why they do not load; with a URL they make it there."""
        self._send(url)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        answer: dict[str, Any] = json.loads(line) if line else {"error": "the judge ended"}
        return answer

    def close(self) -> None:
        """Ends the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
        self._scratch.cleanup()


def known() -> dict[str, dict[str, Any]]:
    """The projects whose models can be imported, and how."""
    with (HERE / "projects.toml").open("rb") as file:
        found: dict[str, dict[str, Any]] = tomllib.load(file)
    return found


def python_of(name: str) -> Path:
    """The Python that has what a project's models import."""
    return installed([*known()[name]["requirements"], "alembic", "psycopg2-binary==2.9.10"])


@contextmanager
def edited(name: str) -> Iterator[Edited]:
    """A project that can be edited; raises `EcosystemError`."""
    project = projects()[name]
    source = unpacked(project)
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
        root = Path(scratch) / "project"
        shutil.copytree(source, root, copy_function=os.link)
        how = known()[name]
        judge = Judge(python_of(name), root, how["metadata"], how.get("environment", {}))
        try:
            answer = judge.ask()
            if "ddl" not in answer:
                raise EcosystemError(f"{name}: its models cannot be imported: {answer['error']}")
            own = [os.path.relpath(path, os.path.realpath(root)) for path in answer["files"]]
            files = [path for path in own if path.endswith(".py") and _has_models(root / path)]
            yield Edited(project, root, judge, tuple(answer["ddl"]), tuple(sorted(files)))
        finally:
            judge.close()


def _has_models(path: Path) -> bool:
    text = path.read_text(errors="replace")
    if not any(word in text for word in ("Column(", "mapped_column(", "Enum")):
        return False
    try:
        libcst.parse_module(text)
    except libcst.ParserSyntaxError:
        return False
    return True
