"""Which files of a project hold queries."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from migralint.configuration import Configuration
from migralint.queries.bodies import tables_made
from migralint.queries.importers import Importers
from migralint.queries.modules import Files
from migralint.tree import TreeError, walk

_ASIDE = frozenset({"tests", "test", "testing", "conftest.py", "setup.py", "noxfile.py"})
"""Parts of paths whose code does not run in production."""

_SCRIPTS = frozenset({"versions", "migrations", "alembic"})

_REQUEST = re.compile(r"\.\s*(?:table|from_|rpc)\s*\(|\.(?:schema)\s*\(")
_STATEMENT = re.compile(
    r"""(?:^|["'(;])(?:\s|\\n|--[^\n]*\n)*(?i:select\b(?!\s*[=().,:])"""
    r"""|insert\s+into\b|delete\s+from\b|merge\s+into\b"""
    r"""|update\s+(?:only\s+)?[\w."{}]+(?:(?:\s+(?:as\s+)?\w+)?\s+set\b|\s*["'])"""
    r"""|with\s+(?:recursive\s+)?["\w]+\s*(?:\([^()]*\)\s*)?as\s*(?:(?:not\s+)?materialized\s*)?\("""
    r"""|copy\s+(?:\(\s*(?:select|with)|[\w."]+\s*(?:\([^()]*\)\s*)?(?:from|to))\b"""
    r"""|call\s+[\w."]+\s*\(|truncate\s)|\.copy_(?:from|to|(?:records_)?to_table|from_table)\s*\(""",
    re.MULTILINE,
)
"""Where a string, or a line of one, begins like a statement, or a method makes one."""

_DECLARED = re.compile(r"""\bTable\s*\(\s*["'](\w+)["']|\b__tablename__\s*(?::\s*\w+\s*)?=\s*["'](\w+)["']""")
"""The tables that code declares for SQLAlchemy."""

_ASKED = re.compile(r"""\bhas_table\s*\(\s*["'](\w+)["']""")
"""The tables that code asks for before it uses them."""

_CLIENT = re.compile(r"\b(?:supabase|postgrest)\b")
_OTHER_CLIENT = re.compile(
    r"@supabase/(?:supabase-js|postgrest-js|ssr|auth-helpers)|package:supabase|io\.github\.jan\.supabase"
)
_OTHER_SUFFIXES = (".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".vue", ".svelte", ".dart", ".kt", ".swift")


class Found(NamedTuple):
    """The Python files with queries, all files that may use them, and files in other languages that nobody reads.

    `declared` are the names of tables that any of them declares for SQLAlchemy, or an SQL file in their packages makes;
    `asked` are those that code asks for, and does without.
    """

    paths: tuple[str, ...]
    importers: Importers
    others: tuple[str, ...]
    declared: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()


def find(files: Files, configuration: Configuration, histories: Iterable[str]) -> Found:
    """The files with queries: those of the key `queries`, else all in the source roots but for tests and migrations.

    `histories` are the folders of migrations.
    """
    given = configuration.queries
    texts: dict[str, str] = {}
    others: list[str] = []
    aside = tuple(histories)
    declared: set[str] = set()
    for path in _listed(files, given if given is not None else configuration.source_roots or ("",)):
        if given is None and _aside(path, aside):
            continue
        if path.endswith(".py"):
            texts[path] = _text(files, path)
        elif path.endswith(".sql"):
            if "/" in path and files.tree.exists(
                f"{path.rpartition('/')[0]}/__init__.py"
            ):  # code runs it, it is no dump
                declared |= tables_made(_text(files, path))
        elif _OTHER_CLIENT.search(_text(files, path)):
            others.append(path)
    rest = any(_CLIENT.search(text) for text in texts.values())
    chosen = tuple(path for path, text in texts.items() if has_queries(text, rest))
    asked = {match[1].lower() for text in texts.values() for match in _ASKED.finditer(text)}
    declared.update((one[1] or one[2]).lower() for text in texts.values() for one in _DECLARED.finditer(text))
    return Found(chosen, Importers(texts), tuple(others), frozenset(declared), frozenset(asked))


def _listed(files: Files, given: tuple[str, ...]) -> list[str]:
    found: dict[str, None] = {}
    for one in given:
        try:
            if files.tree.is_dir(one):
                below = walk(files.tree, one, "", on_error=lambda problem: None)
                found.update((path, None) for path in below if path.endswith((".py", ".sql", *_OTHER_SUFFIXES)))
            elif files.tree.exists(one):
                found[one] = None
        except TreeError:
            continue
    return list(found)


def _aside(path: str, histories: tuple[str, ...]) -> bool:
    parts = path.split("/")
    if (
        any(part in _ASIDE for part in parts)
        or parts[-1].startswith("test_")
        or parts[-1].endswith(("_test.py", ".d.ts"))
    ):
        return True
    if ".test." in parts[-1] or ".spec." in parts[-1]:
        return True
    return any(part in _SCRIPTS for part in parts[:-1]) or any(path.startswith(f"{one}/") for one in histories if one)


def _text(files: Files, path: str) -> str:
    try:
        return files.text(path)
    except TreeError:
        return ""


def has_queries(text: str, rest: bool) -> bool:
    """Whether a file holds statements of SQL or, where `rest`, requests of a Supabase client, by its text alone."""
    return _STATEMENT.search(text) is not None or (rest and _REQUEST.search(text) is not None)
