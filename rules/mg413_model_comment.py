"""MG413: a comment that differs from the models."""

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


class ModelComment(Rule):
    """The comment of a table or column is another one in the models.

    ## What it flags

    Comments of tables and columns that both sides have. It is a preview: select it to have comments compared.

    ## Why it matters

    Nothing fails. Who reads the database, or a catalog made of it, reads something else than who reads the code.

    ## Instead

    Set the comment in a new revision; it takes no time.

    ## References

    - [PostgreSQL: COMMENT](https://www.postgresql.org/docs/current/sql-comment.html)
    """

    code = "MG413"
    name = "model-comment"
    scope = "difference"
    preview = True
    bad = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("note", sa.Text))',
            models='orders = sa.Table("orders", metadata, sa.Column("id", '
            'sa.Integer, primary_key=True), sa.Column("note", sa.Text, comment="of the buyer"))',
            settings=('extend-select = ["MG413"]',),
        ),
    )
    good = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("note", sa.Text, comment="x"))',
            models='orders = sa.Table("orders", metadata, sa.Column("id", '
            'sa.Integer, primary_key=True), sa.Column("note", sa.Text, comment="x"))',
        ),
    )

    def check_difference(self, difference: Difference, context: Context) -> Iterator[Diagnostic]:
        """Judges one difference between the models and the head."""
        if difference.source == MODELS and difference.kind == "comment":
            yield Diagnostic(difference.message, help=closed(difference, context))
