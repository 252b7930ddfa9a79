"""`migralint rule`."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from migralint.cli.options import common
from migralint.cli.output import colour, emit
from migralint.cli.values import Common

if TYPE_CHECKING:
    from migralint.rule import Rule


@click.command("rule")
@click.argument("rule", metavar="[CODE|NAME]", required=False)
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", help="How it is printed.")
@common
def command(common: Common, rule: str | None, output_format: str) -> None:
    """Explain a rule: what it flags, why it matters, what to write instead. Without one, list all rules."""
    from migralint.verdict.rules import load
    from migralint.verdict.selection import Selectors

    rules = load()
    chosen = list(rules.values())
    if rule is not None:
        chosen = [one for one in chosen if rule.upper() == one.code or rule == one.name]
        if not chosen:
            raise click.UsageError(f"No rule is called {rule!r}{Selectors(rules).near(rule)}.")
    if output_format == "json":
        data = [_data(one) for one in chosen]
        emit(json.dumps(data if rule is None else data[0], indent=2, ensure_ascii=False) + "\n", machine=True)
    elif rule is None:
        width = max((len(one.name) for one in chosen), default=0)
        emit("".join(f"{one.code}  {one.name:{width}}  {_summary(one)}\n" for one in chosen))
    else:
        from migralint.report.rule import page

        text = page(chosen[0])
        if colour(common) and sys.stdout.isatty():
            from rich.console import Console
            from rich.markdown import Markdown

            Console().print(Markdown(text))
        else:
            emit(text)


def _summary(rule: type[Rule]) -> str:
    from migralint.verdict.rules import info

    return info(rule).summary + (" (preview)" if rule.preview else "")


def _data(rule: type[Rule]) -> dict[str, object]:
    from migralint.verdict.rules import info

    told = info(rule)
    return {
        **told._asdict(),
        "summary": told.summary,
        "scope": rule.scope,
        "since": rule.since,
        "preview": rule.preview,
        "options": dict(rule.options),
        "postgresql": list(rule.postgresql),
    }
