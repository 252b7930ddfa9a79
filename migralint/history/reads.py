"""What a revision is made of: its file, the project's modules that it imports, other files that it reads."""

from __future__ import annotations

import hashlib
import io
import tokenize
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from migralint.history.read import imports
from migralint.python.finder import ProjectFinder
from migralint.python.values import ModuleValue
from migralint.tree import TreeError

if TYPE_CHECKING:
    from migralint.history.files import Files

HASH = 16
"""Hexadecimal digits of a hash: edits are told apart, nobody is kept out."""


class Reads:
    """The files behind revisions, each looked at once."""

    def __init__(self, files: Files, finder: ProjectFinder) -> None:
        self._files = files
        self._finder = finder
        self._imports: dict[str, tuple[str, ...]] = {}
        self._hashes: dict[str, str] = {}

    def modules(self, path: str, loaded: Collection[str]) -> set[str]:
        """The modules of the project that a file imports, and those that these import, out of those that were run.

        An import counts wherever it stands, whether or not the revision uses it; a module that nothing needed was not
        run. What code imports by a name that it computes is not seen.
        """
        found: set[str] = set()
        waiting = [path]
        while waiting:
            one = waiting.pop()
            if one not in self._imports:
                self._imports[one] = tuple(dict.fromkeys(self._imported(one)))
            new = [other for other in self._imports[one] if other in loaded and other not in found and other != path]
            found.update(new)
            waiting += new
        return found

    def _imported(self, path: str) -> Iterator[str]:
        name = self._finder.name_of(path)
        inside = path.endswith("/__init__.py")  # what is relative to a package stands in it, not beside it
        module = ModuleValue(f"{name}.__init__" if inside else name, path, {})
        for one in imports(self._finder, module, self._files.body(path) or []):
            parts = one.module.split(".")
            above = (".".join(parts[: n + 1]) for n in range(len(parts)))
            for dotted in (*above, *(f"{one.module}.{member}" for member in one.names)):
                place = self._finder.find(dotted)
                if place is not None and place[0]:
                    yield place[0]

    def hash_of(self, paths: Iterable[str]) -> str:
        """A hash of the files' contents; their paths do not count."""
        return hashlib.sha256("".join(sorted(map(self._hash, paths))).encode()).hexdigest()[:HASH]

    def _hash(self, path: str) -> str:
        if path not in self._hashes:
            try:
                text = self._files.text(path)
            except TreeError:
                text = ""  # as good as an empty file: nothing can be read from it
            plain = content(path, text)
            self._hashes[path] = hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()
        return self._hashes[path]


def content(path: str, text: str) -> str:
    """What counts of a file's text.

    Comments of Python, blank lines, white space at the end of lines and the form of line ends do not: a comment that
    suppresses a finding changes nothing of what a revision does. All else does, docstrings too.
    """
    code = _without_comments(text) if path.endswith(".py") else text
    return "\n".join(line for line in map(str.rstrip, code.splitlines()) if line)


def _without_comments(content: str) -> str:
    """The code without its comments; all of it where Python cannot tell them apart."""
    if "#" not in content:
        return content
    lines = io.StringIO(content).readlines()
    try:
        for token in tokenize.generate_tokens(io.StringIO(content).readline):
            if token.type == tokenize.COMMENT:
                row, column = token.start
                lines[row - 1] = lines[row - 1][:column] + "\n"
    except (tokenize.TokenError, SyntaxError):
        return content
    return "".join(lines)
