"""Tokens → PL/pgSQL (PostgreSQL docs, chapter 43)."""

from __future__ import annotations

from migralint.sql.columns import read_type
from migralint.sql.cursor import Cursor
from migralint.sql.errors import Unreadable
from migralint.sql.plpgsql.nodes import (
    Block,
    Case,
    Declaration,
    ForCursor,
    ForEach,
    ForRange,
    ForRows,
    Handler,
    If,
    Loop,
    Node,
)
from migralint.sql.plpgsql.simple import simple, targets_of
from migralint.sql.tokens import BAD, QUOTED, WORD, tokenize

_DEPTH = 50
_LENGTH = 400_000


def parse(body: str) -> Block:
    """The outermost block of a body. Raises Unreadable."""
    if len(body) > _LENGTH:
        raise Unreadable("the block is too long")
    tokens = tokenize(body)
    if tokens and tokens[-1].kind == BAD:
        raise Unreadable(tokens[-1].value, tokens[-1].start)
    reader = _Parser(Cursor(body, tokens))
    block = reader.block(reader.label())
    reader.cursor.accept(";")
    if not reader.cursor.done:
        raise reader.cursor.problem("expected the end of the block")
    return block


class _Parser:
    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self._depth = 0

    def label(self) -> str:
        """`<<label>>`, or nothing."""
        cursor = self.cursor
        if not cursor.sees("<", "<"):
            return ""
        cursor.index += 2
        name = cursor.identifier()
        cursor.expect(">", ">")
        return name

    def block(self, label: str) -> Block:
        cursor, start = self.cursor, self.cursor.offset
        while cursor.accept("#"):
            cursor.take()
            cursor.take()
        declarations: list[Declaration] = []
        while cursor.accept("declare"):
            while not cursor.sees_any("begin", "declare"):
                declarations += self._declaration()
        cursor.expect("begin")
        body = self._statements("end", "exception")
        handlers = self._handlers() if cursor.accept("exception") else []
        cursor.expect("end")
        if not cursor.done and not cursor.sees(";"):
            cursor.identifier()
        return Block(start, self._here(), label, declarations, body, handlers)

    def _here(self) -> int:
        cursor = self.cursor
        return cursor.tokens[cursor.index - 1].end if cursor.index else 0

    def _declaration(self) -> list[Declaration]:
        cursor = self.cursor
        name = cursor.identifier()
        if cursor.accept("alias", "for"):
            target = cursor.copy()
            cursor.take()
            cursor.expect(";")
            return [Declaration(name, "", Cursor(target.text, target.tokens, target.index, target.index + 1))]
        cursor.accept("no")
        cursor.accept("scroll")
        if cursor.accept("cursor"):
            group = cursor.optional_group()
            arguments = tuple(item.identifier() for item in group.items()) if group is not None else ()
            if not cursor.accept("for"):
                cursor.expect("is")
            query = cursor.until(";")
            cursor.expect(";")
            return [Declaration(name, "refcursor", None, query, arguments)]
        cursor.accept("constant")
        kind = read_type(cursor)
        if cursor.accept("collate"):
            cursor.parts()
        cursor.accept("not", "null")
        value: Cursor | None = None
        if cursor.accept("default") or cursor.accept(":=") or cursor.accept("="):
            value = cursor.until(";")
        cursor.expect(";")
        return [Declaration(name, kind.lower(), value)]

    def _handlers(self) -> list[Handler]:
        cursor = self.cursor
        handlers: list[Handler] = []
        while cursor.accept("when"):
            conditions: list[str] = []
            while True:
                if cursor.accept("sqlstate"):
                    conditions.append(cursor.string().lower())
                else:
                    conditions.append(cursor.identifier())
                if not cursor.accept("or"):
                    break
            cursor.expect("then")
            handlers.append(Handler(tuple(conditions), self._statements("when", "end")))
        return handlers

    def _statements(self, *ends: str) -> list[Node]:
        self._depth += 1
        if self._depth > _DEPTH:
            raise self.cursor.problem("nested too deeply")
        found: list[Node] = []
        while not self.cursor.sees_any(*ends):
            if self.cursor.done:
                raise self.cursor.problem("the block does not end")
            if self.cursor.accept(";"):
                continue
            node = self._statement()
            if node is not None:
                found.append(node)
        self._depth -= 1
        return found

    def _statement(self) -> Node | None:
        cursor, start = self.cursor, self.cursor.offset
        label = self.label()
        token = cursor.peek()
        word = token.value if token is not None and token.kind == WORD else ""
        if word in ("declare", "begin"):
            block = self.block(label)
            cursor.expect(";")
            return block
        if word in ("loop", "while", "for", "foreach"):
            return self._loop(word, label, start)
        if word in ("if", "case"):
            return self._if(start) if word == "if" else self._case(start)
        node = simple(cursor, word, start)
        cursor.expect(";")
        return node

    # statements with bodies ----------------------------------------------------------------------------------------
    def _condition(self, *ends: str) -> Cursor:
        """An expression up to a keyword; a CASE inside it has keywords of its own."""
        cursor, start, depth = self.cursor, self.cursor.index, 0
        while not cursor.done:
            if cursor.sees("case"):
                depth += 1
            elif cursor.sees("end") and depth:
                depth -= 1
            elif depth == 0 and cursor.sees_any(*ends):
                return Cursor(cursor.text, cursor.tokens, start, cursor.index)
            cursor.skip_one()
        raise cursor.problem(f"expected {ends[0].upper()}")

    def _if(self, start: int) -> Node:
        cursor = self.cursor
        cursor.take()
        arms: list[tuple[Cursor, list[Node]]] = []
        otherwise: list[Node] = []
        while True:
            condition = self._condition("then")
            cursor.take()
            arms.append((condition, self._statements("elsif", "elseif", "else", "end")))
            if not cursor.accept_any("elsif", "elseif"):
                break
        if cursor.accept("else"):
            otherwise = self._statements("end")
        cursor.expect("end", "if", ";")
        return If(start, self._here(), arms, otherwise)

    def _case(self, start: int) -> Node:
        cursor = self.cursor
        cursor.take()
        subject = None if cursor.sees("when") else self._condition("when")
        arms: list[tuple[list[Cursor], list[Node]]] = []
        while cursor.accept("when"):
            condition = self._condition("then")
            cursor.take()
            tests = [condition] if subject is None else list(condition.items())
            arms.append((tests, self._statements("when", "else", "end")))
        otherwise = self._statements("end") if cursor.accept("else") else None
        cursor.expect("end", "case", ";")
        return Case(start, self._here(), subject, arms, otherwise)

    def _body(self) -> list[Node]:
        cursor = self.cursor
        cursor.expect("loop")
        body = self._statements("end")
        cursor.expect("end", "loop")
        if not cursor.sees(";"):
            cursor.identifier()
        cursor.expect(";")
        return body

    def _loop(self, word: str, label: str, start: int) -> Node:
        cursor = self.cursor
        if word == "loop":
            return Loop(start, self._here(), label, None, self._body())
        cursor.take()
        if word == "while":
            condition = self._condition("loop")
            return Loop(start, self._here(), label, condition, self._body())
        targets = targets_of(cursor)
        if word == "foreach":
            depth = cursor.take().value if cursor.accept("slice") else "0"
            cursor.expect("in", "array")
            array = self._condition("loop")
            return ForEach(start, self._here(), label, targets, int(depth == "1"), array, self._body())
        cursor.expect("in")
        reverse = cursor.accept("reverse")
        source = self._condition("loop")
        if source.has(".."):
            low = source.until("..")
            source.expect("..")
            high = source.until("by")
            step = source.rest() if source.accept("by") else None
            return ForRange(start, self._here(), label, targets[0], low, high, step, reverse, self._body())
        if (bound := _bound_cursor(source.copy())) is not None:
            return ForCursor(start, self._here(), label, targets[0], *bound, self._body())
        dynamic = source.accept("execute")
        query = source.until("using") if dynamic else source
        using = list(source.items()) if dynamic and source.accept("using") else []
        return ForRows(start, self._here(), label, targets, query, dynamic, using, self._body())


def _bound_cursor(source: Cursor) -> tuple[str, list[Cursor]] | None:
    """The name of a cursor and its arguments, where a FOR loop goes over one."""
    token = source.peek()
    if token is None or token.kind not in (WORD, QUOTED) or source.sees_any("select", "with", "values", "table"):
        return None
    name = source.identifier()
    group = source.optional_group()
    return (name, list(group.items()) if group is not None else []) if source.done else None
