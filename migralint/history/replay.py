"""The replay: every revision in upgrade order against the database on paper."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from migralint.configuration import Configuration
from migralint.history.graph import Graph
from migralint.history.guards import Asking, too_early
from migralint.history.made import made_by
from migralint.history.read import RevisionFile
from migralint.history.revision import ACTS, EMPTY, RAISES, Revision
from migralint.history.surroundings import Surroundings
from migralint.operations import (
    DropFunction,
    DropSequence,
    DropTable,
    DropType,
    DropView,
    ObjectRef,
    Opaque,
    Place,
    RenameTable,
    RenameType,
    RenameView,
)
from migralint.operations.paper import Paper
from migralint.operations.steps import Assumption, Guarded, Note, Step
from migralint.operations.undoing import Moment
from migralint.python.evaluator import Evaluator
from migralint.python.values import Arguments, Function, PyRaise, Symbol, Unknown, Value
from migralint.schema import Name, Schema


@dataclass(frozen=True)
class Replayed:
    """One replayed history; implements `rule.History`."""

    name: str
    graph: Graph
    heads: tuple[str, ...]
    schema: Schema
    assumptions: tuple[Assumption, ...]
    notes: tuple[Note, ...]
    upgrades: Mapping[str, tuple[Step, ...]] = field(repr=False)
    downgrades: Mapping[str, tuple[Step, ...]] = field(repr=False)
    states: Mapping[str, Schema] = field(repr=False)
    """The state before each revision's upgrade."""
    returned: Mapping[str, Schema] = field(default_factory=dict, repr=False)
    """The state after each revision's upgrade and downgrade."""
    repeated: Mapping[str, tuple[Step, ...]] = field(default_factory=dict, repr=False)
    """What each revision's upgrade does after its downgrade, where that left another state than before."""
    guards: Mapping[str, tuple[Guarded, ...]] = field(default_factory=dict, repr=False)
    """What conditions of each revision rule out because it comes too early."""
    queries: Mapping[str, frozenset[Name]] = field(default_factory=dict, repr=False)
    """The tables whose rows each revision's upgrade looks at."""
    configuration: Configuration = field(default_factory=Configuration, repr=False)
    """What the configuration says about this history."""
    surroundings: Surroundings = field(default_factory=Surroundings, repr=False)
    """What `env.py` and `alembic.ini` say about how it is run."""

    @property
    def revisions(self) -> Mapping[str, Revision]:
        """Revisions by id, in upgrade order."""
        return self.graph.revisions

    def steps(self, revision: str, direction: str = "upgrade") -> tuple[Step, ...]:
        """What the revision does in that direction, in execution order."""
        return (self.upgrades if direction == "upgrade" else self.downgrades).get(revision, ())

    def before(self, revision: str) -> Schema:
        """The state before the revision's upgrade."""
        return self.states.get(revision, self.schema)

    def restored(self, revision: str) -> Schema | None:
        """The state after the revision's upgrade and downgrade, if that was followed."""
        return self.returned.get(revision)

    def again(self, revision: str) -> tuple[Step, ...]:
        """What the upgrade does after the downgrade, where that left another state than the upgrade found."""
        return self.repeated.get(revision, ())

    def guarded(self, revision: str) -> tuple[Guarded, ...]:
        """Changes that a condition rules out on a new database because what they change is made later."""
        return self.guards.get(revision, ())

    def queried(self, revision: str) -> frozenset[Name]:
        """The tables whose rows the revision's upgrade looks at, in code or by a subquery."""
        return self.queries.get(revision, frozenset())

    def steps_all(self) -> Iterator[Step]:
        """Every step: each upgrade in order, its downgrade right after it."""
        for revision in self.revisions:
            yield from self.upgrades.get(revision, ())
            yield from self.downgrades.get(revision, ())


@dataclass(slots=True)
class Run:
    """What a replay needs beside the revisions."""

    evaluator: Evaluator
    paper: Paper
    directions: Sequence[str] = ("upgrade", "downgrade")
    arguments: Mapping[str, Value] = field(default_factory=dict)
    """What `env.py` hands to the functions of revisions."""
    repeats: bool = False
    """Whether upgrades are also followed after downgrades that act; after empty ones they always are."""

    @property
    def repeated(self) -> tuple[str, ...]:
        """The forms of downgrades after which the upgrade is followed once more."""
        return (ACTS, EMPTY) if self.repeats else (EMPTY,)


def replay(
    name: str, graph: Graph, files: Sequence[RevisionFile], run: Run, target: Sequence[str] | None = None
) -> Replayed:
    """Replays the revisions in `target` (default: all, in the order of `alembic upgrade heads`)."""
    by_id: dict[str, RevisionFile] = {}
    for file in files:
        by_id.setdefault(file.revision.id, file)
    paper = run.paper
    upgrades: dict[str, tuple[Step, ...]] = {}
    downgrades: dict[str, tuple[Step, ...]] = {}
    states: dict[str, Schema] = {}
    returned: dict[str, Schema] = {}
    repeated: dict[str, tuple[Step, ...]] = {}
    asking: dict[str, Asking] = {}
    queries: dict[str, frozenset[Name]] = {}
    for revision in target if target is not None else list(graph.revisions):
        file = by_id[revision]
        states[revision] = paper.schema
        moment, passed_over, asked, queried = paper.moment(), paper.passed_over, len(paper.asked), len(paper.queried)
        upgrades[revision] = _direction(run, file, "upgrade")
        queries[revision] = frozenset(paper.queried[queried:])
        if paper.passed_over > passed_over:
            asking[revision] = Asking(moment, frozenset(paper.asked[asked:]))
        if "downgrade" in run.directions:
            with paper.aside():
                downgrades[revision] = _direction(run, file, "downgrade")
                returned[revision] = paper.schema
                if file.revision.downgrade in run.repeated and paper.schema != states[revision]:
                    with paper.unrecorded():
                        repeated[revision] = _direction(run, file, "upgrade", anew=True)

    def followed(revision: str) -> tuple[Step, ...]:
        with paper.back_at(asking[revision].moment):
            return _direction(run, by_id[revision], "upgrade", anew=True)

    return Replayed(
        name,
        graph,
        graph.heads,
        paper.result,
        tuple(paper.assumptions),
        (*graph.problems, *paper.notes),
        upgrades,
        downgrades,
        states,
        returned,
        repeated,
        too_early(graph, upgrades, asking, followed, paper.result),
        queries,
    )


def alone(graph: Graph, files: Sequence[RevisionFile], run: Run) -> Iterator[tuple[str, Schema, bool]]:
    """Each revision with the state after it where nothing ran but what has to run before it, and whether all was read.

    A merge runs its smaller branches again, after its largest. Nothing must have been replayed in `run` before.
    """
    by_id: dict[str, RevisionFile] = {}
    for file in files:
        by_id.setdefault(file.revision.id, file)
    start = (run.paper.moment(), frozenset[object]())
    saved: dict[str, tuple[Moment, frozenset[object]]] = {}
    ran: dict[str, frozenset[str]] = {}
    unread: set[str] = set()
    for revision in graph.revisions:
        above = [parent for parent in graph.parents[revision] if parent in saved]
        first = max(above, key=lambda parent: len(ran[parent]), default=None)
        state, memo = saved[first] if first is not None else start
        run.paper.restore(state)
        run.evaluator.context["enum_memo"] = set(memo)
        before = frozenset[str]().union(*(ran[parent] for parent in above))
        for other in graph.revisions if len(above) > 1 else ():
            if other in before and other not in ran[first or ""]:
                _direction(run, by_id[other], "upgrade")
        if any(map(_not_read, _direction(run, by_id[revision], "upgrade"))):
            unread.add(revision)
        ran[revision] = before | {revision}
        saved[revision] = run.paper.moment(), frozenset(run.evaluator.context["enum_memo"])
        yield revision, run.paper.result, not unread & ran[revision]


def _not_read(step: Step) -> bool:
    return isinstance(step.operation, Opaque) and step.operation.may_change_schema


def _direction(run: Run, file: RevisionFile, direction: str, *, anew: bool = False) -> tuple[Step, ...]:
    """What the revision does. A downgrade, and an upgrade `anew`, are runs of Alembic of their own."""
    paper, ev, revision = run.paper, run.evaluator, file.revision
    apart = anew or direction == "downgrade"
    paper.start(revision.id, direction, apart=apart)
    start = len(paper.steps)
    memo = ev.context.setdefault("enum_memo", set())
    ev.context["enums_made_here"] = set()
    if apart:
        ev.context["enum_memo"] = set()
    for function in _functions(run, file, direction):
        ev.steps, ev.callers, ev.depth = 0, (), 0
        place, given = revision.place, dict(run.arguments)
        if isinstance(function, Function):
            place = Place(revision.path, function.node[1])
            given = _arguments(run, function)
            missing = [name for name in _required(function) if name not in given]
            if missing:
                ev.opaque(f"{function.name}() takes {', '.join(missing)}, which env.py is not seen to hand over", place)
        if isinstance(function, Unknown | Symbol):
            ev.opaque(f"{direction} could not be followed: {_why(function)}", place)
            continue
        result = ev.run_function(function, Arguments([], given), place)
        if isinstance(result, PyRaise) and not _always_raises(revision, direction):
            ev.opaque(f"the code raises {result.kind}: {result.message}", result.place or place, stops=True)
    if apart:
        ev.context["enum_memo"] = memo
    steps = [replace(s, place=_home(s.place, revision.path)) for s in paper.steps[start:]]
    paper.steps[start:] = steps
    return tuple(steps)


def _always_raises(revision: Revision, direction: str) -> bool:
    return (revision.upgrade if direction == "upgrade" else revision.downgrade) == RAISES


def _required(function: Function) -> list[str]:
    """The parameters without a default."""
    return [p[1] for p in function.params if p[0] in ("normal", "posonly", "kwonly") and not p[3][0]]


def _arguments(run: Run, function: Function) -> dict[str, Value]:
    """What `env.py` hands over, as far as the function takes it; a default stands for what is not known."""
    takes_all = any(p[0] == "kwarg" for p in function.params)
    defaults = {p[1]: p[3][0] for p in function.params}
    return {
        name: value
        for name, value in run.arguments.items()
        if (takes_all or name in defaults) and not (isinstance(value, Unknown) and defaults.get(name))
    }


def _why(value: Unknown | Symbol) -> str:
    return value.reason if isinstance(value, Unknown) else f"{value.path} is not known"


def _functions(run: Run, file: RevisionFile, direction: str) -> list[Value]:
    """What Alembic calls for a direction; with the multi-database template the functions of every database."""
    names = file.module.names
    if direction not in names:
        return [Unknown("there is no such function, so Alembic stops here")] if direction == "upgrade" else []
    function = run.evaluator.modules.resolved(names[direction])
    if not isinstance(function, Function):
        return [function]
    if any(name not in run.arguments for name in _required(function)):
        named = [value for name, value in names.items() if name.startswith(f"{direction}_")]
        several: list[Value] = [value for value in named if isinstance(value, Function)]
        if several:
            return several
    return [function]


def _home(place: Place, path: str) -> Place:
    """The innermost place in the revision's own file, so that findings stand where the migration says it."""
    if place.path == path:
        return place
    return next((c._replace(callers=(place._replace(callers=()),)) for c in place.callers if c.path == path), place)


_DROPS = (DropTable, DropType, DropView, DropSequence, DropFunction)


def creations(steps: Sequence[Step]) -> set[ObjectRef]:
    """Objects that some upgrade makes or renames into being, in any branch.

    Not those that a revision drops or renames before it makes them for the first time: they are replaced.
    """
    out: set[ObjectRef] = set()
    replaced: set[ObjectRef] = set()
    dropped: dict[ObjectRef, str | None] = {}
    for step in steps:
        if step.direction != "upgrade":
            continue
        for made in made_by(step.operation):
            if made not in out and dropped.get(made, "") == step.revision:
                replaced.add(made)
            elif made not in replaced:
                out.add(made)
        operation = step.operation
        moved = isinstance(operation, RenameTable | RenameType | RenameView)
        if moved or (isinstance(operation, _DROPS) and not operation.if_exists):
            dropped.setdefault(operation.object, step.revision)
    return out
