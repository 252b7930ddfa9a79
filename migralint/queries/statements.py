"""Which texts are statements of SQL, and what executes them."""

from __future__ import annotations

import re

EXECUTES = frozenset(
    """execute executemany exec_driver_sql fetch fetchrow fetchval fetch_all fetch_one fetch_val fetchmany fetchall
    fetchone iterate prepare cursor mogrify read_sql read_sql_query scalar scalars stream stream_scalars exec query
    copy copy_expert copy_from_query execute_query fetch_row fetch_dict fetch_rows query_one query_all""".split()
)
"""Methods of asyncpg, psycopg, SQLAlchemy, databases and pandas that take a statement, and usual names around them."""

_STATEMENT = re.compile(
    r"(?:\s|--[^\n]*\n|/\*.*?\*/|\()*(?:select|insert\s+into|update|delete\s+from|with|merge\s+into|call|truncate|copy)\b",
    re.IGNORECASE | re.DOTALL,
)
_BODY = {
    "select": re.compile(r"\bselect\b.+(?:\bfrom\b|\()", re.IGNORECASE | re.DOTALL),
    "update": re.compile(r"\bupdate\b.+\bset\b", re.IGNORECASE | re.DOTALL),
    "copy": re.compile(r"\bcopy\b.+\b(?:from|to)\b", re.IGNORECASE | re.DOTALL),
    "with": re.compile(r"\bwith\b.+\bas\b.*\(", re.IGNORECASE | re.DOTALL),
}


def is_statement(text: str) -> bool:
    """Whether a text is a statement that reads or writes rows, and no sentence that begins with such a word."""
    match = _STATEMENT.match(text)
    if match is None:
        return False
    word = match[0].split()[-1].strip("(") if match[0].split() else ""
    if not (word.islower() or word.isupper()):
        return False  # as a sentence begins
    pattern = _BODY.get(word.lower())
    return pattern is None or pattern.search(text) is not None
