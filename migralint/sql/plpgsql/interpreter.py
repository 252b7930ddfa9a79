"""Follows a block of PL/pgSQL on the database on paper."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import TYPE_CHECKING, NamedTuple

from migralint.operations import Branch, CannotApply, Opaque, Place
from migralint.sql.cursor import Cursor
from migralint.sql.errors import Unreadable
from migralint.sql.plpgsql.conditions import MISSING, Raised, condition_of, handles
from migralint.sql.plpgsql.nodes import (
    Assign,
    Block,
    Case,
    Execute,
    ForEach,
    Forget,
    ForRange,
    ForRows,
    If,
    Leave,
    Loop,
    Node,
    Perform,
    Raise,
    Return,
    Sql,
)
from migralint.sql.plpgsql.variables import Variables
from migralint.sql.queries.values import UNKNOWN, Fails, Unknown, array_of, truth

if TYPE_CHECKING:
    from migralint.sql.runner import Runner

_ITERATIONS = 2_000


class Left(Exception):
    """RETURN, EXIT or CONTINUE on its way to what it leaves: `kind` is "return", "exit" or "continue"."""

    def __init__(self, kind: str, label: str = "") -> None:
        super().__init__(kind)
        self.kind = kind
        self.label = label


class Doubt(NamedTuple):
    """Some paths may have left here: what follows is conditional.

    `taken` is the branch that leaves, where it is the one that was applied: what follows runs instead of it.
    """

    reason: str
    kind: str
    label: str = ""
    taken: Branch | None = None


class Interpreter:
    """Follows one body. Raises Raised, Fails or CannotApply where the block fails and nothing in it handles that."""

    def __init__(self, runner: Runner, variables: dict[str, object]) -> None:
        self._runner = runner
        self._database = runner.database
        self._variables = Variables(runner.database, ChainMap({"found": None}, variables))

    def run(self, block: Block) -> None:
        """The whole body."""
        try:
            self._block(block)
        except Left:
            return

    # blocks --------------------------------------------------------------------------------------------------------
    def _block(self, block: Block) -> Doubt | None:
        with self._variables.block():
            for declaration in block.declarations:
                self._variables.declare(declaration)
            if not block.handlers:
                return self._leaving(block.label, block.body)
            left: Left | None = None
            doubt: Doubt | None = None
            strict = self._variables.strict
            try:
                self._variables.strict = strict or _expects_missing(block)
                with self._database.subtransaction():
                    try:
                        doubt = self._leaving(block.label, block.body)
                    except Left as signal:  # an exception that leaves a subtransaction undoes it
                        left = signal
                    finally:
                        self._variables.strict = strict
            except (CannotApply, Fails, Raised) as problem:
                condition = condition_of(problem, self._runner.state.tried)
                for handler in block.handlers:
                    if handles(handler.conditions, condition):
                        return self._handled(handler.body, problem)
                raise
            if left is not None:
                raise left
            return doubt

    def _handled(self, body: list[Node], problem: CannotApply | Fails | Raised) -> Doubt | None:
        with self._variables.block():
            self._variables.set("sqlerrm", UNKNOWN, new=True)
            self._variables.set("sqlstate", UNKNOWN, new=True)
            try:
                return self._statements(body)
            except Raised as again:
                raise (problem if again.condition == "again" else again) from None

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

    def _statement(self, node: Node) -> Doubt | None:
        match node:
            case Block():
                return self._block(node)
            case If():
                arms: list[tuple[object, list[Node]]] = [(cursor, body) for cursor, body in node.arms]
                return self._arms(node, [*arms, (True, node.otherwise)])
            case Case():
                return self._case(node)
            case Loop():
                return self._iterate(node, node.label, node.body, self._while(node))
            case ForRange() | ForEach() | ForRows():
                return self._for(node)
            case Leave():
                return self._leave(node)
            case Return():
                if node.value is not None:
                    self._calls(node.value, node)
                if node.leaves:
                    raise Left("return")
            case Raise() if node.fails:
                raise Raised(node.condition, node.message)
            case Execute():
                self._execute(node)
            case Assign():
                self._calls(node.value, node)
                self._variables.set(node.target, self._value(node.value))
            case Forget():
                for target in node.targets:
                    self._variables.set(target, UNKNOWN)
            case Perform():
                self._perform(node)
            case Sql():
                self._sql(node)
        return None

    # conditions ----------------------------------------------------------------------------------------------------
    def _value(self, cursor: Cursor) -> object:
        return self._variables.value(cursor)

    def _instead_of(self, taken: Branch | None) -> AbstractContextManager[None]:
        """The state before a branch that was applied, if one was."""
        return self._database.instead_of(taken) if taken is not None else nullcontext()

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
                shown = _short(condition) if isinstance(condition, Cursor) else "this WHEN applies"
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
                        signal = leaves
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

    def _leave(self, node: Leave) -> Doubt | None:
        kind = "continue" if node.again else "exit"
        value = truth(self._value(node.condition)) if node.condition is not None else True
        if value is True:
            raise Left(kind, node.label)
        if isinstance(value, Unknown) and node.condition is not None:
            return Doubt(f"it is not known whether {_short(node.condition)}", kind, node.label)
        return None

    # loops ---------------------------------------------------------------------------------------------------------
    def _while(self, node: Loop) -> Iterator[bool]:
        """True for every turn, False where it is not known whether there is one."""
        for _ in range(_ITERATIONS):
            value = truth(self._value(node.condition)) if node.condition is not None else True
            if value is False or value is None:
                return
            yield value is True
            if value is not True:
                return
        yield False

    def _for(self, node: ForRange | ForEach | ForRows) -> Doubt | None:
        targets = [node.variable] if isinstance(node, ForRange) else node.targets
        rows = self._rows(node)
        with self._variables.block():
            for target in targets:
                if isinstance(node, ForRange):
                    self._variables.set(target, UNKNOWN, new=True)

            def turns() -> Iterator[bool]:
                if rows is None:
                    self._variables.assign(targets, UNKNOWN)
                    yield False
                    return
                for row in rows:
                    self._variables.assign(targets, row)
                    yield True

            return self._iterate(node, node.label, node.body, turns())

    def _rows(self, node: ForRange | ForEach | ForRows) -> Iterable[object] | None:
        """What a FOR loop goes over, or None where that is not known."""
        match node:
            case ForRange():
                low, high = self._value(node.low), self._value(node.high)
                step = self._value(node.step) if node.step is not None else 1
                if not isinstance(low, int) or not isinstance(high, int) or not isinstance(step, int) or step < 1:
                    return None
                if abs(high - low) > _ITERATIONS * step:
                    return None
                return range(low, high - 1, -step) if node.reverse else range(low, high + 1, step)
            case ForEach():
                array = self._value(node.array)
                if isinstance(array, str):
                    array = array_of(array)
                return array if isinstance(array, list) else None
        text = self._value(node.query) if node.dynamic else node.query.sql()
        if not isinstance(text, str):
            return None
        first = text.split(None, 1)[:1]
        if first and first[0].lower() in ("insert", "update", "delete", "merge"):
            self._runner.nested(text, self._place(node)).text_script()
            return None
        return self._variables.rows(text)

    def _iterate(self, node: Node, label: str, body: list[Node], turns: Iterable[bool]) -> Doubt | None:
        found: Doubt | None = None
        for known in turns:
            if not known:
                self._once(node, body)
                return found
            try:
                doubt = self._statements(body)
            except Left as signal:
                if signal.kind == "return" or signal.label not in ("", label):
                    raise
                if signal.kind == "exit":
                    return found
                continue
            if doubt is not None:
                if doubt.kind == "return" or doubt.label not in ("", label):
                    return doubt
                if doubt.kind == "exit":
                    self._once(node, body)
                    return found
        return found

    def _once(self, node: Node, body: list[Node]) -> None:
        """A loop over what is not known: judged once, not applied."""
        reason, place = "it is in a loop whose turns are not known", self._place(node)
        before = self._variables.state()
        with self._database.branch(reason, place, keep=False) as branch:
            with suppress(Left, Raised, Fails):
                self._statements(body)
            changed = branch.changed
        self._variables.join([before, self._variables.state()])
        if changed:
            self._database.execute(Opaque("a loop whose turns are not known changes the schema"), place)

    # statements of SQL ---------------------------------------------------------------------------------------------
    def _place(self, node: Node) -> Place:
        return self._runner.place(node.start, node.end)

    def _execute(self, node: Execute) -> None:
        with self._variables.block():
            for number, value in enumerate(node.using, 1):
                self._variables.set(f"${number}", self._value(value), new=True)
            text = self._value(node.text)
            if isinstance(text, str) and node.targets:
                self._into(node.targets, text, node)
            elif isinstance(text, str):
                self._runner.nested(text, self._place(node)).text_script()
            elif text is None:
                raise Raised("null_value_not_allowed", "EXECUTE of NULL")
            else:
                prefix = text.prefix if isinstance(text, Unknown) else ""
                problem = Unreadable("EXECUTE of text that is not known")
                self._runner.not_known(prefix, _short(node.text), problem, self._place(node))
                for target in node.targets:
                    self._variables.set(target, UNKNOWN)

    def _into(self, targets: list[str], text: str, node: Node) -> None:
        """A query whose first row goes to variables."""
        first = text.split(None, 1)[:1]
        if not first or first[0].lower().lstrip("(") not in ("select", "with", "values", "table", "show"):
            self._runner.nested(text, self._place(node)).text_script()
            self._variables.assign(targets, UNKNOWN)
            return
        row, found = self._variables.first(text)
        self._variables.assign(targets, row)
        self._variables.set("found", found)

    def _perform(self, node: Perform) -> None:
        self._calls(node.query, node)
        if not node.query.sees("call"):
            self._variables.set("found", self._variables.exists(f"SELECT {node.query.sql()}"))

    def _calls(self, cursor: Cursor, node: Node) -> None:
        """Functions of the history that an expression calls."""
        self._runner.calls(cursor, self._place(node), self._variables)

    def _sql(self, node: Sql) -> None:
        if node.targets:
            self._calls(node.statement, node)
            if node.statement.sees_any("select", "with"):
                self._into(node.targets, node.statement.sql(), node)
                return
            self._variables.assign(node.targets, UNKNOWN)
        self._runner.run(node.statement, self._place(node))
        if node.statement.sees_any("insert", "update", "delete", "merge", "with"):
            self._variables.set("found", UNKNOWN)


def _expects_missing(block: Block) -> bool:
    """Whether the block handles objects that are not there."""
    return any(handles(handler.conditions, missing) for handler in block.handlers for missing in MISSING)


def _short(cursor: Cursor) -> str:
    text = cursor.sql()
    return text if len(text) <= 60 else text[:57] + "..."
