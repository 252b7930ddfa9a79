"""MG108: a drop and a create in one revision that look like a rename."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from migralint.rule import (
    ERROR,
    MEDIUM,
    AddColumn,
    Context,
    Copy,
    CreateTable,
    Diagnostic,
    DropColumn,
    DropTable,
    Example,
    ForeignKey,
    Insert,
    Merge,
    Name,
    Opaque,
    Related,
    Rule,
    Step,
    Table,
    Update,
    call,
    canonical,
    execute,
    in_schema,
    in_sql,
    lowered,
    quote,
    upgrades,
)

_WORDS = frozenset(("id", "is", "has", "at", "on", "of", "by", "to", "in", "new", "old"))
"""Words in the names of columns that say nothing of what the column holds."""

_SETUP = """op.create_table(
    "users",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(100)),
    sa.Column("email", sa.String(100)),
)"""


class DropsAndCreates(Rule):
    """What is dropped and what is created in one revision look like one thing that was renamed.

    ## What it flags

    A column that is dropped while another of the same type and with a similar name is added to the table, both with a
    foreign key to the same table or none, or both references to other tables; or a table that is dropped while another
    with mostly the same columns is created. Not where the revision fills the new one or copies the values away, nor
    where it has deleted the rows. Alembic's autogenerate writes this for every renamed column and table, because it
    cannot see renames. MG101 and MG102 do not tell of the same drop, unless this rule is ignored.

    ## Why it matters

    The values stay behind in the dropped column, and the new one is empty. The revision was meant to change a name.

    ## Instead

    Rename; or, where the new column refers to something else, fill it before the old one goes. The running release
    still uses the old name, so on a busy system add the new column, write both, backfill, and drop the old one in a
    later release.

    ## References

    - [Alembic: what autogenerate does not detect](https://alembic.sqlalchemy.org/en/latest/autogenerate.html#what-does-autogenerate-detect-and-what-does-it-not-detect)
    """

    code = "MG108"
    name = "drop-and-create"
    scope = "operation"
    severity = ERROR
    confidence = MEDIUM
    covers = ("MG101", "MG102")
    bad = (
        Example(
            setup=_SETUP,
            upgrade='op.add_column("users", sa.Column("full_name", sa.String(100)))\nop.drop_column("users", "name")',
        ),
        Example(
            setup=_SETUP,
            upgrade=_SETUP.replace('"users"', '"accounts"') + '\nop.drop_table("users")',
        ),
        Example(
            setup="""for name in ("groups", "packages"):
    op.create_table(name, sa.Column("id", sa.Integer, primary_key=True))
op.create_table("files", sa.Column("group_id", sa.Integer, sa.ForeignKey("groups.id")))""",
            upgrade="""op.drop_constraint("files_group_id_fkey", "files", type_="foreignkey")
op.add_column("files", sa.Column("package_id", sa.Integer, sa.ForeignKey("packages.id")))
op.drop_column("files", "group_id")""",
            also=("MG205", "MG213"),
        ),
    )
    good = (
        Example(
            setup=_SETUP,
            upgrade='op.add_column("users", sa.Column("city", sa.String(100)))\nop.drop_column("users", "name")',
            also=("MG102",),
        ),
        Example(
            setup=_SETUP,
            upgrade="""op.add_column("users", sa.Column("full_name", sa.String(100)))
op.execute("UPDATE users SET full_name = name")
op.drop_column("users", "name")""",
            also=("MG102", "MG223"),
        ),
        Example(
            setup=_SETUP,
            upgrade="""op.execute("DELETE FROM users")
op.add_column("users", sa.Column("full_name", sa.String(100)))
op.drop_column("users", "name")""",
            also=("MG102", "MG801"),
        ),
        Example(
            setup=_SETUP,
            upgrade="""op.execute("DELETE FROM users")
op.add_column("users", sa.Column("full_name", sa.String(100)))
op.drop_column("users", "name")""",
            settings=('table-sizes = {users = "small"}',),
            also=("MG102", "MG801"),
        ),
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
    if len(same) != 1 or len(dropped) != 1 or _kept(operation, same[0][1].name, step, steps, context):
        return
    found, new = same[0]
    before, after = context.history.before(step.revision or "").tables.get(operation.table), steps[-1].after
    old_target = _target(before, operation.name)
    new_target = _target(after.tables.get(operation.table), new.name)
    name, default = in_sql(operation.table, step.before.default_schema), step.before.default_schema
    if old_target != new_target or not _similar(operation.name, new.name):
        if not (_refers(operation.name, old_target) and _refers(new.name, new_target)):
            return
        message = f"{new.name}, a reference too, which nothing fills from it: what the old one refers to is lost"
        help = execute(f"UPDATE {name} SET {quote(new.name)} = ...  -- from {operation.name}, before it goes")
    else:
        message = f"{new.name} of the same type ({column.type}): if this is a rename, the values are lost"
        help = call(
            "op.alter_column",
            operation.table.name,
            operation.name,
            new_column_name=new.name,
            schema=in_schema(operation.table, default),
        )
    yield Diagnostic(
        f"drops {operation.table}.{operation.name} and adds {message}",
        help=help,
        related=(Related(found.place, f"{new.name} is added here"),),
        confidence=lowered(step, MEDIUM),
    )


def _kept(operation: DropColumn, new: str, step: Step, steps: Sequence[Step], context: Context) -> bool:
    """Whether the values need no rename: there are none, or the revision fills the new column or copies them away."""
    busy = context.busy(step, operation.table) or context.small(operation.table)
    if not busy or context.emptied(step, operation.table):
        return True
    for one in steps:
        match one.operation:
            case Update(table=operation.table) as update if new in update.columns or not update.columns:
                return True
            case Merge(table=operation.table):
                return True
            case Insert() as insert if one.index < step.index and operation.table in (insert.table, *insert.reads):
                return True
            case Opaque(stops=False) if one.index < step.index:  # it may do anything with the rows
                return True
    return False


def _target(table: Table | None, column: str) -> Name | None:
    """The table that a foreign key of the column alone references."""
    keys = table.of_kind(ForeignKey) if table is not None else ()
    return next((key.references for key in keys if key.columns == (column,)), None)


def _refers(column: str, target: Name | None) -> bool:
    return target is not None or column.endswith("_id")


def _similar(old: str, new: str) -> bool:
    """Whether two names share a word that says something, or most of their letters."""
    shared = set(old.lower().split("_")) & set(new.lower().split("_")) - _WORDS
    return bool(shared) or SequenceMatcher(None, old, new).ratio() >= 0.7


def _table(operation: DropTable, table: Table, step: Step, steps: Sequence[Step]) -> Iterator[Diagnostic]:
    filled = {s.operation.table for s in steps if isinstance(s.operation, Insert | Merge | Copy)}
    if any(isinstance(s.operation, Opaque) and not s.operation.stops and s.index < step.index for s in steps):
        return  # it may copy the rows
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
