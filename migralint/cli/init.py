"""`migralint init`."""

from __future__ import annotations

import json
import os

import click

from migralint import __version__
from migralint.cli.opening import find, open_project
from migralint.cli.options import common
from migralint.cli.output import prefix
from migralint.cli.values import Common
from migralint.configuration.discover import OWN_FILE, PYPROJECT

_HOOKS = ".pre-commit-config.yaml"


@click.command("init")
@common
def command(common: Common) -> None:
    """Write a configuration under which only revisions from now on are linted, and a pre-commit hook.

    The configuration goes to the end of pyproject.toml, or to migralint.toml where there is none. Nothing that exists
    is overwritten.
    """
    found = find(common)
    if found.files:
        raise click.ClickException(f"{found.files[-1]} configures migralint already; edit it instead")
    project = open_project(common, found)
    heads = [head for history in project.histories for head in history.heads]
    start_after = f"start-after = {json.dumps(heads, ensure_ascii=False)}"
    target = os.path.join(found.root, PYPROJECT)
    try:
        if os.path.isfile(target):
            _append(target, f"[tool.migralint]\n{start_after}\n")
        else:
            target = os.path.join(found.root, OWN_FILE)
            with open(target, "x", encoding="utf-8") as file:
                file.write(f"{start_after}\n")
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{target}: cannot be written: {error}") from None
    click.echo(f"{target}: written; revisions up to {', '.join(heads) or 'the base'} are replayed, not linted.")
    _hook(found.root)


def _append(path: str, text: str) -> None:
    """Adds a table to the end of a TOML file, in the file's own line ends; what it holds stays as it is."""
    with open(path, encoding="utf-8", newline="") as file:
        before = file.read()
    end = "\r\n" if "\r\n" in before else "\n"
    gap = "" if not before else end if before.endswith("\n") else end * 2
    with open(path, "a", encoding="utf-8", newline="") as file:
        file.write(gap + text.replace("\n", end))


def _hook(root: str) -> None:
    """Writes the pre-commit configuration of a repository that has none, else says what to add."""
    inside = prefix(root, repository=True).rstrip("/")
    top = root[: len(root) - len(inside)].rstrip("/") if inside else root
    hooks = _hooks(inside)
    path = os.path.join(top, _HOOKS)
    if os.path.exists(os.path.join(top, ".git")) and not os.path.exists(path):
        with open(path, "x", encoding="utf-8") as file:
            file.write(f"repos:\n{hooks}")
        click.echo(f"{path}: written.")
    else:
        click.echo(f"Add this to the `repos` of {_HOOKS}:\n\n{hooks}", nl=False)


def _hooks(inside: str) -> str:
    entry = f"migralint check --project {inside}" if inside else "migralint check"
    return f"""\
  - repo: local
    hooks:
      - id: migralint
        name: migralint
        entry: {entry}
        language: python
        additional_dependencies: ["migralint=={__version__}"]
        pass_filenames: false
        files: '\\.(py|sql|ini|toml|mako)$'
"""
