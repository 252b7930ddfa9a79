"""The state: everything a database holds at one point of the history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from migralint.schema.database import EventTrigger, Extension, Publication
from migralint.schema.names import Name
from migralint.schema.objects import Domain, EnumType, Function, OtherType, Sequence, View
from migralint.schema.table import Exclusion, Keyed, Table

K = TypeVar("K")
V = TypeVar("V")


def _none() -> Mapping[K, V]:
    return {}


def _put(mapping: Mapping[Name, V], name: Name, value: V) -> Mapping[Name, V]:
    return {**mapping, name: value}


def _cut(mapping: Mapping[Name, V], name: Name) -> Mapping[Name, V]:
    return {n: v for n, v in mapping.items() if n != name}


@dataclass(frozen=True, slots=True)
class Schema:
    """An immutable state. Mappings are copied on write, tables are shared between states.

    `types` holds enums, domains and other types under one name space, as PostgreSQL does.
    `functions` is keyed by name and argument types. `opaque` is true after an operation that could
    not be read and may have changed the schema: absence then proves nothing.
    """

    dialect: str = "postgresql"
    tables: Mapping[Name, Table] = field(default_factory=_none)
    types: Mapping[Name, EnumType | Domain | OtherType] = field(default_factory=_none)
    views: Mapping[Name, View] = field(default_factory=_none)
    sequences: Mapping[Name, Sequence] = field(default_factory=_none)
    functions: Mapping[Name, tuple[Function, ...]] = field(default_factory=_none)
    schemas: tuple[str, ...] = ("public",)
    extensions: Mapping[str, Extension] = field(default_factory=_none)
    publications: Mapping[str, Publication] = field(default_factory=_none)
    event_triggers: Mapping[str, EventTrigger] = field(default_factory=_none)
    schema_comments: Mapping[str, str] = field(default_factory=_none, compare=False)
    opaque: bool = False

    @classmethod
    def empty(cls, dialect: str = "postgresql") -> Schema:
        """A fresh database: one schema (`public`, or `main` for SQLite), nothing in it."""
        return cls(dialect=dialect, schemas=("main",) if dialect == "sqlite" else ("public",))

    @property
    def default_schema(self) -> str:
        """Where unqualified names are created."""
        return "main" if self.dialect == "sqlite" else "public"

    def name(self, name: str, schema: str | None = None) -> Name:
        """The qualified name; `schema` None is the default one."""
        return Name(schema or self.default_schema, name)

    # lookups ---------------------------------------------------------------------------------------------------
    def enums(self) -> Iterator[EnumType]:
        """Enum types, by order of creation."""
        return (t for t in self.types.values() if isinstance(t, EnumType))

    def domains(self) -> Iterator[Domain]:
        """Domains, by order of creation."""
        return (t for t in self.types.values() if isinstance(t, Domain))

    def relation(self, name: Name) -> Table | View | None:
        """The table or view of this name, or None."""
        return self.tables.get(name) or self.views.get(name)

    def relations(self) -> Iterator[Table | View]:
        """Tables, then views."""
        yield from self.tables.values()
        yield from self.views.values()

    def index_owner(self, name: Name) -> Table | View | None:
        """The table or materialized view that holds the index of this name (constraint indexes included)."""
        for relation in self.relations():
            if relation.name.schema != name.schema:
                continue
            if name.name in [index.name for index in relation.indexes]:
                return relation
            for one in relation.constraints if isinstance(relation, Table) else ():
                if one.name == name.name and isinstance(one, Keyed | Exclusion):
                    return relation
        return None

    def relation_exists(self, name: Name) -> bool:
        """Whether a table, view, sequence or index has this name: they share one name space."""
        return (
            name in self.tables or name in self.views or name in self.sequences or (self.index_owner(name) is not None)
        )

    def constraint_exists(self, schema: str, name: str) -> bool:
        """Whether any table or domain of the schema has a constraint of this name."""
        return any(t.name.schema == schema and t.names_constraint(name) for t in self.tables.values()) or any(
            d.name.schema == schema and any(check.name == name for check in d.checks) for d in self.domains()
        )

    def statistics_of(self, name: Name) -> Table | None:
        """The table whose extended statistics have this name: it has a name space of its own."""
        return next((t for t in self.tables.values() if any(s.name == name for s in t.statistics)), None)

    # changes ---------------------------------------------------------------------------------------------------
    def with_table(self, table: Table) -> Schema:
        """With this table added or put in place of the one of its name."""
        return replace(self, tables=_put(self.tables, table.name, table))

    def without_table(self, name: Name) -> Schema:
        """Without the table of this name."""
        return replace(self, tables=_cut(self.tables, name))

    def with_type(self, value: EnumType | Domain | OtherType) -> Schema:
        """With this type added or replaced."""
        return replace(self, types=_put(self.types, value.name, value))

    def without_type(self, name: Name) -> Schema:
        """Without the type of this name."""
        return replace(self, types=_cut(self.types, name))

    def with_view(self, view: View) -> Schema:
        """With this view added or replaced."""
        return replace(self, views=_put(self.views, view.name, view))

    def without_view(self, name: Name) -> Schema:
        """Without the view of this name."""
        return replace(self, views=_cut(self.views, name))

    def with_relation(self, relation: Table | View) -> Schema:
        """With this table or view added or replaced."""
        return self.with_view(relation) if isinstance(relation, View) else self.with_table(relation)

    def with_sequence(self, sequence: Sequence) -> Schema:
        """With this sequence added or replaced."""
        return replace(self, sequences=_put(self.sequences, sequence.name, sequence))

    def without_sequence(self, name: Name) -> Schema:
        """Without the sequence of this name."""
        return replace(self, sequences=_cut(self.sequences, name))

    def with_functions(self, name: Name, functions: tuple[Function, ...]) -> Schema:
        """With exactly these overloads under the name; none removes it."""
        if not functions:
            return replace(self, functions=_cut(self.functions, name))
        return replace(self, functions=_put(self.functions, name, functions))
