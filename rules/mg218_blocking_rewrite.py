"""MG218: a statement whose purpose is to write a whole table anew."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    KEEP,
    AlterColumn,
    AlterTable,
    Context,
    Diagnostic,
    Example,
    Generated,
    Rule,
    Statement,
    Step,
    lowered,
    upgrades,
)

_SETUP = """op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), sa.Column("status", sa.Text))
op.create_index("ix_orders_status", "orders", ["status"])"""
_SHOWN = {
    "set_logged": "SET LOGGED",
    "set_unlogged": "SET UNLOGGED",
    "set_tablespace": "SET TABLESPACE",
    "set_access_method": "SET ACCESS METHOD",
}


class BlockingRewrite(Rule):
    """CLUSTER, VACUUM FULL or a move of a table writes it anew while nobody can use it.

    ## What it flags

    `CLUSTER`, `VACUUM FULL`, `SET LOGGED`, `SET UNLOGGED`, `SET TABLESPACE`, `SET ACCESS METHOD`, and `SET EXPRESSION`
    of a stored column, on a table or materialized view that existed before the revision.

    ## Why it matters

    The whole table is copied under ACCESS EXCLUSIVE: every read and write of it waits that long, and it needs its size
    again on disk. Everything but `SET TABLESPACE` builds all its indexes again as well.

    ## Instead

    Not in a migration. To give space back, plain VACUUM makes it reusable without stopping anybody, and the extension
    pg_repack copies a table while it stays in use. Otherwise a maintenance window with a `lock_timeout`.

    ## References

    - [PostgreSQL: recovering disk space](https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-SPACE-RECOVERY)
    - [PostgreSQL: CLUSTER](https://www.postgresql.org/docs/current/sql-cluster.html)
    """

    code = "MG218"
    name = "blocking-rewrite"
    scope = "operation"
    once = True
    bad = (
        Example(setup=_SETUP, upgrade='op.execute("CLUSTER orders USING ix_orders_status")'),
        Example(setup=_SETUP, upgrade='op.execute("ALTER TABLE orders SET UNLOGGED")'),
        Example(
            setup=_SETUP,
            upgrade='with op.get_context().autocommit_block():\n    op.execute("VACUUM FULL orders")',
        ),
    )
    good = (
        Example(
            setup=_SETUP,
            upgrade='with op.get_context().autocommit_block():\n    op.execute("VACUUM orders")',
        ),
        Example(setup=_SETUP, upgrade='op.execute("ALTER TABLE orders SET LOGGED")'),
    )

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        operation = step.operation
        if not isinstance(operation, AlterTable | AlterColumn | Statement) or not upgrades(step):
            return
        if isinstance(operation, AlterColumn):
            shown = "SET EXPRESSION" if isinstance(operation.generated, Generated) and operation.type is KEEP else None
        elif isinstance(operation, Statement):
            shown = {"cluster": "CLUSTER", "vacuum": "VACUUM FULL"}.get(operation.statement)
            if shown is None and operation.statement in ("alter_materialized_view", "alter_table"):
                shown = "SET TABLESPACE"
        else:
            shown = _SHOWN.get(operation.action)
        effects = context.effects(step) if shown is not None else None
        if effects is None:
            return
        tables = [str(name) for name in effects.rewrites if context.busy(step, name)]
        if not tables:
            return
        names = ", ".join(tables[:3]) + (f" and {len(tables) - 3} more" if len(tables) > 3 else "")
        rebuilt = " and builds all its indexes again" if effects.rebuilds_indexes else ""
        yield Diagnostic(
            f"{shown} copies {names}{rebuilt} under ACCESS EXCLUSIVE: every read and write of it waits that long",
            help="# not in a migration: VACUUM (without FULL) stops nobody, pg_repack copies a table in use",
            confidence=lowered(step),
        )
