"""MG605: ON CONFLICT over columns that nothing keeps unique."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import QUERIES, Context, Diagnostic, Difference, Example, Rule, at_uses


class ConflictWithoutUnique(Rule):
    """An upsert names columns that no unique constraint or index is over.

    ## What it flags

    `upsert(..., on_conflict="a,b")` of supabase-py and `INSERT ... ON CONFLICT (a, b)` where the table has no
    primary key, unique constraint or unique index over exactly these columns. One with a condition, on an
    expression, or that is deferrable does not count.

    ## Why it matters

    PostgreSQL refuses the statement: `there is no unique or exclusion constraint matching the ON CONFLICT
    specification`.

    ## Instead

    Add the unique constraint in a revision, by way of an index that is built CONCURRENTLY.

    ## References

    - [PostgreSQL: INSERT, ON CONFLICT](https://www.postgresql.org/docs/current/sql-insert.html#SQL-ON-CONFLICT)
    """

    code = "MG605"
    name = "query-conflict-without-unique"
    scope = "difference"
    bad = (
        Example(
            upgrade='op.create_table("prices", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("sku", sa.Text))',
            files=(
                (
                    "app/api.py",
                    'from supabase import create_client\n\nclient = create_client("url", "key")\n'
                    'client.table("prices").upsert({"sku": "a"}, on_conflict="sku").execute()\n',
                ),
            ),
        ),
    )
    good = (
        Example(
            upgrade='op.create_table("prices", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("sku", sa.Text, unique=True))',
            files=(
                (
                    "app/api.py",
                    'from supabase import create_client\n\nclient = create_client("url", "key")\n'
                    'client.table("prices").upsert({"sku": "a"}, on_conflict="sku").execute()\n'
                    'client.table("prices").upsert({"id": 1}).execute()\n',
                ),
            ),
        ),
    )

    def check_difference(self, difference: Difference, context: Context) -> Iterator[Diagnostic]:
        """Judges what queries need and the head lacks."""
        if difference.source == QUERIES and difference.kind == "on_conflict":
            yield from at_uses(difference)
