"""What `op.something(...)` and `batch_op.something(...)` share: their arguments, and where they send operations."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migralint.operations import (
    Operation,
    Place,
)
from migralint.python.library.home import Home, NotKnown, qualified
from migralint.python.library.naming import DEFAULT_CONVENTION
from migralint.python.values import Arguments, Unknown, Value
from migralint.schema import Name

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


@dataclass
class Target:
    """Where operations go: at once to the database, or to the list that a batch block runs at its end."""

    ev: Evaluator
    place: Place
    args: Arguments
    table: Value = None
    schema: Value = None
    batch: bool = False
    later: list[Callable[[], None]] | None = None

    def emit(self, operation: Operation, *, implicit: bool = False) -> None:
        """Sends an operation, now or at the end of the block."""
        place, database = self.place, self.ev.database
        if self.later is None:
            database.execute(operation, place, implicit=implicit)
        else:
            self.put_off(lambda: database.execute(operation, place, implicit=implicit))

    def put_off(self, action: Callable[[], object]) -> None:
        """Runs an action at the end of the block, as doubtful as it is here."""
        assert self.later is not None
        database, place, doubts = self.ev.database, self.place, tuple(self.ev.doubts)

        def run() -> None:
            with ExitStack() as stack:
                for reason, keep in doubts:
                    stack.enter_context(database.branch(reason, place, keep=keep))
                action()

        self.later.append(run)

    def name(self, position: int, *keywords: str) -> Name:
        """The table: that of the batch block, or an argument."""
        if self.batch:
            return qualified(self.ev, self.table, self.schema)
        return qualified(self.ev, self.args.get(position, *keywords), self.args.keywords.get("schema"))

    def arg(self, position: int, *names: str, default: Value = None) -> Value:
        """An argument by its position outside of batch blocks; inside, the table is not among them."""
        return self.args.get(position - 1 if self.batch else position, *names, default=default)

    def home(self, table: Name) -> Home:
        """The table with the project's naming convention."""
        schema = self.schema if self.batch else self.args.keywords.get("schema")
        return Home(self.ev, table, {**DEFAULT_CONVENTION, **self.ev.naming}, self.place, schema)


Handler = Callable[[Target], Value]
OPERATIONS: dict[str, Handler] = {}
OUTSIDE: dict[str, Handler] = {}
"""Operations that batch blocks do not have."""


def in_batches(function: Handler) -> Handler:
    OPERATIONS[function.__name__.strip("_")] = function
    return function


def outside(function: Handler) -> Handler:
    OUTSIDE[function.__name__.strip("_")] = function
    return function


def run(name: str, handler: Handler, target: Target) -> Value:
    """Runs one operation; what is not known makes it Opaque."""
    if target.args.open:
        return lost(target, f"{name} with arguments that are not known")
    try:
        return handler(target)
    except NotKnown as problem:
        return lost(target, f"{name}: {problem.reason}")


def lost(target: Target, reason: str) -> Value:
    ev, place = target.ev, target.place
    if target.later is None:
        ev.opaque(reason, place)
    else:
        target.put_off(lambda: ev.opaque(reason, place))
    return Unknown(reason, place)
