"""The names of the columns of a query, as PostgreSQL's `FigureColname` gives them."""

from __future__ import annotations

from migralint.schema.types import parse
from migralint.sql.queries.nodes import (
    Call,
    Case,
    Cast,
    Exists,
    Expression,
    Field,
    Index,
    Items,
    Query,
    Reference,
    Scalar,
    Select,
)
from migralint.sql.queries.type_names import internal_name

UNTITLED = "?column?"


def title(item: Expression) -> str:
    """The name of a column without an alias."""
    return _title(item) or UNTITLED


def column_names(items: list[tuple[Expression, str]]) -> tuple[str, ...]:
    """The names of the output columns; repeated ones get a number."""
    names: list[str] = []
    for item, name in items:
        wanted = name or title(item)
        unique, number = wanted, 1
        while unique in names:
            number += 1
            unique = f"{wanted}_{number}"
        names.append(unique)
    return tuple(names)


def _title(item: Expression) -> str:
    match item:
        case Reference(parts):
            return parts[-1]
        case Field(_, name):
            return name
        case Call():
            return "btrim" if item.name == "trim" else item.name
        case Index(operand, _):
            return _title(operand)
        case Cast(operand, kind):
            while isinstance(operand, Cast):  # of several casts the last one counts
                operand = operand.operand
            return _title(operand) or _type_name(kind)
        case Case(_, _, otherwise):
            found = _title(otherwise) if not isinstance(otherwise, Cast) else ""
            return found or "case"
        case Exists():
            return "exists"
        case Scalar(array=True):
            return "array"
        case Scalar(query=Query(body=Select(items=((first, name), *_)))):
            return name or _title(first)
        case Items(row=row):
            return "row" if row else "array"
    return ""


def _type_name(kind: str) -> str:
    """The name that a cast gives its column: that of the type in pg_type."""
    found = parse(kind)
    return internal_name(found) or found.base.rpartition(".")[2].strip('"')
