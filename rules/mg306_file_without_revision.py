"""MG306: a file among the versions that is no revision."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import ERROR, Context, Diagnostic, Example, Note, Rule


class FileWithoutRevision(Rule):
    """A file among the versions declares no revision.

    ## What it flags

    A Python file in a version location without a `revision` that could be read.

    ## Why it matters

    Alembic imports every file there and stops with an error for one without a revision (`Could not determine
    revision id from filename`). A helper module does not belong there, and a revision whose id is computed cannot
    be read by tools.

    ## Instead

    Move helpers out of the versions folder; write the id of a revision as a plain text.

    ## References

    - [Alembic: script directory](https://alembic.sqlalchemy.org/en/latest/tutorial.html#the-migration-environment)
    """

    code = "MG306"
    name = "file-without-revision"
    scope = "notice"
    severity = ERROR
    bad = (
        Example(
            files=(
                ("versions/first.py", 'revision = "first"\ndown_revision = None\n'),
                ("versions/helpers.py", "def audit(table):\n    return table\n"),
            )
        ),
    )
    good = (Example(upgrade='op.create_table("t", sa.Column("id", sa.Integer, primary_key=True))'),)

    def check_note(self, note: Note, context: Context) -> Iterator[Diagnostic]:
        """Reports a notice of the engine."""
        yield Diagnostic(
            note.message,
            help="move it out of the versions folder, or give it a revision id as plain text",
            place=note.place,
        )
