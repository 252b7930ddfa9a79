"""MG226: two revisions that only help in two transactions are run in one."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    INFO,
    Context,
    CreateConstraint,
    Diagnostic,
    Example,
    Fix,
    History,
    Kept,
    Related,
    Rule,
    Step,
    ValidateConstraint,
    upgrades,
)

_SETUP = """op.create_table("users", sa.Column("id", sa.Integer, primary_key=True), sa.Column("age", sa.Integer))
op.execute("ALTER TABLE users ADD CONSTRAINT grown CHECK (age > 17) NOT VALID")"""
_VALIDATE = 'op.execute("ALTER TABLE users VALIDATE CONSTRAINT grown")'
_ENV = """from alembic import context
from sqlalchemy import create_engine

engine = create_engine("postgresql://", connect_args={{"options": "-c lock_timeout=2000"}})
with engine.connect() as connection:
    context.configure(connection=connection{more})
    with context.begin_transaction():
        context.run_migrations()
"""
_FIX = Fix(
    "run each revision in a transaction of its own",
    (Kept(arguments=(("transaction_per_migration", True),), to=("configure",)),),
    "when a revision fails, those that ran before it stay",
)


class SharedTransaction(Rule):
    """A constraint is added in one revision and validated in another, and env.py runs both in one transaction.

    ## What it flags

    A history that adds a constraint NOT VALID in one revision and validates it in a later one, outside of an
    `autocommit_block()`, where `env.py` does not set `transaction_per_migration`. One finding for a history.

    ## Why it matters

    Without it Alembic runs all pending revisions in one transaction. Where both are pending, the lock of ADD CONSTRAINT
    is kept while VALIDATE reads the table: as if there were no NOT VALID.

    ## Instead

    `context.configure(..., transaction_per_migration=True)` in `env.py`. Or validate in an `autocommit_block()`.

    ## References

    - [Alembic: transaction_per_migration](https://alembic.sqlalchemy.org/en/latest/api/runtime.html#alembic.runtime.environment.EnvironmentContext.configure.params.transaction_per_migration)
    """

    code = "MG226"
    name = "shared-transaction"
    scope = "history"
    severity = INFO
    bad = (Example(setup=_SETUP, upgrade=_VALIDATE, files=(("env.py", _ENV.format(more="")),)),)
    good = (
        Example(
            setup=_SETUP,
            upgrade=_VALIDATE,
            files=(("env.py", _ENV.format(more=", transaction_per_migration=True")),),
        ),
        Example(
            setup=_SETUP,
            upgrade=f"with op.get_context().autocommit_block():\n    {_VALIDATE}",
            files=(("env.py", _ENV.format(more="")),),
        ),
    )

    def check_history(self, history: History, context: Context) -> Iterator[Diagnostic]:
        """Judges a whole history."""
        if history.surroundings.transaction_per_migration is not False or history.schema.dialect != "postgresql":
            return
        added: dict[tuple[object, str | None], Step] = {}
        found: tuple[Step, Step] | None = None
        for revision in history.revisions:
            for step in history.steps(revision):
                operation = step.operation
                if not upgrades(step):
                    continue
                if isinstance(operation, CreateConstraint) and not getattr(operation.constraint, "validated", True):
                    added[operation.table, operation.object_name] = step
                if isinstance(operation, ValidateConstraint) and step.transaction is not None:
                    first = added.get((operation.table, operation.name))
                    if first is not None and first.revision != revision and revision not in context.skipped:
                        found = first, step
        if found is None:
            return
        first, then = found
        yield Diagnostic(
            f"revision {then.revision} validates what {first.revision} added NOT VALID, and without "
            "transaction_per_migration one transaction may run both, which keeps the lock while rows are read",
            help="context.configure(..., transaction_per_migration=True)",
            place=history.surroundings.env or then.place,
            related=(Related(first.place, "added NOT VALID"), Related(then.place, "validated")),
            fix=_FIX if history.surroundings.env else None,
        )
