"""MG203: a NOT NULL column that existing rows cannot have."""

from __future__ import annotations

import re
from collections.abc import Iterator

from migralint.rule import (
    ERROR,
    WARNING,
    AddColumn,
    Code,
    Context,
    Diagnostic,
    EnumType,
    Example,
    Fix,
    Kept,
    Rule,
    Schema,
    Step,
    Written,
    autocommit,
    call,
    execute,
    in_schema,
    in_sql,
    lowered,
    node,
    quote,
    type_call,
    upgrades,
    wants_value,
)

_SETUP = 'op.create_table("users", sa.Column("id", sa.Integer, primary_key=True))'


class NotNullWithoutDefault(Rule):
    """A NOT NULL column without a default is added to a table that has rows.

    ## What it flags

    `ADD COLUMN ... NOT NULL` without a server default on a table that existed before the revision. `default=` of
    SQLAlchemy is applied by Python to new objects and does not help. Not for serial, identity and generated columns.
    A warning where the same transaction has deleted all rows before, once for a table; nothing where the revision has
    renamed the table too, which no running code knows then. Rules about waits say nothing of a table to which the same
    transaction adds such a column: with a row it stops here, without one there is nothing to wait for.

    ## Why it matters

    PostgreSQL refuses as soon as the table has one row: `column "region" contains null values`. On an empty table it
    passes, and then the running release, which does not know the column, cannot insert any more.

    ## Instead

    Give it a server default: since PostgreSQL 11 a constant is stored in the catalog, no row is touched. Or add the
    column nullable, backfill, and set NOT NULL after a validated check.

    ## References

    - [PostgreSQL: ALTER TABLE, notes](https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES)
    """

    code = "MG203"
    name = "not-null-without-default"
    scope = "operation"
    once = True
    severity = ERROR
    bad = (
        Example(setup=_SETUP, upgrade='op.add_column("users", sa.Column("region", sa.String(20), nullable=False))'),
        Example(setup=_SETUP, upgrade='op.execute("ALTER TABLE users ADD COLUMN region text NOT NULL")'),
    )
    good = (
        Example(
            setup=_SETUP,
            upgrade='op.add_column("users", sa.Column("region", sa.String(20), nullable=False, server_default="eu"))',
        ),
        Example(setup=_SETUP, upgrade='op.add_column("users", sa.Column("region", sa.String(20)))'),
        Example(upgrade=_SETUP + '\nop.add_column("users", sa.Column("region", sa.String(20), nullable=False))'),
        Example(
            setup=_SETUP,
            upgrade="""op.execute("DELETE FROM users")
op.rename_table("users", "accounts")
op.add_column("accounts", sa.Column("region", sa.String(20), nullable=False))""",
            also=("MG214", "MG801"),
        ),
    )

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        operation = step.operation
        if not isinstance(operation, AddColumn) or not _wants_value(step, context):
            return
        column = operation.column
        emptied = step.transaction is not None and context.emptied(step, operation.table)
        if emptied and (context.renamed(step, operation.table) or _told(step, context)):
            return
        problem = (
            "the table was emptied, so PostgreSQL accepts it, but the running release, which does not know the column, "
            "can insert no row any more"
            if emptied
            else "PostgreSQL refuses as soon as the table has a row"
        )
        yield Diagnostic(
            f"adds {operation.table}.{column.name} as NOT NULL without a server default: {problem}",
            severity=WARNING if emptied else None,
            help=_instead(operation, step.before),
            confidence=lowered(step),
            fix=_fix(operation, step.before),
        )


def _wants_value(step: Step, context: Context) -> bool:
    """Whether it adds a NOT NULL column, for which nothing gives a value, to a table from before the revision."""
    return upgrades(step) and wants_value(step) and not context.new_in_revision(step, step.operation.table_name)


def _told(step: Step, context: Context) -> bool:
    """Whether a column before it has said so of the emptied table: old code cannot insert for the one or the other."""
    earlier = context.history.steps(step.revision or "", step.direction)[: step.index]
    table = step.operation.table_name
    return any(
        one.operation.table_name == table
        and one.transaction == step.transaction
        and context.emptied(one, table)
        and _wants_value(one, context)
        for one in earlier
        if table is not None
    )


def _fix(operation: AddColumn, before: Schema) -> Fix | None:
    """A default for the rows that there are, which is dropped again."""
    table, column = operation.table, operation.column
    value = _guess(column.type, before)
    if value is None or operation.constraints:
        return None
    shown = value.replace("'", "''")
    schema = in_schema(table, before.default_schema)
    dropped = node("op.alter_column", table.name, column.name, server_default=Code("None"), schema=schema)
    return Fix(
        f"give it the server default {value!r} for the rows that there are, and drop that again",
        (
            Kept(arguments=(("server_default", value),), to=("Column",), clause=f"DEFAULT '{shown}'"),
            Written((dropped,)),
        ),
        f"{value!r} is a guess: every row that there is gets it",
    )


_GUESSES = {
    **dict.fromkeys(("smallint", "integer", "bigint", "numeric", "real", "double precision", "interval"), "0"),
    **dict.fromkeys(("text", "character varying", "character", "bytea"), ""),
    **dict.fromkeys(("json", "jsonb"), "{}"),
    **dict.fromkeys(("timestamp", "timestamp without time zone", "timestamp with time zone"), "1970-01-01"),
    "date": "1970-01-01",
    "boolean": "false",
    "uuid": "00000000-0000-0000-0000-000000000000",
}
"""A value that each type has, as text."""


def _guess(kind: str, schema: Schema) -> str | None:
    if kind.endswith("[]"):
        return "{}"
    for name, made in schema.types.items():
        if isinstance(made, EnumType) and in_sql(name, schema.default_schema) == kind:
            return made.labels[0] if made.labels and not made.partial else None
    return _GUESSES.get(re.sub(r"\(.*?\)", "", kind).strip())


def _instead(operation: AddColumn, before: Schema) -> str:
    """Nullable now, NOT NULL after a backfill."""
    default = before.default_schema
    table, column = in_sql(operation.table, default), quote(operation.column.name)
    check = quote(f"{operation.table.name}_{operation.column.name}_not_null")
    added = Code(call("sa.Column", operation.column.name, type_call(operation.column.type, before), nullable=True))
    return "\n".join(
        [
            call("op.add_column", operation.table.name, added, schema=in_schema(operation.table, default)),
            "# in the next revision, after a backfill in batches:",
            execute(f"ALTER TABLE {table} ADD CONSTRAINT {check} CHECK ({column} IS NOT NULL) NOT VALID"),
            autocommit(execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {check}")),
            call(
                "op.alter_column",
                operation.table.name,
                operation.column.name,
                nullable=False,
                schema=in_schema(operation.table, default),
            ),
        ]
    )
