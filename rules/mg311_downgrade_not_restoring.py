"""MG311: a downgrade that leaves another schema than its upgrade found."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import ACTS, Context, Diagnostic, Example, Revision, Rule, lowered, unlike

_REQUIRED = ('downgrade = "required"', 'start-after = ["first"]')
_SETUP = """op.create_table(
    "users",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(100), nullable=False),
)
op.create_index("ix_users_name", "users", ["name"])"""
_SHOWN = 4


class DowngradeNotRestoring(Rule):
    """The downgrade leaves another schema than the upgrade found.

    ## What it flags

    With `downgrade = "required"`: a downgrade after which something differs from the state before the upgrade, by
    meaning rather than spelling: tables, columns, types, nullability, defaults, keys, checks and indexes, and whether
    types, views, sequences and functions are there. The order of columns does not count, nor does a label that
    `ALTER TYPE ... ADD VALUE` has added, since no statement takes it away. Silent where an operation of the downgrade
    is refused (that is a finding of its own) or could not be read.

    ## Why it matters

    The database says that it is at the older revision and has another schema: the older release fails on it, or
    writes what it should not, and the next upgrade may fail too.

    ## Instead

    Undo what the upgrade did, in reverse order: make again what it dropped with every constraint, index and default,
    and drop what it made, types and sequences too.

    ## References

    - [Alembic: downgrading](https://alembic.sqlalchemy.org/en/latest/tutorial.html#downgrading)
    """

    code = "MG311"
    name = "downgrade-not-restoring"
    scope = "revision"
    bad = (
        Example(
            setup=_SETUP,
            upgrade='op.drop_column("users", "name")',
            downgrade='op.add_column("users", sa.Column("name", sa.String(50)))',
            settings=_REQUIRED,
            also=("MG102",),
        ),
        Example(
            setup=_SETUP,
            upgrade='op.execute("CREATE VIEW names AS SELECT name FROM users")\n'
            'op.add_column("users", sa.Column("phone", sa.Text))',
            downgrade='op.drop_column("users", "phone")',
            settings=_REQUIRED,
            also=("MG312",),
        ),
    )
    good = (
        Example(
            setup=_SETUP,
            upgrade='op.add_column("users", sa.Column("phone", sa.Text))',
            downgrade='op.execute("ALTER TABLE users DROP COLUMN phone")',
            settings=_REQUIRED,
        ),
        Example(
            setup="op.execute(\"CREATE TYPE mood AS ENUM ('glad')\")",
            upgrade="op.execute(\"ALTER TYPE mood ADD VALUE IF NOT EXISTS 'sad'\")",
            downgrade='op.execute("SELECT 1")',
            settings=_REQUIRED,
        ),
    )

    def check_revision(self, revision: Revision, context: Context) -> Iterator[Diagnostic]:
        """Judges one revision."""
        restored = context.history.restored(revision.id)
        if context.settings.get("downgrade") != "required" or revision.downgrade != ACTS or restored is None:
            return
        steps = context.history.steps(revision.id, "downgrade")
        if any(step.failure is not None and step.applied for step in steps):
            return
        found = [str(one) for one in unlike(context.history.before(revision.id), restored)]
        if not found:
            return
        more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        yield Diagnostic(
            f"the downgrade of {revision.id} does not restore the schema: {'; '.join(found[:_SHOWN])}{more}",
            help="undo everything that the upgrade does, in reverse order",
            place=revision.downgrade_place,
            confidence=min((lowered(step) for step in steps), key=_CONFIDENCE.index, default=self.confidence),
        )


_CONFIDENCE = ("low", "medium", "high")
