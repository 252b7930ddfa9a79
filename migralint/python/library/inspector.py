"""`sa.inspect(bind)`: answered from the replayed schema."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from migralint.operations import UNMADE, Place
from migralint.python.library.registry import known
from migralint.python.values import Arguments, Builtin, Either, Native, PyRaise, Unknown, Value
from migralint.schema import Check, ForeignKey, Name, Table, Unique
from migralint.sql.cursor import Written
from migralint.sql.names import creation_schema, relation, user_type

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


class Inspector(Native):
    """An inspector of the database on paper; like SQLAlchemy's it gives the answer of the first time again."""

    type_name = "inspector"
    reaches_database = False

    def __init__(self) -> None:
        self._answers: dict[str, Value] = {}

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name in REFLECTION:
            return Builtin(name, lambda ev, args, place: self._answer(ev, name, args, place))
        if name == "clear_cache":
            return Builtin(name, lambda ev, args, place: self._answers.clear())
        if name in ("bind", "engine"):
            from migralint.python.library.connection import ConnectionItem

            return ConnectionItem()
        if name == "dialect":
            from migralint.python.library.dialect import DialectItem

            return DialectItem(ev.database.dialect)
        if name == "default_schema_name":
            return creation_schema(ev.database)
        return Unknown(f"inspector.{name}", place)

    def _answer(self, ev: Evaluator, name: str, args: Arguments, place: Place) -> Value:
        key = repr((name, args.positional, sorted(args.keywords.items())))
        if key not in self._answers:
            self._answers[key] = REFLECTION[name](ev, args, place)
        return self._answers[key]


def has_table(ev: Evaluator, args: Arguments, place: Place) -> Value:
    """`inspector.has_table(name, schema=None)`; views count."""
    name = _name(ev, args)
    if isinstance(name, Unknown):
        return name
    schema = ev.database.ask(name)
    if name in schema.tables or name in schema.views:
        return True
    if name.schema in _others(ev):
        return Unknown(_OWNED, place)
    return Unknown("a table may come from what could not be read", place) if schema.opaque else False


_OWNED = "the schema is someone else's"


def _others(ev: Evaluator) -> list[str]:
    """The schemas that someone else owns, and that the history does not make."""
    return sorted(ev.database.others - set(ev.database.ask("schemas").schemas))


def _name(ev: Evaluator, args: Arguments) -> Name | Unknown:
    table, schema = args.get(0, "table_name"), args.get(1, "schema")
    if isinstance(table, str):
        return relation(ev.database, Written(str(schema) if isinstance(schema, str) and schema else None, str(table)))
    return table if isinstance(table, Unknown) else Unknown("the name of a table is not known")


def _table(ev: Evaluator, args: Arguments, place: Place) -> Table | Unknown:
    name = _name(ev, args)
    if isinstance(name, Unknown):
        return name
    schema = ev.database.ask(name)
    table = schema.tables.get(name)
    if table is None:
        if schema.opaque:
            return Unknown("a table may come from what could not be read", place)
        raise PyRaise("NoSuchTableError", str(name), place)
    return table


def _of_table(read: Callable[[Evaluator, Table, Place], Value]) -> Callable[..., Value]:
    def method(ev: Evaluator, args: Arguments, place: Place) -> Value:
        table = _table(ev, args, place)
        if isinstance(table, Table) and table.assumed:
            return Unknown(f"what {table.name} has, {UNMADE}", place)
        return table if isinstance(table, Unknown) else read(ev, table, place)

    return method


def _columns(ev: Evaluator, table: Table, place: Place) -> Value:
    from migralint.python.library.reflection import reflected_type

    schema = ev.database.ask(table.name)
    primary = table.primary_key
    return [
        {
            "name": c.name,
            "type": reflected_type(schema, c.type),
            "nullable": not c.not_null,
            "default": c.default,
            "autoincrement": bool(c.default and c.default.startswith("nextval")),
            "comment": c.comment,
            "primary_key": int(primary is not None and c.name in primary.columns),
        }
        for c in table.columns
    ]


def _indexes(ev: Evaluator, table: Table, place: Place) -> Value:
    out: list[dict[str, Any]] = []
    for index in table.indexes:
        names: list[Value] = [k.column for k in index.keys]
        entry = {
            "name": index.name,
            "column_names": names,
            "unique": index.unique,
            "include_columns": list(index.include),
        }
        if index.where:
            entry["dialect_options"] = {"postgresql_where": index.where}
        out.append(entry)
    if ev.database.dialect == "postgresql":
        for unique in table.of_kind(Unique):
            out.append(
                {
                    "name": unique.name,
                    "column_names": list(unique.columns),
                    "unique": True,
                    "duplicates_constraint": unique.name,
                    "include_columns": [],
                }
            )
    return sorted(out, key=lambda i: str(i["name"]))


def _foreign_keys(ev: Evaluator, table: Table, place: Place) -> Value:
    default = creation_schema(ev.database)
    return [
        {
            "name": k.name,
            "constrained_columns": list(k.columns),
            "referred_schema": None if k.references.schema == default else k.references.schema,
            "referred_table": k.references.name,
            "referred_columns": list(k.referenced_columns),
            "options": {o: v for o, v in (("ondelete", k.on_delete), ("onupdate", k.on_update)) if v},
        }
        for k in table.of_kind(ForeignKey)
    ]


def _uniques(ev: Evaluator, table: Table, place: Place) -> Value:
    return [{"name": u.name, "column_names": list(u.columns)} for u in table.of_kind(Unique)]


def _primary(ev: Evaluator, table: Table, place: Place) -> Value:
    key = table.primary_key
    if key is None:
        return {"constrained_columns": [], "name": None}
    return {"constrained_columns": list(key.columns), "name": key.name}


def _checks(ev: Evaluator, table: Table, place: Place) -> Value:
    return [{"name": c.name, "sqltext": c.expression} for c in table.of_kind(Check)]


def _comment(ev: Evaluator, table: Table, place: Place) -> Value:
    return {"text": table.comment}


def _listing(kind: str) -> Callable[..., Value]:
    def method(ev: Evaluator, args: Arguments, place: Place) -> Value:
        given = args.get(0, "schema")
        wanted = str(given) if isinstance(given, str) and given else creation_schema(ev.database)
        schema = ev.database.ask(kind)
        searched = (wanted,) if given else ev.database.search_path  # SQLAlchemy asks for what is visible
        if kind == "views":
            names = [n.name for n, v in schema.views.items() if n.schema in searched and not v.materialized]
        elif kind == "tables":
            names = list(dict.fromkeys(n.name for n in schema.tables if n.schema in searched))
        elif kind == "sequences":
            names = [n.name for n in schema.sequences if n.schema == wanted]
        elif kind == "schemas":
            others = _others(ev)
            return [*schema.schemas, "information_schema", *([Either(_OWNED, tuple(others))] if others else [])]
        else:
            if any(e.partial for e in schema.enums()):
                return Unknown("an enum has labels that are not known", place)
            return [
                {"name": e.name.name, "schema": e.name.schema, "labels": list(e.labels), "visible": True}
                for e in schema.enums()
                if given in (None, "*") or e.name.schema == wanted
            ]
        if kind in ("tables", "views", "sequences") and wanted in _others(ev):
            return Unknown(_OWNED, place)
        if schema.opaque:
            return Unknown("tables may come from what could not be read", place)
        return names

    return method


REFLECTION: dict[str, Callable[..., Value]] = {
    "get_columns": _of_table(_columns),
    "get_indexes": _of_table(_indexes),
    "get_foreign_keys": _of_table(_foreign_keys),
    "get_unique_constraints": _of_table(_uniques),
    "get_pk_constraint": _of_table(_primary),
    "get_check_constraints": _of_table(_checks),
    "get_table_comment": _of_table(_comment),
    "get_table_names": _listing("tables"),
    "get_view_names": _listing("views"),
    "get_sequence_names": _listing("sequences"),
    "get_schema_names": _listing("schemas"),
    "get_enums": _listing("enums"),
    "has_table": has_table,
    "has_index": lambda ev, args, place: _has_index(ev, args, place),
    "has_schema": lambda ev, args, place: (
        Unknown(_OWNED, place) if args.get(0) in _others(ev) else args.get(0) in ev.database.ask("schemas").schemas
    ),
    "has_sequence": lambda ev, args, place: _has(ev, args, place, "sequence"),
    "has_type": lambda ev, args, place: _has(ev, args, place, "type"),
}
"""What the inspector is asked, and the dialect with the connection before the rest."""


def _has(ev: Evaluator, args: Arguments, place: Place, kind: str) -> Value:
    """Whether there is a sequence or a type of this name."""
    named, where = args.get(0, f"{kind}_name"), args.get(1, "schema")
    if not isinstance(named, str):
        return named if isinstance(named, Unknown) else Unknown(f"the name of a {kind}", place)
    find = relation if kind == "sequence" else user_type
    name = find(ev.database, Written(str(where) if isinstance(where, str) and where else None, str(named)))
    schema = ev.database.ask(name)
    if name in (schema.sequences if kind == "sequence" else schema.types):
        return True
    return Unknown(f"a {kind} may come from what could not be read", place) if schema.opaque else False


def _has_index(ev: Evaluator, args: Arguments, place: Place) -> Value:
    table = _table(ev, Arguments(args.positional[:1], {k: v for k, v in args.keywords.items() if k == "schema"}), place)
    if isinstance(table, Unknown):
        return table
    name = args.get(1, "index_name")
    return table.index(name) is not None if isinstance(name, str) else Unknown("an index name", place)


@known("sqlalchemy.inspect", "sqlalchemy.Inspector", "sqlalchemy.Inspector.from_engine", "sqlalchemy.from_engine")
def _inspect(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return Inspector()
