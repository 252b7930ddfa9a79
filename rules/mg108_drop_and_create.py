"""MG108: a drop and a create in one revision that look like a rename."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from migralint.rule import (
    MEDIUM,
    AddColumn,
    Context,
    CreateTable,
    Diagnostic,
    DropColumn,
    DropTable,
    Example,
    Insert,
    Related,
    Rule,
    Step,
    Table,
    Update,
    call,
    canonical,
    in_schema,
    lowered,
    upgrades,
)

_SETUP = """op.create_table(
    "users",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(100)),
    sa.Column("email", sa.String(100)),
)"""


class DropsAndCreates(Rule):
    """What is dropped and what is created in one revision look like one thing that was renamed.

    ## What it flags

    A column that is dropped while another of the same type is added to the table, and no UPDATE fills the new one; or
    a table that is dropped while another with mostly the same columns is created, and no INSERT fills it. Alembic's
    autogenerate writes this for every renamed column and table, because it cannot see renames.

    ## Why it matters

    The values stay behind in the dropped column, and the new one is empty. The revision was meant to change a name.

    ## Instead

    Rename. The running release still uses the old name, so on a busy system add the new column, write both, backfill,
    and drop the old one in a later release.

    ## References

    - [Alembic: what autogenerate does not detect](https://alembic.sqlalchemy.org/en/latest/autogenerate.html#what-does-autogenerate-detect-and-what-does-it-not-detect)
    """

    code = "MG108"
    name = "drop-and-create"
    scope = "operation"
    confidence = MEDIUM
    bad = (
        Example(
            setup=_SETUP,
            upgrade='op.add_column("users", sa.Column("full_name", sa.String(100)))\nop.drop_column("users", "name")',
            also=("MG102",),
        ),
        Example(
            setup=_SETUP,
            upgrade=_SETUP.replace('"users"', '"accounts"') + '\nop.drop_table("users")',
            also=("MG101",),
        ),
    )
    good = (
        Example(setup=_SETUP, upgrade='op.alter_column("users", "name", new_column_name="full_name")', also=("MG214",)),
        Example(setup=_SETUP, upgrade='op.rename_table("users", "accounts")', also=("MG214",)),
    )

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        operation = step.operation
        if not upgrades(step) or not isinstance(operation, DropColumn | DropTable):
            return
        steps = [s for s in context.history.steps(step.revision or "", step.direction) if s.failure is None]
        table = step.before.tables.get(operation.table)
        if table is None or context.new_in_revision(step, operation.table):
            return
        if isinstance(operation, DropColumn):
            yield from _column(operation, table, step, steps, context)
        else:
            yield from _table(operation, table, step, steps)


def _column(
    operation: DropColumn, table: Table, step: Step, steps: Sequence[Step], context: Context
) -> Iterator[Diagnostic]:
    column = table.column(operation.name)
    if column is None or context.new_column(step, operation.table, operation.name):
        return
    added = [
        (s, s.operation.column)
        for s in steps
        if isinstance(s.operation, AddColumn) and s.operation.table == operation.table
    ]
    dropped = [s for s in steps if isinstance(s.operation, DropColumn) and s.operation.table == operation.table]
    same = [(s, c) for s, c in added if canonical(c.type) == column.type and c.name != column.name]
    filled = {
        name
        for s in steps
        if isinstance(s.operation, Update) and s.operation.table == operation.table
        for name in s.operation.columns
    }
    if len(same) != 1 or len(dropped) != 1 or same[0][1].name in filled:
        return
    found, new = same[0]
    yield Diagnostic(
        f"drops {operation.table}.{operation.name} and adds {new.name} of the same type ({column.type}): if this is a "
        "rename, the values are lost",
        help=call(
            "op.alter_column",
            operation.table.name,
            operation.name,
            new_column_name=new.name,
            schema=in_schema(operation.table, step.before.default_schema),
        ),
        related=(Related(found.place, f"{new.name} is added here"),),
        confidence=lowered(step, MEDIUM),
    )


def _table(operation: DropTable, table: Table, step: Step, steps: Sequence[Step]) -> Iterator[Diagnostic]:
    filled = {s.operation.table for s in steps if isinstance(s.operation, Insert)}
    for other in steps:
        if not isinstance(other.operation, CreateTable) or other.operation.table_name in filled:
            continue
        new = other.operation.table_name
        made = other.after.tables.get(new)
        if made is None or new == operation.table or not _alike(table, made):
            continue
        yield Diagnostic(
            f"drops {operation.table} and creates {new} with mostly the same columns: if this is a rename, the rows "
            "are lost",
            help=call(
                "op.rename_table",
                operation.table.name,
                new.name,
                schema=in_schema(operation.table, step.before.default_schema),
            ),
            related=(Related(other.place, f"{new} is created here"),),
            confidence=lowered(step, MEDIUM),
        )
        return


def _alike(old: Table, new: Table) -> bool:
    """At least three columns, and four of five in both."""
    before, after = {(c.name, c.type) for c in old.columns}, {(c.name, c.type) for c in new.columns}
    return len(before & after) >= 3 and len(before & after) * 5 >= 4 * max(len(before), len(after))
