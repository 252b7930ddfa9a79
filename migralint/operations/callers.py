"""What rests on a function because it calls it: defaults, generated columns, checks, indexes, policies, views.

PostgreSQL keeps the function there, not its name (pg_depend); here a text is searched for a call of the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from migralint.operations.dependents import readers, release_column
from migralint.operations.inheritance import certain
from migralint.schema import Check, Column, Constraint, Exclusion, Index, Name, Policy, Schema, Table
from migralint.schema.names import quote

_LITERAL = re.compile(r"'(?:[^']|'')*'")


class Callers:
    """What of a schema calls the one function of a name."""

    def __init__(self, schema: Schema, function: Name) -> None:
        self._schema = schema
        space, name = (f'(?:{re.escape(one)}|"{re.escape(one)}")' for one in function)
        self._call = re.compile(rf'(?<![\w$".])(?:{space}\s*\.\s*)?{name}\s*\(', re.IGNORECASE)

    def _in(self, *texts: str | None) -> bool:
        return any(self._call.search(_LITERAL.sub("''", text)) for text in texts if text)

    def told(self) -> Iterator[str]:
        """Each of them in words, where it is certain that it is there."""
        for table in self._schema.tables.values():
            if not certain(self._schema, table):
                continue
            yield from (f"the default of {table.name}.{c.name} calls it" for c in table.columns if self._in(c.default))
            yield from (
                f"column {table.name}.{c.name} is made with it" for c in table.columns if self._generates(c.name, table)
            )
            yield from (f"constraint {c.name} of {table.name} calls it" for c in table.constraints if self._checks(c))
            yield from (f"index {i.name} of {table.name} calls it" for i in table.indexes if self._indexes(i))
            yield from (f"policy {p.name} of {table.name} calls it" for p in table.policies if self._guards(p))
        yield from (
            f"view {v.name} calls it" for v in self._schema.views.values() if self._in(v.definition) and not v.doubtful
        )

    def without(self) -> Schema:
        """The schema without them, as CASCADE leaves it."""
        schema = self._schema
        for view in [v.name for v in schema.views.values() if self._in(v.definition)]:
            for reader in (view, *readers(schema, view)):
                schema = schema.without_view(reader)
        for name, table in list(schema.tables.items()):
            for column in [c.name for c in table.columns if self._generates(c.name, table)]:
                schema = release_column(schema, schema.tables[name], column)
            table = schema.tables[name]
            after = replace(
                table,
                columns=tuple(replace(c, default=None) if self._in(c.default) else c for c in table.columns),
                constraints=tuple(c for c in table.constraints if not self._checks(c)),
                indexes=tuple(i for i in table.indexes if not self._indexes(i)),
                policies=tuple(p for p in table.policies if not self._guards(p)),
            )
            schema = schema.with_table(after) if after != table else schema
        return schema

    def renamed(self, new: Name) -> Schema:
        """The schema with the function under another name in all of them."""
        schema = self._schema
        for view in list(schema.views.values()):
            if self._in(view.definition, view.expanded):
                definition, expanded = self._with(view.definition, new), self._with(view.expanded, new)
                schema = schema.with_view(replace(view, definition=definition, expanded=expanded))
        for table in list(schema.tables.values()):
            after = replace(
                table,
                columns=tuple(self._column(column, new) for column in table.columns),
                constraints=tuple(self._constraint(constraint, new) for constraint in table.constraints),
                indexes=tuple(self._index(i, new) if self._indexes(i) else i for i in table.indexes),
                policies=tuple(self._policy(p, new) if self._guards(p) else p for p in table.policies),
            )
            schema = schema.with_table(after) if after != table else schema
        return schema

    def _with(self, text: str, new: Name) -> str:
        """A text that calls it by the new name; literals are left alone."""
        qualified = quote(new.name) if new.schema == self._schema.default_schema else ".".join(map(quote, new))
        parts = _LITERAL.split(text)
        literals = [*_LITERAL.findall(text), ""]
        named = [self._call.sub(lambda _: f"{qualified}(", part) for part in parts]
        return "".join(part + literal for part, literal in zip(named, literals, strict=True))

    def _maybe(self, text: str | None, new: Name) -> str | None:
        return self._with(text, new) if text is not None else None

    def _column(self, column: Column, new: Name) -> Column:
        if column.generated is not None and self._in(column.generated.expression):
            generated = replace(column.generated, expression=self._with(column.generated.expression, new))
            return replace(column, generated=generated)
        return replace(column, default=self._maybe(column.default, new)) if self._in(column.default) else column

    def _constraint(self, constraint: Constraint, new: Name) -> Constraint:
        if isinstance(constraint, Check) and self._checks(constraint):
            return replace(constraint, expression=self._with(constraint.expression, new))
        if isinstance(constraint, Exclusion) and self._checks(constraint):
            return replace(constraint, definition=self._with(constraint.definition, new))
        return constraint

    def _index(self, index: Index, new: Name) -> Index:
        keys = tuple(replace(key, expression=self._maybe(key.expression, new)) for key in index.keys)
        return replace(index, keys=keys, where=self._maybe(index.where, new))

    def _policy(self, policy: Policy, new: Name) -> Policy:
        return replace(policy, using=self._maybe(policy.using, new), check=self._maybe(policy.check, new))

    def _generates(self, column: str, table: Table) -> bool:
        found = table.column(column)
        return found is not None and found.generated is not None and self._in(found.generated.expression)

    def _checks(self, constraint: Constraint) -> bool:
        match constraint:
            case Check():
                return self._in(constraint.expression)
            case Exclusion():
                return self._in(constraint.definition)
        return False

    def _indexes(self, index: Index) -> bool:
        return self._in(index.where, *(key.expression for key in index.keys))

    def _guards(self, policy: Policy) -> bool:
        return self._in(policy.using, policy.check)
