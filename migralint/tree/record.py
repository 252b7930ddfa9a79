"""What a run looked at in a tree, and whether looking again would show the same.

A record holds every file that was read (the hash of its content), every folder that was listed (the hash of its
names) and every path whose kind was asked (what was found, or that nothing was). An answer computed from a tree stays
right as long as its record is still true, so the record is the key of stored answers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import NamedTuple

from migralint.tree.errors import MissingError, TooLargeError, TreeError
from migralint.tree.paths import normalise
from migralint.tree.tree import PYTHON_BYTES, Entry, Kind, Tree

_CHANGED = "changed"
"""The outcome of what was seen twice and differed: it is never seen again, so the record is never true."""


class Seen(NamedTuple):
    """What looking at a path gave: a sha256, a kind, or the code of an error; and the tree's stamp from before that.

    `limit` is the size up to which a file was read, in bytes.
    """

    outcome: str
    stamp: str | None = None
    limit: int = 0


class Record:
    """What was read, listed and asked for, by path."""

    def __init__(self) -> None:
        self.files: dict[str, Seen] = {}
        self.folders: dict[str, Seen] = {}
        self.kinds: dict[str, Seen] = {}
        self.renewed = False
        """Whether `still_true` gave the record newer stamps, so that storing it again makes the next check faster."""

    def still_true(self, tree: Tree) -> bool:
        """Whether the tree shows all of this still. Content is hashed only where the tree's stamp has changed.

        On a tree that records itself, what is still true counts as looked at.
        """
        if isinstance(tree, Recorder):
            if not self.still_true(tree.tree):
                return False
            tree.record.add(self)
            return True
        return (
            all(_ask(tree, path) == seen.outcome for path, seen in self.kinds.items())
            and self._same(self.folders, tree, lambda path, _: _list(tree, path))
            and self._same(self.files, tree, lambda path, limit: _read(tree, path, limit))
        )

    def _same(self, entries: dict[str, Seen], tree: Tree, look: Callable[[str, int], str]) -> bool:
        young: dict[str, Seen] = {}
        for path, seen in entries.items():
            stamp = tree.stamp(path)
            if stamp is not None and stamp == seen.stamp:
                continue
            if look(path, seen.limit) != seen.outcome:
                return False
            if stamp is not None:
                young[path] = seen._replace(stamp=stamp)
        if young:
            entries.update(young)
            self.renewed = True
        return True

    def add(self, other: Record) -> None:
        """Take over what another record of the same tree holds."""
        for path, seen in other.files.items():
            self.add_file(path, seen)
        for path, seen in other.folders.items():
            _note(self.folders, path, seen)
        for path, seen in other.kinds.items():
            _note(self.kinds, path, seen)

    def add_file(self, path: str, seen: Seen) -> None:
        """Note a reading. What one reader's limit refused and another's allowed counts as read."""
        before = self.files.get(path)
        if before is not None and before.limit != seen.limit:
            large = TooLargeError.code
            if before.outcome == large and (seen.outcome != large or seen.limit > before.limit):
                self.files[path] = seen
                return
            if seen.outcome == large:
                return
        _note(self.files, path, seen)

    def to_data(self) -> dict[str, object]:
        """The record as plain data for JSON."""
        return {
            "files": {path: list(seen) for path, seen in self.files.items()},
            "folders": {path: list(seen) for path, seen in self.folders.items()},
            "kinds": {path: list(seen) for path, seen in self.kinds.items()},
        }

    @classmethod
    def from_data(cls, data: object) -> Record:
        """The record that `to_data` gave. Raises ValueError for anything else."""
        match data:
            case {"files": dict() as files, "folders": dict() as folders, "kinds": dict() as kinds}:
                record = cls()
                record.files = {path: _seen(seen) for path, seen in files.items()}
                record.folders = {path: _seen(seen) for path, seen in folders.items()}
                record.kinds = {path: _seen(seen) for path, seen in kinds.items()}
                return record
        raise ValueError("not a record")


class Recorder(Tree):
    """A tree that notes in `record` what is looked at through it. Recorders may be put over each other."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.record = Record()

    def read(self, path: str, limit: int = PYTHON_BYTES) -> bytes:
        """As `Tree.read`, noted."""
        path = normalise(path)
        # The stamp is taken first: if the file changes before it is read, the stamp is old and the hash decides.
        stamp = self.tree.stamp(path)
        try:
            data = self.tree.read(path, limit)
        except TreeError as error:
            self.record.add_file(path, Seen(error.code, None, limit))
            raise
        self.record.add_file(path, Seen(hashlib.sha256(data).hexdigest(), stamp, limit))
        return data

    def list(self, folder: str) -> tuple[Entry, ...]:
        """As `Tree.list`, noted."""
        folder = normalise(folder)
        stamp = self.tree.stamp(folder)
        try:
            entries = self.tree.list(folder)
        except TreeError as error:
            _note(self.record.folders, folder, Seen(error.code))
            raise
        _note(self.record.folders, folder, Seen(_hash(entries), stamp))
        return entries

    def kind(self, path: str) -> Kind | None:
        """As `Tree.kind`, noted."""
        path = normalise(path)
        try:
            kind = self.tree.kind(path)
        except TreeError as error:
            _note(self.record.kinds, path, Seen(error.code))
            raise
        _note(self.record.kinds, path, Seen(kind or MissingError.code))
        return kind

    def stamp(self, path: str) -> str | None:
        """As `Tree.stamp`; not noted, since no answer depends on it."""
        return self.tree.stamp(path)


def _note(entries: dict[str, Seen], path: str, seen: Seen) -> None:
    before = entries.get(path)
    if before is None or (before.outcome == seen.outcome and before.stamp is None):
        entries[path] = seen
    elif before.outcome != seen.outcome:
        entries[path] = Seen(_CHANGED)


def _read(tree: Tree, path: str, limit: int) -> str:
    try:
        return hashlib.sha256(tree.read(path, limit)).hexdigest()
    except TreeError as error:
        return error.code


def _list(tree: Tree, folder: str) -> str:
    try:
        return _hash(tree.list(folder))
    except TreeError as error:
        return error.code


def _ask(tree: Tree, path: str) -> str:
    try:
        return tree.kind(path) or MissingError.code
    except TreeError as error:
        return error.code


def _hash(entries: tuple[Entry, ...]) -> str:
    names = "".join(f"{kind} {name}\0" for name, kind in entries)
    return hashlib.sha256(names.encode("utf-8", "surrogateescape")).hexdigest()


def _seen(stored: object) -> Seen:
    match stored:
        case [str(outcome), (str() | None) as stamp, int(limit)]:
            return Seen(outcome, stamp, limit)
    raise ValueError("an entry of a record is an outcome, a stamp and a limit")
