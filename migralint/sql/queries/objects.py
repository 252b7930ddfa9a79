"""Objects by name: regclass, regtype and the functions that look things up."""

from __future__ import annotations

from migralint.operations import Database, ObjectRef
from migralint.schema import EnumType, Function, Name, OtherType
from migralint.schema.extensions import EXTENSION_TYPES
from migralint.schema.names import TEMPORARY, quote
from migralint.schema.types import canonical, parse
from migralint.sql import names
from migralint.sql.cursor import Cursor, Written
from migralint.sql.errors import Unreadable
from migralint.sql.queries.definitions import constraint_definition, index_definition, shown, view_definition
from migralint.sql.queries.identities import function_oid, indexes, type_oid
from migralint.sql.queries.nodes import Cast, Expression, Literal
from migralint.sql.queries.type_names import internal_name, with_modifier
from migralint.sql.queries.values import PRESENT, UNKNOWN, Fails, Oid, Tree, Unknown
from migralint.sql.tokens import tokenize

KINDS = {
    "regclass": "class",
    "regtype": "type",
    "regnamespace": "namespace",
    "regproc": "proc",
    "regprocedure": "procedure",
}
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
    if kind == "procedure":
        return _procedure(text, database)
    written = written_name(text)
    if written is None:
        return UNKNOWN
    if kind == "namespace":
        schema = database.ask(written.name)
        there = written.name in (*schema.schemas, "pg_catalog", "information_schema")
        return _found(Oid("namespace", Name("", written.name)), there, database)
    if kind == "proc":
        name = names.function(database, written)
        schema = database.ask(name)
        overloads = schema.functions.get(name, ())
        if len(overloads) == 1 and not overloads[0].doubtful:
            return Oid("proc", function_oid(overloads[0]).name, printed=True)
        if overloads:
            return UNKNOWN
        return UNKNOWN if _may_be_built_in(written) else _found(Oid("proc", name), False, database)
    if kind != "class" or (written.schema or "").startswith("pg_cat") or written.schema == "information_schema":
        return UNKNOWN
    name = names.relation(database, written)
    schema = database.ask(name)
    table = schema.tables.get(name) or schema.views.get(name)
    if table is not None and table.doubtful:
        return UNKNOWN
    composite = schema.types.get(name)
    there = schema.relation_exists(name) or (isinstance(composite, OtherType) and bool(composite.attributes))
    return _found(Oid("class", name), there, database)


def _found(oid: Oid, there: bool, database: Database) -> object:
    """The object if it is there. What a schema has that someone else owns is not known, unless the history made it."""
    if there:
        return Oid(oid.kind, oid.name, printed=True)
    schema = database.ask(oid.name)
    space = oid.name.schema or oid.name.name
    others = space in database.others and space not in schema.schemas
    return UNKNOWN if schema.opaque or others else None


def _may_be_built_in(written: Written) -> bool:
    """Whether a function may be one of PostgreSQL's own, which are not all known."""
    return written.schema in (None, "pg_catalog") and "_" not in written.name.strip("_")


def _procedure(text: str, database: Database) -> object:
    """A function by its name and the types of its arguments."""
    try:
        cursor = Cursor(text, tokenize(text))
        written = cursor.name()
        wanted = tuple(names.type_text(database, item.source()) for item in cursor.group().items())
    except Unreadable:
        return UNKNOWN
    name = names.function(database, written)
    schema = database.ask(name)
    for function in schema.functions.get(name, ()):
        if function.arguments == wanted:
            oid = function_oid(function)
            return UNKNOWN if function.doubtful else Oid("proc", oid.name, printed=True, arguments=True)
    if name not in schema.functions and _may_be_built_in(written):
        return UNKNOWN
    return _found(Oid("proc", name), False, database)


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
    return _found(oid, found is not None or bare in schema.tables or bare in schema.views, database)


def as_object(value: object, kind: str, database: Database) -> object:
    """A cast to regclass and its like; Fails where there is no such object."""
    if isinstance(value, Oid):
        return Oid(value.kind, value.name, printed=True, arguments=kind == "procedure")
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
    if oid.kind == "class":
        return shown(oid.name, database.search_path)
    if oid.kind == "proc":
        bare, _, arguments = oid.name.name.partition("(")
        text = shown(Name(oid.name.schema, bare), database.search_path)
        return f"{text}({arguments.replace(', ', ',')}" if oid.arguments else text
    if oid.kind == "namespace":
        return quote(oid.name.name)
    if oid.kind != "type":
        return UNKNOWN
    array = oid.name.name.startswith("_") and oid.name not in database.ask(oid.name).types
    name = Name(oid.name.schema, oid.name.name[1:]) if array else oid.name
    text = canonical(name.name) if name.schema == "pg_catalog" else shown(name, database.search_path)
    return text + "[]" if array else text


def call(name: str, arguments: list[object], database: Database) -> object:
    """A function that asks the database; Unknown for all that are not known."""
    if name.startswith("to_reg") and name[3:] in KINDS and len(arguments) == 1:
        value = arguments[0]
        return find(KINDS[name[3:]], value, database) if isinstance(value, str) else None if value is None else UNKNOWN
    if name in _PRESENT:
        return PRESENT
    match name, arguments:
        case "current_schema", []:
            return names.creation_schema(database)
        case "current_schemas", [implicit]:
            path: list[object] = [s for s in database.search_path if s != TEMPORARY]
            return path if implicit is False else ["pg_catalog", *path] if implicit is True else UNKNOWN
        case "current_database" | "current_catalog", []:
            return Oid("database", Name("", ""))
        case "version", []:
            return Unknown(f"PostgreSQL {database.server_version}.", present=True)
        case "current_setting", [str(setting), *rest]:
            return _setting(setting.lower(), rest == [True], database)
        case "set_config", [str(), value, _]:
            return value
        case "pg_table_is_visible" | "pg_type_is_visible" | "pg_function_is_visible", [Oid() as oid]:
            return oid.name.schema in (*database.search_path, "pg_catalog")
        case "pg_get_constraintdef", [Oid(kind="constraint") as oid, *_]:
            return _constraint(oid, database)
        case "pg_get_indexdef", [Oid(kind="class") as oid]:
            return _index(oid, database)
        case "pg_get_expr", [Tree(text), *_]:
            return text
        case "pg_get_viewdef", [Oid(kind="class") as oid, *_]:
            schema = database.ask(oid.name)
            view = schema.views.get(oid.name)
            return view_definition(schema, view) if view is not None else UNKNOWN
        case "pg_get_functiondef", [Oid(kind="proc") as oid]:
            return _function_text(oid, database)
        case "pg_get_serial_sequence", [str(table), str(column)]:
            return _serial_sequence(table, column, database)
        case "pg_get_function_identity_arguments", [Oid(kind="proc") as oid]:
            return _identity_arguments(oid, database)
        case "format_type", [Oid(kind="type") as oid, modifier]:
            text = printed(oid, database)
            return with_modifier(text, modifier) if isinstance(text, str) else UNKNOWN
        case "obj_description", [Oid(kind="class") as oid, *_]:
            found = database.ask(oid.name).tables.get(oid.name)
            return found.comment if found is not None and not found.assumed else UNKNOWN
        case "col_description", [Oid(kind="class") as oid, int(number)]:
            return _column_comment(oid, number, database)
    return None if any(argument is None for argument in arguments) and name in _STRICT else UNKNOWN


_PRESENT = frozenset(
    """now current_timestamp current_date current_time clock_timestamp statement_timestamp transaction_timestamp
    localtime localtimestamp random gen_random_uuid uuid_generate_v4 current_user session_user user nextval""".split()
)
"""Functions whose value is not known, but that there is one."""
_STRICT = frozenset("pg_get_constraintdef pg_get_indexdef pg_get_expr pg_get_viewdef pg_get_functiondef".split())
_SETTINGS = {"standard_conforming_strings": "on", "server_encoding": "UTF8"}


def _setting(name: str, missing_ok: bool, database: Database) -> object:
    if name == "server_version_num":
        return str(database.server_version * 10000)
    if name == "server_version":
        return Unknown(f"{database.server_version}.", present=True)
    if name == "search_path":
        return ", ".join(quote(s) for s in database.search_path if s != TEMPORARY)
    if "." in name and missing_ok:
        return None  # a setting of an application, in a session of its own
    return _SETTINGS.get(name, UNKNOWN)


def labels(function: str, argument: Expression, database: Database) -> object:
    """enum_range, enum_first and enum_last of `NULL::type`."""
    if not isinstance(argument, Cast) or argument.operand != Literal(None):
        return UNKNOWN
    written = written_name(argument.type)
    name = names.user_type(database, written) if written is not None else Name("", "")
    found = database.ask(name).types.get(name)
    if not isinstance(found, EnumType) or found.doubtful or found.partial or not found.labels:
        return UNKNOWN
    if function == "enum_range":
        return list(found.labels)
    return found.labels[0 if function == "enum_first" else -1]


def _column_comment(oid: Oid, number: int, database: Database) -> object:
    table = database.ask(oid.name).tables.get(oid.name)
    if table is None or table.assumed or not 1 <= number <= len(table.columns):
        return UNKNOWN
    return table.columns[number - 1].comment


def _function(oid: Oid, database: Database) -> Function | None:
    every = (f for overloads in database.ask("pg_proc").functions.values() for f in overloads)
    return next((function for function in every if function_oid(function) == oid), None)


def _function_text(oid: Oid, database: Database) -> object:
    """What surely stands in the definition of a function: its body as it is written."""
    found = _function(oid, database)
    return Unknown("CREATE OR REPLACE ", present=True, parts=(found.body,), open=True) if found else UNKNOWN


def _identity_arguments(oid: Oid, database: Database) -> object:
    found = _function(oid, database)
    if found is None or len(found.parameters) != len(found.arguments) or found.outputs:
        return UNKNOWN
    pairs = zip(found.parameters, found.arguments, strict=True)
    return ", ".join(f"{quote(name)} {kind}" if name else kind for name, kind in pairs)


def _constraint(oid: Oid, database: Database) -> object:
    for table in database.ask("pg_constraint").tables.values():
        if str(table.name) == oid.name.schema and (found := table.constraint(oid.name.name)):
            return constraint_definition(found, database.search_path)
    for domain in database.ask("pg_constraint").domains():
        if str(domain.name) == oid.name.schema:
            check = next((check for check in domain.checks if check.name == oid.name.name), None)
            return constraint_definition(check, database.search_path) if check is not None else UNKNOWN
    return UNKNOWN


def _index(oid: Oid, database: Database) -> object:
    owner = database.ask(oid.name).index_owner(oid.name)
    found = next((i for i in indexes(owner) if i.name == oid.name.name), None) if owner else None
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
