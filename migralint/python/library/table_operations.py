"""Operations of Alembic on tables and columns."""

from __future__ import annotations

from migralint.operations import (
    AddColumn,
    AlterColumn,
    CreateConstraint,
    CreateIndex,
    CreateTableComment,
    DropColumn,
    DropTable,
    DropTableComment,
    RenameTable,
)
from migralint.operations.data import Statement
from migralint.python.library import made_columns, made_constraints, made_indexes
from migralint.python.library.ddl import create_table
from migralint.python.library.enums import enum_in, needed
from migralint.python.library.home import Home, NotKnown, as_text, flag, text
from migralint.python.library.items import ColumnItem, default_sql, type_ddl
from migralint.python.library.naming import DEFAULT_CONVENTION, tell_cut
from migralint.python.library.tables import TableItem
from migralint.python.library.target import Target, in_batches, outside
from migralint.python.values import Unknown, Value
from migralint.schema import Name, PrimaryKey
from migralint.schema.names import cut
from migralint.sql.names import type_text


@outside
def _create_table(t: Target) -> Value:
    args = t.args
    item = TableItem(args.get(0, "table_name"), args.keywords.get("schema"), None, t.place)
    item.take_options(args)
    for part in args.positional[1:]:
        if isinstance(part, Unknown):
            raise NotKnown(f"a part of the table is not known ({part.reason})")
        item.add(part)
    convention = {**DEFAULT_CONVENTION, **t.ev.naming}
    create_table(
        t.ev, item, t.place, convention=convention, if_not_exists=flag(t.ev, args.keywords.get("if_not_exists"))
    )
    return item


@outside
def _drop_table(t: Target) -> Value:
    t.emit(DropTable(t.name(0, "table_name"), flag(t.ev, t.args.keywords.get("if_exists"))))
    return None


@outside
def _rename_table(t: Target) -> Value:
    table = t.name(0, "old_table_name")
    new = text(t.args.get(1, "new_table_name"), "the new name")
    tell_cut(t.ev, new, t.place)
    t.emit(RenameTable(table, Name(table.schema, cut(new))))
    return None


@in_batches
def _add_column(t: Target) -> Value:
    table, item, home = added(t)
    if flag(t.ev, item.option("primary_key")) and flag(t.ev, t.args.keywords.get("inline_primary_key")):
        t.emit(CreateConstraint(table, PrimaryKey("", (str(item.name),))), implicit=True)
    for constraint in made_constraints.column_constraints(home, item):
        t.emit(CreateConstraint(table, constraint), implicit=True)
    for index in made_indexes.column_indexes(home, item):
        t.emit(CreateIndex(table, index), implicit=True)
    return None


def added(t: Target) -> tuple[Name, ColumnItem, Home]:
    """Adds a column without what it brings along; gives the table and the column."""
    table = t.name(0, "table_name")
    item = t.arg(1, "column")
    if not isinstance(item, ColumnItem):
        raise NotKnown(item.reason if isinstance(item, Unknown) else "the column is not known")
    home = t.home(table)
    primary = flag(t.ev, item.option("primary_key"))
    column = made_columns.column(home, item, in_table=primary, counts=primary)
    _needs_enum(t, table, item.kind, "add_column")
    t.emit(AddColumn(table, column, if_not_exists=flag(t.ev, t.args.keywords.get("if_not_exists"))))
    return table, item, home


def _needs_enum(t: Target, table: Name, kind: Value, what: str) -> None:
    """A column of an enum type, in a table that the history makes."""
    enum = enum_in(t.ev, kind, t.place)

    def look() -> None:
        found = t.ev.database.ask(table).tables.get(table)
        if enum is not None and found is not None and not found.assumed:
            needed(t.ev, enum, what, t.place)

    if t.later is None:
        look()
    else:
        t.later.append(look)


@in_batches
def _drop_column(t: Target) -> Value:
    name = cut(text(t.arg(1, "column_name"), "the column's name"))
    t.emit(DropColumn(t.name(0, "table_name"), name, flag(t.ev, t.args.keywords.get("if_exists"))))
    return None


@in_batches
def _alter_column(t: Target) -> Value:
    ev, get = t.ev, t.args.keywords.get
    given = t.arg(1, "column_name")
    if isinstance(given, ColumnItem) and not t.args.keywords.keys() - {"schema"}:
        given = given.name  # written for its type or its nullability, which nobody looks at: nothing is altered
    table, name = t.name(0, "table_name"), text(given, "the column's name")
    changes: dict[str, Value] = {}
    unknown: list[str] = []
    new = get("new_column_name") or (get("name") if t.batch else None)
    if new is not None and new != name:
        changes["new_name"] = text(new, "the new name")
        tell_cut(ev, changes["new_name"], t.place)
    kind = get("type_")
    if kind is not None:
        ddl = type_ddl(ev, kind, t.place)
        if isinstance(ddl, Unknown):
            unknown.append(f"the type of column {name} is not known ({ddl.reason})")
        else:
            changes["type"] = type_text(ev.database, ddl) if ev.database.dialect == "postgresql" else ddl
            _needs_enum(t, table, kind, "alter_column")
            if collation := made_columns.collation(ev, kind, t.place):
                changes["collation"] = collation
        using = get("postgresql_using")
        if using is not None:
            changes["using"] = as_text(ev, using, t.place)
    nullable = get("nullable")
    if nullable is not None:
        known_value = ev.truth(nullable)
        if known_value is None:
            unknown.append("whether the column is nullable is not known")
        else:
            changes["not_null"] = not known_value
    if "server_default" in t.args.keywords and get("server_default") is not False:
        try:
            _default(t, get("server_default"), changes)
        except NotKnown as problem:
            unknown.append(problem.reason)
    if "comment" in t.args.keywords and get("comment") is not False:
        comment = get("comment")
        changes["comment"] = str(comment) if isinstance(comment, str) else None
    if changes:
        t.emit(AlterColumn(table, cut(name), **changes))
    if unknown:
        raise NotKnown("; ".join(unknown))
    if not changes:
        t.emit(Statement("alter_column", table, cut(name)))
    return None


def _default(t: Target, value: Value, changes: dict[str, Value]) -> None:
    from migralint.python.library.items import GeneratedItem
    from migralint.python.library.sequences import identity_options

    before = t.args.keywords.get("existing_server_default")
    if isinstance(value, GeneratedItem) and value.kind == "Identity":
        changes["identity"] = "always" if flag(t.ev, value.args.get(0, "always")) else "by default"
        if isinstance(before, GeneratedItem) and before.kind == "Identity":
            changes["verb"] = "SET"
        elif not isinstance(before, Unknown):
            changes |= {"verb": "ADD", "sequence_options": identity_options(t.ev, value)}
        return
    if value is None and isinstance(before, GeneratedItem):
        changes["identity"] = None
        return
    default = default_sql(t.ev, value, t.place)
    if isinstance(default, Unknown):
        raise NotKnown(f"the default is not known ({default.reason})")
    changes["default"] = default


@in_batches
def _create_table_comment(t: Target) -> Value:
    comment = t.args.get(0 if t.batch else 1, "comment")
    t.emit(CreateTableComment(t.name(0, "table_name"), str(comment) if isinstance(comment, str) else None))
    return None


@in_batches
def _drop_table_comment(t: Target) -> Value:
    t.emit(DropTableComment(t.name(0, "table_name")))
    return None
