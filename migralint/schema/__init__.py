"""The state: what a database holds, as immutable values."""

from migralint.schema.attached import Policy, Published, RewriteRule, Trigger
from migralint.schema.database import EventTrigger, Extension, Publication
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
    PrimaryKey,
    Statistics,
    Table,
    Unique,
)

__all__ = [
    "Check",
    "Column",
    "Constraint",
    "Domain",
    "EnumType",
    "EventTrigger",
    "Exclusion",
    "Extension",
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
    "Publication",
    "Published",
    "RewriteRule",
    "Schema",
    "Sequence",
    "Statistics",
    "Table",
    "Trigger",
    "Unique",
    "View",
]
