"""From the events that the driver wrote to the operations of each revision."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from tests.ecosystem.facts.text import name
from tests.ecosystem.operations.names import shortened
from tests.ecosystem.operations.operation import CONSTRAINTS, Recorded, once
from tests.ecosystem.operations.statements import read

_KINDS = {
    "CreateTableOp": "create_table",
    "DropTableOp": "drop_table",
    "RenameTableOp": "rename_table",
    "AddColumnOp": "add_column",
    "DropColumnOp": "drop_column",
    "AlterColumnOp": "alter_column",
    "CreateIndexOp": "create_index",
    "DropIndexOp": "drop_index",
    "CreateForeignKeyOp": "create_foreign_key",
    "CreateUniqueConstraintOp": "create_unique_constraint",
    "CreatePrimaryKeyOp": "create_primary_key",
    "CreateCheckConstraintOp": "create_check_constraint",
    "CreateExcludeConstraintOp": "create_exclude_constraint",
    "DropConstraintOp": "drop_constraint",
    "BulkInsertOp": "bulk_insert",
    "CreateTableCommentOp": "create_table_comment",
    "DropTableCommentOp": "drop_table_comment",
}
_EXECUTE = "ExecuteSQLOp"
_NAMED = re.compile(r'(?i)\bconstraint\s+("[^"]+"|[\w$]+)')
_NOTHING = ("SELECT", "PRAGMA", "SHOW", "SET")


def operations(events: Iterable[dict[str, Any]]) -> dict[str, list[Recorded]]:
    """By revision, in the order in which they ran."""
    revisions: dict[str, _Revision] = {}
    for event in events:
        revision = revisions.setdefault(event["revision"], _Revision())
        match event["kind"]:
            case "operation":
                revision.operation(event)
            case "statement":
                revision.statement(event)
    return {name_: once([operation for _, operation in found.ran]) for name_, found in revisions.items()}


class _Revision:
    """What ran so far, each with the number of the Alembic operation that it is."""

    def __init__(self) -> None:
        self.ran: list[tuple[int | None, Recorded]] = []
        self.executed: set[int] = set()

    def operation(self, event: dict[str, Any]) -> None:
        number = event["number"]
        if event["class"] == _EXECUTE:
            self.executed.add(number)
            self.ran += [(number, operation) for operation in read(event["sql"])]
            return
        kind = _KINDS[event["class"]]
        renamed, table, called = event.get("renamed_to"), event.get("table"), event.get("name")
        if called and event.get("may_be_shortened"):
            called = shortened(called)
        self.ran.append((number, Recorded(kind, table and name(table), called, renamed_to=renamed and name(renamed))))

    def statement(self, event: dict[str, Any]) -> None:
        """A statement that an operation sent may be reported or not; one that stands alone is an operation."""
        sql, sender, batch = event["sql"], event.get("operation"), event.get("batch")
        if sql.lstrip().upper().startswith(_NOTHING) or (batch is None and sender in self.executed):
            return
        if batch is None and sender is None:
            self.ran += [(None, operation) for operation in read(sql)]
            return
        names = frozenset(name(found) for found in _NAMED.findall(sql))
        for index, (number, operation) in enumerate(self.ran):
            sent = number == sender if batch is None else number is not None and number > batch
            if sent and operation.operation in CONSTRAINTS:
                self.ran[index] = number, replace(operation, names=operation.names | names)
        self.ran += [(None, operation.as_optional()) for operation in read(sql)]
