"""MG801: UPDATE or DELETE of every row."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    CONDITIONAL,
    ERROR,
    INFO,
    WARNING,
    Context,
    Delete,
    Diagnostic,
    Example,
    Rule,
    Step,
    Update,
    in_sql,
    lowered,
    quote,
    upgrades,
)

_SETUP = """op.create_table(
    "users", sa.Column("id", sa.Integer, primary_key=True), sa.Column("plan", sa.Text), sa.Column("name", sa.Text)
)"""


class UnboundedChange(Rule):
    """An UPDATE or DELETE without a condition changes every row.

    ## What it flags

    `UPDATE` and `DELETE` without `WHERE` (and without a join that limits the rows) in an upgrade, on a table that
    existed before the revision. A DELETE is an error. An UPDATE is a warning, and info where it only fills columns
    that the same revision added; on tables that `table-sizes` declares small an UPDATE is not flagged, and neither
    where the transaction has locked a table before: that is MG223. Silent where a condition that is not known chooses
    between it and an UPDATE that has one.

    ## Why it matters

    A DELETE removes all rows; a condition may have been forgotten. An UPDATE overwrites the values in every row. It
    writes each row anew, so the table doubles in size, and keeps every row locked until the migration's transaction
    ends: other writers wait for as long as it runs.

    ## Instead

    Add the condition. Backfill in batches of some thousand rows by primary key, each in a transaction of its own,
    outside of the migration or in an `autocommit_block()`.

    ## References

    - [PostgreSQL: row-level locks](https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-ROWS)
    - [PostgreSQL: routine vacuuming](https://www.postgresql.org/docs/current/routine-vacuuming.html)
    """

    code = "MG801"
    name = "unbounded-change"
    scope = "operation"
    bad = (
        Example(setup=_SETUP, upgrade='op.execute("DELETE FROM users")'),
        Example(setup=_SETUP, upgrade="op.execute(\"UPDATE users SET plan = 'free'\")"),
        Example(
            setup=_SETUP,
            upgrade="""op.add_column("users", sa.Column("label", sa.Text))
with op.get_context().autocommit_block():
    op.execute("UPDATE users SET label = name")""",
        ),
    )
    good = (
        Example(setup=_SETUP, upgrade="op.execute(\"UPDATE users SET plan = 'free' WHERE plan IS NULL\")"),
        Example(upgrade=_SETUP + '\nop.execute("DELETE FROM users")'),
        Example(
            setup=_SETUP,
            upgrade="""import random
change = "UPDATE users SET plan = 'free'"
if random.random() > 0.5:
    change = "UPDATE users SET plan = 'free' WHERE plan IS NULL"
op.execute(change)""",
        ),
    )

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        operation = step.operation
        if not isinstance(operation, Update | Delete) or operation.where or not upgrades(step):
            return
        table = operation.table
        if context.new_in_revision(step, table):
            return
        name = in_sql(table, step.before.default_schema)
        if isinstance(operation, Delete):
            yield Diagnostic(
                f"deletes every row of {table}: no condition",
                help=f"DELETE FROM {name} WHERE ...",
                severity=ERROR,
                confidence=lowered(step),
            )
            return
        if context.small(table) or context.shut(step):  # what is locked meanwhile matters more, and is MG223
            return
        if _one_of_two(step, context):
            return
        new = bool(operation.columns) and all(context.new_column(step, table, c) for c in operation.columns)
        columns = ", ".join(operation.columns) or "..."
        unset = quote(operation.columns[0]) if operation.columns else "..."
        owner = step.before.tables.get(table)
        key = ", ".join(map(quote, owner.primary_key.columns)) if owner and owner.primary_key else "id"
        batch = f"({key}) > (...)" if "," in key else f"{key} BETWEEN :a AND :b"
        missing = f"{unset} IS NULL AND " if new else ""
        what = f"fills {columns} in every row of {table}" if new else f"overwrites {columns} in every row of {table}"
        yield Diagnostic(
            f"{what} in one statement: each row is written anew and stays locked until the transaction ends",
            help=f"in batches, each committed:\nUPDATE {name} SET {unset} = ... WHERE {missing}{batch}",
            severity=INFO if new else WARNING,
            confidence=lowered(step),
        )


def _one_of_two(step: Step, context: Context) -> bool:
    """Whether a condition that is not known chooses between this statement and one with a condition."""
    if step.certainty != CONDITIONAL:
        return False
    others = context.history.steps(step.revision or "", step.direction)[max(0, step.index - 1) : step.index + 2]
    return any(
        isinstance(one.operation, Update)
        and one.operation.where
        and one.operation.table == step.operation.table_name
        and one.reason == step.reason
        for one in others
    )
