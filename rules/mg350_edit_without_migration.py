"""MG350: models or a snapshot were edited, and no migration came along."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from migralint.rule import (
    INFO,
    MEDIUM,
    Change,
    Context,
    Diagnostic,
    Difference,
    Edit,
    Example,
    Related,
    Rule,
)

_NAMED = 3

_ENV = """import sqlalchemy as sa
from alembic import context
from models import metadata

engine = sa.create_engine("postgresql://")
with engine.connect() as connection:
    connection.execute(sa.text("SET lock_timeout = '2s'"))
    context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
"""
_MODELS = """import sqlalchemy as sa

metadata = sa.MetaData()
orders = sa.Table("orders", metadata, sa.Column("id", sa.Integer, primary_key=True){more})
"""
_TABLE = 'op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))'
_EDITED = _MODELS.format(more=', sa.Column("note", sa.Text)')


class EditWithoutMigration(Rule):
    """Models or a SQL snapshot say another schema than before the change, and no migration came with it.

    ## What it flags

    With `--diff-base` or `--staged`: a table or type that the models, or a snapshot, have otherwise than at the merge
    base, where the head of the history does not have it so and the change adds no revision. It compares schemas, not
    texts: an edit that changes no schema is none, nor one that brings the models to what a merged revision made. Models
    that only give up tables, or columns that an INSERT may leave out, are an info: to drop them in a later change, when
    no release that still runs uses them, is the safe order.

    ## Why it matters

    Every database lacks what the new code expects until somebody writes the migration. What is missing fails at run
    time, and the next `alembic revision --autogenerate` of somebody else carries it along.

    ## Instead

    Write the migration in the same change: `migralint revision -m "..."`, then read it.

    ## References

    - [Alembic: auto generating migrations](https://alembic.sqlalchemy.org/en/latest/autogenerate.html)
    """

    code = "MG350"
    name = "edit-without-migration"
    scope = "change"
    bad = (
        Example(
            upgrade=_TABLE,
            files=(("env.py", _ENV), ("models.py", _EDITED)),
            base=(("models.py", _MODELS.format(more="")),),
            also=("MG402",),
        ),
        Example(
            upgrade=_TABLE.replace("True))", 'True), sa.Column("note", sa.Text))'),
            files=(("env.py", _ENV), ("models.py", _MODELS.format(more=""))),
            base=(("models.py", _EDITED),),
            also=("MG402",),
        ),
        Example(
            upgrade=_TABLE,
            files=(("supabase_schema.sql", "CREATE TABLE orders (id serial PRIMARY KEY, note text);\n"),),
            base=(("supabase_schema.sql", "CREATE TABLE orders (id serial PRIMARY KEY);\n"),),
            also=("MG502",),
        ),
    )
    good = (
        Example(
            setup=_TABLE,
            upgrade='op.add_column("orders", sa.Column("note", sa.Text))',
            files=(("env.py", _ENV), ("models.py", _EDITED)),
            base=(("models.py", _MODELS.format(more="")), ("versions/second.py", None)),
        ),
        Example(
            upgrade=_TABLE,
            files=(("env.py", _ENV), ("models.py", "# the same\n" + _MODELS.format(more=', comment="all orders"'))),
            base=(("models.py", _MODELS.format(more="")),),
        ),
    )

    def check_change(self, change: Change, context: Context) -> Iterator[Diagnostic]:
        """Judges what became of a history since the merge base."""
        if change.migrates:
            return
        for edits in change.unmade.values():
            left = [one for edit in edits for one in edit.left]
            given_up = edits[0].of_models and all(one.given_up for one in left)
            later = "drop it in a later change, when no release that still runs uses it"
            yield Diagnostic(
                f"{_said(edits[0], left)}; the history does not, and no migration comes with the edit",
                help=later if given_up else 'write it now, and read it: migralint revision -m "..."',
                severity=INFO if given_up else None,
                place=edits[0].place,
                object=edits[0].object,
                related=tuple(Related(edit.place, f"{edit.object} was edited too") for edit in edits[1:]),
                confidence=MEDIUM if all(one.derived is None for one in left) else None,
            )


def _said(edit: Edit, left: Sequence[Difference]) -> str:
    """What the edits of one side did: `the models now have column public.orders.note as text`."""
    has, lacks, who = ("have", "lack", "the models") if edit.of_models else ("has", "lacks", edit.source)
    told = []
    for one in left[:_NAMED]:
        what = f"{one.object}" if one.kind == one.object.kind else f"{one.kind} of {one.object}"
        now = one.sides[-1][1]
        told.append(f"{lacks} {what}" if now is None else f"{has} {what} as {now}")
    more = f" and {len(left) - _NAMED} more" if len(left) > _NAMED else ""
    return f"{who} now {', '.join(told)}{more}"
