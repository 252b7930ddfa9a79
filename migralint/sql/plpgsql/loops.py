"""Loops, also where it is not known how often they turn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress

from migralint.operations import Opaque
from migralint.sql.plpgsql.conditions import Raised
from migralint.sql.plpgsql.flow import Doubt, Left, short
from migralint.sql.plpgsql.nodes import ForCursor, ForEach, ForRange, ForRows, Leave, Loop, Node
from migralint.sql.plpgsql.statements import SqlStatements
from migralint.sql.queries.values import UNKNOWN, Fails, Unknown, array_of, truth

_ITERATIONS = 2_000


For = ForRange | ForEach | ForRows | ForCursor


class Loops(SqlStatements):
    """Follows loops, EXIT and CONTINUE."""

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

    def _leave(self, node: Leave) -> Doubt | None:
        kind = "continue" if node.again else "exit"
        value = truth(self._value(node.condition)) if node.condition is not None else True
        if value is True:
            raise Left(kind, node.label)
        if isinstance(value, Unknown) and node.condition is not None:
            return Doubt(f"it is not known whether {short(node.condition)}", kind, node.label)
        return None

    def _for(self, node: For) -> Doubt | None:
        rows = self._rows(node)
        with self._variables.block(node.label):
            if isinstance(node, (ForRange, ForCursor)):
                target = node.variable if isinstance(node, ForRange) else node.target
                self._variables.set(target, UNKNOWN, new=True)
                targets = [target]
            else:
                targets = node.targets

            def turns() -> Iterator[bool]:
                turned = False
                if rows is None:
                    self._variables.assign(targets, UNKNOWN)
                    yield False
                    return
                for row in rows:
                    self._variables.assign(targets, row)
                    turned = True
                    yield True
                self._variables.set("found", turned)

            return self._iterate(node, node.label, node.body, turns())

    def _rows(self, node: For) -> Iterable[object] | None:
        """What a FOR loop goes over, or None where that is not known."""
        match node:
            case ForRange():
                return self._range(node)
            case ForEach():
                array = self._value(node.array)
                if isinstance(array, str):
                    array = array_of(array)
                if not isinstance(array, list):
                    return None
                return array if node.slice else list(_flat(array))
            case ForCursor():
                declaration = self._variables.cursors.get(node.name)
                if declaration is None or declaration.query is None:
                    return None
                return self._cursor_rows(declaration, node.arguments)
        text = self._value(node.query) if node.dynamic else node.query.sql()
        if not isinstance(text, str):
            return None
        first = text.split(None, 1)[:1]
        if first and first[0].lower() in ("insert", "update", "delete", "merge"):
            self._runner.nested(text, self._place(node)).text_script()
            return None
        with self._using(node.using):
            return self._all_rows(text)

    def _range(self, node: ForRange) -> Iterable[object] | None:
        low, high = self._value(node.low), self._value(node.high)
        step = self._value(node.step) if node.step is not None else 1
        if not isinstance(low, int) or not isinstance(high, int) or not isinstance(step, int) or step < 1:
            return None
        if abs(high - low) > _ITERATIONS * step:
            return None
        return range(low, high - 1, -step) if node.reverse else range(low, high + 1, step)

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


def _flat(array: list[object]) -> Iterator[object]:
    for item in array:
        if isinstance(item, list):
            yield from _flat(item)
        else:
            yield item
