"""The state: what a database holds, as immutable values."""

from migralint.schema.names import Name
from migralint.schema.objects import Domain, EnumType, Function, OtherType, Parameter, Sequence, View
from migralint.schema.schema import Schema
from migralint.schema.table import (
    Check,
    Column,
    Constraint,
    Exclusion,
    ForeignKey,
    Generated,
    Index,
    Key,
    Keyed,
    Policy,
    PrimaryKey,
    Statistics,
    Table,
    Trigger,
    Unique,
)

__all__ = [
    "Check",
    "Column",
    "Constraint",
    "Domain",
    "EnumType",
    "Exclusion",
    "ForeignKey",
    "Function",
    "Generated",
    "Index",
    "Key",
    "Keyed",
    "Name",
    "OtherType",
    "Parameter",
    "Policy",
    "PrimaryKey",
    "Schema",
    "Sequence",
    "Statistics",
    "Table",
    "Trigger",
    "Unique",
    "View",
]
