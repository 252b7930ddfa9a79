"""Whether a default has to be computed for every row."""

from __future__ import annotations

import re

from migralint.schema import Name, Schema
from migralint.schema.types import is_built_in

VOLATILE = frozenset(
    """clock_timestamp timeofday random random_normal gen_random_uuid uuidv4 uuidv7 nextval setval currval lastval
    pg_sleep""".split()
)
"""Built-in functions that PostgreSQL marks volatile (pg_proc.provolatile) and that occur in defaults."""

NOT_VOLATILE = frozenset(
    """now transaction_timestamp statement_timestamp timezone date_trunc date_part to_timestamp to_char to_date
    current_setting current_database current_schema md5 sha256 encode decode concat lower upper initcap length left
    right lpad rpad replace btrim ltrim rtrim substr abs round floor ceil power mod jsonb_build_object
    json_build_object jsonb_build_array json_build_array to_jsonb to_json array_fill make_interval make_date
    make_timestamp make_timestamptz int4range int8range numrange tsrange tstzrange daterange to_tsvector""".split()
)
"""Built-in functions that are stable or immutable: computed once, then stored in the catalog."""

_SYNTAX = frozenset(
    """coalesce nullif greatest least array row in any all some and or not case when then else cast extract trim
    overlay position substring current_timestamp current_time localtime localtimestamp interval normalize""".split()
)
_LITERAL = re.compile(r"'(?:[^']|'')*'")
_CAST = re.compile(r'::\s*(?:(?:character|bit)\s+varying|[\w$."]+)', re.IGNORECASE)
_CALL = re.compile(r'(?:("?[\w$]+"?)\s*\.\s*)?("?[A-Za-z_][\w$]*"?)\s*\(')


def volatile(schema: Schema, default: str | None) -> bool:
    """Whether the default is computed anew for each row, so that adding the column rewrites the table.

    A function that neither the server nor the history explains counts as volatile, as CREATE FUNCTION does unless
    told otherwise; one in SQL is inlined and does not.
    """
    if not default:
        return False
    for space, name in _CALL.findall(_CAST.sub("", _LITERAL.sub("''", default))):
        function = name.strip('"').lower()
        if function in VOLATILE:
            return True
        if function in NOT_VOLATILE or function in _SYNTAX or is_built_in(function):
            continue
        found = schema.functions.get(Name(space.strip('"') or schema.default_schema, name.strip('"')), ())
        if not found or any(
            f.language != "sql" and dict(f.options).get("volatility") not in ("STABLE", "IMMUTABLE") for f in found
        ):
            return True
    return False
