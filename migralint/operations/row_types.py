"""Tables and views are types, too: their rows. They share names with types, and columns can be of them."""

from __future__ import annotations

from migralint.operations.base import CannotApply, ObjectRef
from migralint.operations.inheritance import certain
from migralint.schema import Domain, Name, OtherType, Schema, Table
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


def refuse_row_users(schema: Schema, table: Table, reference: ObjectRef) -> None:
    """Rows of the table that columns of tables hold, also in arrays, domains and composite types.

    PostgreSQL cannot write these anew (PostgreSQL source, tablecmds.c, find_composite_type_dependencies).
    """
    types = {table.name}
    while True:
        more = {one.name for one in schema.types.values() if _parts(schema, one) & types} - types
        if not more:
            break
        types |= more
    for owner in schema.tables.values():
        for column in owner.columns:
            if _named(schema, column.type) in types and certain(schema, owner, table):
                raise CannotApply("invalid", reference, f"column {owner.name}.{column.name} uses the type of its rows")


def _parts(schema: Schema, one: object) -> set[Name]:
    if isinstance(one, Domain):
        return {_named(schema, one.base)}
    return {_named(schema, kind) for _, kind in one.attributes} if isinstance(one, OtherType) else set()


def _named(schema: Schema, type: str) -> Name:
    space, _, name = parse(type).base.rpartition(".")
    return Name(space.strip('"') or schema.default_schema, name.strip('"'))
