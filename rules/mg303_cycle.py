"""MG303: revisions that build on each other in a circle."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import ERROR, Context, Diagnostic, Example, Note, Rule

_FILE = """revision = "{id}"
down_revision = {parent}


def upgrade():
    pass
"""


class Cycle(Rule):
    """Revisions build on each other in a circle.

    ## What it flags

    Revisions that reach themselves through `down_revision` or `depends_on`.

    ## Why it matters

    Alembic refuses to load such a history (`Cycle is detected in revisions`), so nothing can be deployed.

    ## Instead

    Change the `down_revision` of the newest of them to the revision it was really written after.

    ## References

    - [Alembic: the revision graph](https://alembic.sqlalchemy.org/en/latest/branches.html)
    """

    code = "MG303"
    name = "revision-cycle"
    scope = "notice"
    severity = ERROR
    bad = (
        Example(
            files=(
                ("versions/a.py", _FILE.format(id="egg", parent='"hen"')),
                ("versions/b.py", _FILE.format(id="hen", parent='"egg"')),
            )
        ),
    )
    good = (Example(upgrade='op.create_table("t", sa.Column("id", sa.Integer, primary_key=True))'),)

    def check_note(self, note: Note, context: Context) -> Iterator[Diagnostic]:
        """Reports a notice of the engine."""
        yield Diagnostic(
            note.message,
            help="change the down_revision of the newest one to the revision it was written after",
            place=note.place,
        )
