"""MG227: a primary key that takes a ready index, and reads the table for NULL all the same."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    Context,
    CreateConstraint,
    Diagnostic,
    Example,
    PrimaryKey,
    Rule,
    Step,
    autocommit,
    call,
    execute,
    in_schema,
    in_sql,
    lowered,
    quote,
    upgrades,
)

_SETUP = """op.create_table("users", sa.Column("name", sa.Text), sa.Column("email", sa.Text))
op.create_index("users_pk", "users", ["email"], unique=True)"""
_KEY = 'op.execute("ALTER TABLE users ADD CONSTRAINT users_pkey PRIMARY KEY USING INDEX users_pk")'


class ScanningPrimaryKey(Rule):
    """PRIMARY KEY USING INDEX over a column that may be NULL reads the whole table.

    ## What it flags

    `ADD PRIMARY KEY USING INDEX` on a table that existed before the revision, where a column of the index is neither
    NOT NULL nor proven to hold no NULL by a validated check.

    ## Why it matters

    A primary key makes its columns NOT NULL. The index is there, but the table is read under ACCESS EXCLUSIVE to look
    for NULL: every read and write of it waits.

    ## Instead

    Make the columns NOT NULL first, by way of a check that is validated on its own; then the key is brief.

    ## References

    - [PostgreSQL: ALTER TABLE, ADD table_constraint_using_index](https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-ADD-TABLE-CONSTRAINT-USING-INDEX)
    """

    code = "MG227"
    name = "scanning-primary-key"
    scope = "operation"
    once = True
    bad = (Example(setup=_SETUP, upgrade=_KEY),)
    good = (
        Example(
            setup=_SETUP,
            upgrade="""op.execute("ALTER TABLE users ADD CONSTRAINT email_there CHECK (email IS NOT NULL) NOT VALID")
with op.get_context().autocommit_block():
    op.execute("ALTER TABLE users VALIDATE CONSTRAINT email_there")
op.alter_column("users", "email", nullable=False)
"""
            + _KEY,
        ),
    )

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        operation = step.operation
        if not isinstance(operation, CreateConstraint) or not isinstance(operation.constraint, PrimaryKey):
            return
        table = operation.table
        owner = step.before.tables.get(table)
        if not upgrades(step) or owner is None or operation.using_index is None or not context.busy(step, table):
            return
        effects = context.effects(step)
        if effects is None or not effects.scans:
            return
        index = owner.index(operation.using_index)
        columns = [key.column for key in index.keys if key.column] if index is not None else []
        known = {column.name: column for column in owner.columns}
        nullable = [name for name in columns if name in known and not known[name].not_null]
        yield Diagnostic(
            f"the primary key of {table} takes index {operation.using_index}, but reads every row under ACCESS "
            f"EXCLUSIVE to see that {', '.join(nullable) or 'its columns'} is never NULL",
            help="\n".join(line for name in nullable for line in _not_null(name, step, operation)),
            confidence=lowered(step),
        )


def _not_null(column: str, step: Step, operation: CreateConstraint) -> list[str]:
    """The column NOT NULL without a scan under the lock, before the key."""
    default = step.before.default_schema
    alter = f"ALTER TABLE {in_sql(operation.table, default)}"
    check = quote(f"{operation.table.name}_{column}_not_null")
    schema = in_schema(operation.table, default)
    return [
        execute(f"{alter} ADD CONSTRAINT {check} CHECK ({quote(column)} IS NOT NULL) NOT VALID"),
        autocommit(execute(f"{alter} VALIDATE CONSTRAINT {check}")),
        call("op.alter_column", operation.table.name, column, nullable=False, schema=schema),
        execute(f"{alter} DROP CONSTRAINT {check}"),
    ]
