"""MG206: SET NOT NULL reads the whole table under a lock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from migralint.rule import (
    KEEP,
    AlterColumn,
    Context,
    Diagnostic,
    Example,
    Fix,
    Kept,
    Rule,
    Step,
    Table,
    Written,
    autocommit,
    call,
    cut,
    execute,
    in_schema,
    in_sql,
    lowered,
    node,
    quote,
    upgrades,
)

_SETUP = 'op.create_table("users", sa.Column("id", sa.Integer, primary_key=True), sa.Column("email", sa.Text))'


class ScanningNotNull(Rule):
    """SET NOT NULL reads every row while nobody can use the table.

    ## What it flags

    A column of a table that existed before the revision becomes NOT NULL, and no validated check constraint proves
    that it holds no NULL. Silent when one does (`email IS NOT NULL`, also as a part of an AND).

    ## Why it matters

    The whole table is read under ACCESS EXCLUSIVE: every read and write of it waits. When one row holds NULL the
    migration fails after that.

    ## Instead

    Add a check `NOT VALID` (brief), validate it in its own transaction (reads and writes pass), then SET NOT NULL,
    which believes the check and reads nothing, and drop the check.

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
        if not isinstance(operation, AlterColumn) or operation.not_null is not True or not upgrades(step):
            return
        table, default = operation.table, step.before.default_schema
        if step.before.dialect != "postgresql" or not context.busy(step, table):
            return
        alone = replace(operation, type=KEEP, collation=KEEP, new_name=KEEP, default=KEEP)
        effects = context.effects(replace(step, operation=alone))
        if effects is None or not effects.scans or _rewritten(step, context):
            return
        check = quote(f"{table.name}_{operation.name}_not_null")
        alter = f"ALTER TABLE {in_sql(table, default)}"
        yield Diagnostic(
            f"SET NOT NULL on {table}.{operation.name} reads every row under ACCESS EXCLUSIVE: all reads and writes of "
            "the table wait",
            help="\n".join(
                [
                    execute(f"{alter} ADD CONSTRAINT {check} CHECK ({quote(operation.name)} IS NOT NULL) NOT VALID"),
                    autocommit(execute(f"{alter} VALIDATE CONSTRAINT {check}")),
                    call(
                        "op.alter_column",
                        table.name,
                        operation.name,
                        nullable=False,
                        schema=in_schema(table, default),
                    ),
                    execute(f"{alter} DROP CONSTRAINT {check}"),
                ]
            ),
            confidence=lowered(step),
            fix=_fix(operation, step),
        )


def _fix(operation: AlterColumn, step: Step) -> Fix | None:
    """The validated check around the statement."""
    owner, column = step.before.tables.get(operation.table), quote(operation.name)
    name = str(cut(f"{operation.table.name}_{operation.name}_not_null"))
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


def _rewritten(step: Step, context: Context) -> bool:
    """Whether the same statement writes the table anew, which another rule says."""
    effects = context.effects(step)
    return effects is not None and bool(effects.rewrites)
