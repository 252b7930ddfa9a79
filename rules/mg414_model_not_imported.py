"""MG414: a model in a module that nothing imports."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import MODELS, NOT_IMPORTED, Context, Diagnostic, Difference, Example, Rule


class ModelNotImported(Rule):
    """A module declares the model of a table, and nothing that `env.py` imports reaches the module.

    ## What it flags

    A table of the history that seems to have no model, and has one: in a module of the project that declares it in the
    same MetaData, and that neither `env.py` nor what it imports, nor the key `models`, leads to.

    ## Why it matters

    A model is in the MetaData only after its module was imported. To `--autogenerate` the table has no model: the next
    revision drops it, with its rows.

    ## Instead

    Import the module in `env.py`, or in the package that `env.py` imports the metadata from.

    ## References

    - [Alembic: autogenerate](https://alembic.sqlalchemy.org/en/latest/autogenerate.html)
    """

    code = "MG414"
    name = "model-not-imported"
    scope = "difference"
    bad = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))\n'
            'op.create_table("refunds", sa.Column("id", sa.Integer, primary_key=True))',
            models='orders = sa.Table("orders", metadata, sa.Column("id", sa.Integer, primary_key=True))',
            files=(
                (
                    "refunds.py",
                    "import sqlalchemy as sa\nfrom models import metadata\n\n"
                    'refunds = sa.Table("refunds", metadata, sa.Column("id", sa.Integer, primary_key=True))\n',
                ),
            ),
        ),
    )
    good = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))',
            models='orders = sa.Table("orders", metadata, sa.Column("id", sa.Integer, primary_key=True))',
        ),
    )

    def check_difference(self, difference: Difference, context: Context) -> Iterator[Diagnostic]:
        """Judges one difference between the models and the head."""
        if difference.source == MODELS and difference.cause == NOT_IMPORTED:
            help = "import the module in env.py, or where it gets the metadata from"
            yield Diagnostic(difference.message, help=help, cause=difference.place.path)
