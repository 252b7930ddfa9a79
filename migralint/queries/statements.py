"""Which texts are statements of SQL, and what executes them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from migralint.python.text import Text
from migralint.queries.frame import Arguments
from migralint.queries.values import Rows, texts
from migralint.schema.names import quote
from migralint.sql.tokens import HOLE

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


_COPIES = {
    "copy_from": (1, 4, "FROM STDIN"),
    "copy_to": (1, 4, "TO STDOUT"),
    "copy_records_to_table": (0, -1, "FROM STDIN"),
    "copy_to_table": (0, -1, "FROM STDIN"),
    "copy_from_table": (0, -1, "TO STDOUT"),
}
"""Methods of psycopg2 and asyncpg that make a COPY: where they take the table and the columns."""


def copied(name: str, given: Arguments) -> Iterator[Text]:
    """The statements that a method makes which takes a table, and columns, to copy."""
    if name not in _COPIES or (name in ("copy_from", "copy_to") and texts(given.first)):
        return  # which is a file there
    table, columns, way = _COPIES[name]
    spaces = texts(given.get(-1, "schema_name")) or (Text(""),)
    known = given.get(columns, "columns")
    names = [texts(one) for one in known.items] if isinstance(known, Rows) and not known.open else []
    listed = ", ".join(quote(found[0]) for found in names if len(found) == 1 and HOLE not in found[0])
    for one in texts(given.get(table, "table", "table_name")):
        if HOLE not in one and HOLE not in spaces[0]:
            target = ".".join(quote(part) for part in (spaces[0], *one.split(".")) if part)
            yield Text(f"COPY {target}{f' ({listed})' if listed else ''} {way}")
