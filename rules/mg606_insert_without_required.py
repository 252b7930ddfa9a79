"""MG606: an insert that does not set a column which has to be set."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import QUERIES, Context, Diagnostic, Difference, Example, Rule, at_uses


class InsertWithoutRequired(Rule):
    """An insert does not set a column that is NOT NULL and has no default.

    ## What it flags

    An `insert` or `upsert` of supabase-py, or an INSERT in SQL, all of whose columns are known, and which leaves
    out one that is NOT NULL, has no default and is not generated. Not where a BEFORE INSERT trigger may set it.

    ## Why it matters

    PostgreSQL refuses the row: `null value in column violates not-null constraint`. So does an upsert, also where
    the row is there already. A new NOT NULL column breaks the inserts of code that does not know it yet.

    ## Instead

    Set the column, or give it a default in a revision: then old code goes on working.

    ## References

    - [PostgreSQL: constraints](https://www.postgresql.org/docs/current/ddl-constraints.html)
    - [PostgreSQL: INSERT](https://www.postgresql.org/docs/current/sql-insert.html)
    """

    code = "MG606"
    name = "query-insert-without-required"
    scope = "difference"
    bad = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("buyer", sa.Integer, nullable=False), sa.Column("note", sa.Text))',
            files=(
                (
                    "app/api.py",
                    'from supabase import create_client\n\nclient = create_client("url", "key")\n'
                    'row = {"note": "x"}\nclient.table("orders").insert(row).execute()\n',
                ),
            ),
        ),
    )
    good = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("buyer", sa.Integer, nullable=False), sa.Column("state", sa.Text, '
            'nullable=False, server_default="new"))',
            files=(
                (
                    "app/api.py",
                    'from supabase import create_client\n\nclient = create_client("url", "key")\nrow = {}\n'
                    'row["buyer"] = 1\nclient.table("orders").insert(row).execute()\n'
                    'client.table("orders").update({"state": "old"}).eq("id", 1).execute()\n',
                ),
            ),
        ),
    )

    def check_difference(self, difference: Difference, context: Context) -> Iterator[Diagnostic]:
        """Judges what queries need and the head lacks."""
        if difference.source == QUERIES and difference.kind == "required":
            yield from at_uses(difference)
