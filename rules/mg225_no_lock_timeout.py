"""MG225: nothing limits how long a migration waits for a lock."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    MODES,
    SHARE,
    Context,
    Diagnostic,
    DropTable,
    Example,
    Fix,
    History,
    Kept,
    Name,
    Related,
    Rule,
    Step,
    lowered,
    upgrades,
)

_SETUP = 'op.create_table("users", sa.Column("id", sa.Integer, primary_key=True))'
_ADD = 'op.add_column("users", sa.Column("name", sa.Text))'
_ENV = """from alembic import context
from sqlalchemy import create_engine

engine = create_engine("postgresql://"{arguments})
with engine.connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
"""
_STRONG = MODES[MODES.index(SHARE) :]
_FIX = Fix(
    "set a lock_timeout of three seconds where env.py makes its engine",
    (
        Kept(
            arguments=(("connect_args", {"options": "-c lock_timeout=3000"}),),
            to=("create_engine", "engine_from_config"),
        ),
    ),
    "a migration that waits for longer than three seconds fails from now on; drivers other than psycopg may not know "
    "the argument",
)


class NoLockTimeout(Rule):
    """No lock_timeout is set anywhere.

    ## What it flags

    A history whose latest change of a table from before its revision takes a lock that others wait for, where neither
    `env.py` and what it imports, nor `alembic.ini` with the database's URL, nor that revision and its helpers mention
    `lock_timeout`. One finding for a history. Set `lock-timeout-set = true` where the role or the database has it.

    ## Why it matters

    Even a change that takes a millisecond first waits for the queries that use the table. A report or a forgotten
    session may keep it waiting for hours, and all that time every new query of the table waits behind it, plain reads
    too: the application stands still. With a `lock_timeout` the migration fails instead, and can be tried again.

    ## Instead

    `connect_args={"options": "-c lock_timeout=3000"}` where `env.py` makes its engine: a few seconds, and another
    attempt when it runs out.

    ## References

    - [PostgreSQL: lock_timeout](https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-LOCK-TIMEOUT)
    - [PostgreSQL: explicit locking](https://www.postgresql.org/docs/current/explicit-locking.html)
    """

    code = "MG225"
    name = "no-lock-timeout"
    scope = "history"
    bad = (Example(setup=_SETUP, upgrade=_ADD, files=(("env.py", _ENV.format(arguments="")),)),)
    good = (
        Example(
            setup=_SETUP,
            upgrade=_ADD,
            files=(("env.py", _ENV.format(arguments=', connect_args={"options": "-c lock_timeout=3000"}')),),
        ),
        Example(
            setup=_SETUP,
            upgrade="op.execute(\"SET LOCAL lock_timeout = '3s'\")\n" + _ADD,
            files=(("env.py", _ENV.format(arguments="")),),
        ),
        Example(
            setup=_SETUP,
            upgrade=_ADD,
            files=(("env.py", _ENV.format(arguments="")),),
            settings=("lock-timeout-set = true",),
        ),
        Example(upgrade=_SETUP, files=(("env.py", _ENV.format(arguments="")),)),
    )

    def check_history(self, history: History, context: Context) -> Iterator[Diagnostic]:
        """Judges a whole history."""
        around = history.surroundings
        if around.lock_timeout or context.settings.get("lock-timeout-set") or history.schema.dialect != "postgresql":
            return
        found = _newest(history, context)
        if found is None:
            return
        newest, table = found
        if newest.revision in around.timeouts or newest.revision in context.skipped:
            return
        yield Diagnostic(
            "no lock_timeout is set: a migration that waits for a lock keeps everybody waiting who comes after it, for "
            "as long as the longest query runs",
            help='create_engine(url, connect_args={"options": "-c lock_timeout=3000"})',
            place=around.env or newest.place,
            related=(Related(newest.place, f"locks {table}"),),
            confidence=lowered(newest),
            fix=_FIX if around.env else None,
        )


def _newest(history: History, context: Context) -> tuple[Step, Name] | None:
    """The last step that takes a lock for which others wait, and the busy table; few wait for one that is dropped."""
    for revision in reversed(list(history.revisions)):
        for step in history.steps(revision):
            effects = context.effects(step) if upgrades(step) else None
            dropped = step.operation.table if isinstance(step.operation, DropTable) else None
            for table, mode in effects.locks if effects is not None else ():
                if mode in _STRONG and table != dropped and table in step.before.tables and context.busy(step, table):
                    return step, table
    return None
