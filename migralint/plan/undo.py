"""The corrective migration: going forward to where a step began."""

from __future__ import annotations

from textwrap import dedent, indent

from migralint.operations import Lost
from migralint.operations.steps import Step
from migralint.render.code import downgrade


def undo(step: Step, backup: str | None) -> str:
    """The body of the `upgrade()` that restores what the step changed, as Alembic code; a comment says what it cannot.

    Goes forward: it is a revision after the deployed one. `backup` is what was saved before the step.
    """
    body = downgrade([step.operation], step.before)
    if isinstance(body, Lost):
        return _comment(f"Cannot be undone: {body.reason}." + (" Restore it from the backup." if backup else ""))
    code = dedent(body.text)
    if backup is not None:
        code += "\n" + _comment("Its rows are not restored by this: load them from the backup.")
    return code


def _comment(text: str) -> str:
    return indent(text, "# ")
