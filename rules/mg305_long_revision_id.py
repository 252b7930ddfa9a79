"""MG305: a revision id that does not fit the version table."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import ERROR, Context, Diagnostic, Example, Note, Rule

_FILE = """revision = "{id}"
down_revision = {parent}


def upgrade():
    pass
"""


class LongRevisionId(Rule):
    """A revision id does not fit into the version table.

    ## What it flags

    An id of more than 32 characters.

    ## Why it matters

    Alembic makes `alembic_version.version_num` as `VARCHAR(32)`. PostgreSQL refuses the longer id when the revision
    is recorded: the whole migration is rolled back with `value too long for type character varying(32)`. SQLite
    accepts it, so tests on SQLite pass.

    ## Instead

    Shorten the id; the file name may stay as it is.

    ## References

    - [Alembic: version table](https://alembic.sqlalchemy.org/en/latest/api/runtime.html#alembic.runtime.environment.EnvironmentContext.configure)
    """

    code = "MG305"
    name = "long-revision-id"
    scope = "notice"
    severity = ERROR
    bad = (
        Example(
            files=(("versions/a.py", _FILE.format(id="a_revision_id_of_more_than_32_characters", parent="None")),),
        ),
    )
    good = (Example(upgrade='op.create_table("t", sa.Column("id", sa.Integer, primary_key=True))'),)

    def check_note(self, note: Note, context: Context) -> Iterator[Diagnostic]:
        """Reports a notice of the engine."""
        yield Diagnostic(
            note.message,
            help="shorten the revision id to 32 characters or less",
            place=note.place,
        )
