"""MG607: a label that an enum does not have."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import QUERIES, Context, Diagnostic, Difference, Example, Rule, at_uses


class MissingLabel(Rule):
    """Code compares or stores a text that is no label of the column's enum type.

    ## What it flags

    A literal in a filter, an insert or an update of supabase-py, or beside a column in SQL, that the enum type of
    the column does not have at head.

    ## Why it matters

    PostgreSQL refuses the statement: `invalid input value for enum`, also where it is only compared.

    ## Instead

    Add the label in a revision, with ALTER TYPE ... ADD VALUE, before the code that uses it is deployed.

    ## References

    - [PostgreSQL: ALTER TYPE](https://www.postgresql.org/docs/current/sql-altertype.html)
    - [PostgreSQL: enumerated types](https://www.postgresql.org/docs/current/datatype-enum.html)
    """

    code = "MG607"
    name = "query-missing-label"
    scope = "difference"
    bad = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("state", sa.Enum("new", "paid", name="state")))',
            files=(
                (
                    "app/api.py",
                    'from supabase import create_client\n\nclient = create_client("url", "key")\n'
                    'client.table("orders").update({"state": "payed"}).in_("state", ["new", '
                    '"open"]).execute()\n',
                ),
            ),
        ),
    )
    good = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("state", sa.Enum("new", "paid", name="state")))',
            files=(
                (
                    "app/api.py",
                    'from supabase import create_client\n\nclient = create_client("url", "key")\n'
                    'client.table("orders").update({"state": "paid"}).eq("state", "new").execute()\n',
                ),
            ),
        ),
    )

    def check_difference(self, difference: Difference, context: Context) -> Iterator[Diagnostic]:
        """Judges what queries need and the head lacks."""
        if difference.source == QUERIES and difference.kind == "label":
            yield from at_uses(difference)
