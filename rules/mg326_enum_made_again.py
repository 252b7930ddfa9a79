"""MG326: a table whose enum type an earlier revision made, and which makes it again."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import ERROR, Context, Diagnostic, Example, Note, Rule

_ENUM = 'sa.Enum("glad", "sad", name="mood")'
_EXISTING = 'postgresql.ENUM("glad", "sad", name="mood", create_type=False)'
_PEOPLE = f'op.create_table("people", sa.Column("id", sa.Integer, primary_key=True), sa.Column("mood", {_ENUM}))'
_PETS = 'op.create_table("pets", sa.Column("id", sa.Integer, primary_key=True), sa.Column("mood", {0}))'


class EnumMadeAgain(Rule):
    """A table is made with an enum type that an earlier revision made, in a way that makes the type again.

    ## What it flags

    `create_table` with a column of an enum type that is there already, made by the `create_table` of an earlier
    revision, without `create_type=False`.

    ## Why it matters

    Before each table SQLAlchemy sends `CREATE TYPE` for its enums, without looking whether they are there. It
    remembers what it has sent for as long as one command runs. So `alembic upgrade head` works on a new database, in
    tests too, where the first revision and this one run together, and fails with `type "mood" already exists` on every
    database that went through the first revision in an earlier deployment.

    ## Instead

    Say that the type is there: `postgresql.ENUM(..., name="mood", create_type=False)`. (The `create_type` of `sa.Enum`
    is ignored before SQLAlchemy 2.1.)

    ## References

    - [SQLAlchemy: PostgreSQL ENUM](https://docs.sqlalchemy.org/en/20/dialects/postgresql.html#postgresql-enum-types)
    - [alembic#1347](https://github.com/sqlalchemy/alembic/issues/1347)
    """

    code = "MG326"
    name = "enum-made-again"
    scope = "notice"
    severity = ERROR
    bad = (Example(setup=_PEOPLE, upgrade=_PETS.format(_ENUM)),)
    good = (
        Example(setup=_PEOPLE, upgrade=_PETS.format(_EXISTING)),
        Example(upgrade=f"{_PEOPLE}\n{_PETS.format(_ENUM)}"),
    )

    def check_note(self, note: Note, context: Context) -> Iterator[Diagnostic]:
        """Reports a notice of the engine."""
        yield Diagnostic(
            note.message,
            help='postgresql.ENUM(..., name="...", create_type=False)',
            place=note.place,
        )
