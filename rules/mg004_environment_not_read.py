"""MG004: a part of the configuration or of env.py that could not be read."""

from __future__ import annotations

from migralint.rule import INFO, Example, Rule


class EnvironmentNotRead(Rule):
    """A part of Alembic's configuration, or of `env.py`, could not be read.

    ## What it flags

    A value that decides what the migrations do and that migralint could not find out without running code: the place
    of the versions, the naming convention, `target_metadata`, whether each migration has its own transaction.

    ## Why it matters

    Without it a default is taken, and the schema on paper can differ: names of constraints come from the naming
    convention, models from `target_metadata`.

    ## Instead

    Write the value where it can be read, or say it in `migralint.toml`, for example
    `naming-convention = {ix = "ix_%(column_0_label)s"}`.

    ## References

    - [Alembic: configuration](https://alembic.sqlalchemy.org/en/latest/tutorial.html#editing-the-ini-file)
    - [SQLAlchemy: naming conventions](https://docs.sqlalchemy.org/en/20/core/constraints.html#constraint-naming-conventions)
    """

    code = "MG004"
    name = "environment-not-read"
    scope = "notice"
    severity = INFO
    bad = (
        Example(
            upgrade='op.create_table("t", sa.Column("id", sa.Integer, primary_key=True))',
            files=(
                (
                    "env.py",
                    "from alembic import context\nfrom plugins import load\n"
                    "context.configure(target_metadata=load().metadata)\ncontext.run_migrations()\n",
                ),
            ),
        ),
    )
    good = (Example(upgrade='op.create_table("t", sa.Column("id", sa.Integer, primary_key=True))'),)
