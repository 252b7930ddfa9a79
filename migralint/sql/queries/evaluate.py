"""The value of an expression, as far as it can be known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.sql.queries.called import Calls
from migralint.sql.queries.casts import cast
from migralint.sql.queries.context import Scope
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
    Slice,
    Unary,
)
from migralint.sql.queries.values import (
    NUMBERS,
    UNKNOWN,
    OneValue,
    Unknown,
    Vector,
    array_of,
    both,
    either,
    negated,
    truth,
)

if TYPE_CHECKING:
    from migralint.sql.queries.select import Result


class Evaluator(Calls):
    """Evaluates expressions against the database on paper; `Select` adds queries.

    Raises Fails where the server would report an error.
    """

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
                return self._call(node, scope) if node.window is None else UNKNOWN
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
                low, high = self.value(node.low, scope), self.value(node.high, scope)
                found = both(self.compare(">=", value, low), self.compare("<=", value, high))
                if node.symmetric:
                    turned = both(self.compare(">=", value, high), self.compare("<=", value, low))
                    found = either(found, turned)
                return found
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
                if (whole := level.rows.get(parts[0])) is not None:
                    return next(iter(whole.values())) if isinstance(whole, OneValue) else dict(whole)
            level = level.parent
        found = self.variables.get(parts[0], UNKNOWN)
        for part in parts[1:]:
            found = found.get(part, UNKNOWN) if isinstance(found, dict) else UNKNOWN
        return found

    def _unary(self, node: Unary, scope: Scope | None) -> object:
        value = self.value(node.operand, scope)
        if node.operator == "not":
            return negated(truth(value))
        if isinstance(value, NUMBERS):
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

    def _is(self, node: Is, scope: Scope | None) -> object:
        value = self.value(node.operand, scope)
        if isinstance(value, Unknown):
            return UNKNOWN if node.what != "null" or not value.present else node.negated
        row = isinstance(value, dict) or (isinstance(node.operand, Items) and node.operand.row)
        if node.what == "null" and row and isinstance(value, (dict, list)):
            return _row_is_null(list(value.values()) if isinstance(value, dict) else value, node.negated)
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
            found = either(found, self.compare("=", value, self.value(item, scope)))
        return found

    def _quantified(self, node: Quantified, scope: Scope | None) -> object:
        left = self.value(node.left, scope)
        if isinstance(node.right, Query):
            result = self.query(node.right, scope)
            if node.every:
                result_values = result.array()
                if not isinstance(result_values, list):
                    return UNKNOWN
                every: object = True
                for item in result_values:
                    every = both(every, self.operate(node.operator, left, item))
                return every
            return result.any(node.operator, left, self)
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
            holds = truth(test) if node.subject is None else self.compare("=", subject, test)
            if isinstance(holds, Unknown):
                return UNKNOWN
            if holds:
                return self.value(result, scope)
        return self.value(node.otherwise, scope)

    def _index(self, node: Index, scope: Scope | None) -> object:
        array = self.value(node.operand, scope)
        if isinstance(array, str):
            array = array_of(array)
        if isinstance(node.index, Slice):
            return self._slice(array, node.index, scope)
        index = self.value(node.index, scope)
        if not isinstance(array, list) or not isinstance(index, int):
            return None if array is None else UNKNOWN
        if isinstance(array, Vector):
            return array[index] if 0 <= index < len(array) else None
        return array[index - 1] if 1 <= index <= len(array) else None

    def _slice(self, array: object, index: Slice, scope: Scope | None) -> object:
        if not isinstance(array, list):
            return None if array is None else UNKNOWN
        low = self.value(index.low, scope) if index.low is not None else 1
        high = self.value(index.high, scope) if index.high is not None else len(array)
        if not isinstance(low, int) or not isinstance(high, int):
            return UNKNOWN
        return array[max(low, 1) - 1 : max(high, 0)]

    def cast(self, value: object, kind: str) -> object:
        """The value as the type, which is written in lower case."""
        return cast(value, kind, self.database)


def _row_is_null(values: list[object], negated: bool) -> object:
    """A row is NULL where all its fields are, and NOT NULL where none is."""
    if any(isinstance(value, Unknown) for value in values):
        return UNKNOWN
    return all((value is not None) is negated for value in values)
