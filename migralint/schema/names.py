"""Names of objects: quoting, folding, cutting, and the names PostgreSQL and SQLAlchemy invent."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

NAME_BYTES = 63
"""PostgreSQL's limit for identifiers: NAMEDATALEN - 1 bytes (PostgreSQL docs, 4.1.1)."""

TEMPORARY = "pg_temp"
"""The schema of temporary tables; it stands on the search path once there is one."""

_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*\Z")
_RESERVED = frozenset(
    """all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation
    column concurrently constraint create cross current_catalog current_date current_role current_schema current_time
    current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze
    from full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit
    localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references
    returning right select session_user similar some symmetric table tablesample then to trailing true union unique
    user using variadic verbose when where window with""".split()
)
_ONLY_COLUMNS = frozenset(
    """between bigint bit boolean char character coalesce dec decimal exists extract float greatest grouping inout int
    integer interval json json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar
    json_serialize json_table json_value least merge_action national nchar none normalize nullif numeric out overlay
    position precision real row setof smallint substring time timestamp treat trim values varchar xmlattributes
    xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable""".split()
)
"""Words that name columns and tables without quotes, and nothing else (PostgreSQL docs, appendix C)."""


class Name(NamedTuple):
    """A schema-qualified name as stored in the catalog (no quotes, case kept)."""

    schema: str
    name: str

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"


def quote(identifier: str) -> str:
    """The identifier as it must be written in SQL: quoted only where PostgreSQL needs it."""
    if _PLAIN.match(identifier) and identifier not in _RESERVED:
        return identifier
    return '"' + identifier.replace('"', '""') + '"'


def quote_parameter(identifier: str) -> str:
    """The name of a function's argument as it must be written in SQL."""
    return f'"{identifier}"' if identifier in _ONLY_COLUMNS else quote(identifier)


def next_value(sequence: Name, default_schema: str) -> str:
    """The default of a column that counts with the sequence, as the server prints it."""
    shown = quote(sequence.name)
    if sequence.schema != default_schema:
        shown = f"{quote(sequence.schema)}.{shown}"
    return f"nextval('{shown.replace(chr(39), chr(39) * 2)}'::regclass)"


_COUNTED = re.compile(r"nextval\('((?:[^']|'')+)'::regclass\)")
_PART = re.compile(r'"((?:[^"]|"")+)"|([^".]+)')


def counted(default: str, default_schema: str) -> Name | None:
    """The sequence that a default as `next_value` writes it counts with."""
    found = _COUNTED.fullmatch(default)
    if found is None:
        return None
    parts = [quoted.replace('""', '"') or plain for quoted, plain in _PART.findall(found[1].replace("''", "'"))]
    return Name(parts[0] if len(parts) > 1 else default_schema, parts[-1])


SYSTEM_SCHEMAS = ("pg_catalog", "information_schema", "pg_toast")
"""What each database has: no history makes what is in them."""


class Cut(str):
    """An identifier that was too long; `written` is all of it."""

    written: str

    def __new__(cls, stored: str, written: str) -> Cut:
        made = super().__new__(cls, stored)
        made.written = written
        return made


def cut(identifier: str) -> str:
    """The identifier as PostgreSQL stores it: cut to 63 bytes at a character boundary; then it is a `Cut`."""
    raw = identifier.encode()
    if len(raw) <= NAME_BYTES:
        return identifier
    return Cut(raw[:NAME_BYTES].decode(errors="ignore"), identifier)


def written(identifier: str) -> str:
    """The identifier as the statement has it."""
    return identifier.written if isinstance(identifier, Cut) else identifier


def is_cut(identifier: str) -> bool:
    """Whether PostgreSQL stores less of the identifier than was written."""
    return len(identifier) * 4 > NAME_BYTES and len(identifier.encode()) > NAME_BYTES


def told_cut(identifier: str) -> str:
    """What to say about an identifier that is cut."""
    size = len(identifier.encode())
    return f"the name {identifier!r} has {size} bytes: PostgreSQL cuts it to {cut(identifier)!r}"


def object_name(first: str, second: str | None, label: str) -> str:
    """`first_second_label` within 63 bytes; the longer part is shortened first, as `makeObjectName` does."""
    one, two = first.encode(), (second or "").encode()
    room = NAME_BYTES - len(label.encode()) - 1 - (1 if second else 0)
    size_one, size_two = len(one), len(two)
    while size_one + size_two > room:
        if size_one > size_two:
            size_one -= 1
        else:
            size_two -= 1
    parts = [one[:size_one].decode(errors="ignore")]
    if second:
        parts.append(two[:size_two].decode(errors="ignore"))
    return "_".join([*parts, label])


def free_name(first: str, second: str | None, label: str, taken: Callable[[str], bool]) -> str:
    """The first of `..._label`, `..._label1`, `..._label2` that is not taken, as `ChooseRelationName` picks."""
    number = 0
    while taken(name := object_name(first, second, f"{label}{number or ''}")):
        number += 1
    return name


def joined_columns(columns: Sequence[str]) -> str:
    """Column names joined by `_`, repeated ones numbered, as PostgreSQL does for automatic index names."""
    return "_".join(numbered(columns))


def numbered(columns: Sequence[str]) -> list[str]:
    """Names with repeated ones numbered, as the columns of an index have them (`ChooseIndexColumnNames`)."""
    used: list[str] = []
    for column in columns:
        name, number = column, 0
        while name in used:
            number += 1
            name = f"{column}{number}"
        used.append(name)
    return used


def shortened(name: str) -> str:
    """SQLAlchemy's form of a generated name over 63 characters: 55 characters, `_`, 4 digits of its md5."""
    if len(name) <= NAME_BYTES:
        return name
    digest = hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()
    return f"{name[: NAME_BYTES - 8]}_{digest[-4:]}"


def as_given(name: str) -> str:
    """A name that code gives SQLAlchemy to be shortened where it is too long; then it is a `Cut`."""
    stored = shortened(name)
    return stored if stored == name else Cut(stored, name)
