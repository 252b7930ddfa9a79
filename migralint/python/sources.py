"""The lowered files of one tree: each is read once, lowered once for its content, and kept in the cache."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from migralint.python import lower_many
from migralint.python.lower import Lowered
from migralint.python.lower_many import Problem
from migralint.tree import Tree, TreeError

FORMAT = 2
"""Of what is stored; to be raised when lowering gives other nodes for the same source."""

_NAMESPACE = "lowered"


class Store(Protocol):
    """What is needed of the cache: values that JSON can express, kept by content."""

    def get(self, namespace: str, key: bytes | str) -> object | None:
        """The value that was put, as JSON gives it back, or None."""

    def put(self, namespace: str, key: bytes | str, value: object) -> None:
        """Keep a value."""


class Sources:
    """The lowered Python files of `tree`, which must not change while this lives.

    `cache` must be one for this version of migralint and of LibCST.
    """

    def __init__(self, tree: Tree, cache: Store) -> None:
        self._tree = tree
        self._cache = cache
        self._modules: dict[str, Lowered | Problem] = {}

    def module(self, path: str) -> Lowered | Problem:
        """The lowered file, or why there is none. Never raises for what a file or its absence can cause."""
        if path not in self._modules:
            self.prefetch([path])
        return self._modules[path]

    def prefetch(self, paths: Iterable[str]) -> None:
        """Lower many files at once, so that `module` has them ready: in two processes where that is faster and safe."""
        missing: list[tuple[str, bytes]] = []
        for path in dict.fromkeys(paths):
            if path in self._modules:
                continue
            try:
                source = self._tree.read(path)
            except TreeError as error:
                self._modules[path] = Problem(f"{error.problem}; {error.remedy}", error.line or 1)
                continue
            stored = lower_many.from_data(self._cache.get(_NAMESPACE, _key(source)))
            if stored is None:
                missing.append((path, source))
            else:
                self._modules[path] = stored
        results = lower_many.lower_all([source for _, source in missing])
        for (path, source), result in zip(missing, results, strict=True):
            self._modules[path] = result
            if isinstance(result, Lowered) or result.lasting:
                self._cache.put(_NAMESPACE, _key(source), lower_many.to_data(result))


def _key(source: bytes) -> bytes:
    return b"%d\n%b" % (FORMAT, source)
