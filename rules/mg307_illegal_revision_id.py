"""MG307: a revision id with characters that Alembic refuses."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import ERROR, Context, Diagnostic, Example, Note, Rule

_FILE = """revision = "{id}"
down_revision = {parent}


def upgrade():
    pass
"""


class IllegalRevisionId(Rule):
    """A revision id has characters that Alembic refuses.

    ## What it flags

    An id with `@`, `-`, `+` or `:`, which have a meaning in targets such as `label@head`, `ab12+1` and `ab12:cd34`.

    ## Why it matters

    Alembic refuses to load the history (`Character(s) '-' not allowed in revision identifier`), so nothing can be
    deployed. Older versions accept `:`, so the history stops loading when Alembic is upgraded. It happens where ids
    are made from dates, tickets or UUIDs.

    ## Instead

    Write the id with underscores, and let what follows it point there; the file name may stay as it is.

    ## References

    - [Alembic: partial and relative revision identifiers](https://alembic.sqlalchemy.org/en/latest/tutorial.html#relative-migration-identifiers)
    """

    code = "MG307"
    name = "illegal-revision-id"
    scope = "notice"
    severity = ERROR
    bad = (
        Example(files=(("versions/a.py", _FILE.format(id="2026-01-31", parent="None")),)),
        Example(files=(("versions/a.py", _FILE.format(id="shop@first", parent="None")),)),
    )
    good = (Example(files=(("versions/a.py", _FILE.format(id="2026_01_31.first", parent="None")),)),)

    def check_note(self, note: Note, context: Context) -> Iterator[Diagnostic]:
        """Reports a notice of the engine."""
        yield Diagnostic(
            note.message,
            help="write the revision id with underscores, and let what follows it point there",
            place=note.place,
        )
