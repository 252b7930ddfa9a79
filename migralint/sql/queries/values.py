"""Values of SQL where some are not known, and PostgreSQL's three-valued logic over them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from migralint.operations import ObjectRef
from migralint.schema import Name
from migralint.sql.queries.moments import Interval, Zoned, plain_time


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that cannot be known; `prefix` is how its text begins and `suffix` how it ends, where that is known.

    `present`: it is surely not NULL. `parts`: what its text surely holds, in order, besides which only keywords, types
    and the words of `more` stand in it; anything else too where it is `open`.
    """

    prefix: str = ""
    present: bool = False
    suffix: str = ""
    parts: tuple[str, ...] | None = None
    more: frozenset[str] = frozenset()
    open: bool = False


UNKNOWN = Unknown()
PRESENT = Unknown(present=True)
"""A value that is not known and surely not NULL."""


class Label(str):
    """A label of an enum type: labels sort in the order of the type."""

    __slots__ = ("labels",)
    labels: tuple[str, ...]

    @classmethod
    def of(cls, text: str, labels: tuple[str, ...]) -> Label:
        """The label of this type."""
        label = cls(text)
        label.labels = labels
        return label

    def _before(self, other: str) -> bool:
        if self not in self.labels or other not in self.labels:
            raise TypeError("not a label of the type")
        return self.labels.index(self) < self.labels.index(other)

    def __lt__(self, other: str) -> bool:
        return self._before(other)

    def __gt__(self, other: str) -> bool:
        return self != other and not self._before(other)

    def __le__(self, other: str) -> bool:
        return self == other or self._before(other)

    def __ge__(self, other: str) -> bool:
        return self == other or not self._before(other)

    __hash__ = str.__hash__


@dataclass(frozen=True, slots=True)
class Oid:
    """The identity of a catalog object: `kind` is class, type, namespace, constraint, proc, trigger, policy, am, ...

    `printed` marks a value of type regclass and its like, whose text is the object's name and not a number;
    `arguments`: the text of a function names its arguments too (regprocedure).
    """

    kind: str
    name: Name
    printed: bool = field(default=False, compare=False)
    arguments: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Tree:
    """An expression in a catalog (pg_node_tree); `text` is what pg_get_expr prints, or Unknown."""

    text: object


class Vector(list[object]):
    """A value of type int2vector: counted from 0, printed with blanks."""


class Row(NamedTuple):
    """A row of a relation; a column that is not in `values` is not known. `certain`: the row is surely there.

    `anchor` is set for a row that stands for whatever else a half-known table may have: the row matters only to
    queries that use this column, the one that says which table it is about.
    """

    values: dict[str, object]
    certain: bool = True
    anchor: str = ""


class OneValue(dict[str, object]):
    """A row of a function that yields single values: its alias means the value."""


class Fails(Exception):
    """The server would report an error; `kind` and `object` as in CannotApply.

    Without an object `kind` is the condition that a value which cannot be computed raises.
    """

    def __init__(self, kind: str, object: ObjectRef | None = None) -> None:
        super().__init__(f"{object} is {kind}" if object is not None else kind.replace("_", " "))
        self.kind = kind
        self.object = object


def truth(value: object) -> object:
    """The value as a condition: True, False, None or Unknown."""
    if isinstance(value, (bool, Unknown)) or value is None:
        return value
    if isinstance(value, str):
        return as_bool(value)
    return bool(value) if isinstance(value, int) else UNKNOWN


def as_bool(text: str) -> object:
    """What a string means as a boolean, or Unknown."""
    word = text.strip().lower()
    if word in ("t", "true", "yes", "y", "on", "1"):
        return True
    return False if word in ("f", "false", "no", "n", "off", "0") else UNKNOWN


def both(left: object, right: object) -> object:
    """AND."""
    if left is False or right is False:
        return False
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return UNKNOWN
    return None if left is None or right is None else True


def either(left: object, right: object) -> object:
    """OR."""
    if left is True or right is True:
        return True
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return UNKNOWN
    return None if left is None or right is None else False


def negated(value: object) -> object:
    """NOT."""
    return (not value) if isinstance(value, bool) else value


_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
NUMBERS = (int, float, Decimal)


def compare(operator: str, left: object, right: object) -> object:
    """`=`, `<>`, `<`, `<=`, `>`, `>=` of two values."""
    if left is None or right is None:
        return None
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return _by_prefix(operator, left, right)
    left, right = _alike(left, right)
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return UNKNOWN
    if operator == "=":
        return left == right
    if operator in ("<>", "!="):
        return left != right
    if isinstance(right, Label) and not isinstance(left, Label):
        left, right, operator = right, left, _TURNED.get(operator, operator)
    alike = all(isinstance(v, NUMBERS) for v in (left, right)) or all(isinstance(v, str) for v in (left, right))
    if type(left) is not type(right) and not alike:
        return UNKNOWN
    if isinstance(left, (dict, Oid)):
        return UNKNOWN
    try:
        match operator:
            case "<":
                return left < right  # type: ignore[operator]  # TypeError is caught
            case "<=":
                return left <= right  # type: ignore[operator]  # TypeError is caught
            case ">":
                return left > right  # type: ignore[operator]  # TypeError is caught
            case ">=":
                return left >= right  # type: ignore[operator]  # TypeError is caught
    except TypeError:
        return UNKNOWN
    return UNKNOWN


def _by_prefix(operator: str, left: object, right: object) -> object:
    """A text of which the beginning or end is known differs from one that begins or ends otherwise."""
    if isinstance(right, Unknown):
        left, right = right, left
    if isinstance(left, Unknown) and isinstance(right, str):
        if right.startswith(left.prefix) and right.endswith(left.suffix):
            return UNKNOWN
        return {"=": False, "<>": True, "!=": True}.get(operator, UNKNOWN)
    return UNKNOWN


def _alike(left: object, right: object) -> tuple[object, object]:
    """Both as one type: a text literal takes the type of the other side, as in PostgreSQL."""
    if isinstance(left, str) and not isinstance(right, str):
        right, left = _alike(right, left)
        return left, right
    if isinstance(right, str) and not isinstance(left, str):
        if isinstance(left, bool):
            return left, as_bool(right)
        if isinstance(left, NUMBERS):
            return left, number(right)
        if isinstance(left, list):
            return left, array_of(right)
        if isinstance(left, (date, Interval)):
            from migralint.sql.queries.times import alike

            return left, alike(right, left)
        return left, UNKNOWN
    if isinstance(left, date) and isinstance(right, date):
        return plain_time(left), plain_time(right)
    if isinstance(left, Interval) and isinstance(right, Interval):
        return UNKNOWN if left != right else left, right
    if isinstance(left, Oid) != isinstance(right, Oid):
        other = right if isinstance(left, Oid) else left
        return (left, right) if other == 0 else (left, UNKNOWN)  # 0 stands for "no object"
    return left, right


_DECIMAL = re.compile(r"[-+]?(\d{1,100}(\.\d{0,100})?|\.\d{1,100})")


def number(text: str) -> object:
    """The number that a string is, or Unknown."""
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return Decimal(text) if _DECIMAL.fullmatch(text.strip()) else UNKNOWN
    except InvalidOperation:
        return UNKNOWN


def array_of(text: str) -> object:
    """The elements of a one-dimensional array literal (`{a,"b c",NULL}`), or Unknown."""
    inner = re.fullmatch(r"\s*\{(.*)\}\s*", text, re.DOTALL)
    if inner is None or "{" in inner[1]:
        return UNKNOWN
    items: list[object] = []
    for quoted, plain in re.findall(r'\s*(?:"([^"\\]*(?:\\.[^"\\]*)*)"|([^,]+))\s*(?:,|\Z)', inner[1]):
        word = plain.strip()
        items.append(re.sub(r"\\(.)", r"\1", quoted) if not word else None if word.upper() == "NULL" else word)
    return items


def output_of(value: object) -> object:
    """The value as format() and concat() print it, and as it stands in an array."""
    return ("t" if value else "f") if isinstance(value, bool) else text_of(value)


def text_of(value: object) -> object:
    """The value cast to text: None and Unknown stay."""
    match value:
        case None | Unknown() | str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Decimal():
            return format(value, "f")
        case Zoned():
            return PRESENT
        case datetime():
            return value.isoformat(" ").rstrip("0").rstrip(".") if value.microsecond else value.isoformat(" ")
        case date() | Interval():
            return str(value)
        case Vector():
            return " ".join(str(item) for item in value)
        case list():
            parts = [output_of(item) for item in value]
            if any(isinstance(part, Unknown) for part in parts):
                return UNKNOWN
            return "{" + ",".join("NULL" if part is None else _element(str(part)) for part in parts) + "}"
    return UNKNOWN


def _element(text: str) -> str:
    if re.fullmatch(r"[^\s,{}\"\\]+", text) and text.upper() != "NULL":
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


UNHASHABLE = object()
"""What `hashable` gives for a row."""


def hashable(value: object) -> object:
    """The value as a key of a dict."""
    if isinstance(value, list):
        return tuple(hashable(item) for item in value)
    return UNHASHABLE if isinstance(value, dict) else value
