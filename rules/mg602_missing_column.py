"""MG602: a query of a column that the head does not have."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import QUERIES, Context, Diagnostic, Difference, Example, Rule, at_uses


class MissingColumn(Rule):
    """A query names a column that its table does not have at the head of the history.

    ## What it flags

    A column in `select`, a filter, `order`, `on_conflict` or the keys of what is inserted or updated with supabase-
    py; in a statement of SQL that code executes, or in the body of a function. What is read with `select("*")` and
    then looked up in the answer is not flagged: that gives None and breaks nothing in the database.

    ## Why it matters

    The statement fails with `column does not exist`, an insert through PostgREST with PGRST204.

    ## Instead

    Add the column in a revision, or let the code use the name that it has. A column is dropped or renamed in steps:
    first the code, then the column.

    ## References

    - [PostgREST: tables and views](https://docs.postgrest.org/en/stable/references/api/tables_views.html)
    - [PostgREST: errors](https://docs.postgrest.org/en/stable/references/errors.html)
    """

    code = "MG602"
    name = "query-missing-column"
    scope = "difference"
    bad = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("total", sa.Integer))',
            files=(
                (
                    "app/api.py",
                    'from supabase import create_client\n\nclient = create_client("url", "key")\n'
                    'client.table("orders").select("id, amount").eq("buyer", 1).order("made_at").execute()\n'
                    'client.table("orders").insert({"amount": 1}).execute()\n',
                ),
            ),
        ),
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("total", sa.Integer))',
            files=(
                (
                    "app/api.py",
                    "import asyncpg\n\n\nasync def total(pool: asyncpg.Pool) -> int:\n"
                    '    return await pool.fetchval("SELECT sum(o.amount) FROM orders o")\n',
                ),
            ),
        ),
    )
    good = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("total", sa.Integer))',
            files=(
                (
                    "app/api.py",
                    'from supabase import create_client\n\nclient = create_client("url", "key")\n'
                    'rows = client.table("orders").select("*").eq("id", 1).execute().data\n'
                    'print(rows[0].get("amount"))\n'
                    'client.table("orders").select("sum:total.sum(), text:total::text").execute()\n',
                ),
            ),
        ),
    )

    def check_difference(self, difference: Difference, context: Context) -> Iterator[Diagnostic]:
        """Judges what queries need and the head lacks."""
        if difference.source == QUERIES and difference.kind == "column":
            yield from at_uses(difference)
