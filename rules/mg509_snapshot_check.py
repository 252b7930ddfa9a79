"""MG509: a check or an exclusion constraint that differs from a snapshot."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    MEDIUM,
    Check,
    Context,
    Diagnostic,
    Difference,
    Example,
    Exclusion,
    Name,
    Rule,
    call,
    execute,
    in_schema,
    in_sql,
    quote,
)


class CheckDiffers(Rule):
    """A CHECK or EXCLUDE is missing in the history or in a SQL snapshot or environment, or says something else there.

    ## What it flags

    Checks compared by what they mean: `IN (...)` is `= ANY (ARRAY[...])`, casts to text and parentheses do not
    count, neither do names. Expressions that cannot be parsed are compared as text, which is why the confidence is
    medium. A check in place of an enum is `snapshot-type`. Exclusion constraints are compared by their elements,
    operators, condition and deferral; the order of elements and the index method do not count.

    ## Why it matters

    Values that one side refuses get into the other, and code comes to rely on them or on their absence.

    ## Instead

    Add the check in a new revision as NOT VALID, repair the rows, and validate it in a later transaction.

    ## References

    - [PostgreSQL: check constraints](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-CHECK-CONSTRAINTS)
    - [Alembic: operation reference](https://alembic.sqlalchemy.org/en/latest/ops.html)
    """

    code = "MG509"
    name = "snapshot-check"
    scope = "difference"
    confidence = MEDIUM
    bad = (
        Example(
            upgrade='op.create_table("orders", sa.Column("amount", sa.Integer))',
            files=(("supabase_schema.sql", "CREATE TABLE public.orders (amount integer CHECK (amount > 0));\n"),),
        ),
        Example(
            upgrade='op.create_table("stays", sa.Column("during", postgresql.TSRANGE()))',
            files=(
                (
                    "supabase_schema.sql",
                    "CREATE TABLE public.stays (during tsrange, EXCLUDE USING gist (during WITH &&));\n",
                ),
            ),
        ),
    )
    good = (
        Example(
            upgrade='op.create_table("orders", sa.Column("state", sa.Text), '
            """sa.CheckConstraint("state IN ('open', 'paid')", name="orders_state_check"))""",
            files=(
                (
                    "supabase_schema.sql",
                    "CREATE TABLE orders (state text,\n"
                    "CONSTRAINT orders_state_check CHECK ((state = ANY (ARRAY['open'::text, 'paid'::text]))));\n",
                ),
            ),
        ),
    )

    def check_difference(self, difference: Difference, context: Context) -> Iterator[Diagnostic]:
        """Judges one difference between a snapshot and the head."""
        table, head, derived = difference.object.table, difference.head, difference.derived
        if not difference.dumped or difference.kind not in ("check", "exclusion") or table is None:
            return
        if isinstance(derived, Exclusion):
            yield Diagnostic(
                difference.message, help=difference.keeping(*map(execute, _excluding(table, head, derived)))
            )
            return
        (_, at_head), (_, there) = difference.sides[0], difference.sides[-1]
        if not isinstance(derived, Check) or there in ("NOT VALID", "NOT ENFORCED"):
            yield Diagnostic(difference.message, help=difference.renewing)
            return
        if isinstance(head, Check) and at_head == "NOT VALID":
            validating = execute(f"ALTER TABLE {in_sql(table)} VALIDATE CONSTRAINT {quote(head.name)}")
            yield Diagnostic(difference.message, help=difference.keeping(validating))
            return
        code = [
            call(
                "op.create_check_constraint",
                derived.name,
                table.name,
                derived.expression,
                schema=in_schema(table),
                postgresql_not_valid=True,
            )
        ]
        if isinstance(head, Check):
            code.insert(0, call("op.drop_constraint", head.name, table.name, type_="check", schema=in_schema(table)))
        yield Diagnostic(difference.message, help=difference.keeping(*code))


def _excluding(table: Name, head: object, derived: Exclusion) -> Iterator[str]:
    """The statements that make an exclusion constraint, in place of the one that is there."""
    if isinstance(head, Exclusion):
        yield f"ALTER TABLE {in_sql(table)} DROP CONSTRAINT {quote(head.name)}"
    deferral = f" DEFERRABLE INITIALLY {derived.initially or 'IMMEDIATE'}" if derived.deferrable else ""
    yield f"ALTER TABLE {in_sql(table)} ADD CONSTRAINT {quote(derived.name)} {derived.definition}{deferral}"
