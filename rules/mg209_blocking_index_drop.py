"""MG209: an index dropped while nobody can use its table."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    INFO,
    MODES,
    SHARE,
    Context,
    Diagnostic,
    DropIndex,
    Example,
    Fix,
    Kept,
    Name,
    Rule,
    Step,
    Table,
    autocommit,
    call,
    in_schema,
    lowered,
    upgrades,
)

_SETUP = """op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), sa.Column("status", sa.Text))
op.create_index("ix_orders_status", "orders", ["status"])"""

_STRONG = MODES[MODES.index(SHARE) :]


class BlockingIndexDrop(Rule):
    """An index is dropped without CONCURRENTLY from a table that is in use.

    ## What it flags

    `DROP INDEX` without `CONCURRENTLY` on a table that existed before the revision; once for a table and transaction,
    and not where something else in it stops the table's writers as well. Not on partitioned tables, where PostgreSQL
    refuses CONCURRENTLY.

    ## Why it matters

    It takes ACCESS EXCLUSIVE on the table. Dropping is brief, but it has to wait for every running query of the table,
    and all that come after it wait behind it; then the lock stays until the migration's transaction ends.

    ## Instead

    `postgresql_concurrently=True` in an `autocommit_block()`: it waits for running queries without stopping others.

    ## References

    - [PostgreSQL: DROP INDEX](https://www.postgresql.org/docs/current/sql-dropindex.html)
    """

    code = "MG209"
    name = "blocking-index-drop"
    scope = "operation"
    once = True
    severity = INFO
    bad = (
        Example(setup=_SETUP, upgrade='op.drop_index("ix_orders_status", table_name="orders")'),
        Example(setup=_SETUP, upgrade='op.execute("DROP INDEX ix_orders_status")'),
    )
    good = (
        Example(
            setup=_SETUP,
            upgrade="""with op.get_context().autocommit_block():
    op.drop_index("ix_orders_status", table_name="orders", postgresql_concurrently=True)""",
        ),
        Example(
            setup=_SETUP,
            upgrade='op.drop_index("ix_orders_status", table_name="orders")\n'
            'op.alter_column("orders", "status", server_default="new")',
        ),
    )

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        operation = step.operation
        if not isinstance(operation, DropIndex) or not upgrades(step) or step.before.dialect != "postgresql":
            return
        owner = step.before.index_owner(operation.index)
        if operation.concurrently or not isinstance(owner, Table) or not context.busy(step, owner.name):
            return
        effects = context.effects(step)
        if effects is None or not effects.locks or owner.partition_by is not None or owner.is_partition:
            return
        if _told(owner.name, step, context):
            return
        default = step.before.default_schema
        dropped = call(
            "op.drop_index",
            operation.index.name,
            table_name=owner.name.name,
            schema=in_schema(owner.name, default),
            postgresql_concurrently=True,
            if_exists=operation.if_exists or None,
        )
        yield Diagnostic(
            f"drops index {operation.index} under ACCESS EXCLUSIVE on {owner.name}: it waits for the table's running "
            "queries, and every new one waits behind it",
            help=autocommit(dropped),
            confidence=lowered(step),
            fix=Fix(
                "drop the index CONCURRENTLY in an autocommit_block()",
                (
                    Kept(
                        arguments=(("postgresql_concurrently", True),),
                        after="INDEX",
                        word="CONCURRENTLY",
                        alone=step.transaction is not None,
                    ),
                ),
                context.apart(step),
            ),
        )


def _told(table: Name, step: Step, context: Context) -> bool:
    """Whether the transaction has dropped an index of the table before, or stops its writers otherwise as well."""
    for other in context.history.steps(step.revision or "", step.direction):
        if other.transaction != step.transaction or other.index == step.index or not upgrades(other):
            continue
        if isinstance(other.operation, DropIndex) and other.index > step.index:
            continue
        effects = context.effects(other)
        if effects is not None and any(k.relation == table and k.mode in _STRONG for k in effects.locks):
            return True
    return False
