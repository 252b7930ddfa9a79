"""A child process with limits for files that LibCST's parser might not survive.

The child is this Python in isolated mode: it sees neither the working folder nor environment variables, reads one
request as JSON from its standard input, and writes one answer. If it dies or takes too long, that is the answer.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from migralint.python.lower import Lowered, SyntaxProblem, lower

if TYPE_CHECKING:
    from migralint.python.positions import Found

SECONDS, SECONDS_PER_MILLION = 10, 20
"""Of processor time for one file and for each million of its characters, enough for the densest source; twice that on
the clock."""

BYTES = 4 * 1024**3
"""Of address space for one file, enough for 2.5 MB of the densest source."""

# Appended, not put first: nothing beside migralint may hide a module of the standard library.
_START = "import sys; sys.path.append(sys.argv[1]); from migralint.python import child; child.main()"


class GaveUp(SyntaxProblem):
    """The child died, took too long or did not start: another machine or day may answer differently."""


def read(text: str, reason: str) -> Lowered:
    """Lower a text that the gate held back for ``reason``. Raises SyntaxProblem, also when the child gave up."""
    answer = _ask({"text": text}, reason)
    return Lowered(answer["module"], answer["count"])


def found(text: str, reason: str) -> Found:
    """What ``Located.found`` answers, for a text that the gate held back. Raises SyntaxProblem."""
    answer = _ask({"text": text, "places": True}, reason)
    return {number: (start, end) for number, start, end in answer["places"]}, dict(answer["texts"])


def _ask(request: dict[str, Any], reason: str) -> dict[str, Any]:
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", _START, root],
            input=json.dumps(request).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=2 * _seconds(request),
            check=False,
        )
        answer: dict[str, Any] = json.loads(done.stdout) if done.returncode == 0 else {}
    except (subprocess.TimeoutExpired, ValueError, RecursionError):  # no whole answer, or none that fits our stack
        answer = {}
    except OSError as error:
        raise GaveUp(f"cannot be parsed in this process, {reason}, and no other starts: {error}", 1, 1) from error
    if "problem" in answer:
        raise SyntaxProblem(*answer["problem"])
    if not answer:
        raise GaveUp(f"cannot be parsed, {reason}; split it or what is nested in it", 1, 1)
    return answer


def main() -> None:
    """Answer the request on standard input."""
    from migralint.python.positions import Located

    request = json.loads(sys.stdin.buffer.read())
    _limit(_seconds(request))
    answer: dict[str, Any]
    try:
        if "places" in request:
            places, texts = Located(request["text"], trusted=True).found()
            answer = {"places": [(number, *place) for number, place in places.items()], "texts": list(texts.items())}
        else:
            lowered = lower(request["text"])
            answer = {"module": lowered.module, "count": lowered.count}
    except SyntaxProblem as problem:
        answer = {"problem": [problem.message, problem.line, problem.column]}
    sys.stdout.buffer.write(json.dumps(answer).encode())
    sys.stdout.buffer.flush()
    os._exit(0)  # taking a deep tree apart is work, and recursive


def _seconds(request: dict[str, Any]) -> int:
    return SECONDS + SECONDS_PER_MILLION * len(request["text"]) // 1_000_000


def _limit(seconds: int) -> None:
    try:
        import resource
    except ImportError:  # Windows: the clock alone has to do
        return
    for what, limit in ((resource.RLIMIT_CPU, seconds), (resource.RLIMIT_AS, BYTES), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(what)
        bound = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        try:
            resource.setrlimit(what, (bound, hard))
        except (ValueError, OSError):  # macOS refuses some
            continue
