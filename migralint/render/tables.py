"""CREATE TABLE, and which columns it can write as serial or identity without naming their sequence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from collections.abc import Sequence as Ordered
from dataclasses import replace

from migralint.render.calls import in_sql
from migralint.render.clauses import column, constraint, options, sequence_options
from migralint.schema import Check, Column, Constraint, ForeignKey, Keyed, Name, Schema, Sequence, Table
from migralint.schema.names import TEMPORARY, next_value, object_name, quote
from migralint.schema.types import SERIALS

_SERIAL_OF = {base: serial for serial, base in SERIALS.items()}


class Serials:
    """The sequences of a schema by how they come to be: with their column, or by CREATE SEQUENCE (`free`)."""

    def __init__(self, schema: Schema) -> None:
        self._default = schema.default_schema
        self._owned = [s for s in schema.sequences.values() if s.owned_by]
        self._uses = Counter(c.default for t in schema.tables.values() for c in t.columns if c.default)
        serial = {
            sequence.name
            for table in schema.tables.values()
            for one in table.columns
            if (sequence := self.sequence(table.name, one))
        }
        self.free = [
            s
            for s in schema.sequences.values()
            if not s.identity and s.name not in serial and s.name.schema != TEMPORARY
        ]

    def sequence(self, table: Name, value: Column) -> Sequence | None:
        """The sequence that writing the column as serial makes, where that is the whole truth about it."""
        owned = (s for s in self._owned if s.owned_by == (table, value.name) and not s.identity)
        sequence = next((s for s in owned if value.default == self._next(s)), None)
        if sequence is None or value.type not in _SERIAL_OF or not value.not_null:
            return None
        usual = Name(table.schema, object_name(table.name, value.name, "seq"))
        used_here = value.default is not None and self._uses[value.default] == 1
        plain = sequence.options == ((("type", value.type),) if value.type != "bigint" else ())
        return sequence if sequence.name == usual and used_here and plain else None

    def _next(self, sequence: Sequence) -> str:
        """The default of a serial column."""
        return next_value(sequence.name, self._default)

    def column(self, table: Table, value: Column) -> str:
        """The column of CREATE TABLE."""
        if self.sequence(table.name, value):
            return f"{quote(value.name)} {_SERIAL_OF[value.type]} NOT NULL"
        if not value.identity:
            return column(value, self._default)
        sequence = self._identity(table, value)
        if sequence is None and table.parents:  # a child has the column of its parent without the identity
            return column(replace(value, identity=None), self._default)
        if sequence is None:
            return column(value, self._default)
        return column(replace(value, sequence=sequence.name, sequence_options=sequence.options), self._default)

    def _identity(self, table: Table, value: Column) -> Sequence | None:
        """The sequence of an identity column."""
        owned = (s for s in self._owned if s.owned_by == (table.name, value.name) and s.identity)
        return next(owned, None)

    def retyped(self, table: Table) -> Iterator[str]:
        """What makes an identity count in another type than that of its column, as LIKE does."""
        for value in table.columns:
            sequence = self._identity(table, value) if value.identity else None
            kind = dict(sequence.options).get("type", "bigint") if sequence is not None else value.type
            if sequence is not None and kind != value.type:
                options = sequence_options({**dict(sequence.options), "type": kind})
                yield f"ALTER SEQUENCE {in_sql(sequence.name, self._default)}{options}"


def as_serial(value: Column) -> Column:
    """The column of CREATE TABLE that comes with its sequence."""
    return replace(value, type=_SERIAL_OF[value.type], default=None)


def without_unknown(table: Table) -> Table:
    """A table with text in place of types that are not known.

    One that no revision creates also loses the constraints and indexes on columns that are not known either.
    """
    if unknown_types(table):
        columns = tuple(replace(c, type=_UNKNOWN.sub("text", c.type)) for c in table.columns)
        table = replace(table, columns=columns)
    if not table.assumed:
        return table
    known = {one.name for one in table.columns}
    return replace(
        table,
        constraints=tuple(c for c in table.constraints if c.columns_used and known.issuperset(c.columns_used)),
        indexes=tuple(i for i in table.indexes if known.issuperset(i.columns_used)),
    )


_UNKNOWN = re.compile(r"\Aunknown(?=\Z|\[)")


def unknown_types(table: Table) -> list[str]:
    """The columns whose types are not known."""
    return [column.name for column in table.columns if _UNKNOWN.match(column.type)]


def create_table(table: Table, default: str, serials: Serials, *, foreign_keys: bool, inherits: bool = False) -> str:
    """CREATE TABLE with all that is not left to `later_constraints`; foreign keys where asked for.

    With `inherits` the table has from its parents what is theirs.
    """
    if table.partition_bound is not None:  # it is attached later, and then has the identities of its parent
        table = replace(table, columns=tuple(replace(c, identity=None) for c in table.columns))
    table = replace(table, columns=tuple(replace(c, storage=None, compression=None) for c in table.columns))
    lines = [serials.column(table, one) for one in table.columns if not (inherits and one.inherited)]
    later = later_constraints(table)
    for one in table.constraints:
        if inherits and isinstance(one, Check) and one.inherited:
            continue
        if foreign_keys or not (isinstance(one, ForeignKey) or one in later):
            lines.append(constraint(one, default))
    text = "CREATE UNLOGGED TABLE" if table.persistence == "unlogged" else "CREATE TABLE"
    body = ",".join(f"\n    {line}" for line in lines)
    text += f" {in_sql(table.name, default)} ({body}\n)"
    if inherits:
        text += f" INHERITS ({', '.join(in_sql(parent, default) for parent in table.parents)})"
    text += f" PARTITION BY {table.partition_by}" if table.partition_by else ""
    return text + (f" WITH ({options(table.options)})" if table.options else "")


def can_inherit(table: Table, parents: Ordered[Table]) -> bool:
    """Whether CREATE TABLE ... INHERITS gives its columns the order that they have."""
    above: dict[str, Column] = {}
    for parent in parents:
        for one in parent.columns:
            first = above.setdefault(one.name, one)
            if (first.default, first.generated) != (one.default, one.generated):
                return False
    own = {one.name: one for one in table.columns}
    if any(name not in own or own[name].generated != one.generated for name, one in above.items()):
        return False
    return [*above, *(name for name in own if name not in above)] == list(own)


def of_its_own(table: Table, parents: Ordered[Table], default: str) -> Iterator[str]:
    """What a table made by INHERITS has otherwise than its parents, in columns that are theirs."""
    alter = f"ALTER TABLE ONLY {in_sql(table.name, default)} ALTER COLUMN"
    for one in table.columns:
        found = [above for parent in parents if (above := parent.column(one.name)) is not None]
        if not one.inherited or not found:
            continue
        if one.default != found[0].default:
            value = "DROP DEFAULT" if one.default is None else f"SET DEFAULT {one.default}"
            yield f"{alter} {quote(one.name)} {value}"
        if one.not_null and not any(above.not_null for above in found):
            yield f"{alter} {quote(one.name)} SET NOT NULL"


def later_constraints(table: Table) -> list[Constraint]:
    """What is added to the table: checks that are not validated, and keys from the first that repeats columns on.

    CREATE TABLE makes two equal keys once; the keys after it follow so that they keep their order.
    """
    columns: set[tuple[str, ...]] = set()
    repeated = False
    later: list[Constraint] = []
    for one in table.constraints:
        if isinstance(one, Check) and not one.validated:
            later.append(one)
        elif isinstance(one, Keyed):
            repeated = repeated or one.columns in columns
            columns.add(one.columns)
            if repeated:
                later.append(one)
    return later
