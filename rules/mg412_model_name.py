"""MG412: constraints and indexes that have other names in the models."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    MODELS,
    Context,
    Diagnostic,
    Difference,
    Example,
    Rule,
    Unique,
)

_RENAME = "rename them in a new revision, or name them in the model"


class ModelName(Rule):
    """Constraints and indexes that do the same have other names in the models.

    ## What it flags

    Names of indexes and unique constraints that are equal but for their names, one finding for a table. Not where the
    models leave the name of a constraint to the database, nor where only names of foreign keys and primary keys differ:
    autogenerate does not compare them.

    ## Why it matters

    Nothing fails now. Autogenerate drops the index or constraint under one name and makes it under the other, and a
    later migration that drops it by the name which the models give it fails.

    ## Instead

    Rename it in a new revision, or name it in the model. A naming convention keeps both sides the same.

    ## References

    - [Alembic: the importance of naming constraints](https://alembic.sqlalchemy.org/en/latest/naming.html)
    """

    code = "MG412"
    name = "model-name"
    scope = "difference"
    bad = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("buyer", sa.Text))\n'
            'op.create_index("by_buyer", "orders", ["buyer"])',
            models='orders = sa.Table("orders", metadata, sa.Column("id", '
            'sa.Integer, primary_key=True), sa.Column("buyer", sa.Text, index=True))',
        ),
    )
    good = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("number", sa.Integer), '
            'sa.UniqueConstraint("number", name="orders_number_key"))',
            models='orders = sa.Table("orders", metadata, sa.Column("id", '
            'sa.Integer, primary_key=True), sa.Column("number", sa.Integer, unique=True))',
        ),
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer), sa.Column("number", sa.Integer), '
            'sa.PrimaryKeyConstraint("id", name="pk_orders"), sa.UniqueConstraint("number", name="uq_number"))',
            models='orders = sa.Table("orders", metadata, sa.Column("id", '
            'sa.Integer, primary_key=True), sa.Column("number", sa.Integer, unique=True))',
        ),
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))\n'
            'op.create_table("items", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("order_id", sa.Integer), '
            'sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_items_ordre"))',
            models='orders = sa.Table("orders", metadata, sa.Column("id", sa.Integer, primary_key=True))\n'
            'items = sa.Table("items", metadata, sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("order_id", sa.Integer), '
            'sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_items_order"))',
        ),
    )

    def check_difference(self, difference: Difference, context: Context) -> Iterator[Diagnostic]:
        """Judges one difference between the models and the head."""
        if difference.source == MODELS and difference.kind == "name" and _is_compared(difference, context):
            yield Diagnostic(difference.message, help=_RENAME)


def _is_compared(difference: Difference, context: Context) -> bool:
    """Whether autogenerate compares one of the names."""
    table = context.history.schema.tables.get(difference.table_at_head) if difference.table_at_head else None
    if table is None:
        return True
    compared = {index.name for index in table.indexes} | {unique.name for unique in table.of_kind(Unique)}
    return not compared.isdisjoint((difference.sides[0][1] or "").split(", "))
