"""Effects of operations on columns."""

from __future__ import annotations

import re

from migralint.operations.base import Unset
from migralint.operations.columns import AddColumn, AlterColumn, DropColumn
from migralint.operations.dependents import renamed_identifier
from migralint.operations.effects.defaults import volatile
from migralint.operations.effects.values import (
    ACCESS_EXCLUSIVE,
    SHARE_ROW_EXCLUSIVE,
    SHARE_UPDATE_EXCLUSIVE,
    Effects,
    locked,
)
from migralint.schema import Check, Column, ForeignKey, Index, Keyed, Name, Schema, Table
from migralint.schema.automatic import named
from migralint.schema.conversion import constrained, conversion
from migralint.schema.types import SERIALS, canonical


def add_column(operation: AddColumn, before: Schema) -> Effects:
    """ADD COLUMN rewrites for what differs from row to row, scans for a check, builds for a key."""
    table = before.tables.get(operation.table)
    if table is None or table.column(operation.column.name) is not None:
        return Effects(locked(ACCESS_EXCLUSIVE, [operation.table]))
    column = operation.column
    keys = [c for c in operation.constraints if isinstance(c, ForeignKey)]
    rewrites = _computed(before, column)
    scans = not rewrites and (
        any(isinstance(c, Check) for c in operation.constraints)
        or (column.not_null and column.default is None)
        or (bool(keys) and column.default is not None)
    )
    others = [k.references for k in keys if k.references != operation.table]
    return Effects(
        locked(ACCESS_EXCLUSIVE, [operation.table]) + locked(SHARE_ROW_EXCLUSIVE, others),
        rewrites=(operation.table,) if rewrites else (),
        scans=(operation.table,) if scans else (),
        builds=tuple(
            Name(operation.table.schema, named(before, table, c).name)
            for c in operation.constraints
            if isinstance(c, Keyed)
        ),
        rebuilds_indexes=index_names(table) if rewrites else (),
    )


def _computed(before: Schema, column: Column) -> bool:
    if column.type in SERIALS or column.identity:
        return True
    if column.generated:
        return column.generated.stored
    return volatile(before, column.default) or constrained(before, canonical(column.type))


def alter_column(operation: AlterColumn, before: Schema) -> Effects:
    """ALTER COLUMN: what each changed property does, together."""
    table = before.tables.get(operation.table)
    column = table.column(operation.name) if table else None
    actions = (operation.type, operation.collation, operation.not_null, operation.default, operation.identity)
    if all(isinstance(a, Unset) for a in (*actions, operation.generated, operation.new_name)):
        mode = None if isinstance(operation.comment, Unset) else SHARE_UPDATE_EXCLUSIVE
        return Effects(locked(mode, [operation.table]) if mode else ())
    relations = [operation.table]
    rewrites, scans, rebuilt = False, False, frozenset[str]()
    if table and column and not (isinstance(operation.type, Unset) and isinstance(operation.collation, Unset)):
        relations += key_partners(before, operation.table, operation.name)
        rewrites, rebuilt = _type_change(operation, before, table, column)
        scans = not rewrites and any(operation.name in c.columns and c.validated for c in table.of_kind(Check))
    if table and column and operation.not_null is True and not column.not_null:
        scans = scans or not proven_not_null(table, operation.name)
    return Effects(
        locked(ACCESS_EXCLUSIVE, relations),
        rewrites=(operation.table,) if rewrites else (),
        scans=(operation.table,) if scans else (),
        rebuilds_indexes=tuple(Name(operation.table.schema, n) for n in sorted(rebuilt)),
        breaks_old_code=() if isinstance(operation.new_name, Unset) else (f"{operation.table}.{operation.name}",),
    )


def _type_change(operation: AlterColumn, before: Schema, table: Table, column: Column) -> tuple[bool, frozenset[str]]:
    """Whether the table is rewritten, and the names of the indexes that are built again."""
    new = column.type if isinstance(operation.type, Unset) else canonical(operation.type)
    change = conversion(before, column.type, new)
    if change.rewrites or not _plain_cast(operation.using, column.name):
        return True, frozenset(n.name for n in index_names(table))
    recollated = not isinstance(operation.collation, Unset) and operation.collation != column.collation
    recollated = recollated or (isinstance(operation.collation, Unset) and column.collation is not None)
    rebuilt = {i.name for i in table.indexes if _rebuilt(i, column.name, change.reorders or recollated)}
    if change.reorders or recollated:
        rebuilt |= {k.name for k in table.of_kind(Keyed) if column.name in k.columns}
    return False, frozenset(rebuilt)


def _rebuilt(index: Index, column: str, reorders: bool) -> bool:
    """An index with an expression or a predicate is never kept; a plain one where its order changes."""
    if column not in index.columns_used:
        return False
    if index.where or any(k.column is None for k in index.keys):
        return True
    return reorders and any(k.column == column for k in index.keys)


def _plain_cast(using: str | None, column: str) -> bool:
    """Whether USING only names the column, cast or not."""
    if using is None:
        return True
    mark = "\x00"
    text = renamed_identifier(using.strip().strip("()").strip(), column, mark)
    return bool(re.match(rf'"?{mark}"?\s*(?:::[\w\s."(),]+)?\Z', text))


def drop_column(operation: DropColumn, before: Schema) -> Effects:
    """DROP COLUMN changes the catalog only; foreign keys that go with it lock their other table too."""
    relations = [operation.table, *key_partners(before, operation.table, operation.name)]
    return Effects(locked(ACCESS_EXCLUSIVE, relations), breaks_old_code=(f"{operation.table}.{operation.name}",))


def key_partners(before: Schema, table: Name, column: str) -> list[Name]:
    """The tables at the other end of foreign keys that use this column."""
    own = before.tables.get(table)
    found = [k.references for k in own.of_kind(ForeignKey) if column in k.columns] if own else []
    for other in before.tables.values():
        if any(k.references == table and column in k.referenced_columns for k in other.of_kind(ForeignKey)):
            found.append(other.name)
    return found


def index_names(table: Table) -> tuple[Name, ...]:
    """Every index of the table, those of constraints included."""
    names = [i.name for i in table.indexes] + [k.name for k in table.of_kind(Keyed)]
    return tuple(Name(table.name.schema, n) for n in names)


_AND = re.compile(r"\s+and\s+", re.IGNORECASE)


def proven_not_null(table: Table, column: str) -> bool:
    """Whether a validated check proves that the column holds no NULL, so that SET NOT NULL need not look.

    PostgreSQL follows `column IS NOT NULL`, also as a member of a top-level AND.
    """
    return any(c.validated and proves_not_null(c.expression, column) for c in table.of_kind(Check))


def proves_not_null(expression: str, column: str) -> bool:
    """Whether the condition holds `column IS NOT NULL` at its top level."""
    text = _unwrapped(expression)
    parts = _conjuncts(text)
    if len(parts) > 1:
        return any(proves_not_null(p, column) for p in parts)
    found = re.match(r'("(?:[^"]|"")+"|[\w$]+)\s+is\s+not\s+null\Z', text, re.IGNORECASE)
    if not found:
        found = re.match(r'not\s*\(?\s*("(?:[^"]|"")+"|[\w$]+)\s+is\s+null\s*\)?\Z', text, re.IGNORECASE)
    if not found:
        return False
    name = found[1]
    return column == (name[1:-1].replace('""', '"') if name.startswith('"') else name.lower())


def _conjuncts(text: str) -> list[str]:
    """The members of the outermost AND; a single one where there is an outer OR."""
    parts, depth, start, quoted = [], 0, 0, False
    for i, c in enumerate(text):
        if c == "'":
            quoted = not quoted
        if quoted:
            continue
        depth += (c == "(") - (c == ")")
        if depth == 0 and re.match(r"\sor[\s(]", text[i : i + 4], re.IGNORECASE):
            return [text]
        if depth == 0 and (found := _AND.match(text, i)):
            parts.append(text[start:i])
            start = found.end()
    return [p for p in (*parts, text[start:]) if p.strip()]


def _unwrapped(text: str) -> str:
    """Without the parentheses that enclose all of it."""
    text = text.strip()
    while text.startswith("(") and text.endswith(")"):
        depth = 0
        for c in text[:-1]:
            depth += (c == "(") - (c == ")")
            if depth == 0:
                return text
        text = text[1:-1].strip()
    return text
