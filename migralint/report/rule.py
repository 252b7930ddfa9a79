"""The page of one rule: its docstring with a table of its properties."""

from __future__ import annotations

import json

from migralint.rule import Rule
from migralint.verdict.rules import info


def page(rule: type[Rule]) -> str:
    """Markdown for `migralint rule`, the editor's hover and the docs."""
    told = info(rule)
    first, _, rest = told.docs.partition("\n\n")
    versions = f"{rule.postgresql[0]} to {rule.postgresql[1]}"
    rows = [
        ("Code", told.code),
        ("Family", told.family),
        ("Severity", told.severity),
        ("Confidence", told.confidence),
        ("Since", rule.since + (" (preview: runs only when it is selected)" if rule.preview else "")),
        ("PostgreSQL", versions),
    ]
    lines = [f"# {told.name} ({told.code})", "", " ".join(first.split()), "", "| | |", "| --- | --- |"]
    lines += [f"| {label} | {value} |" for label, value in rows]
    lines += ["", *([rest.strip(), ""] if rest.strip() else [])]
    if rule.options:
        lines += ["## Options", ""]
        lines += [f"- `rules.{rule.code}.{name}`: default `{_toml(value)}`" for name, value in rule.options.items()]
        lines.append("")
    return "\n".join(lines)


def _toml(value: object) -> str:
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
