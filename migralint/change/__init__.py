"""What a change does to a history: the project as it is against the merge base."""

from migralint.change.change import Change, Edit
from migralint.change.revisions import EDITED, GONE, MOVED, NEW, SAME, Meeting, Standing

__all__ = ["EDITED", "GONE", "MOVED", "NEW", "SAME", "Change", "Edit", "Meeting", "Standing"]
