"""`alembic.op` and batch blocks: what they have beside tables and keys, and how a name leads to its operation."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migralint.operations import (
    Place,
)
from migralint.python.library import dml
from migralint.python.library.connection import ConnectionItem, execute
from migralint.python.library.context import ContextItem
from migralint.python.library.home import NotKnown
from migralint.python.library.naming import Conv
from migralint.python.library.registry import VALUES, known
from migralint.python.library.sqltext import as_sql, unescaped
from migralint.python.library.target import OPERATIONS, OUTSIDE, Target, outside, run
from migralint.python.managers import ContextManager
from migralint.python.text import Text
from migralint.python.values import Arguments, Builtin, Instance, Native, Unknown, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


@outside
def _execute(t: Target) -> Value:
    statement = t.args.get(0, "sqltext")
    execute(t.ev, unescaped(statement) if isinstance(statement, str) else statement, None, t.place)
    return None


@outside
def _bulk_insert(t: Target) -> Value:
    dml.bulk_insert(t.ev, t.args.get(0, "table"), t.args.get(1, "rows"), t.place)
    return None


@outside
def _get_bind(t: Target) -> Value:
    return ConnectionItem()


@outside
def _get_context(t: Target) -> Value:
    return ContextItem()


@outside
def _f(t: Target) -> Value:
    name = t.args.get(0, "name")
    return Conv(name, name.pieces if isinstance(name, Text) else ()) if isinstance(name, str) else name


@outside
def _inline_literal(t: Target) -> Value:
    return as_sql(t.ev, t.args.get(0), t.place)


@outside
def _run_async(t: Target) -> Value:
    return t.ev.call(t.args.get(0), Arguments([ConnectionItem(), *t.args.positional[1:]]), t.place)


@outside
def _batch_alter_table(t: Target) -> Value:
    return BatchItem(t.args.get(0, "table_name"), t.args.get(1, "schema"), t.args)


@outside
def _invoke(t: Target) -> Value:
    from migralint.python.library.custom import implementation
    from migralint.python.library.operation_objects import OperationObject

    operation = t.args.get(0, "operation")
    if isinstance(operation, OperationObject):
        return operation.invoke(t.ev, t.place)
    if isinstance(operation, Instance):
        return implementation(t.ev, operation, t.place)
    raise NotKnown(operation.reason if isinstance(operation, Unknown) else "the operation object is not known")


@dataclass(eq=False)
class OpItem(Native):
    """The module `alembic.op`, or an `Operations` object."""

    type_name = "alembic.op"
    reaches_database = True

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        handler = OUTSIDE.get(name) or OPERATIONS.get(name)
        if handler is not None:
            return Builtin(f"op.{name}", lambda ev, args, place: run(name, handler, Target(ev, place, args)))
        if name in ("context", "migration_context"):
            return ContextItem()
        if name == "impl":
            return ContextItem()
        if name == "_proxy":  # where the functions of the module come from
            return self
        if name == "batch_op":
            return Unknown("op.batch_op", place)
        from migralint.python.library.custom import custom_operation
        from migralint.python.library.sync_enum import add_enum_value, sync_enum_values

        if name in ("sync_enum_values", "add_enum_value"):
            return Builtin(f"op.{name}", sync_enum_values if name == "sync_enum_values" else add_enum_value)
        found = custom_operation(ev, name)
        if found is not None:
            return Builtin(f"op.{name}", lambda ev, args, place: found(ev, args, place))
        return UnknownOperation(name)


@dataclass(eq=False)
class UnknownOperation(Native):
    """`op.something` that Alembic does not have: calling it is Opaque."""

    name: str
    type_name = "operation"

    def call(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        ev.opaque(f"the operation op.{self.name} is not known", place)
        return Unknown(f"op.{self.name} is not known", place)

    def truth(self) -> bool | None:
        return None


@dataclass(eq=False)
class BatchItem(ContextManager):
    """`op.batch_alter_table(...)`: its operations run at the end of the block."""

    table: Value
    schema: Value
    args: Arguments
    later: list[Callable[[], None]] = field(default_factory=list)
    type_name = "batch"
    reaches_database = True

    def enter(self, ev: Evaluator, stack: ExitStack, place: Place) -> Value:
        self.later = []

        def leave(kind: type[BaseException] | None, problem: BaseException | None, trace: object) -> None:
            if kind is None:
                for action in self.later:
                    action()
                if self._is_made_anew(ev):
                    made = f"table {self.table} is made anew, with the names that Alembic gives then"
                    ev.database.note("MG002", made, place)

        stack.push(leave)
        return self

    def _is_made_anew(self, ev: Evaluator) -> bool:
        """Whether the table is copied although PostgreSQL can change it, which gives its keys other names.

        A database that has to copy it gets the same table back.
        """
        return ev.database.dialect == "postgresql" and self.args.get(2, "recreate", default="auto") == "always"

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        handler = OPERATIONS.get(name)
        if handler is not None:
            return Builtin(
                f"batch_op.{name}",
                lambda ev, args, place: run(
                    name, handler, Target(ev, place, args, self.table, self.schema, True, self.later)
                ),
            )
        if name in ("f", "execute", "get_bind", "get_context", "invoke", "bulk_insert", "inline_literal"):
            return OpItem().attribute(ev, name, place)
        if name in ("impl", "migration_context"):
            return ContextItem()
        if name == "table_name":
            return self.table
        return UnknownOperation(name)


VALUES["alembic.op"] = OpItem()


@known("alembic.operations.Operations", "alembic.op.Operations")
def _operations(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return OpItem()
