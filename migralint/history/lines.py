"""Lines of a history: revisions that share no ancestor and no dependency with the others.

Lines usually grow side by side in one database, as `alembic upgrade heads` has it. Some projects keep lines of which a
database has one, each with a branch label: an old line that only old installations follow, one for each kind of
database. Such lines make the same tables; each is replayed from the base, and the schema of the heads is the first's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from migralint.history.graph import Graph
from migralint.history.replay import Replayed
from migralint.operations import CreateTable


def lines(graph: Graph) -> list[list[str]]:
    """The revisions of each line in upgrade order; lines in the order of their first revisions."""
    home: dict[str, list[str]] = {}
    for one in graph.revisions:
        own = [one]
        for other in {id(home[parent]): home[parent] for parent in graph.parents[one] if parent in home}.values():
            own = [*other, *own]
        home.update(dict.fromkeys(own, own))
    place = {one: number for number, one in enumerate(graph.revisions)}
    found = {id(line): sorted(line, key=place.__getitem__) for line in home.values()}
    return sorted(found.values(), key=lambda line: place[line[0]])


def exclude_each_other(result: Replayed, found: Sequence[Sequence[str]]) -> bool:
    """Whether every line has a branch label, and one makes a table that another has made."""
    if len(found) < 2 or not all(any(result.revisions[one].branch_labels for one in line) for line in found):
        return False
    made: dict[object, int] = {}
    for number, line in enumerate(found):
        for one in line:
            for step in result.steps(one):
                if isinstance(step.operation, CreateTable) and step.applied:
                    refused = step.failure is not None and step.failure.kind == "exists"
                    if made.setdefault(step.operation.table_name, number) != number and refused:
                        return True
    return False


def joined(results: Sequence[Replayed]) -> Replayed:
    """The lines of one history, replayed apart, as one."""
    first = results[0]
    return replace(
        first,
        assumptions=tuple(dict.fromkeys(one for result in results for one in result.assumptions)),
        notes=tuple(dict.fromkeys(note for result in results for note in result.notes)),
        upgrades={id: steps for result in results for id, steps in result.upgrades.items()},
        downgrades={id: steps for result in results for id, steps in result.downgrades.items()},
        states={id: state for result in results for id, state in result.states.items()},
        returned={id: state for result in results for id, state in result.returned.items()},
        guards={id: found for result in results for id, found in result.guards.items()},
        repeated={id: steps for result in results for id, steps in result.repeated.items()},
    )
