"""Which files of a project hold queries."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from migralint.configuration import Configuration
from migralint.queries.modules import Files
from migralint.tree import TreeError, walk
from migralint.tree.paths import name as last_part

_ASIDE = frozenset({"tests", "test", "testing", "conftest.py", "setup.py", "noxfile.py"})
"""Parts of paths whose code does not run in production."""

_SCRIPTS = frozenset({"versions", "migrations", "alembic"})

_REQUEST = re.compile(r"\.\s*(?:table|from_|rpc)\s*\(|\.(?:schema)\s*\(")
_STATEMENT = re.compile(
    r"(?i:[\"'(\s](?:select|insert\s+into|update|delete\s+from|with|call|truncate|merge\s+into)\s[^\"']*)"
)
_EXECUTES = re.compile(
    r"\b(?:execute\w*|fetch\w*|text|read_sql\w*|prepare|cursor|scalars?|stream\w*|iterate|query\w*|SQL)\s*\("
)
_CLIENT = re.compile(r"\b(?:supabase|postgrest)\b")
_IMPORTS = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<module>[.\w]+)[ \t]+)?import[ \t]+(?P<names>\([^)]*\)|[^\n]+)", re.MULTILINE
)
_OTHER_CLIENT = re.compile(
    r"@supabase/(?:supabase-js|postgrest-js|ssr|auth-helpers)|package:supabase|io\.github\.jan\.supabase"
)
_OTHER_SUFFIXES = (".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".vue", ".svelte", ".dart", ".kt", ".swift")
_ROUNDS = 2


class Found(NamedTuple):
    """The Python files whose queries are read, and files in other languages that have queries nobody reads."""

    paths: tuple[str, ...]
    others: tuple[str, ...]


def find(files: Files, configuration: Configuration, histories: Iterable[str]) -> Found:
    """The files with queries: those of the key `queries`, else all in the source roots but for tests and migrations.

    `histories` are the folders of migrations.
    """
    given = configuration.queries
    texts: dict[str, str] = {}
    others: list[str] = []
    aside = tuple(histories)
    for path in _listed(files, given if given is not None else configuration.source_roots or ("",)):
        if given is None and _aside(path, aside):
            continue
        if path.endswith(".py"):
            texts[path] = _text(files, path)
        elif _OTHER_CLIENT.search(_text(files, path)):
            others.append(path)
    rest = any(_CLIENT.search(text) for text in texts.values())
    chosen = {path for path, text in texts.items() if _has_queries(text, rest)}
    for _ in range(_ROUNDS):
        names = {_module(path) for path in chosen}
        chosen |= {path for path, text in texts.items() if path not in chosen and _imports(text) & names}
    return Found(tuple(path for path in texts if path in chosen), tuple(others))


def _listed(files: Files, given: tuple[str, ...]) -> list[str]:
    found: dict[str, None] = {}
    for one in given:
        try:
            if files.tree.is_dir(one):
                below = walk(files.tree, one, "", on_error=lambda problem: None)
                found.update((path, None) for path in below if path.endswith((".py", *_OTHER_SUFFIXES)))
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


def _has_queries(text: str, rest: bool) -> bool:
    if rest and _REQUEST.search(text):
        return True
    return _EXECUTES.search(text) is not None and _STATEMENT.search(text) is not None


def _module(path: str) -> str:
    base = path.removesuffix("/__init__.py").removesuffix(".py")
    return last_part(base)


def _imports(text: str) -> set[str]:
    """The last names of modules that a text imports, or may take names from."""
    found: set[str] = set()
    for match in _IMPORTS.finditer(text):
        if match["module"]:
            found.add(match["module"].rpartition(".")[2])
        found.update(re.findall(r"\w+", match["names"]))
    return found
