"""MG219: indexes built again while nobody can use the table."""

from __future__ import annotations

import re
from collections.abc import Iterator

from migralint.rule import (
    Context,
    Diagnostic,
    Example,
    Fix,
    Kept,
    Rule,
    Statement,
    Step,
    autocommit,
    execute,
    lowered,
    upgrades,
)

_SETUP = """op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), sa.Column("status", sa.Text))
op.create_index("ix_orders_status", "orders", ["status"])"""


class BlockingReindex(Rule):
    """REINDEX without CONCURRENTLY stops reads and writes.

    ## What it flags

    `REINDEX` without `CONCURRENTLY` of an index or table that existed before the revision, or of a schema or database.

    ## Why it matters

    It takes a SHARE lock on the table, so that writes wait, and ACCESS EXCLUSIVE on the index: plain reads wait as
    well, since no query of the table can be planned without opening its indexes.

    ## Instead

    `REINDEX ... CONCURRENTLY` in an `autocommit_block()`.

    ## References

    - [PostgreSQL: REINDEX](https://www.postgresql.org/docs/current/sql-reindex.html#SQL-REINDEX-CONCURRENTLY)
    """

    code = "MG219"
    name = "blocking-reindex"
    scope = "operation"
    once = True
    bad = (
        Example(setup=_SETUP, upgrade='op.execute("REINDEX INDEX ix_orders_status")'),
        Example(setup=_SETUP, upgrade='op.execute("REINDEX TABLE orders")'),
    )
    good = (
        Example(
            setup=_SETUP,
            upgrade='with op.get_context().autocommit_block():\n    op.execute("REINDEX TABLE CONCURRENTLY orders")',
        ),
    )

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        operation = step.operation
        if not isinstance(operation, Statement) or operation.statement != "reindex" or operation.concurrently:
            return
        effects = context.effects(step) if upgrades(step) else None
        if effects is None or not effects.rebuilds_indexes:
            return
        tables = [str(lock.relation) for lock in effects.locks if context.busy(step, lock.relation)]
        if not tables:
            return
        names = ", ".join(tables[:3]) + (f" and {len(tables) - 3} more" if len(tables) > 3 else "")
        sql = re.sub(r"\s+", " ", step.sql or "REINDEX ...")
        online = re.sub(r"(?i)^\s*(reindex\s+(?:\([^)]*\)\s*)?\w+)", r"\1 CONCURRENTLY", sql)
        yield Diagnostic(
            f"REINDEX without CONCURRENTLY builds {len(effects.rebuilds_indexes)} indexes again: reads and writes of "
            f"{names} wait that long",
            help=autocommit(execute(online)),
            confidence=lowered(step),
            fix=Fix(
                "build the indexes again CONCURRENTLY in an autocommit_block()",
                (
                    Kept(
                        after="(?:INDEX|TABLE|SCHEMA|DATABASE)",
                        word="CONCURRENTLY",
                        alone=step.transaction is not None,
                    ),
                ),
                context.apart(step),
            ),
        )
