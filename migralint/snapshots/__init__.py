"""Snapshots: SQL files that claim to be the schema."""

from migralint.snapshots.find import find
from migralint.snapshots.read import parse
from migralint.snapshots.snapshot import Snapshot

__all__ = ["Snapshot", "find", "parse"]
