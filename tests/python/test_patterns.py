"""Regular expressions: none that an older CPython matches wrongly, none that hostile text makes slow."""

from __future__ import annotations

import ast
import re
import time
from collections.abc import Iterator
from pathlib import Path
from re import _constants as codes  # type: ignore[attr-defined]  # private: nothing else parses patterns
from re import _parser as parser  # type: ignore[attr-defined]  # likewise

import pytest

from migralint.python import tokens
from migralint.sql import tokens as sql_tokens

ROOT = Path(__file__).parents[2]
NEW = {codes.POSSESSIVE_REPEAT, codes.ATOMIC_GROUP}
"""Opcodes that `re` has since 3.11, and matches wrongly up to 3.11.4 (Debian 12 has 3.11.2)."""
SOURCES = [path for folder in ("migralint", "rules") for path in sorted((ROOT / folder).rglob("*.py"))]


def _opcodes(parsed: object) -> Iterator[object]:
    if isinstance(parsed, (list, tuple, parser.SubPattern)):
        for part in parsed:
            yield part
            yield from _opcodes(part)


def _is_new(pattern: str) -> bool:
    if not re.search(r"[*+?}]\+|\(\?>", pattern):
        return False
    for flags in (0, re.VERBOSE):
        try:
            return bool(NEW & {op for op in _opcodes(parser.parse(pattern, flags)) if isinstance(op, int)})
        except re.error:
            continue
    return False


def test_the_test_sees_them() -> None:
    assert all(map(_is_new, ("(?:a|b)*+c", "a(?>b)", "(a++)", "a{2}+")))
    assert not any(map(_is_new, (r"[*+]+", r"a*\+", "a+")))


def test_no_pattern_has_possessive_quantifiers_or_atomic_groups() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_new(node.value)
    ]
    assert not found


def test_nor_has_one_that_is_put_together() -> None:
    made = [*tokens.QUOTES.values()]
    assert not any(_is_new(pattern) for patterns in made for pattern in patterns)
    assert not any(_is_new(value.pattern) for value in vars(tokens).values() if isinstance(value, re.Pattern))


HOSTILE = {
    "escaped quotes": '\\"""' * 100_000,
    "escaped quote": '\\"' * 200_000,
    "continued lines": 'x = """' + "\\\r\n" * 100_000,
    "continued line": 'x = "' + "\\\r\n" * 100_000,
    "f-string starts": 'f"{' * 100_000,
    "braces": 'f"' + "{{" * 200_000,
    "fields": 'f"' + "{'a'}" * 90_000,
    "lone quotes": '"""' + '""a' * 150_000,
    "blanks": "\n" + " " * 400_000 + "\n",
    "digits": "1" * 400_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_python_is_scanned_in_linear_time(text: str) -> None:
    start = time.process_time()
    tokens.quick(text)
    try:
        list(tokens.exact(text))
    except tokens.Unterminated:
        pass
    assert time.process_time() - start < 6


@pytest.mark.parametrize(
    "text", ["e'\\" * 100_000, "'''" * 100_000, "$a" * 100_000, "--\n" * 100_000 + "'", '[`"' * 50_000]
)
def test_hostile_sql_is_scanned_in_linear_time(text: str) -> None:
    start = time.process_time()
    assert sum(token.end - token.start for token in sql_tokens.tokenize(text)) <= len(text)
    assert time.process_time() - start < 6
