"""Names as written → the objects they mean on the database on paper."""

from __future__ import annotations

from collections.abc import Callable

from migralint.operations import Database
from migralint.operations.query_texts import with_renamed
from migralint.schema import Name, Schema
from migralint.schema.names import TEMPORARY, quote
from migralint.schema.types import canonical, is_built_in, parse
from migralint.sql.cursor import Cursor, Written
from migralint.sql.relations import read_relations


def creation_schema(database: Database) -> str:
    """Where CREATE puts an unqualified name."""
    return next((s for s in database.search_path if s != TEMPORARY), "public")


def created(database: Database, written: Written) -> Name:
    """The name of what a CREATE makes."""
    return Name(written.schema or creation_schema(database), written.name)


def see_temporary(database: Database) -> None:
    """From now on unqualified names mean temporary tables first."""
    if TEMPORARY not in database.search_path:
        database.set_search_path((TEMPORARY, *database.search_path), local=True)


def _existing(database: Database, written: Written, has: Callable[[Schema, Name], bool]) -> Name:
    if written.schema is not None:
        return Name(written.schema, written.name)
    for schema in database.search_path if len(database.search_path) > 1 else ():
        name = Name(schema, written.name)
        if has(database.ask(name), name):
            return name
    return created(database, written)


def relation(database: Database, written: Written) -> Name:
    """A table, view, sequence or index: the first on the search path, else where a new one would go."""
    return _existing(database, written, Schema.relation_exists)


def user_type(database: Database, written: Written) -> Name:
    """An enum, domain or other type of the project."""
    return _existing(database, written, lambda schema, name: name in schema.types)


def function(database: Database, written: Written) -> Name:
    """A function or procedure of the project."""
    return _existing(database, written, lambda schema, name: name in schema.functions)


def found_by_path(text: str, query: Cursor, database: Database) -> str:
    """The text of a query with the schema of relations that only the search path finds: PostgreSQL keeps those."""
    found = {written: relation(database, written) for written in read_relations(query) if written.schema is None}
    schema = database.ask("search path")
    uses = tuple(found.values())
    for written, name in found.items():
        if name.schema not in (schema.default_schema, TEMPORARY) and schema.relation(name) is not None:
            text = with_renamed(text, Name("", written.name), name, schema, uses) or text
    return text


def type_text(database: Database, written: str) -> str:
    """A column's type in `format_type` spelling; SQLite's stay as written, in upper case."""
    if database.dialect == "sqlite":
        return " ".join(written.split()).upper()
    text = canonical(written)
    if len(database.search_path) == 1 and database.search_path[0] == "public":
        return text
    kind = parse(text)
    if "." in kind.base or is_built_in(kind.base):
        return text
    bare = kind.base[1:-1].replace('""', '"') if kind.base.startswith('"') else kind.base
    name = user_type(database, Written(None, bare))
    if name.schema == "public" or name not in database.ask(name).types:
        return text
    return str(kind._replace(base=f"{quote(name.schema)}.{kind.base}"))
