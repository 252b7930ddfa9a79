"""Which of PL/pgSQL's error conditions a failure raises (PostgreSQL docs, appendix A), and how the server words it."""

from __future__ import annotations

from migralint.operations import CannotApply, DropIndex, ObjectRef, Operation
from migralint.schema import Name, Schema
from migralint.sql.queries.values import Fails, Unknown

_NAMES = """
    02000 no_data  0A000 feature_not_supported  20000 case_not_found  21000 cardinality_violation  22000 data_exception
    22001 string_data_right_truncation  22003 numeric_value_out_of_range  22004 null_value_not_allowed
    22007 invalid_datetime_format  22012 division_by_zero  22023 invalid_parameter_value
    22P02 invalid_text_representation
    23000 integrity_constraint_violation  23001 restrict_violation  23502 not_null_violation
    23503 foreign_key_violation  23505 unique_violation  23514 check_violation  23P01 exclusion_violation
    25000 invalid_transaction_state  25001 active_sql_transaction  2BP01 dependent_objects_still_exist
    2B000 dependent_privilege_descriptors_still_exist  3D000 invalid_catalog_name  3F000 invalid_schema_name
    40000 transaction_rollback  40001 serialization_failure  40P01 deadlock_detected
    42000 syntax_error_or_access_rule_violation  42501 insufficient_privilege  42601 syntax_error
    42602 invalid_name  42611 invalid_column_definition  42622 name_too_long  42701 duplicate_column
    42702 ambiguous_column  42703 undefined_column  42704 undefined_object  42710 duplicate_object
    42712 duplicate_alias  42723 duplicate_function  42803 grouping_error  42804 datatype_mismatch
    42809 wrong_object_type  42830 invalid_foreign_key  42846 cannot_coerce  42883 undefined_function
    42939 reserved_name  42P01 undefined_table  42P02 undefined_parameter  42P03 duplicate_cursor
    42P04 duplicate_database  42P06 duplicate_schema  42P07 duplicate_table  42P10 invalid_column_reference
    42P13 invalid_function_definition  42P16 invalid_table_definition  42P17 invalid_object_definition
    53000 insufficient_resources  54000 program_limit_exceeded
    55000 object_not_in_prerequisite_state  55006 object_in_use  55P02 cant_change_runtime_param
    55P03 lock_not_available  55P04 unsafe_new_enum_value_usage  57014 query_canceled  58000 system_error
    P0000 plpgsql_error  P0001 raise_exception  P0002 no_data_found  P0003 too_many_rows  P0004 assert_failure
    XX000 internal_error
""".split()
_CODES = {name: code.lower() for code, name in zip(_NAMES[::2], _NAMES[1::2], strict=True)}
_BY_CODE = {code: name for name, code in _CODES.items()}
_EXISTS = {"column": "duplicate_column", "schema": "duplicate_schema", "function": "duplicate_function"}
_MISSING = {"column": "undefined_column", "schema": "invalid_schema_name", "function": "undefined_function"}
_NOT_THERE = ("undefined_table", "undefined_column", "undefined_object", "undefined_function", "invalid_schema_name")
_EXPRESSIONS = (
    *_NOT_THERE,
    *("division_by_zero", "invalid_text_representation"),
    *("string_data_right_truncation", "cardinality_violation"),
)
"""What an expression may raise: a question about an object that is not there, a value that cannot be computed."""
_RELATIONS = ("table", "view", "sequence", "index")
_UNCAUGHT = ("assert_failure", "query_canceled")
"""What OTHERS does not catch."""


class Raised(Exception):
    """An exception of PL/pgSQL itself: RAISE, a CASE without a match; `condition` is a name or a SQLSTATE."""

    def __init__(self, condition: str, message: str) -> None:
        super().__init__(message)
        self.condition = condition
        self.message = message


Failure = CannotApply | Fails | Raised


def condition_of(problem: Failure, operation: Operation | None, schema: Schema) -> str:
    """The name of the condition, or the SQLSTATE of one without a name; `operation` is what was tried.

    `schema` is the state in which that failed.
    """
    if isinstance(problem, Raised):
        return _BY_CODE.get(problem.condition, problem.condition)
    if isinstance(problem, CannotApply) and problem.condition:
        return problem.condition
    if problem.object is None:
        return problem.kind
    kind = problem.object.kind
    if problem.kind == "depends":
        return "dependent_objects_still_exist"
    if problem.kind == "invalid":
        return "invalid_table_definition"
    if problem.kind == "exists":
        return "duplicate_table" if kind in _RELATIONS else _EXISTS.get(kind, "duplicate_object")
    if kind == "index" and isinstance(operation, DropIndex):
        return "undefined_object"
    if kind in _RELATIONS:
        name = relation_of(problem.object)
        return "wrong_object_type" if name is not None and schema.relation_exists(name) else "undefined_table"
    return _MISSING.get(kind, "undefined_object")


def state_of(condition: str) -> str:
    """The SQLSTATE of a condition."""
    return _CODES.get(condition, condition).upper()


def relation_of(reference: ObjectRef) -> Name | None:
    """The name of the relation that a failure is about."""
    if reference.kind == "table" or reference.name is None or "." not in reference.name:
        return reference.table
    return Name(*reference.name.split(".", 1))


def message_of(problem: Failure) -> object:
    """What SQLERRM says, or how the server's own wording ends."""
    if isinstance(problem, Raised):
        return problem.message
    ends = {"missing": " does not exist", "exists": " already exists", "depends": " depend on it"}
    return Unknown(present=True, suffix=ends.get(problem.kind, ""))


def handles(conditions: tuple[str, ...], raised: str) -> bool:
    """Whether a handler for `conditions` catches a condition given by name or SQLSTATE."""
    code = _CODES.get(raised, raised if len(raised) == 5 else "")
    names = {raised, code, f"{code[:2]}000", _BY_CODE.get(f"{code[:2]}000", "")}
    if raised not in _UNCAUGHT:
        names.add("others")
    return any(condition in names for condition in conditions if condition)


def expects_missing(conditions: tuple[str, ...]) -> bool:
    """Whether a handler for `conditions` waits for an object to be missing."""
    return any(handles(conditions, condition) for condition in _NOT_THERE)


def expects_failing(conditions: tuple[str, ...]) -> bool:
    """Whether a handler for `conditions` waits for an expression to fail."""
    return any(handles(conditions, condition) for condition in _EXPRESSIONS)
