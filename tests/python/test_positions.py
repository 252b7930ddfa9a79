"""Positions: the same as LibCST's own provider, and places within string literals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import libcst
import pytest
from hypothesis import given
from hypothesis import strategies as st
from libcst.metadata import MetadataWrapper, PositionProvider

import migralint
from migralint.python import child, gate
from migralint.python import lower as lowering
from migralint.python import nodes as n
from migralint.python.lower import lower, trace
from migralint.python.positions import Located, inside, positions
from tests.python.test_gate import as_tuples
from tests.python.test_lower import EXPRESSIONS, STATEMENTS, every

FILES = [*sorted(Path(migralint.__file__).parent.rglob("*.py"))[:25], Path(libcst.__file__)]


def provided(source: str, monkeypatch: pytest.MonkeyPatch) -> dict[int, tuple[int, int, int, int]]:
    """What PositionProvider says of the same nodes."""
    wrapper = MetadataWrapper(libcst.parse_module(source), unsafe_skip_copy=True)
    ranges = wrapper.resolve(PositionProvider)
    monkeypatch.setattr(lowering, "_parse", lambda text: wrapper.module)
    traced = trace(source)
    monkeypatch.undo()
    found = {}
    for number, node in enumerate(traced.nodes):
        place = ranges[node]
        found[number] = (place.start.line, place.start.column + 1, place.end.line, place.end.column + 1)
    return found


@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_files_have_the_positions_of_libcst(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = path.read_text()
    expected = provided(source, monkeypatch)
    found = positions(source, range(len(expected)))
    del expected[0], found[0]  # the module itself ends one line earlier or later, depending on blank lines
    assert found == expected


@given(
    st.lists(st.sampled_from([source for source, _ in STATEMENTS + EXPRESSIONS]), max_size=6),
    st.sampled_from(["\n", "\r\n"]),
)
def test_snippets_have_the_positions_of_libcst(snippets: list[str], newline: str) -> None:
    source = newline.join(["# ü", *[snippet.replace("\n", newline) for snippet in snippets], ""])
    with pytest.MonkeyPatch.context() as monkeypatch:
        expected = provided(source, monkeypatch)
    found = positions(source, range(len(expected)))
    del expected[0], found[0]
    assert found == expected


def test_a_position_is_what_an_editor_shows() -> None:
    source = "é = (\n    op.execute('x'),\n)\n"
    numbers = {node[0]: node[1] for node in every(lower(source).module)}
    found = positions(source, [numbers[n.CALL], numbers[n.STR], 10**6])
    assert found == {numbers[n.CALL]: (2, 5, 2, 20), numbers[n.STR]: (2, 16, 2, 19)}


def text_of(source: str, place: tuple[int, int, int, int] | None) -> str:
    assert place is not None
    lines = source.splitlines(keepends=True)
    line, column, end_line, end_column = place
    if line == end_line:
        return lines[line - 1][column - 1 : end_column - 1]
    middle = lines[line : end_line - 1]
    return "".join([lines[line - 1][column - 1 :], *middle, lines[end_line - 1][: end_column - 1]])


@pytest.mark.parametrize(
    ("source", "part", "written"),
    [
        ("x = 'DROP TABLE a'", "TABLE", "TABLE"),
        ("x = '''\n  a;\n  DROP TABLE b;\n'''", "DROP TABLE b", "DROP TABLE b"),
        ("x = '''\r\n  a;\r\n  DROP TABLE b;\r\n'''", "DROP TABLE b", "DROP TABLE b"),
        (r"x = 'a\n\tDROP \'b\' c'", "DROP 'b'", r"DROP \'b\'"),
        (r"x = rb'' if y else r'\n DROP b'", "DROP b", "DROP b"),
        (r"x = U'\u0041\U00000042\N{DASH}\x41 DROP'", "DROP", "DROP"),
        ("x = 'a' \\\n  'b DROP c'", "DROP", "DROP"),
        ("x = f'{y} {{}} DROP {z}'", "DROP", "DROP"),
        (r"x = rf'{y:\d} \n DROP {z}'", "DROP", "DROP"),
        (r"x = f'{y} \n DROP {z}'", "DROP", "DROP"),
        ('x = """a\\\nb DROP c"""', "b DROP", "b DROP"),
        ("x = ('é' 'DROP')", "DROP", "DROP"),
    ],
)
def test_inside_a_literal(source: str, part: str, written: str) -> None:
    literal = next(node for node in every(lower(source).module) if node[0] == n.STR and part in node[2])
    start = literal[2].index(part)
    assert text_of(source, inside(source, literal[1], start, start + len(part))) == written


def test_inside_needs_a_literal() -> None:
    assert inside("x = 1", 0, 0, 1) is None
    assert inside("x = 1", 3, 0, 1) is None
    assert inside("x = f'{y}'", 3, 0, 1) is None
    assert inside("x = 1", 99, 0, 1) is None


def test_a_long_concatenation_has_positions() -> None:
    source = "x = (\n" + "    'line'\n" * 1500 + ")\n"
    literals = [node[1] for node in every(lower("x = ('a'\n'b')").module) if node[0] == n.STR]
    last = literals[0] + 1499
    assert positions(source, [last]) == {last: (1501, 5, 1501, 11)}
    assert inside(source, last, 0, 4) == (1501, 6, 1501, 10)


@pytest.mark.parametrize(
    ("source", "kind", "place"),
    [
        ("x = (1" + " + 1" * 600 + ")\ny", n.BINOP, (1, 6, 1, 2407)),
        ("x = ((1 - 2)" + " + 1" * 600 + ")\ny", n.BINOP, (1, 6, 1, 2413)),
        ("x = a" + " and 1" * 600 + "\ny", n.BOOLOP, (1, 5, 1, 3606)),
        ("if a:\n  pass\n" + "elif b:\n  pass\n" * 600 + "else:\n  pass\ny", n.IF, (1, 1, 1204, 7)),
    ],
)
def test_what_is_only_long_has_positions(source: str, kind: int, place: tuple[int, int, int, int]) -> None:
    lowered = gate.read(source)
    last = lowered.count - 1
    number = next(node[1] for node in every(as_tuples(lowered.module)) if node[0] == kind)
    found = positions(source, [number, last])
    assert found[number][:3] == place[:3]
    assert found[last][0] == source.count("\n") + 1


def test_clauses_have_positions() -> None:
    source = "if a:\n  b\nelif c:\n  d\nelif e: f\nelse:\n  g\n"
    clauses = [node[1] for node in every(lower(source).module) if node[0] == n.CLAUSE]
    assert [place[0] for place in positions(source, clauses).values()] == [1, 3, 5]


def test_a_file_that_is_read_in_a_child_has_positions() -> None:
    source = "y = 'a'\nx = " + "not " * 900 + "1\n"
    assert positions(source, [2])  # not all of it can be generated, but it does not fail


def test_spans() -> None:
    source = "é = 1\nop.execute('DROP TABLE a')\n"
    located = Located(source)
    literal, call = (
        next(node[1] for node in every(lower(source).module) if node[0] == kind) for kind in (n.STR, n.CALL)
    )
    assert located.span(call) == (2, 1, 2, 27)
    assert located.span(literal) == (2, 12, 2, 26)
    assert located.span(literal, 5, 10) == (2, 18, 2, 23)
    assert located.span(call, 5, 10) == (2, 1, 2, 27)  # no literal
    assert located.span(-1, 6, 8) == (2, 1, 2, 3)
    assert located.span(-1) == (1, 1, 1, 1)
    assert located.span(-1, 10**6, 10**6) == (3, 1, 3, 1)
    assert located.span(10**6) == (1, 1, 1, 1)


def test_spans_of_a_file_that_is_no_python() -> None:
    located = Located("a = = 1\nSELECT 1;\n")
    assert located.span(3) == (1, 1, 1, 1)
    assert located.span(-1, 8, 14) == (2, 1, 2, 7)


def test_a_bytes_literal_and_a_name_are_no_text() -> None:
    source = "x = b'abc'\nrb = 1\n"
    for number in range(lower(source).count):
        assert inside(source, number, 0, 1) is None


def test_another_process_is_asked_once_for_all_places_of_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    ask = child._ask

    def counting(request: dict[str, Any], reason: str) -> dict[str, Any]:
        asked.append(reason)
        return ask(request, reason)

    monkeypatch.setattr(child, "_ask", counting)
    monkeypatch.setattr("migralint.python.gate.DIRECT_CHARACTERS", 10)
    located = Located("a = 1\nb = 'DROP TABLE t'\n")
    here = Located("a = 1\nb = 'DROP TABLE t'\n", trusted=True)
    assert [located.span(n) for n in range(8)] == [here.span(n) for n in range(8)]
    assert [located.inside(n, 0, 4) for n in range(8)] == [here.inside(n, 0, 4) for n in range(8)]
    assert len(asked) == 1


def test_a_process_that_gave_up_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def nothing(request: dict[str, Any], reason: str) -> dict[str, Any]:
        asked.append(reason)
        raise child.GaveUp("no", 1, 1)

    monkeypatch.setattr(child, "_ask", nothing)
    monkeypatch.setattr("migralint.python.gate.DIRECT_CHARACTERS", 10)
    located = Located("a = 1\nb = 'DROP TABLE t'\n")
    assert [located.span(n) for n in range(3)] == [(1, 1, 1, 1)] * 3
    assert len(asked) == 1
