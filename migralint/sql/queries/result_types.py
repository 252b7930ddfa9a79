"""The types of expressions, in `format_type` spelling, where they follow from PostgreSQL's own functions and operators.

None is a type that is not known, UNTYPED a literal whose type its surroundings decide. Compared with a server
(`tests/sql/test_shape.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

from migralint.schema.types import parse

UNTYPED = ""
BOOLEAN, TEXT = "boolean", "text"
_NUMBERS = ("smallint", "integer", "bigint", "numeric", "real", "double precision")
_TEXTS = ("text", "character varying", "character", "bpchar", "name")
_TIMES = ("date", "timestamp without time zone", "timestamp with time zone")
_DATE, _TIMESTAMP, _TIMESTAMPTZ = _TIMES
_ARITHMETIC = ("+", "-", "*", "/", "%")
_CONDITIONS = frozenset(
    """= < > <= >= <> != and or like ilike similar ~ ~* !~ !~* ~~ !~~ ~~* !~~* @> <@ && ? ?| ?& @@ @? -|- <<= >>=
    is_distinct_from""".split()
)

_FIXED = {
    name: kind
    for kind, functions in {
        "bigint": "count row_number rank dense_rank nextval currval lastval setval pg_relation_size "
        "pg_total_relation_size txid_current regr_count",
        "integer": "length char_length character_length octet_length bit_length position strpos ascii array_length "
        "array_position array_ndims array_lower array_upper cardinality ntile json_array_length jsonb_array_length "
        "width_bucket hashtext num_nulls num_nonnulls grouping",
        "text": "lower upper initcap concat concat_ws substring substr left right replace regexp_replace split_part "
        "md5 lpad rpad ltrim rtrim btrim trim repeat reverse translate format quote_ident quote_literal quote_nullable "
        "to_char to_hex chr string_agg array_to_string json_typeof jsonb_typeof json_extract_path_text "
        "jsonb_extract_path_text json_array_elements_text jsonb_array_elements_text json_object_keys "
        "jsonb_object_keys encode convert_from jsonb_pretty current_setting version regexp_substr "
        "regexp_split_to_table string_to_table pg_get_viewdef pg_get_constraintdef pg_get_indexdef",
        "boolean": "bool_and bool_or every starts_with isfinite jsonb_path_exists jsonb_path_match "
        "pg_table_is_visible regexp_like isempty lower_inc upper_inc has_table_privilege",
        "uuid": "gen_random_uuid uuidv4 uuidv7 uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4",
        "numeric": "to_number extract factorial",
        "double precision": "random sqrt date_part percent_rank cume_dist pi degrees radians sin cos tan "
        "atan atan2 corr covar_pop covar_samp regr_slope",
        "date": "current_date to_date make_date",
        "interval": "age make_interval justify_days justify_hours justify_interval",
        "timestamp with time zone": "now current_timestamp clock_timestamp statement_timestamp "
        "transaction_timestamp to_timestamp make_timestamptz",
        "timestamp without time zone": "localtimestamp make_timestamp",
        "time without time zone": "localtime make_time",
        "time with time zone": "current_time",
        "name": "current_user session_user user current_role current_schema current_catalog current_database",
        "json": "json_agg json_object_agg json_build_object json_build_array row_to_json to_json array_to_json "
        "json_extract_path json_array_elements json_object json_strip_nulls",
        "jsonb": "jsonb_agg jsonb_object_agg jsonb_build_object jsonb_build_array to_jsonb jsonb_extract_path "
        "jsonb_array_elements jsonb_object jsonb_strip_nulls jsonb_set jsonb_insert jsonb_path_query "
        "jsonb_path_query_array jsonb_path_query_first jsonb_set_lax",
        "bytea": "decode convert_to sha224 sha256 sha384 sha512",
        "tsvector": "to_tsvector setweight",
        "tsquery": "to_tsquery plainto_tsquery phraseto_tsquery websearch_to_tsquery",
        "real": "ts_rank ts_rank_cd",
        "text[]": "string_to_array regexp_split_to_array regexp_match regexp_matches",
        "regtype": "pg_typeof",
    }.items()
    for name in functions.split()
}
"""What functions with one result type give."""

_OF_FIRST = frozenset("lag lead first_value last_value nth_value array_append array_remove array_replace mode".split())
_COMMON = ("coalesce", "greatest", "least")


def plain(kind: str) -> str:
    """The type without its modifier, as functions pass it on."""
    return str(parse(kind)._replace(modifiers=()))


def element(kind: str | None) -> str | None:
    """The type of the elements of an array."""
    return kind[:-2] if kind is not None and kind.endswith("[]") else None


def array(kind: str | None) -> str | None:
    """The type of an array of these."""
    if kind is None:
        return None
    return "text[]" if kind == UNTYPED else kind if kind.endswith("[]") else kind + "[]"


def common(kinds: Sequence[str | None]) -> str | None:
    """The type of CASE, COALESCE, UNION and ARRAY (PostgreSQL docs, 10.5): the literals follow the others."""
    if any(kind is None for kind in kinds):
        return None
    typed = [kind for kind in kinds if kind]
    if not typed:
        return UNTYPED
    if len(set(typed)) == 1:
        return typed[0] if len(typed) == len(kinds) else plain(typed[0])
    bases = list(dict.fromkeys(plain(kind) for kind in typed))
    if len(bases) == 1:
        return bases[0]
    for family in (_NUMBERS, _TIMES):
        if all(base in family for base in bases):
            return max(bases, key=family.index)
    return bases[0] if all(base in _TEXTS[:2] for base in bases) else None


def negated(kind: str | None) -> str | None:
    """The type of `-x`."""
    return None if not kind else plain(kind)


def operation(operator: str, left: str | None, right: str | None) -> str | None:
    """The type of two operands joined."""
    word = operator.removeprefix("not ").replace(" ", "_")
    if word in _CONDITIONS:
        return BOOLEAN
    if operator in ("->>", "#>>"):
        return TEXT
    if operator in ("->", "#>"):
        return left if left in ("json", "jsonb") else None
    one, other = (None if kind is None else plain(kind) if kind else UNTYPED for kind in (left, right))
    if operator == "||":
        return _joined(one, other)
    if one is None or other is None:
        return None
    if (one in _NUMBERS and other in (*_NUMBERS, UNTYPED)) or (one == UNTYPED and other in _NUMBERS):
        return _number(operator, one or other, other or one)
    if operator == "-" and one == "jsonb":
        return "jsonb"
    return _time(operator, one, other) if operator in _ARITHMETIC else None


def _joined(left: str | None, right: str | None) -> str | None:
    for kind in (left, right):
        if kind is not None and kind.endswith("[]"):
            return kind
    if "jsonb" in (left, right):
        return "jsonb"
    if any(kind in _TEXTS for kind in (left, right)) or (left == right == UNTYPED):
        return TEXT
    return TEXT if UNTYPED in (left, right) and None not in (left, right) else None


def _number(operator: str, left: str, right: str) -> str | None:
    if operator == "^":
        return "numeric" if "numeric" in (left, right) and not _floating(left, right) else "double precision"
    if operator not in _ARITHMETIC:
        return None
    if _floating(left, right):
        return "real" if left == right == "real" else "double precision"
    return max((left, right), key=_NUMBERS.index)


def _floating(*kinds: str) -> bool:
    return any(kind in ("real", "double precision") for kind in kinds)


def _time(operator: str, left: str, right: str) -> str | None:
    """Dates, times and intervals (PostgreSQL docs, 9.9)."""
    if operator == "+" and left in ("interval", "integer"):
        left, right = right, left
    if left == right == "interval" and operator in "+-":
        return "interval"
    if left == "interval" and right in _NUMBERS and operator in "*/":
        return "interval"
    if right == "interval" and operator in "+-":
        return _TIMESTAMP if left == _DATE else left if left in _TIMES or left.startswith("time") else None
    if left == _DATE and right == "integer" and operator in "+-":
        return _DATE
    if operator == "-" and left in _TIMES and right in _TIMES:
        return "integer" if left == right == _DATE else "interval"
    return None


def called(name: str, arguments: Sequence[str | None]) -> str | None:
    """The type that one of PostgreSQL's own functions gives."""
    if name in _FIXED:
        return _FIXED[name]
    if name in _COMMON:
        return common(arguments)
    first = arguments[0] if arguments else None
    if name == "nullif":
        return TEXT if first == UNTYPED or (first and plain(first) in _TEXTS) else first
    if name == "date_trunc":
        second = arguments[1] if len(arguments) > 1 else None
        return _TIMESTAMPTZ if second == _DATE else plain(second) if second else None
    if not first:
        return None
    kind = plain(first)
    match name:
        case "sum":
            return {"smallint": "bigint", "integer": "bigint", "bigint": "numeric"}.get(kind, kind)
        case "avg" | "stddev" | "stddev_pop" | "stddev_samp" | "variance" | "var_pop" | "var_samp":
            if kind == "interval":
                return "interval" if name == "avg" else None
            return "double precision" if _floating(kind) else "numeric"
        case "min" | "max":
            return TEXT if kind == "character varying" else kind
        case "array_agg":
            return array(kind)
        case "unnest":
            return element(kind)
        case "abs" | "mod":
            return common([plain(k) if k else k for k in arguments])
        case "round" | "ceil" | "ceiling" | "floor" | "trunc" | "power" | "exp" | "ln" | "log" | "sign":
            return "numeric" if "numeric" in [plain(k) for k in arguments if k] else "double precision"
        case "timezone":
            return {_TIMESTAMP: _TIMESTAMPTZ, _TIMESTAMPTZ: _TIMESTAMP}.get(kind)
        case "generate_series":
            return common([plain(k) if k else k for k in arguments[:2]])
    return kind if name in _OF_FIRST else None
