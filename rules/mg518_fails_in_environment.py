"""MG518: a pending revision that fails in an environment."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import ERROR, Context, Diagnostic, Example, Note, Rule


class FailsInEnvironment(Rule):
    """A revision that an environment lacks cannot run there.

    ## What it flags

    The first statement of a pending revision that PostgreSQL would refuse on the schema that the dump of an environment
    shows, though it works on a database that the history makes: what it makes is there already, what it changes is not.

    Not revisions up to `start-after`.

    ## Why it matters

    The deployment stops there. Tests on a new database do not show it, as nobody changed that one by hand.

    ## Instead

    Undo the change in that environment, or write the revision so that it does nothing where it is done already, if it
    was not merged yet. `migralint plan --environment NAME` shows every step.

    ## References

    - [PostgreSQL: error codes](https://www.postgresql.org/docs/current/errcodes-appendix.html)
    """

    code = "MG518"
    name = "fails-in-environment"
    scope = "notice"
    severity = ERROR
    bad = (
        Example(
            setup='op.create_table("orders", sa.Column("buyer", sa.Text))',
            upgrade='op.add_column("orders", sa.Column("note", sa.Text))',
            files=(("production.sql", "CREATE TABLE public.orders (buyer text, note text);\n"),),
            settings=('environments.production = {dump = "production.sql", revision = "first"}',),
            also=("MG502", "MG515"),
        ),
    )
    good = (
        Example(
            setup='op.create_table("orders", sa.Column("buyer", sa.Text))',
            upgrade='op.add_column("orders", sa.Column("note", sa.Text))',
            files=(("production.sql", "CREATE TABLE public.orders (buyer text, note text);\n"),),
            settings=(
                'environments.production = {dump = "production.sql", revision = "first"}',
                'start-after = ["second"]',
            ),
            also=("MG502", "MG515"),
        ),
        Example(
            setup='op.create_table("orders", sa.Column("buyer", sa.Text))',
            upgrade='op.execute("ALTER TABLE orders ADD COLUMN IF NOT EXISTS note text")',
            files=(("production.sql", "CREATE TABLE public.orders (buyer text, note text);\n"),),
            settings=('environments.production = {dump = "production.sql", revision = "first"}',),
            also=("MG502", "MG515"),
        ),
    )

    def check_note(self, note: Note, context: Context) -> Iterator[Diagnostic]:
        """Reports a notice of the engine; revisions up to `start-after` are taken as they are."""
        if note.revision not in context.skipped:
            yield Diagnostic(note.message, place=note.place)
