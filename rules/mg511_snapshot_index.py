"""MG511: an index or a name that differs from a snapshot."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    Context,
    Diagnostic,
    Difference,
    Example,
    Index,
    Name,
    Rule,
    autocommit,
    execute,
    in_sql,
    quote,
)


class IndexDiffers(Rule):
    """An index is another one in a SQL snapshot or environment, on one side only, or has another name there.

    ## What it flags

    Indexes that are not unique, compared by table, method, keys and condition. Names of constraints and indexes
    that do the same are one finding for a table.

    ## Why it matters

    Nothing fails, but queries that are quick on one side read the whole table on the other; and a later migration
    that drops a constraint by its name fails where it has another.

    ## Instead

    Build the index CONCURRENTLY with IF NOT EXISTS in a new revision; rename what has another name.

    ## References

    - [PostgreSQL: CREATE INDEX](https://www.postgresql.org/docs/current/sql-createindex.html)
    - [Alembic: operation reference](https://alembic.sqlalchemy.org/en/latest/ops.html)
    """

    code = "MG511"
    name = "snapshot-index"
    scope = "difference"
    bad = (
        Example(
            upgrade='op.create_table("orders", sa.Column("buyer", sa.Text))',
            files=(
                (
                    "supabase_schema.sql",
                    "CREATE TABLE public.orders (buyer text);\nCREATE INDEX ON orders (buyer);\n",
                ),
            ),
        ),
        Example(
            upgrade='op.create_table("orders", sa.Column("buyer", sa.Text))\n'
            'op.create_index("ix_orders_buyer", "orders", ["buyer"])',
            files=(
                (
                    "supabase_schema.sql",
                    "CREATE TABLE public.orders (buyer text);\nCREATE INDEX orders_by_buyer ON orders (buyer);\n",
                ),
            ),
        ),
        Example(
            upgrade='op.create_table("orders", sa.Column("buyer", sa.Text))\n'
            'op.create_index("ix_orders_buyer", "orders", ["buyer"])',
            files=(
                (
                    "supabase_schema.sql",
                    "CREATE TABLE public.orders (buyer text);\n"
                    "CREATE INDEX ix_orders_buyer ON orders USING hash (buyer);\n",
                ),
            ),
        ),
    )
    good = (
        Example(
            upgrade='op.create_table("orders", sa.Column("buyer", sa.Text))\n'
            'op.create_index("ix_orders_buyer", "orders", [sa.text("lower(buyer)")])',
            files=(
                (
                    "supabase_schema.sql",
                    "CREATE TABLE public.orders (buyer text);\n"
                    "CREATE INDEX ix_orders_buyer ON public.orders USING btree (lower((buyer)::text));\n",
                ),
            ),
        ),
    )

    def check_difference(self, difference: Difference, context: Context) -> Iterator[Diagnostic]:
        """Judges one difference between a snapshot and the head."""
        table, derived = difference.object.table, difference.derived
        if not difference.dumped or difference.kind not in ("index", "name"):
            return
        if difference.kind == "name" or table is None:
            yield Diagnostic(difference.message)
        elif not isinstance(derived, Index):
            yield Diagnostic(difference.message, help=difference.renewing)
        else:
            head, again = difference.head, ""
            if isinstance(head, Index):
                again = f"DROP INDEX CONCURRENTLY IF EXISTS {in_sql(Name(table.schema, head.name))}"
            keys = ", ".join(f"({key})" if key.column is None else str(key) for key in derived.keys)
            sql = f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {quote(derived.name)} ON {in_sql(table)} "
            sql += f"USING {derived.method} ({keys})"
            sql += f" INCLUDE ({', '.join(map(quote, derived.include))})" if derived.include else ""
            sql += f" WHERE {derived.where}" if derived.where else ""
            code = [execute(statement) for statement in (again, sql) if statement]
            yield Diagnostic(difference.message, help=difference.keeping(autocommit(*code)))
