"""The place of a syntax error is that of the mistake, not of what follows it."""

from __future__ import annotations

import pytest

from migralint.python.lower import SyntaxProblem, lower
from tests.python.following import follow

CASES = [
    ('revision = "b"\ndef upgrade(:\n    pass\n', 2, 13),
    ('revision = "b"\ndef upgrade(:\n', 2, 13),
    ("def upgrade(:  # why\n    # not\n\nx = 1\n", 1, 13),
    ("a = 1\nif a\n    b = 2\n", 2, 5),
    ("a = 1\nb c\nd = 2\n", 2, 3),
    ("a = 1\nb = = 2\n", 2, 5),
    ("a = 1\n  b = 2\n", 2, 3),
    ("def f():\nreturn 1\n", 2, 1),
    ("a = 1\nb = (\n    1,\n", 3, 6),
    ("a = 1\n\nb = 2)\nc = 3\n", 3, 6),
    ("a = 1\nb = (2]\nc = 3\n", 2, 7),
    ("a = 1\nb = 'c\nd = 2\n", 2, 5),
    ('a = 1\nb = """c\nd = 2\n', 2, 5),
    ("a = 1\nb = ?\n", 2, 5),
]


@pytest.mark.parametrize(("text", "line", "column"), CASES)
def test_the_place_of_a_mistake(text: str, line: int, column: int) -> None:
    with pytest.raises(SyntaxProblem) as caught:
        lower(text)
    assert (caught.value.line, caught.value.column) == (line, column)


def test_taking_an_item_of_none_is_handled_as_an_error() -> None:
    code = (
        "try:\n    found = int(op.execute('SELECT 1')[0])\nexcept Exception:\n    found = 7\nop.drop_table(f't{found}')"
    )
    assert follow(code).told == ["drop_table t7 -"]
