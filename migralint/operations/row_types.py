"""Tables and views are types, too: their rows. They share names with types, and columns can be of them."""

from __future__ import annotations

from migralint.operations.base import CannotApply, ObjectRef
from migralint.operations.inheritance import below, certain
from migralint.schema import Column, Domain, Name, OtherType, Schema, Table
from migralint.schema.conversion import constrained
from migralint.schema.types import parse


def refuse_type_of(schema: Schema, relation: Name, reference: ObjectRef) -> None:
    """A relation of a name that a type has."""
    if relation in schema.types and certain(schema):
        raise CannotApply("exists", reference, f"the type {relation} already exists")


def refuse_relation_of(schema: Schema, type: Name, reference: ObjectRef) -> None:
    """A type of a name that a table or view has."""
    table = schema.tables.get(type)
    if (table is not None and certain(schema, table)) or (type in schema.views and certain(schema)):
        raise CannotApply("exists", reference, f"the type {type} already exists: it is that of the rows of {type}")


def refuse_row_users(schema: Schema, table: Table, reference: ObjectRef, *, stored: bool = False) -> None:
    """Rows of the table, or of those below it, that columns of tables hold, also in arrays, domains and composites.

    PostgreSQL cannot write these anew (PostgreSQL source, tablecmds.c, find_composite_type_dependencies). With
    `stored`, only of tables that are no partitioned ones.
    """
    for one in (table, *below(schema, table.name)):
        for owner, column in holding_rows(schema, one.name):
            if stored and one.partition_by is not None:
                continue
            if certain(schema, owner, one):
                raise CannotApply("invalid", reference, f"column {owner.name}.{column.name} uses the type of its rows")


def holding_rows(schema: Schema, type: Name) -> list[tuple[Table, Column]]:
    """The columns of a composite type, or of the type of a table's rows, also as a part of their own type."""
    types = {type}
    while True:
        more = {one.name for one in schema.types.values() if _parts(schema, one) & types} - types
        if not more:
            break
        types |= more
    return [(t, c) for t in schema.tables.values() for c in t.columns if _named(schema, c.type) in types]


def refuse_filling(schema: Schema, table: Table, column: Column, reference: ObjectRef) -> None:
    """A new column with anything but NULL in it, where something holds rows of its table.

    PostgreSQL asks before it looks whether rows have to be written (PostgreSQL source, tablecmds.c, ATRewriteTables).
    """
    computed = column.generated is not None and column.generated.stored
    if computed or column.default is not None or column.identity or _fills(schema, column.type):
        refuse_row_users(schema, table, reference, stored=True)


def _fills(schema: Schema, type: str) -> bool:
    """Whether it is a domain with a default or a constraint."""
    domain = schema.types.get(_named(schema, type))
    if not isinstance(domain, Domain) or parse(type).dimensions:
        return False
    return domain.default is not None or constrained(schema, type) or _fills(schema, domain.base)


def _parts(schema: Schema, one: object) -> set[Name]:
    if isinstance(one, Domain):
        return {_named(schema, one.base)}
    return {_named(schema, kind) for _, kind in one.attributes} if isinstance(one, OtherType) else set()


def _named(schema: Schema, type: str) -> Name:
    space, _, name = parse(type).base.rpartition(".")
    return Name(space.strip('"') or schema.default_schema, name.strip('"'))
