"""MG201: an index built while nobody can write."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    Context,
    CreateIndex,
    Diagnostic,
    Example,
    Fix,
    Kept,
    Rule,
    Step,
    Table,
    autocommit,
    call,
    execute,
    in_schema,
    in_sql,
    lowered,
    quote,
    upgrades,
)

_SETUP = 'op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), sa.Column("status", sa.Text))'


class BlockingIndex(Rule):
    """An index is built without CONCURRENTLY on a table that is in use.

    ## What it flags

    `CREATE INDEX` without `CONCURRENTLY` on a table that existed before the revision. Not for tables that
    `table-sizes` declares small, and not where `IF NOT EXISTS` finds the index.

    ## Why it matters

    It takes a SHARE lock: every INSERT, UPDATE and DELETE waits until the index is built, and until the transaction
    of the migration ends. For a table of 100 million rows that is minutes. Where the transaction holds ACCESS
    EXCLUSIVE on the table already, as after ADD COLUMN or a rename, reads wait too.

    ## Instead

    `postgresql_concurrently=True` in an `autocommit_block()`, since CONCURRENTLY cannot run in a transaction. The
    block commits what came before it, so put the index in a revision of its own. If the build fails it leaves an
    INVALID index behind, which has to be dropped before the next attempt.

    ## References

    - [PostgreSQL: building indexes concurrently](https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY)
    - [Alembic: autocommit_block](https://alembic.sqlalchemy.org/en/latest/api/runtime.html#alembic.runtime.migration.MigrationContext.autocommit_block)
    """

    code = "MG201"
    name = "blocking-index"
    scope = "operation"
    once = True
    bad = (
        Example(setup=_SETUP, upgrade='op.create_index("ix_orders_status", "orders", ["status"])'),
        Example(setup=_SETUP, upgrade='op.execute("CREATE INDEX ON orders (lower(status))")'),
    )
    good = (
        Example(
            setup=_SETUP,
            upgrade="""with op.get_context().autocommit_block():
    op.create_index("ix_orders_status", "orders", ["status"], postgresql_concurrently=True)""",
        ),
        Example(upgrade=_SETUP + '\nop.create_index("ix_orders_status", "orders", ["status"])'),
        Example(
            setup=_SETUP,
            upgrade='op.create_index("ix_orders_status", "orders", ["status"])',
            settings=('table-sizes = {orders = "small"}',),
        ),
    )

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        operation = step.operation
        if not isinstance(operation, CreateIndex) or not upgrades(step) or step.before.dialect != "postgresql":
            return
        table = operation.table
        if operation.concurrently or not context.busy(step, table):
            return
        effects = context.effects(step)
        if effects is None or not effects.builds:
            return
        name = effects.builds[0].name
        owner = step.before.tables.get(table)
        partitioned = isinstance(owner, Table) and owner.partition_by is not None
        waits = f"builds index {name} on {table} under a SHARE lock: every INSERT, UPDATE and DELETE on it waits"
        if table in context.shut(step):
            waits = (
                f"builds index {name} on {table}, which the transaction has locked before: all reads and writes wait"
            )
        yield Diagnostic(
            f"{waits} until the index is built and the transaction ends",
            help=_partitioned(operation, step) if partitioned else _concurrently(operation, name, step),
            confidence=lowered(step),
            fix=None if partitioned else _fix(operation, step, context),
        )


def _fix(operation: CreateIndex, step: Step, context: Context) -> Fix:
    """The statement itself, with CONCURRENTLY."""
    unsafe = context.apart(step)
    if operation.index.unique:
        unsafe = unsafe or "where two rows are alike the build leaves an INVALID index behind"
    concurrently = Kept(
        arguments=(("postgresql_concurrently", True),),
        after="INDEX",
        word="CONCURRENTLY",
        alone=step.transaction is not None,
    )
    return Fix("build the index CONCURRENTLY in an autocommit_block()", (concurrently,), unsafe)


def _concurrently(operation: CreateIndex, name: str, step: Step) -> str:
    """The same index in an autocommit block."""
    index, default = operation.index, step.before.default_schema
    plain = all(k.column and not (k.opclass or k.collation or k.descending) for k in index.keys)
    if plain and index.method == "btree" and not index.where and not index.include:
        return autocommit(
            call(
                "op.create_index",
                name,
                operation.table.name,
                [str(k.column) for k in index.keys],
                unique=index.unique or None,
                schema=in_schema(operation.table, default),
                postgresql_concurrently=True,
            )
        )
    keys = ", ".join(str(k) if k.column else f"({k.expression})" for k in index.keys)
    sql = f"CREATE {'UNIQUE ' if index.unique else ''}INDEX CONCURRENTLY {quote(name)} ON "
    sql += (
        in_sql(operation.table, default) + (f" USING {index.method}" if index.method != "btree" else "") + f" ({keys})"
    )
    sql += f" INCLUDE ({', '.join(map(quote, index.include))})" if index.include else ""
    return autocommit(execute(sql + (f" WHERE {index.where}" if index.where else "")))


def _partitioned(operation: CreateIndex, step: Step) -> str:
    """CONCURRENTLY is not possible on a partitioned table itself."""
    table = in_sql(operation.table, step.before.default_schema)
    return (
        f"create the index ON ONLY {table} (at once, and invalid), then CONCURRENTLY on each partition, and attach "
        "each with ALTER INDEX ... ATTACH PARTITION"
    )
