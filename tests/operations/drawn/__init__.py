"""Statements drawn against the state on paper: most can run, some cannot."""
