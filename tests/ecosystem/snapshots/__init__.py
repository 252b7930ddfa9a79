"""Snapshots of the schema against the history, and what brings them together, measured on real projects."""
