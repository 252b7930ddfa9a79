"""Which of PL/pgSQL's error conditions an operation that cannot be applied raises (PostgreSQL docs, appendix A)."""

from __future__ import annotations

from migralint.operations import CannotApply, CreateConstraint, DropIndex, Operation
from migralint.schema import Keyed
from migralint.sql.queries.values import Fails

_CODES = {
    "duplicate_table": "42p07",
    "duplicate_column": "42701",
    "duplicate_object": "42710",
    "duplicate_schema": "42p06",
    "duplicate_function": "42723",
    "undefined_table": "42p01",
    "undefined_column": "42703",
    "undefined_object": "42704",
    "undefined_function": "42883",
    "invalid_schema_name": "3f000",
    "invalid_table_definition": "42p16",
    "dependent_objects_still_exist": "2bp01",
    "raise_exception": "p0001",
    "null_value_not_allowed": "22004",
    "case_not_found": "20000",
}
_CLASSES = {"42": "syntax_error_or_access_rule_violation", "2b": "dependent_privilege_descriptors_still_exist"}
_EXISTS = {"column": "duplicate_column", "schema": "duplicate_schema", "function": "duplicate_function"}
_MISSING = {"column": "undefined_column", "schema": "invalid_schema_name", "function": "undefined_function"}
MISSING = ("undefined_table", "undefined_object", "invalid_schema_name")
"""What a question about an object that is not there raises."""
_RELATIONS = ("table", "view", "sequence", "index")


class Raised(Exception):
    """An exception of PL/pgSQL itself: RAISE, a CASE without a match; `condition` is a name or a SQLSTATE."""

    def __init__(self, condition: str, message: str) -> None:
        super().__init__(message)
        self.condition = condition
        self.message = message


def condition_of(problem: CannotApply | Fails | Raised, operation: Operation | None) -> str:
    """The name of the condition; `operation` is what was tried."""
    if isinstance(problem, Raised):
        return problem.condition
    kind = problem.object.kind
    if problem.kind == "depends":
        return "dependent_objects_still_exist"
    if problem.kind == "invalid":
        return "invalid_table_definition"
    if problem.kind == "exists":
        if kind in _RELATIONS:
            return "duplicate_table"
        if kind == "constraint" and isinstance(operation, CreateConstraint):
            if isinstance(problem, CannotApply) and "primary key" in problem.detail:
                return "invalid_table_definition"
            if isinstance(operation.constraint, Keyed):
                return "duplicate_table"  # it is the index of that name that is in the way
        return _EXISTS.get(kind, "duplicate_object")
    if kind == "index" and isinstance(operation, DropIndex):
        return "undefined_object"
    if kind in _RELATIONS:
        return "undefined_table"
    return _MISSING.get(kind, "undefined_object")


def handles(conditions: tuple[str, ...], raised: str) -> bool:
    """Whether a handler for `conditions` catches a condition given by name or SQLSTATE."""
    code = _CODES.get(raised, raised if len(raised) == 5 else "")
    names = {raised, code, _CLASSES.get(code[:2], ""), "others"}
    return any(condition in names for condition in conditions if condition)
