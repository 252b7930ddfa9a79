"""`alembic.operations.ops`: operations as objects, which `op.invoke()` runs.

Source: the constructors there, and the class methods of the same names as functions of `alembic.op`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.library.home import NotKnown
from migralint.python.library.registry import Handler, resolver
from migralint.python.library.tables import TableItem
from migralint.python.library.target import OPERATIONS, OUTSIDE, Target, run
from migralint.python.values import Arguments, Native, Unknown, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

_FUNCTIONS = {
    "AddColumnOp": "add_column",
    "AlterColumnOp": "alter_column",
    "BulkInsertOp": "bulk_insert",
    "CreateCheckConstraintOp": "create_check_constraint",
    "CreateForeignKeyOp": "create_foreign_key",
    "CreateIndexOp": "create_index",
    "CreatePrimaryKeyOp": "create_primary_key",
    "CreateTableCommentOp": "create_table_comment",
    "CreateTableOp": "create_table",
    "CreateUniqueConstraintOp": "create_unique_constraint",
    "DropColumnOp": "drop_column",
    "DropConstraintOp": "drop_constraint",
    "DropIndexOp": "drop_index",
    "DropTableCommentOp": "drop_table_comment",
    "DropTableOp": "drop_table",
    "ExecuteSQLOp": "execute",
    "RenameTableOp": "rename_table",
}
_ALTERED = {
    "modify_comment": "comment",
    "modify_name": "new_column_name",
    "modify_nullable": "nullable",
    "modify_server_default": "server_default",
    "modify_type": "type_",
}
_CONTAINERS = ("ModifyTableOps", "UpgradeOps", "DowngradeOps", "OpContainer")
_PREFIX = "alembic.operations.ops."


@dataclass(eq=False)
class OperationObject(Native):
    """An operation that runs when it is invoked: a function of `op` with its arguments."""

    name: str
    arguments: Arguments
    type_name = "operation"

    def invoke(self, ev: Evaluator, place: Place) -> Value:
        """Runs it."""
        handler = OUTSIDE.get(self.name) or OPERATIONS[self.name]
        return run(self.name, handler, Target(ev, place, self.arguments))

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        return Unknown(f"attribute {name} of an operation", place)


@dataclass(eq=False)
class Several(OperationObject):
    """Operations that are invoked one after the other."""

    def invoke(self, ev: Evaluator, place: Place) -> Value:
        """Runs all of them. Raises NotKnown."""
        listed = self.arguments.get(1 if self.name == "ModifyTableOps" else 0, "ops")
        for item in ev.items(listed) or []:
            if not isinstance(item, OperationObject):
                raise NotKnown("one of the operations is not known")
            item.invoke(ev, place)
        if ev.items(listed) is None:
            raise NotKnown("the operations are not known")
        return None

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        return self.arguments.get(0, "ops") if name == "ops" else super().attribute(ev, name, place)


@resolver
def _classes(path: str) -> Handler | None:
    if not path.startswith(_PREFIX):
        return None
    kind, _, method = path.removeprefix(_PREFIX).partition(".")
    if kind in _CONTAINERS and not method:
        return lambda ev, args, place: Several(kind, args)
    if kind not in _FUNCTIONS:
        return None
    if method.startswith("from_"):
        return lambda ev, args, place: _from(kind, args, place)
    return None if method else lambda ev, args, place: OperationObject(_FUNCTIONS[kind], _as_called(ev, kind, args))


def _as_called(ev: Evaluator, kind: str, args: Arguments) -> Arguments:
    """The arguments of a constructor as the function of `op` takes them."""
    if kind == "CreateTableOp":
        columns = ev.items(args.get(1, "columns"))
        rest = {name: value for name, value in args.keywords.items() if name != "columns"}
        name = [args.get(0, "table_name")]
        return Arguments([*name, *(columns or [])], rest, args.open or columns is None)
    if kind == "AlterColumnOp":
        return Arguments(args.positional, {_ALTERED.get(k, k): v for k, v in args.keywords.items()}, args.open)
    return args


def _from(kind: str, args: Arguments, place: Place) -> Value:
    """`CreateTableOp.from_table(table)` and `DropTableOp.from_table(table)`."""
    table = args.get(0, "table")
    if not isinstance(table, TableItem) or kind not in ("CreateTableOp", "DropTableOp"):
        return Unknown(f"a {kind} made of something else", place)
    options = {"schema": table.schema} if table.schema is not None else {}
    items = [*table.columns, *table.constraints] if kind == "CreateTableOp" else []
    return OperationObject(_FUNCTIONS[kind], Arguments([table.name, *items], options))
