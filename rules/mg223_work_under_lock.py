"""MG223: long work in a transaction that has locked a table before."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    BulkInsert,
    Context,
    CreateConstraint,
    CreateTable,
    CreateView,
    Delete,
    Diagnostic,
    Example,
    Insert,
    Merge,
    Name,
    Related,
    Rule,
    Statement,
    Step,
    Update,
    ValidateConstraint,
    lowered,
    upgrades,
)

_SETUP = """op.create_table("users", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.Text))
op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), sa.Column("total", sa.Integer))
op.execute("ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0) NOT VALID")"""


class WorkUnderLock(Rule):
    """Rows are changed, copied or checked while the transaction keeps a table locked.

    ## What it flags

    `UPDATE`, `DELETE`, `MERGE`, `INSERT ... SELECT`, `CREATE TABLE AS`, a materialized view with data, `REFRESH
    MATERIALIZED VIEW CONCURRENTLY` and `VALIDATE CONSTRAINT`, after a statement of the same transaction that took
    ACCESS EXCLUSIVE on a table from before the revision. One finding for a revision, at the first such statement; the
    first one of each other transaction, where an `autocommit_block()` ends one, is a related place.
    Not on tables whose rows the history inserted itself, and not for what other rules say already of index builds,
    scans and rewrites. A SET NOT NULL of the same table after its UPDATE belongs to the same wait, and is no finding of
    its own.

    ## Why it matters

    PostgreSQL keeps locks until the transaction ends. ADD COLUMN is brief, but an UPDATE of all rows after it keeps
    every reader and writer of the table out for as long as the UPDATE takes.

    ## Instead

    A column that the revision adds and fills with one value: give it that as its server default, which changes no row.
    Else change the schema in one revision, fill rows in another, in batches: with `transaction_per_migration` the lock
    is gone by then. Or put the work into an `autocommit_block()`.

    ## References

    - [PostgreSQL: explicit locking](https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES)
    - [Alembic: transaction_per_migration](https://alembic.sqlalchemy.org/en/latest/api/runtime.html#alembic.runtime.environment.EnvironmentContext.configure.params.transaction_per_migration)
    """

    code = "MG223"
    name = "work-under-lock"
    scope = "operation"
    bad = (
        Example(
            setup=_SETUP,
            upgrade='op.add_column("users", sa.Column("label", sa.Text))\nop.execute("UPDATE users SET label = name")',
        ),
        Example(
            setup=_SETUP,
            upgrade="""op.add_column("users", sa.Column("label", sa.Text))
op.execute("ALTER TABLE orders VALIDATE CONSTRAINT positive")""",
        ),
        Example(
            setup=_SETUP,
            upgrade="""op.add_column("users", sa.Column("label", sa.Text))
op.execute("UPDATE users SET label = lower(name)")
op.alter_column("users", "label", nullable=False)""",
        ),
        Example(
            setup=_SETUP,
            upgrade="""op.add_column("users", sa.Column("label", sa.Text))
op.execute("INSERT INTO orders (total) VALUES (1)")
op.execute("UPDATE users SET label = 'none'")
op.alter_column("users", "label", nullable=False)""",
        ),
    )
    good = (
        Example(
            setup=_SETUP,
            upgrade="""op.add_column("users", sa.Column("label", sa.Text))
with op.get_context().autocommit_block():
    op.execute("UPDATE users SET label = name WHERE label IS NULL AND id BETWEEN 1 AND 10000")""",
        ),
        Example(
            setup=_SETUP,
            upgrade="op.execute(\"UPDATE users SET name = '' WHERE name IS NULL\")\n"
            'op.add_column("users", sa.Column("label", sa.Text))',
        ),
        Example(
            setup=_SETUP,
            upgrade='op.add_column("users", sa.Column("label", sa.Text))\n'
            "op.execute(\"INSERT INTO users (name, label) VALUES ('root', 'Root')\")",
        ),
    )

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        if step.transaction is None or not _speaks(step, context):
            return
        shut = context.shut(step)
        steps = context.history.steps(step.revision or "", step.direction)
        speaking = [one for one in steps if one.transaction is not None and _speaks(one, context)]
        if speaking[0] is not step:
            return
        firsts: dict[int | None, Step] = {}
        for one in speaking:
            firsts.setdefault(one.transaction, one)
        table = step.operation.table_name
        where = table if table in shut else shut[0]
        others = f" and {len(shut) - 1} more" if len(shut) > 1 else ""
        before = (one for one in steps[: step.index] if one.transaction == step.transaction)
        locker = next((one for one in before if _locks(one, where, context)), None)
        related = [Related(locker.place, f"locks {where}")] if locker is not None else []
        related += [Related(one.place, f"so does {_shown(one)}") for one in firsts.values() if one is not step]
        yield Diagnostic(
            f"{_shown(step)} runs while the transaction holds ACCESS EXCLUSIVE on {where}{others}: all reads and "
            "writes wait until it is done",
            help=_with_default(step, context)
            or "# in a revision of its own, after this one, in batches; or, since it commits what came before:\n"
            "with op.get_context().autocommit_block():\n    ...",
            related=tuple(related),
            confidence=lowered(step),
        )


def _with_default(step: Step, context: Context) -> str | None:
    """The columns with a server default from the start, where all that it does is to fill new ones with one value."""
    operation = step.operation
    return context.with_default(step, operation.table, operation.columns) if isinstance(operation, Update) else None


def _speaks(step: Step, context: Context) -> bool:
    """Whether the step is what a finding stands at, or would be but for one before it."""
    return upgrades(step) and _long(step, context) and bool(context.shut(step))


def _long(step: Step, context: Context) -> bool:
    """Whether it takes time for each row of a table that may be large."""
    operation = step.operation
    match operation:
        case Insert() | BulkInsert() | CreateTable():
            return any(context.busy(step, name) and name in step.before.tables for name in operation.reads)
        case Update() | Delete():
            return not operation.rows and context.busy(step, operation.table)
        case Merge():
            return context.busy(step, operation.table)
        case CreateView():
            view = operation.view
            return view.materialized and view.populated and any(context.busy(step, name) for name in view.uses)
        case Statement(statement="refresh_materialized_view", concurrently=True):
            return True  # without CONCURRENTLY it is MG220
        case ValidateConstraint():
            effects = context.effects(step)
            read = effects is not None and any(context.busy(step, name) for name in effects.scans)
            return read and not _added_here(operation, step, context)
    return False


def _added_here(operation: ValidateConstraint, step: Step, context: Context) -> bool:
    """Whether the transaction added the constraint: that is another mistake."""
    steps = context.history.steps(step.revision or "", step.direction)[: step.index]
    return any(
        one.transaction == step.transaction
        and isinstance(one.operation, CreateConstraint)
        and one.operation.table == operation.table
        and one.operation.object_name == operation.name
        for one in steps
    )


def _locks(step: Step, table: Name, context: Context) -> bool:
    effects = context.effects(step)
    return effects is not None and any(k.relation == table and k.mode == "ACCESS EXCLUSIVE" for k in effects.locks)


def _shown(step: Step) -> str:
    operation = step.operation
    match operation:
        case Update():
            return f"UPDATE of {operation.table}"
        case Delete():
            return f"DELETE from {operation.table}"
        case Merge():
            return f"MERGE into {operation.table}"
        case Insert():
            return f"INSERT ... SELECT into {operation.table}"
        case CreateTable():
            return f"CREATE TABLE {operation.definition.name} AS"
        case Statement():
            return f"REFRESH MATERIALIZED VIEW CONCURRENTLY {operation.name}"
        case ValidateConstraint():
            return f"VALIDATE CONSTRAINT {operation.name} of {operation.table}"
    return f"filling {operation.object}"
