"""SQL → operations: splitting, the token reader, PL/pgSQL, questions to the catalogs."""

from migralint.sql.runner import run
from migralint.sql.splitter import Statement, split
from migralint.sql.tokens import comments

__all__ = ["Statement", "comments", "run", "split"]
