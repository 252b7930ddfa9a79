"""A revision that completes what another one began."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from migralint.authoring.naming import AuthoringError
from migralint.authoring.parents import head_after
from migralint.authoring.revision import RAISING, Draft, NewRevision, write
from migralint.environment.locations import Location
from migralint.history.revision import Revision
from migralint.tree import Tree

_DOWNGRADES = {"forward-only": RAISING, "forward-only-or-empty": RAISING, "any": "    pass"}
"""What a downgrade looks like that has nothing to undo, by the project's policy; one that wants it to act has none."""


class Following:
    """Writes the revision that comes after the head of the branch of another one."""

    def __init__(
        self, tree: Tree, location: Location, revisions: Mapping[str, Revision], policy: str, revision: str | None
    ) -> None:
        """`policy` is the setting `downgrade`, `revision` the one that is completed."""
        self._tree = tree
        self._location = location
        self._revisions = revisions
        self._policy = policy
        self._revision = revision

    def __call__(self, upgrade: str, message: str) -> NewRevision | None:
        """The revision with this upgrade, which needs `op`; None where several heads follow, or none can be written."""
        head = head_after(self._revisions, self._revision)
        downgrade = _DOWNGRADES.get(self._policy)
        if head is None or downgrade is None:
            return None
        draft = Draft((head,), message, upgrade, downgrade, ("from alembic import op",))
        try:
            return write(draft, self._tree, self._location, self._revisions, datetime.datetime.now(datetime.UTC))
        except AuthoringError:
            return None
