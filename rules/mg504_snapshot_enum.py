"""MG504: an enum whose labels in a snapshot are others."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    Context,
    Diagnostic,
    Difference,
    EnumType,
    Example,
    Rule,
    autocommit,
    execute,
    in_sql,
    quote,
)


class EnumDiffers(Rule):
    """An enum type has other labels, or another name, in a SQL snapshot or environment.

    ## What it flags

    An enum that lacks a label on one side, has another name there, or has its labels in another order (cosmetic); one
    that only one side has and no column uses (cosmetic). An enum against a text with a CHECK is `snapshot-type`.

    ## Why it matters

    A label that one side lacks is refused there with `invalid input value for enum`. SQLAlchemy casts to the type
    by its name.

    ## Instead

    Add the labels in a new revision with ADD VALUE IF NOT EXISTS, outside of a transaction; a label that is used
    cannot be removed.

    ## References

    - [PostgreSQL: ALTER TYPE](https://www.postgresql.org/docs/current/sql-altertype.html)
    - [PostgreSQL: enumerated types](https://www.postgresql.org/docs/current/datatype-enum.html)
    """

    code = "MG504"
    name = "snapshot-enum"
    scope = "difference"
    bad = (
        Example(
            upgrade="""op.execute("CREATE TYPE status AS ENUM ('open', 'paid')")""",
            files=(("supabase_schema.sql", "CREATE TYPE public.status AS ENUM ('open', 'paid', 'returned');\n"),),
        ),
        Example(
            upgrade='op.create_table("orders", sa.Column("buyer", sa.Text))',
            files=(
                (
                    "supabase_schema.sql",
                    "CREATE TYPE status AS ENUM ('open', 'paid');\nCREATE TABLE public.orders (buyer text);\n",
                ),
            ),
        ),
    )
    good = (
        Example(
            upgrade="""op.execute("CREATE TYPE status AS ENUM ('open', 'paid')")""",
            files=(
                (
                    "supabase_schema.sql",
                    "DO $$ BEGIN CREATE TYPE status AS ENUM ('open'); "
                    "EXCEPTION WHEN duplicate_object THEN NULL; END $$;\n"
                    "ALTER TYPE status ADD VALUE IF NOT EXISTS 'paid';\n",
                ),
            ),
        ),
    )

    def check_difference(self, difference: Difference, context: Context) -> Iterator[Diagnostic]:
        """Judges one difference between a snapshot and the head."""
        head, derived = difference.head, difference.derived
        if not difference.dumped or difference.kind != "enum":
            return
        if not isinstance(derived, EnumType):
            yield Diagnostic(difference.message, help=difference.renewing)
            return
        if not isinstance(head, EnumType):
            labels = ", ".join("'" + label.replace("'", "''") + "'" for label in derived.labels)
            code = execute(f"CREATE TYPE {in_sql(derived.name)} AS ENUM ({labels})")
            yield Diagnostic(difference.message, help=difference.keeping(code))
            return
        if head.name != derived.name:
            code = execute(f"ALTER TYPE {in_sql(head.name)} RENAME TO {quote(derived.name.name)}")
            yield Diagnostic(difference.message, help=difference.keeping(code))
            return
        added = [label.replace("'", "''") for label in derived.labels if label not in head.labels]
        code = autocommit(
            *(execute(f"ALTER TYPE {in_sql(derived.name)} ADD VALUE IF NOT EXISTS '{label}'") for label in added)
        )
        yield Diagnostic(difference.message, help=difference.keeping(code) if added else difference.renewing)
