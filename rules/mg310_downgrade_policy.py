"""MG310: a downgrade that the project's policy does not want."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    ABSENT,
    ACTS,
    CERTAIN,
    EMPTY,
    ERROR,
    FORWARD_ONLY,
    RAISES,
    WARNING,
    AlterColumn,
    Context,
    Delete,
    Diagnostic,
    DropColumn,
    DropSchema,
    DropTable,
    Example,
    Fix,
    Name,
    Opaque,
    Revision,
    Rule,
    Step,
    Truncate,
    Update,
    narrowing,
)

_TABLE = 'op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))'
_SHOWN = 3


class DowngradePolicy(Rule):
    """The downgrade is not what the project's policy allows.

    ## What it flags

    By the setting `downgrade`:

    - `forward-only` (the default): one that is there and does not raise. An error where it would destroy rows or
      values (drops, deletes, updates, narrower types), a warning where it acts otherwise or does nothing. Nothing else
      is said of what stands in it, as all of it has to go.
    - `forward-only-or-empty`: the same, but an empty one is accepted.
    - `required`: one that is absent, empty or raises.
    - `any`: nothing.

    A revision whose upgrade does nothing (a merge of heads) may have an empty downgrade. So may one that only sets
    columns to constants, each column once: it does the same again as often as it is run.

    ## Why it matters

    A downgrade is written for an empty database and run on a full one, by somebody in a hurry: `drop_table` in it
    destroys all that was written since the upgrade. An empty one is no better: it sets `alembic_version` back and
    leaves the schema as it is, so the next upgrade fails with `already exists`, or writes its rows once more.

    ## Instead

    Let it raise, and correct a bad release with a new revision.

    ## References

    - [Alembic: downgrading](https://alembic.sqlalchemy.org/en/latest/tutorial.html#downgrading)
    """

    code = "MG310"
    name = "downgrade-policy"
    scope = "revision"
    bad = (
        Example(upgrade=_TABLE, downgrade='op.drop_table("orders")'),
        Example(setup=_TABLE, upgrade='op.add_column("orders", sa.Column("a", sa.Integer))', downgrade="pass"),
        Example(
            setup=_TABLE,
            upgrade='op.alter_column("orders", "id", comment="x")',
            downgrade='op.alter_column("orders", "id", comment=None)',
        ),
        Example(upgrade=_TABLE, downgrade='op.drop_table("orders")\nop.drop_table("orders")'),
        Example(
            setup=_TABLE + '\nop.add_column("orders", sa.Column("state", sa.Text))',
            upgrade="pass",
            downgrade='op.execute("UPDATE orders SET state = NULL")',
        ),
        Example(upgrade=_TABLE, settings=('downgrade = "required"',)),
        Example(
            setup=_TABLE + '\nop.add_column("orders", sa.Column("state", sa.Text))',
            upgrade="""op.execute("UPDATE orders SET state = 'old' WHERE state = 'new'")
op.execute("UPDATE orders SET state = 'new' WHERE state = 'open'")""",
            downgrade="pass",
        ),
    )
    good = (
        Example(upgrade=_TABLE, downgrade=FORWARD_ONLY),
        Example(upgrade="pass", downgrade="pass"),
        Example(
            setup=_TABLE + '\nop.add_column("orders", sa.Column("paid", sa.Boolean))',
            upgrade='op.execute("UPDATE orders SET paid = true WHERE id < 1000")',
            downgrade="pass",
        ),
        Example(upgrade="if op.get_bind().dialect.name == 'mysql':\n    return\npass", downgrade="pass"),
        Example(upgrade=_TABLE, downgrade="pass", settings=('downgrade = "forward-only-or-empty"',)),
        Example(upgrade=_TABLE, downgrade='op.drop_table("orders")', settings=('downgrade = "required"',)),
        Example(upgrade=_TABLE, downgrade='op.drop_table("orders")', settings=('downgrade = "any"',)),
    )

    def check_revision(self, revision: Revision, context: Context) -> Iterator[Diagnostic]:
        """Judges one revision."""
        policy = context.settings.get("downgrade", "forward-only")
        form, place = revision.downgrade, revision.downgrade_place
        nothing_done = revision.upgrade in (ABSENT, EMPTY)
        steps = context.history.steps(revision.id, "downgrade") if form == ACTS else ()
        if policy == "any" or (nothing_done and form != ACTS):
            return
        if policy == "required":
            if form in (ABSENT, EMPTY, RAISES):
                yield Diagnostic(
                    f"revision {revision.id} cannot be undone: its downgrade {_FORMS[form]}",
                    help="write the downgrade that restores the schema of its parent",
                    place=place,
                )
            return
        if form == ACTS:
            lost = _destroyed(steps, context)
            shown = ", ".join(lost[:_SHOWN]) + (f" and {len(lost) - _SHOWN} more" if len(lost) > _SHOWN else "")
            what = f"destroys {shown}" if lost else "changes the database"
            stop = _stop(steps)
            fails = f", and it cannot run: {stop}" if stop else ""
            yield Diagnostic(
                f"the downgrade of {revision.id} {what}{fails}; this project only goes forward",
                help=FORWARD_ONLY,
                place=place,
                severity=ERROR if lost else WARNING,
                fix=Fix("let the downgrade raise", body=FORWARD_ONLY, unsafe="what the downgrade does is lost"),
            )
        elif form == EMPTY and policy != "forward-only-or-empty" and not _only_sets(revision, context):
            refused = [s.failure for s in context.history.again(revision.id) if s.failure is not None and s.applied]
            then = (
                f"the next upgrade fails ({refused[0]})" if refused else "the next upgrade runs on what this one left"
            )
            yield Diagnostic(
                f"the downgrade of {revision.id} is empty: it moves alembic_version back and leaves the database, so "
                f"{then}",
                help=FORWARD_ONLY,
                place=place,
                fix=Fix("let the downgrade raise", body=FORWARD_ONLY, unsafe="whoever runs downgrades gets an error"),
            )


_FORMS = {ABSENT: "is missing", EMPTY: "is empty", RAISES: "raises"}


def _only_sets(revision: Revision, context: Context) -> bool:
    """Whether the upgrade does nothing but to set columns to constants, none of them twice: it may be run again."""
    done: set[tuple[Name, str]] = set()
    for step in context.history.steps(revision.id):
        update = step.operation
        if not isinstance(update, Update) or step.failure is not None:
            return False
        columns = {(update.table, name) for name in update.columns}
        if columns & done or set(update.columns) - dict(update.constants).keys():
            return False
        done |= columns
    return bool(done)


def _stop(steps: tuple[Step, ...]) -> str:
    """Why the downgrade fails wherever it is run, where the replay shows that."""
    for step in steps:
        if step.before.opaque:
            return ""
        if isinstance(step.operation, Opaque) and step.operation.stops:
            return step.operation.reason
        if step.failure is not None and step.applied and step.certainty == CERTAIN and step.caught is None:
            return f"PostgreSQL refuses {step.operation.operation} ({step.failure})"
    return ""


def _destroyed(steps: tuple[Step, ...], context: Context) -> list[str]:
    """The rows and values that a downgrade would destroy."""
    lost = []
    for step in steps:
        operation = step.operation
        match operation:
            case DropTable():
                lost.append(f"table {operation.table}")
            case DropColumn():
                lost.append(f"column {operation.table}.{operation.name}")
            case DropSchema(cascade=True):
                lost.append(f"schema {operation.name}")
            case Truncate() | Delete():
                lost.append(f"rows of {operation.table}")
            case Update():
                columns = [name for name in operation.columns if not context.new_column(step, operation.table, name)]
                lost += [f"values of {operation.table}.{name}" for name in columns]
            case AlterColumn(type=str()) if _narrows(step, operation):
                lost.append(f"values of {operation.table}.{operation.name}")
    return list(dict.fromkeys(lost))


def _narrows(step: Step, operation: AlterColumn) -> bool:
    table = step.before.tables.get(operation.table)
    column = table.column(operation.name) if table else None
    if column is None or not isinstance(operation.type, str):
        return False
    lost = narrowing(step.before, column.type, operation.type, explicit="::" in (operation.using or ""))
    return lost is not None and lost.silent
