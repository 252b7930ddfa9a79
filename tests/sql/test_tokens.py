from __future__ import annotations

import pytest

from migralint.sql.tokens import comments, tokenize


def values(text: str, dialect: str = "postgresql") -> list[tuple[str, str]]:
    return [(t.kind, t.value) for t in tokenize(text, dialect)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Foo", ("word", "foo")),
        ('"Fo""o"', ("quoted", 'Fo"o')),
        ("'it''s'", ("string", "it's")),
        (r"E'a\n\'b\x41\u00e9'", ("string", "a\n'bA\u00e9")),
        (r"U&'d\0061t\+000061'", ("string", "data")),
        (r'U&"\0441"', ("quoted", "\u0441")),
        ("$$it's$$", ("string", "it's")),
        ("$a$ $$ $b$ $a$", ("string", " $$ $b$ ")),
        ("'a'\n  'b'", ("string", "ab")),
        ("B'101'", ("string", "101")),
        ("1.5e-3", ("number", "1.5e-3")),
        ("$1", ("param", "$1")),
        (":name", ("param", ":name")),
        ("%(name)s", ("param", "%(name)s")),
        ("::", ("op", "::")),
        ("\\:\\:", ("op", "::")),
        ("über", ("word", "über")),
    ],
)
def test_one_token(text: str, expected: tuple[str, str]) -> None:
    assert values(text) == [expected]


def test_offsets_cover_quotes() -> None:
    text = """SELECT 'a''b' /* x /* y */ z */, "C" -- end"""
    assert [text[t.start : t.end] for t in tokenize(text)] == ["SELECT", "'a''b'", ",", '"C"']


def test_ranges_are_no_fractions() -> None:
    assert values("1..10") == [("number", "1"), ("op", ".."), ("number", "10")]


def test_two_strings_on_one_line_are_two() -> None:
    assert values("'a' 'b'") == [("string", "a"), ("string", "b")]


@pytest.mark.parametrize("text", ["'never", '"never', "$$never", "/* never /* */", "E'never\\'", "U&'never"])
def test_what_never_ends_is_one_bad_token(text: str) -> None:
    last = tokenize("a " + text)[-1]
    assert (last.kind, last.end) == ("bad", len(text) + 2)


def test_quoting_of_other_dialects() -> None:
    assert values("`a``b` [c d]", "sqlite") == [("quoted", "a`b"), ("quoted", "c d")]


def test_comments_outside_quotes() -> None:
    text = "-- one\nSELECT '-- no', $$ -- no $$ /* -- no */ -- two\n, \"--no\""
    assert [text[start:end] for start, end in comments(text)] == ["-- one", "-- two"]
