"""A query as a tree: the part of SELECT that can be answered."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Expression:
    """Anything with a value."""


@dataclass(frozen=True, slots=True)
class Literal(Expression):
    """A constant: text, number, boolean or NULL (None)."""

    value: object


@dataclass(frozen=True, slots=True)
class Reference(Expression):
    """A column, a variable, or `table.column`."""

    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parameter(Expression):
    """A bound parameter: `name` of `:name` and `%(name)s`, `$1`, or `%s`."""

    name: str


@dataclass(frozen=True, slots=True)
class Star(Expression):
    """`*` or `table.*`; `place` is where it begins and ends in the text, None for the one that TABLE means."""

    table: str | None = None
    place: tuple[int, int] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Call(Expression):
    """A function call; `star` for count(*), `names` are those of named arguments ("" for the others)."""

    name: str
    arguments: tuple[Expression, ...] = ()
    schema: str | None = None
    star: bool = False
    distinct: bool = False
    order: tuple[Order, ...] = ()
    condition: Expression | None = None
    names: tuple[str, ...] = ()
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """OVER: what it divides by and what orders it."""

    divides: tuple[Expression, ...] = ()
    order: tuple[Order, ...] = ()
    framed: bool = False


@dataclass(frozen=True, slots=True)
class Unary(Expression):
    """`not`, `-`, `+`."""

    operator: str
    operand: Expression


@dataclass(frozen=True, slots=True)
class Binary(Expression):
    """Two operands; `operator` in lower case, such as `and`, `=`, `||`, `not like`, `is distinct from`."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Is(Expression):
    """`IS [NOT] NULL | TRUE | FALSE | UNKNOWN`."""

    operand: Expression
    what: str
    negated: bool


@dataclass(frozen=True, slots=True)
class Between(Expression):
    """`BETWEEN low AND high`; `symmetric`: in either order."""

    operand: Expression
    low: Expression
    high: Expression
    symmetric: bool = False


@dataclass(frozen=True, slots=True)
class Cast(Expression):
    """`::type`; `type` as written, in lower case."""

    operand: Expression
    type: str


@dataclass(frozen=True, slots=True)
class Case(Expression):
    """`CASE [subject] WHEN ... THEN ... ELSE ... END`."""

    subject: Expression | None
    arms: tuple[tuple[Expression, Expression], ...]
    otherwise: Expression


@dataclass(frozen=True, slots=True)
class In(Expression):
    """`IN (items)` or `IN (query)`."""

    operand: Expression
    items: tuple[Expression, ...]
    query: Query | None = None


@dataclass(frozen=True, slots=True)
class Quantified(Expression):
    """`left operator ANY|ALL (array or query)`."""

    operator: str
    left: Expression
    right: Expression | Query
    every: bool


@dataclass(frozen=True, slots=True)
class Exists(Expression):
    """`EXISTS (query)`."""

    query: Query


@dataclass(frozen=True, slots=True)
class Scalar(Expression):
    """A query in parentheses as a value; `array` for `ARRAY(query)`."""

    query: Query
    array: bool = False


@dataclass(frozen=True, slots=True)
class Items(Expression):
    """`ARRAY[...]`, or `ROW(...)` and `(a, b)` where `row`."""

    items: tuple[Expression, ...]
    row: bool = False


@dataclass(frozen=True, slots=True)
class Slice(Expression):
    """The index of `array[low:high]`."""

    low: Expression | None
    high: Expression | None


@dataclass(frozen=True, slots=True)
class Index(Expression):
    """`array[index]`."""

    operand: Expression
    index: Expression


@dataclass(frozen=True, slots=True)
class Field(Expression):
    """`(value).name`."""

    operand: Expression
    name: str


@dataclass(frozen=True, slots=True)
class Order:
    """One key of ORDER BY."""

    expression: Expression
    descending: bool = False
    nulls_first: bool | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """One item of FROM: a relation (`name`), a `query`, or a function (`call`).

    `join` is "", "inner", "left", "right", "full", "natural" or "cross"; `columns` renames the columns; a `lateral`
    query sees the sources before it.
    """

    alias: str
    name: tuple[str, ...] = ()
    query: Query | None = None
    call: Call | None = None
    columns: tuple[str, ...] = ()
    ordinality: bool = False
    join: str = ""
    on: Expression | None = None
    using: tuple[str, ...] = ()
    lateral: bool = False


@dataclass(frozen=True, slots=True)
class Select:
    """One SELECT; `items` are expressions with their names ("" for an automatic one)."""

    items: tuple[tuple[Expression, str], ...] = ()
    sources: tuple[Source, ...] = ()
    where: Expression | None = None
    group: tuple[Expression, ...] = ()
    having: Expression | None = None
    distinct: bool = False
    distinct_on: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class Values:
    """`VALUES (...), (...)`."""

    rows: tuple[tuple[Expression, ...], ...]


@dataclass(frozen=True, slots=True)
class Combined:
    """UNION, EXCEPT or INTERSECT; `every` for ALL."""

    operator: str
    left: Query
    right: Query
    every: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A whole query."""

    body: Select | Values | Combined
    queries: tuple[tuple[str, tuple[str, ...], Query], ...] = ()
    order: tuple[Order, ...] = ()
    limit: Expression | None = None
    offset: Expression | None = None
