"""MG604: an embedded table that no foreign key joins."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import QUERIES, Context, Diagnostic, Difference, Example, Rule, at_uses


class EmbedWithoutForeignKey(Rule):
    """A `select` embeds a table, and no foreign key says how the two belong together.

    ## What it flags

    `select("*, customers(name)")` of supabase-py where no foreign key leads from one of the two tables to the
    other, nor from a third one to both; a hint `!name` that fits none; and two foreign keys without a hint which of
    them is meant. Not for views.

    ## Why it matters

    PostgREST finds the relationship by the foreign keys of the schema and answers 400 (PGRST200, PGRST201) where it
    finds none, or several.

    ## Instead

    Add the foreign key in a revision; name one of several after the table: `customers!orders_buyer_fkey(name)`.

    ## References

    - [PostgREST: resource embedding](https://docs.postgrest.org/en/stable/references/api/resource_embedding.html)
    """

    code = "MG604"
    name = "query-embed-without-foreign-key"
    scope = "difference"
    bad = (
        Example(
            upgrade='op.create_table("customers", sa.Column("id", sa.Integer, primary_key=True))\n'
            'op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("buyer", sa.Integer))',
            files=(
                (
                    "app/api.py",
                    'from supabase import create_client\n\nclient = create_client("url", "key")\n'
                    'client.table("orders").select("id, customers(id)").execute()\n',
                ),
            ),
        ),
    )
    good = (
        Example(
            upgrade='op.create_table("customers", sa.Column("id", sa.Integer, primary_key=True))\n'
            'op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("buyer", sa.Integer, sa.ForeignKey("customers.id")))',
            files=(
                (
                    "app/api.py",
                    'from supabase import create_client\n\nclient = create_client("url", "key")\n'
                    'client.table("orders").select("id, buyer:customers!inner(id)").eq("buyer.id", '
                    '1).execute()\nclient.table("customers").select("id, orders(count)").execute()\n',
                ),
            ),
        ),
    )

    def check_difference(self, difference: Difference, context: Context) -> Iterator[Diagnostic]:
        """Judges what queries need and the head lacks."""
        if difference.source == QUERIES and difference.kind == "embed":
            yield from at_uses(difference)
