"""What follows where an object gets another name or schema: PostgreSQL keeps objects, not how they were called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from migralint.operations.query_texts import (
    PIECE,
    SUBQUERY,
    as_text,
    mentions,
    plain,
    renamed_identifier,
    with_renamed,
    with_renamed_column,
    with_renamed_row,
)
from migralint.operations.type_names import follow_type, map_types
from migralint.schema import (
    Check,
    Column,
    Constraint,
    Exclusion,
    ForeignKey,
    Generated,
    Index,
    Key,
    Keyed,
    Name,
    Policy,
    Published,
    RewriteRule,
    Schema,
    Table,
    Trigger,
)
from migralint.schema.automatic import inner_names
from migralint.schema.names import next_value, quote


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
    after = follow_type(follow_relation(replace(schema, tables=tables), old, new), old, new)
    after = _with_policies(after, lambda text, uses: with_renamed(text, old, new, after, uses))
    after = _with_reads(after, lambda table, column: (new if table == old else table, column))
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
            definition, expanded = (
                _named_anew(text, schema, uses, old, new) for text in (view.definition, view.expanded)
            )
            schema = schema.with_view(replace(view, uses=uses, reads=reads, definition=definition, expanded=expanded))
    for owner in [one for one in schema.relations() if any(old in rule.uses for rule in one.rules)]:
        rules = tuple(_rule_over(rule, owner.name, schema, old, new) for rule in owner.rules)
        schema = schema.with_relation(replace(owner, rules=rules))
    return schema


def _rule_over(rule: RewriteRule, owner: Name, schema: Schema, old: Name, new: Name) -> RewriteRule:
    uses = tuple(new if used == old else used for used in rule.uses)
    actions = tuple(_named_anew(action, schema, (*uses, owner), old, new) for action in rule.actions)
    return replace(rule, uses=uses, actions=actions if old in rule.uses else rule.actions)


def _named_anew(text: str, schema: Schema, uses: tuple[Name, ...], old: Name, new: Name) -> str:
    return with_renamed(text, old, new, schema, uses) or text


def follow_column(schema: Schema, relation: Name, old: str, new: str) -> Schema:
    """The views that read a column under its new name."""
    for view in list(schema.views.values()):
        if (relation, old) in view.reads:
            reads = tuple((relation, new) if read == (relation, old) else read for read in view.reads)
            text = with_renamed_column(view.expanded or view.definition, old, new, schema, view.uses)
            followed = replace(view, reads=reads, definition=text or view.definition, expanded="")
            schema = schema.with_view(followed)
    after = _with_policies(
        schema, lambda text, uses: with_renamed_column(text, old, new, schema, uses) if relation in uses else None
    )
    return _with_reads(after, lambda *read: (relation, new) if read == (relation, old) else read)


def _with_reads(schema: Schema, change: Callable[[Name, str], tuple[Name, str]]) -> Schema:
    """The schema with what the queries of its policies read under other names."""
    for table in list(schema.tables.values()):
        if any(policy.reads for policy in table.policies):
            policies = (replace(one, reads=tuple(change(*read) for read in one.reads)) for one in table.policies)
            schema = schema.with_table(replace(table, policies=tuple(policies)))
    return schema


def _with_policies(schema: Schema, change: Callable[[str, tuple[Name, ...]], str | None]) -> Schema:
    """The schema with policies whose subqueries `change` has changed: it is given each text and the tables it names."""
    for table in list(schema.tables.values()):
        policies = tuple(_with_texts(policy, schema, table.name, change) for policy in table.policies)
        if policies != table.policies:
            schema = schema.with_table(replace(table, policies=policies))
    return schema


def _with_texts(
    policy: Policy, schema: Schema, table: Name, change: Callable[[str, tuple[Name, ...]], str | None]
) -> Policy:
    def text(old: str | None) -> str | None:
        if old is None or not SUBQUERY.search(old):
            return old
        words = set(map(plain, PIECE.findall(old)))
        return change(old, tuple(name for name in schema.tables if name == table or name.name in words)) or old

    return replace(policy, using=text(policy.using), check=text(policy.check))


def move_view(schema: Schema, old: Name, new: Name) -> Schema:
    """The view under another name, with the views that read it."""
    view = replace(schema.views[old], name=new)
    after = follow_type(follow_relation(schema.without_view(old).with_view(view), old, new), old, new)
    return _with_reads(after, lambda name, column: (new if name == old else name, column))


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


def rebuilt(table: Table, column: str, *, was_text: bool) -> Table:
    """The table after a change of a column's type: indexes that use it are made anew, after the columns' names now.

    `was_text` where a type with a length of texts gives way to one that is no text: expressions had it cast.
    """

    own = table.column(column)

    def key(one: Key) -> Key:
        usual = own is not None and one.column == column and one.collation == own.collation
        return replace(one, collation=None) if usual else one  # that of the column, which has another one now

    def constraint(one: Constraint) -> Constraint:
        if isinstance(one, Check) and was_text and column in one.columns:
            return replace(one, expression=as_text(one.expression, column))
        uses = isinstance(one, Keyed | Exclusion) and column in one.columns_used
        return replace(one, inner_names=()) if uses else one  # type: ignore[call-arg]  # both kinds have them

    def index(one: Index) -> Index:
        uses = column in one.columns_used
        return replace(one, inner_names=(), keys=tuple(map(key, one.keys))) if uses else one

    return replace(
        table, indexes=tuple(map(index, table.indexes)), constraints=tuple(map(constraint, table.constraints))
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

    def trigger(t: Trigger) -> Trigger:
        if old not in t.columns:
            return t
        return replace(t, columns=swap(t.columns), definition=with_renamed_row(t.definition, old, new))

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
        triggers=tuple(map(trigger, table.triggers)),
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
