"""MG510: a snapshot, or a statement of it, that was not read."""

from __future__ import annotations

from migralint.rule import Example, Rule


class SnapshotNotRead(Rule):
    """A SQL snapshot or the dump of an environment, or a statement of it, could not be read.

    ## What it flags

    A file that is not there or is no text, a statement that was not understood and may change the schema, and one
    that PostgreSQL would refuse because what it needs is nowhere in the file. Statements in an order that could not be
    run are no problem.

    ## Why it matters

    The file may have more than was read. What it seems to lack is no longer reported, so that nothing wrong is said.

    ## Instead

    Correct the statement, or leave it out of the file. A file made by `pg_dump --schema-only` is read as it is.

    ## References

    - [PostgreSQL: pg_dump](https://www.postgresql.org/docs/current/app-pgdump.html)
    """

    code = "MG510"
    name = "snapshot-not-read"
    scope = "notice"
    bad = (
        Example(
            upgrade='op.create_table("orders", sa.Column("buyer", sa.Text))',
            files=(
                (
                    "supabase_schema.sql",
                    "CREATE TABLE orders (buyer text);\nALTER TABLE orders WITH SOMETHING UNHEARD OF;\n",
                ),
            ),
        ),
    )
    good = (
        Example(
            upgrade='op.create_table("orders", sa.Column("buyer", sa.Text))',
            files=(("supabase_schema.sql", "CREATE TABLE orders (buyer text);\nGRANT ALL ON orders TO anon;\n"),),
        ),
    )
