"""MG224: several tables locked in one transaction, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from migralint.rule import (
    ACCESS_EXCLUSIVE,
    INFO,
    SIZE,
    AddColumn,
    AlterColumn,
    AlterTable,
    Context,
    CreateConstraint,
    Diagnostic,
    DropColumn,
    DropConstraint,
    DropTable,
    Example,
    ForeignKey,
    Name,
    Related,
    RenameConstraint,
    Revision,
    Rule,
    Step,
    autocommit,
    lowered,
    upgrades,
)

_SETUP = "\n".join(
    f'op.create_table("{name}", sa.Column("id", sa.Integer, primary_key=True))' for name in ("users", "orders", "bills")
)
_CHANGES = (
    AddColumn,
    AlterColumn,
    AlterTable,
    CreateConstraint,
    DropColumn,
    DropConstraint,
    RenameConstraint,
)


class SeveralBusyTables(Rule):
    """A transaction locks several tables in use, one after the other.

    ## What it flags

    An upgrade that takes ACCESS EXCLUSIVE on three or more tables from before the revision in one transaction, or on
    two with a foreign key between them, by different statements, each brief. One finding for a revision. Silent where a
    statement of the transaction takes long: that is another finding, and matters more. Tables that the revision drops
    do not count; triggers and policies, renames and dropped foreign keys have rules of their own.

    ## Why it matters

    Each lock is kept until the transaction ends. While the migration waits for a query of the second table, nobody can
    use the first. And a transaction of the application that has written the second and needs the first waits for the
    migration, which waits for it: a deadlock, and PostgreSQL cancels one of the two.

    ## Instead

    A revision for each table, with `transaction_per_migration`, or an `autocommit_block()` around each; and a
    `lock_timeout`.

    ## References

    - [PostgreSQL: deadlocks](https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-DEADLOCKS)
    """

    code = "MG224"
    name = "several-busy-tables"
    scope = "revision"
    severity = INFO
    bad = (
        Example(
            setup=_SETUP,
            upgrade="""for table in ("users", "orders", "bills"):
    op.add_column(table, sa.Column("note", sa.Text))
    op.add_column(table, sa.Column("state", sa.Text))""",
        ),
    )
    good = (
        Example(setup=_SETUP, upgrade='op.add_column("users", sa.Column("note", sa.Text))'),
        Example(
            setup=_SETUP,
            upgrade="""for table in ("users", "orders", "bills"):
    with op.get_context().autocommit_block():
        op.add_column(table, sa.Column("note", sa.Text))""",
        ),
        Example(
            setup=_SETUP,
            upgrade='for table in ("users", "orders"):\n    op.add_column(table, sa.Column("note", sa.Text))',
            settings=('table-sizes = {orders = "small"}',),
        ),
    )

    def check_revision(self, revision: Revision, context: Context) -> Iterator[Diagnostic]:
        """Judges one revision."""
        transactions: dict[int, list[Step]] = {}
        for step in context.history.steps(revision.id):
            counts = upgrades(step) and step.applied  # a savepoint that is rolled back gives its locks back
            if step.transaction is not None and counts and step.before.dialect == "postgresql":
                transactions.setdefault(step.transaction, []).append(step)
        for steps in transactions.values():
            tables = _locked(steps, context)
            if not _together(tables) or any(_says_more(step, context) for step in steps):
                continue
            names = [str(name) for name in tables]
            first, second = list(tables.values())[:2]
            shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
            yield Diagnostic(
                f"takes ACCESS EXCLUSIVE on {len(names)} tables in one transaction ({shown}): {names[0]} stays locked "
                "while it waits for the next, and may deadlock with code that uses both",
                help="# a revision for each table, or each in a transaction of its own:\n" + autocommit("..."),
                place=second.place,
                related=(Related(first.place, f"locks {names[0]}"),),
                confidence=lowered(second),
            )
            return


def _locked(steps: Sequence[Step], context: Context) -> dict[Name, Step]:
    """The busy tables that changes of themselves lock against everybody, each with the first such step."""
    dropped = {step.operation.table for step in steps if isinstance(step.operation, DropTable)}
    found: dict[Name, Step] = {}
    for step in steps:
        table = step.operation.table_name
        if table is None or not isinstance(step.operation, _CHANGES) or table in dropped:
            continue
        if isinstance(step.operation, AlterColumn) and isinstance(step.operation.new_name, str):
            continue  # MG214
        effects = context.effects(step)
        shut = effects is not None and any(k.relation == table and k.mode == ACCESS_EXCLUSIVE for k in effects.locks)
        if shut and context.busy(step, table):
            found.setdefault(table, step)
    return found


def _together(tables: Mapping[Name, Step]) -> bool:
    """Whether code is likely to use two of them in one transaction: three tables, or one that references another."""
    if len(tables) > 2:
        return True
    owners = [step.before.tables[name] for name, step in tables.items() if name in step.before.tables]
    keys = [(owner.name, key.references) for owner in owners for key in owner.of_kind(ForeignKey)]
    return any(parent in tables and parent != child for child, parent in keys)


def _says_more(step: Step, context: Context) -> bool:
    """Whether it takes long, or is a drop that locks a parent (MG213): then there is a finding that says more."""
    effects = context.effects(step)
    if effects is None or effects.duration == SIZE:
        return effects is not None
    if not isinstance(step.operation, DropTable | DropColumn | DropConstraint):
        return False
    table = step.before.tables.get(step.operation.table)
    parents = {key.references for key in table.of_kind(ForeignKey)} if table is not None else set()
    return any(
        lock.relation in parents and lock.relation != step.operation.table and context.busy(step, lock.relation)
        for lock in effects.locks
        if lock.mode == ACCESS_EXCLUSIVE
    )
