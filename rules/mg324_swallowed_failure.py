"""MG324: a refused statement whose error the code swallows within a transaction."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import ERROR, WARNING, Context, Diagnostic, Example, Related, Rule, Step, lowered

_SETUP = 'op.create_table("users", sa.Column("id", sa.Integer, primary_key=True))'


class SwallowedFailure(Rule):
    """PostgreSQL refuses a statement, and the code goes on although the transaction is lost.

    ## What it flags

    An operation in `try` or `contextlib.suppress` that fails at this point of the history and whose error is swallowed,
    within a transaction. Not under a savepoint (`begin_nested`), not in an `autocommit_block`, not on SQLite. In a
    downgrade it is a warning. Silent after an operation that could not be read.

    ## Why it matters

    After an error PostgreSQL refuses everything in the transaction (`current transaction is aborted, commands ignored
    until end of transaction block`): what the handler does instead, the rest of the revision, and the change of
    `alembic_version`. The migration fails, at another place and with a message that hides the reason.

    ## Instead

    Ask before: `IF EXISTS`, `if_not_exists=True`, `sa.inspect(op.get_bind()).has_table(...)`. Or put the statement
    under a savepoint: `with op.get_bind().begin_nested():` within the `try`.

    ## References

    - [PostgreSQL: transactions](https://www.postgresql.org/docs/current/tutorial-transactions.html)
    - [SQLAlchemy: using SAVEPOINT](https://docs.sqlalchemy.org/en/20/orm/session_transaction.html#using-savepoint)
    """

    code = "MG324"
    name = "swallowed-failure"
    scope = "operation"
    severity = ERROR
    bad = (
        Example(
            setup=_SETUP,
            upgrade="""try:
    op.add_column("users", sa.Column("id", sa.Integer))
except Exception:
    pass""",
        ),
        Example(
            setup=_SETUP,
            upgrade="""import contextlib
with contextlib.suppress(sa.exc.SQLAlchemyError):
    op.drop_constraint("users_name_key", "users")""",
        ),
    )
    good = (
        Example(
            setup=_SETUP,
            upgrade="""try:
    with op.get_bind().begin_nested():
        op.add_column("users", sa.Column("id", sa.Integer))
except Exception:
    pass""",
        ),
        Example(
            setup=_SETUP,
            upgrade="""with op.get_context().autocommit_block():
    try:
        op.add_column("users", sa.Column("id", sa.Integer))
    except Exception:
        pass""",
        ),
    )

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        failure, place = step.failure, step.caught
        if failure is None or place is None or not step.applied or step.transaction is None or step.before.opaque:
            return
        if step.before.dialect != "postgresql":
            return
        yield Diagnostic(
            f"PostgreSQL refuses {step.operation.operation} ({failure}); the error is swallowed, but the transaction "
            "is aborted, so everything after it fails",
            help="with op.get_bind().begin_nested(): inside the try, or ask first whether the object is there",
            object=failure.object,
            related=(Related(place, "the error is swallowed here"),),
            severity=WARNING if step.direction == "downgrade" else None,
            confidence=lowered(step),
        )
