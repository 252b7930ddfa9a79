"""What keeps a part of the DDL from being sent: `execute_if`, `ddl_if`, and the `_create_rule` of a constraint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.library.compiled import CompilerItem
from migralint.python.library.connection import ConnectionItem
from migralint.python.library.dialect import DialectItem
from migralint.python.library.home import NotKnown
from migralint.python.values import Arguments, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


@dataclass(frozen=True)
class Condition:
    """The dialects that it is kept to, None for all; and a function that decides."""

    dialects: tuple[str, ...] | None
    function: Value
    place: Place

    def holds(self, ev: Evaluator, ddl: Value, target: Value) -> bool:
        """Whether the part is sent. Raises NotKnown."""
        if self.dialects is not None and ev.database.dialect not in self.dialects:
            return False
        if self.function is None:
            return True
        keywords = {"dialect": DialectItem(ev.database.dialect), "compiler": CompilerItem(), "checkfirst": False}
        given = Arguments([ddl, target, ConnectionItem()], {**keywords, "tables": None, "state": None})
        return _decided(ev, self.function, given, self.place)


def condition(ev: Evaluator, args: Arguments, place: Place) -> Condition:
    """What `execute_if(...)` and `ddl_if(...)` say."""
    given = args.get(0, "dialect")
    items = [given] if isinstance(given, str) else ev.items(given) if given is not None else None
    dialects = tuple(str(one) for one in items) if items is not None else None
    return Condition(dialects, args.get(1, "callable_"), place)


def rule_holds(ev: Evaluator, rule: Value, place: Place) -> bool:
    """What a `_create_rule` says, None of it being yes. Raises NotKnown."""
    return rule is None or _decided(ev, rule, Arguments([CompilerItem()]), place)


def _decided(ev: Evaluator, function: Value, given: Arguments, place: Place) -> bool:
    answer = ev.truth(ev.call(function, given, place))
    if answer is None:
        raise NotKnown("whether it is made for this database is not known")
    return answer
