"""`re` over known texts: answers as CPython gives them, and bounds."""

from __future__ import annotations

import re
import time

import pytest

from migralint.python.library.regex_cost import cost
from migralint.python.values import Unknown
from tests.python.following import follow

DEFAULT = "nextval('org_id_seq'::regclass)"


def value(expression: str) -> object:
    return follow(f"    import re\n    return {expression}").value


def tables(code: str) -> list[str]:
    """What a piece of code makes tables of; `made` does."""
    head = "    import re\n    def made(name):\n        op.create_table(str(name), sa.Column('id', sa.Integer))\n"
    return [line.removeprefix("create_table ").removesuffix(" -") for line in follow(f"{head}    {code}").told]


@pytest.mark.parametrize(
    "expression",
    [
        rf"""re.search(r"nextval\(\'(.*)\'::regclass", {DEFAULT!r}).group(1)""",
        rf"""re.search(r"nextval\(\'(.*)\'::regclass", {DEFAULT!r})[1].replace("org", "orgs", 1)""",
        "re.match('(?P<a>x+)(?P<b>y)?', 'xxz').groupdict()",
        "re.match('(x+)(y)?', 'xxz').groups('none')",
        "re.match('(x+)(y)?', 'xxz').group(1, 2, 0)",
        "re.match('b', 'ab')",
        "re.fullmatch('[a-z]+', 'ab1')",
        "(re.search('b+', 'abba').start(), re.search('b+', 'abba').end(), re.search('b+', 'abba').span())",
        "bool(re.search('b', 'abc')), bool(re.search('d', 'abc'))",
        r"re.sub(r'(\w)_(\w)', r'\2-\1', 'a_b c_d')",
        "re.sub('a', 'b', 'aaa', count=2)",
        "re.sub('a', lambda m: m.group(0).upper(), 'banana')",
        "re.subn('a', 'b', 'banana')",
        "re.findall('a.', 'abacad')",
        "re.findall('(a)(.)', 'abacad')",
        "re.split('([,;])', 'a,b;c')",
        "re.split(',', 'a,b,c', maxsplit=1)",
        r"[m.group() for m in re.finditer(r'\d+', 'a1b22')]",
        "re.compile('(?:A|B)x', re.IGNORECASE | re.M).search('bX').group()",
        "re.compile('a').pattern, re.compile('(?P<n>a)').groupindex, re.escape('a.b')",
        "'aXbXc'.replace('X', '', 1), 'aXbXc'.replace('X', '-', -1), 'aXb'.replace('X', '-', 0)",
    ],
)
def test_the_answers_are_those_of_python(expression: str) -> None:
    assert value(expression) == eval(expression, {"re": re})


def test_a_name_that_is_found_by_a_pattern_is_known() -> None:
    code = r"made(re.sub(r'\d+$', '', 'users2'))"
    assert tables(code) == ["users"]
    assert tables("if re.search('^u', 'users'): made('yes')") == ["yes"]
    assert tables("if not re.match('x', 'users'): made('yes')") == ["yes"]


@pytest.mark.parametrize(
    ("pattern", "length"),
    [
        ("(a+)+$", 40),
        ("(a|aa)+$", 60),
        ("(?:a*)*b", 40),
        (r"(a*)*\1b", 40),
        ("(.*)(.*)(.*)(.*)(.*)x", 200),
        ("a{,60}" * 9, 60),
    ],
)
def test_a_pattern_that_takes_long_is_not_tried(pattern: str, length: int) -> None:
    before = time.process_time()
    found = value(f"re.search({pattern!r}, {'a' * length!r})")
    assert isinstance(found, Unknown)
    assert time.process_time() - before < 5


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("(a|b|cd)*(e?)+", "abcdabcdx"),
        ("(a+)+$", "aaaaaaaab"),
        (".*.*=.*", "aaaaaaaaaaaaaaaa"),
        ("(?:a?){7}a{7}", "a" * 7),
    ],
)
def test_the_bound_is_not_below_the_pieces_that_match(pattern: str, text: str) -> None:
    places = range(len(text) + 1)
    pieces = [text[at:end] for at in places for end in places if at <= end]
    matching = sum(1 for piece in pieces if re.fullmatch(pattern, piece))
    assert matching <= cost(re.compile(pattern), len(text), anchored=False)


@pytest.mark.parametrize(
    "expression",
    ["re.search('a', x)", "re.search(x, 'a')", "re.compile(x).search('a')", "re.sub('a', x, 'a')", "re.split('a', x)",
     "re.search('(a)', 'a').group(x)", "re.compile('a').search('ba', 1)", "re.sub('a', lambda m: 1, 'a')"],
)  # fmt: skip
def test_what_is_not_known_stays_so(expression: str) -> None:
    assert isinstance(follow(f"    import re, uuid\n    x = uuid.uuid4()\n    return {expression}").value, Unknown)


def test_errors_of_patterns_are_raised() -> None:
    assert tables("try:\n        re.compile('(')\n    except re.error:\n        made('error')") == ["error"]
    assert tables("try:\n        re.search('a', 'a').group(2)\n    except IndexError:\n        made('index')") == [
        "index"
    ]
