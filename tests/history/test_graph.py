"""The revision graph, beside Alembic's own."""

from __future__ import annotations

import time
import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from alembic.script.revision import Revision as AlembicRevision
from alembic.script.revision import RevisionError, RevisionMap
from hypothesis import given, settings
from hypothesis import strategies as st

from migralint.history.graph import Graph, build
from migralint.history.revision import Revision
from migralint.operations import Place
from tests.project import Alembic
from tests.rules.project import judged


def revision(
    id: str,
    down: Sequence[str] = (),
    depends: Sequence[str] = (),
    labels: Sequence[str] = (),
    path: str | None = None,
) -> Revision:
    path = path or f"versions/{id}.py"
    return Revision(id, path, Place(path, 1), tuple(down), tuple(depends), (), tuple(labels), Place(path, 2))


def kinds(graph: Graph) -> list[str]:
    return [note.kind for note in graph.problems]


def alembic(revisions: Sequence[Revision]) -> RevisionMap:
    return RevisionMap(
        lambda: [
            AlembicRevision(one.id, one.down_revision or None, one.depends_on or None, one.branch_labels or None)
            for one in revisions
        ]
    )


def alembic_order(revisions: Sequence[Revision], target: str = "heads") -> list[str]:
    found = alembic(revisions).iterate_revisions(target, "base", implicit_base=True)
    return [one.revision for one in found][::-1]


@st.composite
def histories(draw: st.DrawFn, dependencies: int = 1) -> list[Revision]:
    """Histories without mistakes, their files in any order; Alembic's order is only fixed for one dependency."""
    count = draw(st.integers(1, 12))
    names = draw(st.permutations([f"{letter}{letter}00" for letter in "abcdefghijkl"[:count]]))
    out: list[Revision] = []
    labels: dict[str, str] = {}
    for name in names:
        before = [one.id for one in out]
        down = draw(st.lists(st.sampled_from(before), max_size=3, unique=True)) if before else []
        depends = draw(st.lists(st.sampled_from(before), max_size=dependencies, unique=True)) if before else []
        depends = [one for one in depends if one not in down]
        depends = [labels.get(one, one) if draw(st.booleans()) else one for one in depends]
        label = [f"label_{name}"] if draw(st.booleans()) else []
        labels.update(dict.fromkeys([name] if label else [], f"label_{name}"))
        out.append(revision(name, down, depends, label))
    return draw(st.permutations(out))


@settings(max_examples=400, deadline=None)
@given(histories())
def test_order_and_heads_are_those_of_alembic(revisions: list[Revision]) -> None:
    graph = build(revisions)
    theirs = alembic(revisions)
    assert list(graph.revisions) == alembic_order(revisions)
    assert graph.heads == tuple(sorted(theirs.heads))
    assert graph.bases == tuple(sorted(theirs.bases))
    for one in graph.revisions:
        assert graph.order_to(one) == alembic_order(revisions, one)


@settings(max_examples=200, deadline=None)
@given(histories(dependencies=3))
def test_every_revision_runs_after_what_it_needs(revisions: list[Revision]) -> None:
    graph = build(revisions)
    order = list(graph.revisions)
    assert sorted(order) == sorted(one.id for one in revisions)
    for one in revisions:
        for parent in graph.parents[one.id]:
            assert order.index(parent) < order.index(one.id)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_graph_gives_an_order_of_every_revision(data: st.DataObject) -> None:
    names = list("abcdef")
    some = st.lists(st.sampled_from([*names, "zz"]), max_size=2, unique=True)
    revisions = [revision(name, data.draw(some), data.draw(some)) for name in names]
    graph = build(revisions)
    assert sorted(graph.revisions) == names
    for name in names:
        assert graph.order_to(name).count(name) == 1


def test_duplicate_names_both_places_and_keeps_the_first() -> None:
    graph = build([revision("a", path="v/one.py"), revision("a", path="v/two.py")])
    (note,) = graph.problems
    assert (note.kind, note.place.path, note.revision) == ("MG301", "v/two.py", "a")
    assert "v/one.py" in note.message
    assert "v/two.py" in note.message
    assert graph.revisions["a"].path == "v/one.py"


def test_missing_parent_is_reported_at_down_revision_and_read_as_a_base() -> None:
    graph = build([revision("a"), revision("b", ["gone"])])
    note = next(note for note in graph.problems if note.kind == "MG302")
    assert note.place == Place("versions/b.py", 2)
    assert "'gone'" in note.message
    assert graph.bases == ("a", "b")


def test_missing_dependency_is_reported() -> None:
    graph = build([revision("a", depends=["gone"])])
    assert kinds(graph) == ["MG302"]
    assert list(graph.revisions) == ["a"]


def test_branch_label_is_no_parent() -> None:
    graph = build([revision("a", labels=["x"]), revision("b", ["x"])])
    assert "branch label" in next(note.message for note in graph.problems if note.kind == "MG302")


def test_cycle_is_named_whole_and_comes_last() -> None:
    graph = build([revision("c", ["a"]), revision("a", ["b"]), revision("b", ["c"]), revision("x"), revision("y", "x")])
    (note,) = [note for note in graph.problems if note.kind == "MG303"]
    assert note.message.endswith("c -> a -> b -> c")
    order = list(graph.revisions)
    assert order[:2] == ["x", "y"]
    assert sorted(order[2:]) == ["a", "b", "c"]


def test_what_builds_on_a_cycle_comes_after_it() -> None:
    graph = build([revision("d", ["a"]), revision("a", ["b"]), revision("b", ["a"]), revision("e", ["d"])])
    assert list(graph.revisions)[2:] == ["d", "e"]


def test_cycle_through_a_dependency_and_onto_itself() -> None:
    assert "MG303" in kinds(build([revision("a", depends=["b"]), revision("b", ["a"])]))
    (note,) = [note for note in build([revision("a", ["a"])]).problems if note.kind == "MG303"]
    assert note.message.endswith("a -> a")


def test_several_heads_are_each_reported() -> None:
    graph = build([revision("a"), revision("c", ["a"]), revision("b", ["a"])])
    assert graph.heads == ("b", "c")
    assert [(note.kind, note.revision) for note in graph.problems] == [("MG304", "b"), ("MG304", "c")]


def test_heads_with_a_branch_label_of_their_own_stay_apart() -> None:
    base, left = revision("a", labels=["all"]), revision("b", ["a"])
    assert kinds(build([base, left, revision("c", ["a"], labels=["web"]), revision("d", ["c"])])) == []
    two = build([base, left, revision("c", ["a"]), revision("w", ["a"], labels=["web"])])
    assert [note.revision for note in two.problems] == ["b", "c"]


@pytest.mark.parametrize(("length", "found"), [(32, []), (33, ["MG305"])])
def test_id_must_fit_the_version_table(length: int, found: list[str]) -> None:
    assert kinds(build([revision("x" * length)])) == found


REFUSED = {"MG302", "MG303", "MG307", "MG308"}


def refuses(revisions: Sequence[Revision]) -> bool:
    """Whether Alembic refuses to load these revisions."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert alembic(revisions).heads is not None
    except (RevisionError, KeyError):
        return True
    return False


@settings(max_examples=1500, deadline=None)
@given(st.data())
def test_what_alembic_refuses_to_load_is_reported_and_nothing_else_is(data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(["aa", "bb", "cc", "dd", "a-a", "b:b"]), min_size=1, unique=True))
    labels = st.lists(st.sampled_from(["x", "y", "aa"]), max_size=2)
    ids = st.lists(st.sampled_from([*names, *names, *names, "x", "gone"]), max_size=2)
    few = st.integers(0, 3).map(lambda number: number == 0)
    revisions = [
        revision(
            name,
            data.draw(ids) if data.draw(few) else names[number - 1 : number],
            data.draw(ids) if data.draw(few) else [],
            data.draw(labels) if data.draw(few) else [],
        )
        for number, name in enumerate(names)
    ]
    found = set(kinds(build(revisions))) & REFUSED
    assert bool(found) == refuses(revisions) or (found == {"MG303"} and circular(revisions))


def circular(revisions: Sequence[Revision]) -> bool:
    """Whether revisions wait for each other: where a head lies beyond the circle, Alembic passes over a dependency."""
    labelled = {label: one.id for one in revisions for label in one.branch_labels}
    needed = {one.id: {*one.down_revision, *one.depends_on} for one in revisions}
    waiting = {one: {labelled.get(parent, parent) for parent in parents} for one, parents in needed.items()}
    while ready := {one for one, parents in waiting.items() if not parents & waiting.keys()}:
        waiting = {one: parents for one, parents in waiting.items() if one not in ready}
    return bool(waiting)


MISTAKES: dict[str, tuple[list[tuple[str, object, str]], str]] = {
    "at sign": ([("a@b", None, "")], "MG307"),
    "hyphen": ([("2026-01-31", None, "")], "MG307"),
    "plus": ([("a+b", None, "")], "MG307"),
    "colon": ([("a:b", None, "")], "MG307"),
    "one label twice": ([("a1", None, "branch_labels = 'x'"), ("b1", "a1", "branch_labels = ['x']")], "MG308"),
    "one label twice in a revision": ([("a1", None, "branch_labels = ('x', 'x')")], "MG308"),
    "label as an id": ([("a1", None, "branch_labels = ('b1',)"), ("b1", "a1", "")], "MG308"),
    "its own parent": ([("a1", "a1", "")], "MG303"),
    "its own dependency": ([("a1", None, "depends_on = 'a1'")], "MG303"),
    "its own label as a dependency": ([("a1", None, "depends_on = 'x'\nbranch_labels = 'x'")], "MG303"),
    "circle of dependencies": ([("a1", None, "depends_on = 'b1'"), ("b1", None, "depends_on = 'a1'")], "MG303"),
    "label as a parent": ([("a1", None, "branch_labels = 'x'"), ("b1", "x", "")], "MG302"),
    "shortened parent": ([("abcdef", None, ""), ("b1", "abcd", "")], "MG302"),
    "empty parent": ([("a1", "", "")], "MG302"),
    "number as a parent": ([("a1", 1, "")], "MG306"),
    "missing dependency": ([("a1", None, "depends_on = ['gone']")], "MG302"),
}


@pytest.mark.filterwarnings("ignore:Revision .* is not present")
@pytest.mark.parametrize("case", MISTAKES)
def test_a_history_that_alembic_does_not_load_is_not_green(case: str, tmp_path: Path) -> None:
    revisions, code = MISTAKES[case]
    project = Alembic(tmp_path)
    for number, (id, parent, more) in enumerate(revisions):
        text = f"revision = {id!r}\ndown_revision = {parent!r}\n{more}\n\n\ndef upgrade():\n    pass\n"
        (project.versions / f"file{number}.py").write_text(text)
    verdict = judged(tmp_path)
    assert code in {finding.code for finding in verdict.active}
    with pytest.raises((RevisionError, KeyError, TypeError)):
        ScriptDirectory(str(tmp_path / "alembic")).get_heads()


def test_a_clash_of_labels_stands_at_the_labels() -> None:
    one, two = revision("a", labels=["x"]), replace(revision("b", ["a"], labels=["x"]), labels_place=Place("b.py", 9))
    (note,) = build([one, two]).problems
    assert (note.kind, note.place) == ("MG308", Place("b.py", 9))
    assert "'x'" in note.message
    assert "versions/a.py" in note.message


def test_no_revisions() -> None:
    graph = build([])
    assert (dict(graph.revisions), graph.heads, graph.bases, graph.problems) == ({}, (), (), ())


@pytest.mark.parametrize("shape", ["line", "ladder", "star", "cycle", "dependencies"])
def test_five_thousand_revisions_take_no_time(shape: str) -> None:
    count = 5000
    names = [f"{number:05d}" for number in range(count)]
    revisions = []
    for number, name in enumerate(names):
        before = names[max(number - 1, 0) : number]
        if shape == "ladder" and number > 2:
            before = names[number - 2 : number] if number % 3 == 0 else [names[number - number % 3]]
        if shape == "star":
            before = names[:1] if number else []
        if shape == "cycle":
            before = [names[number - 1]]
        depends = [names[0]] if shape == "dependencies" and number > 1 else []
        revisions.append(revision(name, before, depends))
    start = time.process_time()
    graph = build(revisions[::-1])
    assert len(graph.revisions) == count
    assert time.process_time() - start < 3
    if shape in ("line", "dependencies"):
        assert list(graph.revisions) == names
    elif shape == "ladder":
        assert list(build(revisions[:301]).revisions) == alembic_order(revisions[:301])
