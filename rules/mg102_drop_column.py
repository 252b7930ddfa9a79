"""MG102: a column dropped with its values."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    ERROR,
    INFO,
    AddColumn,
    AlterColumn,
    Context,
    Diagnostic,
    DropColumn,
    Example,
    Name,
    Opaque,
    Rule,
    Step,
    Table,
    Update,
    call,
    in_schema,
    lowered,
    upgrades,
)

_SETUP = 'op.create_table("users", sa.Column("id", sa.Integer, primary_key=True), sa.Column("phone", sa.String(20)))'


class DropsColumn(Rule):
    """A column is dropped, with every value in it.

    ## What it flags

    `DROP COLUMN` in an upgrade, for a column that existed before the revision. A stored generated column is left
    alone: its values can be computed again. So is one that the revision has renamed to copy its values into a new one
    of the old name, or whose name a new one takes that has its values, also where code does so that loops over the
    rows of the table. Where the same transaction has deleted the rows, it is info; nothing is said where it has given
    the table another name too, or adds what `not-null-without-default` tells of. Columns that one revision drops of one
    table are one finding.

    ## Why it matters

    The values are gone when the transaction commits. Indexes, constraints and foreign keys over the column go with
    it. Code of the release before still selects and inserts the column (an ORM names every column of its model), so
    each of its requests fails with `column does not exist` until it is stopped.

    ## Instead

    In three releases: make the column nullable, where it is not, and stop reading and writing it; then remove it from
    the models; then drop it. A part of the primary key cannot be made nullable: another key comes first.

    ## References

    - [PostgreSQL: ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
    - [strong_migrations: removing a column](https://github.com/ankane/strong_migrations#removing-a-column)
    """

    code = "MG102"
    name = "drop-column"
    scope = "operation"
    once = True
    severity = ERROR
    bad = (
        Example(setup=_SETUP, upgrade='op.drop_column("users", "phone")'),
        Example(setup=_SETUP, upgrade='op.execute("ALTER TABLE users DROP COLUMN phone")'),
        Example(
            setup=_SETUP, upgrade='op.execute("DELETE FROM users")\nop.drop_column("users", "phone")', also=("MG801",)
        ),
    )
    good = (
        Example(
            setup=_SETUP,
            upgrade="""op.execute("DELETE FROM users")
op.rename_table("users", "accounts")
op.drop_column("accounts", "phone")""",
            also=("MG214", "MG801"),
        ),
        Example(
            setup=_SETUP,
            upgrade='op.add_column("users", sa.Column("step", sa.Integer))\nop.drop_column("users", "step")',
        ),
        Example(setup=_SETUP, upgrade='op.alter_column("users", "phone", new_column_name="mobile")', also=("MG214",)),
        Example(
            setup=_SETUP,
            upgrade="""op.alter_column("users", "phone", new_column_name="old_phone")
op.add_column("users", sa.Column("phone", sa.Text))
op.execute("UPDATE users SET phone = old_phone WHERE old_phone IS NOT NULL")
op.drop_column("users", "old_phone")""",
            also=("MG223",),
        ),
        Example(
            setup=_SETUP,
            upgrade="""op.alter_column("users", "phone", new_column_name="old_phone")
op.add_column("users", sa.Column("phone", sa.Text))
users = sa.table("users", sa.column("id"), sa.column("phone"), sa.column("old_phone"))
for row in op.get_bind().execute(users.select()):
    op.execute(users.update().where(users.c.id == row.id).values(phone=row.old_phone.strip()))
op.drop_column("users", "old_phone")""",
        ),
        Example(
            setup=_SETUP,
            upgrade="""op.add_column("users", sa.Column("number", sa.Integer))
op.execute("UPDATE users SET number = phone::integer WHERE phone <> ''")
op.drop_column("users", "phone")
op.alter_column("users", "number", new_column_name="phone")""",
            also=("MG223",),
        ),
        Example(
            setup=_SETUP,
            upgrade="""op.execute("DELETE FROM users")
op.drop_column("users", "phone")
op.add_column("users", sa.Column("mobile", sa.Text, nullable=False))""",
            also=("MG203", "MG801"),
        ),
    )

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        operation = step.operation
        if not isinstance(operation, DropColumn) or not upgrades(step):
            return
        table = step.before.tables.get(operation.table)
        column = table.column(operation.name) if table else None
        if table is None or (column is None and not table.assumed):
            return
        if (column and column.generated) or context.new_column(step, operation.table, operation.name):
            return
        parked, copied = _parked(operation, step, context)
        if copied or _succeeded(operation, step, context):
            return
        after = (
            f"it was {parked} before this revision, and nothing that was read copies them"
            if parked
            else "code that still names it in its queries fails"
        )
        emptied = context.emptied(step, operation.table)
        if emptied and (context.renamed(step, operation.table) or _told(step, operation.table, context)):
            return  # there is no value to lose, and no code that knows the table, or can go on using it
        values = " with its values"
        if emptied:
            values = ", whose rows were deleted before it"
        elif context.carried(step, operation.table):
            values = " with those of its values that the revision, which reads the table, does not carry over"
        yield Diagnostic(
            f"drops column {operation.table}.{operation.name}{values}{_along(table, operation.name)}; {after}",
            help="stop using the column in one release, so that this is all a later one has to do"
            + (_until_then(operation, step) if column and column.not_null and not column.default else ""),
            severity=INFO if emptied else None,
            confidence=lowered(step),
            cause=f"{context.of_table(step, _drops)} {'parked' if parked else ''}",
        )


def _drops(step: Step) -> bool:
    return isinstance(step.operation, DropColumn)


def _succeeded(operation: DropColumn, step: Step, context: Context) -> bool:
    """Whether another column, which the revision has filled, takes the name afterwards."""
    steps = context.history.steps(step.revision or "", step.direction)
    for later in steps[step.index :]:
        renamed = later.operation
        if isinstance(renamed, AlterColumn) and (renamed.table, renamed.new_name) == (operation.table, operation.name):
            looked = operation.table in context.history.queried(step.revision or "")
            return looked or any(_writes(one, operation.table, renamed.name) for one in steps[: step.index])
    return False


def _told(step: Step, table: Name, context: Context) -> bool:
    """Whether the transaction adds a column without which code of the release before can insert nothing any more."""
    for one in context.history.steps(step.revision or "", step.direction):
        added = one.operation
        if isinstance(added, AddColumn) and added.table == table and one.transaction == step.transaction:
            column = added.column
            if column.not_null and column.default is None and not column.identity and not column.generated:
                return True
    return False


def _parked(operation: DropColumn, step: Step, context: Context) -> tuple[str | None, bool]:
    """The name that the column had before the revision, and whether its values went into a new column of that name."""
    steps = context.history.steps(step.revision or "", step.direction)[: step.index]
    table = step.before.tables.get(operation.table)
    for number, one in enumerate(steps):
        renamed = one.operation
        if isinstance(renamed, AlterColumn) and (renamed.table, renamed.new_name) == (operation.table, operation.name):
            again = table is not None and table.column(renamed.name) is not None
            copied = operation.table in context.history.queried(step.revision or "") or any(
                _writes(other, operation.table, renamed.name) for other in steps[number:]
            )
            return renamed.name if again else None, again and copied
    return None, False


def _writes(step: Step, table: Name, column: str) -> bool:
    """Whether it writes into the column, or may do so: what was not followed may do anything with the rows."""
    match step.operation:
        case Update(table=written, columns=columns):
            return written == table and (column in columns or not columns)
        case Opaque(stops=False):
            return True
    return False


def _until_then(operation: DropColumn, step: Step) -> str:
    """What lets code insert that no longer names the column; PostgreSQL refuses it for a part of the primary key."""
    table = step.before.tables[operation.table]
    if table.primary_key is not None and operation.name in table.primary_key.columns:
        return "; another primary key comes first"
    schema = in_schema(operation.table, step.before.default_schema)
    line = call("op.alter_column", operation.table.name, operation.name, nullable=True, schema=schema)
    return f"; until then:\n{line}"


def _along(table: Table, column: str) -> str:
    """The names of what goes with the column."""
    names = [c.name for c in table.constraints if column in c.columns_used]
    names += [i.name for i in table.indexes if column in i.columns_used]
    return f" and takes {', '.join(names)} along" if names else ""
