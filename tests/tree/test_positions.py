"""Offsets, lines and columns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migralint.tree import Lines, Position

TEXTS = st.text(st.sampled_from("ab é😀\n\r\t\x0c\x0b\u2028\x85"), max_size=30)


def test_positions() -> None:
    lines = Lines("ab\r\n\ncd\re")
    assert len(lines) == 4
    assert [lines.position(offset) for offset in range(10)] == [
        (1, 1),
        (1, 2),
        (1, 3),
        (1, 4),
        (2, 1),
        (3, 1),
        (3, 2),
        (3, 3),
        (4, 1),
        (4, 2),
    ]


def test_columns_count_characters() -> None:
    assert Lines("é😀x").position(2) == Position(line=1, column=3)


def test_empty_text() -> None:
    assert Lines("").position(0) == (1, 1)
    assert Lines("").offset(1, 1) == 0


def test_only_ends_of_lines_end_lines() -> None:
    assert len(Lines("a\x0cb\x0bc\u2028d\x85e")) == 1


@pytest.mark.parametrize(("line", "column"), [(0, 1), (1, 0), (1, 4), (2, 3), (3, 2), (4, 1), (-1, -1)])
def test_places_that_the_text_lacks(line: int, column: int) -> None:
    with pytest.raises(ValueError, match="is not within"):
        Lines("ab\nc\n").offset(line, column)


@pytest.mark.parametrize("offset", [-1, 4])
def test_offsets_that_the_text_lacks(offset: int) -> None:
    with pytest.raises(ValueError, match="is not within"):
        Lines("abc").position(offset)


@given(TEXTS)
def test_there_and_back(text: str) -> None:
    lines = Lines(text)
    places = [lines.position(offset) for offset in range(len(text) + 1)]
    assert places == sorted(set(places))
    assert [lines.offset(*place) for place in places] == list(range(len(text) + 1))


@given(TEXTS)
def test_as_an_editor_counts(text: str) -> None:
    lines = Lines(text)
    for offset in range(len(text) + 1):
        before = text[:offset]
        if text[offset - 1 : offset + 1] == "\r\n":
            continue
        shown = before.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        assert lines.position(offset) == (len(shown), len(shown[-1]) + 1)
