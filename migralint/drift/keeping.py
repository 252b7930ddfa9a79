"""The operations after which the history has what the derived side has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from migralint.drift.constraints import NOT_VALID, PROOFS, VALID
from migralint.drift.difference import NAMES_FOR_VALUES, NULL_REFUSED, Difference
from migralint.drift.domains import domains_of
from migralint.drift.enums import enum_of
from migralint.operations import (
    AddColumn,
    AlterColumn,
    AlterConstraint,
    AlterTypeAddValue,
    CannotApply,
    CreateConstraint,
    CreateIndex,
    CreateSequence,
    CreateTable,
    CreateType,
    DropColumn,
    DropConstraint,
    DropIndex,
    DropSequence,
    Operation,
    RenameIndex,
    RenameType,
    Statement,
    ValidateConstraint,
)
from migralint.operations.base import KEEP
from migralint.operations.details import CountOn
from migralint.operations.online import key_from_index, online
from migralint.operations.recast import recast
from migralint.schema import (
    Column,
    Constraint,
    Domain,
    EnumType,
    ForeignKey,
    Index,
    Key,
    Name,
    PrimaryKey,
    Schema,
    Sequence,
    Table,
    Unique,
)
from migralint.schema.names import cut, next_value, quote
from migralint.schema.types import SERIALS, is_built_in, parse


def keeping(one: Difference, head: Schema, derived: Schema) -> tuple[Operation, ...]:
    """What a new revision has to do, in the forms that lock nothing for as long as the table is large.

    Nothing where rows or labels would be lost by it, or not enough is known.
    """
    table, old, new = one.object.table, one.head, one.derived
    if isinstance(new, Table):
        if isinstance(old, Table):
            return ()
        columns = tuple(_counting(new.name, column, derived) for column in new.columns)
        # row security, policies and triggers are differences of their own, of a table that is there
        made = replace(new, columns=columns, triggers=(), policies=(), row_security=False, row_security_forced=False)
        return (*_types(head, derived, new.columns), CreateTable(made))
    if isinstance(new, EnumType):
        return () if one.cause == NAMES_FOR_VALUES else tuple(_enum(old if isinstance(old, EnumType) else None, new))
    if table is None:
        return ()
    here = one.table_at_head or table
    if isinstance(new, Column):
        if isinstance(old, Column):
            return tuple(_column(one, here, old, new, head, derived))
        added = _counting(table, new, derived)
        return (*_types(head, derived, [new]), *online(AddColumn(table, added), renamed(head, here, table)))
    if isinstance(old, Column):
        # what the models no longer send has to be allowed to be absent, as long as the column is there
        keyed = _in_key(head, here, old.name)
        return (AlterColumn(table, old.name, not_null=False),) if one.cause == NULL_REFUSED and not keyed else ()
    if one.sides[-1][1] in PROOFS and isinstance(old, Constraint):  # what is proven stays so
        return (ValidateConstraint(table, old.name),) if [said for _, said in one.sides] == [NOT_VALID, VALID] else ()
    return tuple(_part(table, here, old, new, head))


def _in_key(head: Schema, table: Name, column: str) -> bool:
    key = head.tables[table].primary_key if table in head.tables else None
    return key is not None and column in key.columns


def _types(head: Schema, derived: Schema, columns: tuple[Column, ...] | list[Column]) -> Iterator[Operation]:
    """The enums and domains of columns that the history lacks, a domain after the one that it is over."""
    enums = (enum for column in columns if (enum := enum_of(derived, column.type)) is not None)
    domains = (domain for column in columns for domain in reversed(list(domains_of(derived, column.type))))
    found: dict[EnumType | Domain, None] = dict.fromkeys((*enums, *domains))
    return (CreateType(one) for one in found if one.name not in head.types)


def _counting(table: Name, column: Column, derived: Schema) -> Column:
    """The column as a statement has it that makes its sequence with it."""
    for sequence in derived.sequences.values():
        if sequence.owned_by != (table, column.name):
            continue
        if sequence.identity:
            return replace(column, sequence_options=tuple(one for one in sequence.options if one[0] != "type"))
        if column.default == next_value(sequence.name, derived.default_schema) and column.type in _SERIAL:
            return replace(column, type=_SERIAL[column.type], default=None)
    return column


_SERIAL = {kind: serial for serial, kind in SERIALS.items()}


def _enum(old: EnumType | None, new: EnumType) -> Iterator[Operation]:
    if old is None:
        yield CreateType(new)
        return
    if old.name != new.name:
        yield RenameType(old.name, new.name)
    there = list(old.labels)
    for at, label in enumerate(new.labels):
        if label in there:
            continue
        above = [one for one in new.labels[:at] if one in there]
        below = [one for one in new.labels[at:] if one in there]
        if above and below:
            yield AlterTypeAddValue(new.name, label, after=above[-1], if_not_exists=True)
        else:
            yield AlterTypeAddValue(new.name, label, before=below[0] if below else None, if_not_exists=True)
        there.insert(there.index(above[-1]) + 1 if above else 0, label)


def _column(
    one: Difference, here: Name, old: Column, new: Column, head: Schema, derived: Schema
) -> Iterator[Operation]:
    """`here` is what the head calls the table."""
    table = one.object.table
    assert table is not None  # of a difference of columns
    if one.renamed_from is not None:
        yield AlterColumn(table, old.name, new_name=new.name)
    elif one.kind == "type":
        yield from _types(head, derived, [new])
        yield from retyped(table, here, old, new, head, derived)
    elif one.kind == "nullability":
        changed = AlterColumn(table, new.name, not_null=new.not_null)
        yield from online(changed, renamed(head, here, table))
    elif new.generated and old.generated:  # what is computed is not lost
        yield DropColumn(table, old.name)
        yield AddColumn(table, new)
    elif old.generated or new.generated:
        if old.generated and old.generated.stored:
            yield AlterColumn(table, new.name, generated=None)
    elif old.identity or new.identity:
        yield from _numbered(table, here, old, new, head, derived)
    elif old.type == new.type:  # another type comes with its default
        yield AlterColumn(table, new.name, default=new.default)


def _numbered(table: Name, here: Name, old: Column, new: Column, head: Schema, derived: Schema) -> Iterator[Operation]:
    """An identity in place of a sequence, or the other way round: it goes on behind the numbers that are there."""
    if new.identity:
        if old.default is not None:
            yield AlterColumn(table, new.name, default=None)
        if (sequence := _sequence_of(here, old.name, head)) is not None and not old.identity:
            yield DropSequence(sequence.name)
        yield AlterColumn(table, new.name, identity=new.identity, verb="SET" if old.identity else "ADD")
    else:
        yield AlterColumn(table, new.name, identity=None)
        if (sequence := _sequence_of(table, new.name, derived)) is not None:
            yield CreateSequence(sequence)
        if new.default is not None:
            yield AlterColumn(table, new.name, default=new.default)
    if new.identity != old.identity and None in (new.identity, old.identity) and (new.identity or new.default):
        yield Statement("setval", table, new.name, detail=CountOn(new.name))


def _sequence_of(table: Name, column: str, schema: Schema) -> Sequence | None:
    """The sequence that a column owns."""
    return next((one for one in schema.sequences.values() if one.owned_by == (table, column)), None)


def retyped(table: Name, here: Name, old: Column, new: Column, head: Schema, derived: Schema) -> Iterator[AlterColumn]:
    """The type of a column changed: with a cast where PostgreSQL has none by itself, and with the default it has then.

    USING is not for the default: one that is not cast by itself is dropped before (PostgreSQL docs, ALTER TABLE).
    """
    collation = new.collation if new.collation is not None else KEEP  # a type without has its own
    plain = AlterColumn(here, old.name, type=new.type, collation=collation)
    default = new.default if recast(old.default, old.type, new.type) != new.default else KEEP
    if old.identity or new.identity or old.generated or new.generated:
        default = KEEP
    there = head
    for made in _types(head, derived, [new]):
        there = made.apply(there)
    enums = enum_of(head, old.type) and enum_of(derived, new.type)
    text = "text::" if enums or uncastable(old.type, new.type, there) else ""
    cast = f"{quote(new.name)}::{text}{new.type}"
    plain = replace(plain, using=None if accepted(plain, there, replace(old, default=None)) else cast)
    # the default of an enum is cast to a text by itself, and then the enum cannot be dropped
    kept = enum_of(head, old.type) is not None and default is KEEP
    if old.default is not None and (kept or not accepted(plain, there, old)):
        yield AlterColumn(table, new.name, default=None)
        default = new.default
    yield replace(plain, table=table, name=new.name, default=default)


def uncastable(old: str, new: str, schema: Schema) -> bool:
    """Whether PostgreSQL has no cast between two types, not even an explicit one: then it goes through text.

    Both are built-in types, or one is an enum, which is cast to texts alone.
    """
    one, other = parse(old).base, parse(new).base
    if {one, other} & {"text", "character varying", "character"} or {one, other} == {"boolean", "integer"}:
        return False
    built_in = is_built_in(one), is_built_in(other)
    named = enum_of(schema, new if built_in[0] else old)
    return all(built_in) or (any(built_in) and named is not None)


def accepted(change: AlterColumn, head: Schema, old: Column) -> bool:
    """Whether PostgreSQL would make the change to such a column, where nothing uses it."""
    owner = head.tables.get(change.table)
    if owner is None or owner.column(old.name) is None:
        return True
    alone = Table(owner.name, columns=(replace(old, default_type=None),))
    try:
        change.apply(replace(head, tables={owner.name: alone}, views={}))
    except CannotApply:
        return False
    return True


def renamed(head: Schema, old: Name, new: Name) -> Schema:
    """The head with a table under its new name."""
    if old == new or old not in head.tables:
        return head
    return head.with_table(replace(head.tables[old], name=new))


def _part(table: Name, here: Name, old: object, new: object, head: Schema) -> Iterator[Operation]:
    """A constraint or index in place of another, or of none; what refuses rows or serves queries is never missing."""
    state = renamed(head, here, table)
    if isinstance(old, ForeignKey) and isinstance(new, ForeignKey) and _deferral_only(old, new):
        yield AlterConstraint(table, old.name, new.deferrable, new.initially)
        return
    if isinstance(new, Unique | PrimaryKey):
        if isinstance(old, Index) and isinstance(new, Unique) and old.keys == tuple(map(Key, new.columns)):
            yield CreateConstraint(table, new, using_index=old.name)
            return
        taken = isinstance(old, Constraint | Index) and old.name == new.name
        index_name = str(cut(f"{new.name}_new")) if taken else ""
        built = key_from_index(CreateConstraint(table, new), state, index_name)
        if built is not None:
            yield built[0]
            yield from _without(table, old, state)
            yield from built[1:]
            return
    if isinstance(new, Index):
        same = isinstance(old, Index | Constraint) and old.name == new.name
        beside = replace(new, name=str(cut(f"{new.name}_new"))) if same else new
        yield from online(CreateIndex(table, beside), state)
        yield from _without(table, old, state)
        if same:
            yield RenameIndex(Name(table.schema, beside.name), new.name)
        return
    yield from _without(table, old, state)
    if isinstance(new, Constraint):
        yield from online(CreateConstraint(table, new), state)


def _deferral_only(old: ForeignKey, new: ForeignKey) -> bool:
    return replace(old, deferrable=new.deferrable, initially=new.initially, name=new.name) == new


def _without(table: Name, old: object, state: Schema) -> Iterator[Operation]:
    if isinstance(old, Constraint):
        yield DropConstraint(table, old.name)
    elif isinstance(old, Index):
        yield from online(DropIndex(Name(table.schema, old.name), table), state)
