"""MG352: a new revision and one that the base branch has gained since are two heads after the merge."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import ERROR, Change, Context, Diagnostic, Example, Rule

_FILE = """revision = "{id}"
down_revision = {parent}


def upgrade():
    pass


def downgrade():
    raise NotImplementedError("forward only")
"""
_FIRST = ("versions/a.py", _FILE.format(id="first", parent=None))
_OURS = ("versions/b.py", _FILE.format(id="ours", parent='"first"'))


class HeadBehindBase(Rule):
    """A new revision does not sit on the head that the base branch has by now.

    ## What it flags

    With `--diff-base`: a revision that the change adds, after a parent on which the base branch has put another
    revision since. Two heads that the change alone makes are several-heads (MG304); branches with labels of their own
    are left alone.

    ## Why it matters

    Each side is right on its own, and git merges them without a conflict, as they are two files. After the merge
    `alembic upgrade head` stops with `Multiple head revisions are present`.

    ## Instead

    Merge or rebase on the base branch and set `down_revision` of the new revision to its head. Nothing has run it yet.

    ## References

    - [Alembic: working with branches](https://alembic.sqlalchemy.org/en/latest/branches.html)
    """

    code = "MG352"
    name = "head-behind-base"
    scope = "change"
    severity = ERROR
    bad = (
        Example(
            files=(_FIRST, _OURS),
            base=((_OURS[0], None),),
            ahead=(("versions/c.py", _FILE.format(id="theirs", parent='"first"')),),
        ),
    )
    good = (
        Example(files=(_FIRST, _OURS), base=((_OURS[0], None),)),
        Example(files=(_FIRST, _OURS), base=((_OURS[0], None),), ahead=(("README.md", "news\n"),)),
    )

    def check_change(self, change: Change, context: Context) -> Iterator[Diagnostic]:
        """Judges what became of a history since the merge base."""
        for one in change.meetings:
            others = ", ".join(one.others)
            help = f"merge {change.base} and write a merge: alembic merge heads"
            if len(one.others) == 1:
                help = f'merge {change.base} and set down_revision = "{others}"'
            yield Diagnostic(
                f"merged into {change.base} as it is by now, {one.revision.id} is a head beside {others}: "
                "`alembic upgrade head` stops there",
                help=help,
                place=one.revision.down_place or one.revision.place,
            )
