"""MG211: IF NOT EXISTS takes an invalid index for the one that is wanted."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    INFO,
    Context,
    CreateIndex,
    Diagnostic,
    DropIndex,
    Example,
    Fix,
    Kept,
    Name,
    Rule,
    Statement,
    Step,
    Written,
    in_schema,
    lowered,
    node,
    shown,
    upgrades,
)

_SETUP = 'op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), sa.Column("status", sa.Text))'


class UncheckedLeftover(Rule):
    """CREATE INDEX CONCURRENTLY IF NOT EXISTS accepts what a failed build left behind.

    ## What it flags

    `CREATE INDEX CONCURRENTLY IF NOT EXISTS` in an upgrade that neither drops nor reindexes an index of that name
    before, be it under a condition, nor asks `pg_index.indisvalid`.

    ## Why it matters

    A build that fails or is cancelled leaves an INVALID index behind, which slows writes down and answers no query.
    The next attempt finds the name taken and does nothing: the migration succeeds without the index, and a unique
    index that is invalid does not keep duplicates out for good.

    ## Instead

    Drop the index with IF EXISTS, CONCURRENTLY too, right before it is built.

    ## References

    - [PostgreSQL: building indexes concurrently](https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY)
    """

    code = "MG211"
    name = "unchecked-leftover"
    scope = "operation"
    once = True
    severity = INFO
    bad = (
        Example(
            setup=_SETUP,
            upgrade="""with op.get_context().autocommit_block():
    op.execute("CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_orders_status ON orders (status)")""",
        ),
    )
    good = (
        Example(
            setup=_SETUP,
            upgrade="""with op.get_context().autocommit_block():
    invalid = op.get_bind().exec_driver_sql(
        "SELECT 1 FROM pg_index WHERE indexrelid = to_regclass('ix_orders_status') AND NOT indisvalid"
    ).scalar()
    if invalid:
        op.execute("REINDEX INDEX CONCURRENTLY ix_orders_status")
    op.execute("CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_orders_status ON orders (status)")""",
        ),
        Example(
            setup=_SETUP,
            upgrade="""with op.get_context().autocommit_block():
    op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_orders_status")
    op.execute("CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_orders_status ON orders (status)")""",
        ),
    )

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        operation = step.operation
        if not isinstance(operation, CreateIndex) or not (operation.concurrently and operation.if_not_exists):
            return
        if not upgrades(step) or step.transaction is not None or not context.busy(step, operation.table):
            return
        name = Name(operation.table.schema, operation.index.name)
        steps = context.history.steps(step.revision or "", step.direction)
        if any(_cleans(one, name) for one in steps[: step.index]) or any(map(_asks, steps)):
            return
        schema = in_schema(operation.table, step.before.default_schema)
        table = operation.table.name
        dropped = node(
            "op.drop_index", name.name, table_name=table, schema=schema, postgresql_concurrently=True, if_exists=True
        )
        yield Diagnostic(
            f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name.name} does nothing where a failed build left an invalid "
            "index of that name: it stays invalid",
            help=shown(dropped),
            confidence=lowered(step),
            fix=Fix(
                "drop what an earlier attempt may have left, first",
                (Written((dropped,)), Kept()),
                "an index of that name that is valid is built again as well",
            ),
        )


def _cleans(step: Step, name: Name) -> bool:
    """Whether it drops the index, or builds it again."""
    operation = step.operation
    if isinstance(operation, DropIndex):
        return operation.index == name
    return isinstance(operation, Statement) and operation.statement == "reindex" and operation.name == str(name)


def _asks(step: Step) -> bool:
    """Whether it asks PostgreSQL which indexes are valid."""
    return isinstance(step.operation, Statement) and "indisvalid" in (step.sql or "").lower()
