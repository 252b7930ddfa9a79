"""MG216: a partition detached while nobody can use its parent."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    INFO,
    Context,
    DetachPartition,
    Diagnostic,
    Example,
    Name,
    Rule,
    Step,
    autocommit,
    execute,
    in_sql,
    lowered,
    upgrades,
)

_SETUP = """op.execute("CREATE TABLE visits (day date NOT NULL, page text) PARTITION BY RANGE (day)")
op.execute("CREATE TABLE visits_25 PARTITION OF visits FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')")"""


class BlockingDetach(Rule):
    """A partition is detached without CONCURRENTLY.

    ## What it flags

    `DETACH PARTITION` without `CONCURRENTLY` from a table that existed before the revision, from PostgreSQL 14 on. Not
    where the table has a default partition, with which PostgreSQL refuses CONCURRENTLY.

    ## Why it matters

    It takes ACCESS EXCLUSIVE on the partitioned table: it waits for all running queries of all its partitions, and
    every new query waits behind it; then the lock stays until the migration's transaction ends.

    ## Instead

    `DETACH PARTITION ... CONCURRENTLY` in an `autocommit_block()`.

    ## References

    - [PostgreSQL: DETACH PARTITION](https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DETACH-PARTITION)
    """

    code = "MG216"
    name = "blocking-detach"
    scope = "operation"
    once = True
    severity = INFO
    postgresql = (14, 18)
    bad = (Example(setup=_SETUP, upgrade='op.execute("ALTER TABLE visits DETACH PARTITION visits_25")'),)
    good = (
        Example(
            setup=_SETUP,
            upgrade="""with op.get_context().autocommit_block():
    op.execute("ALTER TABLE visits DETACH PARTITION visits_25 CONCURRENTLY")""",
        ),
    )

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        operation = step.operation
        if not isinstance(operation, DetachPartition) or operation.concurrently or not upgrades(step):
            return
        child = step.before.tables.get(operation.partition)
        if child is None or not child.is_partition or not context.busy(step, operation.table):
            return
        version = context.settings.get("postgresql-version")
        if (isinstance(version, int) and version < 14) or _has_default(step, operation.table):
            return
        table, partition = (in_sql(name, step.before.default_schema) for name in (operation.table, operation.partition))
        yield Diagnostic(
            f"detaches {operation.partition} under ACCESS EXCLUSIVE on {operation.table}: it waits for all running "
            "queries of every partition, and new ones wait behind it",
            help=autocommit(execute(f"ALTER TABLE {table} DETACH PARTITION {partition} CONCURRENTLY")),
            confidence=lowered(step),
        )


def _has_default(step: Step, parent: Name) -> bool:
    """Whether a partition takes the rows that no other does."""
    tables = (table for table in step.before.tables.values() if table.is_partition and parent in table.parents)
    return any((table.partition_bound or "").upper() == "DEFAULT" for table in tables)
