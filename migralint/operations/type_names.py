"""What follows where a type gets another name: PostgreSQL keeps the type, not how it was called."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from migralint.schema import (
    Check,
    Column,
    Constraint,
    Domain,
    Exclusion,
    Function,
    Generated,
    Index,
    Key,
    Name,
    OtherType,
    Schema,
)
from migralint.schema.names import quote
from migralint.schema.types import is_built_in, parse


def shown(schema: Schema, name: Name) -> str:
    """The type's name as `format_type` prints it: without the default schema."""
    short = quote(name.name)
    return short if name.schema == schema.default_schema else f"{quote(name.schema)}.{short}"


def is_of(type: str, base: str) -> bool:
    """Whether it is the type of this name or several of it. One that has the name of a built-in type is never meant."""
    return base in type and parse(type).base == base and not is_built_in(base)


def follow_type(schema: Schema, old: Name, new: Name) -> Schema:
    """What is of the type under its new name."""
    before, after = shown(schema, old), shown(schema, new)

    def renamed(text: str) -> str:
        return str(parse(text)._replace(base=after)) if is_of(text, before) else text

    return _rename_casts(map_types(schema, renamed), old, after)


class _Renamed:
    """Expressions with casts to the type under its new name, which is written as `shown`."""

    def __init__(self, old: Name, shown: str) -> None:
        written = f"(?:{re.escape(quote(old.schema))}\\.)?{re.escape(quote(old.name))}"
        self._cast = re.compile(rf"(::\s*){written}(?![\w$\"])", re.IGNORECASE)
        self._shown = shown

    def text(self, expression: str) -> str:
        return self._cast.sub(lambda found: found[1] + self._shown, expression)

    def maybe(self, expression: str | None) -> str | None:
        return self.text(expression) if expression is not None else None

    def column(self, column: Column) -> Column:
        made = column.generated
        generated = Generated(self.text(made.expression), made.stored) if made is not None else None
        return replace(column, default=self.maybe(column.default), generated=generated)

    def constraint(self, constraint: Constraint) -> Constraint:
        if isinstance(constraint, Check):
            return replace(constraint, expression=self.text(constraint.expression))
        if isinstance(constraint, Exclusion):
            return replace(constraint, definition=self.text(constraint.definition))
        return constraint

    def key(self, key: Key) -> Key:
        return replace(key, expression=self.text(key.expression)) if key.expression is not None else key

    def index(self, index: Index) -> Index:
        return replace(index, keys=tuple(map(self.key, index.keys)), where=self.maybe(index.where))


def _rename_casts(schema: Schema, old: Name, shown: str) -> Schema:
    """The schema after `old` is called `shown`, in the expressions of tables and domains."""
    renamed = _Renamed(old, shown)
    for table in list(schema.tables.values()):
        after = replace(
            table,
            columns=tuple(map(renamed.column, table.columns)),
            constraints=tuple(map(renamed.constraint, table.constraints)),
            indexes=tuple(map(renamed.index, table.indexes)),
            policies=tuple(
                replace(one, using=renamed.maybe(one.using), check=renamed.maybe(one.check)) for one in table.policies
            ),
        )
        if after != table:
            schema = schema.with_table(after)
    for domain in list(schema.types.values()):
        if isinstance(domain, Domain):
            checks = tuple(replace(one, expression=renamed.text(one.expression)) for one in domain.checks)
            schema = schema.with_type(replace(domain, default=renamed.maybe(domain.default), checks=checks))
    return schema


def map_types(schema: Schema, change: Callable[[str], str]) -> Schema:
    """Every column, domain, attribute and argument with its type passed through `change`."""
    for name, functions in list(schema.functions.items()):
        changed = tuple(with_types(function, change) for function in functions)
        if changed != functions:
            schema = schema.with_functions(name, changed)
    for view in list(schema.views.values()):
        columns = tuple(replace(c, type=kind) if (kind := change(c.type)) != c.type else c for c in view.columns)
        if columns != view.columns:
            schema = schema.with_view(replace(view, columns=columns))
    for table in list(schema.tables.values()):
        columns = tuple(replace(c, type=kind) if (kind := change(c.type)) != c.type else c for c in table.columns)
        if columns != table.columns:
            schema = schema.with_table(replace(table, columns=columns))
    for domain in list(schema.types.values()):
        if isinstance(domain, Domain) and (base := change(domain.base)) != domain.base:
            schema = schema.with_type(replace(domain, base=base))
        elif isinstance(domain, OtherType):
            attributes = tuple((name, change(kind)) for name, kind in domain.attributes)
            if attributes != domain.attributes:
                schema = schema.with_type(replace(domain, attributes=attributes))
    return schema


def with_types(function: Function, change: Callable[[str], str]) -> Function:
    """The function with each type of its arguments, and that of its result, passed through `change`."""
    arguments = tuple(map(change, function.arguments))
    several = "SETOF " if function.returns.startswith("SETOF ") else ""
    returns = several + change(function.returns.removeprefix("SETOF "))
    declared = tuple(one._replace(type=change(one.type)) for one in function.declared)
    if (arguments, returns, declared) == (function.arguments, function.returns, function.declared):
        return function
    return replace(function, arguments=arguments, returns=returns, declared=declared)
