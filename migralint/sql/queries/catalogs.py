"""Rows of PostgreSQL's system catalogs (docs, chapters 53 and 54), made from the schema on paper.

A column left out of a row is not known. A table of which not everything is known (`assumed`, `doubtful`) adds rows
that are not certain; after an opaque operation no relation is complete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from migralint.schema import Column, ForeignKey, Name, OtherType, Schema, Table
from migralint.schema.names import SYSTEM_SCHEMAS
from migralint.sql.queries.constraint_catalogs import pg_constraint
from migralint.sql.queries.definitions import expression, printed_default
from migralint.sql.queries.identities import (
    class_oid,
    column_numbers,
    indexes,
    namespace_oid,
    relations,
    sure,
    type_oid,
)
from migralint.sql.queries.program_catalogs import pg_extension, pg_language, pg_policy, pg_proc, pg_trigger
from migralint.sql.queries.system_views import pg_indexes, pg_policies, pg_sequences, pg_tables, pg_views
from migralint.sql.queries.type_catalogs import pg_enum, pg_type
from migralint.sql.queries.type_names import modifier_of
from migralint.sql.queries.values import UNKNOWN, Oid, Row, Tree, Vector


def _class(schema: Schema) -> Iterator[Row]:
    keyed = {
        n for table in schema.tables.values() for key in table.of_kind(ForeignKey) for n in (table.name, key.references)
    }
    for table in schema.tables.values():
        kind = "p" if table.partition_by else "r"
        row = _class_row(table.name, kind, table)
        row["relhastriggers"] = bool(table.triggers or table.name in keyed) or UNKNOWN
        yield Row(row, sure(table))
        for index in indexes(table):
            row = _class_row(Name(table.name.schema, index.name), "I" if table.partition_by else "i")
            yield Row({**row, "relam": Oid("am", Name("", index.method))}, sure(table))
    for view in schema.views.values():
        yield Row(_class_row(view.name, "m" if view.materialized else "v"), sure(view))
        for index in view.indexes:
            row = _class_row(Name(view.name.schema, index.name), "i")
            yield Row({**row, "relam": Oid("am", Name("", index.method))}, sure(view))
    for sequence in schema.sequences.values():
        yield Row(_class_row(sequence.name, "S"), not sequence.doubtful)
    for found in schema.types.values():
        if isinstance(found, OtherType) and found.attributes:
            yield Row(_class_row(found.name, "c"), not found.doubtful)


def _class_row(name: Name, kind: str, table: Table | None = None) -> dict[str, object]:
    row: dict[str, object] = {
        "oid": class_oid(name),
        "relname": name.name,
        "relnamespace": namespace_oid(name.schema),
        "relkind": kind,
        "relispartition": table is not None and table.is_partition,
        "relrowsecurity": table is not None and table.row_security,
        "relpersistence": {"temporary": "t", "unlogged": "u"}.get(table.persistence if table else "", "p"),
        "reltype": Oid("type", name),
    }
    if table is not None:
        row["relhasindex"] = any(True for _ in indexes(table)) or UNKNOWN  # a dropped index is noticed later
        row["relnatts"] = len(table.columns)
    return row


def _namespace(schema: Schema) -> Iterator[Row]:
    for name in dict.fromkeys((*schema.schemas, *SYSTEM_SCHEMAS)):
        yield Row({"oid": namespace_oid(name), "nspname": name})


def _attribute(schema: Schema) -> Iterator[Row]:
    for table in schema.tables.values():
        for number, column in enumerate(table.columns, 1):
            row = _attribute_row(schema, table.name, number, column)
            yield Row(row, sure(table) and not column.doubtful)
        if table.assumed:
            yield Row({"attrelid": class_oid(table.name), "attisdropped": False}, False, "attrelid")
    for view in schema.views.values():
        for number, column in enumerate(view.columns, 1):
            yield Row(_attribute_row(schema, view.name, number, column), sure(view) and not column.doubtful)
        if not view.columns:
            yield Row({"attrelid": class_oid(view.name), "attisdropped": False}, False, "attrelid")
    for found in schema.types.values():
        for number, (name, kind) in enumerate(found.attributes if isinstance(found, OtherType) else (), 1):
            yield Row(_attribute_row(schema, found.name, number, Column(name, kind)), not found.doubtful)


def _attribute_row(schema: Schema, table: Name, number: int, column: Column) -> dict[str, object]:
    unknown = column.type == "unknown"
    return {
        "attrelid": class_oid(table),
        "attname": column.name,
        "attnum": number,
        "attnotnull": UNKNOWN if unknown else column.not_null,
        "atthasdef": UNKNOWN if unknown else column.default is not None or column.generated is not None,
        "attisdropped": False,
        "atttypid": UNKNOWN if unknown else type_oid(schema, column.type),
        "atttypmod": UNKNOWN if unknown else modifier_of(column.type),
        "attidentity": {"always": "a", "by default": "d"}.get(column.identity or "", ""),
        "attgenerated": "" if column.generated is None else "s" if column.generated.stored else "v",
    }


def _attrdef(schema: Schema) -> Iterator[Row]:
    for table in schema.tables.values():
        for number, column in enumerate(table.columns, 1):
            if column.default is not None or column.generated is not None:
                row: dict[str, object] = {"adrelid": class_oid(table.name), "adnum": number}
                row["adbin"] = Tree(printed_default(schema, column))
                yield Row(row, sure(table) and not column.doubtful)
        if table.assumed:
            yield Row({"adrelid": class_oid(table.name)}, False, "adrelid")


def _index(schema: Schema) -> Iterator[Row]:
    for relation in relations(schema):
        primary = relation.primary_key if isinstance(relation, Table) else None
        table = relation if isinstance(relation, Table) else None
        for index in indexes(relation):
            listed = [
                *((key.column,) if key.column is not None else () for key in index.keys),
                *((n,) for n in index.include),
            ]
            keys = [column_numbers(table, columns) if columns else [0] for columns in listed]
            row: dict[str, object] = {
                "indexrelid": class_oid(Name(relation.name.schema, index.name)),
                "indrelid": class_oid(relation.name),
                "indisunique": index.unique,
                "indisprimary": primary is not None and primary.name == index.name,
                "indisvalid": index.valid,
                "indisready": index.valid,
                "indkey": Vector(number for found in keys if isinstance(found, list) for number in found),
                "indnkeyatts": len(index.keys),
                "indnatts": len(index.keys) + len(index.include),
            }
            expressions = [key.expression for key in index.keys if key.expression is not None]
            row["indpred"] = Tree(expression(index.where)) if index.where is not None else None
            row["indexprs"] = Tree(expression(", ".join(expressions))) if expressions else None
            yield Row(row, sure(relation))
        if table is not None and table.assumed:
            yield Row({"indrelid": class_oid(table.name)}, False, "indrelid")


def _inherits(schema: Schema) -> Iterator[Row]:
    for table in schema.tables.values():
        for number, parent in enumerate(table.parents, 1):
            row: dict[str, object] = {"inhrelid": class_oid(table.name), "inhparent": class_oid(parent)}
            yield Row({**row, "inhseqno": number}, sure(table))


def _partitioned(schema: Schema) -> Iterator[Row]:
    for table in schema.tables.values():
        if table.partition_by:
            strategy = table.partition_by.split("(")[0].strip().lower()
            row: dict[str, object] = {"partrelid": class_oid(table.name), "partstrat": strategy[:1] or UNKNOWN}
            yield Row(row, sure(table))


def _methods(_: Schema) -> Iterator[Row]:
    for name in ("heap", "btree", "hash", "gist", "gin", "spgist", "brin"):
        yield Row({"oid": Oid("am", Name("", name)), "amname": name, "amtype": "t" if name == "heap" else "i"})


Catalog = Callable[[Schema], Iterable[Row]]

CATALOGS: dict[str, Catalog] = {
    "pg_class": _class,
    "pg_namespace": _namespace,
    "pg_type": pg_type,
    "pg_enum": pg_enum,
    "pg_attribute": _attribute,
    "pg_attrdef": _attrdef,
    "pg_constraint": pg_constraint,
    "pg_index": _index,
    "pg_indexes": pg_indexes,
    "pg_tables": pg_tables,
    "pg_views": lambda schema: pg_views(schema, False, "viewname"),
    "pg_matviews": lambda schema: pg_views(schema, True, "matviewname"),
    "pg_sequences": pg_sequences,
    "pg_trigger": pg_trigger,
    "pg_policies": pg_policies,
    "pg_policy": pg_policy,
    "pg_proc": pg_proc,
    "pg_language": pg_language,
    "pg_am": _methods,
    "pg_extension": pg_extension,
    "pg_inherits": _inherits,
    "pg_partitioned_table": _partitioned,
}
"""The catalogs that can be answered."""
