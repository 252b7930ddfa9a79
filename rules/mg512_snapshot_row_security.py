"""MG512: row security that only the history enables, or only a snapshot or environment."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    Context,
    Diagnostic,
    Difference,
    Example,
    Rule,
    execute,
    in_sql,
)


class RowSecurityDiffers(Rule):
    """Row security is enabled on a table by the history or in a SQL snapshot or environment, not by both.

    ## What it flags

    A table with row security at head that has none in the snapshot or in the dump of an environment, or that has it
    there and not by the revisions. Policies are `environment-object`.

    ## Why it matters

    Without row security every role with privileges on the table, such as Supabase's `anon`, sees and changes every
    row through the API.

    ## Instead

    Enable it everywhere by a new revision, with its policies, and make the snapshot anew.

    ## References

    - [PostgreSQL: row security policies](https://www.postgresql.org/docs/current/ddl-rowsecurity.html)
    - [Supabase: row level security](https://supabase.com/docs/guides/database/postgres/row-level-security)
    """

    code = "MG512"
    name = "snapshot-row-security"
    scope = "difference"
    bad = (
        Example(
            upgrade='op.create_table("orders", sa.Column("buyer", sa.Text))',
            files=(
                (
                    "supabase_schema.sql",
                    "CREATE TABLE public.orders (buyer text);\nALTER TABLE orders ENABLE ROW LEVEL SECURITY;\n",
                ),
            ),
        ),
        Example(
            upgrade='op.create_table("orders", sa.Column("buyer", sa.Text))\n'
            'op.execute("ALTER TABLE orders ENABLE ROW LEVEL SECURITY")',
            files=(("supabase_schema.sql", "CREATE TABLE public.orders (buyer text);\n"),),
        ),
        Example(
            upgrade='op.create_table("orders", sa.Column("buyer", sa.Text))',
            files=(
                (
                    "production.sql",
                    "CREATE TABLE public.orders (buyer text);\nALTER TABLE public.orders ENABLE ROW LEVEL SECURITY;\n",
                ),
            ),
            settings=('environments.production = {dump = "production.sql", revision = "second"}',),
        ),
        Example(
            upgrade='op.create_table("orders", sa.Column("buyer", sa.Text))\n'
            'op.execute("ALTER TABLE orders ENABLE ROW LEVEL SECURITY")',
            files=(
                (
                    "supabase_schema.sql",
                    "CREATE TABLE public.orders (buyer text);\nALTER TABLE orders ENABLE ROW LEVEL SECURITY;\n"
                    "ALTER TABLE orders FORCE ROW LEVEL SECURITY;\n",
                ),
            ),
        ),
    )
    good = (
        Example(
            upgrade='op.create_table("orders", sa.Column("buyer", sa.Text))\n'
            'op.execute("ALTER TABLE orders ENABLE ROW LEVEL SECURITY")',
            files=(
                (
                    "supabase_schema.sql",
                    "CREATE TABLE public.orders (buyer text);\nALTER TABLE orders ENABLE ROW LEVEL SECURITY;\n",
                ),
            ),
        ),
    )

    def check_difference(self, difference: Difference, context: Context) -> Iterator[Diagnostic]:
        """Judges one difference between a snapshot and the head."""
        table = difference.object.table
        if not difference.dumped or difference.kind != "row_security" or table is None:
            return
        (_, at_head), (_, there) = difference.sides[0], difference.sides[-1]
        if there != "disabled" and there is not None:
            said = ["ENABLE"] if at_head is None else ["NO FORCE"] if there == "enabled" else []
            said += ["FORCE"] if there != "enabled" else []
            code = (execute(f"ALTER TABLE {in_sql(table)} {word} ROW LEVEL SECURITY") for word in said)
            yield Diagnostic(difference.message, help=difference.keeping(*code))
        else:
            yield Diagnostic(difference.message, help=difference.renewing)
