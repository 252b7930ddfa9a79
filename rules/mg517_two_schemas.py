"""MG517: a guarded change that leads to two schemas at one head."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import MEDIUM, Context, Diagnostic, Example, Note, Rule

_GUARDED = """\
if not sa.inspect(op.get_bind()).has_table("orders"):
    op.create_table("orders", sa.Column("buyer", sa.Text), sa.Column("paid", sa.Boolean))"""
_IF_NOT_EXISTS = 'op.execute("CREATE TABLE IF NOT EXISTS orders (buyer text, paid boolean)")'


class TwoSchemas(Rule):
    """A guarded change does one thing on a new database and another on one made from a snapshot or dump.

    ## What it flags

    The revisions are also followed on a database made from each SQL snapshot (after the revision that its header names,
    else all of them), and on each environment from its revision. Where a change that asks first (`inspector.has_table`,
    `IF NOT EXISTS`, `to_regclass` in a `DO` block) acts on one database and not on the other, and what it is about
    differs in the end, that is a finding.

    ## Why it matters

    Both databases are at the same revision and have two schemas. Alembic does not notice, nor does a test on a new
    database; the next migration of that object fails, or changes only one of them.

    ## Instead

    Write a new revision that brings every database to one schema: ask for what differs, not for whether something of
    that name is there.

    ## References

    - [Alembic: cookbook](https://alembic.sqlalchemy.org/en/latest/cookbook.html)
    """

    code = "MG517"
    name = "two-schemas"
    scope = "notice"
    bad = (
        Example(
            upgrade=_GUARDED,
            files=(("supabase_schema.sql", "CREATE TABLE public.orders (buyer text, paid text);\n"),),
            also=("MG503",),
        ),
        Example(
            setup='op.create_table("items", sa.Column("id", sa.Integer))',
            upgrade=_IF_NOT_EXISTS,
            files=(
                (
                    "production.sql",
                    "CREATE TABLE public.items (id integer);\nCREATE TABLE public.orders (buyer text);\n",
                ),
            ),
            settings=('environments.production = {dump = "production.sql", revision = "first"}',),
            also=("MG501", "MG515"),
        ),
    )
    good = (
        Example(
            upgrade=_GUARDED,
            files=(("supabase_schema.sql", "CREATE TABLE public.orders (buyer text, paid text);\n"),),
            settings=('start-after = ["second"]',),
            also=("MG503",),
        ),
        Example(
            upgrade=_GUARDED,
            files=(("supabase_schema.sql", "CREATE TABLE public.orders (buyer text, paid boolean);\n"),),
        ),
    )

    def check_note(self, note: Note, context: Context) -> Iterator[Diagnostic]:
        """Reports a notice of the engine; revisions up to `start-after` are taken as they are."""
        if note.revision not in context.skipped:
            yield Diagnostic(note.message, place=note.place, confidence=MEDIUM)
