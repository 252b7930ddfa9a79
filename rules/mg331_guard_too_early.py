"""MG331: a guard that is false on a new database because its object is made by a later revision."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import MEDIUM, Context, Diagnostic, Example, Related, Revision, Rule

_HEADER = """\
import sqlalchemy as sa
from alembic import op

revision = "{0}"
down_revision = {1}


def upgrade():
    {2}


def downgrade():
    raise NotImplementedError("forward only")
"""
_GUARDED = """if sa.inspect(op.get_bind()).has_table("orders"):
        op.add_column("orders", sa.Column("note", sa.Text))"""
_IF_EXISTS = 'op.execute("ALTER TABLE IF EXISTS orders ADD COLUMN note text")'
_BLOCK = '''op.execute("""DO $$ BEGIN
        IF to_regclass('public.orders') IS NOT NULL THEN
            ALTER TABLE orders ADD COLUMN note text;
        END IF;
    END $$""")'''
_TABLE = 'op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True){0})'


def _history(first: str, second: str) -> tuple[tuple[str, str], ...]:
    return (
        ("versions/first.py", _HEADER.format("first", None, first)),
        ("versions/second.py", _HEADER.format("second", '"first"', second)),
    )


class GuardTooEarly(Rule):
    """A condition keeps a change from a new database, because a later revision makes what it changes.

    ## What it flags

    A change of the schema that its revision only makes if an object is there (`inspector.has_table`, `to_regclass` in a
    `DO` block, `ALTER TABLE IF EXISTS`), when that object is made by a revision after it, and the schema at head lacks
    the change. Not for drops: what comes later need not be dropped before.

    ## Why it matters

    On a database that the history makes, the condition is false and the change never happens. On one that was made in
    another way (from a snapshot, by `create_all`, by hand) the object is there and the change happens. Both are at the
    same revision, with two schemas, and neither Alembic nor a test on a new database notices.

    ## Instead

    Put the change into a revision after the one that makes the object, or into that one if it was not released yet.

    ## References

    - [Alembic: branches and dependencies](https://alembic.sqlalchemy.org/en/latest/branches.html)
    - [PostgreSQL: ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
    """

    code = "MG331"
    name = "guard-too-early"
    scope = "revision"
    bad = (
        Example(files=_history(_GUARDED, _TABLE.format(""))),
        Example(files=_history(_IF_EXISTS, _TABLE.format(""))),
        Example(files=_history(_BLOCK, _TABLE.format(""))),
    )
    good = (
        Example(files=_history(_TABLE.format(""), _GUARDED)),
        Example(files=_history(_GUARDED, _TABLE.format(', sa.Column("note", sa.Text)'))),
        Example(files=_history('op.execute("DROP TABLE IF EXISTS orders")', _TABLE.format(""))),
    )

    def check_revision(self, revision: Revision, context: Context) -> Iterator[Diagnostic]:
        """Judges one revision."""
        for step, maker, made in context.history.guarded(revision.id):
            missing = step.failure.object if step.failure is not None else step.operation.object
            yield Diagnostic(
                f"{step.operation.operation} of {step.operation.object} never runs on a new database: its condition is "
                f"false, as {missing} is made only by {maker}; on a database that has it by then, the schema becomes "
                "another",
                help=f"move this into a revision after {maker}",
                place=step.place,
                object=step.operation.object,
                related=(Related(made, f"{missing} is made here"),),
                confidence=MEDIUM,
            )
