"""Drift between head and models, measured on real projects."""
