"""Effects of operations on types and domains."""

from __future__ import annotations

from migralint.operations.dependents import owned_sequences, readers
from migralint.operations.effects.reach import stored
from migralint.operations.effects.values import ACCESS_EXCLUSIVE, SHARE, Effects, locked
from migralint.operations.type_names import shown
from migralint.operations.types import AlterDomain, AlterTypeRenameValue, DropType
from migralint.schema import Domain, Name, Schema, Table, View
from migralint.schema.types import parse


def drop_type(operation: DropType, before: Schema, server: int) -> Effects:
    """DROP TYPE; with CASCADE the columns of this type go."""
    if operation.name not in before.types:
        return Effects()
    tables = [name for table, column in operation.users(before) for name in _with_sequences(before, table, column)]
    return Effects(
        locked(ACCESS_EXCLUSIVE, [*tables, *_reading(before, operation)]),
        breaks_old_code=(
            str(operation.name),
            *(f"{table.name}.{column}" for table, column in operation.users(before)),
        ),
    )


def _with_sequences(before: Schema, table: Table, column: str) -> list[Name]:
    return [table.name, *owned_sequences(before, table.name, column)]


def _reading(before: Schema, operation: DropType) -> list[Name]:
    """The views that read a column which goes."""
    gone = {(table.name, column) for table, column in operation.users(before)}
    views = [view.name for view in before.views.values() if gone.intersection(view.reads)]
    return [name for view in views for name in (view, *readers(before, view))]


def alter_domain(operation: AlterDomain, before: Schema, server: int) -> Effects:
    """A new check or NOT NULL is looked for in every table with a column of the domain, which stops writes there.

    VALIDATE looks for one that is valid already, too.
    """
    old, new = before.types.get(operation.name), operation.definition
    if not isinstance(old, Domain) or new is None:
        return Effects()
    names = {check.name for check in old.checks}
    added = len(new.checks) > len(old.checks) and any(c.validated for c in new.checks if c.name not in names)
    if not added and not operation.validates and not (new.not_null and not old.not_null):
        return Effects()
    tables = _using(before, operation.name)
    return Effects(locked(SHARE, tables), scans=stored(before, tables))


def _using(before: Schema, name: Name) -> list[Name]:
    """The tables and materialized views with a column of the domain, or of one over it."""
    bases = {shown(before, name)}
    pending = [name]
    while pending:
        base = shown(before, pending.pop())
        for domain in before.domains():
            own = shown(before, domain.name)
            if parse(domain.base).base == base and own not in bases:
                bases.add(own)
                pending.append(domain.name)
    relations: list[Table | View] = [*before.tables.values()]
    relations += [view for view in before.views.values() if view.materialized]
    return [one.name for one in relations if any(parse(column.type).base in bases for column in one.columns)]


def rename_value(operation: AlterTypeRenameValue, before: Schema, server: int) -> Effects:
    """ALTER TYPE ... RENAME VALUE locks no table; code that writes the old label fails."""
    return Effects(breaks_old_code=(f"{operation.name} {operation.value!r}",))
