"""MG409: a check that differs from the models."""

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


class ModelCheck(Rule):
    """A check or exclusion constraint is on one side only, or says something else in the models.

    ## What it flags

    Checks compared by what they mean, not by how they are spelled, and exclusion constraints that one side lacks.

    ## Why it matters

    Autogenerate compares no checks: one that was added to a model never reaches the database, and rows that it refuses
    get in.

    ## Instead

    Add the check in a new revision, NOT VALID first and validated afterwards.

    ## References

    - [Alembic: autogenerate](https://alembic.sqlalchemy.org/en/latest/autogenerate.html)
    - [PostgreSQL: constraints](https://www.postgresql.org/docs/current/ddl-constraints.html)
    """

    code = "MG409"
    name = "model-check"
    scope = "difference"
    bad = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("amount", sa.Integer))',
            models='orders = sa.Table("orders", metadata, sa.Column("id", '
            'sa.Integer, primary_key=True), sa.Column("amount", sa.Integer), '
            'sa.CheckConstraint("amount > 0", name="positive"))',
        ),
    )
    good = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("amount", sa.Integer), sa.CheckConstraint("amount>0", name="positive"))',
            models='orders = sa.Table("orders", metadata, sa.Column("id", '
            'sa.Integer, primary_key=True), sa.Column("amount", sa.Integer), '
            'sa.CheckConstraint("(amount > 0)", name="positive"))',
        ),
    )

    def check_difference(self, difference: Difference, context: Context) -> Iterator[Diagnostic]:
        """Judges one difference between the models and the head."""
        if difference.source == MODELS and difference.kind in ("check", "exclusion"):
            yield Diagnostic(difference.message, help=closed(difference, context))
