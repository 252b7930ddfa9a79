"""Rows of SQLite's own catalog."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.schema import Schema
from migralint.sql.queries.catalogs import Catalog
from migralint.sql.queries.values import Row


def _master(schema: Schema) -> Iterator[Row]:
    for table in schema.tables.values():
        name = table.name.name
        yield Row({"type": "table", "name": name, "tbl_name": name}, not table.doubtful)
        for index in table.indexes:
            yield Row({"type": "index", "name": index.name, "tbl_name": name}, not table.doubtful)
        for trigger in table.triggers:
            yield Row({"type": "trigger", "name": trigger.name, "tbl_name": name}, not table.doubtful)
        if table.assumed:
            yield Row({"type": "index", "tbl_name": name}, False, "tbl_name")
    for view in schema.views.values():
        yield Row({"type": "view", "name": view.name.name, "tbl_name": view.name.name}, not view.doubtful)


SQLITE: dict[str, Catalog] = {"sqlite_master": _master, "sqlite_schema": _master}
"""The relations that can be answered."""
