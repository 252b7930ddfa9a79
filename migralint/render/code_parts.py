"""SQLAlchemy's schema items in the code of migrations: columns, constraints, keys of indexes.

Each function gives None for what SQLAlchemy has no words for; the statement then stands in the code as SQL.
"""

from __future__ import annotations

import re
from dataclasses import replace

from migralint.render.calls import in_schema, in_sql
from migralint.render.clauses import index_key
from migralint.render.layout import Call, Code, node
from migralint.render.types import built_in
from migralint.schema import (
    Check,
    Column,
    Constraint,
    EnumType,
    ForeignKey,
    Index,
    Key,
    Name,
    PrimaryKey,
    Schema,
    Table,
    Unique,
)
from migralint.schema.names import cut
from migralint.schema.types import SERIALS, is_built_in, parse

_PARAMETER = re.compile(r"(?<![:\w\\]):(\w+)(?![:\w])")
_ESCAPED = re.compile(r"\\(:\w*)(?![:\w])")
_STRING = re.compile(r"'((?:[^']|'')*)'")
_COUNTED = frozenset("smallint integer bigint numeric real".split()) | {"double precision"}
"""Types that SQLAlchemy counts in where a column of one is the primary key."""


def sql_text(text: str) -> str:
    """The SQL for `sa.text`: colons in front of words escaped, as they would be parameters."""
    return _PARAMETER.sub(r"\\:\1", _ESCAPED.sub(r"\\\\\1", text))


def final(name: str) -> Call | None:
    """A name that no naming convention changes any more; None where the server or a convention chooses it."""
    return node("op.f", str(cut(name))) if name else None


def plain(*names: str) -> list[str]:
    """Names as the catalog has them."""
    return [str(cut(name)) for name in names]


def column_type(text: str, schema: Schema, collation: str | None = None) -> Call | None:
    """The type of a column; enums of the schema are named with their labels, and not created."""
    kind = parse(text)
    if kind.dimensions:
        element = column_type(str(kind._replace(dimensions=0)), schema)
        return None if element is None or collation else node("postgresql.ARRAY", element)
    found = None if is_built_in(kind.base) else _of_project(kind.base, schema)
    call = found or built_in(text)
    if call is None or collation is None:
        return call
    takes_one = call.function in ("sa.String", "sa.Text", "sa.CHAR")
    return replace(call, named=(*call.named, ("collation", collation))) if takes_one else None


def _of_project(base: str, schema: Schema) -> Call | None:
    for name, value in schema.types.items():
        if isinstance(value, EnumType) and not value.partial and in_sql(name, schema.default_schema) == base:
            shown = in_schema(name, schema.default_schema)
            return node("postgresql.ENUM", *value.labels, name=name.name, schema=shown, create_type=False)
    return None


def default(text: str | None) -> object:
    """A `server_default`: a string as text, everything else as SQL, none as None."""
    if text is None:
        return Code("None")
    string = _STRING.fullmatch(text)
    return string[1].replace("''", "'") if string else node("sa.text", sql_text(text))


def column(value: Column, schema: Schema, *, key: bool = False, autoincrement: bool | None = None) -> Call | None:
    """`sa.Column(...)`; serial types are those that `autoincrement` makes."""
    if value.sequence is not None or value.storage or value.compression:
        return None
    if value.type in SERIALS and autoincrement is None and not key:
        return None
    kind = column_type(value.type, schema, value.collation)
    if kind is None:
        return None
    parts: list[object] = [str(cut(value.name)), kind]
    if value.identity:
        said: dict[str, object] = {
            name: True if name == "cycle" else int(text) for name, text in value.sequence_options if name != "type"
        }
        parts.append(node("sa.Identity", always=value.identity == "always" or None, **said))
    if value.generated:
        expression = sql_text(value.generated.expression)
        parts.append(node("sa.Computed", expression, persisted=value.generated.stored))
    not_null = value.not_null or key or value.identity is not None or value.type in SERIALS
    return node(
        "sa.Column",
        *parts,
        server_default=default(value.default) if value.default is not None else None,
        autoincrement=autoincrement,
        nullable=not not_null,
        comment=value.comment,
    )


def columns_of(table: Table, schema: Schema) -> list[Call] | None:
    """The columns of a table that is made; None where one of them, or their sequences, cannot be written."""
    primary = table.primary_key
    if primary is not None and table_constraint(primary, schema, table) is None:
        primary = None  # it is added after the table, whose columns SQLAlchemy then takes as those of no key
    keys = primary.columns if primary is not None else ()
    referencing = {name for key in table.of_kind(ForeignKey) for name in key.columns}
    found = []
    for one in table.columns:
        counted = None
        if keys == (one.name,):  # SQLAlchemy makes a whole number that is all of the key serial, unless told not to
            if one.type in SERIALS:
                counted = True if one.name in referencing else None
            elif parse(one.type).base in _COUNTED and not (one.default is not None or one.identity or one.generated):
                counted = False
        elif one.type in SERIALS:
            return None
        written = column(one, schema, key=one.name in keys, autoincrement=counted)
        if written is None:
            return None
        found.append(written)
    return found


def table_constraint(value: Constraint, schema: Schema, own: Table) -> Call | None:
    """The constraint as `sa.create_table` takes it."""
    name = final(value.name)
    match value:
        case PrimaryKey(include=(), without_overlaps=False, options=()):
            return node("sa.PrimaryKeyConstraint", *plain(*value.columns), name=name, **deferrable(value))
        case Unique(include=(), without_overlaps=False, options=()):
            return node("sa.UniqueConstraint", *plain(*value.columns), name=name, **unique_options(value))
        case Check(no_inherit=False, enforced=True):
            return node("sa.CheckConstraint", sql_text(value.expression), name=name)
        case ForeignKey():
            referred = referred_columns(value, schema, own)
            if referred is None:
                return None
            there = value.references
            shown = there.name if there.schema == schema.default_schema else str(there)
            targets = [f"{shown}.{one}" for one in referred]
            options = foreign_key_options(value)
            return node("sa.ForeignKeyConstraint", plain(*value.columns), targets, name=name, **options)
    return None


def referred_columns(key: ForeignKey, schema: Schema, own: Table | None = None) -> list[str] | None:
    """The columns that a foreign key references: of the primary key where it names none; None where it says more
    than SQLAlchemy can, or where a name has the point in it that SQLAlchemy splits names at."""
    if key.set_columns or key.period or not key.enforced:
        return None
    columns = key.referenced_columns
    if not columns:
        target = own if own is not None and own.name == key.references else schema.tables.get(key.references)
        columns = target.primary_key.columns if target is not None and target.primary_key else ()
    dotted = any("." in name for name in (*key.references, *columns))
    return plain(*columns) if columns and not dotted else None


def deferrable(value: Constraint) -> dict[str, object]:
    """DEFERRABLE, INITIALLY DEFERRED."""
    if not getattr(value, "deferrable", False):
        return {}
    initially = getattr(value, "initially", None)
    return {"deferrable": True, "initially": initially if initially == "DEFERRED" else None}


def unique_options(value: Unique) -> dict[str, object]:
    """What UNIQUE says beside its columns."""
    return {**deferrable(value), "postgresql_nulls_not_distinct": value.nulls_not_distinct or None}


def foreign_key_options(value: ForeignKey) -> dict[str, object]:
    """What a foreign key says beside its columns."""
    actions = {"onupdate": value.on_update, "ondelete": value.on_delete}
    return {**actions, **deferrable(value), "match": value.match}


def create_index(index: Index, table: Name, schema: Schema, **how: object) -> Call:
    """`op.create_index(...)`; the index has a name."""
    operators = {key.column: key.opclass for key in index.keys if key.opclass and _has_only_opclass(key)}
    return node(
        "op.create_index",
        final(index.name),
        table.name,
        [_key(key) for key in index.keys],
        schema=in_schema(table, schema.default_schema),
        unique=index.unique,
        postgresql_using=index.method if index.method != "btree" else None,
        postgresql_ops=operators or None,
        postgresql_include=plain(*index.include) or None,
        postgresql_where=node("sa.text", sql_text(index.where)) if index.where else None,
        postgresql_nulls_not_distinct=index.nulls_not_distinct or None,
        postgresql_with=dict(index.options) or None,
        **how,
    )


def _has_only_opclass(key: Key) -> bool:
    return key.column is not None and replace(key, opclass=None) == Key(key.column)


def _key(key: Key) -> object:
    if key.column is not None and _has_only_opclass(key):
        return str(cut(key.column))
    return node("sa.text", sql_text(index_key(key)))
