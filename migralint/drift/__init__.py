"""Two schemas against each other: differences, their classes, renames."""

from migralint.drift.compare import drift
from migralint.drift.difference import Difference

__all__ = ["Difference", "drift"]
