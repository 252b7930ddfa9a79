"""MG415: a NOT NULL column for which the models send no value."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    MODELS,
    NULL_REFUSED,
    Context,
    Diagnostic,
    Difference,
    Example,
    Rule,
    closed,
)

_LACKED = "declare it in the model, or drop the column or its NOT NULL in a new revision"


class InsertRefused(Rule):
    """The database wants a value that the models do not send.

    ## What it flags

    A column that is NOT NULL in the history and that the models either lack, where it has no default, or let be NULL
    without any default of their own: SQLAlchemy then sends NULL for it, which a default of the column does not
    replace.

    ## Why it matters

    `null value in column violates not-null constraint`: every INSERT fails for which the code does not happen to set
    the attribute.

    ## Instead

    Drop NOT NULL in a new revision, or say in the model what the database says: `nullable=False` with
    `server_default=`, so that SQLAlchemy leaves the column out, or with `default=`.

    ## References

    - [SQLAlchemy: column defaults](https://docs.sqlalchemy.org/en/20/core/defaults.html)
    - [PostgreSQL: constraints](https://www.postgresql.org/docs/current/ddl-constraints.html)
    """

    code = "MG415"
    name = "insert-refused"
    scope = "difference"
    bad = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("note", sa.Text, nullable=False))',
            models='orders = sa.Table("orders", metadata, sa.Column("id", sa.Integer, primary_key=True))',
        ),
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("note", sa.Text, nullable=False, server_default=""))',
            models='orders = sa.Table("orders", metadata, sa.Column("id", '
            'sa.Integer, primary_key=True), sa.Column("note", sa.Text))',
            also=("MG408",),
        ),
    )
    good = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("note", sa.Text, nullable=False))',
            models='orders = sa.Table("orders", metadata, sa.Column("id", '
            'sa.Integer, primary_key=True), sa.Column("note", '
            'sa.Text, nullable=False, default=""))',
        ),
    )

    def check_difference(self, difference: Difference, context: Context) -> Iterator[Diagnostic]:
        """Judges one difference between the models and the head."""
        if difference.source == MODELS and difference.cause == NULL_REFUSED:
            yield Diagnostic(difference.message, help=closed(difference, context) or _LACKED)
