"""CREATE TABLE in all its forms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from migralint.operations import CreateTable, Database, Operation
from migralint.schema import Check, Column, Constraint, Index, Keyed, Name, Table
from migralint.schema.names import TEMPORARY
from migralint.sql import names
from migralint.sql.columns import Definition, identifiers, read_column, read_constraint, starts_table_constraint
from migralint.sql.cursor import Cursor
from migralint.sql.errors import Unreadable
from migralint.sql.selected import selected
from migralint.sql.views import without_options

_LIKE = (
    "comments",
    "compression",
    "constraints",
    "defaults",
    "generated",
    "identity",
    "indexes",
    "statistics",
    "storage",
)


def create_table(cursor: Cursor, database: Database, modifiers: frozenset[str]) -> Iterator[Operation]:
    """After `CREATE ... TABLE`; `modifiers` are the words between."""
    if_not_exists = cursor.if_not_exists()
    written = cursor.name()
    temporary = bool(modifiers & {"temp", "temporary"}) or written.schema == TEMPORARY
    name = Name(TEMPORARY, written.name) if temporary else names.created(database, written)
    persistence = "temporary" if temporary else "unlogged" if "unlogged" in modifiers else "permanent"
    reader = _Reader(cursor, database, Table(name, persistence=persistence))
    reader.read()
    if temporary:
        names.see_temporary(database)
    yield CreateTable(reader.table, if_not_exists, tuple(reader.like), temporary)


class _Reader:
    def __init__(self, cursor: Cursor, database: Database, table: Table) -> None:
        self.cursor = cursor
        self.database = database
        self.table = table
        self.like: list[Name] = []
        self.definition = Definition()
        self.indexes: list[Index] = []

    def read(self) -> None:
        cursor = self.cursor
        if cursor.accept("partition", "of"):
            parent = names.relation(self.database, cursor.name())
            self.table = replace(self.table, parents=(parent,), is_partition=True)
            self.like.append(parent)
            if cursor.sees("("):
                self._partition_items(cursor.group())
        elif cursor.accept("of"):
            cursor.name()
            cursor.optional_group()
            self.table = replace(self.table, assumed=True)
        elif cursor.has("as"):
            self._as_query()
            return
        else:
            for item in cursor.group().items():
                self._item(item)
        self._options()
        self.table = replace(
            self.table,
            columns=tuple(self.definition.columns),
            constraints=tuple(self.definition.constraints),
            indexes=tuple(self.indexes),
        )

    def _item(self, item: Cursor) -> None:
        if item.sees("like") and not item.sees("(", ahead=1):
            item.take()
            self._like(item)
            return
        if starts_table_constraint(item):
            if item.sees("not", "null"):
                return
            if item.sees("constraint") and (item.sees("not", "null", ahead=2)):
                return
            self.definition.constraints.append(read_constraint(item, self.database, self.definition.known))
        else:
            read_column(item, self.database, self.definition)
        if not item.done:
            raise item.problem("expected a comma")

    def _partition_items(self, group: Cursor) -> None:
        """Column options of a partition have no type and change the inherited column; only constraints are kept."""
        for item in group.items():
            if starts_table_constraint(item):
                self.definition.constraints.append(read_constraint(item, self.database, self.definition.known))
            else:
                scratch = Definition()
                read_column(item, self.database, scratch)
                self.definition.constraints += scratch.constraints

    def _like(self, item: Cursor) -> None:
        source = names.relation(self.database, item.name())
        including: set[str] = set()
        while not item.done:
            adds = item.accept_any("including", "excluding") == "including"
            what = item.take().value
            chosen = set(_LIKE) if what == "all" else {what}
            including = including | chosen if adds else including - chosen
        found = self.database.ask(source).tables.get(source)
        if found is None:
            self.like.append(source)
            return
        self.definition.columns += [_copied(column, including) for column in found.columns]
        self.definition.known += [column.name for column in found.columns]
        kept: list[Constraint] = []
        if "constraints" in including:
            kept += found.of_kind(Check)
        if "indexes" in including:
            kept += [replace(key, name="") for key in found.of_kind(Keyed)]
            self.indexes += [replace(index, name="") for index in found.indexes]
        self.definition.constraints += kept
        if found.assumed:
            self.table = replace(self.table, assumed=True)

    def _options(self) -> None:
        cursor = self.cursor
        while not cursor.done:
            if cursor.accept("inherits"):
                parents = [names.relation(self.database, item.name()) for item in cursor.group().items()]
                self.table = replace(self.table, parents=tuple(parents))
                self.like += parents
            elif cursor.accept("partition", "by"):
                text = cursor.until("using", "with", "tablespace", "on", "server").sql()
                self.table = replace(self.table, partition_by=text)
            elif cursor.accept("for", "values"):
                cursor.until("partition", "using", "tablespace", "server")
                if cursor.sees("with", "("):
                    cursor.take()
                    cursor.group()
            elif cursor.accept_any(
                *("default", "using", "with", "without", "tablespace", "on", "server", "options", "strict", ",")
            ):
                cursor.until("partition", "inherits", "using", "tablespace", "on", "server", "options", ",")
            elif self.database.dialect not in ("postgresql", "sqlite"):
                cursor.rest()
            else:
                raise cursor.problem("expected an option of the table")

    def _as_query(self) -> None:
        cursor = self.cursor
        listed: tuple[str, ...] = identifiers(cursor) if cursor.sees("(") else ()
        cursor.until("as")
        cursor.expect("as")
        if cursor.accept("execute"):
            raise Unreadable("CREATE TABLE AS EXECUTE of a prepared statement", cursor.offset)
        query = without_options(cursor.rest())
        columns = selected(query, self.database, listed).columns
        self.table = replace(self.table, columns=columns or (), assumed=columns is None)


def _copied(column: Column, including: set[str]) -> Column:
    """A column as LIKE copies it: name, type and NOT NULL, and what is included."""
    return replace(
        column,
        default=column.default if "defaults" in including else None,
        identity=column.identity if "identity" in including else None,
        generated=column.generated if "generated" in including else None,
        comment=column.comment if "comments" in including else None,
    )
