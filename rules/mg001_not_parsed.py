"""MG001: a file or statement that could not be parsed."""

from __future__ import annotations

from migralint.rule import ERROR, Example, Rule


class NotParsed(Rule):
    """A migration, or a statement in it, could not be parsed.

    ## What it flags

    A Python file with a syntax error, a file that is no text or is too large, and SQL that ends in the middle of a
    quote or bracket. What such a file does is missing from everything that is judged afterwards.

    ## Why it matters

    Alembic imports every file in the versions folder: one that does not parse stops `alembic upgrade` for the whole
    history. And a linter that says nothing about what it could not read lets it pass.

    ## Instead

    Correct the file at the place that is named.

    ## References

    - [Alembic: script directory](https://alembic.sqlalchemy.org/en/latest/tutorial.html#the-migration-environment)
    """

    code = "MG001"
    name = "not-parsed"
    scope = "notice"
    severity = ERROR
    bad = (Example(files=(("versions/broken.py", 'revision = "broken"\ndef upgrade(:\n'),)),)
    good = (Example(upgrade='op.create_table("t", sa.Column("id", sa.Integer, primary_key=True))'),)
