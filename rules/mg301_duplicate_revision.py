"""MG301: two files with one revision id."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import ERROR, Context, Diagnostic, Example, Note, Rule

_FILE = """revision = "{id}"
down_revision = {parent}


def upgrade():
    pass
"""


class DuplicateRevision(Rule):
    """Two files have the same revision id.

    ## What it flags

    A revision id that more than one file in the version locations declares.

    ## Why it matters

    Alembic warns and keeps the file it reads last; which one that is depends on the file system. The other never
    runs, on some machines only. It happens when a file is copied, or moved on one branch and changed on another.

    ## Instead

    Give the newer file an id of its own (`alembic revision` makes one), and correct the `down_revision` of what
    follows it.

    ## References

    - [Alembic: working with branches](https://alembic.sqlalchemy.org/en/latest/branches.html)
    """

    code = "MG301"
    name = "duplicate-revision"
    scope = "notice"
    severity = ERROR
    bad = (
        Example(
            files=(
                ("versions/a.py", _FILE.format(id="twin", parent="None")),
                ("versions/b.py", _FILE.format(id="twin", parent="None")),
            ),
        ),
    )
    good = (Example(upgrade='op.create_table("t", sa.Column("id", sa.Integer, primary_key=True))'),)

    def check_note(self, note: Note, context: Context) -> Iterator[Diagnostic]:
        """Reports a notice of the engine."""
        yield Diagnostic(
            note.message,
            help="give the newer file a revision id of its own, and let what follows it point there",
            place=note.place,
        )
