"""Reads Python without running it: lowering, and what the lowered trees mean."""
