"""`migralint history`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from migralint.cli.histories import only
from migralint.cli.opening import find, open_project
from migralint.cli.options import common, format_option
from migralint.cli.output import colour, emit, prefix
from migralint.cli.unread import tell_of_project
from migralint.cli.values import Common

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migralint.rule import Name, Step


@click.command("history")
@click.argument("object", metavar="OBJECT")
@format_option("text", "json")
@common
def command(common: Common, object: str, format: str) -> None:
    """List every change of an OBJECT: `schema.table`, or `schema.table.column`.

    Renames are followed back: the changes of what it was called before are listed too.
    """
    from migralint.report.entries import FORMAT, entry, lines
    from migralint.report.style import Style
    from migralint.rule import Name

    parts = object.split(".")
    if len(parts) not in (2, 3) or not all(parts):
        raise click.UsageError(f"{object!r} is no object; write it as public.orders or public.orders.id.")
    found = find(common)
    project = open_project(common, found)
    history = only(project)
    tell_of_project(common, project)
    steps = [step for step in history.steps_all() if step.direction == "upgrade"]
    changes = list(_changes(steps, Name(parts[0], parts[1]), parts[2] if len(parts) == 3 else None))
    if not changes:
        raise click.UsageError(f"No revision makes or changes {object}.{_near(steps, object)}")
    entries = [entry(history.name, step, lambda place: project.resolve(place).line) for step in reversed(changes)]
    if format == "json":
        data = {"format": FORMAT, "object": object, "changes": entries}
        emit(json.dumps(data, indent=2, ensure_ascii=False) + "\n", machine=True)
    else:
        emit("".join(f"{line}\n" for line in lines(entries, prefix(found.root), Style(colour(common)))))


def _changes(steps: list[Step], table: Name, column: str | None) -> Iterable[Step]:
    """The steps that touch the object, the last one first, under the names that it had at their time."""
    from migralint.rule import AlterColumn, RenameTable

    for step in reversed(steps):
        operation = step.operation
        if isinstance(operation, RenameTable) and operation.new == table:
            table = operation.table
            yield step
        elif isinstance(operation, AlterColumn) and operation.table == table and operation.new_name == column:
            if column is not None:
                column = operation.name
            yield step
        elif (column is None and _touches(step, table)) or (
            column is not None and operation.table_name == table and column in _columns(step, table)
        ):
            yield step


def _touches(step: Step, table: Name) -> bool:
    about = step.operation.object
    return table in (step.operation.table_name, about.table) or (about.table is None and about.name == str(table))


def _columns(step: Step, table: Name) -> set[str]:
    """The columns of a table that the step makes, drops, changes, or puts under a constraint or an index."""
    before, after = step.before.tables.get(table), step.after.tables.get(table)
    touched = {column.name for column in set(after.columns if after else ()) ^ set(before.columns if before else ())}
    for one in set(after.constraints if after else ()) ^ set(before.constraints if before else ()):
        touched.update(one.columns_used)
    if step.operation.object.kind == "column" and step.operation.object_name:
        touched.add(step.operation.object_name)
    return touched


def _near(steps: list[Step], object: str) -> str:
    from difflib import get_close_matches

    known = {str(table) for step in steps[-1:] for table in step.after.tables}
    known |= {f"{t}.{c.name}" for step in steps[-1:] for t, table in step.after.tables.items() for c in table.columns}
    near = get_close_matches(object, known, 1)
    return f" Did you mean {near[0]}?" if near else ""
