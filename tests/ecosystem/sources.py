"""Packages as they were released, fetched and unpacked; nothing of them is run."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
import threading
import zipfile
from pathlib import Path

from tests.ecosystem.projects import EcosystemError, Project

CACHE = Path(__file__).parents[2] / ".bench" / "ecosystem"
"""Where packages, environments and databases are kept; not part of the repository."""

PREPARING = threading.Lock()
"""Held while a folder is made that projects measured at the same time may share."""


def fetch(project: Project, cache: Path = CACHE) -> Path:
    """The released file, with the recorded checksum; raises `EcosystemError`."""
    folder = cache / "files"
    path = folder / project.file
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _download(project, folder)
    if hashlib.sha256(path.read_bytes()).hexdigest() != project.sha256:
        raise EcosystemError(f"{project.file}: not the file that was recorded: its checksum differs; delete {path}")
    return path


def _download(project: Project, folder: Path) -> None:
    kind = "--only-binary" if project.file.endswith(".whl") else "--no-binary"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    done = subprocess.run(
        [*command, kind, ":all:", "--dest", str(folder), project.requirement],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise EcosystemError(f"{project.requirement}: pip could not download it: {last}")
    if not (folder / project.file).exists():
        raise EcosystemError(f"{project.requirement}: pip fetched another file than {project.file}")


def unpacked(project: Project, cache: Path = CACHE) -> Path:
    """The folder that stands for the place where the package is installed; raises `EcosystemError`."""
    with PREPARING:
        path = fetch(project, cache)
        folder = cache / "unpacked" / project.file
        if not folder.exists():
            _unpack(path, folder)
    return _root(folder, project)


def _unpack(path: Path, folder: Path) -> None:
    partial = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(partial, ignore_errors=True)
    if path.suffix in (".whl", ".zip"):
        with zipfile.ZipFile(path) as archive:
            archive.extractall(partial)
    else:
        with tarfile.open(path) as archive:
            archive.extractall(partial, filter="data")
    partial.rename(folder)


def _root(folder: Path, project: Project) -> Path:
    """In a wheel beside other data, in a source archive below its own folder, the script location is found."""
    places = [folder, *folder.glob("*"), *folder.glob("*.data/*lib"), *folder.glob("*/src")]
    for place in sorted(places):
        if (place / project.script_location).is_dir():
            return place
    raise EcosystemError(f"{project.file}: holds no {project.script_location}")
