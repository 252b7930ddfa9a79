"""What stands in the catalogs of every database: PostgreSQL's own relations.

Those of `pg_catalog` are told by their prefix only: one row that is not certain stands for all of them, so that a
question about a name of the project is answered, and a list of everything is not.
"""

from __future__ import annotations

from collections.abc import Iterator

from migralint.schema import Name
from migralint.sql.queries.values import Oid, Row, Unknown

_VIEWS = """_pg_foreign_data_wrappers _pg_foreign_servers _pg_foreign_table_columns _pg_foreign_tables _pg_user_mappings
    administrable_role_authorizations applicable_roles attributes character_sets check_constraint_routine_usage
    check_constraints collation_character_set_applicability collations column_column_usage column_domain_usage
    column_options column_privileges column_udt_usage columns constraint_column_usage constraint_table_usage
    data_type_privileges domain_constraints domain_udt_usage domains element_types enabled_roles
    foreign_data_wrapper_options foreign_data_wrappers foreign_server_options foreign_servers foreign_table_options
    foreign_tables information_schema_catalog_name key_column_usage parameters referential_constraints
    role_column_grants role_routine_grants role_table_grants role_udt_grants role_usage_grants routine_column_usage
    routine_privileges routine_routine_usage routine_sequence_usage routine_table_usage routines schemata sequences
    table_constraints table_privileges tables transforms triggered_update_columns triggers udt_privileges
    usage_privileges user_defined_types user_mapping_options user_mappings view_column_usage view_routine_usage
    view_table_usage views""".split()
_TABLES = "sql_features sql_implementation_info sql_parts sql_sizing".split()

_PG = Unknown("pg_")
_OWN = Oid("class", Name("pg_catalog", "pg_"))
_TYPE = Oid("type", Name("pg_catalog", "pg_"))
_CATALOG = Oid("namespace", Name("", "pg_catalog"))
_INFORMATION = Oid("namespace", Name("", "information_schema"))
_NOT_NULL = Unknown("1")
"""Names of NOT NULL in pg_constraint's view begin with the number of the schema, 11."""

_ONE: dict[str, dict[str, object]] = {
    "pg_type": {"oid": _TYPE, "typname": _PG, "typnamespace": _CATALOG, "typtype": "c", "typrelid": _OWN},
    "pg_attribute": {"attrelid": _OWN, "atttypid": _TYPE, "attisdropped": False},
    "pg_index": {"indexrelid": _OWN, "indrelid": _OWN, "indpred": None, "indexprs": None},
    "pg_indexes": {"schemaname": "pg_catalog", "tablename": _PG, "indexname": _PG},
    "pg_tables": {"schemaname": "pg_catalog", "tablename": _PG},
    "pg_views": {"schemaname": "pg_catalog", "viewname": _PG},
    "information_schema.tables": {"table_schema": "pg_catalog", "table_name": _PG},
    "information_schema.columns": {"table_schema": "pg_catalog", "table_name": _PG},
    "information_schema.views": {"table_schema": "pg_catalog", "table_name": _PG},
    "information_schema.key_column_usage": {
        "table_schema": "pg_catalog",
        "table_name": _PG,
        "constraint_schema": "pg_catalog",
        "constraint_name": _PG,
    },
    "information_schema.constraint_column_usage": {
        "table_schema": "pg_catalog",
        "table_name": _PG,
        "constraint_schema": "pg_catalog",
        "constraint_name": _PG,
    },
    "information_schema.check_constraints": {"constraint_schema": "pg_catalog", "constraint_name": _NOT_NULL},
}


def system_rows(catalog: str) -> Iterator[Row]:
    """The rows of a catalog that every database has."""
    if catalog in _ONE:
        yield Row(_ONE[catalog], False, "attrelid" if catalog == "pg_attribute" else "")
    for kind in ("r", "v", "i") if catalog == "pg_class" else ():
        own = {"oid": _OWN, "relname": _PG, "relnamespace": _CATALOG, "relkind": kind}
        yield Row({**own, "relispartition": False, "relpersistence": "p", "relrowsecurity": False}, False)
    for kind in ("p", "u") if catalog == "pg_constraint" else ():
        own = {"conname": _PG, "connamespace": _CATALOG, "conrelid": _OWN, "confrelid": 0, "contypid": 0}
        own["conindid"] = _OWN
        yield Row({"oid": Oid("constraint", Name("pg_catalog", "pg_")), **own, "contype": kind}, False)
    if catalog == "information_schema.table_constraints":
        for kind in ("PRIMARY KEY", "UNIQUE", "CHECK"):
            place = {"table_schema": "pg_catalog", "constraint_schema": "pg_catalog", "table_name": _PG}
            unnamed = _NOT_NULL if kind == "CHECK" else _PG
            yield Row({**place, "constraint_name": unnamed, "constraint_type": kind}, False)
    for name in (*_VIEWS, *_TABLES):
        row = _information(catalog, name, name in _TABLES)
        if row is not None:
            yield row


def _information(catalog: str, name: str, table: bool) -> Row | None:
    """A relation of the information schema in a catalog."""
    schema = "information_schema"
    match catalog:
        case "pg_class":
            oid, kind = Oid("class", Name(schema, name)), "r" if table else "v"
            return Row({"oid": oid, "relname": name, "relnamespace": _INFORMATION, "relkind": kind})
        case "pg_type":
            oid = Oid("type", Name(schema, name))
            return Row({"oid": oid, "typname": name, "typnamespace": _INFORMATION, "typtype": "c"})
        case "pg_attribute":
            own = {"attrelid": Oid("class", Name(schema, name)), "atttypid": _TYPE, "attisdropped": False}
            return Row(own, False, "attrelid")
        case "pg_tables" if table:
            return Row({"schemaname": schema, "tablename": name})
        case "pg_views" if not table:
            return Row({"schemaname": schema, "viewname": name})
        case "information_schema.tables":
            kind = "BASE TABLE" if table else "VIEW"
            return Row({"table_schema": schema, "table_name": name, "table_type": kind})
        case "information_schema.columns":
            return Row({"table_schema": schema, "table_name": name}, False)
        case "information_schema.views" if not table:
            return Row({"table_schema": schema, "table_name": name})
    return None
