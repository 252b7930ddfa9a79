"""MG207: a new column for which every row is written anew."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    AddColumn,
    Code,
    Context,
    Diagnostic,
    Example,
    Rule,
    Step,
    call,
    execute,
    in_schema,
    in_sql,
    lowered,
    quote,
    type_call,
    upgrades,
)

_SETUP = 'op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), sa.Column("total", sa.Integer))'


class RewritingColumn(Rule):
    """A new column has a value that PostgreSQL computes for every row.

    ## What it flags

    `ADD COLUMN` on a table that existed before the revision, with a volatile default (`gen_random_uuid()`,
    `random()`, `clock_timestamp()`, `nextval(...)`, a function that is not known), as serial or identity, as a
    stored generated column, or of a domain with a constraint. Silent for constants and for `now()`, which
    PostgreSQL computes once.

    ## Why it matters

    The whole table and its indexes are written anew under ACCESS EXCLUSIVE: every read and write of the table waits
    that long, and it needs the size of the table again on disk.

    ## Instead

    Add the column without the default, set the default afterwards (it then counts for new rows only), and fill the
    old rows in batches.

    ## References

    - [PostgreSQL: ALTER TABLE, notes](https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES)
    """

    code = "MG207"
    name = "rewriting-column"
    scope = "operation"
    once = True
    bad = (
        Example(
            setup=_SETUP,
            upgrade='op.add_column("orders", sa.Column("key", sa.Uuid, server_default=sa.text("gen_random_uuid()")))',
        ),
        Example(setup=_SETUP, upgrade='op.execute("ALTER TABLE orders ADD COLUMN number bigserial")'),
    )
    good = (
        Example(
            setup=_SETUP,
            upgrade='op.add_column("orders", sa.Column("made", sa.DateTime, server_default=sa.text("now()")))',
        ),
        Example(
            setup=_SETUP,
            upgrade='op.add_column("orders", sa.Column("key", sa.Uuid))\n'
            'op.alter_column("orders", "key", server_default=sa.text("gen_random_uuid()"))',
        ),
    )

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        operation = step.operation
        if not isinstance(operation, AddColumn) or not upgrades(step) or step.before.dialect != "postgresql":
            return
        table, column = operation.table, operation.column
        if not context.busy(step, table):
            return
        effects = context.effects(step)
        if effects is None or not effects.rewrites:
            return
        why = f"its default {column.default} is computed for every row" if column.default else "every row gets a value"
        yield Diagnostic(
            f"adding {table}.{column.name} rewrites the table under ACCESS EXCLUSIVE ({why}): all reads and writes of "
            "it wait",
            help=_instead(operation, step.before.default_schema) if column.default else None,
            confidence=lowered(step),
        )


def _instead(operation: AddColumn, default: str) -> str:
    """The column first, its default after it."""
    column = operation.column
    added = Code(call("sa.Column", column.name, type_call(column.type)))
    alter = f"ALTER TABLE {in_sql(operation.table, default)} ALTER COLUMN {quote(column.name)}"
    return "\n".join(
        [
            call("op.add_column", operation.table.name, added, schema=in_schema(operation.table, default)),
            execute(f"{alter} SET DEFAULT {column.default}"),
            "# then fill the rows that were there before, in batches",
        ]
    )
