"""What a project is given: fixes, and new revisions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from migralint.operations import Place
from migralint.operations.steps import Note
from migralint.project.comparisons import Comparisons
from migralint.tree import TreeError

if TYPE_CHECKING:
    from migralint.authoring import NewRevision
    from migralint.diagnostic import Fix
    from migralint.drift.difference import Difference
    from migralint.verdict.subject import Fixed


Revisions = tuple["NewRevision", ...]
"""Revision files that are not there yet."""


class Reconciled(NamedTuple):
    """`revisions` bring every side to `truth`; `remaining` are the differences of each that nobody decided yet.

    `unread` says what of the sides could not be read: nothing is known to be lacking there. `refused` are the pending
    revisions at which an environment stops before.
    """

    truth: str
    revisions: Revisions
    remaining: Mapping[str, tuple[Difference, ...]]
    unread: tuple[Note, ...]
    refused: tuple[Note, ...]


class Project(Comparisons):
    """One project; see `open`."""

    def fixed(self, fix: Fix, place: Place, history: str, revision: str | None) -> Fixed | None:
        """The edits that make a fix; None where the code is not as it needs it, or is not the revision's own."""
        from migralint.authoring import Following
        from migralint.fix.resolve import Around, resolve
        from migralint.fix.source import Source
        from migralint.python.lower import SyntaxProblem
        from migralint.verdict.subject import Fixed

        number = next(index for index, one in enumerate(self.histories) if one.name == history)
        replayed, (location, configuration) = self.histories[number], self.locations[number]
        about = replayed.revisions.get(revision or "")
        at = fix.place or place
        if at.path not in (about.path if about else None, location.env_path) or not at.path.endswith(".py"):
            return None
        try:
            if at.path not in self._fixable:  # findings come file by file, and a file takes much room
                self._fixable = {at.path: Source(self.source(at.path), self._positions(at.path))}
        except (TreeError, SyntaxProblem):
            return None
        up, down = ([s.place for s in replayed.steps(revision or "", way)] for way in ("upgrade", "downgrade"))
        author = Following(self.tree, location, replayed.revisions, configuration.downgrade, revision)
        around = Around(up, down, author, blocks=replayed.surroundings.begun is None)
        found = resolve(fix, place, self._fixable[at.path], around)
        if found is None:
            return None
        created = ((found.created.path, found.created.text),) if found.created else ()
        return Fixed(found.title, found.unsafe, found.edits, created)

    def migration(self, message: str) -> Revisions:
        """The revisions after which the only history has what its models have; none where nothing differs.

        Raises ProjectError where it has several heads or the models are not known, and AuthoringError.
        """
        from migralint.authoring import Author
        from migralint.drift import migration, models_drift

        history, models, (location, configuration) = self.histories[0], self.models, self.locations[0]
        self._one_head(history)
        changes = self._changes[history.name]
        first, later = migration(
            history.schema, lambda state: models_drift(state, models, changes), models.details.filled
        )
        author = Author(self.tree, location, history.revisions, history.heads, configuration.downgrade)
        return author.both(message, first, later, history.schema)

    def reconciliation(self, message: str | None) -> Reconciled:
        """The revisions after which the history, the environments and the snapshots have what the truth has.

        Raises ProjectError where the history has several heads, and AuthoringError.
        """
        from migralint.authoring import Author
        from migralint.drift.converging import closed_drift, converging, with_tables_of_others
        from migralint.plan.outcomes import FAILS
        from migralint.plan.standing import Side

        history, (location, configuration) = self.histories[0], self.locations[0]
        self._one_head(history)
        called, wanted = self._wanted(history.revisions.keys())
        sides = [(one.name, one.dumped.snapshot) for one in self.environments]
        sides += [(one.path, one) for one in self.snapshots if self.environment is None]
        names = ["head", *(name for name, snapshot in sides if snapshot is not None)]
        starts = [history.schema, *(self._after_pending(name, one) for name, one in sides if one is not None)]
        managed = frozenset(configuration.managed_schemas)
        starts = [with_tables_of_others(one, (*starts, wanted), managed) for one in starts]
        side = Side(called, wanted, managed)
        differences = closed_drift(side, self._changes[location.name], whole=called == "head")
        (first, later), after = converging(starts, differences, wanted)
        author = Author(self.tree, location, history.revisions, history.heads, configuration.downgrade)
        made = author.both(message or f"reconcile with {called}", first, later, history.schema)
        remaining = {name: tuple(differences(state)) for name, state in zip(names, after, strict=True)}
        refused = tuple(note for note in self._outcomes if note.kind == FAILS)
        unread = tuple(note for one in self._files_of_sql for note in one.unread)
        return Reconciled(called, made, remaining, unread, refused)
