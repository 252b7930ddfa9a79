"""JSON paths as PostgreSQL prints them: `$.a ? (@.b <> 1)` comes back as `$."a"?(@."b" != 1)`."""

from __future__ import annotations

import re

_PATH = re.compile(r"\(*\s*(?:strict\s+|lax\s+)?\$(?=[.\[\s?]|\Z)")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\w$@]+|<>|[<>=!&|]+|\S')
_PLAIN = re.compile(r'"([A-Za-z_]\w*)"')


def canonical(text: str) -> str:
    """The path with one spelling for keys and operators; a text that is no path stays what it is."""
    if not _PATH.match(text):
        return text
    tokens = _TOKEN.findall(text)
    for number, token in enumerate(tokens):
        if token == "<>":
            tokens[number] = "!="
        elif number and tokens[number - 1] == "." and (plain := _PLAIN.fullmatch(token)):
            tokens[number] = plain[1]
    if tokens[0] == "lax":  # what a path is by itself
        tokens = tokens[1:]
    if tokens[0] == "(" and tokens[-1] == ")":
        tokens = tokens[1:-1]
    return " ".join(tokens)
