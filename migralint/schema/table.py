"""Tables and what belongs to them. All values are immutable; a change makes a new value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import ClassVar, TypeVar

from migralint.schema.attached import Policy, Published, RewriteRule, Trigger
from migralint.schema.bare import SET
from migralint.schema.names import Name, quote


@dataclass(frozen=True, slots=True)
class Generated:
    """A generation expression (PostgreSQL docs, 5.4); `stored` is false for virtual columns (from 18)."""

    expression: str
    stored: bool = True


NAMED_NOT_NULL = 18
"""The version of PostgreSQL from which on NOT NULL is a constraint with a name."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `type` in `format_type` spelling, `default` as SQL text.

    `identity` is None, "always" or "by default"; `sequence` is what a statement calls its sequence, None once the
    column is in a table, and `sequence_options` what it says of it, () then. `inherited`: only a parent table defines
    it, and takes it along (pg_attribute.attislocal). `doubtful` marks what a conditional operation touched.
    `not_null_name` and `not_null_valid` are those of ADD CONSTRAINT ... NOT NULL (from PostgreSQL 18); `default_type`
    is the type that a string had become as its default, where the column has another type now, or that of a NULL which
    is stored as one: DEFAULT NULL of a type with a length, or of a domain. `storage` and `compression` are None for
    those of its type, `target` is that of SET STATISTICS, `options` are those of SET (...). `not_null_inherited`: NOT
    NULL is that of a parent only, and goes with it, as PostgreSQL 18 does it (before, what a table below says itself
    goes too).
    """

    name: str
    type: str
    not_null: bool = False
    default: str | None = None
    identity: str | None = None
    sequence: Name | None = None
    generated: Generated | None = None
    sequence_options: tuple[tuple[str, str], ...] = field(default=(), kw_only=True)
    collation: str | None = None
    comment: str | None = None
    doubtful: bool = False
    inherited: bool = field(default=False, compare=False)
    not_null_name: str = field(default="", compare=False)
    not_null_valid: bool = field(default=True, compare=False)
    default_type: str | None = field(default=None, compare=False)
    storage: str | None = field(default=None, compare=False)
    compression: str | None = field(default=None, compare=False, kw_only=True)
    target: int | None = field(default=None, compare=False, kw_only=True, metadata=SET)
    options: tuple[tuple[str, str], ...] = field(default=(), compare=False, kw_only=True, metadata=SET)
    not_null_inherited: bool = field(default=False, compare=False)


Marks = frozenset[str]
"""What a table takes an index for: CLUSTERED and IDENTIFIES."""

NO_MARKS: Marks = frozenset()
CLUSTERED = "clustered"
"""CLUSTER ON: the order in which CLUSTER writes the rows."""

IDENTIFIES = "identifies"
"""REPLICA IDENTITY USING INDEX."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """What all constraints share. `name` is "" until a table gives it the name the server would."""

    kind: ClassVar[str] = "constraint"
    name: str
    comment: str | None = field(default=None, compare=False, kw_only=True, metadata=SET)

    @property
    def columns_used(self) -> tuple[str, ...]:
        """The columns of its own table that it depends on."""
        return ()


@dataclass(frozen=True, slots=True)
class Keyed(Constraint):
    """PRIMARY KEY or UNIQUE: a constraint that an index of the same name enforces.

    `options`, `marks` and `index_comment` are those of that index. `without_overlaps` is that of its last column (from
    PostgreSQL 18); `inner_names` are those of an index. `adopted` is one of a partition that became part of a key of
    its parent, of whatever kind, as that was made. `number` says which index of the table was made first.
    """

    columns: tuple[str, ...]
    include: tuple[str, ...] = ()
    deferrable: bool = False
    initially: str | None = None
    without_overlaps: bool = field(default=False, kw_only=True)
    inner_names: tuple[str, ...] = field(default=(), compare=False, kw_only=True)
    adopted: bool = field(default=False, compare=False, kw_only=True)
    number: int = field(default=0, compare=False, kw_only=True)
    options: tuple[tuple[str, str], ...] = field(default=(), compare=False, kw_only=True)
    marks: Marks = field(default=NO_MARKS, compare=False, kw_only=True, metadata=SET)
    index_comment: str | None = field(default=None, compare=False, kw_only=True, metadata=SET)

    @property
    def columns_used(self) -> tuple[str, ...]:
        return self.columns + self.include

    @property
    def index(self) -> Index:
        """The index of the same name."""
        distinct = isinstance(self, Unique) and self.nulls_not_distinct
        keys = tuple(Key(column) for column in self.columns)
        return Index(self.name, keys, True, "btree", self.include, nulls_not_distinct=distinct, number=self.number)


@dataclass(frozen=True, slots=True)
class PrimaryKey(Keyed):
    """PRIMARY KEY; its columns are NOT NULL."""

    kind: ClassVar[str] = "primary_key"


@dataclass(frozen=True, slots=True)
class Unique(Keyed):
    """UNIQUE, with NULLS NOT DISTINCT from PostgreSQL 15."""

    kind: ClassVar[str] = "unique"
    nulls_not_distinct: bool = False


@dataclass(frozen=True, slots=True)
class ForeignKey(Constraint):
    """FOREIGN KEY; empty `referenced_columns` mean the primary key of `references`.

    Actions are None for NO ACTION, else "CASCADE", "SET NULL", "SET DEFAULT" or "RESTRICT"; `set_columns` are those
    that ON DELETE SET sets, where not all. `enforced` is false for NOT ENFORCED, `period` true where the last column
    has PERIOD (both from PostgreSQL 18). `rests_on` is the key or unique index that the server took for it.
    """

    kind: ClassVar[str] = "foreign_key"
    columns: tuple[str, ...]
    references: Name
    referenced_columns: tuple[str, ...] = ()
    on_delete: str | None = None
    on_update: str | None = None
    match: str | None = None
    deferrable: bool = False
    initially: str | None = None
    validated: bool = True
    enforced: bool = True
    set_columns: tuple[str, ...] = ()
    period: bool = False
    rests_on: str = field(default="", compare=False, kw_only=True)

    @property
    def columns_used(self) -> tuple[str, ...]:
        return self.columns


@dataclass(frozen=True, slots=True)
class Check(Constraint):
    """CHECK; `columns` are the columns the expression mentions, where they could be read; `enforced` as there.

    `no_inherit` keeps it from the tables below; `inherited` is as for a column.
    """

    kind: ClassVar[str] = "check"
    expression: str
    columns: tuple[str, ...] = ()
    validated: bool = True
    enforced: bool = True
    no_inherit: bool = False
    inherited: bool = field(default=False, compare=False)

    @property
    def columns_used(self) -> tuple[str, ...]:
        return self.columns


@dataclass(frozen=True, slots=True)
class Exclusion(Constraint):
    """EXCLUDE; `definition` is the text from that word on, as `pg_get_constraintdef` prints it.

    `inner_names` are as those of an index; `options`, `marks` and `index_comment` as those of a key.
    """

    kind: ClassVar[str] = "exclusion"
    definition: str
    columns: tuple[str, ...] = ()
    deferrable: bool = False
    initially: str | None = None
    where_columns: tuple[str, ...] = ()
    inner_names: tuple[str, ...] = field(default=(), compare=False, kw_only=True)
    options: tuple[tuple[str, str], ...] = field(default=(), compare=False, kw_only=True)
    marks: Marks = field(default=NO_MARKS, compare=False, kw_only=True, metadata=SET)
    index_comment: str | None = field(default=None, compare=False, kw_only=True, metadata=SET)

    @property
    def columns_used(self) -> tuple[str, ...]:
        return self.columns + self.where_columns


@dataclass(frozen=True, slots=True)
class Key:
    """One key of an index: a column, or an expression with the columns it mentions."""

    column: str | None
    expression: str | None = None
    columns: tuple[str, ...] = ()
    opclass: str | None = None
    collation: str | None = None
    descending: bool = False
    nulls_first: bool | None = None

    def __str__(self) -> str:
        text = quote(self.column) if self.column is not None else (self.expression or "")
        if self.collation:
            text += f" COLLATE {quote(self.collation)}"
        if self.opclass:
            text += f" {self.opclass}"
        if self.descending:
            text += " DESC"
        if self.nulls_first is not None and self.nulls_first != self.descending:
            text += " NULLS FIRST" if self.nulls_first else " NULLS LAST"
        return text


@dataclass(frozen=True, slots=True)
class Index:
    """An index that no constraint owns. Its schema is that of its table. `options` are those of WITH by name.

    `marks` say what its table takes it for.

    `inner_names` are what it calls its own columns, where one of the table was renamed since: copies of the index, such
    as those of partitions, are named after them. `number` is as that of a key.
    """

    name: str
    keys: tuple[Key, ...]
    unique: bool = False
    method: str = "btree"
    include: tuple[str, ...] = ()
    where: str | None = None
    where_columns: tuple[str, ...] = ()
    nulls_not_distinct: bool = False
    valid: bool = True
    options: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    inner_names: tuple[str, ...] = field(default=(), compare=False, kw_only=True)
    number: int = field(default=0, compare=False, kw_only=True)
    marks: Marks = field(default=NO_MARKS, compare=False, kw_only=True, metadata=SET)
    comment: str | None = field(default=None, compare=False, kw_only=True, metadata=SET)

    @property
    def columns_used(self) -> tuple[str, ...]:
        """Columns whose drop takes the index along."""
        keys = [c for k in self.keys for c in ((k.column,) if k.column is not None else k.columns)]
        return (*keys, *self.include, *self.where_columns)


@dataclass(frozen=True, slots=True)
class Statistics:
    """CREATE STATISTICS; a name without a text asks for an automatic one, `kinds` are those that are listed.

    `target` is what ALTER STATISTICS sets.
    """

    name: Name
    keys: tuple[Key, ...]
    kinds: tuple[str, ...] = ()
    target: int | None = None
    comment: str | None = field(default=None, compare=False, kw_only=True, metadata=SET)

    @property
    def columns_used(self) -> tuple[str, ...]:
        """Columns whose drop takes it along."""
        return tuple(c for k in self.keys for c in ((k.column,) if k.column is not None else k.columns))


C = TypeVar("C", bound=Constraint)


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its columns in order.

    `assumed` marks a table that no revision creates: more columns than the listed ones may exist.
    `partition_by` is the text after PARTITION BY; `parents` the tables it inherits from or is a partition of;
    `partition_bound` is FOR VALUES ... or DEFAULT of a partition, None where that is not known. `options` are the
    storage parameters by name; `replica_identity` is "", FULL, NOTHING, or INDEX for the one that is marked so;
    `published` are the publications that name it.
    """

    name: Name
    columns: tuple[Column, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    indexes: tuple[Index, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    policies: tuple[Policy, ...] = ()
    statistics: tuple[Statistics, ...] = field(default=(), kw_only=True)
    row_security: bool = False
    row_security_forced: bool = field(default=False, kw_only=True)
    comment: str | None = None
    partition_by: str | None = None
    parents: tuple[Name, ...] = ()
    is_partition: bool = False
    partition_bound: str | None = field(default=None, kw_only=True)
    persistence: str = "permanent"
    options: tuple[tuple[str, str], ...] = field(default=(), compare=False, kw_only=True)
    replica_identity: str = field(default="", compare=False, kw_only=True, metadata=SET)
    rules: tuple[RewriteRule, ...] = field(default=(), compare=False, kw_only=True, metadata=SET)
    published: tuple[Published, ...] = field(default=(), compare=False, kw_only=True, metadata=SET)
    assumed: bool = False
    doubtful: bool = False

    def column(self, name: str) -> Column | None:
        """The column of that name, or None."""
        return next((c for c in self.columns if c.name == name), None)

    def constraint(self, name: str) -> Constraint | None:
        """The constraint of that name, or None."""
        return next((c for c in self.constraints if c.name == name), None)

    def names_constraint(self, name: str) -> bool:
        """Whether a constraint has this name, one that is NOT NULL counted too."""
        return name in [one.name for one in self.constraints] or name in [one.not_null_name for one in self.columns]

    def index(self, name: str) -> Index | None:
        """The index of that name that no constraint owns, or None."""
        return next((i for i in self.indexes if i.name == name), None)

    def next_number(self) -> int:
        """The number of the index that is made next, beside those that keys have."""
        numbers = [*(key.number for key in self.of_kind(Keyed)), *(index.number for index in self.indexes)]
        return 1 + max(numbers, default=0)

    @property
    def primary_key(self) -> PrimaryKey | None:
        """The primary key, or None."""
        return next((c for c in self.constraints if isinstance(c, PrimaryKey)), None)

    def of_kind(self, kind: type[C]) -> Iterator[C]:
        """Constraints of one class, in order of creation."""
        return (c for c in self.constraints if isinstance(c, kind))

    def with_column(self, column: Column) -> Table:
        """The table with this column put in place of the one of its name, or added at the end."""
        if self.column(column.name) is None:
            return replace(self, columns=(*self.columns, column))
        return replace(self, columns=tuple(column if c.name == column.name else c for c in self.columns))
