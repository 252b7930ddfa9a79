"""What follows a table, column or type when it is dropped, renamed or moved."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial

from migralint.operations.rewrite_rules import without_rules_over
from migralint.schema import (
    Check,
    Column,
    Constraint,
    Domain,
    Exclusion,
    ForeignKey,
    Generated,
    Index,
    Key,
    Keyed,
    Name,
    OtherType,
    Policy,
    Published,
    Schema,
    Table,
)
from migralint.schema.automatic import inner_names
from migralint.schema.names import next_value, quote
from migralint.schema.types import is_built_in


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
    return without_rules_over(schema, name)


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


def release_column(schema: Schema, table: Table, column: str) -> Schema:
    """Without the column and everything that uses it: constraints, indexes, sequences, foreign keys, views, ..."""
    for other in table.columns:
        if other.generated and other.name != column and mentions(other.generated.expression, column):
            schema = release_column(schema, table, other.name)
            table = schema.tables[table.name]
    for view in [v.name for v in schema.views.values() if (table.name, column) in v.reads]:
        for reader in (view, *readers(schema, view)):
            schema = schema.without_view(reader)
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


def follow_key(schema: Schema, table: Name, old: str, new: str) -> Schema:
    """The foreign keys that rest on a key or index of the table, under its new name."""
    for owner in list(schema.tables.values()):
        constraints = tuple(
            replace(c, rests_on=new) if isinstance(c, ForeignKey) and c.references == table and c.rests_on == old else c
            for c in owner.constraints
        )
        if any(one is not other for one, other in zip(constraints, owner.constraints, strict=True)):
            schema = schema.with_table(replace(owner, constraints=constraints))
    return schema


def without_foreign_keys(schema: Schema, found: list[tuple[Name, ForeignKey]]) -> Schema:
    """Without these foreign keys, each with its table."""
    for owner, foreign in found:
        table = schema.tables[owner]
        kept = tuple(c for c in table.constraints if c != foreign)
        schema = schema.with_table(replace(table, constraints=kept))
    return schema


def move_table(schema: Schema, old: Name, new: Name) -> Schema:
    """The table under another name: foreign keys, sequences and views follow, index and constraint names stay."""
    tables = {}
    for table in schema.tables.values():
        constraints = tuple(
            replace(c, references=new) if isinstance(c, ForeignKey) and c.references == old else c
            for c in table.constraints
        )
        parents = tuple(new if p == old else p for p in table.parents)
        if constraints != table.constraints or parents != table.parents:
            table = replace(table, constraints=constraints, parents=parents)
        if table.name == old:
            table = replace(table, name=new)
        tables[table.name] = table
    after = follow_relation(replace(schema, tables=tables), old, new)
    for sequence in schema.sequences.values():
        if sequence.owned_by and sequence.owned_by[0] == old:
            after = after.with_sequence(replace(sequence, owned_by=(new, sequence.owned_by[1])))
            if old.schema != new.schema:
                after = move_sequence(after, sequence.name, Name(new.schema, sequence.name.name))
    return after


def follow_relation(schema: Schema, old: Name, new: Name) -> Schema:
    """The views that read a relation under its new name: they hold its oid."""
    for view in list(schema.views.values()):
        if old in view.uses:
            uses = tuple(new if used == old else used for used in view.uses)
            reads = tuple((new, column) if table == old else (table, column) for table, column in view.reads)
            schema = schema.with_view(replace(view, uses=uses, reads=reads))
    for owner in [one for one in schema.relations() if any(old in rule.uses for rule in one.rules)]:
        rules = tuple(replace(r, uses=tuple(new if used == old else used for used in r.uses)) for r in owner.rules)
        schema = schema.with_relation(replace(owner, rules=rules))
    return schema


def follow_column(schema: Schema, relation: Name, old: str, new: str) -> Schema:
    """The views that read a column under its new name."""
    for view in list(schema.views.values()):
        if (relation, old) in view.reads:
            reads = tuple((relation, new) if read == (relation, old) else read for read in view.reads)
            schema = schema.with_view(replace(view, reads=reads, expanded=""))  # which has the old name
    return schema


def move_view(schema: Schema, old: Name, new: Name) -> Schema:
    """The view under another name, with the views that read it."""
    view = replace(schema.views[old], name=new)
    return follow_relation(schema.without_view(old).with_view(view), old, new)


def move_sequence(schema: Schema, old: Name, new: Name) -> Schema:
    """The sequence under another name; the defaults that use it follow, as they hold its oid (pg_attrdef.adbin)."""
    if old == new:
        return schema
    sequences = {new if n == old else n: replace(s, name=new) if n == old else s for n, s in schema.sequences.items()}
    schema = replace(schema, sequences=sequences)
    default = next_value(new, schema.default_schema)
    for table, column in counting(schema, old):
        now = schema.tables[table]
        schema = schema.with_table(now.with_column(replace(column, default=default)))
    return schema


def counting(schema: Schema, sequence: Name) -> list[tuple[Name, Column]]:
    """The columns, each with its table, whose default is the next value of the sequence."""
    default = next_value(sequence, schema.default_schema)
    return [(t.name, c) for t in schema.tables.values() for c in t.columns if c.default == default]


def _swapped(columns: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    return tuple(new if c == old else c for c in columns)


def _renamed_in_key(key: Key, old: str, new: str) -> Key:
    if key.column == old:
        return replace(key, column=new)
    if old not in key.columns:
        return key
    expression = renamed_identifier(key.expression or "", old, new)
    return replace(key, columns=_swapped(key.columns, old, new), expression=expression)


def renamed_in_index(index: Index, old: str, new: str) -> Index:
    """The index of a table or materialized view, one of whose columns has another name."""
    if old not in index.columns_used:
        return index
    where = renamed_identifier(index.where, old, new) if index.where and old in index.where_columns else index.where
    return replace(
        index,
        keys=tuple(_renamed_in_key(key, old, new) for key in index.keys),
        include=_swapped(index.include, old, new),
        where=where,
        where_columns=_swapped(index.where_columns, old, new),
        inner_names=inner_names(index),
    )


def rename_column(schema: Schema, table: Table, old: str, new: str) -> Schema:
    """The column under another name, also in every constraint, index, expression and foreign key."""

    swap = partial(_swapped, old=old, new=new)
    text = partial(renamed_identifier, old=old, new=new)

    def constraint(c: Constraint) -> Constraint:
        match c:
            case Keyed() if old in c.columns_used:
                return replace(c, columns=swap(c.columns), include=swap(c.include), inner_names=inner_names(c))
            case ForeignKey():
                return replace(c, columns=swap(c.columns), set_columns=swap(c.set_columns))
            case Check() if old in c.columns:
                return replace(c, columns=swap(c.columns), expression=text(c.expression))
            case Exclusion() if old in c.columns_used:
                where = swap(c.where_columns)
                columns, definition = swap(c.columns), text(c.definition)
                kept = inner_names(c)
                return replace(c, columns=columns, definition=definition, where_columns=where, inner_names=kept)
        return c

    def policy(p: Policy) -> Policy:
        using, check = (text(e) if e and mentions(e, old) else e for e in (p.using, p.check))
        return replace(p, using=using, check=check)

    def published(p: Published) -> Published:
        where = text(p.where) if p.where and old in p.mentioned else p.where
        return replace(p, columns=swap(p.columns), where=where, mentioned=swap(p.mentioned))

    def column(c: Column) -> Column:
        if c.generated:
            c = replace(c, generated=Generated(text(c.generated.expression), c.generated.stored))
        return replace(c, name=new) if c.name == old else c

    after = replace(
        table,
        partition_by=text(table.partition_by) if table.partition_by else None,
        columns=tuple(column(c) for c in table.columns),
        constraints=tuple(constraint(c) for c in table.constraints),
        indexes=tuple(renamed_in_index(i, old, new) for i in table.indexes),
        statistics=tuple(
            replace(s, keys=tuple(_renamed_in_key(k, old, new) for k in s.keys)) for s in table.statistics
        ),
        policies=tuple(policy(p) for p in table.policies),
        triggers=tuple(replace(t, columns=swap(t.columns)) for t in table.triggers),
        rules=tuple(replace(r, columns=swap(r.columns)) for r in table.rules),
        published=tuple(published(p) for p in table.published),
    )
    schema = follow_column(schema.with_table(after), table.name, old, new)
    for other in list(schema.tables.values()):
        constraints = tuple(
            replace(c, referenced_columns=swap(c.referenced_columns))
            if isinstance(c, ForeignKey) and c.references == table.name
            else c
            for c in other.constraints
        )
        if constraints != other.constraints:
            schema = schema.with_table(replace(other, constraints=constraints))
    for sequence in list(schema.sequences.values()):
        if sequence.owned_by == (table.name, old):
            schema = schema.with_sequence(replace(sequence, owned_by=(table.name, new)))
    return schema


_PIECE = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|[A-Za-z_][\w$]*|.", re.DOTALL)


def renamed_identifier(expression: str, old: str, new: str) -> str:
    """The expression with one identifier renamed; string literals and function names are left alone."""
    pieces = _PIECE.findall(expression)
    out = []
    for i, piece in enumerate(pieces):
        plain = piece[1:-1].replace('""', '"') if piece[:1] == '"' else piece.lower()
        following = next((p for p in pieces[i + 1 :] if not p.isspace()), "")
        is_name = piece[:1] == '"' or piece[:1].isalpha() or piece[:1] == "_"
        out.append(quote(new) if is_name and plain == old and following != "(" else piece)
    return "".join(out)


_OTHERWISE = frozenset("year month day hour minute second epoch zone at name value key row type".split())
"""Words that an expression may hold without meaning a column."""


def mentions(expression: str, column: str) -> bool:
    """Whether an expression over one table surely uses this column: not where its name may mean something else."""
    if column in _OTHERWISE or is_built_in(column) or re.search(r"\bselect\b", expression, re.IGNORECASE):
        return False
    return renamed_identifier(expression, column, "\0") != expression


def map_types(schema: Schema, change: Callable[[str], str]) -> Schema:
    """Every column, domain and attribute with its type passed through `change`."""
    for view in list(schema.views.values()):
        columns = tuple(replace(c, type=changed) if (changed := change(c.type)) != c.type else c for c in view.columns)
        if columns != view.columns:
            schema = schema.with_view(replace(view, columns=columns))
    for table in list(schema.tables.values()):
        columns = tuple(replace(c, type=changed) if (changed := change(c.type)) != c.type else c for c in table.columns)
        if columns != table.columns:
            schema = schema.with_table(replace(table, columns=columns))
    for domain in list(schema.types.values()):
        if isinstance(domain, Domain) and (base := change(domain.base)) != domain.base:
            schema = schema.with_type(replace(domain, base=base))
        elif isinstance(domain, OtherType):
            attributes = tuple((name, change(kind)) for name, kind in domain.attributes)
            if attributes != domain.attributes:
                schema = schema.with_type(replace(domain, attributes=attributes))
    return schema


def rename_schema(schema: Schema, old: str, new: str) -> Schema:
    """Every object of the schema under its new qualified name."""

    def moved(name: Name) -> Name:
        return Name(new, name.name) if name.schema == old else name

    for name in [n for n in schema.tables if n.schema == old]:
        schema = move_table(schema, name, moved(name))
    for name in [n for n in schema.views if n.schema == old]:
        schema = move_view(schema, name, moved(name))
    for name in [n for n in schema.sequences if n.schema == old]:
        schema = move_sequence(schema, name, moved(name))
    for table in list(schema.tables.values()):
        if any(s.name.schema == old for s in table.statistics):
            found = tuple(replace(s, name=moved(s.name)) for s in table.statistics)
            schema = schema.with_table(replace(table, statistics=found))
    old_prefix, new_prefix = quote(old) + ".", quote(new) + "."
    schema = map_types(schema, lambda t: new_prefix + t[len(old_prefix) :] if t.startswith(old_prefix) else t)
    return replace(
        schema,
        schemas=tuple(new if s == old else s for s in schema.schemas),
        schema_comments={new if s == old else s: text for s, text in schema.schema_comments.items()},
        extensions={n: replace(e, schema=new) if e.schema == old else e for n, e in schema.extensions.items()},
        publications={
            n: replace(p, schemas=tuple(new if s == old else s for s in p.schemas))
            for n, p in schema.publications.items()
        },
        event_triggers={n: replace(t, function=moved(t.function)) for n, t in schema.event_triggers.items()},
        types={moved(n): replace(t, name=moved(n)) for n, t in schema.types.items()},
        functions={moved(n): tuple(replace(f, name=moved(n)) for f in fs) for n, fs in schema.functions.items()},
    )
