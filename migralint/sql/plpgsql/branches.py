"""IF and CASE, also where it is not known which arm runs."""

from __future__ import annotations

from contextlib import suppress

from migralint.operations import Branch
from migralint.sql.cursor import Cursor
from migralint.sql.plpgsql.conditions import Raised
from migralint.sql.plpgsql.flow import Doubt, Left, short
from migralint.sql.plpgsql.machine import Machine
from migralint.sql.plpgsql.nodes import Case, If, Node
from migralint.sql.queries.values import UNKNOWN, Fails, Unknown, truth


class Branches(Machine):
    """Follows IF and CASE."""

    def _if(self, node: If) -> Doubt | None:
        arms: list[tuple[object, list[Node]]] = [(cursor, body) for cursor, body in node.arms]
        return self._arms(node, [*arms, (True, node.otherwise)])

    def _arms(self, node: Node, arms: list[tuple[object, list[Node]]]) -> Doubt | None:
        """The arms of an IF, the last being its ELSE: a condition is a cursor, or a value that is known.

        Of those that may run, the first that changes the schema is applied, the others are judged in its place.
        """
        unknown = ""
        taken: Branch | None = None
        left: Left | Doubt | None = None
        leaving: Branch | None = None
        stays = False
        before, after = self._variables.state(), []
        for condition, body in arms:
            value = truth(self._value(condition)) if isinstance(condition, Cursor) else condition
            if value is False or value is None:
                self._passed_over(body)
                continue
            if value is True and not unknown:
                return self._statements(body)
            if isinstance(value, Unknown) and not unknown:
                shown = short(condition) if isinstance(condition, Cursor) else "this WHEN applies"
                unknown = f"it is not known whether {shown}"
            signal: Left | Doubt | None = None
            failed = False
            if body:
                self._variables.restore(before)
                place = self._runner.place(node.start, node.end)
                keep = False if taken else None
                with self._instead_of(taken), self._database.branch(unknown, place, keep=keep) as branch:
                    try:
                        signal = self._statements(body)
                    except Left as leaves:
                        signal = leaves.unsure()
                    except Raised:
                        failed = True
                    changed = branch.changed
                if changed and not taken:
                    taken = branch
                    leaving = branch if isinstance(signal, Left) else None
            left = left or signal
            if not failed and not isinstance(signal, Left):
                stays = True
                after.append(self._variables.state() if body else before)
            if value is True:
                break
        self._variables.join(after)
        if isinstance(left, Left):
            if not stays:
                raise left
            return Doubt(unknown, left.kind, left.label, leaving)
        return left

    def _passed_over(self, body: list[Node]) -> None:
        """Statements that a known condition rules out: followed where somebody wants to know, without any effect."""
        if body and self._database.rules_out():
            before = self._variables.state()
            with self._database.ruled_out(), suppress(Left, Raised, Fails):
                self._statements(body)
            self._variables.restore(before)

    def _case(self, node: Case) -> Doubt | None:
        arms: list[tuple[object, list[Node]]] = []
        subject = self._value(node.subject) if node.subject is not None else None
        for tests, body in node.arms:
            if node.subject is None:
                arms.append((tests[0], body))
                continue
            known = [self._variables.equal(subject, self._value(test)) for test in tests]
            if True in known:
                arms.append((True, body))
                return self._arms(node, arms)
            if any(isinstance(value, Unknown) for value in known):
                arms.append((UNKNOWN, body))
        if node.otherwise is None and not arms:
            raise Raised("case_not_found", "no WHEN of the CASE matches")
        return self._arms(node, [*arms, (True, node.otherwise or [])])
