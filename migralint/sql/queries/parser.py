"""Tokens → expressions, by operator precedence (PostgreSQL docs, 4.1.6)."""

from __future__ import annotations

from migralint.sql.columns import read_type
from migralint.sql.cursor import Cursor
from migralint.sql.queries.nodes import (
    Between,
    Binary,
    Call,
    Case,
    Cast,
    Exists,
    Expression,
    Field,
    In,
    Index,
    Is,
    Items,
    Literal,
    Order,
    Parameter,
    Quantified,
    Query,
    Reference,
    Scalar,
    Star,
    Unary,
)
from migralint.sql.tokens import NUMBER, OPERATOR, PARAMETER, QUOTED, STRING, WORD

_DEPTH = 80
_LEVELS = {"or": 1, "and": 2, "is": 4, "isnull": 4, "notnull": 4, "between": 6, "in": 6, "like": 6, "ilike": 6}
_COMPARISONS = ("=", "<", ">", "<=", ">=", "<>", "!=")
_LEVELS |= dict.fromkeys(_COMPARISONS, 5) | {"similar": 6, "+": 8, "-": 8, "*": 9, "/": 9, "%": 9, "^": 10, "at": 11}
_NOT, _OTHER, _UNARY, _POSTFIX = 3, 7, 12, 13
_BARE_CALLS = frozenset(
    """current_user current_role session_user user current_date current_time current_timestamp localtime localtimestamp
    current_catalog current_schema system_user""".split()
)
_ENDS = frozenset(
    """from where group having order limit offset fetch for union except intersect then else end when loop as into
    asc desc nulls using on inner left right full cross join natural window returning do""".split()
)
SLICE = Call("slice")
"""The index of `array[from:to]`."""


class Parser:
    """Reads expressions and queries from a cursor; raises Unreadable, also for what cannot be evaluated."""

    evaluated = True
    """False where the tree is only looked at: then it may hold what has no value on paper."""

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self._depth = 0

    def inside(self, group: Cursor) -> Parser:
        """A parser for what stands in parentheses, with the nesting counted on."""
        inner = type(self)(group)
        inner._depth = self._depth + 1
        return inner

    def not_evaluated(self, what: str) -> None:
        """Stops before what may only be looked at."""
        if self.evaluated:
            raise self.cursor.problem(f"{what} not evaluated")

    def _type(self, cursor: Cursor) -> str:
        written = read_type(cursor)
        return written.lower() if self.evaluated else written

    def query(self) -> Query:
        """A whole query; `queries.select_parser` implements it."""
        raise NotImplementedError

    def whole(self) -> Expression:
        """One expression that takes up all of the cursor."""
        found = self.expression()
        if not self.cursor.done:
            raise self.cursor.problem("expected the end of the expression")
        return found

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

    def expressions(self) -> tuple[Expression, ...]:
        """Expressions between commas, up to the end."""
        return tuple(self.inside(item).whole() for item in self.cursor.items())

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
            cursor.take()
            return Star()
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
        if word in _BARE_CALLS and not called:
            cursor.take()
            return Call(word)
        if word in _ENDS and not called:
            raise cursor.problem("expected an expression")
        return self._name()

    def _name(self) -> Expression:
        cursor = self.cursor
        parts = [cursor.identifier()]
        while cursor.accept("."):
            if cursor.accept("*"):
                return Star(parts[-1])
            parts.append(cursor.identifier())
        if not cursor.sees("("):
            return Reference(tuple(parts))
        return self._call(parts[-1], parts[-2] if len(parts) > 1 else None)

    def _call(self, name: str, schema: str | None) -> Expression:
        inner = self.inside(self.cursor.group())
        if special := self._special(name, inner):
            return special
        distinct = inner.cursor.accept("distinct")
        star = inner.cursor.accept("*")
        arguments: list[Expression] = []
        order: tuple[Order, ...] = ()
        for item in inner.cursor.items():
            argument = self.inside(item)
            if argument.cursor.accept("variadic"):
                self.not_evaluated("VARIADIC is")
            if argument.cursor.sees("order", "by"):
                order = argument.order()
                continue
            arguments.append(argument.expression())
            if argument.cursor.accept("=>") or argument.cursor.accept(":="):
                arguments[-1] = argument.expression()
            if argument.cursor.sees("order", "by"):
                order = argument.order()
            if not argument.cursor.done:
                raise argument.cursor.problem("expected a comma")
        condition: Expression | None = None
        if self.cursor.accept("filter"):
            group = self.inside(self.cursor.group())
            group.cursor.expect("where")
            condition = group.whole()
        if self.cursor.sees("over") or self.cursor.sees("within", "group"):
            self.not_evaluated("window functions and ordered sets are")
            order = self._window(order)
        return Call(name, tuple(arguments), schema, star, distinct, order, condition)

    def _window(self, order: tuple[Order, ...]) -> tuple[Order, ...]:
        """WITHIN GROUP and OVER: what they order and divide by."""
        cursor = self.cursor
        if cursor.accept("within", "group"):
            order = self.inside(cursor.group()).order()
        if cursor.accept("over") and not cursor.sees("("):
            cursor.identifier()
        elif cursor.sees("("):
            order += self.inside(cursor.group()).window()
        return order

    def window(self) -> tuple[Order, ...]:
        """A window: what it divides by, and what orders it."""
        cursor = self.cursor
        ends = ("order", "rows", "range", "groups")
        if not cursor.done and not cursor.sees_any("partition", *ends):
            cursor.identifier()
        found: tuple[Order, ...] = ()
        if cursor.accept("partition", "by"):
            found = tuple(Order(expression) for expression in self.inside(cursor.until(*ends)).expressions())
        return (*found, *self.order()) if cursor.sees("order", "by") else found

    def _special(self, name: str, inner: Parser) -> Expression | None:
        """Calls with a syntax of their own."""
        cursor = inner.cursor
        if name == "position":
            found = inner.expression(_LEVELS["in"] + 1)
            if cursor.accept("in"):
                return Call("position", (inner.expression(), found))
            raise cursor.problem("expected IN")
        if name == "substring" and (cursor.has("from") or cursor.has("for")):
            arguments = [inner.expression()]
            arguments.append(inner.expression() if cursor.accept("from") else Literal(1))
            if cursor.accept("for"):
                arguments.append(inner.expression())
            return Call("substring", tuple(arguments))
        if name == "trim" and (cursor.sees_any("leading", "trailing", "both") or cursor.has("from")):
            kind = cursor.accept_any("leading", "trailing", "both") or "both"
            characters = None if cursor.sees("from") else inner.expression()
            cursor.accept("from")
            subject = inner.expression()
            call = {"leading": "ltrim", "trailing": "rtrim", "both": "btrim"}[kind]
            return Call(call, (subject, characters) if characters else (subject,))
        if name == "extract" and not self.evaluated:
            cursor.take()
            cursor.expect("from")
            return Call(name, (inner.expression(),))
        if name in ("extract", "overlay"):
            cursor.rest()
            return Call(name)
        return None

    def _case(self) -> Expression:
        cursor = self.cursor
        cursor.take()
        subject = None if cursor.sees("when") else self.expression()
        arms: list[tuple[Expression, Expression]] = []
        while cursor.accept("when"):
            condition = self.expression()
            cursor.expect("then")
            arms.append((condition, self.expression()))
        otherwise = self.expression() if cursor.accept("else") else Literal(None)
        cursor.expect("end")
        return Case(subject, tuple(arms), otherwise)

    def _array(self) -> Expression:
        cursor = self.cursor
        cursor.take()
        if cursor.sees("("):
            return Scalar(self.inside(cursor.group()).query(), array=True)
        return self._brackets()

    def _brackets(self) -> Expression:
        start = self.cursor.index + 1
        self.cursor.skip_one()
        inner = self.inside(Cursor(self.cursor.text, self.cursor.tokens, start, self.cursor.index - 1))
        return Items(
            tuple(
                self.inside(item)._brackets() if item.sees("[") else self.inside(item).whole()
                for item in inner.cursor.items()
            )
        )

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
            if ":" in inside.source().replace("::", ""):
                return Index(left, SLICE)
            return Index(left, self.inside(inside).whole())
        if operator in (",", ")", "]", ";", ":=", ".."):
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
                cursor.accept("symmetric")
                low = self.expression(_OTHER)
                cursor.expect("and")
                between = Between(left, low, self.expression(_OTHER))
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
            self.expression(own + 1)
            if self.evaluated:
                return Call("escape")
        return Binary(("not " if negated else "") + word, left, right)

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

    def order(self) -> tuple[Order, ...]:
        """ORDER BY, up to the end or a following clause."""
        cursor = self.cursor
        cursor.expect("order", "by")
        keys: list[Order] = []
        while True:
            expression = self.expression()
            descending = cursor.accept_any("asc", "desc") == "desc"
            nulls: bool | None = None
            if cursor.accept("nulls"):
                nulls = cursor.take().value == "first"
            keys.append(Order(expression, descending, nulls))
            if not cursor.accept(","):
                return tuple(keys)


def _joins(cursor: Cursor, operator: str) -> bool:
    """Whether the next token continues the operator (`?|`, `@@`): no blank between, and not a sign or parenthesis."""
    token = cursor.peek()
    assert token is not None
    return (
        cursor.tokens[cursor.index - 1].end == token.start
        and token.value[0] in "<>=~!@#%^&|`?*/"
        and (operator + token.value not in ("=*",))
    )


def _number(text: str) -> int | float:
    digits = text.replace("_", "")
    if digits[:2].lower() == "0x":
        return int(digits, 16)
    try:
        return int(digits)
    except ValueError:
        return float(digits)
