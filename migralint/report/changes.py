"""What changes between two schemas: for people, for a pull request, for a machine."""

from __future__ import annotations

from collections.abc import Sequence

from migralint.report.markdown import LIMIT, code, plain
from migralint.report.style import Style, visible
from migralint.report.summary import count
from migralint.rule import Difference
from migralint.verdict.finding import FoundDifference, FoundObject

_SHOWN = 200
"""Characters of a definition that are shown to people."""


def found(one: Difference, names: tuple[str, str] | None = None) -> FoundDifference:
    """The difference as reports have it, with the sides called so; its line is not resolved."""
    about = one.object
    sides = one.sides if names is None else tuple(zip(names, (said for _, said in one.sides), strict=True))
    subject = FoundObject(about.kind, str(about.table) if about.table else None, about.name)
    return FoundDifference(
        one.kind, one.drift_class, subject, sides, one.renamed_from, one.place.path, 1, one.message, None
    )


def contract(one: Difference, names: tuple[str, str] | None = None) -> dict[str, object]:
    """The difference in the shape of the JSON contract."""
    return found(one, names).to_contract()


def text(differences: Sequence[Difference], style: Style) -> list[str]:
    """A line for what is added (+) or removed (-), three for what is changed (~)."""
    lines: list[str] = []
    for one in differences:
        sign, before, after = _change(one)
        title = style("bold", visible(found(one).title + _renamed(one)))
        if before is not None and after is not None:
            lines += [f"{style('info', sign)} {title}"]
            lines += [style("error", f"    - {_short(before)}"), style("help", f"    + {_short(after)}")]
        else:
            lines.append(f"{style('help' if sign == '+' else 'error', sign)} {title}  {_short(before or after or '')}")
    return lines or ["No differences."]


def markdown(differences: Sequence[Difference], names: tuple[str, str]) -> list[str]:
    """A heading and a table: a comment on a pull request."""
    before, after = names
    lines = [f"### Schema changes: {code(before)} to {code(after)}", ""]
    if not differences:
        return [*lines, "No differences."]
    lines += [
        f"{count(len(differences), 'difference')}.",
        "",
        "| | Object | Before | After |",
        "| --- | --- | --- | --- |",
    ]
    for one in differences[:LIMIT]:
        sign, old, new = _change(one)
        cells = (code(_short(side)) if side else "" for side in (old, new))
        lines.append(f"| {_WORDS[sign]} | {plain(found(one).title + _renamed(one))} | {' | '.join(cells)} |")
    more = len(differences) - LIMIT
    return [*lines, *(["", f"and {more} more differences"] if more > 0 else [])]


_WORDS = {"+": "added", "-": "removed", "~": "changed"}


def _change(one: Difference) -> tuple[str, str | None, str | None]:
    """The sign of a change, and the definitions before and after; a missing default is no missing object."""
    before, after = (said for _, said in one.sides)
    if one.kind == "default":
        before, after = (said if said is not None else "no default" for said in (before, after))
    return "+" if before is None else "-" if after is None else "~", before, after


def _renamed(one: Difference) -> str:
    return f" (renamed from {one.renamed_from})" if one.renamed_from else ""


def _short(definition: str) -> str:
    shown = " ".join(visible(definition).split())
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}..."
