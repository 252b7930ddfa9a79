"""What every drawn statement is made of: names, columns, types, expressions."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from migralint.operations.paper import Paper
from migralint.schema import Column, Index, Name, Schema, Table, View
from migralint.schema.names import quote
from migralint.schema.types import parse

V = TypeVar("V")

LONG = "a_name_that_is_long_enough_to_be_cut_when_more_is_appended_here"  # 63 bytes
WIDE = "ä" * 31
SCHEMAS = ["public", "public", "public", "app", "Odd S"]
TABLES = ["t", "u", "orders", "T x", "select", LONG, LONG[:50], WIDE, 'quo"te']
COLUMNS = ["id", "a", "b", "c", "a1", "Big", "user", LONG, LONG[:40], WIDE, WIDE[:28], 'q"c']
PARTS = ["t_a_key", "t_a_idx", "t_id_seq", "t_pkey", "u_a_check", "named", "Named", LONG, LONG + "_over"]
TYPES = ["mood", "Kind", "state"]
NUMBERS = ["integer", "integer", "bigint", "smallint", "numeric(10,2)", "numeric", "double precision"]
TEXTS = ["text", "text", "character varying(20)", "character varying", "character(3)"]
OTHERS = [
    "timestamp with time zone",
    "timestamp(3) without time zone",
    "date",
    "time without time zone",
    "interval",
    "boolean",
    "jsonb",
    "uuid",
    "text[]",
    "integer[]",
    "int4range",
    "bytea",
    "inet",
]
DEFAULTS = {
    "timestamp with time zone": ["now()", "CURRENT_TIMESTAMP", "clock_timestamp()"],
    "timestamp(3) without time zone": ["now()", "LOCALTIMESTAMP", "'2020-01-01 00:00:00'"],
    "date": ["CURRENT_DATE", "'2020-01-01'"],
    "interval": ["'1 day'"],
    "boolean": ["true", "false", "'t'"],
    "jsonb": ["'{}'", "'{}'::jsonb", "'[]'"],
    "uuid": ["gen_random_uuid()"],
    "text[]": ["'{}'", "ARRAY[]::text[]", "ARRAY['a', 'b']"],
    "integer[]": ["'{}'", "'{1,2}'"],
    "inet": ["'127.0.0.1'"],
}


def literal(text: str) -> str:
    """The text as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def is_number(type: str) -> bool:
    """Whether the type can be counted with."""
    return parse(type).base in ("smallint", "integer", "bigint", "numeric", "double precision") and "[" not in type


def is_text(type: str) -> bool:
    """Whether the type is text of some length."""
    return parse(type).base in ("text", "character varying", "character") and "[" not in type


class Draw:
    """Draws pieces for the state that a database on paper has."""

    def __init__(self, rng: random.Random, paper: Paper, version: int, outside: bool = False) -> None:
        self.rng = rng
        self.paper = paper
        self.version = version
        self.outside = outside

    @property
    def schema(self) -> Schema:
        return self.paper.schema

    # choices -------------------------------------------------------------------------------------------------
    def pick(self, values: Sequence[V]) -> V:
        return self.rng.choice(values)

    def chance(self, probability: float = 0.5) -> bool:
        return self.rng.random() < probability

    def some(self, values: Sequence[V], low: int, high: int) -> list[V]:
        return self.rng.sample(list(values), min(len(values), self.rng.randint(low, high)))

    def word(self, text: str, probability: float = 0.5) -> str:
        """The word and a space, or nothing."""
        return f"{text} " if self.chance(probability) else ""

    def draw(self, *makers: Callable[[Draw], str | None]) -> str | None:
        return self.pick(makers)(self)

    # names ---------------------------------------------------------------------------------------------------
    def quoted(self, identifier: str) -> str:
        """As PostgreSQL needs it, or with quotes that it does not need."""
        return quote(identifier) if self.chance(0.8) else '"' + identifier.replace('"', '""') + '"'

    def written(self, name: Name) -> str:
        """The name with its schema, or without where the search path finds it."""
        if self.paper.search_path[:1] == (name.schema,) and self.chance(0.7):
            return self.quoted(name.name)
        return f"{self.quoted(name.schema)}.{self.quoted(name.name)}"

    def new_name(self, pool: Sequence[str], home: str | None = None) -> Name:
        """A name that may be taken; in a schema that is there, mostly."""
        known = [s for s in SCHEMAS if s in self.schema.schemas] or ["public"]
        return Name(home or (self.pick(known) if self.chance(0.99) else "nowhere"), self.pick(pool))

    def columns(self, names: Iterable[str]) -> str:
        return "(" + ", ".join(self.quoted(n) for n in names) + ")"

    def table(self, wanted: Callable[[Table], bool] = lambda _: True) -> Table | None:
        found = [t for t in self.schema.tables.values() if t.persistence != "temporary" and wanted(t)]
        return self.pick(found) if found else None

    def view(self, materialized: bool | None = None) -> View | None:
        found = [v for v in self.schema.views.values() if materialized in (None, v.materialized)]
        return self.pick(found) if found else None

    def relation(self) -> Name:
        """A table, seldom one that is not there."""
        table = self.table()
        return table.name if table is not None and self.chance(0.97) else self.new_name(TABLES)

    def column(self, table: Table) -> str:
        """A column of the table, seldom one that is not there."""
        if table.columns and self.chance(0.97):
            return self.pick(table.columns).name
        return self.pick(COLUMNS)

    def index(self) -> tuple[Table | View, Index] | None:
        owners: list[Table | View] = [*self.schema.tables.values(), *self.schema.views.values()]
        found = [(owner, index) for owner in owners for index in owner.indexes]
        return self.pick(found) if found else None

    def name_clause(self, probability: float = 0.4) -> str:
        """CONSTRAINT name, or nothing."""
        return f"CONSTRAINT {self.quoted(self.pick(PARTS))} " if self.chance(probability) else ""

    def cascade(self, probability: float = 0.4) -> str:
        return " CASCADE" if self.chance(probability) else self.pick(["", "", " RESTRICT"])

    def if_exists(self, probability: float = 0.2) -> str:
        return self.word("IF EXISTS", probability)

    # types and expressions -----------------------------------------------------------------------------------
    def type(self) -> str:
        """A column type in PostgreSQL's spelling."""
        made = list(self.schema.types)
        if made and self.chance(0.2):
            name = self.pick(made)
            short = quote(name.name)
            text = short if name.schema == "public" else f"{quote(name.schema)}.{short}"
            return text + ("[]" if self.chance(0.1) else "")
        return self.pick(self.pick([NUMBERS, NUMBERS, TEXTS, TEXTS, OTHERS]))

    def spelled(self, type: str) -> str:
        """The type as somebody may write it."""
        spellings = {
            "integer": ["int", "int4", "INTEGER"],
            "bigint": ["int8", "BIGINT"],
            "character varying(20)": ["varchar(20)", "VARCHAR (20)"],
            "character varying": ["varchar"],
            "character(3)": ["char(3)"],
            "numeric(10,2)": ["NUMERIC(10, 2)", "decimal(10,2)"],
            "double precision": ["float", "float8"],
            "timestamp with time zone": ["timestamptz", "TIMESTAMP WITH TIME ZONE"],
            "timestamp(3) without time zone": ["timestamp(3)"],
            "boolean": ["bool"],
        }
        return self.pick([type, *spellings.get(type, [])])

    def default(self, type: str) -> str | None:
        """An expression that fits the type."""
        if is_number(type):
            return self.pick(["0", "1", "-1", "(1 + 2)", "NULL"])
        if is_text(type):
            return self.pick(["'x'", "''", "'it''s'", "'x'::text", "NULL", "lower('X')"])
        enum = next((e for e in self.schema.enums() if parse(type).base in (quote(e.name.name), str(e.name))), None)
        if enum is not None and enum.labels and "[" not in type and enum.name.schema == "public":
            return literal(self.pick(enum.labels))
        return self.pick(DEFAULTS[type]) if type in DEFAULTS else None

    def condition(self, columns: Sequence[Column]) -> str | None:
        """A condition over these columns."""
        if not columns:
            return None
        parts = [self._test(c) for c in self.some(columns, 1, 2)]
        return self.pick([" AND ", " OR "]).join(parts)

    def _test(self, column: Column) -> str:
        name = self.quoted(column.name)
        tests = [f"{name} IS NOT NULL"]
        if is_number(column.type):
            tests += [f"{name} > 0", f"{name} BETWEEN 1 AND 10", f"{name} <> 3", f"{name} IN (1, 2)"]
        if is_text(column.type):
            tests += [f"{name} <> ''", f"length({name}) > 2", f"{name} IN ('a', 'b')", f"{name} LIKE 'a%'"]
        if column.type == "boolean":
            tests += [name, f"NOT {name}"]
        return self.pick(tests)

    def expression(self, columns: Sequence[Column]) -> str | None:
        """An immutable expression over one of the columns."""
        found = [c for c in columns if is_number(c.type) or is_text(c.type)]
        if not found:
            return None
        column = self.pick(found)
        name = self.quoted(column.name)
        if is_number(column.type):
            return self.pick([f"({name} + 1)", f"abs({name})", f"({name} * 2)"])
        return self.pick([f"lower({name})", f"upper({name})", f"COALESCE({name}, 'x')", f"({name} || 'x')"])
