"""Lowering many files, in two processes where that is faster and safe, and lowered files as JSON data.

LibCST holds the interpreter's lock while it parses, so threads do not help. A forked process starts in milliseconds
with LibCST already imported; one that is started anew would take as long as sixty files.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from migralint.python import child, gate
from migralint.python.lower import Lowered, SyntaxProblem, decode, lower
from migralint.tree import Lines

FORK_FROM = 40
"""From this many files on (a tenth of a second's work) a second process pays."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a file has no lowered form: a sentence, and where in the file (1-based; 1, 1 where it is about all of it).

    `offset` is the same place in characters. `lasting` if the same content will give the same problem again, anywhere.
    """

    message: str
    line: int = 1
    column: int = 1
    offset: int = 0
    lasting: bool = False


def lower_all(sources: Sequence[bytes]) -> list[Lowered | Problem]:
    """Lower files. What comes from the second process is made of lists, not tuples."""
    if len(sources) < FORK_FROM or not _may_fork():
        return [_lower(source) for source in sources]
    ours, theirs = _halves(sources)
    results: dict[int, Lowered | Problem] = {}
    lower("0")  # imports LibCST, for both processes
    reader, writer = os.pipe()
    helper = os.fork()
    if helper == 0:
        _help([sources[index] for index in theirs], writer)
    os.close(writer)
    status = 1
    try:
        with open(reader, "rb") as pipe:
            for index in ours:
                results[index] = _lower(sources[index])
            answers = pipe.read()  # the helper writes when it is done
    except BaseException:
        os.kill(helper, signal.SIGKILL)
        raise
    finally:
        _, status = os.waitpid(helper, 0)
    if status == 0:
        results.update(zip(theirs, map(_result, json.loads(answers)), strict=True))
    else:  # it met something that the gate does not know and we would not survive either
        results.update({index: _lower(sources[index], "the parser does not survive it") for index in theirs})
    return [results[index] for index in range(len(sources))]


def to_data(result: Lowered | Problem) -> object:
    """A result as JSON can express it."""
    if isinstance(result, Lowered):
        return [result.module, result.count]
    return [result.message, result.line, result.column, result.offset, result.lasting]


def from_data(data: object) -> Lowered | Problem | None:
    """The result that `to_data` made this of, with lists for tuples; None for anything else."""
    match data:
        case [list() as module, int() as count]:
            return Lowered(module, count)
        case [str() as message, int() as line, int() as column, int() as offset, bool() as lasting]:
            return Problem(message, line, column, offset, lasting)
    return None


def _result(data: object) -> Lowered | Problem:
    result = from_data(data)
    assert result is not None
    return result


def _lower(source: bytes, distrust: str | None = None) -> Lowered | Problem:
    try:
        return gate.read(source) if distrust is None else child.read(decode(source), distrust)
    except SyntaxProblem as problem:
        lasting = not isinstance(problem, child.GaveUp)
        return Problem(problem.message, problem.line, problem.column, _offset(source, problem), lasting)


def _offset(source: bytes, problem: SyntaxProblem) -> int:
    """The place of a problem in characters; the start of its line, or of the file, where that is not in the text."""
    try:
        lines = Lines(decode(source))
    except SyntaxProblem:
        return 0
    for line, column in ((problem.line, problem.column), (problem.line, 1)):
        try:
            return lines.offset(line, column)
        except ValueError:
            continue
    return 0


def _may_fork() -> bool:
    """Only where a second processor is there, and no other thread that may hold a lock at the moment of the fork."""
    return (
        sys.platform == "linux"
        and threading.active_count() == 1
        and threading.current_thread() is threading.main_thread()
        and len(os.sched_getaffinity(0)) > 1
    )


def _halves(sources: Sequence[bytes]) -> tuple[list[int], list[int]]:
    """Indices of the sources, divided so that both sides have the same to do."""
    sides: tuple[list[int], list[int]] = ([], [])
    sizes = [0, 0]
    for index in sorted(range(len(sources)), key=lambda index: -len(sources[index])):
        side = sizes[1] < sizes[0]
        sides[side].append(index)
        sizes[side] += len(sources[index])
    return sides


def _help(sources: Sequence[bytes], writer: int) -> None:
    """What the second process does, and nothing after it: no exit handlers, no buffers of the first one."""
    code = 1
    try:
        answers = json.dumps([to_data(_lower(source)) for source in sources])
        with open(writer, "wb") as pipe:
            pipe.write(answers.encode())
        code = 0
    finally:
        os._exit(code)
