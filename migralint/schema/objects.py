"""Objects beside tables: types, views, sequences, functions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from migralint.schema.attached import RewriteRule, Trigger
from migralint.schema.bare import SET
from migralint.schema.names import Name
from migralint.schema.table import Check, Column, Index


@dataclass(frozen=True, slots=True)
class EnumType:
    """CREATE TYPE ... AS ENUM; labels in sort order. `partial`: it may have more labels, which are not known."""

    name: Name
    labels: tuple[str, ...]
    doubtful: bool = False
    partial: bool = False
    comment: str | None = field(default=None, compare=False, kw_only=True, metadata=SET)


@dataclass(frozen=True, slots=True)
class OtherType:
    """A composite type with its attributes in order; or a range or base type.

    `definition` of the latter is what stands after its name in CREATE TYPE, "" for a shell. `multirange` is the type
    that comes and goes with a range; it keeps its name. `column_comments` are those of attributes.
    """

    name: Name
    attributes: tuple[tuple[str, str], ...] = ()
    doubtful: bool = False
    definition: str | None = None
    multirange: Name | None = field(default=None, compare=False)
    comment: str | None = field(default=None, compare=False, kw_only=True, metadata=SET)
    column_comments: tuple[tuple[str, str], ...] = field(default=(), compare=False, kw_only=True, metadata=SET)


@dataclass(frozen=True, slots=True)
class Domain:
    """CREATE DOMAIN; `base` in `format_type` spelling."""

    name: Name
    base: str
    not_null: bool = False
    default: str | None = None
    checks: tuple[Check, ...] = ()
    doubtful: bool = False
    collation: str | None = None
    comment: str | None = field(default=None, compare=False, kw_only=True, metadata=SET)


@dataclass(frozen=True, slots=True)
class View:
    """A view, or a materialized view with its indexes. `uses` are the relations its query reads.

    `columns` are its own, () where they are not known; `reads` the columns of relations that its query surely reads.
    `options` are those of WITH by name, CHECK OPTION as `check_option`; `populated` is false WITH NO DATA.
    `column_comments` are by the name of the column. `expanded` is the definition with the columns that each `*` meant
    when it was made, as PostgreSQL keeps it; "" where there is no `*`, or where that is not known.
    """

    name: Name
    definition: str
    materialized: bool = False
    uses: tuple[Name, ...] = ()
    indexes: tuple[Index, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    doubtful: bool = False
    columns: tuple[Column, ...] = ()
    reads: tuple[tuple[Name, str], ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    populated: bool = field(default=True, compare=False)
    expanded: str = field(default="", compare=False, kw_only=True)
    rules: tuple[RewriteRule, ...] = field(default=(), compare=False, kw_only=True, metadata=SET)
    comment: str | None = field(default=None, compare=False, kw_only=True, metadata=SET)
    column_comments: tuple[tuple[str, str], ...] = field(default=(), compare=False, kw_only=True, metadata=SET)


@dataclass(frozen=True, slots=True)
class Sequence:
    """A sequence; `owned_by` is (table, column). `identity` marks the hidden one of an identity column.

    `options` are those that differ from what CREATE SEQUENCE takes by itself, by name: type, increment, minvalue,
    maxvalue, start, cache, cycle.
    """

    name: Name
    owned_by: tuple[Name, str] | None = None
    identity: bool = False
    doubtful: bool = False
    options: tuple[tuple[str, str], ...] = ()
    comment: str | None = field(default=None, compare=False, kw_only=True, metadata=SET)


class Parameter(NamedTuple):
    """An argument of a function as it is declared: `mode` is in, out, inout or variadic; `name` "" for one without."""

    mode: str
    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Function:
    """A function, procedure or aggregate; `arguments` are the input types in `format_type` spelling.

    `options` are those that differ from what CREATE FUNCTION takes by itself, by name: volatility, strict, security,
    leakproof, parallel, cost, rows, support, window, transform, and `set NAME` for a setting. The `body` of an
    aggregate is the list of its options.

    `parameters` are the names of the arguments, "" for those without, `defaults` the expressions of the last of them,
    `outputs` the names of OUT and INOUT arguments and of the columns of RETURNS TABLE, `declared` all arguments with
    those that are OUT, where they are known; two functions do not differ by them. `partial`: pieces of the body are not
    known, for which "..." stands.
    """

    name: Name
    arguments: tuple[str, ...] = ()
    returns: str = ""
    language: str = ""
    body: str = field(default="", repr=False)
    kind: str = "function"
    doubtful: bool = False
    parameters: tuple[str, ...] = field(default=(), compare=False, repr=False)
    defaults: tuple[str, ...] = field(default=(), compare=False, repr=False)
    outputs: tuple[str, ...] = field(default=(), compare=False, repr=False)
    declared: tuple[Parameter, ...] = field(default=(), compare=False, repr=False)
    options: tuple[tuple[str, str], ...] = ()
    partial: bool = False
    comment: str | None = field(default=None, compare=False, kw_only=True, metadata=SET)

    @property
    def signature(self) -> str:
        """`schema.name(type, type)`."""
        return f"{self.name}({', '.join(self.arguments)})"
