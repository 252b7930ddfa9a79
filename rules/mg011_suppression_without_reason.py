"""MG011: a suppression that does not say why."""

from __future__ import annotations

from migralint.rule import INFO, Example, Rule


class SuppressionWithoutReason(Rule):
    """A suppression comment gives no reason.

    ## What it flags

    A `migralint: ignore[...]` or `ignore-file[...]` comment with nothing after its codes.

    ## Why it matters

    Whoever reads the migration later cannot tell whether the danger was thought about or only silenced.

    ## Instead

    Say in a few words why it is safe here: `# migralint: ignore[MG101] empty since 2023`.

    ## References

    - [Ignoring results](https://docs.zizmor.sh/usage/#ignoring-results) in zizmor, where comments carry a reason too
    """

    code = "MG011"
    name = "suppression-without-reason"
    scope = "notice"
    severity = INFO
    bad = (
        Example(
            setup='op.create_table("t", sa.Column("id", sa.Integer))',
            upgrade='op.drop_table("t")  # migralint: ignore[MG101]',
        ),
    )
    good = (
        Example(
            setup='op.create_table("t", sa.Column("id", sa.Integer))',
            upgrade='op.drop_table("t")  # migralint: ignore[MG101] empty since 2023',
        ),
    )
