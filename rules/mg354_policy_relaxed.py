"""MG354: a change makes migralint accept more."""

from __future__ import annotations

from migralint.rule import INFO, Example, Rule


class PolicyRelaxed(Rule):
    """The change makes migralint accept more than before.

    ## What it flags

    With `--diff-base` or `--staged`, as info: rules that do not run any more, milder severities, `per-file-ignores`, a
    higher `min-confidence` or `fail-on`, more findings in the baseline, revisions that `start-after` passes over,
    another `downgrade` policy, `lock-timeout-set`, other `table-sizes`, more `managed-schemas`, and new comments that
    suppress a finding.

    ## Why it matters

    Whoever reviews the change sees no finding, and should know that this is because of the change itself.

    ## Instead

    Nothing, where it is meant. A reason in the suppression, and in the commit, saves the question.

    ## References

    - [Ruff: error suppression](https://docs.astral.sh/ruff/linter/#error-suppression), for how others do it
    """

    code = "MG354"
    name = "policy-relaxed"
    scope = "notice"
    severity = INFO
    bad = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))',
            settings=('ignore = ["MG1"]',),
            base=(("migralint.toml", "postgresql-version = 15\n"),),
        ),
        Example(
            setup='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))',
            upgrade='op.drop_table("orders")  # migralint: ignore[MG101] nobody has used it',
            base=(("versions/second.py", None),),
        ),
    )
    good = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))',
            settings=('min-confidence = "low"',),
            base=(("migralint.toml", 'ignore = ["MG1"]\n'),),
        ),
    )
