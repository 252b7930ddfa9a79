"""MG325: the code swallows whatever error a change of the schema meets."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import CERTAIN, MEDIUM, Context, Diagnostic, Example, Related, Rule, Step, lowered, upgrades

_SETUP = 'op.create_table("users", sa.Column("id", sa.Integer, primary_key=True))'
_COLUMN = 'op.add_column("users", sa.Column("phone", sa.String(20)))'


class SwallowedError(Rule):
    """Whatever error a change of the schema meets is swallowed, within a transaction.

    ## What it flags

    Changes of the schema in an upgrade within a `try` whose handler catches every error of the database and never
    raises, or within `contextlib.suppress`: once for a `try`, at its first such change. Not under a savepoint
    (`begin_nested`), not in an `autocommit_block`, not on SQLite, not for `IF [NOT] EXISTS`, which has no need of it.

    ## Why it matters

    The change works on a new database. Where it fails (a lock timeout, rows that break a constraint, an object that is
    there already), PostgreSQL aborts the transaction and refuses everything after it: the migration fails at another
    place, with `current transaction is aborted` in place of the reason, which only the swallowed error told.

    ## Instead

    Remove the `try`: the first error is the one to see. Where an object may be there or not, ask before (`IF EXISTS`,
    `if_not_exists=True`, `sa.inspect(op.get_bind())`). Where the error is really to be survived, use a savepoint:
    `with op.get_bind().begin_nested():` within the `try`.

    ## References

    - [PostgreSQL: transactions](https://www.postgresql.org/docs/current/tutorial-transactions.html)
    - [SQLAlchemy: using SAVEPOINT](https://docs.sqlalchemy.org/en/20/orm/session_transaction.html#using-savepoint)
    """

    code = "MG325"
    name = "swallowed-error"
    scope = "operation"
    confidence = MEDIUM
    bad = (
        Example(
            setup=_SETUP,
            upgrade=f"""try:
    {_COLUMN}
except Exception as error:
    print(error)""",
        ),
    )
    good = (
        Example(setup=_SETUP, upgrade=_COLUMN),
        Example(
            setup=_SETUP,
            upgrade=f"""try:
    {_COLUMN}
except sa.exc.DBAPIError as error:
    if op.get_bind().dialect.name == "postgresql":
        raise""",
        ),
        Example(
            setup=_SETUP,
            upgrade=f"""try:
    with op.get_bind().begin_nested():
        {_COLUMN}
except Exception:
    pass""",
        ),
        Example(
            setup=_SETUP,
            upgrade="""import contextlib
with contextlib.suppress(Exception):
    op.drop_index("ix_users_phone", table_name="users", if_exists=True)""",
        ),
    )

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        place = step.caught
        if place is None or not upgrades(step) or not _may_fail(step):
            return
        earlier = context.history.steps(step.revision or "", step.direction)[: step.index]
        if any(one.caught == place and (one.failure or _may_fail(one)) for one in earlier):
            return
        yield Diagnostic(
            f"an error of {step.operation.operation} is swallowed, but PostgreSQL aborts the transaction: what follows "
            "fails in its place, without the reason",
            help="remove the try, or put the statement under a savepoint: with op.get_bind().begin_nested(): inside it",
            related=(Related(place, "errors are swallowed here"),),
            confidence=lowered(step, MEDIUM),
        )


def _may_fail(step: Step) -> bool:
    """Whether it changes the schema of PostgreSQL in a transaction and does not itself ask before."""
    operation = step.operation
    asks = getattr(operation, "if_exists", False) or getattr(operation, "if_not_exists", False)
    counts = step.applied and step.transaction is not None and step.certainty == CERTAIN
    return counts and operation.changes_schema and not asks and step.before.dialect == "postgresql"
