"""Questions about a schema as queries ask them: what is there, what surely is not, and what cannot be told."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from migralint.operations import ObjectRef
from migralint.schema import Column, Domain, EnumType, ForeignKey, Function, Keyed, Name, Schema, Table, View
from migralint.schema.types import parse

_EXTERNAL = frozenset({"pg_catalog", "information_schema", "pg_temp", "pg_toast", "topology", "tiger"})
_SYSTEM = frozenset({"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "oid"})
_OF_EXTENSIONS = frozenset({"spatial_ref_sys", "geometry_columns", "geography_columns", "dual", "sqlite_master"})

THERE, MISSING, UNSURE = "there", "missing", "unsure"


class Relation(NamedTuple):
    """A table or view that code names; `found` None where the schema has none, `state` whether that is sure."""

    name: Name
    found: Table | View | None
    state: str

    @property
    def ref(self) -> ObjectRef:
        """The relation as an object."""
        return ObjectRef("table", self.name)

    @property
    def known(self) -> tuple[Column, ...] | None:
        """Its columns, None where others may be there."""
        if self.found is None or self.found.doubtful or self.state != THERE:
            return None
        if isinstance(self.found, Table):
            return None if self.found.assumed else self.found.columns
        return self.found.columns or None

    def column(self, name: str) -> Column | None:
        """The column of this name."""
        return next((c for c in self.found.columns if c.name == name), None) if self.found is not None else None

    def has(self, name: str) -> str:
        """Whether it has a column of this name."""
        column = self.column(name)
        if column is not None:
            return UNSURE if column.doubtful and isinstance(self.found, Table) else THERE
        if name in _SYSTEM:
            return THERE
        return UNSURE if self.known is None else MISSING


class Catalog:
    """A schema; `managed` are schemas that somebody else owns, `others` names of tables that are there beside it.

    `gone` are the names of functions that it had and has no more.
    """

    def __init__(
        self,
        schema: Schema,
        managed: Collection[str] = (),
        others: Collection[str] = (),
        gone: Collection[str] = (),
    ) -> None:
        self.schema = schema
        self.gone = frozenset(gone)
        self._managed = frozenset(managed) | _EXTERNAL
        self._others = frozenset(others) | _OF_EXTENSIONS
        self._anywhere: dict[str, list[Name]] = {}
        for name in (*schema.tables, *schema.views):
            self._anywhere.setdefault(name.name, []).append(name)

    def relation(self, name: str, schema: str | None = None) -> Relation:
        """The table or view that a name means."""
        full = Name(schema or self.schema.default_schema, name)
        if full.schema in self._managed:
            return Relation(full, None, UNSURE)
        found: Table | View | None = self.schema.tables.get(full) or self.schema.views.get(full)
        elsewhere = self._anywhere.get(name, []) if schema is None else []
        if found is None and len(elsewhere) == 1:
            found = self.schema.tables.get(elsewhere[0]) or self.schema.views.get(elsewhere[0])
            return Relation(elsewhere[0], found, THERE)
        if found is not None:
            return Relation(full, found, THERE)
        other = (
            elsewhere
            or name in self._others
            or name.startswith(("pg_", "alembic_version"))
            or full in self.schema.sequences
        )
        return Relation(full, None, UNSURE if other or self.schema.opaque else MISSING)

    def functions(self, name: str, schema: str | None = None) -> tuple[tuple[Function, ...], str]:
        """The functions of this name, and whether it is sure that there are no others."""
        full = Name(schema or self.schema.default_schema, name)
        if full.schema in self._managed:
            return (), UNSURE
        found = self.schema.functions.get(full, ())
        if not found and schema is None:
            found = next((fs for other, fs in self.schema.functions.items() if other.name == name), ())
        if found:
            return found, UNSURE if any(f.doubtful for f in found) else THERE
        return (), UNSURE if self.schema.opaque else MISSING

    def row_functions(self, table: Name, name: str) -> bool:
        """Whether a function of this name takes a row of the table: PostgREST offers it as a column or relationship."""
        for full, overloads in self.schema.functions.items():
            if full.name == name and any(f.arguments and _names(f.arguments[0], table) for f in overloads):
                return True
        return False

    def labels(self, relation: Relation, column: str) -> EnumType | None:
        """The enum type of a column, where all of its labels are known."""
        found = relation.column(column)
        if found is None or found.doubtful:
            return None
        return self.enum(found.type)

    def enum(self, written: str) -> EnumType | None:
        """The enum type that a type is, where all of its labels are known."""
        kind = parse(written)
        if getattr(kind, "array", 0) or written.endswith("[]"):
            return None
        schema, _, name = kind.base.rpartition(".")
        full = Name(schema.strip('"') or self.schema.default_schema, name.strip('"'))
        found = self.schema.types.get(full)
        if isinstance(found, Domain):
            return self.enum(found.base)
        usable = isinstance(found, EnumType) and not found.doubtful and not found.partial and not self.schema.opaque
        return found if isinstance(found, EnumType) and usable else None

    def required(self, table: Table) -> tuple[str, ...]:
        """The columns that an insert has to set."""
        if (
            any("INSERT" in t.events and t.timing == "BEFORE" for t in table.triggers)
            or table.doubtful
            or table.assumed
        ):
            return ()
        return tuple(
            column.name
            for column in table.columns
            if column.not_null
            and column.default is None
            and column.identity is None
            and column.generated is None
            and not column.doubtful
            and not self._defaults(column.type)
        )

    def refused(self, relation: Relation, name: str, event: str, *, null: bool) -> str | None:
        """Why a column does not take a value, or NULL, from INSERT or UPDATE; None where it may."""
        table, column = relation.found, relation.column(name)
        if not isinstance(table, Table) or relation.known is None or column is None or column.doubtful:
            return None
        if column.generated is not None:
            return f"{table.name}.{name} is a generated column, which takes no value"
        if column.identity == "always":
            return f"{table.name}.{name} is GENERATED ALWAYS AS IDENTITY, which takes no value"
        set_before = any(event in one.events and one.timing == "BEFORE" for one in table.triggers)
        return f"{table.name}.{name} is NOT NULL" if null and column.not_null and not set_before else None

    def _defaults(self, written: str) -> bool:
        schema, _, name = parse(written).base.rpartition(".")
        found = self.schema.types.get(Name(schema.strip('"') or self.schema.default_schema, name.strip('"')))
        return isinstance(found, Domain) and found.default is not None

    def foreign_keys(self, one: Name, other: Name) -> Iterator[tuple[Name, ForeignKey]]:
        """The foreign keys between two tables, in either direction, each with its table."""
        for table, target in ((one, other), (other, one)) if one != other else ((one, other),):
            found = self.schema.tables.get(table)
            for key in found.of_kind(ForeignKey) if found is not None else ():
                if key.references == target:
                    yield table, key

    def junctions(self, one: Name, other: Name) -> list[Table]:
        """The tables with foreign keys to both."""
        return [
            table
            for table in self.schema.tables.values()
            if {one, other} <= {key.references for key in table.of_kind(ForeignKey)}
            and (one != other or sum(key.references == one for key in table.of_kind(ForeignKey)) > 1)
        ]


def unique_over(table: Table, columns: Iterable[str]) -> bool:
    """Whether INSERT ... ON CONFLICT (columns) finds a key or unique index over exactly these.

    As PostgreSQL infers it (INSERT, "conflict_target"): one with a condition, on expressions or that can be deferred
    does not count.
    """
    wanted = frozenset(columns)
    keys = (frozenset(key.columns) for key in table.of_kind(Keyed) if not key.deferrable)
    indexes = (
        frozenset(key.column for key in index.keys)
        for index in table.indexes
        if index.unique and index.valid and index.where is None and all(key.column is not None for key in index.keys)
    )
    return wanted in (*keys, *indexes)


def _names(written: str, table: Name) -> bool:
    return re.sub(r'"', "", written).rpartition(".")[2] == table.name
