"""What the catalogs name objects by, and what they know of relations and extensions."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.schema import Function, Index, Keyed, Name, Schema, Table, View
from migralint.schema.types import parse
from migralint.sql.queries.type_names import internal_name
from migralint.sql.queries.values import UNKNOWN, Oid

EXTENSION_FUNCTIONS = {
    "uuid-ossp": ("uuid_generate_v1", "uuid_generate_v1mc", "uuid_generate_v4", "uuid_generate_v5", "uuid_nil"),
    "pgcrypto": ("digest", "hmac", "crypt", "gen_salt", "gen_random_bytes", "encrypt", "decrypt"),
    "pg_trgm": ("similarity", "word_similarity", "show_trgm"),
    "unaccent": ("unaccent",),
}
"""The functions of extensions that migrations ask for."""
RELOCATABLE = frozenset(
    """bloom btree_gin btree_gist citext cube dblink dict_int dict_xsyn earthdistance file_fdw fuzzystrmatch hstore
    intarray isn lo ltree pg_buffercache pg_prewarm pg_stat_statements pg_trgm pgcrypto pgrowlocks pgstattuple
    postgres_fdw seg sslinfo tablefunc tcn tsm_system_rows tsm_system_time unaccent uuid-ossp vector xml2""".split()
)
"""Extensions that lie where they are made, and may be moved; others have a schema of their own, or may have."""


def class_oid(name: Name) -> Oid:
    """The identity of a relation."""
    return Oid("class", name)


def function_oid(function: Function) -> Oid:
    """The identity of a function: its name with the types of its arguments."""
    return Oid("proc", Name(function.name.schema, function.signature.removeprefix(f"{function.name.schema}.")))


def namespace_oid(schema: str) -> Oid:
    """The identity of a schema."""
    return Oid("namespace", Name("", schema))


def type_oid(schema: Schema, text: str) -> Oid:
    """The identity of a column's type."""
    kind = parse(text)
    inner = internal_name(kind)
    prefix = "_" if kind.dimensions else ""
    if inner is not None:
        return Oid("type", Name("pg_catalog", prefix + inner))
    space, _, name = kind.base.rpartition(".")
    bare = name.strip('"')
    return Oid("type", Name(space.strip('"') or schema.default_schema, prefix + bare))


def column_numbers(table: Table | None, columns: tuple[str, ...]) -> object:
    """The numbers of columns of a table, or Unknown."""
    if table is None:
        return UNKNOWN
    numbers: dict[str, object] = {c.name: n for n, c in enumerate(table.columns, 1)}
    return [numbers.get(column, UNKNOWN) for column in columns]


def sure(table: Table | View) -> bool:
    """Whether the relation surely exists as it is."""
    return not table.doubtful


def indexes(relation: Table | View) -> Iterator[Index]:
    """All indexes of a relation, those of its constraints included."""
    if isinstance(relation, Table):
        for key in relation.of_kind(Keyed):
            yield key.index
    yield from relation.indexes


def relations(schema: Schema) -> Iterator[Table | View]:
    """Tables, then views."""
    yield from schema.tables.values()
    yield from schema.views.values()
