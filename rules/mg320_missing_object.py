"""MG320: an operation on something that does not exist."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import ERROR, WARNING, Context, Diagnostic, Example, Rule, Step, lowered, refused

_SETUP = 'op.create_table("users", sa.Column("id", sa.Integer, primary_key=True))'


class MissingObject(Rule):
    """An operation works on something that does not exist at that point of the history.

    ## What it flags

    An operation that PostgreSQL would refuse with `does not exist`: the table, column, index, constraint or type
    was never made, was dropped or renamed before, or is made by a later revision. In a downgrade it is a warning.
    Silent after an operation that could not be read.

    ## Why it matters

    The migration fails on a new database: in tests, for a new developer, in a new environment. On the database that
    everybody uses it may have passed, because somebody made the object by hand.

    ## Instead

    Correct the name, or put the operation after the revision that makes the object. What existed before the first
    revision belongs into `base-schema`.

    ## References

    - [PostgreSQL: error codes](https://www.postgresql.org/docs/current/errcodes-appendix.html), class 42
    """

    code = "MG320"
    name = "missing-object"
    scope = "operation"
    severity = ERROR
    bad = (
        Example(setup=_SETUP, upgrade='op.drop_column("users", "phone")'),
        Example(setup=_SETUP, upgrade='op.drop_index("ix_users_email", table_name="users")'),
    )
    good = (
        Example(
            setup="""op.execute("CREATE TABLE logs (at date) PARTITION BY RANGE (at)")
op.execute("CREATE TABLE logs_old PARTITION OF logs DEFAULT")""",
            upgrade="""op.execute("ALTER TABLE logs ADD COLUMN note text")
with op.get_context().autocommit_block():
    op.execute("CREATE INDEX CONCURRENTLY logs_old_note ON logs_old (note)")""",
        ),
        Example(setup=_SETUP, upgrade='op.execute("ALTER TABLE users DROP COLUMN IF EXISTS phone")'),
        Example(
            setup=_SETUP,
            upgrade='op.execute("ALTER TABLE IF EXISTS users ADD COLUMN phone text")',
        ),
    )

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        failure = refused(step, "missing")
        if failure is None:
            return
        for earlier in context.history.steps(step.revision or "", step.direction)[: step.index]:
            if earlier.failure and earlier.failure.object == failure.object:
                return
        yield Diagnostic(
            f"{failure.object} does not exist at this point of the history: PostgreSQL refuses "
            f"{step.operation.operation}",
            help="correct the name, or run this after the revision that makes it; what no revision makes: base-schema",
            object=failure.object,
            severity=WARNING if step.direction == "downgrade" else None,
            confidence=lowered(step),
        )
