"""MG217: triggers, rules, policies and row security of several tables changed in one transaction."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    ACCESS_EXCLUSIVE,
    INFO,
    AlterPolicy,
    AlterTable,
    AlterTrigger,
    Context,
    CreatePolicy,
    CreateTrigger,
    Diagnostic,
    DropPolicy,
    DropTrigger,
    Example,
    Name,
    Operation,
    Revision,
    Rule,
    SetRowSecurity,
    Statement,
    Step,
    lowered,
    upgrades,
)

_SETUP = """op.create_table("notes", sa.Column("id", sa.Integer, primary_key=True), sa.Column("owner", sa.Text))
op.create_table("files", sa.Column("id", sa.Integer, primary_key=True), sa.Column("owner", sa.Text))"""
_ATTACHED = (CreateTrigger, DropTrigger, AlterTrigger, CreatePolicy, DropPolicy, AlterPolicy, SetRowSecurity)
_ACTIONS = ("force_row_security", "no_force_row_security", "enable_trigger", "disable_trigger")


class TriggerOrPolicyLocks(Rule):
    """Triggers, rules, policies or row security of several tables change in one transaction.

    ## What it flags

    `CREATE`, `ALTER` and `DROP` of `TRIGGER`, `RULE` and `POLICY`, and the switches of row security and triggers, on
    two or more tables that existed before the revision. One finding for a revision. Tables that something else in the
    transaction has locked against everybody before do not count: other rules speak of that.

    ## Why it matters

    Policies, rules, row security and DROP TRIGGER take ACCESS EXCLUSIVE: reads wait too. CREATE TRIGGER, ENABLE and
    DISABLE TRIGGER take SHARE ROW EXCLUSIVE: writes wait. Each is brief on its own, but the locks pile up until the
    transaction ends: while it waits for the second table nobody can use the first, and a transaction of the application
    that uses both tables in the other order is a deadlock.

    ## Instead

    One revision for each table, with a `lock_timeout`, so that it gives up where a long query is in its way.

    ## References

    - [PostgreSQL: explicit locking](https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES)
    """

    code = "MG217"
    name = "trigger-or-policy-locks"
    scope = "revision"
    severity = INFO
    bad = (
        Example(
            setup=_SETUP,
            upgrade="""for table in ("notes", "files"):
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own ON {table} USING (owner = current_user)")""",
        ),
    )
    good = (
        Example(
            setup=_SETUP,
            upgrade="""op.execute("ALTER TABLE notes ENABLE ROW LEVEL SECURITY")
op.execute("CREATE POLICY own ON notes USING (owner = current_user)")""",
        ),
        Example(
            setup=_SETUP,
            upgrade="""op.execute("ALTER TABLE notes ADD COLUMN shared boolean")
op.execute("ALTER TABLE notes ENABLE ROW LEVEL SECURITY")
op.execute("ALTER TABLE files ENABLE ROW LEVEL SECURITY")""",
        ),
        Example(
            setup=_SETUP,
            upgrade="""for table in ("notes", "files"):
    with op.get_context().autocommit_block():
        op.execute(f"CREATE POLICY own ON {table} USING (owner = current_user)")""",
        ),
    )

    def check_revision(self, revision: Revision, context: Context) -> Iterator[Diagnostic]:
        """Judges one revision."""
        transactions: dict[int, dict[Name, Step]] = {}
        for step in context.history.steps(revision.id):
            table = step.operation.table_name
            if step.transaction is None or not upgrades(step) or not _attached(step.operation):
                continue
            effects = context.effects(step)
            if table is None or effects is None or not effects.locks or not context.busy(step, table):
                continue
            known = transactions.get(step.transaction, {})
            if table in known or not any(k.relation == table and k.mode == ACCESS_EXCLUSIVE for k in effects.held):
                transactions.setdefault(step.transaction, {}).setdefault(table, step)
        for tables in transactions.values():
            if len(tables) < 2:
                continue
            first, *others = tables
            second = tables[others[0]]
            yield Diagnostic(
                f"changes triggers, policies or row security of {len(tables)} tables in one transaction: {first} stays "
                f"locked while it waits for {others[0]}{' and more' if len(others) > 1 else ''}",
                help="# one revision for each table, or each in a transaction of its own:\n"
                "with op.get_context().autocommit_block():\n    ...",
                place=second.place,
                confidence=lowered(second),
            )
            return


def _attached(operation: Operation) -> bool:
    """Whether it changes what stands on a table."""
    if isinstance(operation, Statement):
        return operation.statement in ("create_rule", "alter_rule", "drop_rule")
    return isinstance(operation, _ATTACHED) or (isinstance(operation, AlterTable) and operation.action in _ACTIONS)
