"""MG411: an index that differs from the models."""

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


class ModelIndex(Rule):
    """An index that is not unique is on one side only, or another one in the models.

    ## What it flags

    Indexes by table, method, keys, operator classes and condition. Expressions and conditions are compared by what
    they mean.

    ## Why it matters

    Nothing fails, but a query that is quick on one side reads the whole table on the other. Autogenerate compares
    neither expressions nor conditions of an index that has the same name.

    ## Instead

    Build the index CONCURRENTLY in a new revision, or declare it in the model.

    ## References

    - [Alembic: autogenerate](https://alembic.sqlalchemy.org/en/latest/autogenerate.html)
    - [PostgreSQL: CREATE INDEX](https://www.postgresql.org/docs/current/sql-createindex.html)
    """

    code = "MG411"
    name = "model-index"
    scope = "difference"
    bad = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("buyer", sa.Text))',
            models='orders = sa.Table("orders", metadata, sa.Column("id", '
            'sa.Integer, primary_key=True), sa.Column("buyer", sa.Text, index=True))',
        ),
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("buyer", sa.Text))\n'
            'op.create_index("by_buyer", "orders", ["buyer"])',
            models='orders = sa.Table("orders", metadata, sa.Column("id", '
            'sa.Integer, primary_key=True), sa.Column("buyer", sa.Text), '
            'sa.Index("by_buyer", "buyer", postgresql_where=sa.text("buyer IS NOT NULL")))',
        ),
    )
    good = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("buyer", sa.Text))\n'
            'op.create_index("ix_orders_buyer", "orders", ["buyer"])',
            models='orders = sa.Table("orders", metadata, sa.Column("id", '
            'sa.Integer, primary_key=True), sa.Column("buyer", sa.Text, index=True))',
        ),
    )

    def check_difference(self, difference: Difference, context: Context) -> Iterator[Diagnostic]:
        """Judges one difference between the models and the head."""
        if difference.source == MODELS and difference.kind == "index":
            yield Diagnostic(difference.message, help=closed(difference, context))
