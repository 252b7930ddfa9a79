"""MG205: a foreign key or check that is validated under a lock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from migralint.rule import (
    AddColumn,
    Check,
    Constraint,
    Context,
    CreateConstraint,
    Diagnostic,
    Example,
    Fix,
    ForeignKey,
    Kept,
    Name,
    Rule,
    Step,
    ValidateConstraint,
    Written,
    autocommit,
    call,
    execute,
    in_schema,
    in_sql,
    lowered,
    node,
    quote,
    upgrades,
)

_SETUP = """op.create_table("users", sa.Column("id", sa.Integer, primary_key=True))
op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), sa.Column("user_id", sa.Integer))"""


class ValidatingConstraint(Rule):
    """A foreign key or check constraint reads the whole table while others wait.

    ## What it flags

    A foreign key or check on a table that existed before the revision, without NOT VALID; also one that is added
    NOT VALID and validated in the same transaction, since the transaction keeps the first lock during the second
    statement.

    ## Why it matters

    A foreign key takes SHARE ROW EXCLUSIVE on both tables: no INSERT, UPDATE or DELETE on either until every row was
    looked up. A check takes ACCESS EXCLUSIVE: no reads either. Nor are there with a foreign key, of a table on which
    the transaction has taken ACCESS EXCLUSIVE before: by DROP CONSTRAINT, ADD COLUMN, a rename.

    ## Instead

    Add it NOT VALID, which is brief, and VALIDATE it in a transaction of its own, which lets reads and writes pass.

    ## References

    - [PostgreSQL: ALTER TABLE, notes](https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES)
    """

    code = "MG205"
    name = "validating-constraint"
    scope = "operation"
    once = True
    bad = (
        Example(setup=_SETUP, upgrade='op.create_foreign_key("orders_user", "orders", "users", ["user_id"], ["id"])'),
        Example(setup=_SETUP, upgrade='op.create_check_constraint("orders_positive", "orders", "user_id > 0")'),
        Example(
            setup=_SETUP,
            upgrade="""op.execute("ALTER TABLE orders ADD CONSTRAINT positive CHECK (user_id > 0) NOT VALID")
op.execute("ALTER TABLE orders VALIDATE CONSTRAINT positive")""",
        ),
    )
    good = (
        Example(
            setup=_SETUP,
            upgrade="""op.create_foreign_key(
    "orders_user", "orders", "users", ["user_id"], ["id"], postgresql_not_valid=True
)
with op.get_context().autocommit_block():
    op.execute("ALTER TABLE orders VALIDATE CONSTRAINT orders_user")""",
        ),
        Example(upgrade=_SETUP + '\nop.create_foreign_key("orders_user", "orders", "users", ["user_id"], ["id"])'),
    )

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        operation = step.operation
        if not upgrades(step) or step.before.dialect != "postgresql":
            return
        if not isinstance(operation, CreateConstraint | AddColumn | ValidateConstraint):
            return
        table = operation.table
        if not context.busy(step, table):
            return
        effects = context.effects(step)
        if effects is None or not effects.scans:
            return
        if isinstance(operation, ValidateConstraint):
            yield from _validated(operation, step, context)
            return
        inline = (operation.constraint,) if isinstance(operation, CreateConstraint) else operation.constraints
        for constraint in inline:
            if isinstance(constraint, ForeignKey | Check):
                alone = isinstance(operation, CreateConstraint)
                later = _later(table, step, context) if alone else None
                yield _finding(table, constraint, step, context.shut(step), later)


def _validated(operation: ValidateConstraint, step: Step, context: Context) -> Iterator[Diagnostic]:
    """VALIDATE in the transaction that added the constraint."""
    for earlier in context.history.steps(step.revision or "", step.direction)[: step.index]:
        added = earlier.operation
        same = isinstance(added, CreateConstraint) and added.table == operation.table
        if same and earlier.transaction == step.transaction is not None and added.object_name == operation.name:
            yield Diagnostic(
                f"validates {operation.name} in the transaction that added it to {operation.table}: the lock of ADD "
                "CONSTRAINT is kept while every row is read",
                help=autocommit(_validate(operation.table, operation.name, step.before.default_schema)),
                confidence=lowered(step),
                fix=Fix("validate it in an autocommit_block()", (Kept(alone=True),), context.apart(step)),
            )
            return


def _later(table: Name, step: Step, context: Context) -> Fix | None:
    """NOT VALID now, and the validation in a new revision; None where the constraint is not there at the head."""
    found = [state.tables.get(table) for state in (step.before, step.after, context.history.schema)]
    known, now, head = ({one.name for one in owner.constraints} if owner else set() for owner in found)
    added = next((name for name in now - known if name in head), None)
    if added is None:
        return None
    sql = f"ALTER TABLE {in_sql(table, step.before.default_schema)} VALIDATE CONSTRAINT {quote(added)}"
    apart = context.history.surroundings.transaction_per_migration
    return Fix(
        "add it NOT VALID, and validate it in a new revision; which helps only with transaction_per_migration",
        (Kept(arguments=(("postgresql_not_valid", True),), clause="NOT VALID"),),
        None if apart else "without transaction_per_migration one transaction runs both revisions, and keeps the lock",
        later=Written((node("op.execute", sql),)),
        message=f"validate {added}",
    )


def _finding(table: Name, constraint: Constraint, step: Step, shut: Sequence[Name], fix: Fix | None) -> Diagnostic:
    default = step.before.default_schema
    if isinstance(constraint, ForeignKey):
        what, other = "foreign key", constraint.references
        stopped = f"no INSERT, UPDATE or DELETE on {table} or {other} (SHARE ROW EXCLUSIVE on both)"
        if other == table:
            stopped = f"no INSERT, UPDATE or DELETE on {table} (SHARE ROW EXCLUSIVE)"
        if held := [str(name) for name in dict.fromkeys((table, other)) if name in shut]:
            stopped += f", and no reads of {' and '.join(held)}, which the transaction has locked before"
        name = constraint.name or f"{table.name}_{'_'.join(constraint.columns)}_fkey"
        added = call(
            "op.create_foreign_key",
            name,
            table.name,
            other.name,
            list(constraint.columns),
            list(constraint.referenced_columns) or ["id"],
            source_schema=in_schema(table, default),
            referent_schema=in_schema(other, default),
            onupdate=constraint.on_update,
            ondelete=constraint.on_delete,
            match=constraint.match,
            deferrable=constraint.deferrable or None,
            initially=constraint.initially,
            postgresql_not_valid=True,
        )
    else:
        assert isinstance(constraint, Check)
        what, stopped = "check", f"no reads or writes of {table} (ACCESS EXCLUSIVE)"
        name = constraint.name or f"{table.name}_check"
        check = f"CONSTRAINT {quote(name)} CHECK ({constraint.expression}) NOT VALID"
        added = execute(f"ALTER TABLE {in_sql(table, default)} ADD {check}")
    return Diagnostic(
        f"adds {what} {name} to {table} and reads every row for it; until then {stopped}",
        help="\n".join([added, autocommit(_validate(table, name, default))]),
        confidence=lowered(step),
        fix=fix,
    )


def _validate(table: Name, name: str, default: str) -> str:
    return execute(f"ALTER TABLE {in_sql(table, default)} VALIDATE CONSTRAINT {quote(name)}")
