"""Runs a project's migrations on a database and writes down what they did.

This program runs in the project's environment, where migralint is not installed: it needs Alembic, SQLAlchemy and the
standard library only. Standard input has what to do as JSON; the events go to the file `output`, one a line:

    {"revision": ..., "kind": "operation", "number": 3, "class": "AddColumnOp", "table": ..., "name": ...}
    {"revision": ..., "kind": "statement", "sql": ..., "operation": 3 | null, "batch": 2 | null}
"""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Iterator
from typing import Any

from alembic.config import Config
from alembic.operations import base, batch, ops
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, create_engine, event
from sqlalchemy.engine import Engine
from sqlalchemy.sql.elements import _truncated_label

_ABSTRACT = {"MigrateOperation", "AlterTableOp", "AddConstraintOp"}


class Recorder:
    """Listens to Alembic's operations and to what reaches the database.

    Operations that a project or another package registered are known by what they do: the operations of Alembic that
    they call and the statements that they send.
    """

    def __init__(self, version_table: str) -> None:
        self.events: list[dict[str, Any]] = []
        self.revision: str | None = None
        self.number = 0
        self.current: int | None = None
        self.batch: int | None = None
        self._of_versions = re.compile(
            rf'(?i)^\s*(insert\s+into|update|delete\s+from|create\s+table)\s+(\w+\.)?"?{version_table}"?[\s(]'
        )

    def listen(self) -> None:
        """Puts itself between the migrations and Alembic."""
        operations: Any = base.AbstractOperations
        batches: Any = batch.BatchOperationsImpl
        invoke, begin, flush = operations.invoke, batches.__init__, batches.flush

        def recorded_invoke(called: Any, operation: Any) -> Any:
            kind = _class(operation)
            outermost = self.current is None and kind is not None
            if outermost:
                self.number += 1
                self.current = self.number
                self._write("operation", {"number": self.number, "class": kind, **_described(operation, called)})
            try:
                return invoke(called, operation)
            finally:
                if outermost:
                    self.current = None

        def recorded_flush(implementation: Any) -> Any:
            self.batch = getattr(implementation, "_recorded_from", 0)
            try:
                return flush(implementation)
            finally:
                self.batch = None

        def recorded_begin(implementation: Any, *arguments: Any, **named: Any) -> None:
            begin(implementation, *arguments, **named)
            implementation._recorded_from = self.number

        operations.invoke, batches.__init__, batches.flush = recorded_invoke, recorded_begin, recorded_flush
        event.listen(Engine, "before_cursor_execute", self._statement)

    def _statement(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not self._of_versions.match(statement):
            self._write("statement", {"sql": statement, "operation": self.current, "batch": self.batch})

    def _write(self, kind: str, values: dict[str, Any]) -> None:
        if self.revision is not None:
            self.events.append({"revision": self.revision, "kind": kind, **values})


def _class(operation: Any) -> str | None:
    """The class of Alembic that an operation is of; `None` if it is somebody's own."""
    for kind in type(operation).__mro__:
        if kind.__module__.startswith("alembic.") and kind.__name__ not in _ABSTRACT:
            return str(kind.__name__)
    return None


def _described(operation: Any, operations: Any) -> dict[str, Any]:
    """Table and name of an operation, as it was called."""
    if isinstance(operation, ops.ExecuteSQLOp):
        return {"sql": _text(operation.sqltext, operations)}
    found: dict[str, Any] = {}
    schema = getattr(operation, "schema", None)
    table = getattr(operation, "table_name", None)
    if isinstance(operation, ops.CreateForeignKeyOp):
        table, schema = operation.source_table, operation.kw.get("source_schema") or schema
    elif isinstance(operation, ops.BulkInsertOp):
        table, schema = operation.table.name, operation.table.schema
    if isinstance(table, str):
        found["table"] = f"{schema}.{table}" if isinstance(schema, str) else str(table)
    if isinstance(operation, ops.RenameTableOp):
        new = str(operation.new_table_name)
        found["renamed_to"] = f"{schema}.{new}" if isinstance(schema, str) else new
    name = _name(operation)
    if isinstance(name, str):
        found["name"] = str(name)
        if isinstance(name, _truncated_label):
            found["may_be_shortened"] = True
    return found


def _name(operation: Any) -> Any:
    if isinstance(operation, ops.AddColumnOp):
        return operation.column.name
    for attribute in ("column_name", "index_name", "constraint_name"):
        if hasattr(operation, attribute):
            return getattr(operation, attribute)
    return None


def _text(sql: Any, operations: Any) -> str:
    if isinstance(sql, str):
        return sql
    dialect = operations.get_context().dialect
    return str(sql.compile(dialect=dialect))


def run(task: dict[str, Any]) -> list[dict[str, Any]]:
    """Upgrades the database to the target."""
    for folder in reversed(task["paths"]):
        sys.path.insert(0, folder)
    for module in task["imports"]:
        importlib.import_module(module)
    config = Config()
    config.set_main_option("script_location", task["script_location"])
    if task["version_locations"]:
        config.set_main_option("version_path_separator", "os")
        config.set_main_option("version_locations", ":".join(task["version_locations"]))
    if task["recursive_version_locations"]:
        config.set_main_option("recursive_version_locations", "true")
    script = ScriptDirectory.from_config(config)
    recorder = Recorder(task["version_table"])
    recorder.listen()

    def steps(heads: Any, _context: Any) -> Iterator[Any]:
        for step in script._upgrade_revs(task["target"], heads):
            recorder.revision = step.revision.revision
            recorder._write("start", {})
            yield step
            recorder.revision = None

    engine = create_engine(task["url"])
    with EnvironmentContext(config, script, fn=steps) as environment, engine.connect() as connection:
        environment.configure(
            connection=connection,
            target_metadata=MetaData(naming_convention=task["naming_convention"] or None),
            transaction_per_migration=True,
            version_table=task["version_table"],
        )
        with environment.begin_transaction():
            environment.run_migrations(**task["arguments"])
    return recorder.events


def main() -> None:
    """The program."""
    task = json.load(sys.stdin)
    events = run(task)
    with open(task["output"], "w", encoding="utf-8") as file:
        file.writelines(json.dumps(found) + "\n" for found in events)


if __name__ == "__main__":
    main()
