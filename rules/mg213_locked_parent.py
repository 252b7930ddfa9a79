"""MG213: a drop that also locks the table which a foreign key references."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    ACCESS_EXCLUSIVE,
    INFO,
    SIZE,
    Context,
    CreateConstraint,
    Diagnostic,
    DropColumn,
    DropConstraint,
    DropTable,
    Example,
    ForeignKey,
    Name,
    Operation,
    Rule,
    Step,
    execute,
    in_sql,
    lowered,
    quote,
    upgrades,
)

_SETUP = """op.create_table("users", sa.Column("id", sa.Integer, primary_key=True))
op.create_table(
    "visits", sa.Column("id", sa.Integer, primary_key=True), sa.Column("user_id", sa.Integer, sa.ForeignKey("users.id"))
)"""


class LockedParent(Rule):
    """Dropping a foreign key, or what has one, locks the referenced table.

    ## What it flags

    `DROP CONSTRAINT` of a foreign key, `DROP TABLE` of a table and `DROP COLUMN` of a column that has one, where the
    referenced table existed before the revision and nothing before in the transaction has locked it already. One
    finding for a transaction; not where the transaction makes the foreign key anew, which is MG205, nor where it
    changes the referenced table itself right after, or rewrites it, and not for a foreign key that is dropped alone.

    ## Why it matters

    PostgreSQL takes ACCESS EXCLUSIVE on the referenced table as well, to remove its triggers. So dropping a small table
    that nobody uses waits for all running queries of the large one it references, and every new query of that waits
    behind it; then the lock stays until the transaction ends.

    ## Instead

    Drop the foreign key first, alone in a revision, with a short `lock_timeout` and another attempt when it runs out.
    The table or the column can then be dropped without touching the other.

    ## References

    - [PostgreSQL: explicit locking](https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES)
    """

    code = "MG213"
    name = "locked-parent"
    scope = "operation"
    once = True
    severity = INFO
    bad = (
        Example(
            setup=_SETUP,
            upgrade='op.drop_constraint("visits_user_id_fkey", "visits", type_="foreignkey")\n'
            'op.add_column("visits", sa.Column("page", sa.Text))',
        ),
        Example(setup=_SETUP, upgrade='op.drop_table("visits")', also=("MG101",)),
        Example(setup=_SETUP, upgrade='op.drop_column("visits", "user_id")', also=("MG102",)),
    )
    good = (
        Example(
            setup=_SETUP,
            upgrade='op.drop_column("visits", "user_id")\nop.add_column("users", sa.Column("visits", sa.Integer))',
            also=("MG102",),
        ),
        Example(
            setup=_SETUP,
            upgrade='op.drop_column("visits", "user_id")\n'
            'op.alter_column("visits", "id", type_=sa.BigInteger)\nop.alter_column("users", "id", type_=sa.BigInteger)',
            also=("MG102", "MG204"),
        ),
        Example(setup=_SETUP, upgrade='op.drop_constraint("visits_user_id_fkey", "visits", type_="foreignkey")'),
        Example(
            upgrade=_SETUP + '\nop.drop_constraint("visits_user_id_fkey", "visits", type_="foreignkey")',
        ),
    )

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        operation = step.operation
        if not isinstance(operation, DropConstraint | DropTable | DropColumn) or step.before.dialect != "postgresql":
            return
        left = _parents(step, context)
        earlier = context.history.steps(step.revision or "", step.direction)[: step.index]
        if not left or any(_parents(one, context) for one in earlier if one.transaction == step.transaction):
            return
        if isinstance(operation, DropConstraint) and _alone(step, context):
            return
        keys = _keys(operation, step)
        names = ", ".join(map(str, left))
        yield Diagnostic(
            f"{_shown(operation)} also takes ACCESS EXCLUSIVE on {names}, which it references: queries of {names} wait "
            "behind it",
            help=_instead(operation.table, keys, left, step),
            confidence=lowered(step),
        )


def _parents(step: Step, context: Context) -> list[Name]:
    """The busy tables that a drop locks beside its own, which the transaction neither drops nor has locked before."""
    operation = step.operation
    if not isinstance(operation, DropConstraint | DropTable | DropColumn) or not upgrades(step):
        return []
    effects = context.effects(step)
    if effects is None or context.new_in_revision(step, operation.table):
        return []
    shut = {k.relation for k in effects.locks if k.mode == ACCESS_EXCLUSIVE}
    shut -= {k.relation for k in effects.held if k.mode == ACCESS_EXCLUSIVE}
    found = dict.fromkeys(key.references for key in _keys(operation, step) if key.references in shut)
    return [
        name
        for name in found
        if name != operation.table and context.busy(step, name) and not _told(name, step, context)
    ]


def _keys(operation: DropConstraint | DropTable | DropColumn, step: Step) -> list[ForeignKey]:
    """The foreign keys that go with it."""
    table = step.before.tables.get(operation.table)
    keys = table.of_kind(ForeignKey) if table is not None else ()
    match operation:
        case DropConstraint():
            return [key for key in keys if key.name == operation.name]
        case DropColumn():
            return [key for key in keys if operation.name in key.columns]
    return list(keys)


def _alone(step: Step, context: Context) -> bool:
    """Whether nothing else in its transaction keeps a lock or takes time."""
    steps = context.history.steps(step.revision or "", step.direction)
    others = (one for one in steps if one.transaction == step.transaction and one.index != step.index)
    return step.transaction is None or not any((e := context.effects(one)) and (e.locks or e.rows) for one in others)


def _told(table: Name, step: Step, context: Context) -> bool:
    """Whether the revision drops the table as well, makes a foreign key to it, which stops its writers longer, or
    changes it right after, or reads or writes all of it, so that it is locked anyway.
    """
    for one in context.history.steps(step.revision or "", step.direction):
        operation = one.operation
        if isinstance(operation, DropTable) and operation.table == table:
            return True
        if isinstance(operation, CreateConstraint) and isinstance(operation.constraint, ForeignKey):
            key = operation.constraint
            if key.references == table and key.validated and one.transaction == step.transaction:
                return True
        if one.index > step.index and one.transaction == step.transaction and one.operation.table_name == table:
            effects = context.effects(one) if upgrades(one) and one.applied else None
            if effects is not None and any(k == (table, ACCESS_EXCLUSIVE) for k in effects.locks):
                return effects.duration == SIZE or not _long_between(step, one, context)
    return False


def _long_between(first: Step, last: Step, context: Context) -> bool:
    """Whether something takes time for each row from the one step to the other."""
    steps = context.history.steps(first.revision or "", first.direction)[first.index : last.index]
    return any((effects := context.effects(one)) is not None and effects.duration == SIZE for one in steps)


def _shown(operation: Operation) -> str:
    match operation:
        case DropConstraint():
            return f"dropping foreign key {operation.name} of {operation.table}"
        case DropColumn():
            return f"dropping {operation.table}.{operation.name}"
    return f"dropping {operation.table_name}"


def _instead(table: Name, keys: list[ForeignKey], parents: list[Name], step: Step) -> str:
    """Each foreign key on its own, with a timeout."""
    alter = f"ALTER TABLE {in_sql(table, step.before.default_schema)} DROP CONSTRAINT "
    drops = [execute(alter + quote(key.name)) for key in keys if key.references in parents and key.name]
    return "\n".join(["# in a revision before, each alone:", execute("SET LOCAL lock_timeout = '2s'"), *drops])
