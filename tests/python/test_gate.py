"""The gate: what kills LibCST ends as a clear problem, what is only large or long is read."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import libcst
import pytest
from hypothesis import given
from hypothesis import strategies as st

from migralint.python import child, gate, tokens
from migralint.python.lower import SyntaxProblem, lower

DEEP = {
    "parentheses": "x = " + "(" * 10_000 + "1" + ")" * 10_000,
    "unclosed": "x = " + "(" * 10_000,
    "brackets": "x = " + "[" * 2_000 + "]" * 2_000,
    "dictionaries": "x = " + "{1: " * 2_000 + "1" + "}" * 2_000,
    "calls": "x = " + "f(" * 800 + ")" * 800,
    "lambdas": "x = " + "lambda a, b: " * 2_000 + "1",
    "comprehension": "x = [a " + "for a, b in c " * 2_000 + "]",
    "ternaries": "x = " + "1 if a else " * 2_000 + "1",
    "fstrings": "x = " + 'f"{' * 1_000 + "1" + '}"' * 1_000,
    "format specifications": "x = f'{a" + ":{a" * 2_000 + "}" * 2_000 + "}'",
    "hidden in an f-string": 'x = f"{\'}" ; x = " \'' + "(" * 1_000 + ")" * 1_000 + '\' "}"',
    "numbers": "x = " + "0xfor " * 3_000 + "1",
    "blocks": "".join(" " * depth + "if a:\n" for depth in range(99)) + " " * 99 + "pass",
    "patterns": "match a:\n case " + "(" * 40 + "b" + ")" * 40 + ": pass",
    "wrong patterns": "match a:\n case " + "{1: " * 14 + "b" + ": pass",
    "annotations": "x: " + "list[" * 2_000 + "int" + "]" * 2_000,
}
LONG = {
    "sum": "x = 1" + " + 1" * 1_000,
    "chain": "x = a" + ".b()" * 400,
    "elifs": "if a: pass\n" + "elif b: pass\n" * 700,
    "not": "x = " + "not " * 500 + "a",
    "concatenation": "x = (\n" + "'a line of SQL'\n" * 2_000 + ")",
}
DIRECT = {
    "a data literal": "x = [\n" + "    {'id': 1, 'name': 'a', 'values': [1, 2, (3, 4)]},\n" * 200 + "]",
    "statements": "op.add_column('a', sa.Column('b', sa.Integer()))\n" * 200,
    "a chain in calls": "x = f(g(h(a.b.c.d(e).f(g)[0], key=lambda x: x + 1 if x else [y for y in z])))",
    "nested f-strings": "x = f'{a} {f\"{b[\"c\"]:>{d}}\"} {{' 'b'",
    "decorators": "@a.b(c)\n" * 500 + "def f(): pass",
    "targets": "a = " * 500 + "1",
    "case as a name": "case = case(a(b(c(d(e(f(1)))))))",
    "brackets in strings and comments": "x = '" + "(" * 500 + "' # " + "(" * 500 + "\ny = '''\n" + "[" * 500 + "'''",
    "continued lines": "x = 1 + \\\n  2\ny = 'a\\\n((((('",
    "blank lines": "if a:\n\n    # (\n\n    b\n" * 100,
}


SLOW = {
    "sum": "x = 1" + " + 1" * 20_000,
    "attributes": "x = a" + ".a" * 20_000,
    "lambdas": "x = " + "lambda: " * 5_000 + "1",
    "calls": "x = a" + "()" * 5_000,
    "not": "x = " + "not " * 5_000 + "a",
    "of a list": "x = {" + "1: f(1)," * 50_000 + "}" + ".b" * 200,
}


@pytest.mark.parametrize("name", DEEP)
def test_what_is_too_deep_is_held_back(name: str) -> None:
    try:
        assert gate.suspicion(DEEP[name]) is not None
    except SyntaxProblem as problem:
        assert any(word in problem.message for word in ("too long", "unterminated"))


@pytest.mark.parametrize("name", SLOW)
def test_what_takes_the_parser_minutes_is_a_clear_problem(name: str) -> None:
    start = time.process_time()
    with pytest.raises(SyntaxProblem, match="too long"):
        gate.read(SLOW[name])
    assert time.process_time() - start < 3


@pytest.mark.parametrize("name", ["parentheses", "unclosed", "dictionaries", "hidden in an f-string", "wrong patterns"])
def test_what_kills_the_parser_is_a_clear_problem(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "SECONDS", 1)  # of waiting; the patterns would take hours
    with pytest.raises(SyntaxProblem) as caught:
        gate.read(DEEP[name])
    assert any(word in caught.value.message for word in ("nested", "invalid syntax", "too long"))


@pytest.mark.parametrize("name", LONG)
def test_what_is_long_is_read_in_a_child(name: str) -> None:
    assert gate.suspicion(LONG[name]) is not None
    assert gate.read(LONG[name]).module[2]


@pytest.mark.parametrize("name", DIRECT)
def test_what_is_only_large_is_read_directly(name: str) -> None:
    assert gate.suspicion(DIRECT[name]) is None
    assert gate.read(DIRECT[name]) == lower(DIRECT[name])


def test_the_child_reads_what_we_would_have_read() -> None:
    source = "def f(a, *b):\n    return {'é': 1.5, **a} if a else f'{b!r:>{a}}' 'x'\n"
    ours, theirs = lower(source), child.read(source, "to compare")
    assert theirs.count == ours.count
    assert as_tuples(theirs.module) == ours.module


def as_tuples(value: object) -> object:
    return tuple(as_tuples(item) for item in value) if isinstance(value, list) else value


def test_a_child_reports_syntax_errors() -> None:
    with pytest.raises(SyntaxProblem) as caught:
        gate.read("x = 1" + " + 1" * 400 + "\ny = = 1")
    assert caught.value.line == 2


def test_no_python_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(SyntaxProblem, match="no other starts"):
        gate.read(LONG["sum"])


def test_sizes() -> None:
    data = "x = [\n" + "    'a',\n" * 120_000 + "]"
    assert gate.suspicion(data) is not None
    assert gate.suspicion(data[: gate.DIRECT_CHARACTERS]) is None
    with pytest.raises(SyntaxProblem, match="too large"):
        gate.read("#" * (gate.MAX_CHARACTERS + 1))


def test_what_passes_the_gate_survives_a_small_stack() -> None:
    """The heaviest sources that still pass, parsed in a thread with 1 MiB of stack, in a process of their own."""

    def heaviest(make: object) -> str:
        size = 1
        while size < 2_000 and gate.suspicion(make(size + 1)) is None:  # type: ignore[operator]  # a function below
            size += 1
        return str(make(size))  # type: ignore[operator]  # a function below

    makers = [
        lambda size: "x = " + "[" * size + "]" * size,
        lambda size: "x = " + "f(" * size + ")" * size,
        lambda size: "x = " + "{1: " * size + "1" + "}" * size,
        lambda size: "x = a" + ".b()" * size,
        lambda size: "x = a" + "[1]" * size,
        lambda size: "x = " + "lambda: " * size + "1",
        lambda size: "x = " + "1 if a else " * size + "1",
        lambda size: "x = " + 'f"{' * size + "1" + '}"' * size,
        lambda size: "x = f'{a" + ":{a" * size + "}" * size + "}'",
        lambda size: "x = [a " + "for a, b in c " * size + "]",
        lambda size: "".join(" " * depth + "if a:\n" for depth in range(size)) + " " * size + "pass",
        lambda size: "".join(" " * depth + "with (a):\n" for depth in range(size)) + " " * size + "pass",
        lambda size: "if a: pass\n" + "elif a: pass\n" * size,
        lambda size: "match a:\n case " + "{1: " * size + "b" + "}" * size + ": pass",
        lambda size: "import a" + ".b" * size,
    ]
    code = (
        "import sys, json, threading\n"
        "from migralint.python.lower import lower, SyntaxProblem\n"
        "lower('a')\n"
        "def run():\n"
        "    for source in json.loads(sys.stdin.read()):\n"
        "        lower(source)\n"
        "    print('alive')\n"
        "threading.stack_size(1024 * 1024)\n"
        "thread = threading.Thread(target=run)\n"
        "thread.start()\n"
        "thread.join()\n"
    )
    import json

    sources = json.dumps([heaviest(make) for make in makers])
    done = subprocess.run([sys.executable, "-c", code], input=sources, capture_output=True, text=True, check=False)
    assert done.stdout == "alive\n", done.stderr


def test_in_a_thread() -> None:
    results: list[object] = []

    def run() -> None:
        results.append(gate.read(LONG["sum"]).count)
        try:
            gate.read(DEEP["brackets"])
        except SyntaxProblem as problem:
            results.append(problem.message)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert len(results) == 2


def test_with_little_stack_left() -> None:
    source = "x = " + "f(" * 30 + "1" + ")" * 30

    def at(depth: int) -> object:
        return at(depth - 1) if depth else gate.read(source)

    limit = sys.getrecursionlimit()
    frame, used = sys._getframe(), 0
    while frame.f_back is not None:
        frame, used = frame.f_back, used + 1
    assert as_tuples(list(at(limit - used - 100).module)) == as_tuples(list(gate.read(source).module))  # type: ignore[attr-defined]  # Lowered


def test_the_scan_is_linear() -> None:
    sources = [
        "f'''{" * 100_000,
        "f\"{'" * 100_000,
        "'''" + "\\" * 300_000,
        "r'" * 200_000,
        "#" * 500_000,
        "(" * 900_000,
    ]
    started = time.process_time()
    for source in sources:
        try:
            gate.suspicion(source)
        except SyntaxProblem:
            pass
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    ("source", "line", "column"),
    [("a = 1\nb = 'c\nd", 2, 5), ("a\nb = f'''{c\n\n", 2, 5), ("b = f'{c", 1, 5), ('\n\n"""a', 3, 1), ("f'{a:", 1, 1)],
)
def test_a_string_without_end_has_a_place(source: str, line: int, column: int) -> None:
    with pytest.raises(SyntaxProblem, match="unterminated string") as caught:
        gate.read(source)
    assert (caught.value.line, caught.value.column) == (line, column)


PIECES = [
    "f'",
    'f"',
    "f'''",
    "rf'",
    "'",
    '"',
    "'''",
    '"""',
    "{",
    "}",
    "{{",
    "}}",
    "(",
    ")",
    "[",
    "]",
    "a",
    "1",
    ",",
    ":",
]
PIECES += ["!r", "=", "\\", "\n", "\r\n", "#", " ", "\\N{DASH}", "r'", "b'", "+", "lambda", " if ", "<", "0or 1", "x='"]


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join), st.sampled_from(["{0}", "f'{{{0}}}'", 'f"{0}"']))
def test_no_bracket_that_libcst_sees_is_missed(middle: str, frame: str) -> None:
    source = frame.format(middle)
    try:
        module = libcst.parse_module(source)
    except (libcst.ParserSyntaxError, SyntaxError, IndexError):
        return
    assert opened(list(tokens.exact(source))) >= brackets(module)
    found = tokens.quick(source)
    if not any(token in tokens.QUOTES or tokens.is_opener(token) for token in found):
        assert opened(found) >= brackets(module)


def brackets(module: libcst.Module) -> int:
    kinds = (
        libcst.LeftParen,
        libcst.LeftSquareBracket,
        libcst.LeftCurlyBrace,
        libcst.FormattedStringExpression,
        libcst.Call,
    )
    count, waiting = 0, [module.children]
    while waiting:
        for node in waiting.pop():
            count += isinstance(node, kinds)
            waiting.append(node.children)
    return count


def opened(found: list[str]) -> int:
    """The opening brackets, all of them in f-strings that are passed over as a whole."""
    count = 0
    for token in found:
        if token and token in "([{":
            count += 1
        elif token and token[0] in tokens.FSTRING_STARTS and token[-1] in "'\"":
            fields = token.replace("{{", "")
            count += sum(map(fields.count, "([{"))
    return count
