"""MG302: a parent revision that no file declares."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import ERROR, Context, Diagnostic, Example, Note, Rule

_FILE = """revision = "{id}"
down_revision = {parent}


def upgrade():
    pass
"""


class MissingParent(Rule):
    """A revision names a parent that does not exist.

    ## What it flags

    A `down_revision` or `depends_on` for which no file declares that id.

    ## Why it matters

    Every Alembic command that reads the history stops with a KeyError for that id, so nothing can be deployed. It
    happens when a file is deleted or an id is changed while another branch builds on it.

    ## Instead

    Bring the file back, or point `down_revision` at the revision that took its place. Databases that already are at
    the missing revision need `alembic stamp`.

    ## References

    - [Alembic: the revision graph](https://alembic.sqlalchemy.org/en/latest/branches.html)
    """

    code = "MG302"
    name = "missing-parent"
    scope = "notice"
    severity = ERROR
    bad = (Example(files=(("versions/a.py", _FILE.format(id="orphan", parent='"nowhere"')),)),)
    good = (Example(upgrade='op.create_table("t", sa.Column("id", sa.Integer, primary_key=True))'),)

    def check_note(self, note: Note, context: Context) -> Iterator[Diagnostic]:
        """Reports a notice of the engine."""
        yield Diagnostic(
            note.message,
            help="restore the missing file, or name an existing revision as down_revision",
            place=note.place,
        )
