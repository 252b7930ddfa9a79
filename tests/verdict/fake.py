"""A project made by hand: files, and revisions whose operations stand at a marked text of their file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from migralint.change import Change
from migralint.configuration import Configuration
from migralint.diagnostic import Diagnostic
from migralint.drift.difference import Difference
from migralint.history.revision import Revision
from migralint.history.surroundings import Surroundings
from migralint.operations import ObjectRef, Operation, Place
from migralint.operations.paper import Paper
from migralint.operations.steps import Assumption, Note, Step
from migralint.rule import Context, Rule, Use
from migralint.schema import Column, Name, Schema, Table
from migralint.tree import Lines, Overlay, Tree, WorkTree
from migralint.verdict.rules import in_folder
from migralint.verdict.subject import Span


def table(name: str, *columns: str) -> Table:
    return Table(Name("public", name), tuple(Column(column, "integer") for column in columns))


@dataclass
class FakeHistory:
    configuration: Configuration
    revisions: dict[str, Revision] = field(default_factory=dict)
    name: str = "alembic"
    notes: tuple[Note, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    paper: Paper = field(default_factory=Paper)
    surroundings: Surroundings = field(default_factory=Surroundings)
    _before: dict[str, Schema] = field(default_factory=dict)

    @property
    def heads(self) -> tuple[str, ...]:
        parents = {parent for revision in self.revisions.values() for parent in revision.down_revision}
        return tuple(sorted(set(self.revisions) - parents))

    @property
    def schema(self) -> Schema:
        return self.paper.schema

    def before(self, revision: str) -> Schema:
        return self._before[revision]

    def steps(self, revision: str, direction: str = "upgrade") -> tuple[Step, ...]:
        return tuple(s for s in self.paper.steps if (s.revision, s.direction) == (revision, direction))

    def steps_all(self) -> Iterator[Step]:
        return iter(self.paper.steps)

    def add(self, revision: Revision, steps: Mapping[str, list[tuple[Operation, Place]]]) -> None:
        self.revisions[revision.id] = revision
        self._before[revision.id] = self.paper.schema
        self.paper.start(revision.id, "upgrade")
        for operation, place in steps.get("upgrade", []):
            self.paper.execute(operation, place)
        if steps.get("downgrade"):
            kept = self.paper.schema
            self.paper.start(revision.id, "downgrade")
            for operation, place in steps["downgrade"]:
                self.paper.execute(operation, place)
            self.paper.schema = kept


class FakeProject:
    """`files` by path; `add` makes a revision of a file."""

    environments = ()

    def __init__(self, files: Mapping[str, str], root: str = "/nowhere", **settings: object) -> None:
        self.root = root
        self.files = dict(files)
        self.configuration = Configuration(**settings)  # type: ignore[arg-type]  # whatever a test sets
        self.tree: Tree = Overlay(WorkTree(root), self.files)
        self.history = FakeHistory(self.configuration)
        self.histories = (self.history,)
        self.notes: tuple[Note, ...] = ()
        self.differences: tuple[Difference, ...] = ()
        self.since: tuple[Change, ...] = ()
        self.asked = None
        self.remarks: tuple[str, ...] = ()
        self.snapshots: tuple[str, ...] = ()
        self.models_of_histories: tuple[Exception, ...] = ()
        self.files_read = len(self.files)
        self.resolved: list[Place] = []

    @property
    def history_notes(self) -> tuple[Note, ...]:
        return self.notes

    def at(self, path: str, text: str) -> Place:
        """The place of a text in a file."""
        start = self.files[path].index(text)
        return Place(path, 0, start, start + len(text))

    def add(
        self,
        revision: str,
        path: str,
        *upgrade: tuple[Operation, str],
        downgrade: tuple[tuple[Operation, str], ...] = (),
    ) -> None:
        """A revision after the last one; each operation stands where its text does."""
        parents = tuple(list(self.history.revisions)[-1:])
        both = {
            "upgrade": [(operation, self.at(path, text)) for operation, text in upgrade],
            "downgrade": [(operation, self.at(path, text)) for operation, text in downgrade],
        }
        self.history.add(Revision(revision, path, Place(path, 0), parents), both)

    def uses(self, ref: ObjectRef) -> tuple[Use, ...]:
        return ()

    def source(self, path: str) -> str:
        return self.tree.text(path)

    def resolve(self, place: Place) -> Span:
        self.resolved.append(place)
        lines = Lines(self.source(place.path))
        return Span(place.path, *lines.position(place.start), *lines.position(max(place.start, place.end)))


class DropTableRule(Rule):
    """Dropping a table loses its rows.

    ## What it flags

    `DROP TABLE` of a table that has rows.
    """

    code, name, scope, severity = "MG101", "drop-table", "operation", "error"
    options: ClassVar[Mapping[str, object]] = {"keep": [], "limit": 3}

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        if step.operation.operation == "drop_table" and step.direction == "upgrade":
            yield Diagnostic(
                f"Dropping {step.operation.table_name} loses its rows", help='op.rename_table("t", "t_unused")'
            )


class AddColumnRule(Rule):
    """Adding a column locks the table."""

    code, name, scope, confidence = "MG201", "add-column", "operation", "medium"

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        if step.operation.operation == "add_column":
            yield Diagnostic(f"Adding {step.operation.object_name} locks {step.operation.table_name}")


class PreviewRule(Rule):
    """Every revision is noted."""

    code, name, scope, severity, preview = "MG901", "every-revision", "revision", "info", True

    def check_revision(self, revision: Revision, context: Context) -> Iterator[Diagnostic]:
        yield Diagnostic(f"Revision {revision.id}")


class HistoryRule(Rule):
    """Heads."""

    code, name, scope = "MG301", "several-heads", "history"

    def check_history(self, history: object, context: Context) -> Iterator[Diagnostic]:
        if len(context.history.heads) > 1:
            yield Diagnostic("Several heads")


class DriftRule(Rule):
    """A model differs."""

    code, name, scope = "MG401", "model-differs", "difference"

    def check_difference(self, difference: Difference, context: Context) -> Iterator[Diagnostic]:
        yield Diagnostic(difference.message)


class NoticeRule(Rule):
    """A file cannot be read."""

    code, name, scope = "MG001", "not-parsed", "notice"


META = {
    rule.code: rule
    for rule in in_folder(str(Path(__file__).parents[2] / "rules"))
    if rule.code in ("MG010", "MG011", "MG012")
}


def rules(*more: type[Rule]) -> dict[str, type[Rule]]:
    own = [DropTableRule, AddColumnRule, PreviewRule, HistoryRule, DriftRule, NoticeRule, *more]
    return dict(sorted({**META, **{rule.code: rule for rule in own}}.items()))
