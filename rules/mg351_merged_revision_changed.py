"""MG351: a merged revision was edited, removed or re-parented."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    EDITED,
    ERROR,
    GONE,
    INFO,
    MOVED,
    WARNING,
    Change,
    Context,
    Diagnostic,
    Example,
    Place,
    Revision,
    Rule,
    Standing,
)

_NAMED = 5

_FILE = '''"""{title}"""

import sqlalchemy as sa
from alembic import op

revision = "{id}"
down_revision = {parent}


def upgrade():
    op.create_table("{table}", sa.Column("id", sa.Integer, primary_key=True))


def downgrade():
    raise NotImplementedError("forward only")
'''
_FIRST = _FILE.format(title="First.", id="first", parent=None, table="orders")
_SECOND = _FILE.format(title="Second.", id="second", parent='"first"', table="items")
_THIRD = _FILE.format(title="Third.", id="third", parent='"second"', table="notes")


class MergedRevisionChanged(Rule):
    """A revision that was merged is another one now, has another parent, or is gone.

    ## What it flags

    With `--diff-base` or `--staged`: a revision of the merge base whose file was edited, which does something else
    because of what it reads, which has another `down_revision` or `depends_on`, or which is not there any more. The
    message says whether what it does changed, or only its text (info). Comments and blank lines are no edit, a file
    may be renamed, and a revision that is new in the change may be edited at will.

    ## Why it matters

    Databases that ran it never run it again: they keep what the old one made, new ones get something else, and no
    tool sees the difference. With another parent, Alembic may pass over a revision on a database that is beyond it;
    a database at a revision that is gone cannot be upgraded at all (`Can't locate revision`).

    ## Instead

    Leave merged revisions as they are and correct what they did in a new one. To shorten a history, squash only what
    every database has passed, and leave the last revision's id in place.

    ## References

    - [Alembic: tutorial](https://alembic.sqlalchemy.org/en/latest/tutorial.html)
    """

    code = "MG351"
    name = "merged-revision-changed"
    scope = "change"
    severity = ERROR
    bad = (
        Example(
            files=(("versions/a.py", _FIRST.replace("Integer", "BigInteger")), ("versions/b.py", _SECOND)),
            base=(("versions/a.py", _FIRST),),
        ),
        Example(
            files=(("versions/a.py", _FIRST.replace("First.", "The first one.")), ("versions/b.py", _SECOND)),
            base=(("versions/a.py", _FIRST),),
        ),
        Example(
            files=(("versions/a.py", _FIRST), ("versions/c.py", _THIRD.replace("second", "first"))),
            base=(("versions/b.py", _SECOND), ("versions/c.py", _THIRD)),
        ),
    )
    good = (
        Example(
            files=(("versions/a.py", f"# a comment\n{_FIRST}"),),
            base=(("versions/a.py", _FIRST),),
        ),
        Example(
            files=(("versions/a.py", _FIRST), ("versions/b2.py", _SECOND)),
            base=(("versions/b.py", _SECOND), ("versions/b2.py", None)),
        ),
    )

    def check_change(self, change: Change, context: Context) -> Iterator[Diagnostic]:
        """Judges what became of a history since the merge base."""
        gone = [one.revision for one in change.revisions if one.standing == GONE]
        if gone:
            yield _gone(gone, change.base)
        reworded = [one for one in change.revisions if one.standing == EDITED and _severity(one) == INFO]
        if reworded:
            yield _reworded(reworded)
        for one in change.revisions:
            if one.standing == MOVED and one.was is not None:
                message = f"merged revision {one.revision.id} came {_after(one.was)}, now {_after(one.revision)}"
                yield Diagnostic(
                    f"{message}; {_effect(one)}",
                    help="leave its parents as they were; put new revisions after the head",
                    place=one.revision.down_place or one.revision.place,
                )
            elif one.standing == EDITED and one not in reworded:
                how = "was edited" if one.text else "does something else, because of what it reads or of the settings"
                yield Diagnostic(
                    f"merged revision {one.revision.id} {how}; {_effect(one)}",
                    help=f"restore it as {change.base} has it, and correct what it did in a new revision",
                    place=_place(one),
                    severity=_severity(one),
                )


def _named(revisions: list[Revision]) -> str:
    ids = ", ".join(one.id for one in revisions[:_NAMED])
    if len(revisions) == 1:
        return f"merged revision {ids}"
    more = f" and {len(revisions) - _NAMED} more" if len(revisions) > _NAMED else ""
    return f"{len(revisions)} merged revisions ({ids}{more})"


def _reworded(edited: list[Standing]) -> Diagnostic:
    """One finding for all: somebody has formatted them."""
    were = "was" if len(edited) == 1 else "were"
    does = "what it does is the same, only its text is another"
    if len(edited) > 1:
        does = "what they do is the same, only their text is another"
    return Diagnostic(
        f"{_named([one.revision for one in edited])} {were} edited; {does}",
        help="leave merged revisions out of what formats or checks code, if it is not meant",
        place=edited[0].revision.place,
        severity=INFO,
    )


def _gone(gone: list[Revision], base: str) -> Diagnostic:
    are, them = ("is", "it") if len(gone) == 1 else ("are", "one of them")
    return Diagnostic(
        f"{_named(gone)} {are} gone or cannot be read any more; Alembic stops on a database that is at {them}",
        help=f"restore what {base} has; what a revision did is undone by a new one",
        place=Place(gone[-1].path),
    )


def _after(one: Revision) -> str:
    needs = f" with {', '.join(one.depends_on)}" if one.depends_on else ""
    return f"after {', '.join(one.down_revision) or 'nothing'}{needs}"


def _effect(one: Standing) -> str:
    if not one.known:
        return "not all of it could be read, so whether it does the same is not known"
    if not one.directions:
        return "what it does is the same, only its text is another" if one.text else "what it does is the same"
    other = " and ".join(f"its {way}" for way in one.directions)
    more = "; databases that ran it keep what it did before" if "upgrade" in one.directions else ""
    return f"{other} {'does' if len(one.directions) == 1 else 'do'} something else{more}"


def _severity(one: Standing) -> str:
    if "upgrade" in one.directions:
        return ERROR
    return WARNING if one.directions or not one.known else INFO


def _place(one: Standing) -> Place:
    revision = one.revision
    way = one.directions[0] if one.directions else ""
    found = revision.upgrade_place if way == "upgrade" else revision.downgrade_place if way else None
    return found or revision.place
