"""MG202: CONCURRENTLY inside a transaction, which PostgreSQL refuses."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    ERROR,
    Code,
    Context,
    CreateIndex,
    Diagnostic,
    DropIndex,
    Example,
    Rule,
    Step,
    autocommit,
    call,
    lowered,
)

_SETUP = 'op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), sa.Column("status", sa.Text))'


class ConcurrentlyInTransaction(Rule):
    """CONCURRENTLY is used inside a transaction.

    ## What it flags

    `CREATE INDEX CONCURRENTLY` and `DROP INDEX CONCURRENTLY` that run in the migration's transaction, in either
    direction.

    ## Why it matters

    PostgreSQL refuses: `CREATE INDEX CONCURRENTLY cannot run inside a transaction block`. The deployment stops there.

    ## Instead

    Put the statement in an `autocommit_block()`.

    ## References

    - [Alembic: autocommit_block](https://alembic.sqlalchemy.org/en/latest/api/runtime.html#alembic.runtime.migration.MigrationContext.autocommit_block)
    - [PostgreSQL: CREATE INDEX](https://www.postgresql.org/docs/current/sql-createindex.html)
    """

    code = "MG202"
    name = "concurrently-in-transaction"
    scope = "operation"
    severity = ERROR
    bad = (
        Example(
            setup=_SETUP,
            upgrade='op.create_index("ix_orders_status", "orders", ["status"], postgresql_concurrently=True)',
        ),
        Example(
            setup=_SETUP + '\nop.create_index("ix_orders_status", "orders", ["status"])',
            upgrade='op.execute("DROP INDEX CONCURRENTLY ix_orders_status")',
        ),
    )
    good = (
        Example(
            setup=_SETUP,
            upgrade="""with op.get_context().autocommit_block():
    op.execute("CREATE INDEX CONCURRENTLY ix_orders_status ON orders (status)")""",
        ),
    )

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        operation = step.operation
        if not isinstance(operation, CreateIndex | DropIndex) or not operation.concurrently:
            return
        if step.transaction is None or step.before.dialect != "postgresql":
            return
        word = "CREATE" if isinstance(operation, CreateIndex) else "DROP"
        name = operation.object_name or "..."
        if isinstance(operation, CreateIndex):
            keys = [k.column or Code(call("sa.text", k.expression)) for k in operation.index.keys]
            line = call("op.create_index", name, operation.table.name, keys, postgresql_concurrently=True)
        else:
            line = call("op.drop_index", name, postgresql_concurrently=True)
        yield Diagnostic(
            f"{word} INDEX CONCURRENTLY {name} runs inside a transaction: PostgreSQL refuses it",
            help=autocommit(line),
            confidence=lowered(step),
        )
