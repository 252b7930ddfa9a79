"""Answers kept between runs, in the user's cache folder.

What is stored is JSON, never code. Small values are kept by namespace and key, many to a file: loading 1,000 of 1 kB
takes about 2 ms so, against 10 ms from a file each, and storing them 2 ms against 100. Whole answers have a file
each, together with the record of what they were computed from.

Every file starts with a line that names its format and material, every other line with its checksum; a file with
another first line counts as empty, a damaged line as missing. Files are replaced as a whole, so two processes can use
one folder: the last to write wins, and what the other stored meanwhile is at worst computed again.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from migralint.tree import Record, Tree

FORMAT = 1
SHARDS = 16
"""Into how many files a namespace is divided, so that a single new value rewrites little."""

SHARD_BYTES = 8 * 1024 * 1024
TOTAL_BYTES = 512 * 1024 * 1024
AGE_SECONDS = 30 * 24 * 3600
_DAY_SECONDS = 24 * 3600
_SUFFIX = ".migralint"


def default_folder(project: str, environ: Mapping[str, str] = os.environ) -> str | None:
    """The cache folder: `$MIGRALINT_CACHE_DIR`, else `migralint` in `$XDG_CACHE_HOME`, else in `~/.cache`.

    None where that would lie inside the project and `$MIGRALINT_CACHE_DIR` does not ask for it: what a repository
    brings along must not be taken for our own answers.
    """
    told = environ.get("MIGRALINT_CACHE_DIR")
    if told:
        return os.path.abspath(told)
    base = environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):  # the XDG specification has relative ones ignored
        base = os.path.join(os.path.expanduser("~"), ".cache")
    folder, root = os.path.realpath(os.path.join(base, "migralint")), os.path.realpath(project)
    inside = folder == root or folder.startswith(root.rstrip(os.sep) + os.sep)
    return None if inside or not os.path.isabs(folder) else folder


class Cache:
    """Stored answers in `folder`; without one, or where it is not `enabled`, everything is a miss.

    `material` is what all answers depend on beside their keys: the versions of migralint, its rules and its parsers,
    and the project. A key that is text is its UTF-8. What `put` takes is written by `flush`. The first failure to
    write ends writing and leaves a sentence in `warning`.
    """

    def __init__(self, folder: str | None, enabled: bool = True, *, material: Iterable[str] = ()) -> None:
        self.folder = folder
        self.enabled = enabled and folder is not None
        self.warning: str | None = None
        self._first_line = json.dumps(["migralint cache", FORMAT, *material]).encode()
        self._scope = hashlib.sha256(self._first_line).hexdigest()[:16]
        self._shards: dict[str, _Shard] = {}
        self._wrote = False

    def get(self, namespace: str, key: bytes | str) -> object | None:
        """The value that was put, as JSON gives it back (lists for tuples), or None."""
        if not self.enabled:
            return None
        digest = _digest(key)
        shard = self._shard(namespace, digest)
        line = shard.made.get(digest) or shard.stored.get(digest)
        value = _value(line[_KEY_END:], line) if line else None
        if value is not None:
            shard.used[digest] = None
        return value

    def put(self, namespace: str, key: bytes | str, value: object) -> None:
        """Keep a value that JSON can express (keys of tables become strings). Raises TypeError for others.

        A value that is nested too deeply to be written is not kept.
        """
        if self.enabled:
            digest = _digest(key)
            with suppress(RecursionError):
                self._shard(namespace, digest).made[digest] = _sealed(digest + b" " + _dump(value))

    def answer(self, key: bytes | str, tree: Tree) -> object | None:
        """The stored answer for a key, if the tree still shows what it was computed from, else None.

        On a tree that records itself, what the answer was computed from counts as looked at.
        """
        if not self.enabled:
            return None
        name = self._answer_name(key)
        lines = self._read(name)
        if len(lines) != 2:
            return None
        try:
            record = Record.from_data(_value(lines[0][_SUM_END:], lines[0]))
        except ValueError:  # damaged
            return None
        if not record.still_true(tree):
            return None
        if record.renewed:
            self._write(name, [_sealed(_dump(record.to_data())), lines[1]])
        return _value(lines[1][_SUM_END:], lines[1])

    def store_answer(self, key: bytes | str, record: Record, value: object) -> None:
        """Keep an answer in place of the last one for the key; the value is as for `put`."""
        if self.enabled:
            with suppress(RecursionError):
                self._write(self._answer_name(key), [_sealed(_dump(record.to_data())), _sealed(_dump(value))])

    def flush(self) -> None:
        """Write what was put, and once a day remove what is old or too much."""
        for name, shard in self._shards.items():
            if not (self.enabled and shard.made):
                continue
            # Read again: another process may have written meanwhile. What this run used or made goes to the end.
            lines = _by_key(self._read(name))
            for digest in [*shard.used, *shard.made]:
                line = lines.pop(digest, None)
                line = shard.made.get(digest, line)
                if line is not None:
                    lines[digest] = line
            self._write(name, _newest(lines))
            shard.stored |= shard.made
            shard.made = {}
        if self.enabled and self._wrote:
            self._prune()

    def clean(self) -> int:
        """Remove all that any version of migralint keeps in the folder, and nothing else; returns how many files."""
        self._shards.clear()
        removed = sum(_remove(entry.path) for entry in self._files())
        if self.folder is not None and removed:
            with suppress(OSError):  # something else lies in it
                os.rmdir(self.folder)
        return removed

    def _shard(self, namespace: str, digest: bytes) -> _Shard:
        name = f"{namespace}-{self._scope}-{int(digest[:2], 16) % SHARDS:x}{_SUFFIX}"
        shard = self._shards.get(name)
        if shard is None:
            shard = self._shards[name] = _Shard(_by_key(self._read(name)))
        return shard

    def _answer_name(self, key: bytes | str) -> str:
        return f"answer-{self._scope}-{_digest(key).decode()}{_SUFFIX}"

    def _read(self, name: str) -> list[bytes]:
        """The lines of a file after its first, none if it is not ours."""
        path = os.path.join(self.folder or "", name)
        try:
            with open(path, "rb") as file:
                first, *lines = file.read().split(b"\n")
                old = time.time() - os.fstat(file.fileno()).st_mtime > _DAY_SECONDS
        except OSError:
            return []
        if old:
            with suppress(OSError):  # a folder that can only be read
                os.utime(path)  # what is used does not grow old
        return lines if first == self._first_line else []

    def _write(self, name: str, lines: list[bytes]) -> None:
        """Replace a file at once. The first failure ends writing for this run."""
        path = os.path.join(self.folder or "", name)
        temporary = f"{path}.{os.getpid()}.{time.time_ns():x}{_SUFFIX}"
        try:
            os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
            with open(temporary, "xb") as file:
                file.write(b"\n".join([self._first_line, *lines]))
            os.replace(temporary, path)
            self._wrote = True
        except OSError as error:
            self.enabled = False
            self.warning = (
                f"nothing is cached: {self.folder}: {error.strerror}; set MIGRALINT_CACHE_DIR to another folder"
            )
            _remove(temporary)

    def _files(self) -> Iterator[os.DirEntry[str]]:
        try:
            with os.scandir(self.folder or "") as entries:
                yield from [entry for entry in entries if entry.name.endswith(_SUFFIX)]
        except OSError:
            return

    def _prune(self) -> None:
        """Once a day: remove files that were not used for a month, then the least used ones over the bound."""
        mark = f"pruned{_SUFFIX}"
        now = time.time()
        files: list[tuple[float, int, str]] = []
        for entry in self._files():
            try:
                status = entry.stat()
            except OSError:  # removed by another process
                continue
            if entry.name != mark:
                files.append((status.st_mtime, status.st_size, entry.path))
            elif now - status.st_mtime < _DAY_SECONDS:
                return
        self._write(mark, [])
        total = 0
        for used, size, path in sorted(files, reverse=True):
            total += size
            if total > TOTAL_BYTES or now - used > AGE_SECONDS:
                _remove(path)


class _Shard:
    """The lines of one file by key: as stored, and made in this run; and which keys this run used, in order."""

    def __init__(self, stored: dict[bytes, bytes]) -> None:
        self.stored = stored
        self.made: dict[bytes, bytes] = {}
        self.used: dict[bytes, None] = {}


# A line is the checksum of the rest, a blank and the rest: in a shard the digest of the key, a blank and JSON, else
# JSON.
_SUM_END = 9
_KEY_END = _SUM_END + 64 + 1


def _sealed(rest: bytes) -> bytes:
    return b"%08x %b" % (zlib.crc32(rest), rest)


def _value(text: bytes, line: bytes) -> object | None:
    """The value of a line's JSON, None where the line is damaged."""
    try:
        if int(line[: _SUM_END - 1], 16) != zlib.crc32(line[_SUM_END:]):
            return None
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value


def _by_key(lines: list[bytes]) -> dict[bytes, bytes]:
    return {line[_SUM_END : _KEY_END - 1]: line for line in lines}


def _newest(lines: dict[bytes, bytes]) -> list[bytes]:
    """The last lines that fit into a file, in their order."""
    kept: list[bytes] = []
    size = 0
    for line in reversed(lines.values()):
        size += len(line) + 1
        if size > SHARD_BYTES:
            break
        kept.append(line)
    return kept[::-1]


def _digest(key: bytes | str) -> bytes:
    data = key if isinstance(key, bytes) else key.encode("utf-8", "surrogatepass")
    return hashlib.sha256(data).hexdigest().encode()


def _dump(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _remove(path: str) -> bool:
    try:
        os.remove(path)
    except OSError:  # gone already, or not ours to remove
        return False
    return True
