"""MG210: env.py opens a transaction in which no autocommit_block() can run."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import ERROR, HIGH, MEDIUM, Context, Diagnostic, Example, History, Related, Rule, Step

_SETUP = 'op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), sa.Column("status", sa.Text))'
_OTHER = _SETUP.replace("orders", "bills")
_OTHER = _SETUP.replace("orders", "bills")
_BLOCK = """with op.get_context().autocommit_block():
    op.create_index("ix_orders_status", "orders", ["status"], postgresql_concurrently=True)"""
_ENV = """from alembic import context
from sqlalchemy import create_engine

engine = create_engine("postgresql://", connect_args={{"options": "-c lock_timeout=2000"}})
with engine.{method}() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
"""


class NoAutocommitBlock(Rule):
    """env.py begins a transaction of its own, and a revision needs an autocommit_block().

    ## What it flags

    An `autocommit_block()` in an upgrade, where `env.py` calls `engine.begin()` or `connection.begin()`. With less
    confidence also where it sends a statement before `context.configure()` and never commits: from SQLAlchemy 2 on that
    begins a transaction.

    ## Why it matters

    Alembic finds the connection in a transaction that is not its own and cannot leave it: the block stops with an
    AssertionError. `CREATE INDEX CONCURRENTLY` and its like are not possible at all with such an `env.py`.

    ## Instead

    Open the connection with `engine.connect()`, and leave transactions to `context.begin_transaction()`. After
    statements such as `SET lock_timeout`, call `connection.commit()` before `context.configure()`.

    ## References

    - [Alembic: autocommit_block](https://alembic.sqlalchemy.org/en/latest/api/runtime.html#alembic.runtime.migration.MigrationContext.autocommit_block)
    - [SQLAlchemy: autobegin](https://docs.sqlalchemy.org/en/20/core/connections.html#commit-as-you-go)
    """

    code = "MG210"
    name = "no-autocommit-block"
    scope = "history"
    severity = ERROR
    bad = (Example(setup=_SETUP, upgrade=_BLOCK, files=(("env.py", _ENV.format(method="begin")),)),)
    good = (
        Example(setup=_SETUP, upgrade=_BLOCK, files=(("env.py", _ENV.format(method="connect")),)),
        Example(setup=_SETUP, upgrade=_OTHER, files=(("env.py", _ENV.format(method="begin")),)),
    )

    def check_history(self, history: History, context: Context) -> Iterator[Diagnostic]:
        """Judges a whole history."""
        begun = history.surroundings.begun
        first = _first_block(history, context.skipped)
        if begun is None or first is None or history.schema.dialect != "postgresql":
            return
        yield Diagnostic(
            f"env.py has a transaction open when revision {first.revision} needs an autocommit_block(), which Alembic "
            "then refuses with an AssertionError",
            help="with engine.connect() as connection:\n"
            "    context.configure(connection=connection, ...)\n"
            "    with context.begin_transaction():\n"
            "        context.run_migrations()",
            place=begun,
            related=(Related(first.place, "in an autocommit_block()"),),
            confidence=HIGH if history.surroundings.surely else MEDIUM,
        )


def _first_block(history: History, skipped: frozenset[str]) -> Step | None:
    """The first statement of an upgrade outside of transactions, in the revisions that are judged."""
    judged = (revision for revision in history.revisions if revision not in skipped)
    steps = (step for revision in judged for step in history.steps(revision))
    return next((step for step in steps if step.transaction is None), None)
