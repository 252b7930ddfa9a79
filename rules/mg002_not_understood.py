"""MG002: an operation that may change the schema and was not understood."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import INFO, UNMADE, Context, Diagnostic, Example, Note, Opaque, Place, Rule, Step


class NotUnderstood(Rule):
    """An operation that may change the schema was not understood.

    ## What it flags

    Code that migralint cannot follow to an operation: SQL that is put together from unknown data, a call into a
    library it does not know, reflection whose answer depends on the real database; and code that raises an error
    wherever it is run. Each chain of calls is reported once. In a downgrade it is only info, and so is an operation of
    which only a detail is not known, as the default of a column. What is not known of a table that no revision makes is
    told by `unknown-base`.

    ## Why it matters

    After it the schema on paper may differ from the real one. Rules about what exists stay silent for what the
    history does not show, so a real mistake further on may pass.

    ## Instead

    Write the operation out with names and types that stand in the file: `op.execute("...")` with a constant text, or
    Alembic's own operations. Where the code has to stay, suppress the finding with a reason.

    ## References

    - [Alembic: operation reference](https://alembic.sqlalchemy.org/en/latest/ops.html)
    """

    code = "MG002"
    name = "not-understood"
    scope = "operation"
    bad = (
        Example(upgrade='op.execute(open("/etc/hostname").read())'),
        Example(setup='op.create_table("t", sa.Column("id", sa.Integer))', upgrade='op.drop_constraint(None, "t")'),
    )
    good = (
        Example(upgrade='op.execute("CREATE TABLE t (id integer PRIMARY KEY)")'),
        Example(upgrade='table = "t"\nop.execute(f"CREATE TABLE {table} (id integer PRIMARY KEY)")'),
    )

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        operation = step.operation
        if not isinstance(operation, Opaque) or not operation.may_change_schema:
            return
        if UNMADE in operation.reason and context.history.assumptions and not context.skipped:
            return  # MG330 tells the cause
        for earlier in context.history.steps(step.revision or "", step.direction)[: step.index]:
            same = isinstance(earlier.operation, Opaque) and earlier.operation.may_change_schema
            if same and _chain(earlier.place) == _chain(step.place):
                return
        severity = INFO if step.direction == "downgrade" else None
        if operation.stops:
            yield Diagnostic(
                f"{operation.reason}: the {step.direction} always stops here, and does nothing",
                help="correct what raises it",
                severity=severity,
            )
            return
        yield Diagnostic(
            f"{operation.reason}; what it does to the schema is not known",
            help="write the operation out with constant names, or suppress this with a reason",
            severity=severity,
        )

    def check_note(self, note: Note, context: Context) -> Iterator[Diagnostic]:
        """A detail of an operation that is not known."""
        yield Diagnostic(note.message, place=note.place, severity=INFO)


def _chain(place: Place) -> tuple[str, int, int]:
    """The outermost call in the revision's file that everything below it came from."""
    outermost = [one for one in (place, *place.callers) if one.path == place.path][-1]
    return outermost.path, outermost.node, outermost.start
