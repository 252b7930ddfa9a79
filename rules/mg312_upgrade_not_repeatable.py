"""MG312: after its downgrade, an upgrade fails."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from migralint.rule import ACTS, CannotApply, Context, Diagnostic, Example, Related, Revision, Rule, Step, lowered

_REQUIRED = ('downgrade = "required"',)
_ENUM = 'sa.Enum("glad", "sad", name="mood")'
_TABLE = f'op.create_table("people", sa.Column("id", sa.Integer, primary_key=True), sa.Column("mood", {_ENUM}))'


class UpgradeNotRepeatable(Rule):
    """After the downgrade, the next upgrade fails.

    ## What it flags

    With `downgrade = "required"` or `"any"`: a revision whose upgrade PostgreSQL would refuse after its own downgrade,
    and carries out on a new database. Mostly the downgrade leaves something that the upgrade makes: the enum type of a
    column, which `create_table` makes and `drop_table` leaves behind, a sequence, a function. Silent where an operation
    of the downgrade is refused (that is a finding of its own) or could not be read.

    ## Why it matters

    Down and up again is what a downgrade is for, also when tests go through the history. The upgrade stops with
    `type "mood" already exists`, and somebody has to clean up by hand.

    ## Instead

    Drop in the downgrade what the upgrade makes. For an enum type: `sa.Enum(name="mood").drop(op.get_bind())` after the
    table or column is dropped. A label that `ALTER TYPE` adds cannot be dropped: `ADD VALUE IF NOT EXISTS`.

    ## References

    - [SQLAlchemy: PostgreSQL ENUM](https://docs.sqlalchemy.org/en/20/dialects/postgresql.html#postgresql-enum-types)
    """

    code = "MG312"
    name = "upgrade-not-repeatable"
    scope = "revision"
    bad = (
        Example(upgrade=_TABLE, downgrade='op.drop_table("people")', settings=_REQUIRED, also=("MG311",)),
        Example(upgrade=_TABLE, downgrade='op.drop_table("people")', settings=('downgrade = "any"',)),
        Example(
            upgrade='op.execute("CREATE SEQUENCE numbers")',
            downgrade='op.execute("SELECT 1")',
            settings=('downgrade = "any"',),
        ),
    )
    good = (
        Example(
            upgrade=_TABLE,
            downgrade='op.drop_table("people")\nsa.Enum(name="mood").drop(op.get_bind())',
            settings=_REQUIRED,
        ),
        Example(
            upgrade='op.execute("CREATE SEQUENCE IF NOT EXISTS numbers")',
            downgrade='op.execute("SELECT 1")',
            settings=('downgrade = "any"',),
        ),
    )

    def check_revision(self, revision: Revision, context: Context) -> Iterator[Diagnostic]:
        """Judges one revision."""
        history = context.history
        if revision.downgrade != ACTS or any(_failures(history.steps(revision.id, "downgrade"))):
            return
        known = {(one.kind, one.object) for _, one in _failures(history.steps(revision.id))}
        found = {
            (one.kind, one.object): (step, one) for step, one in reversed([*_failures(history.again(revision.id))])
        }
        failing = [found[key] for key in reversed(found) if key not in known]
        if not failing:
            return
        step, first = failing[0]
        told = [str(failure) for _, failure in failing]
        more = f"; and {len(told) - _SHOWN} more" if len(told) > _SHOWN else ""
        yield Diagnostic(
            f"after the downgrade of {revision.id} its upgrade fails: {'; '.join(told[:_SHOWN])}{more}",
            help=_HELP if first.kind == "exists" else "restore in the downgrade what the upgrade needs",
            place=revision.downgrade_place,
            object=first.object,
            related=(Related(step.place, f"{step.operation.operation} is refused here"),),
            confidence=lowered(step),
        )


_HELP = "drop in the downgrade what the upgrade makes, or make it with IF NOT EXISTS"
_SHOWN = 4


def _failures(steps: Iterable[Step]) -> Iterator[tuple[Step, CannotApply]]:
    """The steps that PostgreSQL refuses, with its answers."""
    for step in steps:
        if step.failure is not None and step.applied and not step.before.opaque:
            yield step, step.failure
