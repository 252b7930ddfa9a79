"""MG327: a column of an enum type that no revision has made."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import ERROR, Context, Diagnostic, Example, Note, Rule

_ENUM = 'sa.Enum("glad", "sad", name="mood")'
_SETUP = 'op.create_table("people", sa.Column("id", sa.Integer, primary_key=True), sa.Column("note", sa.Text))'
_ADD = f'op.add_column("people", sa.Column("mood", {_ENUM}))'


class EnumNotMade(Rule):
    """A column is given an enum type that does not exist.

    ## What it flags

    `add_column` and `alter_column` with an enum type, and `create_table` with `create_type=False`, where no revision
    before has made the type. Silent for tables that no revision makes, and after an operation that could not be read.

    ## Why it matters

    SQLAlchemy sends `CREATE TYPE` before it creates a table. Alembic's `add_column` and `alter_column` send none, in
    any version, and autogenerate writes them without: the migration fails with `type "mood" does not exist`.

    ## Instead

    Make the type first, in the same revision: `mood = sa.Enum("glad", "sad", name="mood")`, then
    `mood.create(op.get_bind(), checkfirst=True)`, then add the column.

    ## References

    - [SQLAlchemy: PostgreSQL ENUM](https://docs.sqlalchemy.org/en/20/dialects/postgresql.html#postgresql-enum-types)
    - [alembic#278](https://github.com/sqlalchemy/alembic/issues/278)
    """

    code = "MG327"
    name = "enum-not-made"
    scope = "notice"
    severity = ERROR
    bad = (
        Example(setup=_SETUP, upgrade=_ADD),
        Example(
            setup=_SETUP,
            upgrade=f'op.alter_column("people", "note", type_={_ENUM}, postgresql_using="note::mood")',
            also=("MG204",),
        ),
        Example(
            upgrade='op.create_table("people", sa.Column("mood", postgresql.ENUM("glad", name="mood", '
            "create_type=False)))"
        ),
    )
    good = (
        Example(setup=_SETUP, upgrade=f"{_ENUM}.create(op.get_bind())\n{_ADD}"),
        Example(setup=_SETUP, upgrade="op.execute(\"CREATE TYPE mood AS ENUM ('glad', 'sad')\")\n" + _ADD),
    )

    def check_note(self, note: Note, context: Context) -> Iterator[Diagnostic]:
        """Reports a notice of the engine."""
        yield Diagnostic(
            note.message,
            help='sa.Enum(..., name="...").create(op.get_bind(), checkfirst=True) before it',
            place=note.place,
        )
