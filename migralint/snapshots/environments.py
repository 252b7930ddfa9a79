"""Environments: databases that someone runs, as the configuration names them and their dumps show them."""

from __future__ import annotations

from dataclasses import dataclass, field

from migralint import sql
from migralint.configuration import Configuration
from migralint.configuration.configuration import Environment as Configured
from migralint.operations import Place
from migralint.operations.paper import Paper
from migralint.operations.steps import Step
from migralint.schema import Schema
from migralint.snapshots.read import parse, unread
from migralint.snapshots.snapshot import Snapshot
from migralint.snapshots.versions import Version, version_in
from migralint.tree import SQL_BYTES, Tree, TreeError

VERSION_TABLE = "alembic_version"
"""What Alembic calls its version table where nobody says otherwise; also in the names of files that hold only it."""


@dataclass(frozen=True)
class Dumped:
    """An environment as its files show it.

    `snapshot` is its schema, None where only its revision is known. `revisions` are what its version table holds,
    none of them for a database that no revision has run on; None where nothing tells. `place` is what tells, else the
    beginning of the dump.
    """

    name: str
    snapshot: Snapshot | None
    revisions: tuple[str, ...] | None
    place: Place = field(default=Place(""))


def environments(tree: Tree, configuration: Configuration) -> tuple[Dumped, ...]:
    """The environments of the configuration, in its order, each read."""
    return tuple(_read(tree, name, one, configuration) for name, one in configuration.environments.items())


def _read(tree: Tree, name: str, one: Configured, configuration: Configuration) -> Dumped:
    origin = configuration.origins.get("environments")
    said = Place(origin.path if origin is not None and origin.path is not None else one.dump or "")
    given = revisions_of(one.revision) if one.revision is not None else None
    if one.dump is None:
        return Dumped(name, None, given, said)
    try:
        text = tree.text(one.dump, SQL_BYTES)
    except TreeError as problem:
        return Dumped(name, unread(one.dump, configuration, problem), given, Place(one.dump))
    snapshot = parse(text, one.dump, configuration)
    if given is not None:
        return Dumped(name, snapshot, given, said)
    version = _version(tree, text, snapshot, configuration)
    if version is not None:
        return Dumped(name, snapshot, version.revisions, version.place)
    header = snapshot.header
    return Dumped(name, snapshot, (header.revisions or None) if header is not None else None, Place(one.dump))


def revisions_of(text: str) -> tuple[str, ...]:
    """The revisions of a text with one, or with several between commas; none for `base`."""
    return tuple(one.strip() for one in text.split(",") if one.strip() not in ("", "base"))


def _version(tree: Tree, text: str, snapshot: Snapshot, configuration: Configuration) -> Version | None:
    """What the dump, or else the file beside it, holds of the version table."""
    table = configuration.version_table or VERSION_TABLE
    found = version_in(text, snapshot.schema, snapshot.steps, table)
    stem = snapshot.path.removesuffix(".sql")
    for path in dict.fromkeys(f"{stem}.{called}.sql" for called in (table, VERSION_TABLE)):
        if found is None and tree.exists(path):
            try:
                beside = tree.text(path, SQL_BYTES)
            except TreeError:
                continue
            found = version_in(beside, snapshot.schema, _steps(beside, path, snapshot.schema, configuration), table)
    return found


def _steps(text: str, path: str, schema: Schema, configuration: Configuration) -> list[Step]:
    """What a script does after a dump was loaded."""
    paper = Paper(configuration.dialect, configuration.postgresql_version, schema, script=True)
    sql.run(text, paper, lambda start, end: Place(path, -1, start, end), psql=True)
    return paper.steps
