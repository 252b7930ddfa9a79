"""MG012: a suppression whose date has passed."""

from __future__ import annotations

from migralint.rule import Example, Rule


class ExpiredSuppression(Rule):
    """A suppression comment has expired.

    ## What it flags

    A `migralint: ignore[...] until DATE` comment whose date has passed. The findings it suppressed are reported again.

    ## Why it matters

    The date was a promise to look again.

    ## Instead

    Repair what the comment suppressed and remove it. Where more time is needed, give it a later date and say why.

    ## References

    - ISO 8601 dates, as `2027-01-31`; the suppression counts through that day
    """

    code = "MG012"
    name = "expired-suppression"
    scope = "notice"
    bad = (
        Example(
            setup='op.create_table("t", sa.Column("id", sa.Integer))',
            upgrade='op.drop_table("t")  # migralint: ignore[MG101] until 2020-01-31 moved to the archive',
            also=("MG101",),
        ),
    )
    good = (
        Example(
            setup='op.create_table("t", sa.Column("id", sa.Integer))',
            upgrade='op.drop_table("t")  # migralint: ignore[MG101] until 2999-12-31 moved to the archive',
        ),
    )
