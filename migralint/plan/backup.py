"""What to save before a step, as commands of psql and pg_dump: what it destroys and no statement brings back."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.operations import (
    AlterColumn,
    Delete,
    Merge,
    Operation,
    RenameSchema,
    RenameTable,
    Truncate,
    Update,
)
from migralint.operations.steps import Step
from migralint.render.calls import qualified
from migralint.render.clauses import literal
from migralint.schema import Name, Schema, Table
from migralint.schema.conversion import narrowing
from migralint.schema.names import quote
from migralint.schema.types import canonical

_MOVES = (RenameTable, RenameSchema)
_CHANGES_ROWS = (Delete, Merge, Truncate, Update)


def backup(step: Step, new: frozenset[Name]) -> str | None:
    """The commands, a line each; None where nothing is lost. `new` are tables without rows to lose."""
    found = [line for name, line in _losses(step.operation, step.before, step.after) if name not in new]
    return "\n".join(found) or None


def _losses(operation: Operation, before: Schema, after: Schema) -> Iterator[tuple[Name, str]]:
    """Each table or sequence that loses something, with the command that saves it."""
    if isinstance(operation, _MOVES):
        return
    if isinstance(operation, _CHANGES_ROWS):
        yield operation.table, _rows(operation.table)
    for name, table in before.tables.items():
        kept = after.tables.get(name)
        if kept is None:
            yield name, _rows(name)
        elif kept is not table:
            lost = list(_columns(operation, before, table, kept))
            if lost:
                yield name, _values(table, lost)
    for name, sequence in before.sequences.items():
        if name not in after.sequences and sequence.owned_by is None and not sequence.identity:
            yield name, _copy(f"SELECT last_value, is_called FROM {qualified(name)}", str(name))


def _columns(operation: Operation, before: Schema, table: Table, kept: Table) -> Iterator[str]:
    """Columns that are dropped, or whose new type does not hold all values of the old one."""
    altered = operation if isinstance(operation, AlterColumn) and operation.table == table.name else None
    for column in table.columns:
        if altered is not None and altered.name == column.name:
            if isinstance(altered.type, str) and narrowing(before, column.type, canonical(altered.type)) is not None:
                yield column.name
        elif kept.column(column.name) is None and not column.generated:
            yield column.name


def _rows(table: Name) -> str:
    file = literal(f"{table}.sql")
    return f'pg_dump --data-only --table={_shell(qualified(table))} --file={file} "$DATABASE_URL"'


def _values(table: Table, columns: list[str]) -> str:
    """The columns with the key that tells their rows apart, or whole rows where there is none."""
    key = table.primary_key.columns if table.primary_key else ()
    named = ", ".join(map(quote, dict.fromkeys((*key, *columns)))) if key else "*"
    return _copy(f"SELECT {named} FROM {qualified(table.name)}", ".".join([str(table.name), *columns]))


def _copy(query: str, name: str) -> str:
    return f"\\copy ({query}) TO {literal(name + '.csv')} WITH (FORMAT csv, HEADER)"


def _shell(text: str) -> str:
    """The text as one word of a POSIX shell."""
    return "'" + text.replace("'", "'\\''") + "'"
