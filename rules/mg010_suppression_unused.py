"""MG010: a suppression that suppresses nothing."""

from __future__ import annotations

from migralint.rule import Example, Rule


class UnusedSuppression(Rule):
    """A suppression comment suppresses nothing.

    ## What it flags

    A `migralint: ignore[...]` comment that no finding needs, that names no known rule, family or prefix, or that
    migralint does not understand. A comment for rules that did not run is left alone.

    ## Why it matters

    It stays behind when the statement is repaired, and would hide the next finding at that place without anybody
    having looked at it. One with a spelling mistake does not suppress what its author thinks it does.

    ## Instead

    Remove the comment, or the code that is not needed any more. Where it names something unknown, correct it:
    `migralint rule` lists the rules.

    ## References

    - [Suppressing findings](https://docs.astral.sh/ruff/rules/unused-noqa/) in ruff, which works the same way
    """

    code = "MG010"
    name = "unused-suppression"
    scope = "notice"
    bad = (Example(upgrade='op.create_table("t", sa.Column("id", sa.Integer))  # migralint: ignore[MG101] kept'),)
    good = (
        Example(
            setup='op.create_table("t", sa.Column("id", sa.Integer))',
            upgrade='op.drop_table("t")  # migralint: ignore[MG101] empty since 2023',
        ),
    )
