"""The docs of a rule where the mouse rests on one of its findings."""

from __future__ import annotations

from collections.abc import Iterable

from lsprotocol import types

from migralint.server.documents import Documents
from migralint.verdict.finding import Finding


def hover(documents: Documents, uri: str, position: types.Position, findings: Iterable[Finding]) -> types.Hover | None:
    """The pages of the rules whose findings are at a position, None where there is none."""
    at = documents.from_client(uri, position)
    codes = sorted(
        {one.code for one in findings if (one.line, one.column) <= at < (one.end_line, max(one.end_column, 2))}
    )
    if not codes:
        return None
    from migralint.report.rule import page
    from migralint.verdict.rules import load

    rules = load()
    text = "\n\n---\n\n".join(page(rules[code]) for code in codes if code in rules)
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text)) if text else None
