"""A schema as the SQL script that makes it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from migralint.operations.inheritance import owner_above
from migralint.render.calls import in_sql
from migralint.render.clauses import constraint, create_index, create_statistics, literal
from migralint.render.objects import (
    create_function,
    create_policy,
    create_sequence,
    create_trigger,
    create_type,
    create_view,
    domain_check,
    named_roles,
    owned_by,
)
from migralint.render.row_types import Makeable, Type, ordered
from migralint.render.settings import comment_statements, event_triggers, publications, rules, settings
from migralint.render.tables import (
    Serials,
    can_inherit,
    create_table,
    later_constraints,
    of_its_own,
    unknown_types,
    without_unknown,
)
from migralint.schema import (
    Constraint,
    Domain,
    EnumType,
    Exclusion,
    ForeignKey,
    Function,
    Name,
    OtherType,
    Schema,
    Table,
    Trigger,
    View,
)
from migralint.schema.canonical import signature
from migralint.schema.extensions import EXTENSION_TYPES
from migralint.schema.header import header
from migralint.schema.names import TEMPORARY, quote
from migralint.schema.types import is_built_in, parse

_SYSTEM_SCHEMAS = ("pg_catalog", "information_schema", TEMPORARY)

_WITHOUT_TYPES = frozenset(
    """btree_gin btree_gist fuzzystrmatch pg_stat_statements pg_trgm pgcrypto plpgsql tablefunc unaccent
    uuid-ossp""".split()
)
"""Extensions that bring no type for columns."""

_LITERAL = re.compile(r"'((?:[^']|'')*)'")
_NAMED = re.compile(r'(?:(?:"[^"]+"|\w+)\.)?(?:"[^"]+"|\w+)\Z')


def script(schema: Schema, revisions: Iterable[str] | None = None, complete: bool = True) -> str:
    """The whole schema as SQL: what PostgreSQL (or SQLite) loads into an empty database.

    A header says at which revisions it is, if it comes from a history, and its signature, for which `complete` is.

    What the schema does not hold completely is left out or replaced with a comment line that says so: bounds of
    partitions, functions without a body, and columns of tables that no revision creates.
    """
    statements = "".join(f"\n{part}" if part.startswith("--") else f"\n{part};\n" for part in _Script(schema).parts())
    return f"{header(revisions, signature(schema, complete))}\n{statements}"


class _Script:
    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.default = schema.default_schema
        self.postgresql = schema.dialect != "sqlite"
        tables = [without_unknown(t) for t in schema.tables.values() if t.name.schema != TEMPORARY]
        self.views = ordered(
            {v.name: v for v in schema.views.values() if v.name.schema != TEMPORARY}, lambda view: view.uses
        )
        self.makeable = Makeable(schema, tables, self.views)
        self.tables = [one for one in self.makeable.relations if isinstance(one, Table)]
        self.order = {table.name: number for number, table in enumerate(self.tables)}
        self.functions = [f for overloads in schema.functions.values() for f in overloads]
        self.serials = Serials(schema)

    def parts(self) -> Iterator[str]:
        """Statements without their semicolon, and comment lines, in the order in which they run."""
        yield from self._roles()
        if self.functions:
            yield "SET check_function_bodies = off"
        yield from self._name_spaces()
        yield from self._types()
        yield from self._functions(0)
        yield from self._sequences()
        for one in self.makeable.relations:
            if isinstance(one, Table):
                yield from self._table(one)
            else:
                yield from self._view(one) if isinstance(one, View) else self._type(one)
        for sequence in self.serials.free:
            if sequence.owned_by:
                yield owned_by(sequence, self.default)
        yield from self._inheritance()
        for table in self.tables:
            yield from (create_index(index, table.name, self.default) for index in table.indexes)
            for statistics in table.statistics:
                yield from create_statistics(statistics, table.name, self.default)
        yield from self._foreign_keys()
        yield from self._partitions()
        yield from self._functions(1)
        yield from self._views()
        yield from self._functions(2)
        yield from self._attached()

    def _roles(self) -> Iterator[str]:
        roles = {role for table in self.tables for policy in table.policies for role in named_roles(policy)}
        if roles:
            yield f"-- Its policies need these roles: {_one_line(', '.join(map(quote, sorted(roles))))}\n"

    def _name_spaces(self) -> Iterator[str]:
        used = (n.schema for n in (*(t.name for t in self.tables), *self.schema.types, *self.schema.functions))
        for name in dict.fromkeys([*self.schema.schemas, *used, *(n.schema for n in self.schema.sequences)]):
            if self.postgresql and name != self.default and name not in _SYSTEM_SCHEMAS:
                yield f"CREATE SCHEMA {quote(name)}"
        for name, extension in self.schema.extensions.items():
            within = f" WITH SCHEMA {quote(extension.schema)}" if extension.schema is not None else ""
            yield f"CREATE EXTENSION IF NOT EXISTS {quote(name)}{within}"

    def _types(self) -> Iterator[str]:
        shown = {in_sql(name, self.default): name for name in self.schema.types}

        for value in self.makeable.types:
            yield from self._type(value)
        for extension in self._extensions_of_nobody(shown):
            yield f"-- No revision makes this extension, of which columns have types: {extension}\n"
            yield f"CREATE EXTENSION IF NOT EXISTS {extension}"
        for name in self._types_of_nobody(shown):
            yield f"-- Only the name of this type is known: {_one_line(name)}\n"
            yield f"CREATE TYPE {name} AS ENUM ()"

    def _type(self, value: Type) -> Iterator[str]:
        if isinstance(value, OtherType) and not value.attributes and value.definition is None:
            yield f"-- Only the name of this type is known: {_one_line(str(value.name))}\n"
        if isinstance(value, EnumType) and value.partial:
            yield f"-- Not all labels of this type are known: {_one_line(str(value.name))}\n"
            value = replace(value, labels=(*value.labels, *self._labels_used(value)))
        yield create_type(value, self.default)
        if isinstance(value, Domain):
            name = in_sql(value.name, self.default)
            for check in value.checks:
                if not check.validated:
                    yield f"ALTER DOMAIN {name} ADD {domain_check(check)} NOT VALID"

    def _labels_used(self, enum: EnumType) -> list[str]:
        """Labels that an enum of which not all are known has for certain: defaults of columns are of them."""
        name = in_sql(enum.name, self.default)
        defaults = [c.default or "" for t in self.tables for c in t.columns if parse(c.type).base == name]
        found = [match[1].replace("''", "'") for default in defaults if (match := _LITERAL.match(default))]
        return [label for label in dict.fromkeys(found) if label not in enum.labels]

    def _types_of_nobody(self, made: Mapping[str, Name]) -> list[str]:
        """Types of columns that nothing makes, as an enum whose labels are not known; an extension's are its own."""
        if not self.postgresql or any(name not in _WITHOUT_TYPES for name in self.schema.extensions):
            return []
        rows = {in_sql(name, self.default) for name in (*self.schema.tables, *self.schema.views)}
        brought = (kind for kinds in EXTENSION_TYPES.values() for kind in kinds)
        known = {*made, *rows, *brought, '"char"'}  # which is PostgreSQL's own
        return [b for b in self._bases() if _NAMED.match(b) and not is_built_in(b) and b not in known]

    def _extensions_of_nobody(self, made: Mapping[str, Name]) -> list[str]:
        """Extensions that columns need and that nothing makes."""
        if not self.postgresql:
            return []
        bases = self._bases().keys() - made.keys()
        return [e for e, kinds in EXTENSION_TYPES.items() if e not in self.schema.extensions and bases & {*kinds}]

    def _bases(self) -> dict[str, None]:
        """The types of columns without their modifiers."""
        return dict.fromkeys(parse(column.type).base for table in self.tables for column in table.columns)

    def _functions(self, stage: int) -> Iterator[str]:
        for function in self.functions:
            if self._stage(function) != stage:
                continue
            if function.partial:
                yield f'-- Pieces of its body are not known; "..." stands there: {function.kind} {_shown(function)}\n'
            text = create_function(function, self.default)
            yield text or f"-- Left out, as its definition is not known: {function.kind} {_shown(function)}\n"

    def _stage(self, function: Function) -> int:
        """0: before the tables; 1: after them, as its types have rows of a table; 2: after the views likewise."""
        texts = [*function.arguments, function.returns.removeprefix("SETOF ")]
        bases = {parse(text).base for text in texts}
        if any(in_sql(view.name, self.default) in bases for view in self.views):
            return 2
        standard = function.body.lstrip()[:6].upper() in ("BEGIN ", "RETURN") and function.language == "sql"
        return int(standard or any(in_sql(one.name, self.default) in bases for one in self.makeable.relations))

    def _sequences(self) -> Iterator[str]:
        for sequence in self.serials.free:
            yield create_sequence(sequence, self.default)

    def _table(self, table: Table) -> Iterator[str]:
        if table.assumed:
            yield f"-- No revision creates this table, so it may have more to it: {_one_line(str(table.name))}\n"
        for name in unknown_types(self.schema.tables[table.name]):
            yield f"-- The type of this column is not known: {_one_line(f'{table.name}.{name}')}\n"
        if table.is_partition and table.partition_bound is None:
            parents = ", ".join(map(str, table.parents))
            yield f"-- A partition of {_one_line(parents)} whose bounds are not known: {_one_line(str(table.name))}\n"
        above, foreign_keys = self._parents(table), not self.postgresql
        if table.partition_bound is not None:  # the exclusions of its parent are made as it is attached, again or not
            own = (c for c in table.constraints if not isinstance(c, Exclusion) or not self._is_of_parent(table, c))
            table = replace(table, constraints=tuple(own))
        yield create_table(table, self.default, self.serials, foreign_keys=foreign_keys, inherits=bool(above))
        yield from of_its_own(table, above, self.default)
        yield from self.serials.retyped(table)
        if self.postgresql:
            for one in later_constraints(table):
                yield f"ALTER TABLE {in_sql(table.name, self.default)} ADD {constraint(one, self.default)}"

    def _is_of_parent(self, table: Table, constraint: Constraint) -> bool:
        return owner_above(self.schema, self.schema.tables[table.name], constraint) is not None

    def _parents(self, table: Table) -> list[Table]:
        """The parents with which it is made; none where it inherits later, after its columns or theirs."""
        if table.is_partition or not self.postgresql:
            return []
        found = [
            self.schema.tables[name]
            for name in table.parents
            if self.order.get(name, len(self.order)) < self.order[table.name]
        ]
        found = [parent for parent in found if not parent.assumed]
        return found if len(found) == len(table.parents) and can_inherit(table, found) else []

    def _inheritance(self) -> Iterator[str]:
        for table in self.tables:
            if not table.is_partition and not self._parents(table):
                for parent in table.parents:
                    yield f"ALTER TABLE {in_sql(table.name, self.default)} INHERIT {in_sql(parent, self.default)}"

    def _partitions(self) -> Iterator[str]:
        """Attached last: what a partition has of its own then becomes part of what its parent has."""
        for table in self.tables:
            if table.is_partition and table.partition_bound is not None:
                for parent in table.parents:
                    partition = f"ATTACH PARTITION {in_sql(table.name, self.default)} {table.partition_bound}"
                    yield f"ALTER TABLE {in_sql(parent, self.default)} {partition}"

    def _foreign_keys(self) -> Iterator[str]:
        if not self.postgresql:
            return
        for table in self.tables:
            for key in table.of_kind(ForeignKey):
                text = f"ALTER TABLE {in_sql(table.name, self.default)} ADD {constraint(key, self.default)}"
                target = self.schema.tables.get(key.references)
                if target is None or target.assumed:
                    yield f"-- Left out, as no revision makes the key that it references: {_one_line(text)}\n"
                else:
                    yield text

    def _views(self) -> Iterator[str]:
        made = {one.name for one in self.makeable.relations}
        for view in self.views:
            if view.name not in made:
                yield from self._view(view)

    def _view(self, view: View) -> Iterator[str]:
        if view.name in view.uses:
            yield f"-- Left out, as the columns of a recursive view are not known: {_one_line(str(view.name))}\n"
            return
        yield create_view(view, self.schema)
        yield from (create_index(index, view.name, self.default) for index in view.indexes)

    def _attached(self) -> Iterator[str]:
        owners: list[Table | View] = [*self.tables, *self.views]
        for owner in owners:
            yield from (self._trigger(trigger, owner.name) for trigger in owner.triggers)
        for table in self.tables:
            name = in_sql(table.name, self.default)
            if table.row_security:
                yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"
            if table.row_security_forced:
                yield f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY"
            yield from (create_policy(policy, table.name, self.default) for policy in table.policies)
            if self.postgresql:
                yield from _comments(table, name)
        if self.postgresql:
            yield from self._set()

    def _set(self) -> Iterator[str]:
        """What stands on tables and views, or is set of them, when all is there; event triggers run from then on."""
        owners: list[Table | View] = [*self.tables, *self.views]
        for owner in owners:
            yield from rules(owner, self.default)
        for table in self.tables:
            yield from settings(table, self.default)
        yield from publications(self.schema, self.default)
        yield from comment_statements(self.schema, self.default)
        yield from event_triggers(self.schema, self.default)

    def _trigger(self, trigger: Trigger, table: Name) -> str:
        function = next((name for name in self.schema.functions if str(name) == trigger.function), None)
        text = create_trigger(trigger, table, self.default, function)
        if function and not any(create_function(f, self.default) for f in self.schema.functions[function]):
            return f"-- Left out, as the definition of its function is not known: {_one_line(text)}\n"
        return text


def _comments(table: Table, name: str) -> Iterator[str]:
    if table.comment is not None:
        yield f"COMMENT ON TABLE {name} IS {literal(table.comment)}"
    for column in table.columns:
        if column.comment is not None:
            yield f"COMMENT ON COLUMN {name}.{quote(column.name)} IS {literal(column.comment)}"


def _shown(function: Function) -> str:
    return _one_line(function.signature)


def _one_line(text: str) -> str:
    """For a comment line: a line break would end the comment."""
    return " ".join(text.split())
