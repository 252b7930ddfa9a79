"""What changes between two schemas of the command line."""

from __future__ import annotations

import json

import click

from migralint.cli.output import colour, emit
from migralint.cli.sources import Source, load
from migralint.cli.values import Common
from migralint.project import Project


def parts(given: str) -> tuple[str, str]:
    """The two sources of `A..B`, of which a path may have dots of its own; a usage error for anything else."""
    at = given.find("..")
    while at >= 0:
        one, other = given[:at], given[at + 2 :]
        if _source(one) and _source(other):
            return one, other
        at = given.find("..", at + 1)
    raise click.UsageError(f"--diff takes A..B, such as `base..heads` or `ab12..supabase_schema.sql`, not {given!r}.")


def _source(text: str) -> bool:
    script = text.endswith(".sql")
    return bool(text.strip()) and (script or ("/" not in text and not text.startswith(".") and not text.endswith(".")))


def show(common: Common, project: Project, given: str, format: str) -> None:
    """Prints what another source has that the first has not, and the other way round."""
    from migralint.report.changes import contract, markdown, text
    from migralint.report.style import Style

    names = parts(given)
    before, after = (load(common, project, name) for name in names)
    differences = project.changes(before.schema, after.schema)
    if format == "json":
        data = {
            "format": 1,
            "before": _side(names[0], before),
            "after": _side(names[1], after),
            "differences": [contract(one, names) for one in differences],
        }
        emit(json.dumps(data, indent=2, ensure_ascii=False) + "\n", machine=True)
        return
    lines = markdown(differences, names) if format == "markdown" else text(differences, Style(colour(common)))
    if not differences and before.digits != after.digits:
        lines = ["Nothing that is compared differs, but the signatures do: what is doubtful is not compared."]
    emit("".join(f"{line}\n" for line in lines), machine=format == "markdown")


def _side(name: str, source: Source) -> dict[str, object]:
    return {"source": name, "heads": sorted(source.revisions or ()), "signature": source.signature}
