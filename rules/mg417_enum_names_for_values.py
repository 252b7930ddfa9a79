"""MG417: an enum with the names of its members where the history has their values."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    MODELS,
    NAMES_FOR_VALUES,
    Context,
    Diagnostic,
    Difference,
    Example,
    Rule,
)

_HELP = "values_callable=lambda members: [member.value for member in members] makes an Enum take the values"


class EnumNamesForValues(Rule):
    """The history has the values of a Python enum as labels and the models send its names, or the other way round.

    ## What it flags

    An enum of both sides whose labels are the names of a Python enum on the one and its values on the other, or differ
    in case only.

    ## Why it matters

    `Enum(State)` takes the names of the members (`OPEN`), not their values (`open`), unless `values_callable` says
    otherwise. Migrations and SQL written by hand have the values: PostgreSQL refuses what the model sends, and
    SQLAlchemy raises LookupError for what the rows have.

    ## Instead

    `Enum(State, values_callable=lambda states: [state.value for state in states])`, or rename the labels in a new
    revision.

    ## References

    - [SQLAlchemy: Enum and values_callable](https://docs.sqlalchemy.org/en/20/core/type_basics.html#sqlalchemy.types.Enum)
    """

    code = "MG417"
    name = "enum-names-for-values"
    scope = "difference"
    bad = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("state", sa.Enum("open", "paid", name="state")))',
            models="class State(enum.Enum):\n"
            '    OPEN = "open"\n'
            '    PAID = "paid"\n'
            "\n"
            "\n"
            'orders = sa.Table("orders", metadata, sa.Column("id", '
            'sa.Integer, primary_key=True), sa.Column("state", sa.Enum(State)))',
        ),
    )
    good = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("state", sa.Enum("OPEN", "PAID", name="state")))',
            models="class State(enum.Enum):\n"
            '    OPEN = "open"\n'
            '    PAID = "paid"\n'
            "\n"
            "\n"
            'orders = sa.Table("orders", metadata, sa.Column("id", '
            'sa.Integer, primary_key=True), sa.Column("state", sa.Enum(State)))',
        ),
    )

    def check_difference(self, difference: Difference, context: Context) -> Iterator[Diagnostic]:
        """Judges one difference between the models and the head."""
        if difference.source == MODELS and difference.cause == NAMES_FOR_VALUES:
            yield Diagnostic(difference.message, help=_HELP)
