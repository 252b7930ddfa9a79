"""`itertools` over known data, as CPython answers."""

from __future__ import annotations

import itertools
import operator

import pytest

from migralint.python.values import Unknown
from tests.python.following import follow


def value(expression: str) -> object:
    return follow(f"    import itertools, operator, uuid\n    x = uuid.uuid4()\n    return {expression}").value


@pytest.mark.parametrize(
    "expression",
    [
        "list(itertools.chain([1], (2, 3), 'ab'))",
        "list(itertools.chain.from_iterable([[1], [2, 3]]))",
        "list(itertools.product([1, 2], 'ab'))",
        "list(itertools.product([1, 2], repeat=2))",
        "list(itertools.islice([1, 2, 3, 4], 1, None, 2))",
        "list(itertools.pairwise([1, 2, 3]))",
        "list(itertools.zip_longest([1, 2], [3], fillvalue=0))",
        "list(itertools.combinations('abc', 2)), list(itertools.permutations([1, 2, 3], 2))",
        "list(itertools.permutations([1, 2, 3]))",
        "list(itertools.repeat('a', 3))",
        "[(k, list(g)) for k, g in itertools.groupby([('a', 1), ('a', 2), ('b', 3)], key=lambda row: row[0])]",
        "[(k, list(g)) for k, g in itertools.groupby('aab')]",
        "list(itertools.filterfalse(lambda n: n % 2, [1, 2, 3]))",
        "list(itertools.takewhile(lambda n: n < 3, [1, 3, 2])), list(itertools.dropwhile(lambda n: n < 3, [1, 3, 2]))",
        "list(itertools.starmap(lambda a, b: a + b, [(1, 2), (3, 4)])), list(itertools.starmap(max, []))",
    ],
)
def test_the_answers_are_those_of_python(expression: str) -> None:
    assert value(expression) == eval(expression, {"itertools": itertools, "operator": operator})


@pytest.mark.parametrize(
    "expression",
    ["itertools.chain([1], x)", "itertools.product([1], x)", "itertools.groupby([1, 2], key=lambda n: x)",
     "itertools.groupby(x)", "itertools.takewhile(lambda n: x, [1])", "itertools.starmap(max, [x])",
     "itertools.product(range(100), repeat=9)", "itertools.permutations(range(100))", "itertools.repeat(1)",
     "itertools.repeat(1, 10**9)", "itertools.islice([1], -1)", "itertools.product(range(9), repeat=10**9)"],
)  # fmt: skip
def test_what_is_not_known_or_too_large_stays_unknown(expression: str) -> None:
    assert isinstance(value(expression), Unknown)


def test_starmap_calls_operations() -> None:
    found = follow("import itertools\nlist(itertools.starmap(op.drop_table, [('t',), ('s',)]))")
    assert found.told == ["drop_table t -", "drop_table s -"]
