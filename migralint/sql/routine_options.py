"""The options of CREATE and ALTER FUNCTION: volatility, security, cost, settings, ..."""

from __future__ import annotations

from collections.abc import Mapping

from migralint.operations.programs import ALL_SETTINGS
from migralint.schema.names import quote
from migralint.sql.cursor import Cursor
from migralint.sql.tokens import STRING

Options = Mapping[str, str | None]
"""Options by name; None stands for what CREATE FUNCTION takes by itself."""

_WORDS: tuple[tuple[tuple[str, ...], str, str | None], ...] = (
    (("immutable",), "volatility", "IMMUTABLE"),
    (("stable",), "volatility", "STABLE"),
    (("volatile",), "volatility", None),
    (("strict",), "strict", "true"),
    (("returns", "null", "on", "null", "input"), "strict", "true"),
    (("called", "on", "null", "input"), "strict", None),
    (("security", "definer"), "security", "DEFINER"),
    (("external", "security", "definer"), "security", "DEFINER"),
    (("security", "invoker"), "security", None),
    (("external", "security", "invoker"), "security", None),
    (("leakproof",), "leakproof", "true"),
    (("not", "leakproof"), "leakproof", None),
    (("window",), "window", "true"),
    (("parallel", "unsafe"), "parallel", None),
    (("parallel", "restricted"), "parallel", "RESTRICTED"),
    (("parallel", "safe"), "parallel", "SAFE"),
)
_USUAL = {"cost": ("100", "100.0"), "rows": ("1000", "1000.0")}
"""PostgreSQL docs, CREATE FUNCTION: for languages other than C and internal."""


def read_option(cursor: Cursor) -> Options | None:
    """The option that comes next, or None where there is none."""
    for words, name, value in _WORDS:
        if cursor.accept(*words):
            return {name: value}
    if (counted := cursor.accept_any("cost", "rows")) is not None:
        number = cursor.take().value
        return {counted: None if number in _USUAL[counted] else number}
    if cursor.accept("support"):
        return {"support": ".".join(map(quote, cursor.parts()))}
    if cursor.sees("transform", "for", "type"):
        cursor.take()
        types = [_transformed(cursor)]
        while cursor.accept(","):
            types.append(_transformed(cursor))
        return {"transform": ", ".join(types)}
    if cursor.accept("reset"):
        return {ALL_SETTINGS: None} if cursor.accept("all") else {f"set {'.'.join(cursor.parts())}": None}
    return _setting(cursor) if cursor.accept("set") else None


def _transformed(cursor: Cursor) -> str:
    cursor.expect("for", "type")
    return f"FOR TYPE {'.'.join(map(quote, cursor.parts()))}"


def _setting(cursor: Cursor) -> Options:
    """After SET: the values as literals, as the server keeps them."""
    if cursor.accept("time", "zone"):
        name = "timezone"
    else:
        name = ".".join(cursor.parts()).lower()
        if cursor.accept("from", "current"):
            return {f"set {name}": "CURRENT"}
        if cursor.accept_any("to", "=") is None and name != "schema":
            raise cursor.problem("expected TO")
    if name == "schema":
        name = "search_path"
    if cursor.accept("default"):
        return {f"set {name}": None}
    values = [_value(cursor)]
    while cursor.accept(","):
        values.append(_value(cursor))
    return {f"set {name}": ", ".join(values)}


def _value(cursor: Cursor) -> str:
    sign = "-" if cursor.accept_any("+", "-") == "-" else ""
    token = cursor.take()
    text = token.value if token.kind == STRING else sign + token.value
    doubled = text.replace("'", "''")
    return f"'{doubled}'"
