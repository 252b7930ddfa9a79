"""MG306: a file among the versions that is no revision, or whose place in the history is not known."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import ERROR, Context, Diagnostic, Example, Note, Rule

_UPGRADE = "\n\ndef upgrade():\n    pass\n"


class FileWithoutRevision(Rule):
    """A file among the versions declares no revision.

    ## What it flags

    A Python file in a version location without a `revision` that could be read, and a revision without a
    `down_revision`, or with one (or a `depends_on`) that could not be read.

    ## Why it matters

    Alembic imports every file there and stops with an error for one without a revision (`Could not determine
    revision id from filename`), or without a `down_revision`. A helper module does not belong there, and where an id
    is computed, tools cannot tell what follows what.

    ## Instead

    Move helpers out of the versions folder; write the ids of a revision and its parents as plain text.

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
                ("versions/first.py", f'revision = "first"\ndown_revision = None\n{_UPGRADE}'),
                ("versions/helpers.py", "def audit(table):\n    return table\n"),
            )
        ),
        Example(files=(("versions/first.py", f'revision = "first"\n{_UPGRADE}'),)),
        Example(
            files=(
                (
                    "versions/first.py",
                    f'import os\n\nrevision = "first"\ndown_revision = os.environ["LAST"]\n{_UPGRADE}',
                ),
            )
        ),
    )
    good = (Example(upgrade='op.create_table("t", sa.Column("id", sa.Integer, primary_key=True))'),)

    def check_note(self, note: Note, context: Context) -> Iterator[Diagnostic]:
        """Reports a notice of the engine."""
        yield Diagnostic(
            note.message,
            help="give it a revision and a down_revision as plain text, or move it out of the versions folder",
            place=note.place,
        )
