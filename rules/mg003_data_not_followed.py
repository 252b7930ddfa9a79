"""MG003: code that works on rows and was not followed."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import INFO, Context, Diagnostic, Example, Opaque, Rule, Step


class DataNotFollowed(Rule):
    """Code that works on rows was not followed.

    ## What it flags

    A session, a query or a loop over rows of the migration's connection that migralint did not follow. It does not
    change the schema as far as can be seen, so the replay is exact after it; what it does to the rows was not judged.
    Code that was not given the connection is only counted, in the coverage.

    ## Why it matters

    Rules about rows (an UPDATE without a condition, a backfill in one transaction) did not see it.

    ## Instead

    An `UPDATE` or `INSERT` as one statement can be judged, and is usually faster. Where the loop has to stay, look
    whether it works in batches and can be run again.

    ## References

    - [Alembic cookbook: data migrations](https://alembic.sqlalchemy.org/en/latest/cookbook.html)
    """

    code = "MG003"
    name = "data-not-followed"
    scope = "operation"
    severity = INFO
    bad = (
        Example(
            setup='op.create_table("t", sa.Column("id", sa.Integer), sa.Column("a", sa.Text))',
            upgrade='session = orm.Session(bind=op.get_bind())\nsession.query(unknown).update({"a": "x"})',
            files=(),
        ),
    )
    good = (
        Example(
            setup='op.create_table("t", sa.Column("id", sa.Integer), sa.Column("a", sa.Text))',
            upgrade="op.execute(\"UPDATE t SET a = 'x' WHERE id = 1\")",
        ),
        Example(upgrade='import store\nbox = store.Box("files")\nbox.pack()'),
        Example(
            upgrade="import queue\nwaiting = queue.Queue()\nwhile True:\n    try:\n        waiting.get_nowait()\n"
            "    except queue.Empty:\n        break",
        ),
    )

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        operation = step.operation
        if not isinstance(operation, Opaque) or operation.may_change_schema or step.direction != "upgrade":
            return
        if operation.has_database:
            yield Diagnostic(f"{operation.reason}; what it does to the rows was not judged")
