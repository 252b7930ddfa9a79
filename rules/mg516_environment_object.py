"""MG516: a view, function, trigger, policy, ... that only a snapshot or environment has, or only the history."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import Context, Diagnostic, Difference, Example, Rule

_KINDS = frozenset("view function trigger policy rule sequence type extension publication event_trigger schema".split())


class EnvironmentObject(Rule):
    """A view, function, trigger, policy or the like is not the same in the history and in a snapshot or environment.

    ## What it flags

    In a SQL snapshot and in the dump of an environment: views, functions, triggers, policies, rules, sequences and
    types that no revision makes, or that are made and missing there; functions with another body, policies with
    another command, other roles or another condition, triggers that fire at another time or on another condition,
    or are disabled, domains with other checks, NOT NULL or default.
    Queries (of views, in policies) are compared as far as the server, which prints them in its own way, keeps them:
    tables, columns, literals, functions. A snapshot that has nothing but tables lacks only tables. Extensions,
    publications, event triggers and schemas are compared with environments only, and only where the history makes
    them. Policies that only one side has, or triggers, are one finding for each table.

    ## Why it matters

    What was made by hand in one database is in no other: code that relies on it fails there, rows that a policy hid are
    seen, and a later migration finds what it does not expect. What was dropped by hand is missing.

    ## Instead

    Write the revision that makes it everywhere, and that does nothing where it is there already.

    ## References

    - [PostgreSQL: system catalogs](https://www.postgresql.org/docs/current/catalogs.html)
    """

    code = "MG516"
    name = "environment-object"
    scope = "difference"
    bad = (
        Example(
            upgrade='op.create_table("orders", sa.Column("buyer", sa.Text))\n'
            'op.execute("CREATE POLICY own ON orders FOR SELECT USING (buyer = CURRENT_USER)")',
            files=(
                (
                    "supabase_schema.sql",
                    "CREATE TABLE public.orders (buyer text);\n"
                    "CREATE POLICY own ON public.orders FOR SELECT USING (true);\n",
                ),
            ),
        ),
        Example(
            upgrade='op.create_table("orders", sa.Column("buyer", sa.Text))',
            files=(
                (
                    "production.sql",
                    "CREATE TABLE public.orders (buyer text);\n"
                    "CREATE VIEW public.buyers AS SELECT buyer FROM public.orders;\n",
                ),
            ),
            settings=('environments.production = {dump = "production.sql", revision = "second"}',),
        ),
        Example(
            upgrade='op.create_table("orders", sa.Column("buyer", sa.Text))',
            files=(
                (
                    "production.sql",
                    "CREATE TABLE public.orders (buyer text);\n"
                    "CREATE POLICY own ON public.orders FOR SELECT USING (buyer = CURRENT_USER);\n",
                ),
            ),
            settings=('environments.production = {dump = "production.sql", revision = "second"}',),
        ),
    )
    good = (
        Example(
            upgrade='op.create_table("orders", sa.Column("buyer", sa.Text))\n'
            'op.execute("CREATE VIEW buyers AS SELECT buyer FROM orders")',
            files=(("supabase_schema.sql", "CREATE TABLE public.orders (buyer text);\n"),),
        ),
        Example(
            upgrade='op.create_table("orders", sa.Column("buyer", sa.Text))\n'
            'op.execute("CREATE VIEW buyers AS SELECT buyer FROM orders")',
            files=(
                (
                    "production.sql",
                    "CREATE TABLE public.orders (buyer text);\n"
                    "CREATE VIEW public.buyers AS\n SELECT orders.buyer\n   FROM public.orders;\n",
                ),
            ),
            settings=('environments.production = {dump = "production.sql", revision = "second"}',),
        ),
    )

    def check_difference(self, difference: Difference, context: Context) -> Iterator[Diagnostic]:
        """Judges one difference between an environment and what its revision makes."""
        kind = difference.kind
        if not difference.dumped or kind not in _KINDS or difference.object.kind != kind:  # not the type of a column
            return
        (_, at_head), (side, there) = difference.sides[0], difference.sides[-1]
        alone = difference.object.table is not None and None in (at_head, there)
        cause = f"{kind} of {difference.object.table}, {'not ' * (there is None)}in {side}" if alone else None
        if there is None:
            yield Diagnostic(difference.message, help=difference.renewing, cause=cause)
        else:
            help = difference.keeping(f"{difference.object} as {side} has it")
            yield Diagnostic(difference.message, help=help, cause=cause)
