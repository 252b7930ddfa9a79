"""MG212: an exclusion constraint whose index is built while nobody can use the table."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import Context, CreateConstraint, Diagnostic, Example, Exclusion, Rule, Step, lowered, upgrades

_SETUP = """op.execute("CREATE TABLE bookings (id integer PRIMARY KEY, during tsrange)")"""


class BlockingExclusion(Rule):
    """An exclusion constraint builds its index while nobody can use the table.

    ## What it flags

    An exclusion constraint added to a table that existed before the revision.

    ## Why it matters

    ADD CONSTRAINT ... EXCLUDE takes ACCESS EXCLUSIVE and builds an index under it: every read and write of the table
    waits until it is built. Where two rows exclude each other it fails after that.

    ## Instead

    There is no way without the lock: PostgreSQL has neither NOT VALID nor USING INDEX for exclusion constraints. Add it
    while the table is small, or in a maintenance window with a `lock_timeout`; or make a new table that has the
    constraint, copy the rows in batches with a trigger that keeps both in step, and switch.

    ## References

    - [PostgreSQL: ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
    """

    code = "MG212"
    name = "blocking-exclusion"
    scope = "operation"
    once = True
    bad = (
        Example(
            setup=_SETUP,
            upgrade='op.execute("ALTER TABLE bookings ADD CONSTRAINT apart EXCLUDE USING gist (during WITH &&)")',
        ),
        Example(
            setup=_SETUP,
            upgrade='op.create_exclude_constraint("apart", "bookings", (sa.column("during"), "&&"), using="gist")',
        ),
    )
    good = (
        Example(
            upgrade="""op.execute(
    "CREATE TABLE bookings (id integer PRIMARY KEY, during tsrange, EXCLUDE USING gist (during WITH &&))"
)"""
        ),
    )

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        operation = step.operation
        if not isinstance(operation, CreateConstraint) or not isinstance(operation.constraint, Exclusion):
            return
        if not upgrades(step) or step.before.dialect != "postgresql" or not context.busy(step, operation.table):
            return
        effects = context.effects(step)
        if effects is None or not effects.builds:
            return
        yield Diagnostic(
            f"adds exclusion constraint {effects.builds[0].name} to {operation.table} and builds its index under "
            "ACCESS EXCLUSIVE: all reads and writes of the table wait, and no form of the statement avoids it",
            help="-- in a maintenance window, or on a new table that takes the place of this one",
            confidence=lowered(step),
        )
