"""MG222: an enum value used in the transaction that added it, which PostgreSQL refuses."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    ERROR,
    AddColumn,
    AlterColumn,
    AlterTypeAddValue,
    Check,
    Context,
    CreateConstraint,
    CreateIndex,
    CreateType,
    CreateView,
    Diagnostic,
    Example,
    Fix,
    Insert,
    Kept,
    Name,
    Operation,
    Related,
    RowOperation,
    Rule,
    Schema,
    Step,
    autocommit,
    execute,
    in_sql,
    lowered,
    upgrades,
)

_SETUP = """op.execute("CREATE TYPE mood AS ENUM ('sad', 'ok')")
op.execute("CREATE TABLE notes (id integer PRIMARY KEY, mood mood)")"""
_ADD = "op.execute(\"ALTER TYPE mood ADD VALUE 'fine'\")"


class EnumValueTooNew(Rule):
    """An enum value is used in the transaction that added it.

    ## What it flags

    After `ALTER TYPE ... ADD VALUE`, in the same transaction: a row, a condition, a default, a check or an index
    predicate with the new value, on a table with a column of that type. Not for a type that the transaction made.

    ## Why it matters

    PostgreSQL refuses: `unsafe use of new value "fine" of enum type mood` (error 55P04). The deployment stops there.

    ## Instead

    Add the value in an `autocommit_block()`, or in a revision of its own with `transaction_per_migration`.

    ## References

    - [PostgreSQL: ALTER TYPE, notes](https://www.postgresql.org/docs/current/sql-altertype.html#id-1.9.3.42.7)
    """

    code = "MG222"
    name = "enum-value-too-new"
    scope = "operation"
    severity = ERROR
    bad = (
        Example(setup=_SETUP, upgrade=_ADD + "\nop.execute(\"UPDATE notes SET mood = 'fine' WHERE id = 1\")"),
        Example(setup=_SETUP, upgrade=_ADD + '\nop.alter_column("notes", "mood", server_default="fine")'),
        Example(setup=_SETUP, upgrade=_ADD + "\nop.execute(\"INSERT INTO notes VALUES (1, 'fine')\")"),
    )
    good = (
        Example(
            setup=_SETUP,
            upgrade="with op.get_context().autocommit_block():\n    "
            + _ADD
            + "\nop.execute(\"UPDATE notes SET mood = 'fine' WHERE id = 1\")",
        ),
        Example(setup=_SETUP, upgrade=_ADD + "\nop.execute(\"UPDATE notes SET mood = 'ok' WHERE id = 1\")"),
    )

    def __init__(self) -> None:
        self._added: dict[tuple[str, str | None, str], list[tuple[Step, AlterTypeAddValue]]] = {}

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        if not upgrades(step) or step.transaction is None or step.before.dialect != "postgresql":
            return
        for one, value in self._added_by(step, context):
            if one.index > step.index or one.transaction != step.transaction:
                continue
            if not _uses(step.operation, step, value.name, value.value):
                continue
            kind = in_sql(value.name, step.before.default_schema)
            label = value.value.replace("'", "''")
            yield Diagnostic(
                f"uses the value {value.value!r} of {value.name} in the transaction that added it: PostgreSQL refuses "
                "(unsafe use of new value)",
                help=autocommit(execute(f"ALTER TYPE {kind} ADD VALUE '{label}'")),
                related=(Related(one.place, f"adds {value.value!r}"),),
                fix=Fix("add the value in an autocommit_block()", (Kept(alone=True),), context.apart(one), one.place),
                confidence=lowered(step),
            )
            return

    def _added_by(self, step: Step, context: Context) -> list[tuple[Step, AlterTypeAddValue]]:
        """The values that the revision adds to types which it has not made itself."""
        key = (context.history.name, step.revision, step.direction)
        if key not in self._added:
            steps = context.history.steps(step.revision or "", step.direction)
            made = {one.operation.definition.name for one in steps if isinstance(one.operation, CreateType)}
            found = [(one, one.operation) for one in steps if isinstance(one.operation, AlterTypeAddValue)]
            self._added[key] = [
                (one, value)
                for one, value in found
                if value.name not in made and upgrades(one) and one.applied and one.before is not one.after
            ]
        return self._added[key]


def _uses(operation: Operation, step: Step, kind: Name, label: str) -> bool:
    """Whether the operation has PostgreSQL read the label as a value of the type."""
    quoted = "'" + label.replace("'", "''") + "'"
    schema = step.before
    shown = in_sql(kind, schema.default_schema)
    match operation:
        case AddColumn():
            return operation.column.type == shown and quoted in (operation.column.default or "")
        case AlterColumn(default=str() as default):
            return quoted in default and operation.name in _columns(schema, operation.table, shown)
        case CreateConstraint(constraint=Check() as check):
            return quoted in check.expression and bool(_columns(schema, operation.table, shown))
        case CreateIndex():
            return quoted in (operation.index.where or "") and bool(_columns(schema, operation.table, shown))
        case CreateView():
            return quoted in operation.view.definition and any(
                _columns(schema, name, shown) for name in operation.view.uses
            )
        case RowOperation():
            written = {
                value
                for row in (operation.rows if isinstance(operation, Insert) and operation.rows else ())
                for column, value in row
                if column in _columns(schema, operation.table, shown)
            }
            named = any(_columns(schema, name, shown) for name in (operation.table, *operation.reads))
            return label in written or (named and quoted in (step.sql or ""))
    return False


def _columns(schema: Schema, table: Name, kind: str) -> set[str]:
    """The columns of the type."""
    owner = schema.tables.get(table)
    return {column.name for column in owner.columns if column.type.removesuffix("[]") == kind} if owner else set()
