"""The file of accepted findings: matched by fingerprint, the rest is there for people who read it."""

from __future__ import annotations

import json
from collections.abc import Iterable

from migralint.tree import MissingError, Tree, TreeError
from migralint.verdict.errors import VerdictError
from migralint.verdict.finding import Finding

FORMAT = 1


def read(tree: Tree, path: str) -> frozenset[str]:
    """The accepted fingerprints. Raises VerdictError for a file that is missing or no baseline."""
    try:
        data = json.loads(tree.text(path, limit=16 * 1024 * 1024))
    except MissingError:
        raise VerdictError(f"{path}: no such baseline; `migralint baseline` writes it") from None
    except (TreeError, ValueError, RecursionError) as error:
        raise VerdictError(f"{path}: not a baseline: {error}; write it anew with `migralint baseline`") from None
    match data:
        case {"format": 1, "findings": list(findings)}:
            prints = [one.get("fingerprint") for one in findings if isinstance(one, dict)]
            accepted = frozenset(one for one in prints if isinstance(one, str))
            if len(prints) == len(findings) and None not in prints:
                return accepted
    raise VerdictError(f"{path}: not a baseline; write it anew with `migralint baseline`")


def write(findings: Iterable[Finding]) -> str:
    """The text of a baseline that accepts these findings: one a line, sorted, so that it merges well."""
    lines = sorted(
        json.dumps(
            {
                "code": finding.code,
                "path": finding.path,
                "revision": finding.revision,
                "message": finding.message,
                "fingerprint": finding.fingerprint,
            },
            ensure_ascii=False,
        )
        for finding in findings
    )
    body = ",\n  ".join(lines)
    return (
        f'{{"format": {FORMAT}, "findings": [\n  {body}\n]}}\n'
        if lines
        else f'{{"format": {FORMAT}, "findings": []}}\n'
    )
