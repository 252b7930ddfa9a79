"""Rows of the information schema (PostgreSQL docs, chapter 37), made from the schema on paper."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.schema import (
    Check,
    Column,
    Domain,
    Exclusion,
    ForeignKey,
    Keyed,
    Name,
    PrimaryKey,
    Schema,
    Table,
    Unique,
    View,
)
from migralint.schema.types import is_built_in, parse
from migralint.sql.queries.catalogs import Catalog
from migralint.sql.queries.identities import sure, type_oid
from migralint.sql.queries.values import UNKNOWN, Row, Unknown

_NUMBERS = {"smallint": 16, "integer": 32, "bigint": 64, "real": 24, "double precision": 53}
_NOT_NULL = Unknown("2200_")
"""The name of a NOT NULL there: object numbers, such as 2200_16384_1_not_null; so it is no name of a project."""


def _tables(schema: Schema) -> Iterator[Row]:
    for table in schema.tables.values():
        kind = "LOCAL TEMPORARY" if table.persistence == "temporary" else "BASE TABLE"
        row: dict[str, object] = {
            "table_schema": table.name.schema,
            "table_name": table.name.name,
            "table_type": kind,
            "is_insertable_into": "YES",
        }
        yield Row(row, sure(table))
    for view in schema.views.values():
        if not view.materialized:
            row = {"table_schema": view.name.schema, "table_name": view.name.name, "table_type": "VIEW"}
            yield Row(row, sure(view))


def _columns(schema: Schema) -> Iterator[Row]:
    for table in schema.tables.values():
        place: dict[str, object] = {"table_schema": table.name.schema, "table_name": table.name.name}
        for number, column in enumerate(table.columns, 1):
            row = {**place, "ordinal_position": number, **_column(schema, column)}
            yield Row(row, sure(table) and not column.doubtful)
        if table.assumed:
            yield Row(place, False, "table_name")
    for view in schema.views.values():
        if not view.materialized:
            row = {"table_schema": view.name.schema, "table_name": view.name.name}
            yield Row(row, False, "table_name")


def _column(schema: Schema, column: Column) -> dict[str, object]:
    row: dict[str, object] = {"column_name": column.name}
    if column.type == "unknown":
        return row
    kind, oid = parse(column.type), type_oid(schema, column.type)
    found = schema.types.get(oid.name) if not kind.dimensions else None
    if isinstance(found, Domain):
        row |= {"domain_schema": found.name.schema, "domain_name": found.name.name}
        kind, oid = parse(found.base), type_oid(schema, found.base)
    else:
        row |= {"domain_schema": None, "domain_name": None}
    own = is_built_in(kind.base) or kind.base == "bpchar"
    digits = [int(m) for m in kind.modifiers if m.isdigit()] if not kind.dimensions else []
    textual = kind.base in ("character varying", "character")
    data_type = "ARRAY" if kind.dimensions else kind.base if own else "USER-DEFINED"
    default = column.default
    row |= {
        "column_default": default if default is None or _as_printed(default) else UNKNOWN,
        "is_nullable": "NO" if column.not_null else "YES",
        "data_type": "character" if data_type == "bpchar" else data_type,
        "udt_schema": oid.name.schema,
        "udt_name": oid.name.name,
        "character_maximum_length": digits[0] if textual and digits else None,
        "numeric_precision": _NUMBERS.get(kind.base, digits[0] if kind.base == "numeric" and digits else None),
        "numeric_scale": digits[1] if kind.base == "numeric" and len(digits) > 1 else 0 if "int" in kind.base else None,
        "is_identity": "YES" if column.identity else "NO",
        "identity_generation": column.identity.upper() if column.identity else None,
        "is_generated": "ALWAYS" if column.generated else "NEVER",
        "is_updatable": "YES",
    }
    if kind.dimensions:
        row |= {"numeric_precision": None, "numeric_scale": None}
    return row


def _as_printed(default: str) -> bool:
    """Whether the server prints the default as it is written: numbers, booleans, nextval and now()."""
    plain = default.replace(".", "", 1).lstrip("-").isdigit() or default in ("true", "false", "now()")
    return plain or (default.startswith("nextval('") and default.endswith("::regclass)"))


def _table_constraints(schema: Schema) -> Iterator[Row]:
    kinds = {PrimaryKey: "PRIMARY KEY", Unique: "UNIQUE", ForeignKey: "FOREIGN KEY", Check: "CHECK"}
    for table in schema.tables.values():
        for constraint in table.constraints:
            if type(constraint) not in kinds:
                continue
            row: dict[str, object] = {
                **_place(table),
                "constraint_name": constraint.name,
                "constraint_type": kinds[type(constraint)],
                "is_deferrable": "YES" if getattr(constraint, "deferrable", False) else "NO",
                "initially_deferred": "YES" if getattr(constraint, "initially", None) == "DEFERRED" else "NO",
            }
            yield Row(row, sure(table))
        for column in table.columns:
            if column.not_null:
                row = {"constraint_name": _NOT_NULL, "constraint_type": "CHECK", "is_deferrable": "NO"}
                yield Row({**_place(table), **row}, sure(table))
        if table.assumed:
            yield Row(_place(table), False, "table_name")


def _place(table: Table) -> dict[str, object]:
    schema = table.name.schema
    return {"constraint_schema": schema, "table_schema": schema, "table_name": table.name.name}


def _key_columns(schema: Schema) -> Iterator[Row]:
    for table in schema.tables.values():
        for key in table.constraints:
            if not isinstance(key, (Keyed, ForeignKey)):
                continue
            for number, column in enumerate(key.columns, 1):
                row = {**_place(table), "constraint_name": key.name, "column_name": column, "ordinal_position": number}
                position = number if isinstance(key, ForeignKey) else None
                yield Row({**row, "position_in_unique_constraint": position}, sure(table))
        if table.assumed:
            yield Row(_place(table), False, "table_name")


def _used_columns(schema: Schema) -> Iterator[Row]:
    """Columns that a constraint uses: for foreign keys those of the other table."""
    for table in schema.tables.values():
        for constraint in table.constraints:
            if isinstance(constraint, Exclusion):
                continue
            target = constraint.references if isinstance(constraint, ForeignKey) else table.name
            columns = (
                constraint.referenced_columns
                if isinstance(constraint, ForeignKey)
                else constraint.columns
                if isinstance(constraint, Keyed)
                else constraint.columns_used
            )
            for column in columns:
                row: dict[str, object] = {
                    "table_schema": target.schema,
                    "table_name": target.name,
                    "column_name": column,
                    "constraint_schema": table.name.schema,
                    "constraint_name": constraint.name,
                }
                yield Row(row, sure(table))
        if table.assumed:
            yield Row({"table_schema": table.name.schema, "table_name": table.name.name}, False, "table_name")


def _references(schema: Schema) -> Iterator[Row]:
    for table in schema.tables.values():
        for key in table.of_kind(ForeignKey):
            target = schema.tables.get(key.references)
            unique = (
                next((k.name for k in target.of_kind(Keyed) if set(k.columns) == set(key.referenced_columns)), UNKNOWN)
                if target
                else UNKNOWN
            )
            row: dict[str, object] = {
                "constraint_schema": table.name.schema,
                "constraint_name": key.name,
                "unique_constraint_schema": key.references.schema,
                "unique_constraint_name": unique,
                "match_option": key.match or "NONE",
                "update_rule": key.on_update or "NO ACTION",
                "delete_rule": key.on_delete or "NO ACTION",
            }
            yield Row(row, sure(table))


def _checks(schema: Schema) -> Iterator[Row]:
    for table in schema.tables.values():
        for check in table.of_kind(Check):
            yield Row({"constraint_schema": table.name.schema, "constraint_name": check.name}, sure(table))
        for column in table.columns:
            if column.not_null:
                yield Row({"constraint_schema": table.name.schema, "constraint_name": _NOT_NULL}, sure(table))


def _views(schema: Schema) -> Iterator[Row]:
    for view in schema.views.values():
        if not view.materialized:
            yield Row({"table_schema": view.name.schema, "table_name": view.name.name}, sure(view))


def _schemata(schema: Schema) -> Iterator[Row]:
    for name in dict.fromkeys((*schema.schemas, "pg_catalog", "information_schema", "pg_toast")):
        yield Row({"schema_name": name})


def _sequences(schema: Schema) -> Iterator[Row]:
    for sequence in schema.sequences.values():
        if not sequence.identity:
            row: dict[str, object] = {"sequence_schema": sequence.name.schema, "sequence_name": sequence.name.name}
            yield Row(row, not sequence.doubtful)


def _triggers(schema: Schema) -> Iterator[Row]:
    relations: list[Table | View] = [*schema.tables.values(), *schema.views.values()]
    for relation in relations:
        place: dict[str, object] = {
            "trigger_schema": relation.name.schema,
            "event_object_schema": relation.name.schema,
            "event_object_table": relation.name.name,
        }
        for trigger in relation.triggers:
            for event in trigger.events:
                row = {"trigger_name": trigger.name, "event_manipulation": event, "action_timing": trigger.timing}
                yield Row({**place, **row, "action_orientation": trigger.level}, sure(relation))
        if isinstance(relation, Table) and relation.assumed:
            yield Row(place, False, "event_object_table")


def _routines(schema: Schema) -> Iterator[Row]:
    for name, overloads in schema.functions.items():
        for function in overloads:
            row: dict[str, object] = {
                **_routine(name),
                "routine_type": {"procedure": "PROCEDURE", "function": "FUNCTION"}.get(function.kind),
                "routine_definition": function.body,
                "data_type": function.returns,
            }
            yield Row(row, not function.doubtful)


def _routine(name: Name) -> dict[str, object]:
    place = ("routine_schema", "specific_schema")
    return {**dict.fromkeys(place, name.schema), "routine_name": name.name}


def _domains(schema: Schema) -> Iterator[Row]:
    for domain in schema.domains():
        row: dict[str, object] = {"domain_schema": domain.name.schema, "domain_name": domain.name.name}
        yield Row({**row, "data_type": parse(domain.base).base}, not domain.doubtful)


INFORMATION_SCHEMA: dict[str, Catalog] = {
    "tables": _tables,
    "columns": _columns,
    "table_constraints": _table_constraints,
    "key_column_usage": _key_columns,
    "constraint_column_usage": _used_columns,
    "referential_constraints": _references,
    "check_constraints": _checks,
    "views": _views,
    "schemata": _schemata,
    "sequences": _sequences,
    "triggers": _triggers,
    "routines": _routines,
    "domains": _domains,
}
"""The relations of the information schema that can be answered."""
