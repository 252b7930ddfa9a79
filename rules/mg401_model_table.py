"""MG401: a table that only the history or only the models have."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    MEDIUM,
    MODELS,
    Context,
    Diagnostic,
    Difference,
    Example,
    Rule,
    closed,
)

_LEFT = "give it a model, drop it in a new revision, or leave it out in include_object of env.py"


class ModelTable(Rule):
    """A table is in the history or in the models, not in both.

    ## What it flags

    A table that a model declares and no revision makes (blocking, or an integrity risk where code outside of tests has
    `create_all` make it), one that the history has and no model (cosmetic: it may be left over), and one that has
    another name in the models: then it is one finding, with the evidence. What `include_object`, `include_name` or
    `skip_autogenerate` leave out is left out here too. So is a table that `create_all` makes in `__init__` of a class
    in a module that imports Alembic, as each database that it opens has the table without a revision; and a table
    without a model that code outside of tests lists beside `alembic_version`, or with others that have none, as the
    project knows that it keeps it.

    ## Why it matters

    Statements of a model without a table fail with `relation does not exist`. A table without a model is dropped by
    the next revision that somebody makes with `--autogenerate` and does not read.

    ## Instead

    Add the revision that makes the table. Where a table is meant to be without a model, say so in `include_object`.

    ## References

    - [Alembic: autogenerate](https://alembic.sqlalchemy.org/en/latest/autogenerate.html)
    - [SQLAlchemy: declarative tables](https://docs.sqlalchemy.org/en/20/orm/declarative_tables.html)
    """

    code = "MG401"
    name = "model-table"
    scope = "difference"
    once = True
    bad = (
        Example(
            upgrade="pass",
            models='orders = sa.Table("orders", metadata, sa.Column("id", sa.Integer, primary_key=True))',
        ),
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))\n'
            'op.create_table("refunds", sa.Column("id", sa.Integer, primary_key=True))',
            models='orders = sa.Table("orders", metadata, sa.Column("id", sa.Integer, primary_key=True))',
        ),
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("buyer", sa.Text), sa.Column("amount", sa.Integer))',
            models='orders = sa.Table("purchases", metadata, sa.Column("id", '
            'sa.Integer, primary_key=True), sa.Column("buyer", sa.Text), sa.Column("amount", '
            "sa.Integer))",
        ),
    )
    good = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))\n'
            'op.create_table("refunds", sa.Column("id", sa.Integer, primary_key=True))',
            models='orders = sa.Table("orders", metadata, sa.Column("id", sa.Integer, primary_key=True))',
            files=(("compare.py", 'IGNORED = frozenset({"alembic_version", "refunds"})\n'),),
        ),
        Example(
            upgrade='for name in ("orders", "refunds", "claims"):\n'
            '    op.create_table(name, sa.Column("id", sa.Integer, primary_key=True))',
            models='orders = sa.Table("orders", metadata, sa.Column("id", sa.Integer, primary_key=True))',
            files=(("accounts.py", 'KEPT_FOR_A_ROLLBACK = ("refunds", "claims")\n'),),
        ),
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))',
            models='orders = sa.Table("orders", metadata, sa.Column("id", sa.Integer, primary_key=True))',
        ),
    )

    def check_difference(self, difference: Difference, context: Context) -> Iterator[Diagnostic]:
        """Judges one difference between the models and the head."""
        if difference.source == MODELS and difference.kind == "table" and difference.cause is None:
            help = closed(difference, context) or _LEFT
            yield Diagnostic(difference.message, help=help, confidence=MEDIUM if difference.renamed_from else None)
