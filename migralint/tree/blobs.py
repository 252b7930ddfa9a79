"""The contents of git's objects, from one process that is asked for each."""

from __future__ import annotations

import subprocess
import weakref
from collections.abc import Mapping, Sequence

from migralint.tree.errors import GitError

_PIECE = 1024 * 1024


class Blobs:
    """What `git cat-file --batch`, the command, answers. It is started when the first object is read."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._command = command
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, id: str, limit: int) -> bytes | None:
        """The content of an object, None where it is larger than `limit` bytes. Raises GitError for one that is not
        there."""
        process = self._process or self._start()
        assert process.stdin is not None  # both are pipes
        assert process.stdout is not None
        try:
            process.stdin.write(f"{id}\n".encode())
            process.stdin.flush()
            header = process.stdout.readline().split()
        except OSError:  # it has ended
            header = []
        if len(header) != 3:
            self.close()
            raise GitError(
                f"git has no object {id}: the clone is partial or damaged; fetch what is missing with "
                "`git fetch --refetch --no-filter`",
                told="missing",
            )
        size = int(header[2])
        if size > limit:
            left = size + 1
            while left:
                left -= len(process.stdout.read(min(left, _PIECE))) or left
            return None
        return process.stdout.read(size + 1)[:size]

    def close(self) -> None:
        """Ends the process."""
        if self._process is not None:
            _end(self._process)
            self._process = None

    def _start(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(
            self._command,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        weakref.finalize(self, _end, self._process)
        return self._process


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends the process, once it has read what it was asked."""
    if process.poll() is None:
        process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:  # what was not written is wanted no more
                continue
