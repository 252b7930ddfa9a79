"""MG406: a foreign key that differs from the models."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    COSMETIC,
    MODELS,
    Context,
    Diagnostic,
    Difference,
    Example,
    Rule,
    closed,
)


class ModelForeignKey(Rule):
    """A foreign key is on one side only, or another one in the models.

    ## What it flags

    Foreign keys by columns, target, ON DELETE, ON UPDATE and deferral, whatever their names.

    ## Why it matters

    Without the key rows may point nowhere. With another ON DELETE the deletion of a row does what the code does not
    expect: `passive_deletes=True` relies on the CASCADE of the database.

    ## Instead

    Make the key anew in a new revision, NOT VALID first and validated afterwards.

    ## References

    - [Alembic: autogenerate](https://alembic.sqlalchemy.org/en/latest/autogenerate.html)
    - [SQLAlchemy: cascades](https://docs.sqlalchemy.org/en/20/orm/cascades.html)
    """

    code = "MG406"
    name = "model-foreign-key"
    scope = "difference"
    bad = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("parent", sa.Integer, sa.ForeignKey("orders.id")))',
            models='orders = sa.Table("orders", metadata, sa.Column("id", '
            'sa.Integer, primary_key=True), sa.Column("parent", sa.Integer, '
            'sa.ForeignKey("orders.id", ondelete="CASCADE")))',
        ),
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("parent", sa.Integer))',
            models='orders = sa.Table("orders", metadata, sa.Column("id", '
            'sa.Integer, primary_key=True), sa.Column("parent", sa.Integer, '
            'sa.ForeignKey("orders.id")))',
        ),
    )
    good = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("parent", sa.Integer, sa.ForeignKey("orders.id")))',
            models='orders = sa.Table("orders", metadata, sa.Column("id", '
            'sa.Integer, primary_key=True), sa.Column("parent", sa.Integer, '
            'sa.ForeignKey("orders.id")))',
        ),
    )

    def check_difference(self, difference: Difference, context: Context) -> Iterator[Diagnostic]:
        """Judges one difference between the models and the head."""
        if difference.source == MODELS and difference.kind == "foreign_key":
            twice = difference.derived is None and difference.drift_class == COSMETIC
            cause = f"{difference.object.table}: {difference.sides[0][1]}" if twice else None
            yield Diagnostic(difference.message, help=closed(difference, context), cause=cause)
