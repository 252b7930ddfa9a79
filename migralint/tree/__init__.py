"""Which files we look at: their content, confined to the project, and a record of what was seen."""

from migralint.tree.edits import EditError, TextEdit
from migralint.tree.errors import (
    GitError,
    MissingError,
    NotAFileError,
    NotAFolderError,
    NotTextError,
    OutsideError,
    TooLargeError,
    TreeError,
    UnreadableError,
)
from migralint.tree.overlay import Overlay
from migralint.tree.positions import Lines, Position
from migralint.tree.record import Record, Recorder
from migralint.tree.text import decode, encode
from migralint.tree.tree import PYTHON_BYTES, SQL_BYTES, Entry, Kind, Tree
from migralint.tree.walk import below, walk
from migralint.tree.worktree import WorkTree

__all__ = [
    "PYTHON_BYTES",
    "SQL_BYTES",
    "EditError",
    "Entry",
    "GitError",
    "Kind",
    "Lines",
    "MissingError",
    "NotAFileError",
    "NotAFolderError",
    "NotTextError",
    "OutsideError",
    "Overlay",
    "Position",
    "Record",
    "Recorder",
    "TextEdit",
    "TooLargeError",
    "Tree",
    "TreeError",
    "UnreadableError",
    "WorkTree",
    "below",
    "decode",
    "encode",
    "walk",
]
