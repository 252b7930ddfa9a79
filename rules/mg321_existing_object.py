"""MG321: something is made that already exists."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import ERROR, WARNING, Context, Diagnostic, Example, Rule, Step, lowered, refused

_SETUP = 'op.create_table("users", sa.Column("id", sa.Integer, primary_key=True))'


class ExistingObject(Rule):
    """An operation makes something that already exists at that point of the history.

    ## What it flags

    An operation that PostgreSQL would refuse with `already exists`. A common one: the enum type of a column, which
    `create_table` makes and `drop_table` leaves behind, is made again. In a downgrade it is a warning.

    ## Why it matters

    The migration fails on a new database, and on every database that went through the history.

    ## Instead

    Remove the second operation or give the new object another name. For an enum type that is already there, pass
    `postgresql.ENUM(..., name="...", create_type=False)`.

    ## References

    - [SQLAlchemy: PostgreSQL ENUM](https://docs.sqlalchemy.org/en/20/dialects/postgresql.html#postgresql-enum-types)
    """

    code = "MG321"
    name = "existing-object"
    scope = "operation"
    severity = ERROR
    bad = (
        Example(setup=_SETUP, upgrade=_SETUP),
        Example(setup=_SETUP, upgrade='op.add_column("users", sa.Column("id", sa.Integer))'),
    )
    good = (Example(setup=_SETUP, upgrade='op.execute("CREATE TABLE IF NOT EXISTS users (id integer)")'),)

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        failure = refused(step, "exists")
        if failure is None:
            return
        for earlier in context.history.steps(step.revision or "", step.direction)[: step.index]:
            if earlier.failure and earlier.failure.object == failure.object:
                return
        yield Diagnostic(
            f"{failure.object} already exists at this point of the history: PostgreSQL refuses "
            f"{step.operation.operation}",
            help="remove this, or give the new object another name",
            object=failure.object,
            severity=WARNING if step.direction == "downgrade" else None,
            confidence=lowered(step),
        )
