"""Changes databases of a real project by hand, upgrades older ones, and compares with what migralint says of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from random import Random
from typing import Any

import psycopg

from tests.ecosystem.catalog import contents
from tests.ecosystem.databases import Database
from tests.ecosystem.environments.mutations import Drawing, Mutation, told
from tests.ecosystem.environments.project import SECURED, Real, drawn
from tests.ecosystem.projects import EcosystemError
from tests.ecosystem.summed import Summed

SAME = "same"
"""The environment that nobody changed."""

OLDER = 3
"""How many older revisions of a project are looked at."""


@dataclass
class Score(Summed):
    """Mutations: how many were told, and in the right class; differences that were told and are none.

    Rehearsals: of those that end at the head, and of those on a database that was changed by hand, how many agree with
    the real upgrade. `remarks` say what does not.
    """

    mutations: int = 0
    found: int = 0
    classed: int = 0
    wrong: int = 0
    rehearsed: int = 0
    agreed: int = 0
    changed: int = 0
    named: int = 0
    remarks: list[str] = field(default_factory=list)


def measure(one: Real, random: Random, count: int) -> Score:
    """The score of a project with so many mutations."""
    score = Score()
    older = drawn(one, random, OLDER)
    with ExitStack() as stack:
        head = stack.enter_context(one.database("head"))
        one.upgrade(head, SECURED)
        at = {}
        for number, revision in enumerate(older):
            at[revision] = stack.enter_context(one.database(f"older{number}"))
            one.upgrade(at[revision], revision)
        _mutated(one, head, at, random, count - len(older), score)
        for revision, made in at.items():
            _rehearsed(one, revision, made, score)
            _rehearsed_after_hotfix(one, revision, made, random, score)
    return score


# mutations -----------------------------------------------------------------------------------------------------------
def _mutated(
    one: Real, head: Database, older: Mapping[str, Database], random: Random, count: int, score: Score
) -> None:
    dumps = {SAME: one.dump(head, SAME)}
    dumps |= {f"older{number}": one.dump(made, f"older{number}") for number, made in enumerate(older.values())}
    with head.connect() as connection:
        document = contents(connection)
    drawing = Drawing(document, one.project.version_table, random)
    mutations: dict[str, Mutation] = {}
    for mutation in drawing.run(10 * count):
        if len(mutations) == count:
            break
        name = f"m{len(mutations)}"
        with one.database("mutated", head.name) as copy:
            try:
                with copy.connect() as connection:
                    connection.execute(mutation.sql.encode())
            except psycopg.Error:  # something needs it: not what somebody could have done
                continue
            dumps[name] = one.dump(copy, name)
            mutations[name] = mutation
    answer = one.drift(dumps)
    by_side: dict[str, list[dict[str, Any]]] = {name: [] for name in dumps}
    for difference in answer["differences"]:
        for side in difference["sides"]:
            if side in by_side:
                by_side[side].append(difference)
    standing = {each["name"]: each for each in answer["environments"]}
    for number, revision in enumerate(older):
        score.mutations += 1
        expected = {"revision": revision, "behind": len(one.above) - len(one.needed(revision))}
        found = {key: standing[f"older{number}"][key] for key in expected}
        score.found += found["revision"] == revision
        score.classed += found == expected
        if found != expected:
            score.remarks.append(f"at {revision}: {found}, not {expected}")
    for name, mutation in mutations.items():
        score.mutations += 1
        mine = [difference for difference in by_side[name] if told(mutation, difference)]
        score.found += bool(mine)
        score.classed += any(difference["class"] == mutation.drift_class for difference in mine)
        if not any(difference["class"] == mutation.drift_class for difference in mine):
            classes = ", ".join(difference["class"] for difference in mine) or "not told"
            score.remarks.append(f"{mutation.name}: {classes}, not {mutation.drift_class}: {mutation.sql}")
        by_side[name] = [difference for difference in by_side[name] if difference not in mine]
    same = [_plain(difference) for difference in by_side[SAME]]
    for name, differences in by_side.items():
        odd = [difference for difference in differences if name == SAME or _plain(difference) not in same]
        score.wrong += len(odd)
        score.remarks += [f"{name} ({mutations[name].sql if name in mutations else ''}) {_said(d)}" for d in odd]


def _plain(difference: dict[str, Any]) -> tuple[str, str]:
    return difference["kind"], str(difference["object"])


def _said(difference: dict[str, Any]) -> str:
    about = difference["object"]
    return f"also {difference['kind']} {about['table']}.{about['name']}: {difference['sides']}"


# rehearsals ----------------------------------------------------------------------------------------------------------
def _rehearsed(one: Real, revision: str, made: Database, score: Score) -> None:
    """The plan for an older database says that nothing fails and nothing remains, or what fails as the real upgrade does.

    A new run of Alembic may fail where one from the beginning does not: it does not know which types it has made.
    """
    plan = one.plan(one.dump(made, "rehearsed"))
    failing = next((step for step in plan["steps"] if step["fails"]), None)
    score.rehearsed += 1
    with one.database("upgraded", made.name) as copy:
        agrees, really = _as_foreseen(one, copy, failing)
    score.agreed += agrees and (failing is not None or not plan["remaining"])
    if not agrees:
        score.remarks.append(f"from {revision}: {_foretold(failing)} fails, really {really}")
    if failing is None:
        score.remarks += [f"from {revision}: remains: {_said(difference)}" for difference in plan["remaining"]]


def _rehearsed_after_hotfix(one: Real, revision: str, made: Database, random: Random, score: Score) -> None:
    """The plan for an older database that was changed by hand stops where the real upgrade stops, if it does."""
    plan = one.plan(one.dump(made, "before"))
    for hotfix in _hotfixes(plan, random):
        with one.database("changed", made.name) as copy:
            try:
                with copy.connect() as connection:
                    connection.execute(hotfix.encode())
            except psycopg.Error:
                continue
            foreseen = one.plan(one.dump(copy, "changed"))
            failing = next((step for step in foreseen["steps"] if step["fails"]), None)
            score.changed += 1
            agrees, really = _as_foreseen(one, copy, failing)
            score.named += agrees
            if not agrees:
                said = " ".join(hotfix.split())
                score.remarks.append(f"from {revision} after {said}: {_foretold(failing)} fails, really {really}")
            return


def _foretold(failing: dict[str, Any] | None) -> str:
    return f"{failing['revision']}: {failing['fails']}" if failing else "nothing"


def _as_foreseen(one: Real, made: Database, failing: dict[str, Any] | None) -> tuple[bool, str]:
    """Whether the real upgrade of a database stops in the revision of a step, or nowhere; and what it really says."""
    really = ""
    try:
        one.upgrade(made, SECURED)
    except EcosystemError as error:
        lines = [line for line in str(error).splitlines() if "rror" in line and "Background" not in line]
        really = (lines or str(error).splitlines())[-1].strip()
    with made.connect() as connection:
        rows = connection.execute(f'SELECT version_num FROM "{one.project.version_table}"'.encode()).fetchall()
    agrees = (failing is not None) == bool(really)
    if agrees and failing is not None:
        done = set[str]().union(*(one.needed(version) for (version,) in rows))
        agrees = failing["revision"] not in done and set(one.above[failing["revision"]]) <= done
    return agrees, really or "nothing"


_MAKES = ("add_column", "create_table", "create_index", "create_unique_constraint", "create_type")


def _hotfixes(plan: dict[str, Any], random: Random) -> Iterator[str]:
    """What somebody may have done by hand before: a step that is pending, or the removal of what one changes."""
    steps = [step for step in plan["steps"] if step["sql"] and step["operation"] in _MAKES]
    random.shuffle(steps)
    yield from (step["sql"] for step in steps)
    changed = [step for step in plan["steps"] if step["operation"] in ("alter_column", "drop_column") and step["name"]]
    random.shuffle(changed)
    for step in changed:
        yield f'ALTER TABLE {step["table"]} DROP COLUMN "{step["name"]}"'
