"""MG340: a name that SQLAlchemy refuses to send."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import ERROR, Context, Diagnostic, Example, Note, Rule

_TABLE = 'op.create_table("events", sa.Column("id", sa.Integer, primary_key=True))'
_LONG = "ix_events_by_the_identifier_of_the_event_and_nothing_else_whatsoever"


class NameTooLong(Rule):
    """The name of a constraint or index is longer than PostgreSQL stores.

    ## What it flags

    A name of more than 63 characters that is given to Alembic as it is, to make or to drop a constraint or index.

    ## Why it matters

    SQLAlchemy raises `IdentifierError` before it sends the statement: the migration stops here. A name in `op.f(...)`,
    from a naming convention or of `index=True` is shortened instead, to 55 characters, `_` and four hexadecimal
    digits.

    ## Instead

    Give a shorter name, or wrap a name that a convention made in `op.f(...)`.

    ## References

    - [PostgreSQL: identifiers](https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS)
    - [Alembic: op.f](https://alembic.sqlalchemy.org/en/latest/ops.html#alembic.operations.Operations.f)
    """

    code = "MG340"
    name = "name-too-long"
    scope = "notice"
    severity = ERROR
    bad = (
        Example(
            setup=_TABLE,
            upgrade=f'op.create_index("{_LONG}", "events", ["id"], unique=True)',
            also=("MG201",),
        ),
        Example(
            setup=f'{_TABLE}\nop.execute("ALTER TABLE events ADD CONSTRAINT {_LONG} CHECK (id > 0)")',
            upgrade=f'op.drop_constraint("{_LONG}", "events")',
            also=("MG341",),
        ),
    )
    good = (
        Example(
            upgrade=f'{_TABLE}\nop.create_index(op.f("{_LONG}"), "events", ["id"])',
        ),
    )

    def check_note(self, note: Note, context: Context) -> Iterator[Diagnostic]:
        """Reports a notice of the engine."""
        yield Diagnostic(note.message, help="give a name of at most 63 characters", place=note.place)
