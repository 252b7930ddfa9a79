"""A schema as an entity diagram that GitHub draws: https://mermaid.js.org/syntax/entityRelationshipDiagram.html

An entity is named in quotes, which takes any character but quotes, percent signs, backslashes and line breaks; a type
or a column is one word. What does not fit is written with `_`, and the comment behind the column has it as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from migralint.schema import Column, ForeignKey, Name, PrimaryKey, Schema, Table, Unique
from migralint.schema.names import TEMPORARY
from migralint.schema.types import parse

TEXT_CHARACTERS, EDGES = 50_000, 500
"""`maxTextSize` and `maxEdges` of mermaid's default configuration: GitHub draws no diagram with more."""

_NOT_IN_NAME = re.compile(r'["%\\\x00-\x1f\x7f]')
_NOT_IN_WORD = re.compile(r"[^A-Za-z0-9_\u00c0-\uffff\[\]()-]+")
_EDGE = re.compile(r"^    \S.* : ", re.MULTILINE)


def diagram(schema: Schema) -> str:
    """The tables with their columns and keys, and a line for each foreign key."""
    tables = sorted((t for t in schema.tables.values() if t.name.schema != TEMPORARY), key=lambda t: t.name)
    names = _names(schema, [*(t.name for t in tables), *_referenced(tables)])
    lines = ["erDiagram"]
    for table in tables:
        lines += (
            [f"    {names[table.name]} {{", *_columns(table), "    }"]
            if table.columns
            else [f"    {names[table.name]}"]
        )
    for table in tables:
        for key in table.of_kind(ForeignKey):
            label = _quoted(", ".join(key.columns))
            lines.append(f"    {names[key.references]} {_cardinality(table, key)} {names[table.name]} : {label}")
    return "\n".join(lines) + "\n"


def too_large(text: str) -> str | None:
    """What keeps GitHub from drawing a diagram, as a sentence."""
    edges = len(_EDGE.findall(text))
    if len(text) <= TEXT_CHARACTERS and edges <= EDGES:
        return None
    return (
        f"the diagram has {len(text):,} characters and {edges:,} relations; mermaid draws at most "
        f"{TEXT_CHARACTERS:,} and {EDGES:,} unless maxTextSize and maxEdges are configured"
    )


def _referenced(tables: list[Table]) -> Iterator[Name]:
    for table in tables:
        yield from (key.references for key in table.of_kind(ForeignKey))


def _names(schema: Schema, found: list[Name]) -> dict[Name, str]:
    """Each table as the diagram names it; names that only differ in what cannot be written get a number."""
    names: dict[Name, str] = {}
    for name in dict.fromkeys(found):
        shown = name.name if name.schema == schema.default_schema else str(name)
        plain = _quoted(shown)
        number = 2
        while plain in names.values():
            plain = _quoted(f"{shown} {number}")
            number += 1
        names[name] = plain
    return names


def _quoted(text: str) -> str:
    return f'"{_NOT_IN_NAME.sub("_", text).strip() or "_"}"'


def _columns(table: Table) -> Iterator[str]:
    primary = table.primary_key
    single = {one.columns[0] for one in table.of_kind(Unique) if len(one.columns) == 1}
    lone = (i.keys[0].column for i in table.indexes if i.unique and len(i.keys) == 1 and i.where is None)
    single.update(column for column in lone if column is not None)
    foreign = {column for key in table.of_kind(ForeignKey) for column in key.columns}
    for column in table.columns:
        marks = ["PK"] if primary is not None and column.name in primary.columns else []
        marks += ["FK"] if column.name in foreign else []
        marks += ["UK"] if column.name in single else []
        yield "        " + " ".join([_type(column), _word(column.name), *_keys(marks), *_comment(column)])


def _keys(marks: list[str]) -> list[str]:
    return [", ".join(marks)] if marks else []


def _type(column: Column) -> str:
    """The type as one word: `numeric(10,2)` without its modifiers, which the comment has."""
    kind = parse(column.type)
    return _word(kind.base) + "[]" * bool(kind.dimensions)


def _word(text: str) -> str:
    """A word that begins with a letter and is none of mermaid's own."""
    word = _NOT_IN_WORD.sub("_", text)
    return word if re.match(r"(?!(?:PK|FK|UK)\Z)[A-Za-z_\u00c0-\uffff]", word, re.IGNORECASE) else f"_{word}"


def _comment(column: Column) -> list[str]:
    """What the two words do not say: the full name and type, and whether a value is needed."""
    kind = _type(column)
    said = [column.name] if _word(column.name) != column.name else []
    said += [column.type] if kind != column.type else []
    said += ["not null"] if column.not_null else []
    return [_quoted("; ".join(said))] if said else []


def _cardinality(table: Table, key: ForeignKey) -> str:
    """From the referenced table to this one: one, or none where a column can be NULL, to many, or one where unique."""
    columns = [table.column(name) for name in key.columns]
    optional = any(column is None or not column.not_null for column in columns)
    return f"{'|o' if optional else '||'}--{'o|' if _unique(table, key) else 'o{'}"


def _unique(table: Table, key: ForeignKey) -> bool:
    """Whether at most one row can reference the same row: a unique key lies within the columns of the foreign key."""
    own = set(key.columns)
    if any(set(one.columns) <= own for one in table.constraints if isinstance(one, PrimaryKey | Unique)):
        return True
    return any(
        index.unique and index.where is None and {part.column for part in index.keys} <= own for index in table.indexes
    )
