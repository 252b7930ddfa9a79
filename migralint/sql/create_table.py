"""CREATE TABLE in all its forms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from migralint.operations import CreateTable, Database, Operation
from migralint.schema import Check, Column, Constraint, Exclusion, Index, Keyed, Name, OtherType, Statistics, Table
from migralint.schema.bare import bare
from migralint.schema.names import TEMPORARY
from migralint.sql import names
from migralint.sql.columns import (
    Definition,
    read_bound,
    read_column,
)
from migralint.sql.constraints import read_constraint, starts_table_constraint
from migralint.sql.cursor import Cursor
from migralint.sql.options import read_options
from migralint.sql.queries.shape import UNKNOWN_TYPE
from migralint.sql.relations import read_relations
from migralint.sql.selected import selected
from migralint.sql.sequences import copied_options
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
    recounted, regenerated = frozenset(reader.recounted), frozenset(reader.regenerated)
    yield CreateTable(
        reader.table,
        if_not_exists,
        tuple(reader.like),
        temporary,
        recounted,
        reader.reads,
        reader.alike,
        regenerated,
        len(reader.keys),
        tuple(pair for pair in reader.not_null if pair[0] not in reader.definition.known),
    )


class _Reader:
    def __init__(self, cursor: Cursor, database: Database, table: Table) -> None:
        self.cursor = cursor
        self.database = database
        self.table = table
        self.like: list[Name] = []
        self.reads: tuple[Name, ...] = ()
        self.alike: tuple[Name, ...] = ()
        self.definition = Definition()
        self.indexes: list[Index] = []
        self.keys: list[Constraint] = []
        self.statistics: list[Statistics] = []
        self.not_null: list[tuple[str, str]] = []
        self.recounted: list[str] = []
        self.regenerated: list[str] = []

    def read(self) -> None:
        cursor = self.cursor
        if cursor.accept("partition", "of"):
            parent = names.relation(self.database, cursor.name())
            self.table = replace(self.table, parents=(parent,), is_partition=True)
            self.like.append(parent)
            if cursor.sees("("):
                self._additions(cursor.group())
        elif cursor.accept("of"):
            self._of(names.user_type(self.database, cursor.name()))
            if cursor.sees("("):
                self._additions(cursor.group())
        elif cursor.has("as"):
            self._as_query()
            return
        else:
            for item in cursor.group().items():
                self._item(item)
        self._options()
        for column, name in self.not_null:
            self.definition.not_null(column, name)
        self.table = replace(
            self.table,
            columns=tuple(map(self._overriding, self.definition.columns)),
            constraints=(*self.definition.constraints, *self.keys),
            indexes=tuple(self.indexes),
            statistics=tuple(self.statistics),
        )

    def _overriding(self, column: Column) -> Column:
        """DEFAULT NULL is said of a column where it takes the place of a parent's default."""
        above = self.table.parents and column.name in self.definition.without_default
        return replace(column, default="NULL") if above else column

    def _item(self, item: Cursor) -> None:
        if item.sees("like") and not item.sees("(", ahead=1):
            item.take()
            self._like(item)
            return
        if starts_table_constraint(item):
            self._constraint(item)
        else:
            read_column(item, self.database, self.definition)
        if not item.done:
            raise item.problem("expected a comma")

    def _constraint(self, item: Cursor) -> None:
        if item.sees("not", "null", ahead=2 if item.sees("constraint") else 0):
            name = item.identifier() if item.accept("constraint") else ""
            item.expect("not", "null")
            self.not_null.append((item.identifier(), name))
            item.accept("no", "inherit")
        else:
            self.definition.constraints.append(read_constraint(item, self.database, self.definition.known))

    def _of(self, name: Name) -> None:
        """The columns of a typed table are the attributes of its type."""
        found = self.database.ask(name).types.get(name)
        attributes = found.attributes if isinstance(found, OtherType) else ()
        self.definition.columns += [Column(attribute, kind) for attribute, kind in attributes]
        self.definition.known += [attribute for attribute, _ in attributes]
        self.table = replace(self.table, assumed=not attributes)

    def _additions(self, group: Cursor) -> None:
        """What a partition or a typed table adds to columns that it has from elsewhere: they have no type here."""
        for item in group.items():
            if starts_table_constraint(item):
                self._constraint(item)
                continue
            written = Definition(known=self.definition.known)
            read_column(item, self.database, written)
            self.definition.constraints += written.constraints
            self.definition.without_default |= written.without_default
            column = written.columns[0]
            same = next((n for n, c in enumerate(self.definition.columns) if c.name == column.name), None)
            if same is None:
                self.definition.columns.append(column)
            else:
                self.definition.columns[same] = replace(column, type=self.definition.columns[same].type)

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
        self.alike += (source,)
        self.definition.columns += [self._copied(found, column, including) for column in found.columns]
        self.definition.known += [column.name for column in found.columns]
        self.recounted += [c.name for c in found.columns if c.identity and "identity" in including]
        self.regenerated += [c.name for c in found.columns if c.generated and "generated" in including]
        if "constraints" in including:
            self.definition.constraints += [
                replace(check, inherited=False, comment=check.comment if "comments" in including else None)
                for check in found.of_kind(Check)
            ]
        if "indexes" in including:
            said = "comments" in including
            for key in found.constraints:
                if isinstance(key, Keyed | Exclusion):
                    comment = key.index_comment if said else None
                    self.keys.append(replace(bare(key), name="", index_comment=comment))
            for index in found.indexes:
                self.indexes.append(replace(bare(index), name="", comment=index.comment if said else None))
        if "statistics" in including:
            unnamed = Name(self.table.name.schema, "")
            order = {column.name: number for number, column in enumerate(found.columns)}
            for one in found.statistics:  # which are kept in the order of the table, expressions after columns
                keys = sorted(one.keys, key=lambda key: order.get(key.column or "", len(order)))
                comment = one.comment if "comments" in including else None
                self.statistics.append(replace(one, name=unnamed, keys=tuple(keys), target=None, comment=comment))
        if found.assumed:
            self.table = replace(self.table, assumed=True)

    def _copied(self, source: Table, column: Column, including: set[str]) -> Column:
        copy = _copied(column, including)
        owned = (source.name, column.name)
        sequences = self.database.ask(source.name).sequences.values() if copy.identity else ()
        counting = next((one for one in sequences if one.identity and one.owned_by == owned), None)
        return copy if counting is None else replace(copy, sequence_options=copied_options(counting))

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
            elif cursor.sees("for", "values") or (cursor.sees("default") and self.table.is_partition):
                self.table = replace(self.table, partition_bound=read_bound(cursor))
            elif cursor.accept("with"):
                self._parameters(cursor)
            elif cursor.accept_any(
                *("default", "using", "without", "tablespace", "on", "server", "options", "strict", ",")
            ):
                cursor.until("partition", "inherits", "using", "tablespace", "on", "server", "options", ",")
            elif self.database.dialect not in ("postgresql", "sqlite"):
                cursor.rest()
            else:
                raise cursor.problem("expected an option of the table")

    def _parameters(self, cursor: Cursor) -> None:
        """After WITH: storage parameters; OIDS are none since PostgreSQL 12."""
        said = read_options(cursor.group())
        said.pop("oids", None)
        self.table = replace(self.table, options=tuple(said.items()))

    def _as_query(self) -> None:
        cursor = self.cursor
        listed: tuple[str, ...] = cursor.identifiers() if cursor.sees("(") else ()
        while not cursor.sees("as") and not cursor.done:
            if cursor.accept("with"):
                self._parameters(cursor)
            else:
                cursor.skip_one()
        cursor.expect("as")
        if cursor.accept("execute"):  # of a statement that was prepared elsewhere
            cursor.rest()
            unknown = tuple(Column(name, UNKNOWN_TYPE, doubtful=True) for name in listed)
            self.table = replace(self.table, columns=unknown, assumed=True)
            return
        query = without_options(cursor.rest())
        self.reads = tuple(dict.fromkeys(names.relation(self.database, used) for used in read_relations(query)))
        columns = selected(query, self.database, listed).columns
        self.table = replace(self.table, columns=columns or (), assumed=columns is None)


def _copied(column: Column, including: set[str]) -> Column:
    """A column as LIKE copies it: name, type and NOT NULL, and what is included."""
    return replace(
        bare(column),
        default=column.default if "defaults" in including else None,
        identity=column.identity if "identity" in including else None,
        generated=column.generated if "generated" in including else None,
        comment=column.comment if "comments" in including else None,
        storage=column.storage if "storage" in including else None,
        compression=column.compression if "compression" in including else None,
        default_type=column.default_type if "defaults" in including else None,
        inherited=False,
        not_null_valid=True,
        not_null_inherited=False,
    )
