"""MG505: a column that may be NULL on one side only."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    Column,
    Context,
    Diagnostic,
    Difference,
    Example,
    Rule,
    call,
    in_schema,
)


class NullabilityDiffers(Rule):
    """A column is NOT NULL in the history or in a SQL snapshot or environment, not in both.

    ## What it flags

    A column that both have, NOT NULL on one side only. Columns of a primary key that one side lacks are left to
    `snapshot-key`.

    ## Why it matters

    Rows without a value are refused on one side only: code that was tested against the one fails against the other,
    or finds NULL where it expects none.

    ## Instead

    Decide which is right and say it in a new revision. SET NOT NULL reads the whole table while nobody can use it,
    unless a validated CHECK proves it.

    ## References

    - [PostgreSQL: not-null constraints](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-NOT-NULL)
    - [Alembic: operation reference](https://alembic.sqlalchemy.org/en/latest/ops.html)
    """

    code = "MG505"
    name = "snapshot-nullability"
    scope = "difference"
    bad = (
        Example(
            upgrade='op.create_table("orders", sa.Column("note", sa.Text, nullable=False))',
            files=(("supabase_schema.sql", "CREATE TABLE public.orders (note text);\n"),),
        ),
    )
    good = (
        Example(
            upgrade='op.create_table("orders", sa.Column("note", sa.Text, nullable=False))',
            files=(
                (
                    "supabase_schema.sql",
                    "CREATE TABLE public.orders (note text);\nALTER TABLE orders ALTER COLUMN note SET NOT NULL;\n",
                ),
            ),
        ),
    )

    def check_difference(self, difference: Difference, context: Context) -> Iterator[Diagnostic]:
        """Judges one difference between a snapshot and the head."""
        table, derived = difference.object.table, difference.derived
        if not difference.dumped or difference.kind != "nullability":
            return
        if table is None or not isinstance(derived, Column):
            return
        changed = call(
            "op.alter_column", table.name, derived.name, nullable=not derived.not_null, schema=in_schema(table)
        )
        yield Diagnostic(difference.message, help=difference.keeping(changed))
