"""MG502: a column that only the history or only a snapshot has."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    MEDIUM,
    Column,
    Context,
    Diagnostic,
    Difference,
    Example,
    Rule,
    call,
    execute,
    in_schema,
    in_sql,
    quote,
)


class ColumnDiffers(Rule):
    """A column is in the history or in a SQL snapshot or environment, not in both.

    ## What it flags

    A column of a table that both have, on one side only; and a column that has another name in the snapshot
    or environment, where it has the same type at the same position and nothing else fits.

    ## Why it matters

    Statements that name a column which is missing fail with `column does not exist`. A column added by hand is lost
    in every database that is made by the migrations.

    ## Instead

    Add the column in a new revision with IF NOT EXISTS, so that it does nothing where the column is there already;
    or upgrade the database and make the snapshot anew.

    ## References

    - [Alembic: operation reference](https://alembic.sqlalchemy.org/en/latest/ops.html)
    - [Supabase: database migrations](https://supabase.com/docs/guides/deployment/database-migrations)
    """

    code = "MG502"
    name = "snapshot-column"
    scope = "difference"
    bad = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))',
            files=(("supabase_schema.sql", "CREATE TABLE public.orders (id serial PRIMARY KEY, note text);\n"),),
        ),
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("mail", sa.Text))',
            files=(("supabase_schema.sql", "CREATE TABLE public.orders (id serial PRIMARY KEY, email text);\n"),),
        ),
    )
    good = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("note", sa.Text))',
            files=(
                (
                    "supabase_schema.sql",
                    "CREATE TABLE public.orders (note text, id serial);\n"
                    "ALTER TABLE ONLY public.orders ADD PRIMARY KEY (id);\n",
                ),
            ),
        ),
    )

    def check_difference(self, difference: Difference, context: Context) -> Iterator[Diagnostic]:
        """Judges one difference between a snapshot and the head."""
        if not difference.dumped or difference.kind != "column":
            return
        table, head, derived = difference.object.table, difference.head, difference.derived
        if table is None or not isinstance(derived, Column):
            yield Diagnostic(difference.message, help=difference.renewing)
        elif isinstance(head, Column):
            renamed = call(
                "op.alter_column", table.name, head.name, new_column_name=derived.name, schema=in_schema(table)
            )
            yield Diagnostic(difference.message, help=difference.keeping(renamed), confidence=MEDIUM)
        else:
            definition = f"{quote(derived.name)} {derived.type}"
            if derived.default is not None:
                definition += f" DEFAULT {derived.default}"
            if derived.not_null:
                definition += " NOT NULL"
            code = execute(f"ALTER TABLE {in_sql(table)} ADD COLUMN IF NOT EXISTS {definition}")
            yield Diagnostic(difference.message, help=difference.keeping(code))
