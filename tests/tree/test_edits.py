"""Edits of a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migralint.tree import EditError, TextEdit
from migralint.tree.edits import apply


def edit(start: int, end: int, replacement: str) -> TextEdit:
    return TextEdit("a.py", start, end, replacement)


def test_edits_in_any_order() -> None:
    assert apply("abcdef", [edit(4, 5, "X"), edit(0, 2, ""), edit(6, 6, "!")]) == "cdXf!"
    assert apply("abc", []) == "abc"


def test_insertions_keep_their_order_and_come_first() -> None:
    assert apply("abc", [edit(1, 2, "B"), edit(1, 1, "1"), edit(1, 1, "2"), edit(2, 2, "3")]) == "a12B3c"


@pytest.mark.parametrize(
    "edits", [[edit(0, 2, ""), edit(1, 3, "")], [edit(0, 3, ""), edit(1, 1, "x")], [edit(1, 2, "x"), edit(1, 2, "x")]]
)
def test_overlaps_are_refused(edits: list[TextEdit]) -> None:
    with pytest.raises(EditError, match=r"a.py: two edits overlap at 1"):
        apply("abcdef", edits)


@pytest.mark.parametrize(("start", "end"), [(-1, 0), (2, 1), (0, 4), (4, 4)])
def test_outside_the_text_is_refused(start: int, end: int) -> None:
    with pytest.raises(EditError, match=r"is not within 0\.\.3"):
        apply("abc", [edit(start, end, "x")])


def test_two_files_are_refused() -> None:
    with pytest.raises(EditError, match=r"a.py and b.py"):
        apply("abc", [edit(0, 0, "x"), TextEdit("b.py", 1, 1, "x")])


@given(st.text(max_size=30), st.data())
def test_each_replacement_stands_at_its_place(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    words = data.draw(st.lists(st.text(max_size=3), min_size=len(spans), max_size=len(spans)))
    edits = [edit(start, end, word) for (start, end), word in zip(spans, words, strict=True)]
    expected = text
    for one in sorted(edits, key=lambda one: (one.start, one.end), reverse=True):
        expected = expected[: one.start] + one.replacement + expected[one.end :]
    if len({(one.start, one.end) for one in edits}) == len(edits):
        assert apply(text, data.draw(st.permutations(edits))) == expected
