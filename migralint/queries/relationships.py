"""What PostgREST embeds: the relationship that a name in a `select` stands for.

Source: PostgREST's reference, "Resource Embedding", "Foreign Key Joins" and "Computed Relationships".
"""

from __future__ import annotations

from typing import NamedTuple

from migralint.operations import ObjectRef
from migralint.queries.catalog import MISSING, Catalog, Relation
from migralint.queries.use import HIGH, MEDIUM
from migralint.schema import ForeignKey, Name, Table


class Embedded(NamedTuple):
    """The relation that is embedded, None where it is not known, and the objects that this uses.

    `problem` says why PostgREST refuses it; with `no_table` because nothing has the name.
    """

    target: Relation | None = None
    refs: tuple[ObjectRef, ...] = ()
    problem: str | None = None
    no_table: bool = False
    confidence: str = HIGH


def embedded(catalog: Catalog, relation: Relation, name: str, hints: tuple[str, ...]) -> Embedded:
    """What `name!hint(...)` in a `select` from a relation stands for."""
    source = relation.found
    if catalog.row_functions(relation.name, name):
        return Embedded()
    target = catalog.relation(name, relation.name.schema)
    if target.found is None:
        key = _key_called(source, name)
        if key is not None:
            return Embedded(catalog.relation(key.references.name, key.references.schema))
        other = _owner_of_key(catalog, relation.name, name)
        if other is not None:
            return Embedded(catalog.relation(other.name, other.schema))
        if target.state != MISSING or relation.known is None:
            return Embedded()
        problem = f"there is no table or view {target.name}, and {relation.name} has no foreign key of that name"
        return Embedded(None, (target.ref,), problem, no_table=True)
    if not isinstance(source, Table) or not isinstance(target.found, Table):
        return Embedded(target, (target.ref,))
    if relation.known is None or target.known is None or source.parents or target.found.parents:
        return Embedded(target, (target.ref,))
    keys = list(catalog.foreign_keys(relation.name, target.name))
    junctions = catalog.junctions(relation.name, target.name)
    if not keys and not junctions:
        problem = f"no foreign key joins {relation.name} and {target.name}"
        return Embedded(target, (target.ref,), problem)
    if hints:
        fitting = [
            key for table, key in keys if hints[0] in (key.name, *key.columns, table.name, *key.referenced_columns)
        ]
        through = [t for t in junctions if hints[0] == t.name.name or t.constraint(hints[0]) is not None]
        if not fitting and not through and hints[0] not in (target.name.name, relation.name.name):
            problem = f"no foreign key {hints[0]} joins {relation.name} and {target.name}"
            return Embedded(target, (target.ref,), problem)
    elif len(keys) > 1 and relation.name != target.name:
        named = ", ".join(sorted(key.name for _, key in keys))
        problem = f"more than one foreign key joins {relation.name} and {target.name}: {named}"
        return Embedded(target, (target.ref,), problem, confidence=MEDIUM)
    return Embedded(target, (target.ref,))


def _key_called(source: object, name: str) -> ForeignKey | None:
    """The foreign key of a table that has this name, or that is of the one column of this name."""
    keys = list(source.of_kind(ForeignKey)) if isinstance(source, Table) else []
    return next((key for key in keys if key.name == name or key.columns == (name,)), None)


def _owner_of_key(catalog: Catalog, table: Name, name: str) -> Name | None:
    """The table whose foreign key of this name leads to another one."""
    for other in catalog.schema.tables.values():
        key = other.constraint(name)
        if isinstance(key, ForeignKey) and key.references == table:
            return other.name
    return None
