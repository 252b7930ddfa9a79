"""JSON as text, taken apart."""

from __future__ import annotations

import json

from migralint.sql.queries.values import UNKNOWN, Unknown, array_of

_LENGTH = 20_000
SETS = (
    *("jsonb_array_elements", "json_array_elements", "jsonb_array_elements_text", "json_array_elements_text"),
    *("jsonb_each", "json_each", "jsonb_each_text", "json_each_text", "jsonb_object_keys", "json_object_keys"),
)
"""Functions that yield a row for each part."""


def _parsed(text: object) -> object:
    """The value in Python's terms, or Unknown."""
    if not isinstance(text, str) or len(text) > _LENGTH:
        return UNKNOWN
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return UNKNOWN


def printed(value: object) -> str:
    """As jsonb prints it, which sorts keys by length first."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: (len(key.encode()), key))
        return "{" + ", ".join(f"{json.dumps(k, ensure_ascii=False)}: {printed(value[k])}" for k in keys) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(printed, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _text(value: object) -> object:
    """As `->>` gives it."""
    return None if value is None else value if isinstance(value, str) else printed(value)


def extracted(operator: str, left: object, right: object) -> object:
    """`->`, `->>`, `#>`, `#>>` and `?`."""
    if left is None or right is None:
        return None
    value = _parsed(left)
    if isinstance(value, Unknown) or isinstance(right, Unknown):
        return UNKNOWN
    if operator == "?":
        return right in value if isinstance(value, (dict, list)) else UNKNOWN
    path = array_of(right) if operator.startswith("#") and isinstance(right, str) else [right]
    if not isinstance(path, list):
        return UNKNOWN
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            if step not in value:
                return None
            value = value[step]
        elif isinstance(value, list) and isinstance(step, int) and -len(value) <= step < len(value):
            value = value[step]
        else:
            return None if not isinstance(value, list) or isinstance(step, int) else UNKNOWN
    return _text(value) if operator.endswith(">>") else printed(value)


def rows(name: str, argument: object) -> list[object] | None:
    """What one of SETS yields: values, or rows of key and value; None where that is not known."""
    if argument is None:
        return []
    value = _parsed(argument)
    plain = name.endswith("_text")
    if isinstance(value, list) and "elements" in name:
        return [_text(item) if plain else printed(item) for item in value]
    if isinstance(value, dict) and "keys" in name:
        return list(sorted(value, key=lambda key: (len(key), key)) if name.startswith("jsonb") else value)
    if isinstance(value, dict) and "each" in name:
        keys = sorted(value, key=lambda key: (len(key), key)) if name.startswith("jsonb") else list(value)
        return [{"key": key, "value": _text(value[key]) if plain else printed(value[key])} for key in keys]
    return None


def records(argument: object, columns: tuple[str, ...]) -> list[object] | None:
    """jsonb_to_recordset with its listed columns, as texts."""
    value = _parsed(argument)
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        return None
    return [{column: _text(item.get(column)) for column in columns} for item in value]


def called(name: str, arguments: list[object]) -> object:
    """jsonb_typeof and jsonb_array_length."""
    value = _parsed(arguments[0]) if len(arguments) == 1 else UNKNOWN
    if isinstance(value, Unknown):
        return UNKNOWN
    if name.endswith("_array_length"):
        return len(value) if isinstance(value, list) else UNKNOWN
    kinds = {dict: "object", list: "array", str: "string", bool: "boolean", int: "number", float: "number"}
    return kinds.get(type(value), "null")
