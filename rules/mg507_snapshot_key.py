"""MG507: a primary key or uniqueness that differs from a snapshot."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    Context,
    Diagnostic,
    Difference,
    Example,
    Rule,
    Unique,
    autocommit,
    execute,
    in_sql,
    quote,
)


class KeyDiffers(Rule):
    """A primary key or a uniqueness is not the same in the history and in a SQL snapshot or environment.

    ## What it flags

    A primary key over other columns or on one side only; columns that are kept unique on one side only. A unique
    index on one side and a unique constraint over the same columns on the other is cosmetic.

    ## Why it matters

    Without the key equal rows get in, and `INSERT ... ON CONFLICT` over its columns fails with `there is no unique
    or exclusion constraint matching`.

    ## Instead

    Build the index CONCURRENTLY in a new revision, then make it the constraint; equal rows have to be removed
    first.

    ## References

    - [PostgreSQL: unique constraints](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-UNIQUE-CONSTRAINTS)
    - [PostgreSQL: INSERT](https://www.postgresql.org/docs/current/sql-insert.html)
    """

    code = "MG507"
    name = "snapshot-key"
    scope = "difference"
    bad = (
        Example(
            upgrade='op.create_table("users", sa.Column("email", sa.Text))',
            files=(("supabase_schema.sql", "CREATE TABLE public.users (email text UNIQUE);\n"),),
        ),
        Example(
            upgrade='op.create_table("tags", sa.Column("name", sa.Text, nullable=False))',
            files=(("supabase_schema.sql", "CREATE TABLE public.tags (name text PRIMARY KEY);\n"),),
        ),
        Example(
            upgrade='op.create_table("users", sa.Column("email", sa.Text))\n'
            'op.create_index("users_email_key", "users", ["email"], unique=True)',
            files=(("supabase_schema.sql", "CREATE TABLE public.users (email text UNIQUE);\n"),),
        ),
    )
    good = (
        Example(
            upgrade='op.create_table("users", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("email", sa.Text, unique=True))',
            files=(
                (
                    "supabase_schema.sql",
                    "CREATE TABLE users (id serial PRIMARY KEY, email text);\nALTER TABLE users ADD UNIQUE (email);\n",
                ),
            ),
        ),
    )

    def check_difference(self, difference: Difference, context: Context) -> Iterator[Diagnostic]:
        """Judges one difference between a snapshot and the head."""
        if not difference.dumped or difference.kind not in ("primary_key", "unique"):
            return
        table, derived = difference.object.table, difference.derived
        if derived is None or table is None:
            yield Diagnostic(difference.message, help=difference.renewing)
        elif isinstance(derived, Unique) and difference.head is None:
            columns = ", ".join(quote(column) for column in derived.columns)
            code = autocommit(
                execute(f"CREATE UNIQUE INDEX CONCURRENTLY {quote(derived.name)} ON {in_sql(table)} ({columns})")
            )
            used = f"ALTER TABLE {in_sql(table)} ADD CONSTRAINT {quote(derived.name)} UNIQUE USING INDEX "
            yield Diagnostic(difference.message, help=difference.keeping(code, execute(used + quote(derived.name))))
        else:
            yield Diagnostic(difference.message)
