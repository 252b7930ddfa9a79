"""MG206: SET NOT NULL reads the whole table under a lock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from migralint.rule import (
    KEEP,
    AlterColumn,
    BulkInsert,
    Context,
    Diagnostic,
    Example,
    Fix,
    Insert,
    Kept,
    Name,
    RowOperation,
    Rule,
    Step,
    Table,
    Update,
    Written,
    autocommit,
    call,
    execute,
    in_schema,
    in_sql,
    lowered,
    node,
    proof,
    quote,
    upgrades,
)

_SETUP = 'op.create_table("users", sa.Column("id", sa.Integer, primary_key=True), sa.Column("email", sa.Text))'


class ScanningNotNull(Rule):
    """SET NOT NULL reads every row while nobody can use the table.

    ## What it flags

    A column of a table that existed before the revision becomes NOT NULL, and no validated check constraint proves
    that it holds no NULL. Silent when one does (`email IS NOT NULL`, also as a part of an AND). One finding for a table
    and revision. None where MG223 tells that the transaction changes all rows of the table under its lock before: the
    scan is the smaller part of that wait, and is told when it stands in a revision of its own. None where the
    transaction adds a NOT NULL column without a default too (MG203): it stops where there is a row to read.

    ## Why it matters

    The whole table is read under ACCESS EXCLUSIVE: every read and write of it waits. When one row holds NULL the
    migration fails after that.

    ## Instead

    Add a check `NOT VALID` (brief), validate it in its own transaction (reads and writes pass), then SET NOT NULL,
    which believes the check and reads nothing, and drop the check. One check can prove several columns. A column that
    the revision adds and fills with one value: add it NOT NULL with that as its server default, which reads nothing.

    ## References

    - [PostgreSQL: ALTER TABLE, SET NOT NULL](https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-DROP-NOT-NULL)
    """

    code = "MG206"
    name = "scanning-not-null"
    scope = "operation"
    once = True
    bad = (
        Example(setup=_SETUP, upgrade='op.alter_column("users", "email", nullable=False)'),
        Example(setup=_SETUP, upgrade='op.execute("ALTER TABLE users ALTER COLUMN email SET NOT NULL")'),
        Example(
            setup=_SETUP,
            upgrade="""op.add_column("users", sa.Column("plan", sa.Text))
with op.get_context().autocommit_block():
    op.execute("UPDATE users SET plan = 'free' WHERE plan IS NULL")
op.alter_column("users", "plan", nullable=False)""",
        ),
    )
    good = (
        Example(
            setup=_SETUP,
            upgrade="""op.execute("ALTER TABLE users ADD CONSTRAINT email_there CHECK (email IS NOT NULL) NOT VALID")
with op.get_context().autocommit_block():
    op.execute("ALTER TABLE users VALIDATE CONSTRAINT email_there")
op.alter_column("users", "email", nullable=False)
op.drop_constraint("email_there", "users", type_="check")""",
        ),
        Example(upgrade=_SETUP + '\nop.alter_column("users", "email", nullable=False)'),
        Example(setup=_SETUP, upgrade='op.alter_column("users", "id", nullable=False)'),
    )

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        operation = step.operation
        if not isinstance(operation, AlterColumn) or not _scans(step, context):
            return
        table = operation.table
        steps = context.history.steps(step.revision or "", step.direction)
        same = [one for one in steps if one.operation.table_name == table and _scans(one, context)]
        if same[0] is not step:
            return
        columns = list(dict.fromkeys(str(one.operation.object_name) for one in same))
        times = f", {len(columns)} times" if len(columns) > 1 else ""
        if _after_update(step, context):
            return
        filled = context.with_default(step, table, columns)
        yield Diagnostic(
            f"SET NOT NULL on {table}.{', '.join(columns)} reads every row under ACCESS EXCLUSIVE{times}: all reads "
            "and writes of the table wait",
            help=filled or _instead(table, columns, step.before.default_schema),
            confidence=lowered(step),
            fix=_fix(operation, step) if len(columns) == 1 and not filled else None,
        )


def _fix(operation: AlterColumn, step: Step) -> Fix | None:
    """The validated check around the statement."""
    owner, column = step.before.tables.get(operation.table), quote(operation.name)
    name = proof(operation.table, operation.name)
    plain = isinstance(owner, Table) and not any(one.name == name for one in owner.constraints)
    if not plain or isinstance(operation.new_name, str) or step.transaction is None:
        return None
    alter, check = f"ALTER TABLE {in_sql(operation.table, step.before.default_schema)}", quote(name)
    return Fix(
        "prove it with a check that is validated without the lock, and dropped afterwards",
        (
            Written((node("op.execute", f"{alter} ADD CONSTRAINT {check} CHECK ({column} IS NOT NULL) NOT VALID"),)),
            Written((node("op.execute", f"{alter} VALIDATE CONSTRAINT {check}"),), alone=True),
            Kept(),
            Written((node("op.execute", f"{alter} DROP CONSTRAINT {check}"),)),
        ),
        "where a row holds NULL the check stays behind, and so does what the revision did before it",
    )


def _scans(step: Step, context: Context) -> bool:
    """Whether it is a SET NOT NULL that reads a busy table."""
    operation = step.operation
    if not isinstance(operation, AlterColumn) or operation.not_null is not True or not upgrades(step):
        return False
    if step.before.dialect != "postgresql" or not context.busy(step, operation.table):
        return False
    alone = replace(operation, type=KEEP, collation=KEEP, new_name=KEEP, default=KEEP)
    effects = context.effects(replace(step, operation=alone))
    return effects is not None and bool(effects.scans) and not _rewritten(step, context)


def _after_update(step: Step, context: Context) -> bool:
    """Whether the first statement that changes rows under a lock changes those of the table, as MG223 tells."""
    table = step.operation.table_name
    steps = context.history.steps(step.revision or "", step.direction)[: step.index]
    first: Step | None = None
    for one in steps:
        update = one.operation
        if not isinstance(update, RowOperation) or one.transaction != step.transaction or one.transaction is None:
            continue
        if first is not None and first.place != one.place:
            return False
        if first is None and not (_takes_time(update, one, context) and context.shut(one)):
            continue
        first = first or one
        if isinstance(update, Update) and update.table == table and not update.rows and table in context.shut(one):
            return True
    return False


def _takes_time(operation: RowOperation, step: Step, context: Context) -> bool:
    """Whether it reads or changes rows of a table that may be large; an INSERT of values adds what it says."""
    if isinstance(operation, Insert | BulkInsert):
        return any(context.busy(step, name) for name in operation.reads)
    return context.busy(step, operation.table)


def _instead(table: Name, columns: Sequence[str], default: str) -> str:
    """The columns proven by one check, which is validated without the lock."""
    check = quote(proof(table, *columns))
    alter = f"ALTER TABLE {in_sql(table, default)}"
    there = " AND ".join(f"{quote(column)} IS NOT NULL" for column in columns)
    schema = in_schema(table, default)
    return "\n".join(
        [
            execute(f"{alter} ADD CONSTRAINT {check} CHECK ({there}) NOT VALID"),
            autocommit(execute(f"{alter} VALIDATE CONSTRAINT {check}")),
            *(call("op.alter_column", table.name, column, nullable=False, schema=schema) for column in columns),
            execute(f"{alter} DROP CONSTRAINT {check}"),
        ]
    )


def _rewritten(step: Step, context: Context) -> bool:
    """Whether the same statement writes the table anew, which another rule says."""
    effects = context.effects(step)
    return effects is not None and bool(effects.rewrites)
