"""MG503: a column whose type in a snapshot is another."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    Column,
    Context,
    Diagnostic,
    Difference,
    Example,
    Name,
    Rule,
    call,
    execute,
    in_schema,
    in_sql,
    quote,
    type_call,
)


class TypeDiffers(Rule):
    """A column has one type in the history and another in a SQL snapshot or environment.

    ## What it flags

    Types that differ by what they take: blocking where one side refuses values of the other (a shorter `varchar`,
    `integer` against `bigint`, an enum against a text with a CHECK), integrity where the same value is kept or read
    differently (`timestamp` against `timestamptz`, `json` against `jsonb`), cosmetic where both take the same
    values. Spellings of one type are equal.

    ## Why it matters

    Inserts that work in one environment fail in the other, at run time and with real values only. An enum against a
    text fails in comparisons and casts, which drivers add by themselves.

    ## Instead

    Change the type in a new revision, to what the database has; widening a `varchar` is brief, most other changes
    rewrite the table.

    ## References

    - [PostgreSQL: data types](https://www.postgresql.org/docs/current/datatype.html)
    - [Alembic: operation reference](https://alembic.sqlalchemy.org/en/latest/ops.html)
    """

    code = "MG503"
    name = "snapshot-type"
    scope = "difference"
    bad = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("note", sa.String(200)))',
            files=(
                ("supabase_schema.sql", "CREATE TABLE public.orders (id serial PRIMARY KEY, note varchar(500));\n"),
            ),
        ),
        Example(
            upgrade='op.create_table("orders", sa.Column("status", sa.String(20)), '
            """sa.CheckConstraint("status IN ('open', 'paid')"))""",
            files=(
                (
                    "supabase_schema.sql",
                    "CREATE TYPE status AS ENUM ('open', 'paid');\n"
                    "CREATE TABLE public.orders (status public.status);\n",
                ),
            ),
        ),
    )
    good = (
        Example(
            upgrade='op.create_table("orders", sa.Column("note", sa.String(200)), '
            'sa.Column("at", sa.DateTime(timezone=True)))',
            files=(("supabase_schema.sql", "CREATE TABLE orders (note varchar(200), at timestamptz);\n"),),
        ),
    )

    def check_difference(self, difference: Difference, context: Context) -> Iterator[Diagnostic]:
        """Judges one difference between a snapshot and the head."""
        if not difference.dumped or difference.kind != "type":
            return
        table, derived = difference.object.table, difference.derived
        if table is None or not isinstance(derived, Column):
            return
        yield Diagnostic(difference.message, help=difference.keeping(_changed(table, derived)))


def _changed(table: Name, column: Column) -> str:
    if column.collation is not None:
        kind = f"{column.type} COLLATE {quote(column.collation)}"
        return execute(f"ALTER TABLE {in_sql(table)} ALTER COLUMN {quote(column.name)} TYPE {kind}")
    kind = type_call(column.type)
    if kind.startswith(("sa.", "postgresql.")):
        return call("op.alter_column", table.name, column.name, type_=kind, schema=in_schema(table))
    name = quote(column.name)
    cast = f"ALTER COLUMN {name} TYPE {column.type} USING {name}::text::{column.type}"
    return execute(f"ALTER TABLE {in_sql(table)} ALTER COLUMN {name} DROP DEFAULT, {cast}")
