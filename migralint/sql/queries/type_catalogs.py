"""Rows of pg_type and pg_enum (PostgreSQL docs, 52.65 and 52.20)."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.schema import Domain, EnumType, Name, OtherType, Schema
from migralint.schema.extensions import EXTENSION_TYPES
from migralint.schema.types import parse
from migralint.sql.queries.identities import class_oid, namespace_oid, relations, sure, type_oid
from migralint.sql.queries.type_names import INTERNAL, internal_name
from migralint.sql.queries.values import Oid, Row

_CATEGORIES = {"text": "S", "varchar": "S", "int4": "N", "int8": "N", "bool": "B", "timestamptz": "D"}


def pg_type(schema: Schema) -> Iterator[Row]:
    """Rows of pg_type."""
    for inner in sorted(set(INTERNAL.values())):
        yield from _type_rows(Name("pg_catalog", inner), "b", True, _CATEGORIES.get(inner))
    for extension in schema.extensions:
        for inner in EXTENSION_TYPES.get(extension, ()):
            yield Row({"oid": Oid("type", Name("", inner)), "typname": inner, "typtype": "b", "typrelid": 0})
    for found in schema.types.values():
        kind = "e" if isinstance(found, EnumType) else "d" if isinstance(found, Domain) else "c"
        if isinstance(found, OtherType) and not found.attributes:
            kind = "r"
        category = {"e": "E", "c": "C", "r": "R"}.get(kind)
        if isinstance(found, Domain):
            category = _CATEGORIES.get(internal_name(parse(found.base)) or "")
        base = type_oid(schema, found.base) if isinstance(found, Domain) else 0
        not_null = isinstance(found, Domain) and found.not_null
        yield from _type_rows(found.name, kind, not found.doubtful, category, base, not_null)
    for relation in relations(schema):
        yield from _type_rows(relation.name, "c", sure(relation), "C")


def _type_rows(
    name: Name, kind: str, certain: bool, category: str | None, base: object = 0, not_null: bool = False
) -> Iterator[Row]:
    row: dict[str, object] = {
        "oid": Oid("type", name),
        "typname": name.name,
        "typnamespace": namespace_oid(name.schema),
        "typtype": kind,
        "typrelid": class_oid(name) if kind == "c" else 0,
        "typelem": 0,
        "typarray": Oid("type", Name(name.schema, "_" + name.name)),
        "typisdefined": True,
        "typbasetype": base,
        "typnotnull": not_null,
    }
    if category:
        row["typcategory"] = category
    yield Row(row, certain)
    array = {"typname": "_" + name.name, "typtype": "b", "typcategory": "A", "typrelid": 0, "typelem": row["oid"]}
    yield Row({**row, **array, "oid": row["typarray"], "typarray": 0}, certain)


def pg_enum(schema: Schema) -> Iterator[Row]:
    """Rows of pg_enum."""
    for enum in schema.enums():
        for order, label in enumerate(enum.labels, 1):
            row = {"enumtypid": Oid("type", enum.name), "enumlabel": label, "enumsortorder": order}
            yield Row(row, not enum.doubtful)
        if enum.partial:
            yield Row({"enumtypid": Oid("type", enum.name)}, False)
