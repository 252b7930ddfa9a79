"""MG353: models were edited and a migration came along, which does not make what they say."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import INFO, Change, Context, Diagnostic, Difference, Example, Related, Rule

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
_FILES = (("env.py", _ENV), ("models.py", _MODELS.format(more=', sa.Column("note", sa.String(80))')))
_BASE: tuple[tuple[str, str | None], ...] = (("models.py", _MODELS.format(more="")), ("versions/second.py", None))


class MigrationMissesEdit(Rule):
    """The migration does not make what the models of the same change say.

    ## What it flags

    With `--diff-base` or `--staged`: a table or type that the change edits in the models, where the change adds a
    revision too, and the head of the history still has it otherwise. What differed at the merge base already does not
    count. Where the models only give up tables, or columns that an INSERT may leave out, it is an info.

    ## Why it matters

    The code and the migration were written for each other, and do not fit: a type, a length, a default or NOT NULL was
    changed on one side after the other was written. It shows when the code runs against the migrated database.

    ## Instead

    Correct the migration, which nothing has run yet, or the models.

    ## References

    - [Alembic: auto generating migrations](https://alembic.sqlalchemy.org/en/latest/autogenerate.html)
    """

    code = "MG353"
    name = "migration-misses-edit"
    scope = "change"
    bad = (
        Example(
            setup=_TABLE,
            upgrade='op.add_column("orders", sa.Column("note", sa.String(40)))',
            files=_FILES,
            base=_BASE,
            also=("MG403",),
        ),
    )
    good = (
        Example(
            setup=_TABLE,
            upgrade='op.add_column("orders", sa.Column("note", sa.String(80)))',
            files=_FILES,
            base=_BASE,
        ),
    )

    def check_change(self, change: Change, context: Context) -> Iterator[Diagnostic]:
        """Judges what became of a history since the merge base."""
        if not change.migrates:
            return
        related = tuple(Related(one.place, "the migration that came along") for one in change.new[-1:])
        for edits in change.unmade.values():
            if not edits[0].of_models:
                continue
            left = [one for edit in edits for one in edit.left]
            told = "; ".join(map(_told, left[:_NAMED]))
            more = f"; {len(left) - _NAMED} more" if len(left) > _NAMED else ""
            given_up = all(one.given_up for one in left)
            later = "drop it in a later change, when no release that still runs uses it"
            yield Diagnostic(
                f"the models were edited, and the migration that came along leaves something else: {told}{more}",
                help=later if given_up else "let the new revision make what the models say, or correct the models",
                severity=INFO if given_up else None,
                place=edits[0].place,
                object=edits[0].object,
                related=(*related, *(Related(edit.place, f"{edit.object} was edited too") for edit in edits[1:])),
            )


def _told(one: Difference) -> str:
    (_, head), (_, now) = one.sides
    what = f"{one.object}" if one.kind == one.object.kind else f"{one.kind} of {one.object}"
    return f"{what} is {now or 'not there'} in the models, {head or 'not there'} after the migration"
