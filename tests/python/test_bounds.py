"""Hostile values: whatever Python's own operations are given, the evaluator answers soon and with little memory."""

from __future__ import annotations

import itertools
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migralint.python import bounds
from migralint.python.values import PyRaise, Unknown
from tests.python.following import Followed, follow


@contextmanager
def little() -> Iterator[None]:
    """Fails when what runs in it takes more than seconds or 500 MB."""
    tracemalloc.start()
    start = time.process_time()
    try:
        yield
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert time.process_time() - start < 60  # tracing takes nearly all of it
    assert peak < 500_000_000


def _follow(code: str) -> Followed:
    with little():
        return follow(code)


@pytest.mark.parametrize(
    "expression",
    [
        '"x".ljust(10**12)',
        '"x".rjust(10**12)',
        '"x".zfill(10**11)',
        '"x".center(10**11)',
        '"\\t".expandtabs(10**12)',
        '("\\t" * 10**6).expandtabs(9999)',
        '"%100000000000d" % 1',
        '"%.100000000000f" % 1.0',
        '"%100000000000s" % "a"',
        '"%(a)100000000000d" % {"a": 1}',
        '"%*d" % (10**11, 1)',
        'f"{1:>100000000000}"',
        'f"{1:>{10**11}}"',
        'f"{1.5:.100000000000f}"',
        '"{:>100000000000}".format(1)',
        '"{:>{}}".format(1, 10**11)',
        '"{99999999999999999999999}".format(1)',
        'format(1, ">100000000000")',
        '"abcdefgh".replace("", "x" * 10**6)' + '.replace("x", "y" * 10**6)' * 3,
        '"a" * 10**7 * 10**7',
        '("a" * 10**6).replace("a", "b" * 10**6)',
        '("a" * 10**6).join(["b"] * 10**5)',
        '"$a" * 10**6',
        '("a," * 4 * 10**6).split(",")',
        "[0] * 10**9",
        "(0,) * 10**6 + (0,) * 10**6 + (0,) * 10**9",
        "10 ** 10 ** 10",
        "2 ** -(10 ** 10)",
        "1 << 10**12",
        "1 << -1",
        "1 // 0",
        "1.5 // 0",
        "-1 ** 0.5",
        "(10 ** 500) ** 500",
        "1e308 * 10 ** 400",
        "range(10 ** 40)",
        "list(range(10 ** 40))",
        "len(range(10 ** 40))",
        "range(0, 10, 0)",
        "sum(range(10 ** 12))",
        "round(5, -(10 ** 9))",
        "round(1e308, -(10 ** 30))",
        'round(float("nan"))',
        'int("9" * 10**6)',
        "str(10 ** 2000 * 10 ** 2000)",
        '"abc"[::0]',
        "[1, 2][::0]",
        '"abc"[10 ** 30]',
        '"abc"[1.5]',
        "[1][None]",
        '"x".encode("nope")',
        '"x".encode("punycode")',
        '("\\u00e9" * 10**6).encode("punycode")',
        '"\\u00e9".encode("ascii")',
        '"x".encode("utf-8").decode("nope")',
        '"x".encode("zlib")',
        '"%c" % 0x110000',
        '"%c" % 0xd800',
        "chr(0xd800)",
        'f"{0xd800:c}"',
        '"%d" % "a"',
        '"%100000000000d".encode() % 1',
        '"x".split("")',
        '"x".count(None)',
        '"x".startswith(1)',
        '"x".join(1)',
        '"x".translate({120: "y" * 10**8})',
        "{}.pop()",
        "[].pop(10 ** 30)",
        "[1].index(2)",
        "{[]: 1}",
        "{1: 2}[[]]",
        "{1: 2}.get([])",
        "set([[]])",
        "sorted([1, 'a'])",
        "min([])",
        "min(['a', 1])",
        "1 < 'a'",
        "-'a'",
        "~1.5",
        "[] - []",
        "{} | 1",
        "b'x' * 10**12",
    ],
)
def test_hostile_expressions_have_an_answer(expression: str) -> None:
    value = _follow(f"return {expression}").value
    assert value is None or isinstance(value, (Unknown, PyRaise, str, int, float, list, tuple, range, bytes, bool))
    if isinstance(value, str):
        assert len(value) <= bounds.TEXT
        value.encode()


@pytest.mark.parametrize(
    "code",
    [
        "x = [0]\nfor i in range(60):\n    x = [x, x]\nreturn str(x)",
        "x = y = (0,)\nfor i in range(60):\n    x, y = (x, x), (y, y)\nreturn x == y",
        "x = (0,)\nfor i in range(60):\n    x = (x, x)\nreturn {x: 1}",
        "x = (0,)\nfor i in range(60):\n    x = (x, x)\nd = {}\nd[x] = 1\nd.get(x)\nreturn x in d",
        "x = (0,)\nfor i in range(60):\n    x = (x, x)\nreturn {x} | set([x])",
        "x = []\nx.append(x)\nreturn repr(x) + f'{x}' + str(x == [x])",
        "import json\nx = [0]\nfor i in range(60):\n    x = [x, x]\nreturn json.dumps(x)",
        "import json\nreturn json.dumps([1], indent=10**10)",
        "x = 'a'\nfor i in range(60):\n    x = x + x\nreturn x",
        "x = 'a'\nfor i in range(60):\n    x += x\nreturn x",
        "x = 'a'\nfor i in range(60):\n    x = f'{x}{x}'\nreturn x",
        "x = 'a'\nfor i in range(60):\n    x = '%s%s' % (x, x)\nreturn x",
        "x = 'a'\nfor i in range(60):\n    x = '{}{}'.format(x, x)\nreturn x",
        "x = 'a'\nfor i in range(60):\n    x = ''.join([x, x])\nreturn x",
        "x = 'a'\nfor i in range(60):\n    x = x.replace('a', 'aa')\nreturn x",
        "x = [1]\nfor i in range(60):\n    x += x\nreturn len(x)",
        "x = [1]\nfor i in range(60):\n    x = x + x\nreturn len(x)",
        "x = [1]\nfor i in range(60):\n    x.extend(x)\nreturn len(x)",
        "x = 3\nfor i in range(60):\n    x = x * x\nreturn str(x)",
        "x = ''\nfor i in range(6000):\n    x += 'a'\nreturn x",
        "from string import Template\nreturn Template('$a' * 10**5).substitute(a='b' * 10**6)",
        "import itertools\nx = list(range(20000))\nreturn len(list(itertools.chain(*[x for i in x])))",
    ],
)
def test_hostile_growth_ends(code: str) -> None:
    _follow(code)


VALUES = [
    "'abc'",
    "'%s'",
    "'{}'",
    "5",
    "-1",
    "10**30",
    "2.5",
    "1e308",
    "None",
    "True",
    "[1, 'a']",
    "(1, [2])",
    "{'a': 1}",
]
VALUES += [
    "{1, 2}",
    "'x' * 10**6",
    "[0] * 10**5",
    "10**12",
    "'a'.encode()",
    "lambda: 1",
    "int",
    "op",
    "unknown",
    "slice(None)",
]
METHODS = sorted(
    {
        name
        for kind in (str, bytes, int, float, list, dict, set, frozenset, tuple)
        for name in dir(kind)
        if name[0] != "_"
    }
)
OPERATORS = "+ - * / // % ** << >> | & ^ == < in and is".split()


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(VALUES), st.sampled_from(METHODS), st.lists(st.sampled_from(VALUES), max_size=3))
def test_methods_take_anything(value: str, name: str, args: list[str]) -> None:
    follow(f"return ({value}).{name}({', '.join(args)})")


@pytest.mark.parametrize(("left", "right"), list(itertools.product(VALUES, VALUES)))
def test_operators_take_anything(left: str, right: str) -> None:
    code = "\n".join(f"try:\n    ({left}) {op} ({right})\nexcept Exception:\n    pass" for op in OPERATORS)
    code += f"\n({left})[{right}:{right}:{right}]\nf'{{{left}:{{{right}}}}}'" if "lambda" not in left + right else ""
    follow(code)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(VALUES), st.text("%(){}:<>0123456789.#+- dsrfxcag*!", max_size=14))
def test_formats_take_anything(value: str, template: str) -> None:
    follow(f"return {template!r} % ({value})")
    follow(f"return {template!r}.format({value})")
    follow(f"return format({value}, {template!r})")
