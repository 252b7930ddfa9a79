"""MG103: nothing keeps rows unique any more."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    Constraint,
    Context,
    Diagnostic,
    DropConstraint,
    DropIndex,
    DropTable,
    Example,
    Exclusion,
    Index,
    Keyed,
    Name,
    Rule,
    Schema,
    Step,
    lowered,
    upgrades,
)

_SETUP = """op.create_table("users", sa.Column("id", sa.Integer, primary_key=True), sa.Column("email", sa.Text))
op.create_unique_constraint("uq_users_email", "users", ["email"])"""


class DropsUniqueness(Rule):
    """A primary key, unique constraint, unique index or exclusion constraint is dropped without a successor.

    ## What it flags

    The drop, where the table at the end of the revision has no other key over the same columns (or some of them), or
    over an expression of them, such as `lower(email)`. A partial index in its place is named: it does not keep the rows
    unique that it leaves out, and serves no `ON CONFLICT` without its condition. Replacing an index by a constraint, or
    dropping one to make it again under another name, is not flagged.

    ## Why it matters

    From the moment it commits, duplicates can be written. The key cannot be made again until they are found and
    removed by hand. `ON CONFLICT (columns)` of running code fails at once: `there is no unique or exclusion
    constraint matching the ON CONFLICT specification`.

    ## Instead

    Make the new key first, then drop the old one. Where uniqueness is really not wanted any more, release the code
    without `ON CONFLICT` first.

    ## References

    - [PostgreSQL: INSERT, ON CONFLICT](https://www.postgresql.org/docs/current/sql-insert.html#SQL-ON-CONFLICT)
    """

    code = "MG103"
    name = "drop-uniqueness"
    scope = "operation"
    bad = (
        Example(setup=_SETUP, upgrade='op.drop_constraint("uq_users_email", "users", type_="unique")'),
        Example(setup=_SETUP, upgrade='op.execute("ALTER TABLE users DROP CONSTRAINT uq_users_email")'),
        Example(
            setup=_SETUP,
            upgrade="""with op.get_context().autocommit_block():
    op.execute("CREATE UNIQUE INDEX CONCURRENTLY users_mail ON users (email) WHERE id > 0")
op.drop_constraint("uq_users_email", "users", type_="unique")""",
        ),
    )
    good = (
        Example(
            setup=_SETUP,
            upgrade="""with op.get_context().autocommit_block():
    op.execute("CREATE UNIQUE INDEX CONCURRENTLY users_mail ON users (lower(email))")
op.drop_constraint("uq_users_email", "users", type_="unique")""",
        ),
        Example(
            setup=_SETUP,
            upgrade="""op.drop_constraint("uq_users_email", "users", type_="unique")
with op.get_context().autocommit_block():
    op.create_index("users_email", "users", ["email"], unique=True, postgresql_concurrently=True)""",
        ),
        Example(
            setup=_SETUP,
            upgrade="""op.create_table("new", sa.Column("id", sa.Integer), sa.Column("email", sa.Text))
op.execute("INSERT INTO new SELECT id, email FROM users")
op.drop_constraint("uq_users_email", "users", type_="unique")
op.drop_table("users")
op.rename_table("new", "users")""",
            also=("MG101",),
        ),
    )

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        operation = step.operation
        if not isinstance(operation, DropConstraint | DropIndex) or not upgrades(step):
            return
        found = _dropped(step.before, operation)
        if found is None or context.new_in_revision(step, found[0]):
            return
        table, columns, what, where = found
        if not columns or _still_unique(context, step, table, columns, where):
            return
        partial = _partial(context, step, table, columns)
        left, unless = f"nothing keeps ({', '.join(columns)}) unique any more", ""
        if partial is not None:
            left = f"{partial.name} keeps ({', '.join(columns)}) unique only WHERE {partial.where}"
            unless = " without that condition"
        yield Diagnostic(
            f"drops {what} of {table}: {left}, and ON CONFLICT over these columns{unless} fails at once",
            help="make the key that takes its place before this one is dropped",
            confidence=lowered(step),
        )


def _dropped(
    before: Schema, operation: DropConstraint | DropIndex
) -> tuple[Name, tuple[str, ...], str, str | None] | None:
    """Table, columns, description and predicate of what kept rows unique."""
    if isinstance(operation, DropConstraint):
        table = before.tables.get(operation.table)
        constraint = table.constraint(operation.name) if table else None
        if isinstance(constraint, Keyed | Exclusion):
            return operation.table, _columns(constraint), f"{_KIND[constraint.kind]} {constraint.name}", None
        return None
    owner = before.index_owner(operation.index)
    index = next((i for i in owner.indexes if i.name == operation.index.name), None) if owner else None
    if owner is None or index is None or not index.unique:
        return None
    return owner.name, _keys(index), f"unique index {index.name}", index.where


_KIND = {"primary_key": "primary key", "unique": "unique constraint", "exclusion": "exclusion constraint"}


def _columns(constraint: Constraint) -> tuple[str, ...]:
    return constraint.columns if isinstance(constraint, Keyed | Exclusion) else ()


def _keys(index: Index) -> tuple[str, ...]:
    return tuple(str(k.column or k.expression) for k in index.keys)


def _needed(index: Index) -> tuple[str, ...]:
    """The columns of the keys: where an expression of columns is unique, so are the columns."""
    return tuple(c for k in index.keys for c in ((k.column,) if k.column else k.columns or (str(k.expression),)))


def _partial(context: Context, step: Step, table: Name, columns: tuple[str, ...]) -> Index | None:
    """What keeps a part of the rows unique over these columns at the end of the revision."""
    last = context.history.steps(step.revision or "", step.direction)[-1].after.tables.get(table)
    found = (i for i in last.indexes if i.unique and set(_needed(i)) <= set(columns)) if last else ()
    return next(iter(found), None)


def _still_unique(context: Context, step: Step, table: Name, columns: tuple[str, ...], where: str | None) -> bool:
    """Whether the revision leaves the table with a key over these columns, or leaves no such table or column."""
    later = context.history.steps(step.revision or "", step.direction)[step.index :]
    last = later[-1].after.tables.get(table)
    if last is None or any(isinstance(one.operation, DropTable) and one.operation.table == table for one in later):
        return True
    known = {c.name for c in last.columns}
    if not last.assumed and any(c not in known for c in columns if step.before.tables[table].column(c)):
        return True
    keys = [c.columns for c in last.of_kind(Keyed)]
    keys += [_needed(i) for i in last.indexes if i.unique and i.where in (None, where)]
    keys += [c.columns for c in last.of_kind(Exclusion)]
    return any(key and set(key) <= set(columns) for key in keys)
