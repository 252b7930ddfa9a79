"""`migralint graph`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from migralint.cli.histories import only
from migralint.cli.opening import find, open_project
from migralint.cli.options import common, format_option
from migralint.cli.output import colour, emit
from migralint.cli.unread import tell_of_project
from migralint.cli.values import Common

if TYPE_CHECKING:
    from migralint.project import Project
    from migralint.report.style import Style
    from migralint.verdict.subject import Replayed


@click.command("graph")
@format_option("text", "json")
@common
def command(common: Common, format: str) -> None:
    """Show the revisions in upgrade order, with heads, bases and branches."""
    from migralint.report.style import Style

    project = open_project(common, find(common))
    history = only(project)
    tell_of_project(common, project)
    if format == "json":
        emit(_json(project, history), machine=True)
    else:
        emit("".join(f"{line}\n" for line in _text(history, Style(colour(common)))))


def _bases(history: Replayed) -> list[str]:
    return sorted(one.id for one in history.revisions.values() if not one.down_revision)


def _json(project: Project, history: Replayed) -> str:
    data = {
        "format": 1,
        "history": history.name,
        "heads": list(history.heads),
        "bases": _bases(history),
        "revisions": [
            {
                "revision": one.id,
                "down_revision": list(one.down_revision),
                "depends_on": list(one.depends_on),
                "replaces": list(one.replaces),
                "branch_labels": list(one.branch_labels),
                "path": one.path,
                "line": project.resolve(one.place).line,
            }
            for one in history.revisions.values()
        ],
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _text(history: Replayed, style: Style) -> list[str]:
    from migralint.report.style import visible

    children: dict[str, int] = {}
    for one in history.revisions.values():
        for parent in one.down_revision:
            children[parent] = children.get(parent, 0) + 1
    lines = []
    for one in history.revisions.values():
        marks = ["base"] if not one.down_revision else []
        marks += ["merge"] if len(one.down_revision) > 1 else []
        marks += ["branch point"] if children.get(one.id, 0) > 1 else []
        marks += ["head"] if one.id in history.heads else []
        marks += [f"label {label}" for label in one.branch_labels]
        line = style("bold", visible(one.id))
        line += f" <- {visible(', '.join(one.down_revision))}" if one.down_revision else ""
        line += f" (depends on {visible(', '.join(one.depends_on))})" if one.depends_on else ""
        line += f" [{visible(', '.join(marks))}]" if marks else ""
        lines.append(f"{line}  {visible(one.message)}".rstrip())
    return lines
