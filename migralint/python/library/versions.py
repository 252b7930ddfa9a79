"""What depends on the version of a package that the project has."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


def newer(ev: Evaluator, package: str, version: tuple[int, ...]) -> bool:
    """Whether the project has this version of a package or a later one; true where nothing says which it has."""
    known = ev.context.get("version of")
    found = known(package) if known is not None else None
    return found is None or found >= version
