"""MG405: a column that is NOT NULL on one side only."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    COSMETIC,
    MODELS,
    Column,
    Context,
    Diagnostic,
    Difference,
    Example,
    Rule,
    closed,
)


class ModelNullability(Rule):
    """A column is NOT NULL in the history or in the models, not in both.

    ## What it flags

    A column whose nullability differs, unless inserts of the model fail by it: that is `insert-refused`. One
    finding for a table and direction. Not where only the models say NOT NULL of a column that their `default=` fills
    and that the table was made with: only rows of other programs can be without a value.

    ## Why it matters

    Where only the models say NOT NULL, other programs and older rows have NULLs that the code does not expect. Where
    only the database does, it refuses a NULL that the code may set.

    ## Instead

    Set or drop NOT NULL in a new revision, rows without a value filled first, or correct the model. `Mapped[str]`
    without `Optional` is NOT NULL.

    ## References

    - [Alembic: autogenerate](https://alembic.sqlalchemy.org/en/latest/autogenerate.html)
    - [SQLAlchemy: declarative tables](https://docs.sqlalchemy.org/en/20/orm/declarative_tables.html)
    """

    code = "MG405"
    name = "model-nullability"
    scope = "difference"
    bad = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("note", sa.Text))',
            models='orders = sa.Table("orders", metadata, sa.Column("id", '
            'sa.Integer, primary_key=True), sa.Column("note", sa.Text, nullable=False))',
        ),
    )
    good = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("open", sa.Boolean))',
            models='orders = sa.Table("orders", metadata, sa.Column("id", '
            'sa.Integer, primary_key=True), sa.Column("open", sa.Boolean, nullable=False, default=True))',
        ),
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("note", sa.Text, nullable=False))',
            models='orders = sa.Table("orders", metadata, sa.Column("id", '
            'sa.Integer, primary_key=True), sa.Column("note", sa.Text, nullable=False))',
        ),
    )

    def check_difference(self, difference: Difference, context: Context) -> Iterator[Diagnostic]:
        """Judges one difference between the models and the head."""
        if difference.source != MODELS or difference.kind != "nullability" or difference.cause is not None:
            return
        if difference.drift_class != COSMETIC:
            head = difference.head
            stricter = isinstance(head, Column) and head.not_null
            cause = f"{difference.object.table} {'history' if stricter else 'models'}"
            yield Diagnostic(difference.message, help=closed(difference, context), cause=cause)
