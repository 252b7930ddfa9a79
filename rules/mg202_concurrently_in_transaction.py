"""MG202: CONCURRENTLY inside a transaction, which PostgreSQL refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from migralint.rule import (
    ERROR,
    MEDIUM,
    WARNING,
    Code,
    Context,
    CreateIndex,
    Diagnostic,
    DropIndex,
    Example,
    Fix,
    Kept,
    Rule,
    Step,
    autocommit,
    call,
    execute,
    lowered,
)

_SETUP = 'op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), sa.Column("status", sa.Text))'


class ConcurrentlyInTransaction(Rule):
    """CONCURRENTLY, or a statement such as VACUUM, is used inside a transaction.

    ## What it flags

    `CREATE INDEX`, `DROP INDEX`, `REINDEX` and `DETACH PARTITION` with `CONCURRENTLY`, `VACUUM`, `CREATE DATABASE`,
    `DROP DATABASE` and `ALTER SYSTEM` that run in the migration's transaction, in either direction. Several statements
    in one string are one transaction as well, also in an `autocommit_block()`, and so is a `DO` block. After
    `op.execute("COMMIT")` it is a warning: psycopg2 and asyncpg send the next statement outside of a transaction,
    psycopg 3 begins a new one.

    ## Why it matters

    PostgreSQL refuses: `CREATE INDEX CONCURRENTLY cannot run inside a transaction block`. The deployment stops there.

    ## Instead

    Put the statement in an `autocommit_block()`, in an `op.execute` of its own.

    ## References

    - [Alembic: autocommit_block](https://alembic.sqlalchemy.org/en/latest/api/runtime.html#alembic.runtime.migration.MigrationContext.autocommit_block)
    - [PostgreSQL: CREATE INDEX](https://www.postgresql.org/docs/current/sql-createindex.html)
    - [PostgreSQL: multiple statements in a simple query](https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-MULTI-STATEMENT)
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
        Example(
            setup=_SETUP,
            upgrade="""op.execute("COMMIT")
op.create_index("ix_orders_status", "orders", ["status"], postgresql_concurrently=True)""",
        ),
        Example(
            setup=_SETUP,
            upgrade="""with op.get_context().autocommit_block():
    op.execute("SET lock_timeout = '5s'; CREATE INDEX CONCURRENTLY ix_orders_status ON orders (status)")""",
        ),
        Example(setup=_SETUP, upgrade='op.execute("VACUUM orders")'),
    )
    good = (
        Example(
            setup=_SETUP,
            upgrade="""with op.get_context().autocommit_block():
    op.execute("CREATE INDEX CONCURRENTLY ix_orders_status ON orders (status)")""",
        ),
        Example(
            setup=_SETUP,
            upgrade="""with op.get_context().autocommit_block():
    op.execute("SET lock_timeout = '5s'")
    op.execute("VACUUM orders")""",
        ),
    )

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        if step.operation.transactional or step.transaction is None or step.before.dialect != "postgresql":
            return
        if step.failure is not None and step.failure.kind == "invalid":  # and in a block of its own as well
            return
        shown = _shown(step)
        moved = Fix("run it in an autocommit_block()", (Kept(alone=True),), context.apart(step))
        if step.after_commit:
            yield Diagnostic(
                f"{shown} runs after COMMIT: psycopg 3 begins a new transaction, in which PostgreSQL refuses it; "
                "psycopg2 and asyncpg send it outside of one",
                help=autocommit(_line(step)),
                severity=WARNING,
                confidence=lowered(step, MEDIUM),
                fix=moved,
            )
            return
        yield Diagnostic(
            f"{shown} runs inside a transaction: PostgreSQL refuses it",
            help=autocommit(_line(step)),
            confidence=lowered(step),
            fix=moved,
        )


def _shown(step: Step) -> str:
    operation = step.operation
    if isinstance(operation, CreateIndex | DropIndex):
        word = "CREATE" if isinstance(operation, CreateIndex) else "DROP"
        return f"{word} INDEX CONCURRENTLY {operation.object_name or '...'}"
    text = " ".join((step.sql or operation.operation.replace("_", " ").upper()).split())
    return text if len(text) <= 60 else text[:57] + "..."


def _line(step: Step) -> str:
    """The statement on its own, as code."""
    operation = step.operation
    name = operation.object_name or "..."
    if isinstance(operation, CreateIndex):
        keys = [k.column or Code(call("sa.text", k.expression)) for k in operation.index.keys]
        return call("op.create_index", name, operation.table.name, keys, postgresql_concurrently=True)
    if isinstance(operation, DropIndex):
        return call("op.drop_index", name, postgresql_concurrently=True)
    return execute(re.sub(r"\s+", " ", step.sql or operation.operation.replace("_", " ").upper()))
