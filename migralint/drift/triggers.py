"""Columns that triggers of a table give their values: the database keeps them in step on purpose."""

from __future__ import annotations

import re

from migralint.schema import Schema, Table

_ASSIGNED = re.compile(r'(?:^\s*NEW\s*\.\s*"?(\w+)"?\s*=|\bNEW\s*\.\s*"?(\w+)"?\s*:=)', re.MULTILINE | re.IGNORECASE)
"""An assignment to a column of the new row."""


def given_by_triggers(schema: Schema, table: Table) -> frozenset[str]:
    """The columns to which a trigger assigns before a row of the table is written."""
    names = {one.function for one in table.triggers if one.timing == "BEFORE" and one.level == "ROW"}
    bodies = (one.body for found in schema.functions.values() for one in found if str(one.name) in names)
    return frozenset(match[1] or match[2] for body in bodies for match in _ASSIGNED.finditer(body))
