"""Scripts read on an empty database on paper."""

from __future__ import annotations

from migralint import sql
from migralint.operations import Operation, Place
from migralint.operations.paper import Paper
from migralint.operations.steps import Step
from migralint.schema import Name, Table


def at(start: int, end: int) -> Place:
    """The place of an offset in the script."""
    return Place("script.sql", -1, start, end)


def read(script: str, dialect: str = "postgresql", *, before: str = "", psql: bool = False) -> Paper:
    """The database on paper after the script, which runs after another one."""
    paper = Paper(dialect)
    if before:
        sql.run(before, paper, at)
    sql.run(script, paper, at, psql=psql)
    return paper


def steps(script: str, dialect: str = "postgresql", before: str = "") -> list[Step]:
    """What a script did after another one."""
    skipped = len(read(before, dialect).steps)
    return read(script, dialect, before=before).steps[skipped:]


def operations(script: str, dialect: str = "postgresql", before: str = "") -> list[Operation]:
    """The operations of a script that runs after another one; none of them may be opaque."""
    found = steps(script, dialect, before)
    assert [s.reason for s in found if s.certainty == "opaque"] == []
    return [s.operation for s in found]


def one(script: str, dialect: str = "postgresql", before: str = "") -> Operation:
    """The only operation of a script."""
    (found,) = operations(script, dialect, before)
    return found


def table(script: str, name: str = "t", dialect: str = "postgresql") -> Table:
    """A table that a script makes; nothing in the script may fail."""
    paper = read(script, dialect)
    assert [str(s.failure) for s in paper.steps if s.failure] == []
    assert [s.reason for s in paper.steps if s.certainty == "opaque"] == []
    return paper.schema.tables[Name("main" if dialect == "sqlite" else "public", name)]
