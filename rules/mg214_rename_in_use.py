"""MG214: a name changed that running code uses."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    AlterColumn,
    AlterTypeRenameValue,
    Code,
    Context,
    Diagnostic,
    EnumType,
    Example,
    Name,
    RenameSchema,
    RenameTable,
    RenameView,
    Rule,
    Schema,
    Step,
    View,
    call,
    execute,
    in_schema,
    in_sql,
    lowered,
    parked,
    quote,
    type_call,
    upgrades,
)

_SETUP = """op.create_table("users", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.Text))
op.execute("CREATE TYPE mood AS ENUM ('sad', 'ok')")"""


class RenameInUse(Rule):
    """A table, view, column, enum value or schema is renamed while running code uses the old name.

    ## What it flags

    `RENAME TO`, `SET SCHEMA`, `RENAME COLUMN` and `RENAME VALUE` of what existed before the revision, in an upgrade.
    Not where the old name exists again at the end of the revision, as a new table or as a view, not for a table
    that is parked under a name such as `users_unused` before it is dropped, and not for the columns of a table that the
    revision renames as well.

    ## Why it matters

    The release that runs while the migration is applied, and until the last server is replaced, uses the old name. Each
    of its statements fails: `relation "users" does not exist`, `column "name" does not exist`, `invalid input value for
    enum`. Going back to that release fails in the same way.

    ## Instead

    For a table, rename it and make a view of the old name in the same revision: simple views can be written to. For a
    column, add a new one, keep both in step with a trigger, move the code, and drop the old one later. For an enum
    value, add the new one, move code and rows. Or keep the name in the database and map it in the model:
    `full_name = mapped_column("name")`.

    ## References

    - [PostgreSQL: updatable views](https://www.postgresql.org/docs/current/sql-createview.html#SQL-CREATEVIEW-UPDATABLE-VIEWS)
    - [SQLAlchemy: naming columns](https://docs.sqlalchemy.org/en/20/orm/declarative_tables.html#naming-declarative-mapped-columns-explicitly)
    """

    code = "MG214"
    name = "rename-in-use"
    scope = "operation"
    once = True
    bad = (
        Example(setup=_SETUP, upgrade='op.rename_table("users", "people")'),
        Example(setup=_SETUP, upgrade='op.alter_column("users", "name", new_column_name="full_name")'),
        Example(setup=_SETUP, upgrade="op.execute(\"ALTER TYPE mood RENAME VALUE 'ok' TO 'fine'\")"),
        Example(setup='op.execute("CREATE SCHEMA sales")', upgrade='op.execute("ALTER SCHEMA sales RENAME TO trade")'),
    )
    good = (
        Example(
            setup=_SETUP,
            upgrade='op.rename_table("users", "people")\n'
            'op.alter_column("people", "name", new_column_name="full_name")\n'
            'op.execute("CREATE VIEW users AS SELECT id, full_name AS name FROM people")',
        ),
        Example(setup=_SETUP, upgrade='op.rename_table("users", "users_unused")'),
        Example(upgrade=_SETUP + '\nop.alter_column("users", "name", new_column_name="full_name")'),
        Example(
            setup=_SETUP,
            upgrade='op.add_column("users", sa.Column("age", sa.Text))\n'
            'op.alter_column("users", "age", new_column_name="years")',
        ),
    )

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        if not upgrades(step) or step.before is step.after:
            return
        end = context.history.steps(step.revision or "", step.direction)[-1].after
        default = step.before.default_schema
        match step.operation:
            case RenameTable(table=old, new=new) | RenameView(name=old, new=new):
                if context.new_in_revision(step, old) or _there(end, old) or parked(new.name):
                    return
                said = f"renames {_kind(step, old)} {old} to {new}: statements of running code that use {old} fail"
                columns = _as_before(step, old, new, context)
                view = f"CREATE VIEW {in_sql(old, default)} AS SELECT {columns} FROM {in_sql(new, default)}"
                yield _finding(step, said, execute(view))
            case AlterColumn(table=table, name=name, new_name=str() as new):
                if new == name or context.new_column(step, table, name) or _has(end, table, name):
                    return
                if _renamed(step, table, context):
                    return
                before = step.before.tables.get(table)
                column = before.column(name) if before is not None else None
                added = Code(call("sa.Column", new, type_call(column.type, step.before))) if column else Code("...")
                line = call("op.add_column", table.name, added, schema=in_schema(table, default))
                yield _finding(
                    step,
                    f"renames column {table}.{name} to {new}: statements of running code that use {name} fail",
                    f'# keep the name in the database: {new} = mapped_column("{name}"), or\n{line}'
                    "\n# keep both in step with a trigger, backfill in batches, move the code, drop the old column",
                )
            case AlterTypeRenameValue(name=kind, value=old, new_value=new):
                made = context.history.before(step.revision or "").types.get(kind)
                after = end.types.get(kind)
                kept = isinstance(after, EnumType) and old in after.labels
                if made is None or kept or _told(step, kind, context):
                    return
                count = len([one for one in _of_revision(step, context) if _renames(one, kind)])
                more = f" and {count - 1} more" if count > 1 else ""
                yield _finding(
                    step,
                    f"renames value {old!r} of {kind} to {new!r}{more}: running code that writes or compares the old "
                    "value fails",
                    execute(f"ALTER TYPE {in_sql(kind, default)} ADD VALUE '{new}'"),
                )
            case RenameSchema(name=old, new_name=new):
                if old not in context.history.before(step.revision or "").schemas or old in end.schemas:
                    return
                said = f"renames schema {old} to {new}: statements of running code that use {old} fail"
                yield _finding(step, said, None)


def _renamed(step: Step, table: Name, context: Context) -> bool:
    """Whether the revision renames the table as well: running code knows it by another name, or by a view."""
    steps = _of_revision(step, context)
    renames = [one.operation for one in steps if isinstance(one.operation, RenameTable) and one.applied]
    return any(table in (one.table, one.new) for one in renames)


def _as_before(step: Step, old: Name, new: Name, context: Context) -> str:
    """What a view selects from the renamed table, to show the columns that it had by their old names."""
    table = step.before.tables.get(old)
    if table is None:
        return "*"
    names = {column.name: column.name for column in table.columns}
    for one in _of_revision(step, context):
        operation = one.operation
        if not isinstance(operation, AlterColumn) or operation.table != new or not isinstance(operation.new_name, str):
            continue
        if one.index > step.index and upgrades(one):
            names = {k: operation.new_name if now == operation.name else now for k, now in names.items()}
    if all(name == now for name, now in names.items()):
        return "*"
    return ", ".join(quote(now) if now == name else f"{quote(now)} AS {quote(name)}" for name, now in names.items())


def _finding(step: Step, message: str, help: str | None) -> Diagnostic:
    return Diagnostic(message, help=help, confidence=lowered(step))


def _of_revision(step: Step, context: Context) -> tuple[Step, ...]:
    return context.history.steps(step.revision or "", step.direction)


def _renames(step: Step, kind: Name) -> bool:
    return isinstance(step.operation, AlterTypeRenameValue) and step.operation.name == kind and step.applied


def _told(step: Step, kind: Name, context: Context) -> bool:
    """Whether the revision has renamed a value of the type before."""
    return any(_renames(one, kind) for one in _of_revision(step, context)[: step.index])


def _there(schema: Schema, name: Name) -> bool:
    return name in schema.tables or name in schema.views


def _has(schema: Schema, table: Name, column: str) -> bool:
    owner = schema.tables.get(table)
    return owner is not None and owner.column(column) is not None


def _kind(step: Step, name: Name) -> str:
    return "view" if isinstance(step.before.views.get(name), View) else "table"
