"""MG106: every row of a table removed."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import ERROR, Context, Diagnostic, Example, Rule, Step, Truncate, in_sql, lowered, upgrades

_SETUP = 'op.create_table("events", sa.Column("id", sa.Integer, primary_key=True))'


class TruncatesTable(Rule):
    """TRUNCATE removes every row of a table.

    ## What it flags

    `TRUNCATE` in an upgrade, for a table that existed before the revision.

    ## Why it matters

    Every row is gone when the transaction commits. It needs ACCESS EXCLUSIVE, so all reads and writes wait, and does
    not fire `ON DELETE` triggers. With `CASCADE` the tables that reference it are emptied too, and theirs.

    ## Instead

    Delete what is not wanted with a condition, in batches. If the rows can be made again (a cache), say so in a
    suppression.

    ## References

    - [PostgreSQL: TRUNCATE](https://www.postgresql.org/docs/current/sql-truncate.html)
    """

    code = "MG106"
    name = "truncate-table"
    scope = "operation"
    severity = ERROR
    bad = (Example(setup=_SETUP, upgrade='op.execute("TRUNCATE TABLE events")'),)
    good = (
        Example(setup=_SETUP, upgrade='op.execute("DELETE FROM events WHERE id < 100")'),
        Example(
            upgrade='op.create_table("fresh", sa.Column("id", sa.Integer, primary_key=True))\n'
            'op.execute("TRUNCATE fresh")'
        ),
    )

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        operation = step.operation
        if not isinstance(operation, Truncate) or not upgrades(step) or context.new_in_revision(step, operation.table):
            return
        effects = context.effects(step)
        others = [str(n) for n in effects.rewrites if n != operation.table] if effects else []
        more = f", and with CASCADE of {', '.join(others)}" if others else ""
        yield Diagnostic(
            f"removes every row of {operation.table}{more}",
            help=f"with a condition:\nDELETE FROM {in_sql(operation.table, step.before.default_schema)} WHERE ...",
            confidence=lowered(step),
        )
