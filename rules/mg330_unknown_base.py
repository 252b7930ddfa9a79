"""MG330: the history begins on a database that it did not make."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import Context, Diagnostic, Example, History, Rule

_SHOWN = 10


class UnknownBase(Rule):
    """The history begins on a schema that no revision makes.

    ## What it flags

    Once for a history: objects that upgrades use and no revision makes. migralint assumes that they existed before the
    first revision.

    ## Why it matters

    `alembic upgrade head` fails on an empty database. Of the assumed tables only the columns that occur are known, so
    rules about their columns, constraints and types stay silent. If the models have one of them, their other tables
    that no revision makes may have been there too, and are not told.

    ## Instead

    Save the schema as it was before the first revision (`pg_dump --schema-only`) and name the file in
    `migralint.toml`: `base-schema = "base.sql"`. Better still, put it into a first revision.

    ## References

    - [PostgreSQL: pg_dump](https://www.postgresql.org/docs/current/app-pgdump.html)
    """

    code = "MG330"
    name = "unknown-base"
    scope = "history"
    bad = (Example(upgrade='op.add_column("customers", sa.Column("phone", sa.String(20)))'),)
    good = (
        Example(
            upgrade='op.add_column("customers", sa.Column("phone", sa.String(20)))',
            files=(("base.sql", "CREATE TABLE customers (id integer PRIMARY KEY);\n"),),
            settings=('base-schema = "base.sql"',),
        ),
        Example(
            upgrade='op.create_table("customers", sa.Column("id", sa.Integer, primary_key=True))',
            downgrade='op.drop_table("customers")\nop.drop_table("visitors")',
            settings=('downgrade = "any"',),
        ),
    )

    def check_history(self, history: History, context: Context) -> Iterator[Diagnostic]:
        """Judges a whole history."""
        assumed = [one for one in history.assumptions if one.direction == "upgrade"]
        if not assumed:
            return
        names = list(dict.fromkeys(str(one.object) for one in assumed))
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        yield Diagnostic(
            f"no revision makes {', '.join(names[:_SHOWN])}{more}; they are taken to exist before the first revision",
            help='name the schema before the first revision in migralint.toml: base-schema = "base.sql"',
            place=assumed[0].place,
            object=assumed[0].object,
        )
