"""MG304: a history with several heads."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import ERROR, Context, Diagnostic, Example, Note, Rule

_FILE = """revision = "{id}"
down_revision = {parent}


def upgrade():
    pass
"""


class SeveralHeads(Rule):
    """The history has several heads.

    ## What it flags

    More than one revision on which none builds. Heads with branch labels of their own, which are meant to stay
    apart, are left alone.

    ## Why it matters

    `alembic upgrade head` stops with `Multiple head revisions are present`. It happens when two branches each add a
    revision after the same parent and both are merged: each was right on its own.

    ## Instead

    While the newer revision is not released, give it the other one as `down_revision`. Else write a merge:
    `alembic merge heads`.

    ## References

    - [Alembic: merging branches](https://alembic.sqlalchemy.org/en/latest/branches.html#merging-branches)
    """

    code = "MG304"
    name = "several-heads"
    scope = "notice"
    severity = ERROR
    bad = (
        Example(
            files=(
                ("versions/a.py", _FILE.format(id="left", parent="None")),
                ("versions/b.py", _FILE.format(id="right", parent="None")),
            )
        ),
    )
    good = (Example(upgrade='op.create_table("t", sa.Column("id", sa.Integer, primary_key=True))'),)

    def check_note(self, note: Note, context: Context) -> Iterator[Diagnostic]:
        """Reports a notice of the engine."""
        yield Diagnostic(
            note.message,
            help="set down_revision of the newer one to the other head, or run: alembic merge heads",
            place=note.place,
        )
