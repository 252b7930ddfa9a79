"""What the parts of the interpreter of PL/pgSQL share."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from migralint.operations import Branch, Place
from migralint.sql.cursor import Cursor
from migralint.sql.plpgsql.conditions import Failure, condition_of
from migralint.sql.plpgsql.flow import Doubt
from migralint.sql.plpgsql.nodes import Node
from migralint.sql.plpgsql.variables import Variables
from migralint.sql.queries.values import Unknown

if TYPE_CHECKING:
    from migralint.sql.runner import Runner


class Machine:
    """A body being followed: the runner of its statements, its variables, the error that is being handled."""

    def __init__(self, runner: Runner, variables: Variables) -> None:
        self._runner = runner
        self._database = runner.database
        self._variables = variables
        self._handling: Failure | None = None
        self._at_place = runner.place(0, 0)
        self._output_names: tuple[str, ...] = ()

    def _statements(self, nodes: list[Node]) -> Doubt | None:
        """Statements in order; `interpreter.Interpreter` implements it."""
        raise NotImplementedError

    def _place(self, node: Node) -> Place:
        return self._runner.place(node.start, node.end)

    def _value(self, cursor: Cursor) -> object:
        """The value of an expression; functions of the history in one that cannot be read are followed all the same."""
        before = self._runner.state.calls
        value = self._variables.value(cursor)
        if isinstance(value, Unknown) and self._runner.state.calls == before:
            self._runner.calls(cursor, self._at_place, self._variables, certain=False)
        return value

    def _condition(self, problem: Failure) -> str:
        """The name of the condition that a failure raises."""
        return condition_of(problem, self._runner.state.tried, self._database.ask("failure"))

    def _instead_of(self, taken: Branch | None) -> AbstractContextManager[None]:
        """The state before a branch that was applied, if one was."""
        return self._database.instead_of(taken) if taken is not None else nullcontext()
