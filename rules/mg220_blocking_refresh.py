"""MG220: a materialized view that nobody can read while it is filled."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    Context,
    Diagnostic,
    Example,
    Fix,
    Kept,
    Rule,
    Statement,
    Step,
    execute,
    in_sql,
    lowered,
    upgrades,
)

_SETUP = """op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), sa.Column("status", sa.Text))
op.execute("CREATE MATERIALIZED VIEW totals AS SELECT status, count(*) AS n FROM orders GROUP BY status")
op.execute("CREATE UNIQUE INDEX totals_status ON totals (status)")"""


class BlockingRefresh(Rule):
    """REFRESH MATERIALIZED VIEW without CONCURRENTLY stops its readers.

    ## What it flags

    `REFRESH MATERIALIZED VIEW` without `CONCURRENTLY` and with data, of a view that existed before the revision and
    holds rows.

    ## Why it matters

    The view is filled anew under ACCESS EXCLUSIVE: every query of it waits for as long as its own query runs, and until
    the migration's transaction ends.

    ## Instead

    `REFRESH MATERIALIZED VIEW CONCURRENTLY`, which needs a unique index over plain columns of the view.

    ## References

    - [PostgreSQL: REFRESH MATERIALIZED VIEW](https://www.postgresql.org/docs/current/sql-refreshmaterializedview.html)
    """

    code = "MG220"
    name = "blocking-refresh"
    scope = "operation"
    once = True
    bad = (Example(setup=_SETUP, upgrade='op.execute("REFRESH MATERIALIZED VIEW totals")'),)
    good = (
        Example(setup=_SETUP, upgrade='op.execute("REFRESH MATERIALIZED VIEW CONCURRENTLY totals")'),
        Example(upgrade=_SETUP + '\nop.execute("REFRESH MATERIALIZED VIEW totals")'),
    )

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        operation = step.operation
        if not isinstance(operation, Statement) or operation.statement != "refresh_materialized_view":
            return
        effects = context.effects(step) if upgrades(step) else None
        for name in effects.rewrites if effects is not None else ():
            view = step.before.views.get(name)
            if view is None or not view.populated or not context.busy(step, name):
                continue
            shown = in_sql(name, step.before.default_schema)
            unique = any(i.unique and not i.where and all(k.column for k in i.keys) for i in view.indexes)
            index = "" if unique else f"# it needs a unique index first: CREATE UNIQUE INDEX ON {shown} (...)\n"
            yield Diagnostic(
                f"REFRESH MATERIALIZED VIEW {name} holds ACCESS EXCLUSIVE while the view's query runs: every reader of "
                "it waits",
                help=index + execute(f"REFRESH MATERIALIZED VIEW CONCURRENTLY {shown}"),
                confidence=lowered(step),
                fix=Fix("refresh it CONCURRENTLY", (Kept(after="VIEW", word="CONCURRENTLY"),)) if unique else None,
            )
