"""Schemas that the command line names: of the heads, a target of `alembic upgrade`, or an SQL script."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from migralint.cli.histories import only, only_location
from migralint.cli.output import tell
from migralint.cli.scripts import is_script, replay
from migralint.cli.unread import NOT_KNOWN, complete, tell_of_project, tell_unread, told_unread
from migralint.cli.values import Common

if TYPE_CHECKING:
    from migralint.project import Project, Replayed
    from migralint.rule import Schema


class Source(NamedTuple):
    """A schema. `revisions` are those that it is at, None for a script and for models.

    `complete` is false where not all was read.
    """

    schema: Schema
    revisions: tuple[str, ...] | None
    complete: bool
    history: Replayed | None = None

    @property
    def signature(self) -> str:
        """The signature of the schema."""
        from migralint.schema.canonical import signature

        return signature(self.schema, self.complete)

    @property
    def digits(self) -> str:
        """The signature without what it says about doubt."""
        from migralint.schema.canonical import certain

        return certain(self.signature)

    def script(self) -> str:
        """The SQL that makes it."""
        from migralint.render.sql import script

        return script(self.schema, self.revisions, self.complete)


def of_models(project: Project) -> tuple[Source, list[str]]:
    """The schema of the models, and what of them was not read, line by line."""
    from migralint.cli.output import prefix

    only_location(project)
    models = project.models
    notes = (*project.unread, *models.notes)
    told = told_unread(models.steps, notes, lambda place: project.resolve(place).line, prefix(project.root), NOT_KNOWN)
    return Source(models.schema, None, complete(models.steps, notes, NOT_KNOWN)), list(told)


def load(common: Common, project: Project, source: str) -> Source:
    """The schema that is called so; tells what of it was not read. A usage error, or TargetError, for any other."""
    if source == "models":
        found, told = of_models(project)
        for sentence in told:
            tell(common, sentence)
        return found
    if is_script(source):
        from migralint.cli.output import prefix

        made = replay(project, source)
        tell_unread(common, made.paper.steps, made.paper.notes, made.line, prefix(project.root))
        return Source(made.paper.result, None, complete(made.paper.steps, made.paper.notes))
    only(project)
    history = project.histories[0] if source == "heads" else project.replayed_to(source)
    steps = list(history.steps_all())
    tell_of_project(common, project, steps)
    return Source(history.schema, history.heads, complete(steps, project.history_notes), history)
