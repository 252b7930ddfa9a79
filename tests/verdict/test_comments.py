from __future__ import annotations

import pytest

from migralint.verdict.comments import Comment, comments


def found(text: str, path: str = "a.py") -> list[Comment]:
    return list(comments(path, text))


def covered(text: str, path: str = "a.py") -> list[tuple[int, int]]:
    return [(comment.first, comment.last) for comment in found(text, path)]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("x = 1  # migralint: ignore[MG1]\n", (1, 1)),
        ("\nf(\n    1,  # migralint: ignore[MG1]\n    2,\n)\n", (2, 5)),
        ("f(\n    1,\n)  # migralint: ignore[MG1]\n", (1, 3)),
        ("f(\n    # migralint: ignore[MG1]\n    2,\n)\n", (1, 4)),
        ("# migralint: ignore[MG1]\nf(\n    1,\n)\n", (2, 4)),
        ("def f():\n    # migralint: ignore[MG1]\n    # and more\n    g()\n    h()\n", (4, 4)),
        ("# migralint: ignore[MG1]\n\nf()\n", (1, 1)),
        ("# migralint: ignore[MG1]\nwith f():\n    g()\n", (2, 2)),
        ("x = 1  # noqa: E501  # migralint: ignore[MG1]\n", (1, 1)),
        ("g()\n# migralint: ignore[MG1]", (2, 2)),
        ("g()\r\nh()  # migralint: ignore[MG1]\r\n", (2, 2)),
    ],
)
def test_python_comment_belongs_to_its_statement(text: str, lines: tuple[int, int]) -> None:
    assert covered(text) == [lines]


@pytest.mark.parametrize(
    "text",
    [
        'x = "# migralint: ignore[MG1]"\n',
        '"""Explains.\n\n-- migralint: ignore[MG1]\n"""\n',
        "x = 1  # see migralint: it reads this file\n",
        "x = 1  # nothing\n",
    ],
)
def test_what_is_no_comment_to_migralint(text: str) -> None:
    assert found(text) == []


def test_offsets_cover_the_comment() -> None:
    text = "a = 1\nb = 2  # migralint: ignore[MG1] why\n"
    (comment,) = found(text)
    assert text[comment.start : comment.end] == "# migralint: ignore[MG1] why"
    assert comment.said == "ignore[MG1] why"


def test_sql_comment_in_a_string_belongs_to_its_sql_statement() -> None:
    text = 'op.execute("""\nDROP TABLE a;\n-- migralint: ignore[MG1] why\nDROP TABLE b;\nDROP TABLE c\n""")\n'
    (comment,) = found(text)
    assert (comment.line, comment.first, comment.last) == (3, 4, 4)
    assert text[comment.start : comment.end] == "-- migralint: ignore[MG1] why"
    assert comment.belongs_to(4, 4)
    assert comment.belongs_to(1, 6)  # a place that is the whole call
    assert not comment.belongs_to(5, 5)


def test_sql_comment_in_pieces_of_a_string_ends_with_its_line() -> None:
    text = "op.execute(\n    'DROP TABLE a -- migralint: ignore[MG1] it\\'s gone\\n'\n    'CASCADE'\n)\n"
    (comment,) = found(text)
    assert comment.said.startswith("ignore[MG1]")
    assert "CASCADE" not in comment.said
    assert comment.belongs_to(1, 4)


def test_sql_comment_in_an_f_string() -> None:
    text = 'op.execute(f"""\nDROP TABLE {name} -- migralint: ignore[MG1] why\n""")\n'
    (comment,) = found(text)
    assert comment.line == 2
    assert comment.belongs_to(1, 3)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("DROP TABLE a; -- migralint: ignore[MG1]\nDROP TABLE b;\n", (1, 1)),
        ("DROP TABLE a\n  CASCADE; -- migralint: ignore[MG1]\n", (1, 2)),
        ("-- migralint: ignore[MG1]\n-- more\nDROP TABLE a\n;\n", (3, 4)),
        ("-- migralint: ignore[MG1]\n\nDROP TABLE a;\n", (1, 1)),
        ("ALTER TABLE a -- migralint: ignore[MG1]\n  ADD b int,\n  ADD c int;\n", (1, 3)),
        ("SELECT ';--';\nDROP TABLE a; /* ; */ -- migralint: ignore[MG1]\n", (2, 2)),
        ("DO $$ BEGIN\n  DROP TABLE a; -- migralint: ignore[MG1]\nEND $$;\n", (1, 2)),
    ],
)
def test_sql_file(text: str, lines: tuple[int, int]) -> None:
    assert covered(text, "a.sql") == [lines]


def test_sql_string_is_no_comment() -> None:
    assert found("SELECT '-- migralint: ignore[MG1]';\n", "a.sql") == []


@pytest.mark.parametrize(
    "text",
    ["f((  # migralint: ignore[MG1]\n", "'''migralint:\n", "\x00 migralint:", "if:\n\t# migralint: ignore[X1]\n  y"],
)
def test_broken_files_give_what_can_be_read(text: str) -> None:
    found(text)
    found(text, "a.sql")
