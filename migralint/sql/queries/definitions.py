"""Constraints and indexes as PostgreSQL's `pg_get_constraintdef` and `pg_get_indexdef` print them."""

from __future__ import annotations

from migralint.schema import Check, Constraint, Exclusion, ForeignKey, Index, Key, Keyed, Name, PrimaryKey, Unique
from migralint.schema.names import quote
from migralint.sql.queries.values import UNKNOWN


def _listed(columns: tuple[str, ...]) -> str:
    return f"({', '.join(quote(c) for c in columns)})"


def shown(name: Name, search_path: tuple[str, ...]) -> str:
    """A relation's name as `regclass` prints it: with its schema where the search path does not find it."""
    return quote(name.name) if name.schema in search_path else f"{quote(name.schema)}.{quote(name.name)}"


def constraint_definition(constraint: Constraint, search_path: tuple[str, ...]) -> object:
    """The text, or Unknown for checks: the server prints their expression in a form of its own."""
    match constraint:
        case Check():
            return UNKNOWN
        case Exclusion():
            text = constraint.definition
        case Keyed():
            text = "PRIMARY KEY " if isinstance(constraint, PrimaryKey) else "UNIQUE "
            if isinstance(constraint, Unique) and constraint.nulls_not_distinct:
                text += "NULLS NOT DISTINCT "
            text += _listed(constraint.columns)
            if constraint.include:
                text += f" INCLUDE {_listed(constraint.include)}"
        case ForeignKey():
            text = f"FOREIGN KEY {_listed(constraint.columns)} REFERENCES {shown(constraint.references, search_path)}"
            text += _listed(constraint.referenced_columns)
            text += f" MATCH {constraint.match}" if constraint.match else ""
            text += f" ON UPDATE {constraint.on_update}" if constraint.on_update else ""
            text += f" ON DELETE {constraint.on_delete}" if constraint.on_delete else ""
            if constraint.set_columns:
                text += f" {_listed(constraint.set_columns)}"
        case _:
            return UNKNOWN
    if isinstance(constraint, (Keyed, Exclusion, ForeignKey)) and constraint.deferrable:
        text += " DEFERRABLE"
        if constraint.initially == "DEFERRED":
            text += " INITIALLY DEFERRED"
    if isinstance(constraint, ForeignKey) and not constraint.validated:
        text += " NOT VALID"
    return text


def index_definition(table: Name, index: Index) -> object:
    """The text, or Unknown where an expression is part of it."""
    if index.where is not None or any(key.expression is not None for key in index.keys):
        return UNKNOWN
    text = f"CREATE {'UNIQUE ' if index.unique else ''}INDEX {quote(index.name)} ON {quote(table.schema)}."
    text += f"{quote(table.name)} USING {index.method} ({', '.join(str(key) for key in index.keys)})"
    if index.include:
        text += f" INCLUDE {_listed(index.include)}"
    return text + (" NULLS NOT DISTINCT" if index.nulls_not_distinct else "")


def key_index(constraint: Keyed) -> Index:
    """The index behind a primary key or unique constraint."""
    distinct = isinstance(constraint, Unique) and constraint.nulls_not_distinct
    keys = tuple(Key(column) for column in constraint.columns)
    return Index(constraint.name, keys, True, "btree", constraint.include, nulls_not_distinct=distinct)
