"""The options of functions: pglast's trees as what migralint has to say of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pglast import ast, enums

from tests.differential.tables import setting
from tests.differential.trees import texts

_SET = enums.VariableSetKind
_USUAL = {"volatility": "volatile", "parallel": "unsafe", "cost": "100", "rows": "1000"}
_FLAGS = ("strict", "leakproof", "window")


def changes(options: Iterable[Any] | None) -> list[tuple[str, str | None]]:
    """Options by name in their order, None for what CREATE FUNCTION takes by itself."""
    return [found for one in options or () if (found := _option(one)) is not None]


def options(written: Iterable[Any] | None) -> tuple[tuple[str, str], ...]:
    """The options of a function that CREATE makes."""
    found = [(n, v) for n, v in dict(changes(written)).items() if v is not None]
    plain = sorted(one for one in found if not one[0].startswith("set "))
    return (*plain, *(one for one in found if one not in plain))


def _option(one: Any) -> tuple[str, str | None] | None:
    name, value = one.defname, one.arg
    if name == "set":
        return _setting(value)
    if name == "security":
        return name, "DEFINER" if value.boolval else None
    if name in _FLAGS:
        return name, "true" if value.boolval else None
    if name == "support":
        return name, ".".join(texts(value))
    if name in _USUAL:
        said = setting(value)
        return name, None if said == _USUAL[name] else said.upper()
    return None  # language, body, transforms


def _setting(node: ast.VariableSetStmt) -> tuple[str, str | None]:
    if node.kind == _SET.VAR_RESET_ALL:
        return "set *", None
    name = f"set {node.name.lower()}"
    if node.kind in (_SET.VAR_RESET, _SET.VAR_SET_DEFAULT):
        return name, None
    if node.kind == _SET.VAR_SET_CURRENT:
        return name, "CURRENT"
    return name, ", ".join(f"'{_text(arg)}'" for arg in node.args)


def _text(node: Any) -> str:
    value = node.arg.val if isinstance(node, ast.TypeCast) else node.val
    found = next(getattr(value, f) for f in ("sval", "ival", "fval", "boolval") if hasattr(value, f))
    return str(found).replace("'", "''")
