"""An editor's unsaved buffers over the files of any tree."""

from __future__ import annotations

from collections.abc import Mapping

from migralint.tree.errors import MissingError, NotAFileError, NotAFolderError, OutsideError, TooLargeError
from migralint.tree.paths import name, normalise, parent
from migralint.tree.text import encode
from migralint.tree.tree import PYTHON_BYTES, Entry, Kind, Tree


class Overlay(Tree):
    """`tree` with the texts in `buffers` (by path) in place of, or beside, its files.

    A buffer reads as the bytes its editor would save. The folders of a buffer that was never saved exist.
    """

    def __init__(self, tree: Tree, buffers: Mapping[str, str]) -> None:
        self._tree = tree
        self._buffers = {normalise(path): text for path, text in buffers.items()}
        self._children: dict[str, dict[str, Kind]] = {}
        for path in self._buffers:
            kind: Kind = "file"
            while path not in ("", "/"):
                self._children.setdefault(parent(path), {}).setdefault(name(path), kind)
                path, kind = parent(path), "folder"

    def read(self, path: str, limit: int = PYTHON_BYTES) -> bytes:
        """As `Tree.read`; raises NotTextError as well, for a buffer whose coding comment names no known encoding."""
        text = self._buffers.get(normalise(path))
        if text is None:
            if normalise(path) in self._children:
                raise NotAFileError(path, "is a folder", "name a file")
            return self._tree.read(path, limit)
        data = encode(text, path=path)
        if len(data) > limit:
            raise TooLargeError(path, f"is larger than {limit:,} bytes", "split it, or leave it out")
        return data

    def list(self, folder: str) -> tuple[Entry, ...]:
        """As `Tree.list`."""
        if normalise(folder) in self._buffers:
            raise NotAFolderError(folder, "is a file", "name a folder")
        added = self._children.get(normalise(folder))
        if added is None:
            return self._tree.list(folder)
        try:
            names = dict(self._tree.list(folder))
        except MissingError:
            names = {}
        return tuple(sorted(Entry(*entry) for entry in {**added, **names}.items()))

    def kind(self, path: str) -> Kind | None:
        """As `Tree.kind`."""
        plain = normalise(path)
        if plain in self._buffers:
            return "file"
        return "folder" if plain in self._children else self._tree.kind(path)

    def stamp(self, path: str) -> str | None:
        """As `Tree.stamp`; a buffer and the folders above it have none."""
        try:
            plain = normalise(path)
        except OutsideError:
            return None
        return None if plain in self._buffers or plain in self._children else self._tree.stamp(path)
