"""What goes with a table or column that is dropped, and what needs it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from migralint.operations.query_texts import mentions
from migralint.operations.renaming import counting
from migralint.operations.rewrite_rules import rules_over, rules_reading, without_rules
from migralint.schema import (
    ForeignKey,
    Index,
    Keyed,
    Name,
    Policy,
    Schema,
    Table,
)


def release_table(schema: Schema, name: Name) -> Schema:
    """Without the table, its sequences, and the foreign keys that reference it."""
    schema = _release_sequences(schema.without_table(name), owned_sequences(schema, name))
    for table in list(schema.tables.values()):
        kept = tuple(c for c in table.constraints if not (isinstance(c, ForeignKey) and c.references == name))
        parents = tuple(p for p in table.parents if p != name)
        if len(kept) != len(table.constraints) or parents != table.parents:
            schema = schema.with_table(replace(table, constraints=kept, parents=parents))
    for view in readers(schema, name):
        schema = schema.without_view(view)
    schema = without_policies(schema, policies_reading(schema, name))
    return without_rules(schema, rules_over(schema, name))


def readers(schema: Schema, relation: Name) -> list[Name]:
    """The views that read the table or view, and the views over those."""
    found: list[Name] = []
    pending = [relation]
    while pending:
        source = pending.pop()
        users = [v.name for v in schema.views.values() if source in v.uses and v.name not in found]
        found += users
        pending += users
    return found


def policies_reading(schema: Schema, relation: Name, column: str | None = None) -> list[tuple[Name, Policy]]:
    """The policies with a query that reads the relation, or a column of it, each with its table."""
    return [
        (table.name, policy)
        for table in schema.tables.values()
        for policy in table.policies
        if any(read[0] == relation and column in (None, read[1]) for read in policy.reads)
    ]


def without_policies(schema: Schema, found: list[tuple[Name, Policy]]) -> Schema:
    """Without these policies, each with its table."""
    for owner, policy in found:
        table = schema.tables[owner]
        schema = schema.with_table(replace(table, policies=tuple(p for p in table.policies if p is not policy)))
    return schema


def release_column(schema: Schema, table: Table, column: str) -> Schema:
    """Without the column and everything that uses it: constraints, indexes, sequences, foreign keys, views, ..."""
    for other in table.columns:
        if other.generated and other.name != column and mentions(other.generated.expression, column):
            schema = release_column(schema, table, other.name)
            table = schema.tables[table.name]
    for view in [v.name for v in schema.views.values() if (table.name, column) in v.reads]:
        for reader in (view, *readers(schema, view)):
            schema = schema.without_view(reader)
    schema = without_rules(schema, rules_reading(schema, table.name, column))
    schema = without_policies(schema, policies_reading(schema, table.name, column))
    table = schema.tables[table.name]
    needed = needing_column(schema, table, column)
    after = replace(
        table,
        columns=tuple(c for c in table.columns if c.name != column),
        constraints=tuple(c for c in table.constraints if column not in c.columns_used),
        indexes=tuple(i for i in table.indexes if column not in i.columns_used),
        statistics=tuple(s for s in table.statistics if column not in s.columns_used),
        policies=tuple(p for p in table.policies if not mentions(f"{p.using or ''} ; {p.check or ''}", column)),
        triggers=tuple(t for t in table.triggers if column not in t.columns),
        rules=tuple(r for r in table.rules if column not in r.columns),
        published=tuple(p for p in table.published if column not in p.columns_used),
    )
    schema = without_foreign_keys(schema.with_table(after), needed)
    return _release_sequences(schema, owned_sequences(schema, table.name, column))


def owned_sequences(schema: Schema, table: Name, column: str | None = None) -> list[Name]:
    """The sequences that a table, or one column of it, owns."""
    owned = [(s.name, s.owned_by) for s in schema.sequences.values() if s.owned_by and s.owned_by[0] == table]
    return [name for name, owner in owned if column is None or owner[1] == column]


def borrowed_sequence(schema: Schema, table: Name, going: Collection[Name], column: str | None = None) -> str | None:
    """Says which default of a table that stays uses a sequence that goes with the table or its column."""
    for sequence in owned_sequences(schema, table, column):
        for user, default in counting(schema, sequence):
            if user not in going or (column is not None and user == table and default.name != column):
                return f"the default of {user}.{default.name} uses {sequence}"
    return None


def _release_sequences(schema: Schema, names: list[Name]) -> Schema:
    """Without the sequences, and the defaults that use them."""
    for name in names:
        for table, column in counting(schema, name):
            schema = schema.with_table(schema.tables[table].with_column(replace(column, default=None)))
        schema = schema.without_sequence(name)
    return schema


def needing(schema: Schema, table: Table, key: str) -> list[tuple[Name, ForeignKey]]:
    """The foreign keys that rest on the key or unique index of this name."""
    found = []
    for owner in schema.tables.values():
        for foreign in owner.of_kind(ForeignKey):
            if foreign.references == table.name and (foreign.rests_on or support(table, foreign)) == key:
                found.append((owner.name, foreign))
    return found


def needing_column(schema: Schema, table: Table, column: str) -> list[tuple[Name, ForeignKey]]:
    """The foreign keys that reference the column, or rest on a key or unique index that holds it."""
    parts: list[Keyed | Index] = [*table.of_kind(Keyed), *table.indexes]
    holding = [part.name for part in parts if column in part.columns_used]
    found = [
        (owner.name, foreign)
        for owner in schema.tables.values()
        for foreign in owner.of_kind(ForeignKey)
        if foreign.references == table.name and column in foreign.referenced_columns
    ]
    return list(dict.fromkeys([*found, *(one for name in holding for one in needing(schema, table, name))]))


def support(table: Table, foreign: ForeignKey) -> str | None:
    """The key or unique index that PostgreSQL takes for a foreign key: the one on these columns that was made first,
    if it is not deferrable (PostgreSQL source, tablecmds.c, transformFkeyCheckAttrs).
    """
    wanted = set(foreign.referenced_columns)
    keys = [(k.number, k.name) for k in table.of_kind(Keyed) if set(k.columns) == wanted and not k.deferrable]
    indexes = [
        (i.number, i.name)
        for i in table.indexes
        if i.unique and i.valid and not i.where and {k.column for k in i.keys} == wanted
    ]
    return min((*keys, *indexes), default=(0, None))[1]


def without_foreign_keys(schema: Schema, found: list[tuple[Name, ForeignKey]]) -> Schema:
    """Without these foreign keys, each with its table."""
    for owner, foreign in found:
        table = schema.tables[owner]
        kept = tuple(c for c in table.constraints if c != foreign)
        schema = schema.with_table(replace(table, constraints=kept))
    return schema
