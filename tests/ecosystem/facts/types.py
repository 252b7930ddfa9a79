"""Types, as far as the comparison has to know them."""

from __future__ import annotations

import re

NUMERIC = re.compile(
    r"^(smallint|integer|int\d*|bigint|numeric|decimal|real|float|double precision|oid|serial|bigserial|money|tinyint)\b",
    re.I,
)
TEXTUAL = re.compile(
    r"^(text|character varying|varchar|character|char|bpchar|citext|name|string|clob)\b(?!.*\[\])", re.I
)
BOOLEAN = re.compile(r"^bool(ean)?$", re.I)
JSON = re.compile(r"^jsonb?$", re.I)
MOMENT = re.compile(r"(timestamp|date$|datetime)", re.I)
INTERVAL = re.compile(r"interval\b(?!.*\[)", re.I)
_TYPE = (
    r"(?:character varying|double precision|bit varying|timestamp(?:\s*\(\d+\))? with(?:out)? time zone|"
    r"time(?:\s*\(\d+\))? with(?:out)? time zone|"
    r"interval(?: (?:year to month|day to second|year|month|day|hour|minute|second))?|"
    r'(?:(?:"[^"]+"|[A-Za-z_]\w*)\.)?(?:"[^"]+"|[A-Za-z_]\w*))'
)
CAST = re.compile(r"\s*::\s*(" + _TYPE + r")(\s*\(\s*\d+(?:\s*,\s*\d+)?\s*\))?((?:\s*\[\s*\])*)", re.I)


def type_name(text: str, dialect: str) -> str:
    """PostgreSQL's own spelling without quotes and default schema; SQLite's in capitals."""
    text = re.sub(r"\s+", " ", text).strip()
    if dialect == "sqlite":
        return re.sub(r"\s*([(),])\s*", r"\1", text).upper()
    text = re.sub(r'(?<![\w."])(?:public|"public")\.', "", text)
    return text if text == '"char"' else re.sub(r"\s*,\s*", ",", text.replace('"', ""))
