"""MG341: a name that PostgreSQL stores shorter than it is written."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import Context, Diagnostic, Example, Note, Rule

_LONG = "orders_of_customers_with_an_address_outside_of_the_country_of_the_shop"
_TABLE = 'op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))'


class NameCut(Rule):
    """A name is longer than PostgreSQL stores, and is cut without an error.

    ## What it flags

    Names of more than 63 bytes in a `CREATE` or `ALTER` statement, and of tables, columns and enum types given to
    Alembic, for which SQLAlchemy has no check. Letters outside of ASCII take two to four bytes. A name of a constraint
    or index that is too long in characters does not get that far: see MG340.

    ## Why it matters

    PostgreSQL only tells it in a notice. The code knows the object under one name, the database under another:
    `inspector.has_table(...)` and catalog queries with the long name find nothing, the next autogenerate sees a
    difference, and two names that are equal in their first 63 bytes are one, so the second `CREATE` fails.

    ## Instead

    Give a shorter name.

    ## References

    - [PostgreSQL: identifiers](https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS)
    """

    code = "MG341"
    name = "name-cut"
    scope = "notice"
    bad = (
        Example(upgrade=f'op.create_table("{_LONG}", sa.Column("id", sa.Integer, primary_key=True))'),
        Example(
            upgrade=f'{_TABLE}\nop.execute("CREATE INDEX ix_{_LONG} ON orders (id)")',
        ),
        Example(
            upgrade=f'{_TABLE}\nop.execute("CREATE INDEX {_LONG}_a ON orders (id)")\n'
            f'op.execute("CREATE INDEX {_LONG}_b ON orders (id)")',
            also=("MG321",),
        ),
        Example(upgrade=f'{_TABLE}\nop.create_index("{"é" * 40}", "orders", ["id"])'),
    )
    good = (
        Example(upgrade=f'op.create_table("{_LONG[:63]}", sa.Column("id", sa.Integer, primary_key=True))'),
        Example(upgrade=f'{_TABLE}\nop.create_index(op.f("{_LONG}"), "orders", ["id"])'),
    )

    def check_note(self, note: Note, context: Context) -> Iterator[Diagnostic]:
        """Reports a notice of the engine."""
        yield Diagnostic(note.message, help="give a name of at most 63 bytes", place=note.place)
