"""MG322: something is dropped that another object needs."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import ERROR, WARNING, Context, Diagnostic, Example, Rule, Step, lowered, refused

_SETUP = """op.create_table("users", sa.Column("id", sa.Integer, primary_key=True))
op.create_table("posts", sa.Column("user_id", sa.Integer, sa.ForeignKey("users.id")))"""


class NeededObject(Rule):
    """An operation drops something that another object needs.

    ## What it flags

    A drop that PostgreSQL would refuse with `other objects depend on it`: a table that a foreign key references, a
    type that a column has, a view that another view reads, a column that a view, a generated column, a policy or a
    trigger uses. In a downgrade it is a warning.

    ## Why it matters

    The migration fails on every database that has the depending object.

    ## Instead

    Drop or change what depends on it first, by its name. `CASCADE` would take it along without telling.

    ## References

    - [PostgreSQL: dependency tracking](https://www.postgresql.org/docs/current/ddl-depend.html)
    """

    code = "MG322"
    name = "needed-object"
    scope = "operation"
    severity = ERROR
    bad = (
        Example(
            setup=_SETUP,
            upgrade='op.drop_table("users")',
        ),
        Example(
            setup="""op.create_table("users", sa.Column("email", sa.String(20)), sa.Column("name", sa.Text))
op.execute("CREATE VIEW emails AS SELECT email FROM users")""",
            upgrade='op.drop_column("users", "email")',
        ),
    )
    good = (
        Example(
            upgrade=_SETUP + '\nop.drop_table("posts")\nop.drop_table("users")',
        ),
    )

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        failure = refused(step, "depends")
        if failure is None:
            return
        for earlier in context.history.steps(step.revision or "", step.direction)[: step.index]:
            if earlier.failure and earlier.failure.object == failure.object:
                return
        yield Diagnostic(
            f"{failure.object} is still needed ({failure.detail}): PostgreSQL refuses {step.operation.operation}",
            help="drop or change what needs it first, by its name",
            object=failure.object,
            severity=WARNING if step.direction == "downgrade" else None,
            confidence=lowered(step),
        )
