"""Runtime queries: what application code, functions and views use of the database."""

from migralint.queries.use import Use

__all__ = ["Use"]
