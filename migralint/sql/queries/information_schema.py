"""Rows of the information schema (PostgreSQL docs, chapter 37), made from the schema on paper."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.schema import (
    Column,
    Domain,
    Function,
    Name,
    OtherType,
    Schema,
    Table,
    View,
)
from migralint.schema.names import SYSTEM_SCHEMAS
from migralint.schema.types import is_built_in, parse
from migralint.sql.queries.catalogs import Catalog
from migralint.sql.queries.constraint_views import CONSTRAINT_VIEWS
from migralint.sql.queries.definitions import expression, printed_default, view_definition
from migralint.sql.queries.identities import sure, type_oid
from migralint.sql.queries.values import UNKNOWN, Oid, Row

_NUMBERS = {"smallint": 16, "integer": 32, "bigint": 64, "real": 24, "double precision": 53}


def _tables(schema: Schema) -> Iterator[Row]:
    for table in schema.tables.values():
        kind = "LOCAL TEMPORARY" if table.persistence == "temporary" else "BASE TABLE"
        row: dict[str, object] = {
            **_database(),
            "table_schema": table.name.schema,
            "table_name": table.name.name,
            "table_type": kind,
            "is_insertable_into": "YES",
        }
        yield Row(row, sure(table))
    for view in schema.views.values():
        if not view.materialized:
            row = {"table_schema": view.name.schema, "table_name": view.name.name, "table_type": "VIEW"}
            row |= _database()
            yield Row(row, sure(view))


def _columns(schema: Schema) -> Iterator[Row]:
    for table in schema.tables.values():
        place: dict[str, object] = {**_database(), "table_schema": table.name.schema, "table_name": table.name.name}
        for number, column in enumerate(table.columns, 1):
            row = {**place, "ordinal_position": number, **_column(schema, column)}
            yield Row(row, sure(table) and not column.doubtful)
        if table.assumed:
            yield Row(place, False, "table_name")
    for view in schema.views.values():
        if not view.materialized:
            row = {**_database(), "table_schema": view.name.schema, "table_name": view.name.name}
            for number, column in enumerate(view.columns, 1):
                found = {**row, "ordinal_position": number, **_column(schema, column)}
                yield Row(found, sure(view) and not column.doubtful)
            if not view.columns:
                yield Row(row, False, "table_name")


def _database(column: str = "table_catalog") -> dict[str, object]:
    return {column: Oid("database", Name("", ""))}


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
    times = kind.base.startswith(("time", "interval")) and not kind.dimensions
    row |= {
        "column_default": None if default is None else printed_default(schema, column),
        "is_nullable": "NO" if column.not_null else "YES",
        "data_type": "character" if data_type == "bpchar" else data_type,
        "udt_schema": oid.name.schema,
        "udt_name": oid.name.name,
        "character_maximum_length": digits[0] if textual and digits else None,
        "numeric_precision": _NUMBERS.get(kind.base, digits[0] if kind.base == "numeric" and digits else None),
        "numeric_scale": digits[1] if kind.base == "numeric" and len(digits) > 1 else 0 if "int" in kind.base else None,
        "datetime_precision": (digits[0] if digits else 6) if times else 0 if kind.base == "date" else None,
        "generation_expression": expression(column.generated.expression) if column.generated else None,
        "is_identity": "YES" if column.identity else "NO",
        "identity_generation": column.identity.upper() if column.identity else None,
        "is_generated": "ALWAYS" if column.generated else "NEVER",
        "is_updatable": "YES",
    }
    if kind.dimensions:
        row |= {"numeric_precision": None, "numeric_scale": None}
    return row


def _views(schema: Schema) -> Iterator[Row]:
    for view in schema.views.values():
        if not view.materialized:
            row: dict[str, object] = {"table_schema": view.name.schema, "table_name": view.name.name}
            yield Row({**row, "view_definition": view_definition(schema, view)}, sure(view))


def _view_columns(schema: Schema) -> Iterator[Row]:
    for view in schema.views.values():
        place: dict[str, object] = {"view_schema": view.name.schema, "view_name": view.name.name}
        for table, column in view.reads if not view.materialized else ():
            row = {**place, "table_schema": table.schema, "table_name": table.name, "column_name": column}
            yield Row(row, sure(view))
        if not view.columns and not view.materialized:
            yield Row(place, False, "view_name")


def _user_types(schema: Schema) -> Iterator[Row]:
    for found in schema.types.values():
        if isinstance(found, OtherType) and found.attributes:
            row = {"user_defined_type_schema": found.name.schema, "user_defined_type_name": found.name.name}
            yield Row({**row, "user_defined_type_category": "STRUCTURED"}, not found.doubtful)


def _attributes(schema: Schema) -> Iterator[Row]:
    for found in schema.types.values():
        for number, (name, kind) in enumerate(found.attributes if isinstance(found, OtherType) else (), 1):
            column = _column(schema, Column(name, kind))
            row: dict[str, object] = {"udt_schema": found.name.schema, "udt_name": found.name.name}
            row["attribute_name"] = name
            row |= {"ordinal_position": number, "data_type": column["data_type"]}
            yield Row({**row, "attribute_udt_name": column["udt_name"]}, not found.doubtful)


def _schemata(schema: Schema) -> Iterator[Row]:
    for name in dict.fromkeys((*schema.schemas, *SYSTEM_SCHEMAS)):
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
                "data_type": _data_type(function),
            }
            yield Row(row, not function.doubtful)


def _data_type(function: Function) -> object:
    if function.kind == "procedure":
        return None
    return function.returns if is_built_in(function.returns) or function.returns == "trigger" else UNKNOWN


def _routine(name: Name) -> dict[str, object]:
    place = ("routine_schema", "specific_schema")
    return {**dict.fromkeys(place, name.schema), "routine_name": name.name}


def _domains(schema: Schema) -> Iterator[Row]:
    for domain in schema.domains():
        row: dict[str, object] = {"domain_schema": domain.name.schema, "domain_name": domain.name.name}
        yield Row({**row, "data_type": parse(domain.base).base}, not domain.doubtful)


INFORMATION_SCHEMA: dict[str, Catalog] = {
    **CONSTRAINT_VIEWS,
    "tables": _tables,
    "columns": _columns,
    "views": _views,
    "schemata": _schemata,
    "sequences": _sequences,
    "triggers": _triggers,
    "routines": _routines,
    "domains": _domains,
    "view_column_usage": _view_columns,
    "user_defined_types": _user_types,
    "attributes": _attributes,
}
"""The relations of the information schema that can be answered."""
