"""`migralint config`."""

from __future__ import annotations

import json

import click

from migralint.cli.opening import find
from migralint.cli.options import common, format_option
from migralint.cli.output import emit
from migralint.cli.values import Common
from migralint.configuration import Configuration, Origin, load
from migralint.tree import WorkTree


@click.command("config")
@format_option("text", "json")
@common
def command(common: Common, format: str) -> None:
    """Print the configuration, with defaults, and where each value comes from.

    A value that is null is read from alembic.ini, env.py and the project's files.
    """
    found = find(common)
    flags = {"dialect": common.dialect, "postgresql-version": common.postgresql_version}
    given = {key: value for key, value in flags.items() if value is not None}
    configurations = load(WorkTree(found.root, found.files), found, common.name, given)
    if format == "json":
        emit(_json(configurations), machine=True)
        return
    lines = [f"# project: {found.root}", f"# configuration: {', '.join(found.files) or 'none'}"]
    for one in configurations:
        lines += [f"# history: {one.name}"] if len(configurations) > 1 else []
        lines += [_line(key, value, one.origins.get(key)) for key, value in one.to_data().items() if key != "name"]
    emit("\n".join(lines) + "\n")


def _line(key: str, value: object, origin: Origin | None) -> str:
    return f"{key} = {json.dumps(value, ensure_ascii=False)}  # {origin or 'default'}"


def _json(configurations: tuple[Configuration, ...]) -> str:
    data = {
        "format": 1,
        "histories": [
            {
                key: {"value": value, "origin": str(one.origins.get(key, "default"))}
                for key, value in one.to_data().items()
            }
            for one in configurations
        ],
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
