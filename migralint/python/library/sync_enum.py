"""`op.sync_enum_values` of the package alembic-postgresql-enum: an enum type rebuilt with other labels.

The package renames the type away, makes it anew, converts every column through a text comparison that two temporary
operators provide, and drops the old type (its `operations/sync_enum_values.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migralint.operations import (
    AlterColumn,
    AlterTypeAddValue,
    CreateFunction,
    CreateType,
    DropFunction,
    DropIndex,
    DropType,
    Operation,
    Place,
    RenameType,
    Statement,
)
from migralint.operations.type_names import shown
from migralint.python.library.connection import run_text
from migralint.python.library.registry import known
from migralint.python.library.versions import newer
from migralint.python.text import Text
from migralint.python.values import Arguments, Native, Unknown, Value
from migralint.schema import EnumType, Function, Name
from migralint.sql.names import creation_schema

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


@dataclass(eq=False)
class TableReference(Native):
    """`TableReference(table_schema, table_name, column_name, ...)`."""

    args: Arguments
    type_name = "TableReference"

    def names(self) -> tuple[Name, str] | None:
        """(table, column), None where they are not known."""
        schema = self.args.keywords.get("table_schema", "public")
        table, column = self.args.keywords.get("table_name"), self.args.keywords.get("column_name")
        if not isinstance(table, str) or not isinstance(column, str):
            positional = [a for a in self.args.positional if isinstance(a, str)]
            if len(positional) < 2:
                return None
            table, column = positional[0], positional[1]
        return Name(str(schema) if isinstance(schema, str) else "public", str(table)), str(column)


@known("alembic_postgresql_enum.TableReference", "alembic_postgresql_enum.ColumnType")
def _reference(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return TableReference(args)


@dataclass(eq=False)
class TableIndex(Native):
    """`TableIndex(name, definition)`: an index that is made anew when the type is; `name` may have a schema."""

    name: str
    definition: str
    type_name = "TableIndex"


@known("alembic_postgresql_enum.TableIndex", "alembic_postgresql_enum.sql_commands.indexes.TableIndex")
def _index(ev: Evaluator, args: Arguments, place: Place) -> Value:
    name, definition = args.get(0, "name"), args.get(1, "definition")
    if isinstance(name, str) and isinstance(definition, str):
        return TableIndex(str(name), str(definition))
    return Unknown("an index that is not known", place)


def _indexes(ev: Evaluator, args: Arguments) -> list[TableIndex] | None:
    """The indexes that stand aside, with renamed labels in their definitions; None where they are not known."""
    given = args.get(5, "indexes_to_recreate")
    found = ev.items(given) if given is not None else []
    renamed = args.get(4, "enum_values_to_rename")
    pairs = ev.items(renamed) if renamed is not None else []
    if found is None or not all(isinstance(one, TableIndex) for one in found) or (found and pairs is None):
        return None
    enum, schema = args.get(1, "enum_name"), args.get(0, "enum_schema")
    indexes = [one for one in found if isinstance(one, TableIndex)]
    for pair in pairs or ():
        old, new = ev.items(pair) or (None, None)
        for kind in (enum, f"{schema}.{enum}"):
            indexes = [
                TableIndex(one.name, one.definition.replace(f"'{old}'::{kind}", f"'{new}'::{kind}")) for one in indexes
            ]
    return indexes


def sync_enum_values(ev: Evaluator, args: Arguments, place: Place) -> Value:
    """`op.sync_enum_values(enum_schema, enum_name, new_values, affected_columns, enum_values_to_rename, ...)`."""
    fourth = ev.items(args.get(3))
    if "old_values" in args.keywords or (fourth and all(isinstance(label, str) for label in fourth)):
        return _add_values(ev, args, place)
    given_schema, enum = args.get(0, "enum_schema"), args.get(1, "enum_name")
    labels, columns = ev.items(args.get(2, "new_values")), ev.items(args.get(3, "affected_columns"))
    if not isinstance(enum, str) or labels is None or columns is None or not all(isinstance(i, str) for i in labels):
        ev.opaque("sync_enum_values with arguments that are not known", place)
        return Unknown("sync_enum_values", place)
    schema = str(given_schema) if isinstance(given_schema, str) else creation_schema(ev.database)
    places = [_named(schema, column) for column in columns]
    if None in places:
        ev.opaque("sync_enum_values with a column that is not known", place)
        return Unknown("sync_enum_values", place)
    indexes = _indexes(ev, args)
    if indexes is None:
        ev.opaque("sync_enum_values with an index that is not known", place)
        return Unknown("sync_enum_values", place)
    name = Name(schema, str(enum))
    old = Name(name.schema, f"{name.name}_old")
    ev.database.execute(RenameType(name, old), place)
    ev.database.execute(CreateType(EnumType(name, tuple(str(i) for i in labels))), place)
    state = ev.database.ask(name)
    kinds = (shown(state, name), shown(state, old))
    functions = [Name(name.schema, f"new_old_{word}") for word in ("not_equals", "equals")]
    for function in functions:
        ev.database.execute(CreateFunction(Function(function, kinds, "boolean", "sql")), place)
        ev.database.execute(Statement("create_operator", None, name.schema), place)
    for index in indexes:
        above, _, own = index.name.rpartition(".")
        gone = Name(above.strip('"') or schema, own.strip('"'))
        ev.database.execute(DropIndex(gone, if_exists=True), place)
    for found in places:
        if found is not None:
            for operation in _converted(ev, found, name):
                ev.database.execute(operation, place)
    drops_operators = newer(ev, "alembic-postgresql-enum", (1, 9))  # releases before drop the function with CASCADE
    for function in functions:
        if drops_operators:
            ev.database.execute(Statement("drop_operator", None, name.schema), place)
        ev.database.execute(DropFunction(function, kinds, cascade=not drops_operators), place)
    for compared in _comparing(ev, places) if not drops_operators else ():
        ev.database.execute(DropIndex(compared), place, implicit=True)
    ev.database.execute(DropType(old), place)
    for index in indexes:
        run_text(ev, Text(index.definition), [], place)
    return None


def _comparing(ev: Evaluator, places: list[tuple[Name, str] | None]) -> list[Name]:
    """The partial indexes whose condition compares a converted column: by an operator that goes with CASCADE."""
    tables = ev.database.ask("tables").tables
    return [
        Name(found[0].schema, index.name)
        for found in places
        if found is not None and found[0] in tables
        for index in tables[found[0]].indexes
        if found[1] in index.where_columns
    ]


def add_enum_value(ev: Evaluator, args: Arguments, place: Place) -> Value:
    """`op.add_enum_value(enum_schema, enum_name, new_value, before_value=None)` of the same package."""
    schema, enum, label = args.get(0, "enum_schema"), args.get(1, "enum_name"), args.get(2, "new_value")
    before = args.get(3, "before_value")
    if not (isinstance(schema, str) and isinstance(enum, str) and isinstance(label, str)):
        ev.opaque("add_enum_value with arguments that are not known", place)
        return Unknown("add_enum_value", place)
    beside = str(before) if isinstance(before, str) else None  # the package sends AFTER for it (release 1.11.0)
    ev.database.execute(AlterTypeAddValue(Name(str(schema), str(enum)), str(label), after=beside), place)
    return None


def _add_values(ev: Evaluator, args: Arguments, place: Place) -> Value:
    """`op.sync_enum_values(schema, name, old_values, new_values)` of alembic-autogenerate-enums adds new labels."""
    schema, enum = args.get(0, "schema"), args.get(1, "name")
    old, new = ev.items(args.get(2, "old_values")), ev.items(args.get(3, "new_values"))
    columns = args.get(4, "affected_columns")
    reverse = ev.truth(args.get(5, "should_reverse", default=False))
    if not isinstance(schema, str) or not isinstance(enum, str) or old is None or new is None:
        ev.opaque("sync_enum_values with arguments that are not known", place)
        return Unknown("sync_enum_values", place)
    if reverse is not False and columns is not None:
        ev.opaque("sync_enum_values that makes the type anew", place)
        return Unknown("sync_enum_values", place)
    for label in sorted(set(new) - set(old)):
        ev.database.execute(AlterTypeAddValue(Name(str(schema), str(enum)), label), place)
    return None


def _named(schema: str, column: Value) -> tuple[Name, str] | None:
    """(table, column) of what stands in `affected_columns`: a reference, or a pair in the enum's schema."""
    if isinstance(column, TableReference):
        return column.names()
    match column:
        case (str(table), str(name)):
            return Name(schema, str(table)), str(name)
    return None


def _converted(ev: Evaluator, found: tuple[Name, str], name: Name) -> list[Operation]:
    """The column with the new type in place of the old one, arrays included; a default steps aside for it."""
    table, column = found
    state = ev.database.ask(table)
    stored = state.tables.get(table)
    current = stored.column(column) if stored is not None else None
    new = shown(state, name) + ("[]" if current is not None and current.type.endswith("[]") else "")
    change = AlterColumn(table, column, type=new, using=f"{column}::text::{name.name}")
    if current is None or current.default is None:
        return [change]
    default = f"{current.default.partition('::')[0]}::{new}"
    return [AlterColumn(table, column, default=None), change, AlterColumn(table, column, default=default)]
