"""Objects by name: regclass, regtype and the functions that look things up."""

from __future__ import annotations

from migralint.operations import Database, ObjectRef
from migralint.schema import Name, Schema
from migralint.schema.names import TEMPORARY, quote
from migralint.schema.types import canonical, parse
from migralint.sql import names
from migralint.sql.cursor import Cursor, Written
from migralint.sql.errors import Unreadable
from migralint.sql.queries.definitions import constraint_definition, index_definition, shown
from migralint.sql.queries.identities import EXTENSION_TYPES, type_oid
from migralint.sql.queries.type_names import internal_name
from migralint.sql.queries.values import UNKNOWN, Fails, Oid, Unknown
from migralint.sql.tokens import tokenize

KINDS = {"regclass": "class", "regtype": "type", "regnamespace": "namespace", "regproc": "proc"}
"""The types whose values are objects."""


def written_name(text: str) -> Written | None:
    """A name as text of SQL, or None."""
    try:
        cursor = Cursor(text, tokenize(text))
        name = cursor.name()
    except Unreadable:
        return None
    return name if cursor.done else None


def find(kind: str, text: str, database: Database) -> object:
    """The object of this name, None where there is none, Unknown where that cannot be known."""
    if kind == "type":
        return _type(text, database)
    written = written_name(text)
    if written is None:
        return UNKNOWN
    if kind == "namespace":
        schema = database.ask(written.name)
        there = written.name in (*schema.schemas, "pg_catalog", "information_schema")
        return _found(Oid("namespace", Name("", written.name)), there, schema)
    if kind == "proc":
        name = names.function(database, written)
        schema = database.ask(name)
        return _found(Oid("proc", name), name in schema.functions, schema)
    if kind != "class" or (written.schema or "").startswith("pg_cat") or written.schema == "information_schema":
        return UNKNOWN
    name = names.relation(database, written)
    schema = database.ask(name)
    table = schema.tables.get(name) or schema.views.get(name)
    if table is not None and table.doubtful:
        return UNKNOWN
    return _found(Oid("class", name), schema.relation_exists(name), schema)


def _found(oid: Oid, there: bool, schema: Schema) -> object:
    return Oid(oid.kind, oid.name, printed=True) if there else UNKNOWN if schema.opaque else None


def _type(text: str, database: Database) -> object:
    kind = parse(names.type_text(database, text))
    schema = database.ask(text)
    oid = type_oid(schema, str(kind))
    if internal_name(kind) is not None:
        return Oid("type", oid.name, printed=True)
    if any(kind.base in EXTENSION_TYPES.get(extension, ()) for extension in schema.extensions):
        return Oid("type", oid.name, printed=True)
    bare = Name(oid.name.schema, oid.name.name[1:] if kind.dimensions else oid.name.name)
    found = schema.types.get(bare)
    if found is not None and found.doubtful:
        return UNKNOWN
    return _found(oid, found is not None or bare in schema.tables or bare in schema.views, schema)


def as_object(value: object, kind: str, database: Database) -> object:
    """A cast to regclass and its like; Fails where there is no such object."""
    if isinstance(value, Oid):
        return Oid(value.kind, value.name, printed=True)
    if not isinstance(value, str):
        return UNKNOWN
    oid = find(kind, value, database)
    if oid is None:
        written = written_name(value)
        name = names.relation(database, written) if written else Name("", value)
        raise Fails("missing", ObjectRef("table", name) if kind == "class" else ObjectRef(kind, None, value))
    return oid


def printed(oid: Oid, database: Database) -> object:
    """The text of a value of type regclass and its like."""
    if oid.kind == "class" or oid.kind == "proc":
        return shown(oid.name, database.search_path)
    if oid.kind == "namespace":
        return quote(oid.name.name)
    if oid.kind == "type" and oid.name.schema != "pg_catalog":
        return shown(oid.name, database.search_path)
    return canonical(oid.name.name) if oid.kind == "type" else UNKNOWN


def call(name: str, arguments: list[object], database: Database) -> object:
    """A function that asks the database; Unknown for all that are not known."""
    if name.startswith("to_reg") and name[3:] in KINDS and len(arguments) == 1:
        value = arguments[0]
        return find(KINDS[name[3:]], value, database) if isinstance(value, str) else None if value is None else UNKNOWN
    match name, arguments:
        case "current_schema", []:
            return names.creation_schema(database)
        case "current_schemas", [implicit]:
            path: list[object] = [s for s in database.search_path if s != TEMPORARY]
            return path if implicit is False else ["pg_catalog", *path] if implicit is True else UNKNOWN
        case "current_setting", ["server_version_num", *_]:
            return str(database.server_version * 10000)
        case "current_setting", ["search_path", *_]:
            return ", ".join(quote(s) for s in database.search_path if s != TEMPORARY)
        case "pg_table_is_visible" | "pg_type_is_visible" | "pg_function_is_visible", [Oid() as oid]:
            return oid.name.schema in (*database.search_path, "pg_catalog")
        case "pg_get_constraintdef", [Oid(kind="constraint") as oid, *_]:
            return _constraint(oid, database)
        case "pg_get_indexdef", [Oid(kind="class") as oid]:
            return _index(oid, database)
        case "pg_get_serial_sequence", [str(table), str(column)]:
            return _serial_sequence(table, column, database)
        case "format_type", [Oid(kind="type") as oid, None]:
            return printed(oid, database)
        case "array_length" | "cardinality", [Unknown()]:
            return UNKNOWN
    return UNKNOWN


def _constraint(oid: Oid, database: Database) -> object:
    for table in database.ask("pg_constraint").tables.values():
        if str(table.name) == oid.name.schema and (found := table.constraint(oid.name.name)):
            return constraint_definition(found, database.search_path)
    return UNKNOWN


def _index(oid: Oid, database: Database) -> object:
    owner = database.ask(oid.name).index_owner(oid.name)
    found = next((i for i in owner.indexes if i.name == oid.name.name), None) if owner else None
    return index_definition(owner.name, found) if owner and found else UNKNOWN


def _serial_sequence(table: str, column: str, database: Database) -> object:
    written = written_name(table)
    if written is None:
        return UNKNOWN
    name = names.relation(database, written)
    schema = database.ask(name)
    for sequence in schema.sequences.values():
        if sequence.owned_by == (name, column):
            return f"{quote(sequence.name.schema)}.{quote(sequence.name.name)}"
    found = schema.tables.get(name)
    return None if found is not None and not found.assumed and not schema.opaque else UNKNOWN
