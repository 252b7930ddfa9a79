"""Two SQL scripts against each other."""

from __future__ import annotations

from migralint import sql
from migralint.configuration import Configuration
from migralint.drift import Difference, drift
from migralint.operations import Place
from migralint.operations.paper import Paper
from migralint.schema import Schema
from migralint.snapshots.read import read
from migralint.tree import Overlay, Tree, WorkTree

SNAPSHOT = "supabase_schema.sql"


def tree(text: str) -> Tree:
    """A project that holds nothing but this snapshot."""
    return Overlay(WorkTree("/nonexistent"), {SNAPSHOT: text})


def schema(text: str) -> Schema:
    """What a script leaves in an empty database."""
    paper = Paper(script=True)
    sql.run(text, paper, lambda start, end: Place("head.sql", -1, start, end))
    return paper.schema


def compared(head: str, snapshot: str) -> list[Difference]:
    """How the snapshot differs from what the script makes."""
    derived = read(tree(snapshot), SNAPSHOT, Configuration())
    return list(drift(schema(head), derived, lambda _: None))


def told(head: str, snapshot: str) -> list[tuple[str, str, str]]:
    """Kind, class and object of each difference."""
    return [(d.kind, d.drift_class, str(d.object)) for d in compared(head, snapshot)]
