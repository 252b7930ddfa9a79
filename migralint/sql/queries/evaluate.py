"""The value of an expression, as far as it can be known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from migralint.operations import Database
from migralint.sql.queries import objects
from migralint.sql.queries.functions import SIZE, STRICT, concatenated, formatted, strict
from migralint.sql.queries.nodes import (
    Between,
    Binary,
    Call,
    Case,
    Cast,
    Exists,
    Expression,
    Field,
    In,
    Index,
    Is,
    Items,
    Literal,
    Parameter,
    Quantified,
    Query,
    Reference,
    Scalar,
    Unary,
)
from migralint.sql.queries.values import (
    UNKNOWN,
    Oid,
    Unknown,
    array_of,
    as_bool,
    both,
    compare,
    either,
    like,
    matches,
    negated,
    number,
    text_of,
    truth,
)

if TYPE_CHECKING:
    from migralint.sql.queries.select import Result

_COMPARISONS = ("=", "<>", "!=", "<", "<=", ">", ">=")
_INTEGERS = ("int", "integer", "int4", "int8", "bigint", "smallint", "int2")
_TEXTS = ("text", "varchar", "character varying", "name", "char", '"char"', "character", "bpchar", "citext")
_KEPT = ("oid", "uuid", "json", "jsonb", "anyelement", "cstring")


_LARGE = 10**15
"""Numbers beyond are not computed with."""


class Scope:
    """The rows that an expression can see: its own query's by alias, then those of the queries around it."""

    __slots__ = ("parent", "rows")

    def __init__(self, rows: Mapping[str, Mapping[str, object]], parent: Scope | None = None) -> None:
        self.rows = rows
        self.parent = parent


class Evaluator:
    """Evaluates expressions against the database on paper; `Select` adds queries.

    `variables` are those of PL/pgSQL by lower-case name, `parameters` the bound ones. Raises Fails where the server
    would report an error.
    """

    def __init__(
        self,
        database: Database,
        variables: Mapping[str, object] | None = None,
        parameters: Mapping[str, object] | None = None,
    ) -> None:
        self.database = database
        self.variables = variables if variables is not None else {}
        self.parameters = parameters if parameters is not None else {}

    def query(self, query: Query, scope: Scope | None) -> Result:
        """The rows of a query; implemented by `select.Select`."""
        raise NotImplementedError

    def value(self, node: Expression, scope: Scope | None) -> object:
        """The value: text, int, float, bool, None, a list, a dict (a row), an Oid, or Unknown."""
        match node:
            case Literal():
                return node.value
            case Reference():
                return self._reference(node.parts, scope)
            case Binary():
                return self._binary(node, scope)
            case Unary():
                return self._unary(node, scope)
            case Call():
                return self._call(node, scope)
            case Cast():
                return self.cast(self.value(node.operand, scope), node.type)
            case Is():
                return self._is(node, scope)
            case In():
                return self._in(node, scope)
            case Exists():
                return self.query(node.query, scope).exists()
            case Scalar():
                result = self.query(node.query, scope)
                return result.array() if node.array else result.scalar()
            case Quantified():
                return self._quantified(node, scope)
            case Between():
                value = self.value(node.operand, scope)
                low = compare(">=", value, self.value(node.low, scope))
                return both(low, compare("<=", value, self.value(node.high, scope)))
            case Case():
                return self._case(node, scope)
            case Items():
                return [self.value(item, scope) for item in node.items]
            case Index():
                return self._index(node, scope)
            case Field():
                row = self.value(node.operand, scope)
                return row.get(node.name, UNKNOWN) if isinstance(row, dict) else UNKNOWN
            case Parameter():
                return self.parameters.get(node.name, UNKNOWN)
        return UNKNOWN

    def _reference(self, parts: tuple[str, ...], scope: Scope | None) -> object:
        level = scope
        while level is not None:
            if len(parts) > 1 and parts[-2] in level.rows:
                return level.rows[parts[-2]].get(parts[-1], UNKNOWN)
            if len(parts) == 1:
                for row in level.rows.values():
                    if parts[0] in row:
                        return row[parts[0]]
                if parts[0] in level.rows:
                    return dict(level.rows[parts[0]])
            level = level.parent
        found = self.variables.get(parts[0], UNKNOWN)
        for part in parts[1:]:
            found = found.get(part, UNKNOWN) if isinstance(found, dict) else UNKNOWN
        return found

    def text(self, value: object) -> object:
        """The value cast to text; regclass and its like give the object's name."""
        if isinstance(value, Oid):
            return objects.printed(value, self.database) if value.printed else UNKNOWN
        return text_of(value)

    def _unary(self, node: Unary, scope: Scope | None) -> object:
        value = self.value(node.operand, scope)
        if node.operator == "not":
            return negated(truth(value))
        if isinstance(value, (int, float)):
            return -value if node.operator == "-" else value
        return None if value is None else UNKNOWN

    def _binary(self, node: Binary, scope: Scope | None) -> object:
        operator = node.operator
        left = self.value(node.left, scope)
        if operator in ("and", "or"):
            left = truth(left)
            if left is (operator == "or"):
                return left
            right = truth(self.value(node.right, scope))
            return both(left, right) if operator == "and" else either(left, right)
        return self.operate(operator, left, self.value(node.right, scope))

    def operate(self, operator: str, left: object, right: object) -> object:
        """The value of a binary operator."""
        if operator in _COMPARISONS:
            return self._compare(operator, left, right)
        if operator == "||":
            return self._joined(left, right)
        if operator == "is distinct from":
            if left is None or right is None:
                both_null = left is None and right is None
                return UNKNOWN if isinstance(left, Unknown) or isinstance(right, Unknown) else not both_null
            return self._compare("<>", left, right)
        for prefix, ignore_case in (("like", False), ("ilike", True)):
            if operator in (prefix, f"not {prefix}"):
                found = like(self.text(left), self.text(right), ignore_case)
                return negated(found) if operator != prefix else found
        if operator in ("~", "~*", "!~", "!~*"):
            found = matches(self.text(left), self.text(right), operator.endswith("*"))
            return negated(found) if operator.startswith("!") else found
        if operator in ("@>", "<@", "&&") and isinstance(left, list) and isinstance(right, list):
            return _contains(operator, left, right)
        return _arithmetic(operator, left, right)

    def _compare(self, operator: str, left: object, right: object) -> object:
        if isinstance(left, Oid) and isinstance(right, str):
            right = objects.find(left.kind, right, self.database)
        elif isinstance(right, Oid) and isinstance(left, str):
            left = objects.find(right.kind, left, self.database)
        if isinstance(left, list) and isinstance(right, list):
            if len(left) != len(right):
                return operator in ("<>", "!=") if operator in ("=", "<>", "!=") else UNKNOWN
            equal: object = True
            for one, other in zip(left, right, strict=True):
                equal = both(equal, self._compare("=", one, other))
            return equal if operator == "=" else negated(equal) if operator in ("<>", "!=") else UNKNOWN
        return compare(operator, left, right)

    def _joined(self, left: object, right: object) -> object:
        if left is None or right is None:
            other = right if left is None else left
            return other if isinstance(other, list) else UNKNOWN if isinstance(other, Unknown) else None
        if isinstance(left, list) or isinstance(right, list):
            one = left if isinstance(left, list) else [left]
            other_items = right if isinstance(right, list) else [right]
            return [*one, *other_items] if len(one) + len(other_items) <= SIZE else UNKNOWN
        return concatenated([self.text(left), self.text(right)])

    def _is(self, node: Is, scope: Scope | None) -> object:
        value = self.value(node.operand, scope)
        if isinstance(value, Unknown):
            return UNKNOWN
        if node.what == "null":
            found: object = value is None
        else:
            found = truth(value) is (node.what == "true")
        return negated(found) if node.negated else found

    def _in(self, node: In, scope: Scope | None) -> object:
        value = self.value(node.operand, scope)
        if node.query is not None:
            return self.query(node.query, scope).any("=", value, self)
        found: object = False
        for item in node.items:
            found = either(found, self._compare("=", value, self.value(item, scope)))
        return found

    def _quantified(self, node: Quantified, scope: Scope | None) -> object:
        left = self.value(node.left, scope)
        if isinstance(node.right, Query):
            if node.every:
                return UNKNOWN
            return self.query(node.right, scope).any(node.operator, left, self)
        right = self.value(node.right, scope)
        if isinstance(right, str):
            right = array_of(right)
        if not isinstance(right, list):
            return None if right is None else UNKNOWN
        found: object = node.every
        for item in right:
            one = self.operate(node.operator, left, item)
            found = both(found, one) if node.every else either(found, one)
        return found

    def _case(self, node: Case, scope: Scope | None) -> object:
        subject = self.value(node.subject, scope) if node.subject else None
        for condition, result in node.arms:
            test = self.value(condition, scope)
            holds = truth(test) if node.subject is None else self._compare("=", subject, test)
            if isinstance(holds, Unknown):
                return UNKNOWN
            if holds:
                return self.value(result, scope)
        return self.value(node.otherwise, scope)

    def _index(self, node: Index, scope: Scope | None) -> object:
        array, index = self.value(node.operand, scope), self.value(node.index, scope)
        if isinstance(array, str):
            array = array_of(array)
        if not isinstance(array, list) or not isinstance(index, int):
            return None if array is None else UNKNOWN
        return array[index - 1] if 1 <= index <= len(array) else None

    def cast(self, value: object, kind: str) -> object:
        """The value as the type, which is written in lower case."""
        kind = kind.removeprefix("pg_catalog.").strip()
        base = kind.partition("(")[0].strip()
        if value is None:
            return None
        if isinstance(value, Unknown):
            return value if base in _TEXTS else UNKNOWN
        if base.endswith("]"):
            array = array_of(value) if isinstance(value, str) else value
            return array if isinstance(array, list) else UNKNOWN
        if base in objects.KINDS:
            return objects.as_object(value, objects.KINDS[base], self.database)
        if base in _TEXTS:
            return self.text(value)
        if base in _INTEGERS or base in ("numeric", "decimal", "double precision", "float", "real"):
            if isinstance(value, bool):
                return int(value)
            found = number(value) if isinstance(value, str) else value
            return found if isinstance(found, (int, float)) else UNKNOWN
        if base in ("bool", "boolean"):
            return as_bool(value) if isinstance(value, str) else truth(value)
        if base in _KEPT or (isinstance(value, str) and base not in ("date", "interval", "timestamp", "timestamptz")):
            return value
        return UNKNOWN

    def _call(self, node: Call, scope: Scope | None) -> object:
        name = node.name.lower()
        if node.schema not in (None, "pg_catalog"):
            return UNKNOWN
        if name == "coalesce":
            for argument in node.arguments:
                value = self.value(argument, scope)
                if value is not None:
                    return value
            return None
        arguments = [self.value(argument, scope) for argument in node.arguments]
        if name == "nullif" and len(arguments) == 2:
            same = self._compare("=", arguments[0], arguments[1])
            return UNKNOWN if isinstance(same, Unknown) else None if same else arguments[0]
        if name == "concat":
            return concatenated([self.text(argument) for argument in arguments if argument is not None])
        if name == "format" and arguments:
            return formatted(arguments[0], arguments[1:], self.text)
        if name in ("array_append", "array_cat") and len(arguments) == 2:
            return self._joined(*arguments)
        if name in STRICT:
            printed = [self.text(a) if isinstance(a, Oid) else a for a in arguments]
            return strict(name, printed)
        return objects.call(name, arguments, self.database)


def _contains(operator: str, left: list[object], right: list[object]) -> object:
    if any(isinstance(item, Unknown) for item in (*left, *right)):
        return UNKNOWN
    if operator == "&&":
        return any(item in right for item in left)
    inner, outer = (right, left) if operator == "@>" else (left, right)
    return all(item in outer for item in inner)


def _arithmetic(operator: str, left: object, right: object) -> object:
    if left is None or right is None:
        return None
    if not isinstance(left, (int, float)) or not isinstance(right, (int, float)):
        return UNKNOWN
    if abs(left) > _LARGE or abs(right) > _LARGE:
        return UNKNOWN
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/" if right:
            whole = isinstance(left, int) and isinstance(right, int)
            return int(left / right) if whole else left / right
        case "%" if right and isinstance(left, int) and isinstance(right, int):
            return left - right * int(left / right)
    return UNKNOWN
