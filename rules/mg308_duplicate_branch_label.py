"""MG308: a branch label that means two things."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import ERROR, Context, Diagnostic, Example, Note, Rule

_FILE = """revision = "{id}"
down_revision = {parent}
branch_labels = {labels}


def upgrade():
    pass
"""


class DuplicateBranchLabel(Rule):
    """A branch label means two things.

    ## What it flags

    A label in `branch_labels` that another revision has too, that is given twice in one revision, or that is the id
    of a revision.

    ## Why it matters

    Alembic refuses to load the history (`Branch name 'x' in revision ... already used by revision ...`), so nothing
    can be deployed. It happens when a file is copied, or when a label is repeated on the next revision of a branch:
    all that follow a labelled revision belong to its branch already.

    ## Instead

    Keep the label on the first revision of the branch only, and give another branch a name of its own.

    ## References

    - [Alembic: working with branch labels](https://alembic.sqlalchemy.org/en/latest/branches.html#working-with-branch-labels)
    """

    code = "MG308"
    name = "duplicate-branch-label"
    scope = "notice"
    severity = ERROR
    bad = (
        Example(
            files=(
                ("versions/a.py", _FILE.format(id="first", parent="None", labels='("shop",)')),
                ("versions/b.py", _FILE.format(id="second", parent='"first"', labels='("shop",)')),
            )
        ),
        Example(
            files=(
                ("versions/a.py", _FILE.format(id="first", parent="None", labels='"second"')),
                ("versions/b.py", _FILE.format(id="second", parent='"first"', labels="None")),
            )
        ),
    )
    good = (
        Example(
            files=(
                ("versions/a.py", _FILE.format(id="first", parent="None", labels='("shop",)')),
                ("versions/b.py", _FILE.format(id="second", parent='"first"', labels="None")),
            )
        ),
    )

    def check_note(self, note: Note, context: Context) -> Iterator[Diagnostic]:
        """Reports a notice of the engine."""
        yield Diagnostic(
            note.message,
            help="keep the label on the first revision of its branch only, and name other branches otherwise",
            place=note.place,
        )
