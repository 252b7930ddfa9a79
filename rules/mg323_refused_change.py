"""MG323: a change that does not fit what is there."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    ERROR,
    WARNING,
    Context,
    CreateIndex,
    Diagnostic,
    Example,
    Rule,
    Step,
    in_sql,
    lowered,
    refused,
)


class RefusedChange(Rule):
    """An operation does not fit the objects that it works on.

    ## What it flags

    An operation that PostgreSQL would refuse although everything it names is there: a type change without `USING`
    between types that have no automatic cast, a foreign key to columns that are not unique or to a column of a type
    that cannot be compared, a change of a column that a view or a generated column uses, of what a partition has from
    its parent table. In a downgrade it is a warning. Silent where the objects are not known for certain.

    ## Why it matters

    The migration fails on every database, often only in deployment: a type change of an empty table is refused as
    well.

    ## Instead

    For a type change, say how the values are converted: `postgresql_using="code::integer"`. Make the unique
    constraint before the foreign key. Drop a view before its columns are changed, and make it again afterwards.
    Change inherited columns and constraints at the parent table.

    ## References

    - [PostgreSQL: ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
    - [PostgreSQL: inheritance](https://www.postgresql.org/docs/current/ddl-inherit.html)
    """

    code = "MG323"
    name = "refused-change"
    scope = "operation"
    severity = ERROR
    bad = (
        Example(
            setup='op.create_table("users", sa.Column("code", sa.String(20)))',
            upgrade='op.alter_column("users", "code", type_=sa.Integer())',
        ),
        Example(
            setup='op.create_table("users", sa.Column("active", sa.Boolean(), server_default=sa.text("false")))',
            upgrade='op.alter_column("users", "active", type_=sa.Integer(), postgresql_using="active::integer")',
        ),
        Example(
            setup="""op.create_table("users", sa.Column("email", sa.String(20)))
op.execute("CREATE VIEW emails AS SELECT email FROM users")""",
            upgrade='op.alter_column("users", "email", type_=sa.Text())',
        ),
        Example(
            setup='op.create_table("users", sa.Column("id", sa.Integer, primary_key=True), sa.Column("code", sa.Text))',
            upgrade='op.create_table("posts", sa.Column("code", sa.Text, sa.ForeignKey("users.code")))',
        ),
        Example(
            setup='op.execute("CREATE TABLE logs (at date) PARTITION BY RANGE (at)")\n'
            'op.execute("CREATE TABLE logs_old PARTITION OF logs DEFAULT")',
            upgrade='op.execute("ALTER TABLE logs_old ADD COLUMN note text")',
        ),
    )
    good = (
        Example(
            setup='op.create_table("users", sa.Column("code", sa.String(20)))',
            upgrade='op.alter_column("users", "code", type_=sa.Text())',
        ),
        Example(
            setup='op.execute("CREATE TABLE logs (at date) PARTITION BY RANGE (at)")\n'
            'op.execute("CREATE TABLE logs_old PARTITION OF logs DEFAULT")',
            upgrade='op.execute("ALTER TABLE logs ADD COLUMN note text")',
        ),
    )

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        failure = refused(step, "invalid")
        if failure is None:
            return
        yield Diagnostic(
            f"PostgreSQL refuses {step.operation.operation} of {failure.object}: {failure.detail}",
            help=_instead(step),
            object=failure.object,
            severity=WARNING if step.direction == "downgrade" else None,
            confidence=lowered(step),
        )


def _instead(step: Step) -> str:
    operation = step.operation
    if isinstance(operation, CreateIndex) and operation.concurrently:
        table = in_sql(operation.table, step.before.default_schema)
        return (
            f"create the index ON ONLY {table} (at once, and invalid), then CONCURRENTLY on each partition, and attach "
            "each with ALTER INDEX ... ATTACH PARTITION"
        )
    return "change it to fit what is there at this point of the history, or change that first"
