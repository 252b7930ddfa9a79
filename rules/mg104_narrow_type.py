"""MG104: a column gets a type that its values may not fit."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    ERROR,
    WARNING,
    AlterColumn,
    Context,
    Diagnostic,
    Example,
    Rule,
    Step,
    canonical,
    in_sql,
    lowered,
    narrowing,
    quote,
    upgrades,
)

_SETUP = """op.create_table(
    "orders",
    sa.Column("id", sa.BigInteger, primary_key=True),
    sa.Column("note", sa.String(200)),
    sa.Column("total", sa.Numeric(12, 2)),
    sa.Column("placed", sa.DateTime(timezone=True)),
)"""


class NarrowsType(Rule):
    """A column gets a type that its values may not fit.

    ## What it flags

    A change from the type that the history gave the column to one with less room: a shorter `varchar`, `text` to
    `varchar(n)`, fewer digits of a `numeric`, `bigint` to `integer`, a timestamp to a `date`.

    ## Why it matters

    Two things can happen. PostgreSQL refuses with `value too long` or `out of range` when the first value does not
    fit: the deployment stops, after having locked and read the table. Or it changes values without a word:
    fractions are rounded, the time of day is cut off, `USING x::varchar(5)` cuts texts. That cannot be undone, so
    it is an error; what is refused is a warning.

    ## Instead

    Look whether any value does not fit. Write into a new column of the new type and move the values over, or keep the
    type and add a check constraint.

    ## References

    - [PostgreSQL: ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
    - [PostgreSQL: character types](https://www.postgresql.org/docs/current/datatype-character.html)
    """

    code = "MG104"
    name = "narrow-type"
    scope = "operation"
    severity = ERROR
    bad = (
        Example(
            setup=_SETUP,
            upgrade='op.alter_column("orders", "note", type_=sa.String(50))',
            also=("MG204",),
        ),
        Example(
            setup=_SETUP,
            upgrade='op.execute("ALTER TABLE orders ALTER COLUMN placed TYPE date")',
            also=("MG204",),
        ),
    )
    good = (
        Example(setup=_SETUP, upgrade='op.alter_column("orders", "note", type_=sa.String(400))'),
        Example(setup=_SETUP, upgrade='op.alter_column("orders", "note", type_=sa.Text())'),
        Example(setup=_SETUP, upgrade='op.alter_column("orders", "total", type_=sa.Numeric(14, 2))'),
    )

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        operation = step.operation
        if not isinstance(operation, AlterColumn) or not isinstance(operation.type, str) or not upgrades(step):
            return
        table = step.before.tables.get(operation.table)
        column = table.column(operation.name) if table else None
        if column is None or context.new_column(step, operation.table, operation.name):
            return
        new = canonical(operation.type)
        lost = narrowing(step.before, column.type, new, explicit="::" in (operation.using or ""))
        if lost is None:
            return
        what = "changes such values without an error" if lost.silent else "refuses at the first such value"
        place = in_sql(operation.table, step.before.default_schema)
        yield Diagnostic(
            f"{operation.table}.{operation.name} goes from {column.type} to {new}, which does not hold {lost.values}: "
            f"PostgreSQL {what}",
            help=f"see whether a value is affected:\n{_count(column.name, column.type, new, place)}",
            severity=None if lost.silent else WARNING,
            confidence=lowered(step),
        )


def _count(name: str, old: str, new: str, table: str) -> str:
    """The query that counts the values that do not fit; for integers by their size, as a cast would fail."""
    column = quote(name)
    limit = {"smallint": 2**15 - 1, "integer": 2**31 - 1}.get(new)
    if limit and old in ("integer", "bigint"):
        return f"SELECT count(*) FROM {table} WHERE {column} NOT BETWEEN {-limit - 1} AND {limit}"
    return f"SELECT count(*) FROM {table} WHERE {column}::{new}::{old} <> {column}"
