"""Tokens → PL/pgSQL (PostgreSQL docs, chapter 43)."""

from __future__ import annotations

from migralint.sql.columns import read_type
from migralint.sql.cursor import Cursor
from migralint.sql.errors import Unreadable
from migralint.sql.plpgsql.nodes import (
    Assign,
    Block,
    Case,
    Declaration,
    Execute,
    ForEach,
    Forget,
    ForRange,
    ForRows,
    Handler,
    If,
    Leave,
    Loop,
    Node,
    Perform,
    Raise,
    Return,
    Sql,
)
from migralint.sql.tokens import BAD, OPERATOR, STRING, WORD, tokenize

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
            cursor.until(";")
            cursor.expect(";")
            return []
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
        node = self._simple(word, start)
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
        targets = self._targets()
        if word == "foreach":
            if cursor.accept("slice"):
                raise cursor.problem("FOREACH SLICE is not followed")
            cursor.expect("in", "array")
            array = self._condition("loop")
            return ForEach(start, self._here(), label, targets, array, self._body())
        cursor.expect("in")
        reverse = cursor.accept("reverse")
        source = self._condition("loop")
        if source.has(".."):
            low = source.until("..")
            source.expect("..")
            high = source.until("by")
            step = source.rest() if source.accept("by") else None
            return ForRange(start, self._here(), label, targets[0], low, high, step, reverse, self._body())
        dynamic = source.accept("execute")
        query = source.until("using") if dynamic else source
        return ForRows(start, self._here(), label, targets, query, dynamic, self._body())

    def _targets(self) -> list[str]:
        """Variables between commas; a field of a record as `record.field`."""
        targets = [".".join(self.cursor.parts())]
        while self.cursor.accept(","):
            targets.append(".".join(self.cursor.parts()))
        return targets

    # statements without --------------------------------------------------------------------------------------------
    def _simple(self, word: str, start: int) -> Node | None:
        cursor = self.cursor
        whole = cursor.copy().until(";")
        end = whole.tokens[whole.end - 1].end if whole.end > whole.index else start
        if word == "null" and cursor.sees(";", ahead=1):
            cursor.take()
            return None
        if word in ("exit", "continue"):
            cursor.take()
            label = "" if cursor.sees_any(";", "when") else cursor.identifier()
            condition = cursor.until(";") if cursor.accept("when") else None
            return Leave(start, end, word == "continue", label, condition)
        if word == "return":
            cursor.take()
            stays = cursor.accept_any("next", "query") is not None
            value = cursor.until(";")
            return Return(start, end, value if not value.done else None, not stays)
        if word == "raise":
            return self._raise(whole, start, end)
        if word == "execute":
            return self._execute(start, end)
        if word in ("perform", "call"):
            if word == "perform":
                cursor.take()
            return Perform(start, end, cursor.until(";"))
        if word in ("get", "fetch", "open", "close", "move", "assert"):
            return self._forget(word, whole, start, end)
        return self._assign(start, end) or self._sql(whole, start, end)

    def _raise(self, whole: Cursor, start: int, end: int) -> Node:
        cursor = self.cursor
        cursor.index = whole.end
        whole.take()
        level = whole.accept_any("debug", "log", "info", "notice", "warning", "exception") or "exception"
        token = whole.peek()
        condition = "raise_exception"
        message = ""
        if token is not None and token.kind == STRING:
            message = token.value
        elif whole.accept("sqlstate"):
            condition = whole.string().lower()
        elif token is not None and token.kind == WORD and token.value != "using":
            condition = token.value
        elif token is None:
            condition = "again"
        if whole.find("errcode"):
            whole.take()
            whole.take()
            if not whole.done:
                condition = whole.take().value.lower()
        return Raise(start, end, level == "exception", condition, message)

    def _execute(self, start: int, end: int) -> Node:
        cursor = self.cursor
        cursor.take()
        text = cursor.until(";", "into", "using")
        targets: list[str] = []
        using: list[Cursor] = []
        while not cursor.sees(";"):
            if cursor.accept("into"):
                cursor.accept("strict")
                targets = self._targets()
            else:
                cursor.expect("using")
                using = list(cursor.until(";", "into").items())
        return Execute(start, end, text, targets, using)

    def _forget(self, word: str, whole: Cursor, start: int, end: int) -> Node | None:
        cursor = self.cursor
        cursor.index = whole.end
        targets: list[str] = []
        if word == "get":
            whole.take()
            whole.accept_any("current", "stacked")
            whole.expect("diagnostics")
            for item in whole.items():
                targets.append(".".join(item.parts()))
        elif word == "fetch" and whole.find("into"):
            whole.take()
            targets = [".".join(item.parts()) for item in whole.items()]
        return Forget(start, end, targets) if targets else None

    def _assign(self, start: int, end: int) -> Node | None:
        """`name := value`, `name = value`, `name.field := value`, `name[i] := value`."""
        cursor = self.cursor
        probe = cursor.copy()
        token = probe.peek()
        if token is None or token.kind == OPERATOR or token.kind == STRING:
            return None
        target = ".".join(probe.parts())
        element = probe.sees("[")
        while probe.sees("["):
            probe.skip_one()
        if not probe.accept(":=") and not probe.accept("="):
            return None
        cursor.index = probe.index
        value = cursor.until(";")
        return Forget(start, end, [target]) if element else Assign(start, end, target, value)

    def _sql(self, whole: Cursor, start: int, end: int) -> Node:
        """Any other statement; INTO names variables, save after INSERT and MERGE."""
        cursor = self.cursor
        cursor.index = whole.end
        probe = whole.copy()
        if probe.sees_any("insert", "merge"):
            probe.take()
            probe.accept("into")
        if not probe.sees_any("create", "alter", "drop", "copy", "grant", "import") and probe.find("into"):
            before = probe.index
            probe.take()
            probe.accept("strict")
            inner = _Parser(probe)
            targets = inner._targets()
            tokens = [*whole.tokens[whole.index : before], *probe.tokens[probe.index : probe.end]]
            return Sql(start, end, Cursor(whole.text, tokens), targets)
        return Sql(start, end, whole, [])
