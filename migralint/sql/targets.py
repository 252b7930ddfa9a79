"""Objects of any kind as ALTER ... OWNER TO, GRANT, COMMENT and SECURITY LABEL name them."""

from __future__ import annotations

from migralint.operations import Database
from migralint.operations.details import Target
from migralint.sql import names
from migralint.sql.columns import column_type
from migralint.sql.cursor import Cursor, Written
from migralint.sql.programs import argument_types
from migralint.sql.tokens import OPERATOR

ROUTINES = ("function", "procedure", "routine", "aggregate")
_RELATIONS = frozenset("table foreign_table view materialized_view sequence index".split())
_TYPES = ("type", "domain")
_IN_SCHEMAS = frozenset(
    """collation conversion statistics text_search_configuration text_search_dictionary text_search_parser
    text_search_template""".split()
)
_OF_METHODS = ("operator_class", "operator_family")
_ATTACHED = ("trigger", "policy", "rule", "constraint")


def read_target(cursor: Cursor, database: Database, kind: str) -> Target:
    """An object of this kind, which `kind_of` tells."""
    if kind in _RELATIONS:
        return Target(kind, names.relation(database, cursor.name()))
    if kind in _TYPES:
        return Target(kind, names.user_type(database, cursor.name()))
    if kind in ROUTINES:
        name = names.function(database, cursor.name())
        group = cursor.optional_group()
        return Target(kind, name, argument_types(group, database) if group is not None else None)
    if kind in _IN_SCHEMAS:
        return Target(kind, names.created(database, cursor.name()))
    if kind in _OF_METHODS:
        name = names.created(database, cursor.name())
        cursor.expect("using")
        return Target(kind, name, method=cursor.identifier())
    if kind in _ATTACHED:
        return _attached(cursor, database, kind)
    match kind:
        case "column":
            *before, column = cursor.parts()
            table = Written(before[-2] if len(before) > 1 else None, before[-1]) if before else None
            if table is None:
                raise cursor.problem("expected table.column")
            return Target(kind, column, on=names.relation(database, table))
        case "operator":
            return _operator(cursor, database)
        case "cast":
            return _cast(cursor, database)
        case "transform":
            cursor.expect("for")
            of = column_type(cursor, database)
            cursor.expect("language")
            return Target(kind, of, method=cursor.identifier())
        case "large":
            cursor.expect("object")
            return Target("large_object", cursor.take().value)
    return Target(kind, cursor.identifier())


def _attached(cursor: Cursor, database: Database, kind: str) -> Target:
    name = cursor.identifier()
    cursor.expect("on")
    if kind == "constraint" and cursor.sees("domain") and not cursor.sees("is", ahead=1):
        cursor.take()
        return Target("domain_constraint", name, on=names.user_type(database, cursor.name()))
    return Target(kind, name, on=names.relation(database, cursor.name()))


def _operator(cursor: Cursor, database: Database) -> Target:
    schema = None
    while cursor.sees(".", ahead=1):
        schema = cursor.identifier()
        cursor.take()
    symbol = ""
    while (token := cursor.peek()) is not None and token.kind == OPERATOR and token.value != "(":
        symbol += cursor.take().value
    sides = (None if side.accept("none") else column_type(side, database) for side in cursor.group().items())
    return Target("operator", names.created(database, Written(schema, symbol)), tuple(sides))


def _cast(cursor: Cursor, database: Database) -> Target:
    inner = cursor.group()
    given = column_type(inner, database)
    inner.expect("as")
    return Target("cast", "", (given, column_type(inner, database)))
