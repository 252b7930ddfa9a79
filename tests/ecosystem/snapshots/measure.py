"""Compares what migralint says of a snapshot, and what its migrations do, with the server."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg

from tests.ecosystem.answers import output
from tests.ecosystem.catalog import contents
from tests.ecosystem.databases import Database, database
from tests.ecosystem.drift.score import DriftScore, Renames, score, told_renames
from tests.ecosystem.environments.mutations import qualified, quoted
from tests.ecosystem.environments.project import Real
from tests.ecosystem.facts.document import Document
from tests.ecosystem.facts.text import without_public
from tests.ecosystem.projects import EcosystemError
from tests.ecosystem.snapshots.pair import Pair, loaded, settings
from tests.ecosystem.snapshots.rows import Names, fill, lost, referenced, valid, value
from tests.ecosystem.snapshots.supabase import SCHEMAS, SETUP, own
from tests.ecosystem.snapshots.units import snapshot_units
from tests.ecosystem.summed import Summed
from tests.models.mutations.revisions import decided

TIMEOUT = 600


@dataclass
class Score(Summed):
    """`snapshot` and `models` are what differs from the history, and what was told of it.

    Of the databases on which a migration of `reconcile` ran, `equal` are as the truth has it; `decisions` is how many
    steps were left to decide and answered with yes. Of the tables with rows, `kept` have them unchanged; `empty` could
    not be given any.
    """

    snapshot: DriftScore = field(default_factory=DriftScore)
    models: DriftScore = field(default_factory=DriftScore)
    databases: int = 0
    equal: int = 0
    decisions: int = 0
    tables: int = 0
    kept: int = 0
    empty: int = 0
    remarks: list[str] = field(default_factory=list)


def measure(pair: Pair) -> Score:
    """The score of a history and its snapshot."""
    result = Score()
    script = (pair.real.root / pair.snapshot).read_bytes().decode()  # a carriage return in a literal is one
    with database(pair.real.server, "snapshot", SETUP) as there:
        loaded(script, there)
        sides = {"head": (pair.head, _contents(pair.head)), "snapshot": (there, _contents(there))}
        told = _told(pair)
        head, snapshot = sides["head"][1], sides["snapshot"][1]
        result.snapshot = score(
            head,
            snapshot,
            told,
            pair.project.version_table,
            side=pair.snapshot,
            compared=snapshot_units,
            renames=pair.renames,
        )
        if pair.models is not None:
            with pair.head.connect() as connection:
                plain = own(contents(connection))  # what was recorded of models has no collations
            result.models = score(plain, pair.models, told, pair.project.version_table, pair.project.left_out)
        for name, part in (("snapshot", result.snapshot), ("models", result.models)):
            result.remarks += [f"{name} - {unit.kind} {unit.table} {', '.join(unit.names)}" for unit in part.missed]
            result.remarks += [f"{name} + {unit.kind} {unit.table} {', '.join(unit.names)}" for unit in part.wrong]
        renames = pair.renames or told_renames(told, pair.snapshot)
        for truth in sides:
            _reconciled(pair, truth, sides, renames, result)
    return result


def _contents(made: Database) -> Document:
    """What a project has of a database."""
    with made.connect() as connection:
        return described(connection)


def described(connection: psycopg.Connection[Any]) -> Document:
    """The same of a connection; views with their options, types of columns with their collation, functions with the
    types of their arguments only, by which they are called, tables with those above them, and composite types.
    """
    found = own(contents(connection))
    options = dict(connection.execute(_OPTIONS).fetchall())
    views = {name: {**view, "options": options.get(name)} for name, view in found["views"].items()}
    for table, column, collation in connection.execute(_COLLATIONS).fetchall():
        for one in found["tables"].get(table, {"columns": ()})["columns"]:
            one["type"] += f" COLLATE {collation}" if one["name"] == column else ""
    for table, above in connection.execute(_PARENTS).fetchall():
        if table in found["tables"]:
            found["tables"][table]["parents"] = above
    composites = dict(connection.execute(_COMPOSITES).fetchall())
    composites = {name: one for name, one in composites.items() if name.split(".")[0] not in SCHEMAS}
    called = dict(connection.execute(_CALLED).fetchall())
    functions = {called.get(name, name): one for name, one in found["functions"].items()}
    return {**found, "views": views, "functions": functions, "composites": composites}


_CALLED = """
SELECT start || '(' || pg_get_function_identity_arguments(oid) || ')', start || '(' || oidvectortypes(proargtypes) || ')'
FROM (SELECT *, pronamespace::regnamespace || '.' || proname AS start FROM pg_proc) AS one
"""

_PARENTS = """
SELECT one.relnamespace::regnamespace || '.' || one.relname,
    array_agg(above.relnamespace::regnamespace || '.' || above.relname)
FROM pg_inherits JOIN pg_class one ON one.oid = inhrelid JOIN pg_class above ON above.oid = inhparent GROUP BY 1
"""

_COMPOSITES = """
SELECT relnamespace::regnamespace || '.' || relname,
    string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum)
FROM pg_class LEFT JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
WHERE relkind = 'c' AND relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema') GROUP BY 1
"""

_OPTIONS = "SELECT relnamespace::regnamespace || '.' || relname, reloptions FROM pg_class WHERE relkind = 'v'"

_COLLATIONS = """
SELECT relnamespace::regnamespace || '.' || relname, attname, attcollation::regcollation::text
FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid JOIN pg_type ON pg_type.oid = atttypid
WHERE attcollation <> typcollation
"""


def _told(pair: Pair) -> list[dict[str, Any]]:
    command = ("drift", "--output-format", "json", "--exit-zero")
    said = output(pair.project, pair.real.root, pair.real.scratch, *command, more=settings(pair), timeout=TIMEOUT)
    found: list[dict[str, Any]] = json.loads(said)["differences"]
    return found


def _reconciled(
    pair: Pair, truth: str, sides: Mapping[str, tuple[Database, Document]], renames: Renames, result: Score
) -> None:
    """Runs the migration that leads to a truth, on the database of each side."""
    result.databases += len(sides)
    try:
        with _written(pair, truth) as texts:
            result.decisions += sum(text.count("# Decide:") for text in texts)
            for start, (made, _) in sides.items():
                remarks = [*_run(pair, made, start, truth, sides[truth][1], renames, texts, result)]
                result.equal += not remarks
                result.remarks += [f"truth {truth}, from {start}: {remark}" for remark in remarks]
                result.remarks += texts if remarks else []
    except EcosystemError as error:
        result.remarks.append(f"truth {truth}: {error}")


@contextmanager
def _written(pair: Pair, truth: str) -> Iterator[list[str]]:
    """The texts of the revisions of `reconcile`, which lie in the project, with yes to what is left to decide."""
    real = pair.real
    command = ("reconcile", "--truth", truth, "-m", "reconciled")
    said = output(pair.project, real.root, real.scratch, *command, more=settings(pair), timeout=TIMEOUT)
    paths = [real.scratch / line for line in said.splitlines()]
    try:
        texts = [decided(path.read_text()) for path in paths]
        for path, text in zip(paths, texts, strict=True):
            path.write_text(text)
        yield texts
    finally:
        for path in paths:
            path.unlink()


def _run(
    pair: Pair,
    start: Database,
    name: str,
    truth: str,
    wanted: Document,
    renames: Renames,
    texts: list[str],
    result: Score,
) -> Iterator[str]:
    """Runs the revisions on a copy of a database with rows; what is not as it should be afterwards.

    Columns that have to be filled between the revisions are.
    """
    real, versions, names = pair.real, pair.project.version_table, _other_names(renames, name, truth)
    with real.database("made", start.name) as made:
        with made.connect() as connection:
            document = own(contents(connection))
            rows = fill(connection, valid(document, wanted, names), versions)
            result.empty += len(rows.empty)
            if name == "snapshot":
                _stamp(real, pair.head, made)
        try:
            if len(texts) > 1:
                real.upgrade(made, _identifier(texts[0]))
                _filled(made, texts)
            real.upgrade(made, "heads")
        except EcosystemError as error:
            yield _last(error)
            return
        with made.connect() as connection:
            after = described(connection)
            changed = [*lost(connection, rows, wanted, *names)]
        result.tables += len(rows.tables)
        result.kept += len(rows.tables) - len({one.split(":")[0] for one in changed})
        result.remarks += [f"truth {truth}, from {name}: rows of {one}" for one in changed]
        for unit in snapshot_units(after, wanted, {versions, "alembic_version"}).counted:
            if unit.kind != "name":
                yield f"{unit.kind} {unit.table} {', '.join(sorted(unit.names))}"


_IDENTIFIER = re.compile(r"""^revision\b.*=\s*['"](.+)['"]""", re.MULTILINE)
_TO_FILL = re.compile(r"# Fill (\S+)\.(\S+) before")


def _identifier(text: str) -> str:
    found = _IDENTIFIER.search(text)
    assert found is not None, text
    return found[1]


def _filled(made: Database, texts: list[str]) -> None:
    """Gives values where a revision says that somebody has to."""
    columns: dict[str, list[str]] = {}
    for table, column in dict.fromkeys(found for text in texts for found in _TO_FILL.findall(text)):
        columns.setdefault(table, []).append(column)
    with made.connect() as connection:
        document = contents(connection)
        for table, names in columns.items():
            described = document["tables"][table]
            about = [one for one in described["columns"] if one["name"] in names]
            put = ", ".join(f"{quoted(one['name'])} = coalesce({quoted(one['name'])}, %s)" for one in about)
            rows = connection.execute(f"SELECT ctid FROM {qualified(table)}".encode()).fetchall()
            for number, (row,) in enumerate(rows, 1):
                known = dict(referenced(connection, described, number))
                values = [known.get(one["name"]) or value(document, described, one, number) for one in about]
                change = f"UPDATE {qualified(table)} SET {put} WHERE ctid = %s"
                connection.execute(change.encode(), [*values, row])


def _last(error: EcosystemError) -> str:
    lines = [line for line in str(error).splitlines() if "rror" in line and "Background" not in line]
    return (lines or str(error).splitlines())[-1].strip()


def _stamp(real: Real, head: Database, made: Database) -> None:
    """Says that the database is where the history's is."""
    table = quoted(real.project.version_table)
    with head.connect() as connection:
        versions = connection.execute(f"SELECT version_num FROM {table}".encode()).fetchall()
    with made.connect() as connection:
        connection.execute(f"CREATE TABLE IF NOT EXISTS {table} (version_num varchar(255) PRIMARY KEY)".encode())
        connection.execute(f"DELETE FROM {table}".encode())
        for version in versions:
            connection.execute(f"INSERT INTO {table} VALUES (%s)".encode(), version)


def _other_names(renames: Renames, start: str, truth: str) -> Names:
    """The names that the truth has for tables and columns of the database that one begins with."""
    tables = {_full(old): _full(new) for old, new in renames.tables.items()}
    columns = {(_full(table), old): new for table, old, new in renames.columns}
    if start == truth:
        return Names()
    if truth == "snapshot":
        return Names(tables, columns)
    back = {new: old for old, new in tables.items()}
    return Names(back, {(back.get(table, table), new): old for (table, old), new in columns.items()})


def _full(name: str) -> str:
    return name if "." in name else f"public.{without_public(name)}"
