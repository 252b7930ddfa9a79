"""Operations drawn against the state on paper, so that most of them can be applied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from hypothesis import strategies as st

from migralint.operations import (
    AddColumn,
    AlterColumn,
    CreateConstraint,
    CreateIndex,
    CreateTable,
    CreateView,
    DropColumn,
    DropConstraint,
    DropIndex,
    DropTable,
    Operation,
    RenameConstraint,
    RenameIndex,
    RenameTable,
    ValidateConstraint,
)
from migralint.schema import (
    Check,
    Column,
    Constraint,
    ForeignKey,
    Index,
    Key,
    Keyed,
    Name,
    PrimaryKey,
    Schema,
    Table,
    Unique,
    View,
)
from migralint.schema.names import quote

V = TypeVar("V")
LONG = "a_name_that_is_long_enough_to_be_cut_when_more_is_appended_here"  # 63 bytes
WIDE = "ä" * 31
TABLES = ["t", "u", "T x", LONG, LONG[:50], WIDE]
COLUMNS = ["id", "a", "b", "a1", "Big", LONG, LONG[:40], WIDE, WIDE[:28]]
TYPES = ["integer", "bigint", "text", "character varying(20)", "numeric(10,2)", "timestamp with time zone"]
NAMES = ["t_a_key", "t_a_idx", "t_id_seq", "t_pkey", "u_a_check", "named", LONG]


class Drawn:
    """Draws the next operation for a state."""

    def __init__(self, data: st.DataObject) -> None:
        self._data = data

    def pick(self, values: Sequence[V]) -> V:
        return self._data.draw(st.sampled_from(list(values)))

    def chance(self) -> bool:
        return self._data.draw(st.booleans())

    def operation(self, schema: Schema) -> Operation:
        if not schema.tables:
            return self._create_table(schema)
        kinds = [
            self._create_table,
            self._add_column,
            self._constraint,
            self._constraint,
            self._index,
            self._index,
            self._drop_column,
            self._drop_table,
            self._drop_constraint,
            self._drop_index,
            self._rename,
            self._rename_part,
            self._alter,
            self._view,
        ]
        return self.pick(kinds)(schema)

    def _name(self) -> Name:
        return Name("public", self.pick(TABLES))

    def _table(self, schema: Schema) -> Table:
        return self.pick(list(schema.tables.values()))

    def _column(self, name: str) -> Column:
        type_ = self.pick([*TYPES, "serial"])
        if type_ == "serial":
            return Column(name, type_)
        if type_ in ("integer", "bigint") and self.chance():
            return Column(name, type_, identity=self.pick(["always", "by default"]))
        default = self.pick([None, "1" if type_ in ("integer", "bigint", "numeric(10,2)") else None])
        return Column(name, type_, not_null=default is not None and self.chance(), default=default)

    def _create_table(self, schema: Schema) -> Operation:
        names = self._data.draw(st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=4, unique=True))
        columns = tuple(self._column(n) for n in names)
        table = Table(self._name(), columns)
        constraints: list[Constraint] = []
        if self.chance():
            constraints.append(PrimaryKey("", (names[0],)))
        constraints += [self._a_constraint(schema, table) for _ in range(self._data.draw(st.integers(0, 2)))]
        return CreateTable(Table(table.name, columns, tuple(constraints)))

    def _a_constraint(self, schema: Schema, table: Table) -> Constraint:
        name = self.pick(["", "", "", *NAMES])
        columns = self._data.draw(
            st.lists(st.sampled_from([c.name for c in table.columns]), min_size=1, max_size=2, unique=True)
        )
        kind = self.pick(["unique", "check", "foreign_key", "primary_key"])
        targets = [t for t in schema.tables.values() if t.primary_key and len(t.primary_key.columns) == 1]
        if kind == "foreign_key" and targets:
            target = self.pick(targets)
            return ForeignKey(name, (columns[0],), target.name, validated=True)
        if kind == "primary_key":
            return PrimaryKey(name, tuple(columns))
        if kind == "check":
            text = " OR ".join(f"{quote(c)} IS NOT NULL" for c in columns)
            return Check(name, text, tuple(columns))
        return Unique(name, tuple(columns))

    def _add_column(self, schema: Schema) -> Operation:
        table, column = self._table(schema), self._column(self.pick(COLUMNS))
        inline: list[Constraint] = []
        if self.chance():
            inline.append(Unique("", (column.name,)))
        if self.chance():
            inline.append(Check("", f"{quote(column.name)} IS NOT NULL", (column.name,)))
        return AddColumn(table.name, column, tuple(inline))

    def _constraint(self, schema: Schema) -> Operation:
        table = self._table(schema)
        if not table.columns:
            return DropTable(table.name)
        unvalidated = [c.name for c in table.constraints if isinstance(c, ForeignKey | Check)]
        if unvalidated and self.pick([False, False, True]):
            return ValidateConstraint(table.name, self.pick(unvalidated))
        return CreateConstraint(table.name, self._a_constraint(schema, table))

    def _index(self, schema: Schema) -> Operation:
        table = self._table(schema)
        if not table.columns:
            return DropTable(table.name)
        names = [c.name for c in table.columns]
        columns = self._data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=3))
        keys = [Key(c) for c in columns]
        if self.chance():
            keys.append(Key(None, f"COALESCE({quote(names[0])}, {quote(names[0])})", (names[0],)))
        where = self.pick([None, f"{quote(names[-1])} IS NOT NULL"])
        index = Index(
            self.pick(["", "", "", *NAMES]),
            tuple(keys),
            unique=self.chance(),
            include=(names[-1],) if self.chance() else (),
            where=where,
            where_columns=(names[-1],) if where else (),
        )
        return CreateIndex(table.name, index)

    def _drop_column(self, schema: Schema) -> Operation:
        table = self._table(schema)
        names = [c.name for c in table.columns] or ["id"]
        return DropColumn(table.name, self.pick(names), cascade=self.chance())

    def _drop_table(self, schema: Schema) -> Operation:
        return DropTable(self._table(schema).name, cascade=self.chance())

    def _drop_constraint(self, schema: Schema) -> Operation:
        table = self._table(schema)
        names = [c.name for c in table.constraints] or ["named"]
        return DropConstraint(table.name, self.pick(names), cascade=self.chance())

    def _drop_index(self, schema: Schema) -> Operation:
        table = self._table(schema)
        keys = [c.name for c in table.of_kind(Keyed)]
        return DropIndex(Name("public", self.pick([i.name for i in table.indexes] + keys or ["named"])), table.name)

    def _rename(self, schema: Schema) -> Operation:
        return RenameTable(self._table(schema).name, self._name())

    def _rename_part(self, schema: Schema) -> Operation:
        table = self._table(schema)
        choices: list[Operation] = [
            AlterColumn(table.name, c.name, new_name=self.pick(COLUMNS)) for c in table.columns[:1]
        ]
        choices += [RenameConstraint(table.name, c.name, self.pick(NAMES)) for c in table.constraints]
        choices += [RenameIndex(Name("public", i.name), self.pick(NAMES)) for i in table.indexes]
        choices += [RenameIndex(Name("public", c.name), self.pick(NAMES)) for c in table.of_kind(Keyed)]
        return self.pick(choices or [DropTable(table.name)])

    def _alter(self, schema: Schema) -> Operation:
        table = self._table(schema)
        if not table.columns:
            return DropTable(table.name)
        column = self.pick(table.columns)
        kind = self.pick(["type", "not_null", "default", "identity", "comment"])
        if kind == "type":
            return AlterColumn(table.name, column.name, type=self.pick(TYPES), using="NULL")
        if kind == "not_null":
            return AlterColumn(table.name, column.name, not_null=self.chance())
        if kind == "default":
            return AlterColumn(table.name, column.name, default=self.pick([None, "NULL"]))
        if kind == "identity":
            return AlterColumn(table.name, column.name, identity=self.pick([None, "always"]))
        return AlterColumn(table.name, column.name, comment="x")

    def _view(self, schema: Schema) -> Operation:
        table = self._table(schema)
        text = f'SELECT 1 AS one FROM "public".{quote(table.name.name)}'
        return CreateView(View(Name("public", self.pick(["v", "w"])), text, uses=(table.name,)))
