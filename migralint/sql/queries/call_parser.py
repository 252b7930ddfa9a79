"""Tokens → calls, CASE and arrays: what has a syntax of its own inside."""

from __future__ import annotations

from migralint.sql.cursor import Cursor
from migralint.sql.queries.nodes import Call, Case, Expression, Items, Literal, Order, Reference, Scalar, Window
from migralint.sql.queries.parsing import Base

_ABOVE_IN = 7
"""The level of operators that bind more tightly than IN."""


_VARIADIC = frozenset(
    """concat concat_ws format json_build_array json_build_object json_extract_path json_extract_path_text
    jsonb_build_array jsonb_build_object jsonb_extract_path jsonb_extract_path_text num_nonnulls num_nulls""".split()
)
"""Functions of PostgreSQL that take any number of arguments (pg_proc.provariadic)."""


class CallParser(Base):
    """Reads calls, CASE and arrays."""

    def _call(self, name: str, schema: str | None) -> Expression:
        inner = self.inside(self.cursor.group())
        if special := self._special(name, inner):
            return special
        distinct = inner.cursor.accept("distinct")
        star = inner.cursor.accept("*")
        arguments: list[Expression] = []
        order: tuple[Order, ...] = ()
        given: list[str] = []
        for item in inner.cursor.items():
            argument = self.inside(item)
            if argument.cursor.accept("variadic") and name in _VARIADIC:
                self.not_evaluated("VARIADIC is")
            if argument.cursor.sees("order", "by"):
                order = argument.order()
                continue
            arguments.append(argument.expression())
            given.append("")
            if argument.cursor.accept("=>") or argument.cursor.accept(":="):
                named = arguments[-1]
                given[-1] = named.parts[-1] if isinstance(named, Reference) else ""
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
        if self.cursor.sees("within", "group"):
            self.not_evaluated("ordered sets are")
            self.cursor.index += 2
            order = self.inside(self.cursor.group()).order()
        window = self._window() if self.cursor.accept("over") else None
        names = tuple(given) if any(given) else ()
        return Call(name, tuple(arguments), schema, star, distinct, order, condition, names, window)

    def _window(self) -> Window:
        """What stands after OVER."""
        if self.cursor.sees("("):
            return self.inside(self.cursor.group()).window()
        self.not_evaluated("named windows are")
        self.cursor.identifier()
        return Window()

    def window(self) -> Window:
        """A window: what it divides by, and what orders it."""
        cursor = self.cursor
        ends = ("order", "rows", "range", "groups")
        if not cursor.done and not cursor.sees_any("partition", *ends):
            self.not_evaluated("named windows are")
            cursor.identifier()
        divides: tuple[Expression, ...] = ()
        if cursor.accept("partition", "by"):
            divides = self.inside(cursor.until(*ends)).expressions()
        order = self.order() if cursor.sees("order", "by") else ()
        return Window(divides, order, framed=not cursor.done)

    def _special(self, name: str, inner: CallParser) -> Expression | None:
        """Calls with a syntax of their own."""
        cursor = inner.cursor
        if name == "position":
            found = inner.expression(_ABOVE_IN)
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
        if name == "extract":
            field = Literal(cursor.take().value)
            cursor.expect("from")
            return Call(name, (field, inner.expression()))
        if name == "overlay":
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
