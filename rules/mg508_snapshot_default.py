"""MG508: a default that differs from a snapshot."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    Code,
    Column,
    Context,
    Diagnostic,
    Difference,
    Example,
    Rule,
    call,
    in_schema,
)


class DefaultDiffers(Rule):
    """A column has another default in a SQL snapshot or environment, or none.

    ## What it flags

    Defaults of the server, generation expressions and identity that differ by what they mean: `now()` is
    CURRENT_TIMESTAMP, `'x'::text` is `'x'`, a sequence is a sequence whatever its name. SQLAlchemy's `default=` is
    none of the server.

    ## Why it matters

    Rows written without the column (by SQL, by the Supabase client, by an older release) get another value, or are
    refused where the column is NOT NULL.

    ## Instead

    Set the default in a new revision; it does not touch the rows that are there.

    ## References

    - [PostgreSQL: default values](https://www.postgresql.org/docs/current/ddl-default.html)
    - [SQLAlchemy: server defaults](https://docs.sqlalchemy.org/en/20/core/defaults.html#server-invoked-ddl-explicit-default-expressions)
    """

    code = "MG508"
    name = "snapshot-default"
    scope = "difference"
    bad = (
        Example(
            upgrade='op.create_table("orders", sa.Column("amount", sa.Integer, nullable=False))',
            files=(("supabase_schema.sql", "CREATE TABLE public.orders (amount integer NOT NULL DEFAULT 1);\n"),),
        ),
    )
    good = (
        Example(
            upgrade='op.create_table("orders", sa.Column("state", sa.Text, server_default="open"), '
            'sa.Column("at", sa.DateTime(timezone=True), server_default=sa.func.now()))',
            files=(
                (
                    "supabase_schema.sql",
                    "CREATE TABLE orders (state text DEFAULT 'open'::text, "
                    "at timestamptz DEFAULT CURRENT_TIMESTAMP);\n",
                ),
            ),
        ),
    )

    def check_difference(self, difference: Difference, context: Context) -> Iterator[Diagnostic]:
        """Judges one difference between a snapshot and the head."""
        table, head, derived = difference.object.table, difference.head, difference.derived
        if not difference.dumped or difference.kind != "default" or table is None:
            return
        if not isinstance(derived, Column) or not isinstance(head, Column):
            return
        if head.identity or derived.identity or head.generated or derived.generated:
            yield Diagnostic(difference.message)
            return
        default = "None" if derived.default is None else call("sa.text", derived.default)
        changed = call(
            "op.alter_column", table.name, derived.name, server_default=Code(default), schema=in_schema(table)
        )
        yield Diagnostic(difference.message, help=difference.keeping(changed))
