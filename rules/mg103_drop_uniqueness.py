"""MG103: nothing keeps rows unique any more."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    Constraint,
    Context,
    CreateConstraint,
    CreateIndex,
    Diagnostic,
    DropConstraint,
    DropIndex,
    DropTable,
    Example,
    Exclusion,
    Index,
    Keyed,
    Name,
    Operation,
    Rule,
    Schema,
    Step,
    Table,
    lowered,
    upgrades,
)

_SETUP = """op.create_table("users", sa.Column("id", sa.Integer, primary_key=True), sa.Column("email", sa.Text))
op.create_unique_constraint("uq_users_email", "users", ["email"])"""


_FILE = """import sqlalchemy as sa
from alembic import op
revision = "{id}"
down_revision = {parent}


def upgrade():
    {upgrade}


def downgrade():
    raise NotImplementedError("forward only")
"""


def _files(**revisions: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """A history: the parent and the body of each revision."""
    written = ((id, body.replace("\n", "\n    "), parent) for id, (parent, body) in revisions.items())
    return tuple((f"versions/{id}.py", _FILE.format(id=id, parent=p, upgrade=body)) for id, body, p in written)


_DROP = 'op.drop_constraint("uq_users_email", "users", type_="unique")'
_MAKE = 'op.create_index("users_email", "users", ["email"], unique=True)'


class DropsUniqueness(Rule):
    """A primary key, unique constraint, unique index or exclusion constraint is dropped without a successor.

    ## What it flags

    The drop, where the table at the end of the revision has no other key over the same columns (or some of them), or
    over an expression of them, such as `lower(email)`. A partial index in its place is named: it does not keep the rows
    unique that it leaves out, and serves no `ON CONFLICT` without its condition. Replacing an index by a constraint, or
    dropping one to make it again under another name, is not flagged. Nor is it where a branch that runs beside this one
    makes the other key, as an expand phase does: the order is that of whoever runs them.

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
        Example(files=_files(base=("None", _SETUP), drop=('"base"', _DROP), later=('"drop"', _MAKE)), also=("MG201",)),
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
        Example(
            files=_files(
                base=("None", _SETUP),
                expand=('"base"', _MAKE),
                contract=('"base"', _DROP),
                merged=('("expand", "contract")', "pass"),
            ),
            also=("MG201",),
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
        if _made_beside(context, step, table, columns, where):
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
    return _keeps(last, columns, where)


def _keeps(table: Table, columns: tuple[str, ...], where: str | None) -> bool:
    """Whether the table has a key over these columns, or some of them."""
    keys = [c.columns for c in table.of_kind(Keyed)]
    keys += [_needed(i) for i in table.indexes if i.unique and i.where in (None, where)]
    keys += [c.columns for c in table.of_kind(Exclusion)]
    return any(key and set(key) <= set(columns) for key in keys)


def _made_beside(context: Context, step: Step, name: Name, columns: tuple[str, ...], where: str | None) -> bool:
    """Whether a revision that neither comes before this one nor after it makes such a key, which the head still has."""
    own, head = step.revision or "", context.history.schema.tables.get(name)
    if head is None or not _keeps(head, columns, where):
        return False
    making = [
        other
        for other in context.history.revisions
        if other != own and any(_makes(one.operation, name, columns, where) for one in context.history.steps(other))
    ]
    return any(own not in _before(context, other) and other not in _before(context, own) for other in making)


def _makes(operation: Operation, name: Name, columns: tuple[str, ...], where: str | None) -> bool:
    """Whether an operation makes a key of the table over these columns, or some of them."""
    match operation:
        case CreateConstraint(table=table, constraint=Keyed() as key):
            return table == name and set(key.columns) <= set(columns)
        case CreateIndex(table=table, index=index) if index.unique and index.where in (None, where):
            return table == name and set(_needed(index)) <= set(columns)
    return False


def _before(context: Context, revision: str) -> set[str]:
    """The revisions that run before one."""
    known, found, waiting = context.history.revisions, set[str](), [revision]
    while waiting:
        one = known.get(waiting.pop())
        new = {*one.down_revision, *one.depends_on} - found if one is not None else set()
        found |= new
        waiting += new
    return found
