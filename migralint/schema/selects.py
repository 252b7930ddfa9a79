"""Whether two queries, or conditions with one in them, surely ask for something else, whoever spelled them.

PostgreSQL keeps a query as a tree and prints it anew: with the table of each column, with casts written out, `IN` as
`= ANY`. Only what it keeps is compared; two queries of which nothing is said may still differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from migralint.schema.expressions import LENGTH

if TYPE_CHECKING:
    from sqlglot import exp

_ROW = "row"
_OTHER_WORDS = frozenset(
    f"btrim ltrim rtrim overlay date_part timezone substring position strpos char_length some {_ROW}".split()
)
"""Functions that a query has by another word than PostgreSQL prints."""


class _Kept(NamedTuple):
    """What a query has, whoever prints it; None for what cannot be compared."""

    tables: frozenset[str]
    columns: frozenset[str] | None
    texts: frozenset[str] | None
    numbers: frozenset[Decimal] | None
    functions: frozenset[str]
    comparisons: frozenset[str]
    outer: tuple[str, ...]
    truths: frozenset[bool]
    parts: frozenset[str]
    operators: tuple[str, ...] | None
    aggregates: frozenset[str]
    aliases: frozenset[str]


def surely_other(one: str, other: str) -> bool:
    """Whether they differ in what PostgreSQL keeps; False where one cannot be parsed."""
    left, right = _kept(one), _kept(other)
    if left is None or right is None:
        return False
    aliases = left.aliases | right.aliases  # ORDER BY may name one, in place of which PostgreSQL prints what it means
    left, right = (
        one._replace(aliases=aliases, columns=None if one.columns is None else one.columns - aliases)
        for one in (left, right)
    )
    pairs = zip(left, right, strict=True)
    return any(mine is not None and others is not None and mine != others for mine, others in pairs)


@lru_cache(maxsize=1024)
def _kept(text: str) -> _Kept | None:
    if len(text) > LENGTH:
        return None
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        tree = sqlglot.parse_one(text.strip().rstrip(";"), read="postgres")
    except (SqlglotError, RecursionError):
        return None
    if isinstance(tree, exp.Command):
        return None
    own = {one.alias_or_name for one in tree.find_all(exp.CTE)}
    starred = tree.find(exp.Star) is not None and not _only_counts(tree)
    typed = any(_is_typed(one) for one in tree.find_all(exp.Cast))
    literals = [one for one in tree.find_all(exp.Literal) if not isinstance(one.parent, (exp.Ordered, exp.Group))]
    return _Kept(
        frozenset(one.name.lower() for one in tree.find_all(exp.Table)) - own,
        None if starred else frozenset(one.name.lower() for one in tree.find_all(exp.Column)),
        None if typed else frozenset(one.this for one in literals if one.is_string and _number(one.this) is None),
        None if typed else frozenset(n for one in literals if (n := _number(one.this)) is not None),
        frozenset(one.name.lower() for one in tree.find_all(exp.Anonymous)) - _OTHER_WORDS,
        frozenset(_comparisons(tree)),
        tuple(sorted(one.side for one in tree.find_all(exp.Join) if one.side)),
        frozenset(bool(one.this) for one in tree.find_all(exp.Boolean)),
        frozenset(kind.__name__ for kind in (exp.Distinct, exp.Limit, exp.Group, exp.Or) if tree.find(kind)),
        _operators(tree),
        frozenset(type(one).__name__ for one in tree.find_all(exp.Count, exp.Sum, exp.Avg, exp.Min, exp.Max)),
        frozenset(one.alias.lower() for one in tree.find_all(exp.Alias)),
    )


def _only_counts(tree: exp.Expr) -> bool:
    """Whether each `*` is that of count(*)."""
    from sqlglot import exp

    return all(isinstance(one.parent, exp.Count) for one in tree.find_all(exp.Star))


def _is_typed(cast: exp.Expr) -> bool:
    """Whether it says of a text that it is something else, such as a date, which PostgreSQL prints in its own way."""
    from sqlglot import exp

    kind = exp.DataType.Type
    return (
        isinstance(cast.this, exp.Literal)
        and cast.this.is_string
        and _number(cast.this.this) is None
        and cast.args["to"].this not in (kind.TEXT, kind.VARCHAR, kind.USERDEFINED)
    )


def _number(text: str) -> Decimal | None:
    """The number without its sign, which is an operator in a query and part of the text where PostgreSQL prints it."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return abs(value).normalize() if value.is_finite() else None


def _comparisons(tree: exp.Expr) -> Iterator[str]:
    from sqlglot import exp

    for one in tree.find_all(exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Like, exp.ILike, exp.Between):
        yield from ("GTE", "LTE") if isinstance(one, exp.Between) else (type(one).__name__,)


def _operators(tree: exp.Expr) -> tuple[str, ...] | None:
    """The comparisons, each as often as it is there; None beside what PostgreSQL makes comparisons of or prints so.

    `IN` becomes `= ANY`, `BETWEEN` two comparisons, and one of rows as many as these have columns. OPERATOR(...) is how
    it prints a comparison of an extension's type.
    """
    from sqlglot import exp

    if any(one.name.lower() == _ROW for one in tree.find_all(exp.Anonymous)):
        return None
    if tree.find(exp.In, exp.Between, exp.Like, exp.ILike, exp.SimilarTo, exp.Any, exp.All, exp.Tuple, exp.Operator):
        return None
    kinds = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)
    return tuple(sorted(type(one).__name__ for one in tree.find_all(*kinds)))
