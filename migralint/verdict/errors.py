"""What keeps `check` from an answer."""

from __future__ import annotations


class VerdictError(Exception):
    """The rules cannot be run as asked. The message says what, where and what to do."""


class RuleError(VerdictError):
    """A rule failed: a mistake in the rule, not in what it judged. The cause is chained."""

    def __init__(self, code: str, module: str, where: str, cause: BaseException) -> None:
        super().__init__(
            f"rule {code} ({module}) failed at {where}: {type(cause).__name__}: {cause}; "
            f"this is a mistake in the rule. Leave it out with --ignore {code}, and report it"
        )
