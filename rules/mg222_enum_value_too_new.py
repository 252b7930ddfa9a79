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
    Insert,
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

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        if not upgrades(step) or step.transaction is None or step.before.dialect != "postgresql":
            return
        steps = context.history.steps(step.revision or "", step.direction)[: step.index]
        earlier = [one for one in steps if one.transaction == step.transaction and upgrades(one) and one.applied]
        made = {one.operation.definition.name for one in earlier if isinstance(one.operation, CreateType)}
        for one in earlier:
            added = one.operation
            if not isinstance(added, AlterTypeAddValue) or added.name in made or one.before is one.after:
                continue
            if not _uses(step.operation, step, added.name, added.value):
                continue
            kind = in_sql(added.name, step.before.default_schema)
            value = added.value.replace("'", "''")
            yield Diagnostic(
                f"uses the value {added.value!r} of {added.name} in the transaction that added it: PostgreSQL refuses "
                "(unsafe use of new value)",
                help=autocommit(execute(f"ALTER TYPE {kind} ADD VALUE '{value}'")),
                related=(Related(one.place, f"adds {added.value!r}"),),
                confidence=lowered(step),
            )
            return


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
