"""What a look at a module's text tells: which modules it imports, and whether it may make tables.

An application's modules are many and those that make tables few. Lowering a module costs a hundred times what this look
does, so only the latter are lowered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_DEFINES = r"""__tablename__|\b__table__\s*=|\btable\s*=\s*True|["']table["']\s*:\s*True|\bmapped_column\("""
DEFINES = re.compile(_DEFINES + r"|\bTable\(")
"""What stands in modules that define tables."""

_TABLES = re.compile(
    _DEFINES
    + r"""|\.(?:Table|Column|Index)\(|\b(?:MetaData|declarative_base|DeclarativeBase|as_declarative)\b
    |__table_args__|\bMapped\[""",
    re.VERBOSE,
)
"""What stands in modules that make tables, or what tables are made in."""

_TAKEN = re.compile(r"\b(?:Table|Column|Index)\(")
_FROM_LIBRARY = re.compile(r"^\s*from\s+[\w.]*(?:sqlalchemy|sqlmodel|\borm\b|\bdb\b|models?\b)", re.MULTILINE)
"""The same under names that are taken from SQLAlchemy, or from a module of the project that hands them on."""

_LOADS = re.compile(r"\b(?:import_module|__import__|import_string|walk_packages|iter_modules)\(")
"""What stands in modules that import others by name."""

_IMPORT = re.compile(r"import\s+(?P<names>[^#;]+)")
_FROM = re.compile(r"from\s+(?P<dots>\.*)\s*(?P<module>[\w.]*)\s+import\s+(?P<names>[^#;]+)")
_HEADER = re.compile(r"(?P<word>try|except|else|elif|finally|if|with)\b(?P<rest>.*)")
_CLASS = re.compile(r"^[ \t]*class\s+\w+\s*\((?P<bases>[^)]*)\)\s*:", re.MULTILINE)
_FUNCTION = re.compile(r"(?:async\s+)?(?:def|class)\s+(?P<name>\w+)")
_CALL = re.compile(r"^(?:\w+\s*=\s*)?(?P<name>\w+)(?:\.\w+)*\(", re.MULTILINE)
_WORD = re.compile(r"[^\W\d]\w*")


class Import(NamedTuple):
    """One import: `level` dots, the module, and (name, name here) of what is taken from it; none for `import x`."""

    level: int
    module: str
    names: tuple[tuple[str, str], ...]


class Look(NamedTuple):
    """What a module's text shows.

    `tables` is whether it may make tables, or imports others by name, when it runs; `loads` whether functions of it
    may. `uses` are names by which its classes, or calls, may make tables.
    """

    imports: tuple[Import, ...]
    tables: bool
    loads: bool
    uses: frozenset[str]


def look(text: str) -> Look:
    """Looks at the text of a Python file."""
    bases = (word for match in _CLASS.finditer(text) for word in _WORD.findall(match["bases"]))
    calls = (match["name"] for match in _CALL.finditer(text))
    loads = _LOADS.search(text) is not None
    tables = _TABLES.search(text) is not None or (loads and _at_once(text))
    tables = tables or (_TAKEN.search(text) is not None and _FROM_LIBRARY.search(text) is not None)
    return Look(tuple(_imports(text)), tables, loads, frozenset((*bases, *calls)))


def _at_once(text: str) -> bool:
    """Whether a module imports others by name while it runs: outside of functions, or in one that it calls itself."""
    function = ""
    within: set[str] = set()
    for line in text.splitlines():
        if line[:1] not in ("", " ", "\t", "#", ")", "]", "}"):
            match = _FUNCTION.match(line)
            function = match["name"] if match is not None else ""
        if _LOADS.search(line):
            within.add(function)
    return "" in within or any(match["name"] in within for match in _CALL.finditer(text))


def _imports(text: str) -> Iterator[Import]:
    """The imports that run with the module: those in functions, classes and `if TYPE_CHECKING` do not."""
    runs = True
    for line in _logical_lines(text):
        stripped = line.lstrip()
        if len(stripped) == len(line):
            header = _HEADER.match(stripped)
            runs = header is not None and "TYPE_CHECKING" not in header["rest"]
            if header is not None:
                continue
        elif not runs:
            continue
        yield from _parsed(stripped)


def _parsed(line: str) -> Iterator[Import]:
    if line.startswith("from"):
        match = _FROM.match(line)
        if match is not None:
            listed = [_renamed(part) for part in match["names"].strip(" ()\t").split(",") if part.strip(" ()")]
            yield Import(len(match["dots"]), match["module"], tuple(listed))
    elif line.startswith("import"):
        match = _IMPORT.match(line)
        if match is not None:
            for part in match["names"].split(","):
                yield Import(0, _renamed(part)[0], ())


def _renamed(part: str) -> tuple[str, str]:
    words = part.strip(" ()\t").split()
    return (words[0], words[-1]) if words else ("", "")


_LONGEST = 20_000
"""Characters of an import; what is longer is none."""


def _logical_lines(text: str) -> Iterator[str]:
    """The lines that may be imports or begin a block, those that an import goes on over joined."""
    pending = ""
    for line in text.splitlines():
        if pending:
            pending += " " + line.split("#")[0].strip().rstrip("\\")
            if (
                len(pending) > _LONGEST
                or ("(" in pending and ")" in line)
                or ("(" not in pending and not line.rstrip().endswith("\\"))
            ):
                yield pending
                pending = ""
            continue
        plain = line.split("#")[0].rstrip()
        word = plain.lstrip()
        if not word:
            continue
        if word.startswith(("from ", "import ")) and (("(" in word and ")" not in word) or word.endswith("\\")):
            pending = plain.rstrip("\\")
        elif len(word) == len(plain) or word.startswith(("from ", "import ", "from.")):
            yield plain
