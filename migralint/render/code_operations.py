"""Operations as calls of Alembic's `op`, one function for each kind that Alembic has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from migralint.operations import (
    AddColumn,
    AlterColumn,
    BulkInsert,
    CreateConstraint,
    CreateIndex,
    CreateTable,
    CreateTableComment,
    CreateType,
    DropColumn,
    DropConstraint,
    DropIndex,
    DropTable,
    DropTableComment,
    Insert,
    Operation,
    RenameTable,
    Unset,
)
from migralint.operations.base import KEEP
from migralint.render.calls import in_schema, in_sql
from migralint.render.clauses import constraint as constraint_sql
from migralint.render.clauses import options
from migralint.render.code_parts import (
    column,
    column_type,
    columns_of,
    create_index,
    default,
    final,
    foreign_key_options,
    plain,
    referred_columns,
    sql_text,
    table_constraint,
    unique_options,
)
from migralint.render.layout import Call, Code, node
from migralint.render.objects import create_type
from migralint.schema import Check, ForeignKey, Name, PrimaryKey, Schema, Unique
from migralint.schema.automatic import named_index
from migralint.schema.names import cut

_TYPES = {"primary_key": "primary", "unique": "unique", "foreign_key": "foreignkey", "check": "check"}
_NONE = Code("None")


def calls(operation: Operation, before: Schema) -> list[Call] | None:
    """The operation on the state `before` it; None where Alembic cannot say it, or not all of it."""
    written = _CALLS.get(type(operation))
    return None if written is None or getattr(operation, "only", False) else written(operation, before)


def _table(operation: Operation, before: Schema) -> tuple[str, dict[str, object]]:
    """The name of the table, and the argument for its schema."""
    name = operation.table_name
    assert name is not None  # as each of the operations below has one
    return str(cut(name.name)), {"schema": in_schema(name, before.default_schema)}


# tables --------------------------------------------------------------------------------------------------------
def _create_table(operation: CreateTable, before: Schema) -> list[Call] | None:
    table, (name, schema) = operation.definition, _table(operation, before)
    columns = columns_of(table, before)
    if columns is None or operation.like or table.parents:
        return None
    constraints = [(one, table_constraint(one, before, table)) for one in table.constraints]
    others = [one for one, written in constraints if written is None]
    unnamed = not all(name for name in (*(one.name for one in others), *(index.name for index in table.indexes)))
    merged = len({replace(one, name="") for one in others}) < len(others)  # equal ones, which CREATE TABLE makes once
    if unnamed or merged or (operation.if_not_exists and (others or table.indexes or table.options)):
        return None
    later = [_altered(table.name, f"ADD {constraint_sql(one, before.default_schema)}", before) for one in others]
    later += [create_index(index, table.name, before) for index in table.indexes]
    if table.options:  # of which SQLAlchemy 2.0 has no argument for a table
        later.append(_altered(table.name, f"SET ({options(table.options)})", before))
    kind = "TEMPORARY" if operation.temporary else "UNLOGGED" if table.persistence == "unlogged" else None
    call = node(
        "op.create_table",
        name,
        *columns,
        *(written for _, written in constraints if written),
        **({} if operation.temporary else schema),
        comment=table.comment,
        prefixes=[kind] if kind else None,
        postgresql_partition_by=table.partition_by,
        if_not_exists=operation.if_not_exists or None,
    )
    return [call, *later]


def _altered(table: Name, action: str, before: Schema) -> Call:
    return node("op.execute", sql_text(f"ALTER TABLE {in_sql(table, before.default_schema)} {action}"))


def _drop_table(operation: DropTable, before: Schema) -> list[Call] | None:
    name, schema = _table(operation, before)
    call = node("op.drop_table", name, **schema, if_exists=operation.if_exists or None)
    return None if operation.cascade else [call]


def _rename_table(operation: RenameTable, before: Schema) -> list[Call] | None:
    name, schema = _table(operation, before)
    if operation.if_exists or operation.new.schema != operation.table.schema:
        return None
    return [node("op.rename_table", name, str(cut(operation.new.name)), **schema)]


def _table_comment(operation: CreateTableComment, before: Schema) -> list[Call] | None:
    name, schema = _table(operation, before)
    if operation.table in before.views:
        return None
    old = before.tables[operation.table].comment if operation.table in before.tables else None
    if operation.comment is None:
        return [node("op.drop_table_comment", name, existing_comment=old, **schema)]
    return [node("op.create_table_comment", name, operation.comment, existing_comment=old, **schema)]


def _drop_table_comment(operation: DropTableComment, before: Schema) -> list[Call] | None:
    return _table_comment(CreateTableComment(operation.table, None), before)


# columns -------------------------------------------------------------------------------------------------------
def _add_column(operation: AddColumn, before: Schema) -> list[Call] | None:
    name, schema = _table(operation, before)
    written = column(operation.column, before)
    if written is None or operation.if_not_exists:
        return None
    found = [node("op.add_column", name, written, **schema)]
    for one in operation.constraints:
        added = _create_constraint(CreateConstraint(operation.table, one), before)
        if added is None:
            return None
        found += added
    return found


def _drop_column(operation: DropColumn, before: Schema) -> list[Call] | None:
    name, schema = _table(operation, before)
    if operation.cascade or operation.if_exists:
        return None
    return [node("op.drop_column", name, str(cut(operation.name)), **schema)]


def _alter_column(operation: AlterColumn, before: Schema) -> list[Call] | None:
    more = (operation.identity, operation.generated)
    if operation.if_exists or not all(isinstance(one, Unset) for one in more):
        return None
    table = before.tables.get(operation.table)
    old = table.column(operation.name) if table is not None else None
    changes = _changes(operation, before)
    if changes is None:
        return None
    name, schema = _table(operation, before)
    existing: dict[str, object] = {}
    if old is not None and set(changes) != {"new_column_name"}:
        existing["existing_type"] = column_type(old.type, before, old.collation)
        if "nullable" not in changes:
            existing["existing_nullable"] = not old.not_null
    call = node("op.alter_column", name, str(cut(operation.name)), **existing, **changes, **schema)
    if "type_" in changes and "server_default" in changes and old is not None and old.default is not None:
        # PostgreSQL would convert the old default with the column, which may be impossible
        first = node("op.alter_column", name, str(cut(operation.name)), **existing, server_default=_NONE, **schema)
        return [first, call]
    return [call]


def _changes(operation: AlterColumn, before: Schema) -> dict[str, object] | None:
    """The arguments of `op.alter_column` that change something; None where it cannot say all of it."""
    found: dict[str, object] = {}
    collation = None if isinstance(operation.collation, Unset) else operation.collation
    if isinstance(operation.type, str):
        found["type_"] = column_type(operation.type, before, collation)
        if found["type_"] is None:
            return None
    elif operation.collation is not KEEP:
        return None
    if not isinstance(operation.not_null, Unset):
        found["nullable"] = not operation.not_null
    if not isinstance(operation.default, Unset):
        found["server_default"] = default(operation.default)
    if not isinstance(operation.comment, Unset):
        found["comment"] = _NONE if operation.comment is None else operation.comment
    if isinstance(operation.new_name, str):
        found["new_column_name"] = str(cut(operation.new_name))
    if operation.using and "type_" in found:
        found["postgresql_using"] = operation.using
    return found


# constraints and indexes ---------------------------------------------------------------------------------------
def _create_constraint(operation: CreateConstraint, before: Schema) -> list[Call] | None:
    (table, schema), value = _table(operation, before), operation.constraint
    name = final(value.name)
    if operation.using_index is not None:
        return None
    not_valid = True if not getattr(value, "validated", True) else None
    match value:
        case PrimaryKey(include=(), deferrable=False, without_overlaps=False, options=()):
            return [node("op.create_primary_key", name, table, plain(*value.columns), **schema)]
        case Unique(include=(), without_overlaps=False, options=()):
            options = unique_options(value)
            return [node("op.create_unique_constraint", name, table, plain(*value.columns), **schema, **options)]
        case Check(no_inherit=False, enforced=True):
            how = {**schema, "postgresql_not_valid": not_valid}
            return [node("op.create_check_constraint", name, table, sql_text(value.expression), **how)]
        case ForeignKey():
            referred = referred_columns(value, before)
            if referred is None:
                return None
            call = node(
                "op.create_foreign_key",
                name,
                table,
                value.references.name,
                plain(*value.columns),
                referred,
                **foreign_key_options(value),
                source_schema=schema["schema"],
                referent_schema=in_schema(value.references, before.default_schema),
                postgresql_not_valid=not_valid,
            )
            return [call]
    return None


def _drop_constraint(operation: DropConstraint, before: Schema) -> list[Call] | None:
    name, schema = _table(operation, before)
    if operation.cascade or operation.if_exists:
        return None
    table = before.tables.get(operation.table)
    found = table.constraint(operation.name) if table is not None else None
    kind = _TYPES.get(found.kind if found is not None else operation.kind or "")
    return [node("op.drop_constraint", final(operation.name), name, type_=kind, **schema)]


def _create_index(operation: CreateIndex, before: Schema) -> list[Call] | None:
    index = named_index(before, operation.table, operation.index)
    if len({key.column or key.expression for key in index.keys}) < len(index.keys):
        return None  # SQLAlchemy takes each key for a column of its table, which has it once
    how = {"postgresql_concurrently": operation.concurrently or None, "if_not_exists": operation.if_not_exists or None}
    return [create_index(index, operation.table, before, **how)]


def _drop_index(operation: DropIndex, before: Schema) -> list[Call] | None:
    owner = before.index_owner(operation.index)
    table = operation.table or (owner.name if owner is not None else None)
    call = node(
        "op.drop_index",
        final(operation.index.name),
        table_name=table.name if table is not None else None,
        schema=in_schema(operation.index, before.default_schema),
        postgresql_concurrently=operation.concurrently or None,
        if_exists=operation.if_exists or None,
    )
    return None if operation.cascade else [call]


# types and rows ------------------------------------------------------------------------------------------------
def _create_type(operation: CreateType, before: Schema) -> list[Call] | None:
    """Only with a look whether it is there, for which CREATE TYPE has no words."""
    if not operation.if_not_exists:
        return None
    made = create_type(operation.definition, before.default_schema)
    guarded = f"DO $$ BEGIN\n    {made};\nEXCEPTION WHEN duplicate_object THEN NULL;\nEND $$"
    return [node("op.execute", sql_text(guarded))] if "$$" not in made else None


def _insert(operation: Insert, before: Schema) -> list[Call] | None:
    """Rows of which each value is plain."""
    rows = [dict(row) for row in operation.rows or ()]
    if not rows or not all(isinstance(v, str | int | float | None) for row in rows for v in row.values()):
        return None
    name, schema = _table(operation, before)
    columns = dict.fromkeys(key for row in rows for key in row)
    table = node("sa.table", name, *(node("sa.column", one) for one in columns), **schema)
    return [node("op.bulk_insert", table, rows)]


_CALLS: dict[type[Operation], Callable[..., list[Call] | None]] = {
    CreateTable: _create_table,
    DropTable: _drop_table,
    RenameTable: _rename_table,
    CreateTableComment: _table_comment,
    DropTableComment: _drop_table_comment,
    AddColumn: _add_column,
    DropColumn: _drop_column,
    AlterColumn: _alter_column,
    CreateConstraint: _create_constraint,
    DropConstraint: _drop_constraint,
    CreateIndex: _create_index,
    DropIndex: _drop_index,
    CreateType: _create_type,
    Insert: _insert,
    BulkInsert: _insert,
}
