"""Lowering: every kind of node, literals as Python evaluates them, bad input."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from migralint.python import literals
from migralint.python import nodes as n
from migralint.python.lower import SyntaxProblem, lower
from migralint.python.lower_walk import MAX_DEPTH, TOO_DEEP


def shape(node: Any) -> Any:
    """A node without numbers and with its kind's name."""
    if isinstance(node, tuple) and len(node) >= 2 and type(node[0]) is int:
        return (n.KIND_NAMES[node[0]], *[shape(field) for field in node[2:]])
    if isinstance(node, tuple):
        return tuple(shape(field) for field in node)
    return node


def statement(source: str) -> Any:
    return shape(lower(source).module[2][0])


def expression(source: str) -> Any:
    return statement(source)[1]


def every(node: Any) -> Iterator[Any]:
    """All nodes below a node, and the node itself."""
    if isinstance(node, tuple):
        if len(node) >= 2 and type(node[0]) is int:
            yield node
        for field in node:
            yield from every(field)


A, B, C = ("NAME", "a"), ("NAME", "b"), ("NAME", "c")
PASS = (("PASS",),)

STATEMENTS = [
    ("a", ("EXPR", A)),
    ("a = b = c", ("ASSIGN", (A, B), C)),
    ("a += b", ("AUG", A, "+", B)),
    ("a //= b", ("AUG", A, "//", B)),
    ("a: b", ("ANN", A, B, None)),
    ("a: b = c", ("ANN", A, B, C)),
    ("return", ("RETURN", None)),
    ("return a", ("RETURN", A)),
    ("if a: pass", ("IF", (("CLAUSE", A, PASS),), ())),
    (
        "if a:\n  pass\nelif b:\n  pass\nelse:\n  pass",
        ("IF", (("CLAUSE", A, PASS), ("CLAUSE", B, PASS)), PASS),
    ),
    ("for a in b:\n  pass\nelse:\n  pass", ("FOR", A, B, PASS, PASS)),
    ("async for a in b: pass", ("FOR", A, B, PASS, ())),
    ("while a: pass", ("WHILE", A, PASS, ())),
    (
        "try:\n  pass\nexcept a as e:\n  pass\nexcept:\n  pass\nelse:\n  pass\nfinally:\n  pass",
        ("TRY", PASS, ((A, "e", PASS), (None, None, PASS)), PASS, PASS),
    ),
    ("try: pass\nexcept* a: pass", ("TRY", PASS, ((A, None, PASS),), (), ())),
    ("with a as b, c: pass", ("WITH", ((A, B), (C, None)), PASS)),
    ("raise", ("RAISE", None)),
    ("raise a from b", ("RAISE", A)),
    ("assert a, b", ("ASSERT", A, B)),
    ("del a, b", ("DEL", (A, B))),
    ("del a", ("DEL", (A,))),
    ("import a.b as c, a", ("IMPORT", (("a.b", "c"), ("a", None)))),
    ("from ..a.b import c as d, e", ("FROM", 2, "a.b", (("c", "d"), ("e", None)))),
    ("from . import a", ("FROM", 1, None, (("a", None),))),
    ("from a import *", ("FROM", 0, "a", (("*", None),))),
    (
        "@a\nasync def f(p, /, q: b = c, *r, s, t=a, **u) -> b: pass",
        (
            "DEF",
            "f",
            (
                ("posonly", "p", None, None),
                ("normal", "q", C, B),
                ("vararg", "r", None, None),
                ("kwonly", "s", None, None),
                ("kwonly", "t", A, None),
                ("kwarg", "u", None, None),
            ),
            PASS,
            (A,),
            B,
        ),
    ),
    ("def f(*, k): pass", ("DEF", "f", (("kwonly", "k", None, None),), PASS, (), None)),
    (
        "@a\nclass X(b, *c, metaclass=a, **b): pass",
        ("CLASS", "X", (B, ("STARRED", C)), (("metaclass", A), (None, B)), PASS, (A,)),
    ),
    ("global a, b", ("GLOBAL", ("a", "b"))),
    ("nonlocal a", ("GLOBAL", ("a",))),
    ("break", ("BREAK",)),
    ("continue", ("CONTINUE",)),
    ("type X = a", ("TYPEALIAS", "X", A)),
    (
        "match a:\n  case 1 if b: pass\n  case None: pass\n  case _: pass\n  case x: pass\n  case [a, *r]: pass",
        (
            "MATCH",
            A,
            (
                (("P_VALUE", ("CONST", 1)), B, PASS),
                (("P_VALUE", ("CONST", None)), None, PASS),
                (("P_CAPTURE", None), None, PASS),
                (("P_CAPTURE", "x"), None, PASS),
                (("P_SEQUENCE", (("P_CAPTURE", "a"), ("P_STAR", "r"))), None, PASS),
            ),
        ),
    ),
    (
        "match a:\n case (1 | 2) as x: pass\n case {'k': v, **rest}: pass\n case b.c(x, k=y): pass\n case x, *_: pass",
        (
            "MATCH",
            A,
            (
                (("P_AS", ("P_OR", (("P_VALUE", ("CONST", 1)), ("P_VALUE", ("CONST", 2)))), "x"), None, PASS),
                (("P_MAPPING", ((("STR", "k"), ("P_CAPTURE", "v")),), "rest"), None, PASS),
                (("P_CLASS", ("ATTR", B, "c"), (("P_CAPTURE", "x"),), (("k", ("P_CAPTURE", "y")),)), None, PASS),
                (("P_SEQUENCE", (("P_CAPTURE", "x"), ("P_STAR", None))), None, PASS),
            ),
        ),
    ),
]

EXPRESSIONS = [
    ("None", ("CONST", None)),
    ("True", ("CONST", True)),
    ("1", ("CONST", 1)),
    ("b'a'", ("BYTES", "a")),
    ("b'a' b'b'", ("BYTES", "ab")),
    (r"b'\x00\n\101\u00e9\\u'", ("BYTES", "\x00\nA\\u00e9\\u")),
    (r"rb'\x00'", ("BYTES", r"\x00")),
    ("2j", ("UNREAD", "a complex or very long number")),
    (r"'\ud83d'", ("UNREAD", "text with lone surrogates, which no encoding can write")),
    ("...", ("ELLIPSIS",)),
    ("'a'", ("STR", "a")),
    ("'a' \"b\" f'{c}'", ("JOINED", (("STR", "a"), ("STR", "b"), ("FSTR", (("FORMAT", C, None, None),))))),
    (
        "f'x{{{a!r:>{b}}\\n'",
        (
            "FSTR",
            (
                ("STR", "x{"),
                ("FORMAT", A, "r", ("FSTR", (("STR", ">"), ("FORMAT", B, None, None)))),
                ("STR", "\n"),
            ),
        ),
    ),
    ("rf'\\n{a}'", ("FSTR", (("STR", "\\n"), ("FORMAT", A, None, None)))),
    ('f"{a["b"]}"', ("FSTR", (("FORMAT", ("SUBSCRIPT", A, ("STR", "b")), None, None),))),
    ("a.b.c", ("ATTR", ("ATTR", A, "b"), "c")),
    ("a[b]", ("SUBSCRIPT", A, B)),
    ("a[b,]", ("SUBSCRIPT", A, ("TUPLE", (B,)))),
    ("a[b:c, ::a]", ("SUBSCRIPT", A, ("TUPLE", (("SLICE", B, C, None), ("SLICE", None, None, A))))),
    ("a[*b]", ("SUBSCRIPT", A, ("STARRED", B))),
    ("a(b, *c, k=a, **b)", ("CALL", A, (("", None, B), ("*", None, C), ("", "k", A), ("**", None, B)))),
    ("a @ b ** c", ("BINOP", A, (("@", ("BINOP", B, (("**", C),))),))),
    ("a + b - c", ("BINOP", A, (("+", B), ("-", C)))),
    ("a - (b - c)", ("BINOP", A, (("-", ("BINOP", B, (("-", C),))),))),
    ("not -a", ("UNARY", "not", ("UNARY", "-", A))),
    ("a and b and c", ("BOOLOP", "and", (A, B, C))),
    ("a or b and c or a", ("BOOLOP", "or", (A, ("BOOLOP", "and", (B, C)), A))),
    ("a < b is   not c not in a", ("COMPARE", A, (("<", B), ("is not", C), ("not in", A)))),
    ("a if b else c", ("IFEXP", B, A, C)),
    ("lambda x, *y: a", ("LAMBDA", (("normal", "x", None, None), ("vararg", "y", None, None)), A)),
    ("(a, *b)", ("TUPLE", (A, ("STARRED", B)))),
    ("()", ("TUPLE", ())),
    ("[a]", ("LIST", (A,))),
    ("{a, b}", ("SET", (A, B))),
    ("{a: b, **c}", ("DICT", ((A, B), (None, C)))),
    ("[a for a in b if c if a for b in c]", ("COMP", "list", A, None, ((A, B, (C, A)), (B, C, ())))),
    ("{a for a in b}", ("COMP", "set", A, None, ((A, B, ()),))),
    ("{a: b for a in b}", ("COMP", "dict", A, B, ((A, B, ()),))),
    ("(a for a in b)", ("COMP", "generator", A, None, ((A, B, ()),))),
    ("await a", ("AWAIT", A)),
    ("(yield)", ("YIELD", None, False)),
    ("(yield from a)", ("YIELD", A, True)),
    ("(a := b)", ("WALRUS", "a", B)),
    ("t'{a}'", ("UNREAD", "a template string")),
]


@pytest.mark.parametrize(("source", "expected"), STATEMENTS, ids=[source for source, _ in STATEMENTS])
def test_statement(source: str, expected: Any) -> None:
    assert statement(source) == expected


@pytest.mark.parametrize(("source", "expected"), EXPRESSIONS, ids=[source for source, _ in EXPRESSIONS])
def test_expression(source: str, expected: Any) -> None:
    assert expression(source) == expected


def test_module_and_docstring() -> None:
    assert shape(lower("").module) == ("MODULE", (), None)
    assert shape(lower("\n# only a comment\n").module) == ("MODULE", (), None)
    assert lower('"""Add a.\n\nRevises: b"""\nimport a').module[3] == "Add a.\n\nRevises: b"
    assert lower("'a' 'b'").module[3] == "ab"
    assert lower("a = 1\n'a'").module[3] is None


def test_several_statements_in_a_line_and_a_block() -> None:
    assert shape(lower("a; b\nif a: b; c").module[2]) == (
        ("EXPR", A),
        ("EXPR", B),
        ("IF", (("CLAUSE", A, (("EXPR", B), ("EXPR", C))),), ()),
    )


@pytest.mark.parametrize("source", [source for source, _ in STATEMENTS + EXPRESSIONS])
def test_numbers_are_unique_and_stable(source: str) -> None:
    first, second = lower(source), lower(source)
    assert first == second
    numbers = [node[1] for node in every(first.module)]
    assert numbers[0] == 0
    assert len(set(numbers)) == len(numbers)
    # The pieces of a concatenation that is not read leave their numbers unused.
    assert set(numbers) == set(range(first.count)) or " b'" in source


def literal(body: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda prefix, quote, text: prefix + quote + text + quote,
        st.sampled_from(["", "r", "R", "u", "f", "rF"]),
        st.sampled_from(["'", '"', "'''", '"""']),
        body,
    )


BODY = st.lists(
    st.sampled_from(
        [
            "a",
            "é",
            " ",
            "\n",
            "\r\n",
            "\r",
            "'",
            '"',
            "\\",
            "0",
            "7",
            "x",
            "4",
            "1",
            "u",
            "U",
            "000",
            "N",
            "{",
            "}",
            "{{",
            "}}",
            "n",
            "\\n",
            "\\\n",
            "\\x41",
            "\\u00e9",
            "\\U0001F600",
            "\\N{DASH}",
            "\\N{EN DASH}",
            "\\777",
            "\\'",
        ]
    ),
    max_size=12,
).map("".join)


@pytest.mark.filterwarnings("ignore::SyntaxWarning", "ignore::DeprecationWarning")
@given(literal(BODY))
def test_strings_have_the_value_python_gives_them(source: str) -> None:
    try:
        tree = ast.parse(source.encode("utf-8"))
        value = tree.body[0].value  # type: ignore[attr-defined]  # any expression statement has one
    except (SyntaxError, ValueError, IndexError):
        return
    try:
        node = lower(source.encode("utf-8")).module[2][0][2]
    except SyntaxProblem:
        return  # Python 3.11 and LibCST differ in what they accept inside an f-string
    if isinstance(value, ast.Constant) and node[0] in (n.STR, n.CONST):
        assert node[2] == value.value
    elif isinstance(value, ast.JoinedStr) and all(isinstance(part, ast.Constant) for part in value.values):
        assert node[0] in (n.FSTR, n.JOINED)  # f'a''' is two literals
        if all(part[0] == n.STR for part in node[2]):
            assert "".join(part[2] for part in node[2]) == "".join(part.value for part in value.values)  # type: ignore[attr-defined]  # all Constant


@given(st.text(max_size=30), st.sampled_from([repr, ascii]))
def test_any_text_survives(text: str, write: Any) -> None:
    assert expression(write(text)) == ("STR", text)


@given(
    st.one_of(
        st.integers(min_value=0).map(str),
        st.integers(min_value=0).map(hex),
        st.integers(min_value=0).map(oct),
        st.integers(min_value=0).map(bin),
        st.integers(min_value=0).map("{:_}".format),
        st.integers(min_value=0).map("{:#_X}".format),
        st.floats(min_value=0, allow_infinity=False).map(repr),
        st.floats(min_value=0, allow_infinity=False).map("{:e}".format),
    )
)
def test_numbers_have_the_value_python_gives_them(source: str) -> None:
    expected = ast.literal_eval(source)
    value = literals.number_value(source)
    assert value == expected
    assert type(value) is type(expected)
    assert expression(source) == ("CONST", expected)


@pytest.mark.parametrize("source", ["1.", ".5", "1e9", "1_0.0_1e-1_0", "0xFF", "0B1", "0o17", "00", "1e999"])
def test_odd_numbers(source: str) -> None:
    assert literals.number_value(source) == ast.literal_eval(source)


def test_a_number_of_many_digits_is_not_read() -> None:
    assert expression("9" * 5000)[0] == "UNREAD"
    assert expression("0x" + "f" * 5000)[0] == "UNREAD"


@given(BODY.filter(lambda body: not set("\\{}").intersection(body[-1:])), st.booleans(), st.booleans(), st.data())
def test_source_range_finds_the_characters(body: str, raw: bool, in_fstring: bool, data: st.DataObject) -> None:
    single = re.sub(r"\\N\{[^{}]*\}|\{\{|\}\}", "", body)
    assume(not in_fstring or not {*"{}"} & {*single})  # a brace alone is no part of the text
    value = literals.text_value(body, raw, in_fstring)
    start = data.draw(st.integers(0, len(value)))
    end = data.draw(st.integers(start, len(value)))
    first, last = literals.source_range(body, raw, in_fstring, start, end)
    assert 0 <= first <= last <= len(body)
    assert literals.text_value(body[first:last], raw, in_fstring) == value[start:end]


@pytest.mark.parametrize(
    ("source", "line", "text"),
    [
        (b"a = 1\nb = '\0'", 2, "NUL"),
        ("a = 1\nb = = 2\n", 2, "invalid syntax"),
        ("a = (\n", 1, "invalid syntax"),
        ("def f(:\n  pass", 1, "expected"),
        ("a = 1\nb\0", 2, "not a valid character"),
        ("x = 'abc", 1, "unterminated string"),
        ("a b b b", 1, "unexpected token"),
        ("x = 'a' b'b'", 1, "Cannot concatenate"),
        (b"a = 1\nb = '\xff'", 2, "is not UTF-8"),
        (b"# coding: nonsense\na = 1", 1, "'nonsense'"),
        (b"# coding: punycode\na = 1", 1, "'punycode'"),
    ],
)
def test_syntax_problems_say_where(source: str | bytes, line: int, text: str) -> None:
    with pytest.raises(SyntaxProblem) as caught:
        lower(source)
    assert caught.value.line == line
    assert caught.value.column >= 1
    assert text in caught.value.message


@pytest.mark.parametrize(
    "source",
    [
        b"\xef\xbb\xbfa = '\xc3\xa9'",
        b"# -*- coding: latin-1 -*-\na = '\xe9'",
        b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\na = '\xe9'",
        "\ufeffa = 'é'",
    ],
)
def test_encodings(source: bytes | str) -> None:
    assert shape(lower(source).module[2][0]) == ("ASSIGN", (A,), ("STR", "é"))


@pytest.mark.parametrize(
    "source",
    ["a" + ".b" * 150, "1 ** " * 150 + "1", "not " * 150 + "a", "a" + "()" * 150],
)
def test_depth_is_bounded(source: str) -> None:
    nodes = list(every(lower(source).module))
    assert ("UNREAD", TOO_DEEP) in [shape(node) for node in nodes]

    def height(node: Any) -> int:
        if not isinstance(node, tuple):
            return 0
        return (len(node) >= 2 and type(node[0]) is int) + max([height(field) for field in node], default=0)

    assert height(lower(source).module) <= MAX_DEPTH + 3


def test_long_but_flat_is_read_whole() -> None:
    flat = ["a = [" + "1, " * 5000 + "]", "a = (" + "'x'\n" * 300 + ")", "a = " + " and ".join("b" * 300)]
    flat += ["a = " + " + ".join(["'b'"] * 300), "if a: pass\n" + "elif b: pass\n" * 140 + "else: pass"]
    for source in flat:
        assert not any(node[0] == n.UNREAD for node in every(lower(source).module))


def test_nothing_is_compiled_and_libcst_is_imported_late() -> None:
    code = (
        "import sys, migralint.python.lower as lower\n"
        "assert 'libcst' not in sys.modules\n"
        "sys.addaudithook(lambda event, args: sys.exit('compiled') if event == 'compile' and armed else None)\n"
        "armed = False\nimport libcst\narmed = True\n"
        "lower.lower('''a = 'x' 'y' + \"\\\\n\" + f\"{a}\" + b'\\\\x00' * 0x1f''')\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
