"""Where a new revision goes."""

from __future__ import annotations

from collections.abc import Mapping

from migralint.history.revision import Revision


def head_after(revisions: Mapping[str, Revision], revision: str | None) -> str | None:
    """The head of the branch that a revision is on: itself, or the only head that builds on it; None for several."""
    if revision is None or revision not in revisions:
        return None
    below: dict[str, list[str]] = {}
    for one in revisions.values():
        for parent in one.down_revision:
            below.setdefault(parent, []).append(one.id)
    seen, waiting, heads = {revision}, [revision], []
    while waiting:
        one_id = waiting.pop()
        children = below.get(one_id, [])
        if not children:
            heads.append(one_id)
        for child in children:
            if child not in seen:
                seen.add(child)
                waiting.append(child)
    return heads[0] if len(heads) == 1 else None
