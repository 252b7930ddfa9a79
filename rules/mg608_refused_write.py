"""MG608: a query stores a value that a column does not take."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import QUERIES, Context, Diagnostic, Difference, Example, Rule, at_uses


class RefusedWrite(Rule):
    """A query writes a generated column, or NULL into one that is NOT NULL.

    ## What it flags

    An `insert`, `upsert` or `update` of supabase-py, an INSERT, UPDATE or COPY in SQL, that gives a value to a
    generated column or to one that is GENERATED ALWAYS AS IDENTITY, or None to one that is NOT NULL. Not where a BEFORE
    trigger may put something else in the place of NULL.

    ## Why it matters

    PostgreSQL refuses the statement, whatever the value is.

    ## Instead

    Leave the column out, or let it be NULL in a revision.

    ## References

    - [PostgreSQL: generated columns](https://www.postgresql.org/docs/current/ddl-generated-columns.html)
    - [PostgreSQL: identity columns](https://www.postgresql.org/docs/current/ddl-identity-columns.html)
    """

    code = "MG608"
    name = "query-refused-write"
    scope = "difference"
    bad = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("price", sa.Integer, nullable=False), sa.Column("double", sa.Integer, '
            'sa.Computed("price * 2", persisted=True)))',
            files=(
                (
                    "app/api.py",
                    'from supabase import create_client\n\nclient = create_client("url", "key")\n'
                    'client.table("orders").update({"double": 4}).eq("id", 1).execute()\n'
                    'client.table("orders").update({"price": None}).eq("id", 1).execute()\n',
                ),
            ),
        ),
    )
    good = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("price", sa.Integer), sa.Column("double", sa.Integer, '
            'sa.Computed("price * 2", persisted=True)))',
            files=(
                (
                    "app/api.py",
                    'from supabase import create_client\n\nclient = create_client("url", "key")\n'
                    'client.table("orders").update({"price": None}).eq("double", 4).execute()\n',
                ),
            ),
        ),
    )

    def check_difference(self, difference: Difference, context: Context) -> Iterator[Diagnostic]:
        """Judges what queries need and the head lacks."""
        if difference.source == QUERIES and difference.kind == "refused":
            yield from at_uses(difference)
