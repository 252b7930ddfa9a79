"""Follows a block of PL/pgSQL on the database on paper."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from migralint.operations import CannotApply
from migralint.sql.plpgsql.branches import Branches
from migralint.sql.plpgsql.conditions import (
    Failure,
    Raised,
    expects_failing,
    expects_missing,
    handles,
    message_of,
    state_of,
)
from migralint.sql.plpgsql.flow import Doubt, Left
from migralint.sql.plpgsql.loops import Loops
from migralint.sql.plpgsql.nodes import (
    Assert,
    Assign,
    Block,
    Case,
    Diagnostics,
    Execute,
    Fetch,
    ForCursor,
    ForEach,
    ForRange,
    ForRows,
    Handler,
    If,
    Leave,
    Loop,
    Node,
    Open,
    Perform,
    Raise,
    Return,
    Sql,
)
from migralint.sql.plpgsql.statements import RETURNED, ROW_COUNT
from migralint.sql.plpgsql.variables import Variables
from migralint.sql.queries.values import UNKNOWN, Fails, Unknown, text_of, truth

if TYPE_CHECKING:
    from migralint.sql.runner import Runner


class Interpreter(Branches, Loops):
    """Follows one body. Raises Raised, Fails or CannotApply where the block fails and nothing in it handles that."""

    def __init__(self, runner: Runner, variables: dict[str, object], outputs: tuple[str, ...] = ()) -> None:
        start: dict[str, object] = {"found": False, ROW_COUNT: 0, RETURNED: [], **dict.fromkeys(outputs), **variables}
        super().__init__(runner, Variables(runner.database, ChainMap(start)))
        self._output_names = outputs
        runner.names = self._variables

    def run(self, block: Block, *, several: bool = False) -> object:
        """The whole body, and what it returns: a value, a row of the OUT arguments, a list where `several`."""
        value: object = None
        try:
            doubt = self._block(block)
            if doubt is not None and doubt.kind == "return":
                value = UNKNOWN
        except Left as left:
            value = left.value
        if several:
            found = self._variables.visible.get(RETURNED)
            return found if isinstance(found, list) and not isinstance(value, Unknown) else UNKNOWN
        if not self._output_names:
            return value
        row = self._outputs()
        assert isinstance(row, dict)
        return row if len(row) > 1 else next(iter(row.values()))

    # blocks --------------------------------------------------------------------------------------------------------
    def _block(self, block: Block) -> Doubt | None:
        with self._variables.block(block.label):
            for declaration in block.declarations:
                self._variables.declare(declaration)
            if not block.handlers:
                return self._leaving(block.label, block.body)
            left: Left | None = None
            doubt: Doubt | None = None
            strict = self._variables.strict
            try:
                self._variables.strict = strict or any(expects_failing(h.conditions) for h in block.handlers)
                with self._database.subtransaction(waiting=any(expects_missing(h.conditions) for h in block.handlers)):
                    try:
                        doubt = self._leaving(block.label, block.body)
                    except Left as signal:  # an exception that leaves a subtransaction undoes it
                        left = signal
                    finally:
                        self._variables.strict = strict
            except (CannotApply, Fails, Raised) as problem:
                condition = self._condition(problem)
                for handler in block.handlers:
                    if handles(handler.conditions, condition):
                        return self._handled(handler, condition, problem, block.label)
                raise
            if left is not None:
                raise left
            return doubt

    def _handled(self, handler: Handler, condition: str, problem: Failure, label: str) -> Doubt | None:
        outer, self._handling = self._handling, problem
        try:
            with self._variables.block():
                self._variables.set("sqlerrm", message_of(problem), new=True)
                self._variables.set("sqlstate", state_of(condition), new=True)
                return self._leaving(label, handler.body)
        finally:
            self._handling = outer

    def _leaving(self, label: str, body: list[Node]) -> Doubt | None:
        """A body that EXIT with this label leaves."""
        try:
            return self._statements(body)
        except Left as signal:
            if label and signal.kind == "exit" and signal.label == label:
                return None
            raise

    def _statements(self, nodes: list[Node]) -> Doubt | None:
        for number, node in enumerate(nodes):
            self._runner.state.step()
            with self._at(node):
                doubt = self._statement(node)
            if doubt is not None:
                rest = nodes[number + 1 :]
                if rest:
                    place = self._runner.place(rest[0].start, rest[-1].end)
                    keep = False if doubt.taken else None
                    with self._instead_of(doubt.taken), self._database.branch(doubt.reason, place, keep=keep):
                        self._statements(rest)
                return doubt
        return None

    @contextmanager
    def _at(self, node: Node) -> Iterator[None]:
        """Functions of the history that its expressions call run at the place of this statement."""
        outer = self._variables.caller, self._at_place
        self._at_place = self._place(node)
        self._variables.caller = self._runner.caller(self._at_place)
        try:
            yield
        finally:
            self._variables.caller, self._at_place = outer

    def _statement(self, node: Node) -> Doubt | None:
        match node:
            case Block():
                return self._block(node)
            case If():
                return self._if(node)
            case Case():
                return self._case(node)
            case Loop():
                return self._iterate(node, node.label, node.body, self._while(node))
            case ForRange() | ForEach() | ForRows() | ForCursor():
                return self._for(node)
            case Leave():
                return self._leave(node)
            case Return():
                self._return(node)
            case Raise() if node.fails:
                raise self._raised(node)
            case Assert():
                if truth(self._value(node.condition)) in (False, None):
                    raise Raised("assert_failure", "assertion failed")
            case Assign():
                self._assign(node)
            case _:
                self._simple(node)
        return None

    def _simple(self, node: Node) -> None:
        match node:
            case Execute():
                self._execute(node)
            case Diagnostics():
                self._diagnostics(node)
            case Open():
                self._open(node)
            case Fetch():
                self._fetch(node)
            case Perform():
                self._perform(node)
            case Sql():
                self._sql(node)

    def _assign(self, node: Assign) -> None:
        value = self._value(node.value)
        if node.indexes:
            self._variables.set_element(node.target, [self._value(index) for index in node.indexes], value)
        else:
            self._variables.set(node.target, value)

    def _return(self, node: Return) -> None:
        if node.kind:
            self._return_rows(node)
        else:
            raise Left("return", value=self._value(node.value) if node.value is not None else None)

    def _raised(self, node: Raise) -> Failure:
        if node.again:
            return self._handling or Raised("0z002", "RAISE without parameters outside an exception handler")
        options = {name: self._value(cursor) for name, cursor in node.options.items()}
        pieces = node.format.replace("%%", "\0").split("%")
        message = pieces[0]
        for number, piece in enumerate(pieces[1:]):
            value = text_of(self._value(node.arguments[number])) if number < len(node.arguments) else None
            message += ("<NULL>" if value is None else "..." if isinstance(value, Unknown) else str(value)) + piece
        message = message.replace("\0", "%")
        if not node.format:
            message = str(options.get("message") or node.condition)
        code = options.get("errcode")
        return Raised(code.lower() if isinstance(code, str) else node.condition, message)
