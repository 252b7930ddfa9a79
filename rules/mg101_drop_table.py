"""MG101: a table dropped with its rows."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    ERROR,
    INFO,
    WARNING,
    Context,
    Diagnostic,
    DropTable,
    Example,
    Insert,
    Name,
    RenameTable,
    Rule,
    Step,
    call,
    execute,
    in_schema,
    in_sql,
    lowered,
    parked,
    upgrades,
)


class DropsTable(Rule):
    """A table is dropped, with every row in it.

    ## What it flags

    `DROP TABLE`, however it is written, in an upgrade. Not for a table that the same revision made. A table that was
    parked under a name such as `orders_backup` is only info. Copying the rows elsewhere first does not change it: the
    rows written after the copy are lost all the same. Where the copy takes the name of the table it is a warning, and
    nothing is said if the table was locked against writers before the copy.

    ## Why it matters

    The rows are gone when the transaction commits; only a restore of a backup brings them back. Code of the release
    before, which is still running during the deployment, fails with `relation does not exist`. The statement needs
    ACCESS EXCLUSIVE on the table, and on every table that its foreign keys reference.

    ## Instead

    Release the code that no longer uses the table first. Then rename the table and drop it some releases later, when
    nobody has asked for it.

    ## References

    - [PostgreSQL: DROP TABLE](https://www.postgresql.org/docs/current/sql-droptable.html)
    - [PostgreSQL: explicit locking](https://www.postgresql.org/docs/current/explicit-locking.html)
    """

    code = "MG101"
    name = "drop-table"
    scope = "operation"
    severity = ERROR
    bad = (
        Example(
            setup='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))',
            upgrade='op.drop_table("orders")',
        ),
        Example(
            setup='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))',
            upgrade='op.execute("DROP TABLE IF EXISTS orders")',
        ),
        Example(
            setup='op.create_table("orders_backup", sa.Column("id", sa.Integer, primary_key=True))',
            upgrade='op.drop_table("orders_backup")',
        ),
        Example(
            setup='op.create_table("orders", sa.Column("id", sa.Integer))',
            upgrade='op.create_table("orders_new", sa.Column("id", sa.Integer, primary_key=True))\n'
            'op.execute("INSERT INTO orders_new SELECT DISTINCT id FROM orders")\n'
            'op.drop_table("orders")\nop.rename_table("orders_new", "orders")',
        ),
    )
    good = (
        Example(
            upgrade='op.create_table("scratch", sa.Column("id", sa.Integer, primary_key=True))\n'
            'op.drop_table("scratch")'
        ),
        Example(
            setup='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))',
            upgrade='op.rename_table("orders", "orders_unused")',
        ),
        Example(upgrade='op.execute("DROP TABLE IF EXISTS never_made")'),
        Example(
            setup='op.create_table("orders", sa.Column("id", sa.Integer))',
            upgrade='op.create_table("orders_new", sa.Column("id", sa.Integer, primary_key=True))\n'
            'op.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")\n'
            'op.execute("INSERT INTO orders_new SELECT DISTINCT id FROM orders")\n'
            'op.drop_table("orders")\nop.rename_table("orders_new", "orders")',
            also=("MG223",),
        ),
    )

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        operation = step.operation
        if not isinstance(operation, DropTable) or not upgrades(step):
            return
        table = step.before.tables.get(operation.table)
        if table is None or table.persistence == "temporary" or context.new_in_revision(step, operation.table):
            return
        copies = _copies(operation.table, step, context)
        successor = _successor(operation.table, copies, step, context)
        if successor is not None:
            if not all(operation.table in context.shut(copy) for copy in copies):
                yield _rebuilt(operation.table, successor, step)
            return
        kept = parked(operation.table.name)
        rows = "with every row in it; only a backup brings them back"
        if context.carried(step, operation.table):
            rows = "with those of its rows that the revision, which reads them, does not carry over"
        yield Diagnostic(
            f"drops table {operation.table} {rows}, and code that still runs against it fails",
            help="keep the rows under another name until a later release:\n"
            + call(
                "op.rename_table",
                operation.table.name,
                f"{operation.table.name}_unused",
                schema=in_schema(operation.table, step.before.default_schema),
            ),
            severity=INFO if kept else None,
            confidence=lowered(step),
        )


def _copies(table: Name, step: Step, context: Context) -> list[Step]:
    """The steps of the revision that have put rows of the table into others."""
    steps = context.history.steps(step.revision or "", step.direction)[: step.index]
    return [one for one in steps if isinstance(one.operation, Insert) and table in one.operation.reads and one.applied]


def _successor(table: Name, copies: list[Step], step: Step, context: Context) -> Name | None:
    """The table that got the rows and takes the name of the dropped one."""
    into = {one.operation.table_name for one in copies}
    steps = context.history.steps(step.revision or "", step.direction)[step.index :]
    renames = (one.operation for one in steps if isinstance(one.operation, RenameTable))
    return next((one.table for one in renames if one.table in into and one.new == table), None)


def _rebuilt(table: Name, successor: Name, step: Step) -> Diagnostic:
    """What to say of a table whose place a copy takes."""
    lock = f"LOCK TABLE {in_sql(table, step.before.default_schema)} IN ACCESS EXCLUSIVE MODE"
    return Diagnostic(
        f"drops table {table} after its rows were copied into {successor}, which takes its name: "
        "rows that are written between the copy and the drop are lost",
        help=f"before the copy:\n{execute(lock)}",
        severity=WARNING,
        confidence=lowered(step),
    )
