"""MG603: a call of a function that the head does not have."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import QUERIES, Context, Diagnostic, Difference, Example, Rule, at_uses


class MissingFunction(Rule):
    """Code calls a function that is not there at the head of the history, or with arguments that it does not take.

    ## What it flags

    `.rpc(...)` of supabase-py with a function that no revision makes, or with names of arguments that no function
    of that name takes, or without one that has no default. In SQL a call of a function that a revision dropped or
    renamed; other functions may be PostgreSQL's own or those of an extension.

    ## Why it matters

    PostgREST looks for a function with exactly these arguments and answers 404 (PGRST202) where there is none.

    ## Instead

    Make the function in a revision. A function gets a further argument with a default, so that calls without it go
    on working.

    ## References

    - [PostgREST: functions as RPC](https://docs.postgrest.org/en/stable/references/api/functions.html)
    """

    code = "MG603"
    name = "query-missing-function"
    scope = "difference"
    bad = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("total", sa.Integer))',
            files=(
                (
                    "app/api.py",
                    'from supabase import create_client\n\nclient = create_client("url", "key")\n'
                    'client.rpc("total_of", {"buyer": 1}).execute()\n',
                ),
            ),
        ),
        Example(
            upgrade='op.execute("CREATE FUNCTION total_of(buyer integer) RETURNS integer LANGUAGE sql AS '
            '$$ SELECT 1 $$")',
            files=(
                (
                    "app/api.py",
                    'from supabase import create_client\n\nclient = create_client("url", "key")\n'
                    'client.rpc("total_of", {"buyer_id": 1}).execute()\n',
                ),
            ),
        ),
    )
    good = (
        Example(
            upgrade='op.execute("CREATE FUNCTION total_of(buyer integer, since date DEFAULT now()) RETURNS '
            'integer LANGUAGE sql AS $$ SELECT 1 $$")',
            files=(
                (
                    "app/api.py",
                    'from supabase import create_client\n\nclient = create_client("url", "key")\n'
                    'client.rpc("total_of", {"buyer": 1}).execute()\n',
                ),
            ),
        ),
    )

    def check_difference(self, difference: Difference, context: Context) -> Iterator[Diagnostic]:
        """Judges what queries need and the head lacks."""
        if difference.source == QUERIES and difference.kind in ("function", "arguments"):
            yield from at_uses(difference)
