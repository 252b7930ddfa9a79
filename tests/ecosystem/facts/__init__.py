"""A schema taken apart into facts, each of which is true or not.

The rules of what counts as equal are the comparison's own and use nothing of `migralint`: a mistake there must not hide
itself here.
"""

from tests.ecosystem.facts.document import KINDS, NAMES, Facts, facts

__all__ = ["KINDS", "NAMES", "Facts", "facts"]
