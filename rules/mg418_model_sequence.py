"""MG418: a sequence of the models that no revision makes."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    MODELS,
    Context,
    Diagnostic,
    Difference,
    Example,
    Rule,
    closed,
)


class ModelSequence(Rule):
    """The models ask a sequence for numbers that no revision makes.

    ## What it flags

    `Sequence("name")` in the models, where the history has no sequence of that name.

    ## Why it matters

    SQLAlchemy runs `nextval` for each INSERT: `relation does not exist`. Autogenerate compares no sequences.

    ## Instead

    Make the sequence in a new revision, or let the column be SERIAL or an identity.

    ## References

    - [SQLAlchemy: sequences](https://docs.sqlalchemy.org/en/20/core/defaults.html)
    - [PostgreSQL: CREATE SEQUENCE](https://www.postgresql.org/docs/current/sql-createsequence.html)
    """

    code = "MG418"
    name = "model-sequence"
    scope = "difference"
    bad = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("number", sa.Integer))',
            models='orders = sa.Table("orders", metadata, sa.Column("id", '
            'sa.Integer, primary_key=True), sa.Column("number", sa.Integer, '
            'sa.Sequence("numbers")))',
        ),
    )
    good = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("number", sa.Integer))\n'
            'op.execute("CREATE SEQUENCE numbers")',
            models='orders = sa.Table("orders", metadata, sa.Column("id", '
            'sa.Integer, primary_key=True), sa.Column("number", sa.Integer, '
            'sa.Sequence("numbers")))',
        ),
    )

    def check_difference(self, difference: Difference, context: Context) -> Iterator[Diagnostic]:
        """Judges one difference between the models and the head."""
        if difference.source == MODELS and difference.kind == "sequence":
            yield Diagnostic(difference.message, help=closed(difference, context))
