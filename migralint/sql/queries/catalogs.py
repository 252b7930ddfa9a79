"""Rows of PostgreSQL's system catalogs (docs, chapters 53 and 54), made from the schema on paper.

A column left out of a row is not known. A table of which not everything is known (`assumed`, `doubtful`) adds rows
that are not certain; after an opaque operation no relation is complete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from migralint.schema import (
    Check,
    Column,
    Constraint,
    Domain,
    EnumType,
    Exclusion,
    ForeignKey,
    Keyed,
    Name,
    OtherType,
    Schema,
    Table,
)
from migralint.schema.types import parse
from migralint.sql.queries.definitions import constraint_definition
from migralint.sql.queries.identities import (
    EXTENSION_FUNCTIONS,
    EXTENSION_TYPES,
    class_oid,
    indexes,
    namespace_oid,
    relations,
    sure,
    type_oid,
)
from migralint.sql.queries.system_views import pg_indexes, pg_policies, pg_sequences, pg_tables, pg_views
from migralint.sql.queries.type_names import INTERNAL
from migralint.sql.queries.values import UNKNOWN, Oid, Row, Unknown

_CATEGORIES = {"text": "S", "varchar": "S", "int4": "N", "int8": "N", "bool": "B", "timestamptz": "D"}
_SYSTEM_SCHEMAS = ("pg_catalog", "information_schema", "pg_toast")
_ACTIONS = {None: "a", "CASCADE": "c", "SET NULL": "n", "SET DEFAULT": "d", "RESTRICT": "r"}


def _class(schema: Schema) -> Iterator[Row]:
    for table in schema.tables.values():
        kind = "p" if table.partition_by else "r"
        yield Row(_class_row(table.name, kind, table), sure(table))
        for index in indexes(table):
            yield Row(_class_row(Name(table.name.schema, index.name), "I" if table.partition_by else "i"), sure(table))
    for view in schema.views.values():
        yield Row(_class_row(view.name, "m" if view.materialized else "v"), sure(view))
        for index in view.indexes:
            yield Row(_class_row(Name(view.name.schema, index.name), "i"), sure(view))
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
        row["relhasindex"] = any(True for _ in indexes(table))
        row["relnatts"] = len(table.columns)
    return row


def _namespace(schema: Schema) -> Iterator[Row]:
    for name in dict.fromkeys((*schema.schemas, *_SYSTEM_SCHEMAS)):
        yield Row({"oid": namespace_oid(name), "nspname": name})


def _type(schema: Schema) -> Iterator[Row]:
    for inner in sorted(set(INTERNAL.values())):
        yield from _type_rows(Name("pg_catalog", inner), "b", True, _CATEGORIES.get(inner))
    for extension in schema.extensions:
        for inner in EXTENSION_TYPES.get(extension, ()):
            yield Row({"typname": inner, "typtype": "b"})
    for found in schema.types.values():
        kind = "e" if isinstance(found, EnumType) else "d" if isinstance(found, Domain) else "c"
        if isinstance(found, OtherType) and not found.attributes:
            kind = "r"
        yield from _type_rows(found.name, kind, not found.doubtful, "E" if kind == "e" else None)
    for relation in relations(schema):
        yield from _type_rows(relation.name, "c", sure(relation), "C")


def _type_rows(name: Name, kind: str, certain: bool, category: str | None) -> Iterator[Row]:
    row: dict[str, object] = {
        "oid": Oid("type", name),
        "typname": name.name,
        "typnamespace": namespace_oid(name.schema),
        "typtype": kind,
        "typrelid": class_oid(name) if kind == "c" else 0,
        "typelem": 0,
        "typarray": Oid("type", Name(name.schema, "_" + name.name)),
        "typisdefined": True,
    }
    if category:
        row["typcategory"] = category
    yield Row(row, certain)
    array = {"typname": "_" + name.name, "typtype": "b", "typcategory": "A", "typrelid": 0, "typelem": row["oid"]}
    yield Row({**row, **array, "oid": row["typarray"], "typarray": 0}, certain)


def _enum(schema: Schema) -> Iterator[Row]:
    for enum in schema.enums():
        for order, label in enumerate(enum.labels, 1):
            row = {"enumtypid": Oid("type", enum.name), "enumlabel": label, "enumsortorder": order}
            yield Row(row, not enum.doubtful)


def _attribute(schema: Schema) -> Iterator[Row]:
    for table in schema.tables.values():
        for number, column in enumerate(table.columns, 1):
            row = _attribute_row(schema, table.name, number, column)
            yield Row(row, sure(table) and not column.doubtful)
        if table.assumed:
            yield Row({"attrelid": class_oid(table.name), "attisdropped": False}, False, "attrelid")
    for view in schema.views.values():
        yield Row({"attrelid": class_oid(view.name), "attisdropped": False}, False, "attrelid")


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
        "atttypmod": _modifier(column.type),
        "attidentity": {"always": "a", "by default": "d"}.get(column.identity or "", ""),
        "attgenerated": "" if column.generated is None else "s" if column.generated.stored else "v",
        " type": column.type,
    }


def _modifier(text: str) -> object:
    kind = parse(text)
    if not kind.modifiers:
        return -1
    if kind.base in ("character varying", "character") and kind.modifiers[0].isdigit():
        return int(kind.modifiers[0]) + 4
    return UNKNOWN


def _attrdef(schema: Schema) -> Iterator[Row]:
    for table in schema.tables.values():
        for number, column in enumerate(table.columns, 1):
            if column.default is not None or column.generated is not None:
                row: dict[str, object] = {"adrelid": class_oid(table.name), "adnum": number}
                yield Row(row, sure(table) and not column.doubtful)
        if table.assumed:
            yield Row({"adrelid": class_oid(table.name)}, False, "adrelid")


def _constraint(schema: Schema) -> Iterator[Row]:
    for table in schema.tables.values():
        for constraint in table.constraints:
            yield Row(_constraint_row(schema, table, constraint), sure(table))
        if table.assumed:
            row = {"conrelid": class_oid(table.name), "connamespace": namespace_oid(table.name.schema), "contypid": 0}
            yield Row(dict(row), False, "conrelid")
    for domain in schema.domains():
        for check in domain.checks:
            yield Row(
                {
                    "conname": check.name,
                    "connamespace": namespace_oid(domain.name.schema),
                    "conrelid": 0,
                    "contypid": Oid("type", domain.name),
                    "contype": "c",
                    "convalidated": check.validated,
                }
            )


def _numbers(table: Table | None, columns: tuple[str, ...]) -> object:
    if table is None:
        return UNKNOWN
    numbers: dict[str, object] = {c.name: n for n, c in enumerate(table.columns, 1)}
    return [numbers.get(column, UNKNOWN) for column in columns]


def _constraint_row(schema: Schema, table: Table, constraint: Constraint) -> dict[str, object]:
    row: dict[str, object] = {
        "oid": Oid("constraint", Name(str(table.name), constraint.name)),
        "conname": constraint.name,
        "connamespace": namespace_oid(table.name.schema),
        "conrelid": class_oid(table.name),
        "contypid": 0,
        "contype": _KINDS[constraint.kind],
        "convalidated": getattr(constraint, "validated", True),
        "condeferrable": getattr(constraint, "deferrable", False),
        "condeferred": getattr(constraint, "initially", None) == "DEFERRED",
        "conindid": class_oid(Name(table.name.schema, constraint.name)) if isinstance(constraint, Keyed) else 0,
        "confrelid": 0,
        "confkey": None,
        " definition": constraint_definition(constraint, (schema.default_schema,)),
    }
    if isinstance(constraint, (Keyed, ForeignKey)) or (isinstance(constraint, Check) and len(constraint.columns) == 1):
        row["conkey"] = _numbers(table, constraint.columns)
    if isinstance(constraint, ForeignKey):
        row["confrelid"] = class_oid(constraint.references)
        row["confkey"] = _numbers(schema.tables.get(constraint.references), constraint.referenced_columns)
        row["confdeltype"] = _ACTIONS[constraint.on_delete]
        row["confupdtype"] = _ACTIONS[constraint.on_update]
        del row["conindid"]
    elif isinstance(constraint, Exclusion):
        row["conindid"] = class_oid(Name(table.name.schema, constraint.name))
    return row


_KINDS = {"primary_key": "p", "unique": "u", "foreign_key": "f", "check": "c", "exclusion": "x"}


def _index(schema: Schema) -> Iterator[Row]:
    for relation in relations(schema):
        primary = relation.primary_key if isinstance(relation, Table) else None
        table = relation if isinstance(relation, Table) else None
        for index in indexes(relation):
            keys = [_numbers(table, (key.column,)) if key.column is not None else [0] for key in index.keys]
            row: dict[str, object] = {
                "indexrelid": class_oid(Name(relation.name.schema, index.name)),
                "indrelid": class_oid(relation.name),
                "indisunique": index.unique,
                "indisprimary": primary is not None and primary.name == index.name,
                "indisvalid": index.valid,
                "indisready": index.valid,
                "indkey": [number for found in keys if isinstance(found, list) for number in found],
                "indnkeyatts": len(index.keys),
                "indnatts": len(index.keys) + len(index.include),
            }
            if index.where is None:
                row["indpred"] = None
            if all(key.column is not None for key in index.keys):
                row["indexprs"] = None
            yield Row(row, sure(relation))
        if table is not None and table.assumed:
            yield Row({"indrelid": class_oid(table.name)}, False, "indrelid")


def _trigger(schema: Schema) -> Iterator[Row]:
    for relation in relations(schema):
        for trigger in relation.triggers:
            space, _, function = trigger.function.rpartition(".")
            row: dict[str, object] = {
                "oid": Oid("trigger", Name(str(relation.name), trigger.name)),
                "tgname": trigger.name,
                "tgrelid": class_oid(relation.name),
                "tgisinternal": False,
                "tgfoid": Oid("proc", Name(space, function)),
                "tgparentid": 0,
            }
            yield Row(row, sure(relation))
        if not isinstance(relation, Table):
            continue
        for _ in relation.of_kind(ForeignKey):
            internal = {"tgname": Unknown("RI_ConstraintTrigger_"), "tgisinternal": True}
            yield Row({"tgrelid": class_oid(relation.name), **internal}, sure(relation))
        if relation.assumed:
            yield Row({"tgrelid": class_oid(relation.name)}, False, "tgrelid")


def _policy(schema: Schema) -> Iterator[Row]:
    commands = {"SELECT": "r", "INSERT": "a", "UPDATE": "w", "DELETE": "d", "ALL": "*"}
    for table in schema.tables.values():
        for policy in table.policies:
            row: dict[str, object] = {
                "polname": policy.name,
                "polrelid": class_oid(table.name),
                "polcmd": commands.get(policy.command, UNKNOWN),
                "polpermissive": policy.permissive,
            }
            yield Row(row, sure(table))
        if table.assumed:
            yield Row({"polrelid": class_oid(table.name)}, False, "polrelid")


def _proc(schema: Schema) -> Iterator[Row]:
    kinds = {"function": "f", "procedure": "p", "aggregate": "a"}
    for found, overloads in schema.functions.items():
        for function in overloads:
            row: dict[str, object] = {
                "oid": Oid("proc", found),
                "proname": found.name,
                "pronamespace": namespace_oid(found.schema),
                "prokind": kinds.get(function.kind, UNKNOWN),
                "pronargs": len(function.arguments),
                "prosrc": function.body,
            }
            yield Row(row, not function.doubtful)
    for builtin in ("gen_random_uuid", "now"):
        yield Row({"proname": builtin, "pronamespace": namespace_oid("pg_catalog"), "prokind": "f"})
    for extension in schema.extensions:
        for name in EXTENSION_FUNCTIONS.get(extension, ()):
            yield Row({"proname": name, "prokind": "f"})


def _extension(schema: Schema) -> Iterator[Row]:
    for name in ("plpgsql", *schema.extensions):
        yield Row({"extname": name})


def _inherits(schema: Schema) -> Iterator[Row]:
    for table in schema.tables.values():
        for number, parent in enumerate(table.parents, 1):
            row: dict[str, object] = {"inhrelid": class_oid(table.name), "inhparent": class_oid(parent)}
            yield Row({**row, "inhseqno": number}, sure(table))


def _partitioned(schema: Schema) -> Iterator[Row]:
    for table in schema.tables.values():
        if table.partition_by:
            yield Row({"partrelid": class_oid(table.name)}, sure(table))


Catalog = Callable[[Schema], Iterable[Row]]

CATALOGS: dict[str, Catalog] = {
    "pg_class": _class,
    "pg_namespace": _namespace,
    "pg_type": _type,
    "pg_enum": _enum,
    "pg_attribute": _attribute,
    "pg_attrdef": _attrdef,
    "pg_constraint": _constraint,
    "pg_index": _index,
    "pg_indexes": pg_indexes,
    "pg_tables": pg_tables,
    "pg_views": lambda schema: pg_views(schema, False, "viewname"),
    "pg_matviews": lambda schema: pg_views(schema, True, "matviewname"),
    "pg_sequences": pg_sequences,
    "pg_trigger": _trigger,
    "pg_policies": pg_policies,
    "pg_policy": _policy,
    "pg_proc": _proc,
    "pg_extension": _extension,
    "pg_inherits": _inherits,
    "pg_partitioned_table": _partitioned,
}
"""The catalogs that can be answered."""
