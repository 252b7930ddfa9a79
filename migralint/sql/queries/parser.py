"""Tokens → expressions, by operator precedence (PostgreSQL docs, 4.1.6)."""

from __future__ import annotations

from decimal import Decimal

from migralint.sql.cursor import Cursor
from migralint.sql.queries.call_parser import CallParser
from migralint.sql.queries.nodes import (
    Between,
    Binary,
    Call,
    Cast,
    Exists,
    Expression,
    Field,
    In,
    Index,
    Is,
    Items,
    Literal,
    Parameter,
    Quantified,
    Reference,
    Scalar,
    Slice,
    Star,
    Unary,
)
from migralint.sql.relations import BARE_CALLS
from migralint.sql.tokens import NUMBER, OPERATOR, PARAMETER, QUOTED, STRING, WORD

_DEPTH = 80
_LEVELS = {"or": 1, "and": 2, "is": 4, "isnull": 4, "notnull": 4, "between": 6, "in": 6, "like": 6, "ilike": 6}
_COMPARISONS = ("=", "<", ">", "<=", ">=", "<>", "!=")
_LEVELS |= dict.fromkeys(_COMPARISONS, 5) | {"similar": 6, "+": 8, "-": 8, "*": 9, "/": 9, "%": 9, "^": 10, "at": 11}
_NOT, _OTHER, _UNARY, _POSTFIX = 3, 7, 12, 13
_ENDS = frozenset(
    """from where group having order limit offset fetch for union except intersect then else end when loop as into
    asc desc nulls using on inner left right full cross join natural window returning do""".split()
)


class Parser(CallParser):
    """Reads expressions and queries from a cursor; raises Unreadable, also for what cannot be evaluated."""

    def expression(self, level: int = 0) -> Expression:
        """An expression whose operators bind at least as tightly as `level`."""
        self._depth += 1
        if self._depth > _DEPTH:
            raise self.cursor.problem("nested too deeply")
        try:
            left = self._prefix()
            while True:
                further = self._infix(left, level)
                if further is None:
                    return left
                left = further
        finally:
            self._depth -= 1

    # what an expression begins with --------------------------------------------------------------------------------
    def _prefix(self) -> Expression:
        cursor = self.cursor
        token = cursor.peek()
        if token is None:
            raise cursor.problem("expected an expression")
        if token.kind == STRING:
            cursor.take()
            return Literal(token.value)
        if token.kind == NUMBER:
            cursor.take()
            return Literal(_number(token.value))
        if token.kind == PARAMETER:
            cursor.take()
            return Parameter(token.value.lstrip(":").removeprefix("%(").removesuffix(")s"))
        if token.kind == OPERATOR:
            return self._operator_prefix(token.value)
        if token.kind == QUOTED:
            return self._name()
        return self._word(token.value)

    def _operator_prefix(self, operator: str) -> Expression:
        cursor = self.cursor
        if operator in ("-", "+"):
            cursor.take()
            return Unary(operator, self.expression(_UNARY))
        if operator == "*":
            token = cursor.take()
            return Star(place=(token.start, token.end))
        if operator != "(":
            raise cursor.problem("expected an expression")
        inner = self.inside(cursor.group())
        if inner.cursor.sees_any("select", "with", "values", "table"):
            return Scalar(inner.query())
        items = inner.expressions()
        if len(items) != 1:
            return Items(items, row=True)
        if cursor.accept("."):
            if cursor.sees("*") and not self.evaluated:
                raise cursor.problem("the fields of a value are not told apart")
            return Star() if cursor.accept("*") else Field(items[0], cursor.identifier())
        return items[0]

    def _word(self, word: str) -> Expression:
        cursor = self.cursor
        following = cursor.peek(1)
        called = following is not None and following.kind == OPERATOR and following.value == "("
        if word in ("true", "false", "null"):
            cursor.take()
            return Literal({"true": True, "false": False, "null": None}[word])
        if word == "not":
            cursor.take()
            return Unary("not", self.expression(_NOT))
        if word == "exists" and called:
            cursor.take()
            return Exists(self.inside(cursor.group()).query())
        if word == "case":
            return self._case()
        if word == "array" and following is not None and following.value in ("[", "("):
            return self._array()
        if word in ("cast", "try_cast") and called:
            cursor.take()
            inner = self.inside(cursor.group())
            operand = inner.expression()
            inner.cursor.expect("as")
            return Cast(operand, self._type(inner.cursor))
        if word == "row" and called:
            cursor.take()
            return Items(self.inside(cursor.group()).expressions(), row=True)
        if following is not None and following.kind == STRING and word not in _ENDS:
            cursor.take()
            return Cast(Literal(cursor.take().value), word)
        if word in BARE_CALLS and not called:
            cursor.take()
            return Call(word)
        if word in _ENDS and not called:
            raise cursor.problem("expected an expression")
        return self._name()

    def _name(self) -> Expression:
        cursor = self.cursor
        start = cursor.offset
        parts = [cursor.identifier()]
        while cursor.accept("."):
            if cursor.sees("*"):
                return Star(parts[-1], (start, cursor.take().end))
            parts.append(cursor.identifier())
        if not cursor.sees("("):
            return Reference(tuple(parts))
        return self._call(parts[-1], parts[-2] if len(parts) > 1 else None)

    # what may follow -----------------------------------------------------------------------------------------------
    def _infix(self, left: Expression, level: int) -> Expression | None:
        cursor = self.cursor
        token = cursor.peek()
        if token is None or token.kind in (STRING, NUMBER, PARAMETER, QUOTED):
            return None
        if token.kind == WORD:
            return self._word_infix(left, token.value, level)
        operator = token.value
        if operator == "::":
            cursor.take()
            return Cast(left, self._type(cursor))
        if operator == "[":
            start = cursor.index + 1
            cursor.skip_one()
            inside = Cursor(cursor.text, cursor.tokens, start, cursor.index - 1)
            if inside.has(":"):
                return Index(left, self._slice(inside))
            return Index(left, self.inside(inside).whole())
        if operator in (",", ")", "]", ";", ":=", "=>", ".."):
            return None
        if operator == "." and isinstance(left, (Call, Scalar)):
            cursor.take()
            return Field(left, cursor.identifier())
        return self._operator(left, operator, level)

    def _operator(self, left: Expression, operator: str, level: int) -> Expression | None:
        cursor = self.cursor
        start = cursor.index
        if operator == "operator":
            cursor.take()
            operator = cursor.group().rest().sql().rpartition(".")[2]
        else:
            cursor.take()
            while (more := cursor.peek()) is not None and more.kind == OPERATOR and _joins(cursor, operator):
                operator += cursor.take().value
        own = _LEVELS.get(operator, _OTHER)
        if own < level:
            cursor.index = start
            return None
        if cursor.sees_any("any", "some", "all") and cursor.sees("(", ahead=1):
            every = cursor.take().value == "all"
            inner = self.inside(cursor.group())
            right = inner.query() if inner.cursor.sees_any("select", "with", "values") else inner.whole()
            return Quantified(operator, left, right, every)
        return Binary(operator, left, self.expression(own + 1))

    def _word_infix(self, left: Expression, word: str, level: int) -> Expression | None:
        cursor = self.cursor
        if word == "operator":
            return self._operator(left, word, level)
        negated = word == "not"
        if negated:
            following = cursor.peek(1)
            word = following.value if following is not None else ""
            if word not in ("in", "like", "ilike", "between", "similar"):
                return None
        if word == "collate":
            cursor.take()
            cursor.parts()
            return left
        own = _LEVELS.get(word)
        if own is None or own < level:
            return None
        cursor.index += 2 if negated else 1
        match word:
            case "and" | "or":
                return Binary(word, left, self.expression(own + 1))
            case "is":
                return self._is(left, own)
            case "isnull" | "notnull":
                return Is(left, "null", word == "notnull")
            case "in":
                found = self._in(left)
                return Unary("not", found) if negated else found
            case "between":
                symmetric = cursor.accept("symmetric")
                low = self.expression(_OTHER)
                cursor.expect("and")
                between = Between(left, low, self.expression(_OTHER), symmetric)
                return Unary("not", between) if negated else between
            case "at":
                cursor.expect("time", "zone")
                zone = self.expression(_UNARY)
                return Call("timezone", () if self.evaluated else (left, zone))
        if word == "similar":
            cursor.expect("to")
        if cursor.sees_any("any", "some", "all") and cursor.sees("(", ahead=1):
            every = cursor.take().value == "all"
            return Quantified(("not " if negated else "") + word, left, self.inside(cursor.group()).whole(), every)
        right = self.expression(own + 1)
        if cursor.accept("escape"):
            escape = self.expression(own + 1)
            if self.evaluated:
                right = _escaped(right, escape)
        return Binary(("not " if negated else "") + word, left, right)

    def _slice(self, inside: Cursor) -> Slice:
        low = inside.until(":")
        inside.expect(":")
        return Slice(
            None if low.done else self.inside(low).whole(), None if inside.done else self.inside(inside).whole()
        )

    def _is(self, left: Expression, level: int) -> Expression:
        cursor = self.cursor
        negated = cursor.accept("not")
        if cursor.accept("distinct", "from"):
            found = Binary("is distinct from", left, self.expression(level + 1))
            return Unary("not", found) if negated else found
        what = cursor.accept_any("null", "true", "false", "unknown")
        if what is None:
            raise cursor.problem("expected NULL, TRUE, FALSE or UNKNOWN")
        return Is(left, "null" if what == "unknown" else what, negated)

    def _in(self, left: Expression) -> Expression:
        inner = self.inside(self.cursor.group())
        if inner.cursor.sees_any("select", "with", "values"):
            return In(left, (), inner.query())
        return In(left, inner.expressions())


def _joins(cursor: Cursor, operator: str) -> bool:
    """Whether the next token continues the operator (`?|`, `@@`): no blank between, and not a sign or parenthesis."""
    token = cursor.peek()
    assert token is not None
    return (
        cursor.tokens[cursor.index - 1].end == token.start
        and token.value[0] in "<>=~!@#%^&|`?*/"
        and (operator + token.value not in ("=*",))
    )


def _escaped(pattern: Expression, escape: Expression) -> Expression:
    """A pattern of LIKE with a backslash for its escape character; one that is no literal has no value."""
    if not isinstance(pattern, Literal) or not isinstance(escape, Literal):
        return Call("escape")
    text, mark = pattern.value, escape.value
    if not isinstance(text, str) or not isinstance(mark, str) or len(mark) != 1:
        return Call("escape")
    doubled = text.replace("\\", "\\\\") if mark != "\\" else text
    return Literal(doubled.replace(mark, "\\"))


def _number(text: str) -> int | Decimal:
    digits = text.replace("_", "")
    if digits[:2].lower() == "0x":
        return int(digits, 16)
    try:
        return int(digits)
    except ValueError:
        return Decimal(digits)
