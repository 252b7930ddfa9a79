"""`migralint schema`."""

from __future__ import annotations

import json

import click

from migralint.cli.opening import find, open_project
from migralint.cli.options import common
from migralint.cli.output import emit, tell
from migralint.cli.sources import Source, load
from migralint.cli.values import Common

FORMATS = ("sql", "json", "mermaid")


@click.command("schema")
@click.argument("source", metavar="[SOURCE]", default="heads")
@click.option(
    "--format",
    "format",
    type=click.Choice([*FORMATS, "text", "markdown"]),
    help="Output format: sql (default), json or mermaid; with --check text or json; with --diff markdown too.",
)
@click.option("--signature", is_flag=True, help="Print the signature only: equal for schemas that mean the same.")
@click.option("--check", metavar="FILE", help="Say whether an SQL file is the schema; exit 1 if not.")
@click.option("--diff", metavar="A..B", help="Print what changes between two sources.")
@click.option("--output-file", metavar="FILE", help="Write the schema to a file, unless it has more than the schema.")
@click.option("--force", is_flag=True, help="With --output-file: write also over what would be lost.")
@common
def command(
    common: Common,
    source: str,
    format: str | None,
    signature: bool,
    check: str | None,
    diff: str | None,
    output_file: str | None,
    force: bool,
) -> int:
    """Print a schema: what `alembic upgrade` leaves on an empty database.

    SOURCE is `heads` (the default), another target of `alembic upgrade` such as a revision id, `label@head` or
    `ab12+1`; `models` for what `create_all` of the SQLAlchemy models makes; or an SQL script, which is replayed on its
    own. Standard error tells what could not be read.

    The signature is a hash of what the schema means; `-doubtful` follows it where not everything is certain.
    """
    format = _format(format, source, signature, check, diff, output_file, force)
    if source == "models" and not signature and check is None and output_file is None:
        from migralint.cli.models import printed

        emit(printed(common, format, lambda found: _rendered(common, found, format)), machine=format != "sql")
        return 0
    project = open_project(common, find(common), directions=("upgrade",))
    if diff is not None:
        from migralint.cli.schema_diff import show

        show(common, project, diff, format)
        return 0
    found = load(common, project, source)
    if check is not None:
        from migralint.cli import snapshots

        if found.history is None:
            raise click.UsageError("--check compares a file with the history; two scripts are compared by --diff.")
        return snapshots.check(common, project, found, check, format)
    if signature:
        emit(f"{found.signature}\n", machine=True)
        return 0
    text = _rendered(common, found, format)
    if output_file is None:
        emit(text, machine=format != "sql")
        return 0
    if not force and format == "sql":
        from migralint.cli.snapshots import lost

        losing = lost(project, found, output_file)
        if losing:
            more = f"\n  and {len(losing) - _TOLD} more" if len(losing) > _TOLD else ""
            raise click.ClickException(
                f"{output_file} has what no revision makes; --force writes over it, and this is lost:\n  "
                + "\n  ".join(losing[:_TOLD])
                + more
            )
    from migralint.cli.writing import write

    tell(common, f"{output_file}: {'written' if write(output_file, text) else 'unchanged'}")
    return 0


_TOLD = 20
"""How many lines of what would be lost are told."""


def _format(
    format: str | None,
    source: str,
    signature: bool,
    check: str | None,
    diff: str | None,
    output_file: str | None,
    force: bool,
) -> str:
    """The format; a usage error for options that do not go together."""
    given = [
        name
        for name, said in (
            ("--signature", signature),
            ("--check", check is not None),
            ("--diff", diff is not None),
            ("--output-file", output_file is not None),
        )
        if said
    ]
    if len(given) > 1:
        raise click.UsageError(f"{given[0]} and {given[1]} do not go together.")
    if force and output_file is None:
        raise click.UsageError("--force goes with --output-file.")
    if diff is not None and source != "heads":
        raise click.UsageError(f"--diff names its two sources itself; {source!r} is a third.")
    if signature and format is not None:
        raise click.UsageError("--signature prints nothing else; --format json has it too.")
    allowed: tuple[str, ...] = FORMATS
    if check is not None or diff is not None:
        allowed = ("text", "json") if check is not None else ("text", "json", "markdown")
    format = format or allowed[0]
    if format not in allowed:
        raise click.UsageError(f"--format {format} does not go with {given[0] if given else 'a schema'}.")
    return format


def _rendered(common: Common, source: Source, format: str) -> str:
    if format == "json":
        from migralint.schema.document import document

        found = document(source.schema, source.revisions or (), source.complete)
        return json.dumps(found, indent=2, ensure_ascii=False) + "\n"
    if format == "mermaid":
        from migralint.render import mermaid

        text = mermaid.diagram(source.schema)
        if problem := mermaid.too_large(text):
            tell(common, problem)
        return text
    return source.script()
