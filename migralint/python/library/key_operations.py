"""Operations of Alembic on indexes and constraints."""

from __future__ import annotations

from migralint.operations import (
    CreateConstraint,
    CreateIndex,
    DropConstraint,
    DropIndex,
)
from migralint.python.library import made_constraints, made_indexes
from migralint.python.library.home import NotKnown, flag, names, qualified, text
from migralint.python.library.items import ConstraintItem
from migralint.python.library.naming import Conv, given_to_shorten, tell_refused
from migralint.python.library.target import Target, in_batches
from migralint.python.values import Arguments, PyRaise, Value
from migralint.schema import Name, PrimaryKey
from migralint.schema.names import cut
from migralint.sql.names import creation_schema


@in_batches
def _create_index(t: Target) -> Value:
    ev, get = t.ev, t.args.keywords.get
    table = qualified(ev, t.table, t.schema) if t.batch else qualified(ev, t.args.get(1, "table_name"), get("schema"))
    columns = ev.items(t.args.get(1 if t.batch else 2, "columns"))
    if columns is None:
        raise NotKnown("the columns of the index are not known")
    unique = t.args.get(-1, "unique")
    given = Arguments([], {**t.args.keywords, "unique": unique})
    index = made_indexes.make_index(t.home(table), t.args.get(0, "index_name"), columns, given)
    t.emit(CreateIndex(table, index, flag(ev, get("postgresql_concurrently")), flag(ev, get("if_not_exists"))))
    return None


@in_batches
def _drop_index(t: Target) -> Value:
    ev, get = t.ev, t.args.keywords.get
    table: Name | None = None
    stated = t.table if t.batch else t.args.get(1, "table_name")
    if stated is not None:
        table = qualified(ev, stated, t.schema if t.batch else get("schema"))
    name = t.args.get(0, "index_name")
    if isinstance(name, Conv):
        name = given_to_shorten(ev, name)
    else:
        tell_refused(ev, text(name, "the index's name"), t.place)
        name = cut(text(name, "the index's name"))
    schema = table.schema if table is not None else get("schema") or creation_schema(ev.database)
    t.emit(
        DropIndex(Name(str(schema), name), table, flag(ev, get("postgresql_concurrently")), flag(ev, get("if_exists")))
    )
    return None


@in_batches
def _create_foreign_key(t: Target) -> Value:
    ev, get = t.ev, t.args.keywords.get
    name = t.args.get(0, "constraint_name")
    if t.batch:
        source = qualified(ev, t.table, t.schema)
        target_name, local, remote = (
            t.args.get(1, "referent_table"),
            t.args.get(2, "local_cols"),
            t.args.get(3, "remote_cols"),
        )
    else:
        source = qualified(ev, t.args.get(1, "source_table", "source"), get("source_schema"))
        target_name = t.args.get(2, "referent_table", "referent")
        local, remote = t.args.get(3, "local_cols"), t.args.get(4, "remote_cols")
    target = qualified(ev, target_name, get("referent_schema"))
    columns, referred = names(ev, [local]), names(ev, [remote])
    home = t.home(source)
    resolved = home.name("fk", name, list(columns), target.name, referred)
    t.emit(CreateConstraint(source, made_constraints.foreign_key(home, t.args, resolved, columns, target, referred)))
    return None


@in_batches
def _create_unique_constraint(t: Target) -> Value:
    table = t.name(1, "table_name", "source")
    columns = names(t.ev, [t.args.get(1 if t.batch else 2, "columns", "local_cols")])
    item = ConstraintItem("uq", t.args.get(0, "constraint_name"), list(columns), t.args, t.place)
    made = made_constraints.constraint(t.home(table), item)
    t.emit(CreateConstraint(table, made))
    return None


@in_batches
def _create_primary_key(t: Target) -> Value:
    table = t.name(1, "table_name")
    columns = names(t.ev, [t.args.get(1 if t.batch else 2, "columns", "cols")])
    name = t.home(table).name("pk", t.args.get(0, "constraint_name"), list(columns))
    t.emit(CreateConstraint(table, PrimaryKey(name, columns)))
    return None


@in_batches
def _create_check_constraint(t: Target) -> Value:
    table = t.name(1, "table_name", "source")
    value = t.args.get(1 if t.batch else 2, "condition")
    not_valid = flag(t.ev, t.args.keywords.get("postgresql_not_valid"))
    made = made_constraints.check(t.home(table), value, t.args.get(0, "constraint_name"), not_valid=not_valid)
    t.emit(CreateConstraint(table, made))
    return None


@in_batches
def _create_exclude_constraint(t: Target) -> Value:
    table = t.name(1, "table_name")
    items = t.args.positional[1 if t.batch else 2 :]
    item = ConstraintItem("ex", t.args.get(0, "constraint_name"), list(items), t.args, t.place)
    t.emit(CreateConstraint(table, made_constraints.constraint(t.home(table), item)))
    return None


_KINDS = {
    "foreignkey": "foreign_key",
    "primary": "primary_key",
    "unique": "unique",
    "check": "check",
    "exclude": "exclusion",
}


@in_batches
def _drop_constraint(t: Target) -> Value:
    table = t.name(1, "table_name")
    given = t.args.get(0, "constraint_name")
    kind = t.args.get(1 if t.batch else 2, "type_")
    short = {"foreignkey": "fk", "primary": "pk", "unique": "uq", "check": "ck"}.get(
        kind if isinstance(kind, str) else "", ""
    )
    if isinstance(given, Conv):
        name = given_to_shorten(t.ev, given)
    elif isinstance(given, str) and short:
        name = t.home(table).name(short, given, [])
    elif given is None and short not in t.ev.naming:
        # Autogenerate writes this into downgrades; SQLAlchemy's compiler refuses it, so that the revision stops here.
        raise PyRaise("CompileError", f"drop_constraint(None) on {table}: a constraint without a name", t.place)
    else:
        name = text(given, "the constraint's name")
        tell_refused(t.ev, name, t.place)
    if not name:
        raise NotKnown("the constraint's name is not known")
    t.emit(DropConstraint(table, cut(name), _KINDS.get(str(kind)), flag(t.ev, t.args.keywords.get("if_exists"))))
    return None
