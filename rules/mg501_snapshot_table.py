"""MG501: a table that only the history or only a snapshot has."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    MEDIUM,
    Context,
    Diagnostic,
    Difference,
    Example,
    Name,
    Rule,
    Table,
    execute,
    in_sql,
    quote,
)


class TableDiffers(Rule):
    """A table is in the history or in a SQL snapshot or environment, not in both.

    ## What it flags

    A table that a revision makes and the snapshot or the dump of an environment lacks, one that is there and no
    revision makes, and a table that has another name there: then it is one finding, with the structure that both share
    as evidence. Schemas of `managed-schemas` and the version table are left out.

    ## Why it matters

    A dump is what a database really has, a snapshot that or what new environments are made from. Statements with a
    table that is missing there fail with `relation does not exist`, and a table renamed by hand makes every later
    migration of it fail.

    ## Instead

    Bring the history to what the database has by a new revision that does nothing where the table is there already,
    or upgrade the database and make the snapshot anew. Never edit a revision that has been applied.

    ## References

    - [Alembic: operation reference](https://alembic.sqlalchemy.org/en/latest/ops.html)
    - [Supabase: database migrations](https://supabase.com/docs/guides/deployment/database-migrations)
    - [PostgreSQL: ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
    """

    code = "MG501"
    name = "snapshot-table"
    scope = "difference"
    bad = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))',
            files=(
                (
                    "supabase_schema.sql",
                    "CREATE TABLE public.orders (id serial PRIMARY KEY);\nCREATE TABLE public.refunds (id integer);\n",
                ),
            ),
        ),
        Example(
            upgrade='op.create_table("orders", sa.Column("buyer", sa.Text), sa.Column("amount", sa.Integer), '
            'sa.Column("paid", sa.Boolean))',
            files=(
                ("supabase_schema.sql", "CREATE TABLE public.purchases (buyer text, amount integer, paid boolean);\n"),
            ),
        ),
        Example(
            upgrade='op.create_table("notes", sa.Column("body", sa.Text), sa.Column("lang", sa.Text), '
            'sa.Column("at", sa.Date))',
            files=(
                (
                    "supabase_schema.sql",
                    "CREATE SCHEMA billing;\nCREATE TABLE billing.notes (body text, lang text, at date);\n",
                ),
            ),
        ),
    )
    good = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))',
            files=(
                (
                    "supabase_schema.sql",
                    "CREATE TABLE orders (id serial PRIMARY KEY, owner uuid REFERENCES auth.users (id));\n"
                    "ALTER TABLE orders DROP COLUMN owner;\n",
                ),
            ),
        ),
    )

    def check_difference(self, difference: Difference, context: Context) -> Iterator[Diagnostic]:
        """Judges one difference between a snapshot and the head."""
        if not difference.dumped or difference.kind != "table":
            return
        if difference.head is not None and difference.derived is not None:
            code = map(execute, _renaming(difference.head, difference.derived))
            yield Diagnostic(difference.message, help=difference.keeping(*code), confidence=MEDIUM)
        elif difference.derived is not None:
            columns = "CREATE TABLE IF NOT EXISTS and the columns"
            yield Diagnostic(difference.message, help=difference.keeping(f"{columns} as {difference.side} has them"))
        else:
            yield Diagnostic(difference.message, help=difference.renewing)


def _renaming(old: object, new: object) -> Iterator[str]:
    """The statements that give a table the name, and the schema, that it has on the other side."""
    assert isinstance(old, Table)  # the values of a difference of tables
    assert isinstance(new, Table)
    name = old.name
    if name.schema != new.name.schema:
        yield f"CREATE SCHEMA IF NOT EXISTS {quote(new.name.schema)}"
        yield f"ALTER TABLE IF EXISTS {in_sql(name)} SET SCHEMA {quote(new.name.schema)}"
        name = Name(new.name.schema, name.name)
    if name != new.name:
        yield f"ALTER TABLE IF EXISTS {in_sql(name)} RENAME TO {quote(new.name.name)}"
