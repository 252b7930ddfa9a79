"""An operation as the SQL that Alembic sends for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from migralint.operations import (
    AlterConstraint,
    AlterIndex,
    AlterPolicy,
    AlterStatistics,
    AlterTable,
    AlterTrigger,
    AttachPartition,
    CreateConstraint,
    CreateExtension,
    CreateIndex,
    CreatePolicy,
    CreateSchema,
    CreateStatistics,
    CreateTable,
    CreateTableComment,
    CreateTrigger,
    Delete,
    DetachPartition,
    DropConstraint,
    DropExtension,
    DropIndex,
    DropPolicy,
    DropSchema,
    DropStatistics,
    DropTable,
    DropTableComment,
    DropTrigger,
    Insert,
    Operation,
    RenameConstraint,
    RenameIndex,
    RenameSchema,
    RenameTable,
    SetRowSecurity,
    Statement,
    Truncate,
    Unset,
    ValidateConstraint,
)
from migralint.render.alter import column_statements, moved, object_statements
from migralint.render.calls import in_sql
from migralint.render.clauses import (
    cascade,
    column,
    constraint,
    create_index,
    create_statistics,
    exists,
    in_parentheses,
    literal,
    only,
    options,
)
from migralint.render.objects import create_policy, create_trigger, roles
from migralint.render.settings import alter_index, said, table_action
from migralint.schema import Name, PrimaryKey, Schema
from migralint.schema.names import quote

_STATES = {
    "set_logged": "SET LOGGED",
    "set_unlogged": "SET UNLOGGED",
    "force_row_security": "FORCE ROW LEVEL SECURITY",
    "no_force_row_security": "NO FORCE ROW LEVEL SECURITY",
}


def statement(operation: Operation, before: Schema) -> str | None:
    """The SQL of an operation on the state `before` it; more than one statement is separated by `;` and a newline.

    Values of rows are parameters, as SQLAlchemy sends them. None where there is no SQL, or not enough is known of it:
    code that could not be read, statements kept by their name only, conditions of UPDATE and DELETE, bounds of
    partitions; on SQLite also what it has no statement for, so that Alembic copies the table.
    """
    return ";\n".join(statements(operation, before)) or None


def statements(operation: Operation, before: Schema) -> list[str]:
    """The same as a list; empty where `statement` is None."""
    if before.dialect == "sqlite" and isinstance(
        operation, CreateConstraint | DropConstraint | CreateTableComment | DropTableComment
    ):
        return []
    if isinstance(operation, Statement):
        return said(operation, before.default_schema) or []
    for written in (column_statements, object_statements, _on_table, _attached, _outside):
        if (found := written(operation, before)) is not None:
            return list(found)
    return []


def _on_table(operation: Operation, before: Schema) -> Iterable[str] | None:
    default = before.default_schema
    if isinstance(operation, CreateTable):
        return _create_table(operation, before)
    if operation.table_name is None:
        return None
    table = in_sql(operation.table_name, default)
    alter = f"ALTER TABLE {only(operation)}{table}"
    match operation:
        case DropTable():
            return [f"DROP TABLE {exists(operation)}{table}{cascade(operation)}"]
        case RenameTable():
            return moved("TABLE", operation.table, operation.new, default)
        case CreateTableComment():
            kind = "TABLE"
            if (view := before.views.get(operation.table)) is not None:
                kind = "MATERIALIZED VIEW" if view.materialized else "VIEW"
            return [f"COMMENT ON {kind} {table} IS {literal(operation.comment)}"]
        case DropTableComment():
            return [f"COMMENT ON TABLE {table} IS NULL"]
        case SetRowSecurity():
            return [f"{alter} {'ENABLE' if operation.enabled else 'DISABLE'} ROW LEVEL SECURITY"]
        case AttachPartition() if operation.inherit:
            return [f"ALTER TABLE {in_sql(operation.partition, default)} INHERIT {table}"]
        case AttachPartition() if operation.bound is not None:
            return [f"{alter} ATTACH PARTITION {in_sql(operation.partition, default)} {operation.bound}"]
        case AlterTable() if operation.action in _STATES:
            return [f"{alter} {_STATES[operation.action]}"]
        case AlterTable():
            action = table_action(operation)
            return [f"{alter} {action}"] if action is not None else []
        case DetachPartition():
            child, partition = before.tables.get(operation.partition), in_sql(operation.partition, default)
            if child is not None and not child.is_partition:
                return [f"ALTER TABLE {partition} NO INHERIT {table}"]
            return [f"{alter} DETACH PARTITION {partition}"]
        case CreateConstraint():
            return [f"{alter} ADD {constraint(operation.constraint, default, operation.using_index)}"]
        case DropConstraint():
            return [f"{alter} DROP CONSTRAINT {exists(operation)}{quote(operation.name)}{cascade(operation)}"]
        case ValidateConstraint():
            return [f"{alter} VALIDATE CONSTRAINT {quote(operation.name)}"]
        case RenameConstraint():
            return [f"{alter} RENAME CONSTRAINT {quote(operation.name)} TO {quote(operation.new_name)}"]
        case AlterConstraint():
            when = ""
            if not isinstance(operation.deferrable, Unset):
                when += " DEFERRABLE" if operation.deferrable else " NOT DEFERRABLE"
            when += f" INITIALLY {operation.initially}" if operation.initially else ""
            if not isinstance(operation.enforced, Unset):
                when += " ENFORCED" if operation.enforced else " NOT ENFORCED"
            return [f"{alter} ALTER CONSTRAINT {quote(operation.name)}{when}"]
        case Insert() if operation.columns:
            values = ", ".join(f":{name}" for name in operation.columns)
            return [f"INSERT INTO {table} {in_parentheses(operation.columns)} VALUES ({values})"]
        case Delete() if not operation.where:
            return [f"DELETE FROM {table}"]
        case Truncate():
            return [f"TRUNCATE {table}{cascade(operation)}"]
    return None


def _create_table(operation: CreateTable, before: Schema) -> list[str]:
    table, default = operation.definition, before.default_schema
    name = in_sql(table.name, default)
    if table.is_partition:
        return _create_partition(operation, name, before)
    lines = [column(one, default) for one in table.columns]
    lines += [f"LIKE {in_sql(source, default)}" for source in operation.like if source not in table.parents]
    lines += [constraint(one, default) for one in table.constraints]
    for name_of, named in operation.not_null:
        lines.append(f"{f'CONSTRAINT {quote(named)} ' if named else ''}NOT NULL {quote(name_of)}")
    kind = "TEMPORARY " if operation.temporary else "UNLOGGED " if table.persistence == "unlogged" else ""
    body = ",".join(f"\n    {line}" for line in lines)
    shown = quote(table.name.name) if operation.temporary else name
    text = f"CREATE {kind}TABLE {'IF NOT EXISTS ' if operation.if_not_exists else ''}{shown} ({body}\n)"
    if table.parents:
        text += f" INHERITS ({', '.join(in_sql(parent, default) for parent in table.parents)})"
    text += f" PARTITION BY {table.partition_by}" if table.partition_by else ""
    text += f" WITH ({options(table.options)})" if table.options else ""
    if operation.if_not_exists and before.relation_exists(table.name):
        return [text]
    statements = [text, *(create_index(index, table.name, default) for index in table.indexes)]
    if default == "main":
        return statements  # SQLite has no comments
    if table.comment is not None:
        statements.append(f"COMMENT ON TABLE {name} IS {literal(table.comment)}")
    for one in table.columns:
        if one.comment is not None:
            statements.append(f"COMMENT ON COLUMN {name}.{quote(one.name)} IS {literal(one.comment)}")
    return statements + [
        f"COMMENT ON CONSTRAINT {quote(one.name)} ON {name} IS {literal(one.comment)}"
        for one in table.constraints
        if one.name and one.comment is not None
    ]


def _create_partition(operation: CreateTable, name: str, before: Schema) -> list[str]:
    table, default = operation.definition, before.default_schema
    if table.partition_bound is None:
        return []
    parent = before.tables.get(table.parents[0])
    keyed = parent is not None and parent.primary_key is not None  # then the partition gets that key
    lines = [column(replace(one, type=""), default) for one in table.columns]
    lines += [constraint(one, default) for one in table.constraints if not (keyed and isinstance(one, PrimaryKey))]
    text = f"CREATE TABLE {'IF NOT EXISTS ' if operation.if_not_exists else ''}{name}"
    text += f" PARTITION OF {in_sql(table.parents[0], default)}"
    text += f" ({', '.join(lines)})" if lines else ""
    text += f" {table.partition_bound}"
    text += f" WITH ({options(table.options)})" if table.options else ""
    return [text + (f" PARTITION BY {table.partition_by}" if table.partition_by else "")]


def _attached(operation: Operation, before: Schema) -> list[str] | None:
    """Indexes, triggers, policies, statistics."""
    default = before.default_schema
    match operation:
        case AlterIndex():
            return alter_index(operation, default)
        case CreateIndex():
            how = {"concurrently": operation.concurrently, "if_not_exists": operation.if_not_exists}
            how["only"] = operation.only
            return [create_index(operation.index, operation.table, default, **how)]
        case DropIndex():
            how_drop = "CONCURRENTLY " if operation.concurrently else ""
            return [f"DROP INDEX {how_drop}{exists(operation)}{in_sql(operation.index, default)}{cascade(operation)}"]
        case RenameIndex():
            name = in_sql(operation.index, default)
            return [f"ALTER INDEX {exists(operation)}{name} RENAME TO {quote(operation.new_name)}"]
        case CreateTrigger():
            text = create_trigger(operation.trigger, operation.table, default)
            return [text.replace("CREATE ", "CREATE OR REPLACE ", 1) if operation.or_replace else text]
        case AlterTrigger():
            return [
                f"ALTER TRIGGER {_on(operation.name, operation.table, default)} RENAME TO {quote(operation.new_name)}"
            ]
        case DropTrigger():
            name = quote(operation.name) if default == "main" else _on(operation.name, operation.table, default)
            return [f"DROP TRIGGER {exists(operation)}{name}"]
        case CreatePolicy():
            return [create_policy(operation.policy, operation.table, default)]
        case AlterPolicy():
            return _alter_policy(operation, default)
        case CreateStatistics():
            how = {"if_not_exists": operation.if_not_exists}
            return create_statistics(operation.statistics, operation.table, default, **how)
        case DropStatistics():
            return [f"DROP STATISTICS {exists(operation)}{in_sql(operation.name, default)}{cascade(operation)}"]
        case AlterStatistics():
            if operation.new is not None:
                return moved("STATISTICS", operation.name, operation.new, default)
            target = "-1" if operation.target is None else operation.target
            return [f"ALTER STATISTICS {exists(operation)}{in_sql(operation.name, default)} SET STATISTICS {target}"]
        case DropPolicy():
            return [f"DROP POLICY {exists(operation)}{_on(operation.name, operation.table, default)}"]
    return None


def _on(name: str, table: Name, default: str) -> str:
    return f"{quote(name)} ON {in_sql(table, default)}"


def _alter_policy(operation: AlterPolicy, default: str) -> list[str]:
    start = f"ALTER POLICY {_on(operation.name, operation.table, default)}"
    changes = f" TO {roles(operation.roles)}" if operation.roles else ""
    changes += f" USING ({operation.using})" if operation.using is not None else ""
    changes += f" WITH CHECK ({operation.check})" if operation.check is not None else ""
    statements = [start + changes] if changes else []
    return statements + ([f"{start} RENAME TO {quote(operation.new_name)}"] if operation.new_name else [])


def _outside(operation: Operation, _: Schema) -> list[str] | None:
    """Schemas and extensions."""
    match operation:
        case CreateSchema() | CreateExtension():
            kind = "SCHEMA" if isinstance(operation, CreateSchema) else "EXTENSION"
            text = f"CREATE {kind} {'IF NOT EXISTS ' if operation.if_not_exists else ''}{quote(operation.name)}"
            within = operation.schema if isinstance(operation, CreateExtension) else None
            return [text if within is None else f"{text} WITH SCHEMA {quote(within)}"]
        case DropSchema() | DropExtension():
            kind = "SCHEMA" if isinstance(operation, DropSchema) else "EXTENSION"
            return [f"DROP {kind} {exists(operation)}{quote(operation.name)}{cascade(operation)}"]
        case RenameSchema():
            return [f"ALTER SCHEMA {quote(operation.name)} RENAME TO {quote(operation.new_name)}"]
    return None
