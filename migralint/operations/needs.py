"""What PostgreSQL looks at before it changes or drops a column, makes a foreign key, or changes a type.

Compared with a server (`tests/sql/scripts/refusals.sql`). Each answer is for certain: without complete knowledge there
is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from migralint.operations.base import CannotApply, ObjectRef
from migralint.operations.dependents import policies_reading
from migralint.operations.inheritance import certain
from migralint.operations.keys import refuse_keys_of
from migralint.operations.query_texts import as_text, mentions
from migralint.operations.rewrite_rules import rules_reading
from migralint.operations.row_types import refuse_row_users
from migralint.schema import Check, Column, EnumType, ForeignKey, Index, Keyed, Name, Schema, Table
from migralint.schema.casts import assignable, referable
from migralint.schema.conversion import base_type, user_type
from migralint.schema.kinds import UNKNOWN, asserted, beside_strings, compared_with_strings, expression_type
from migralint.schema.methods import collatable
from migralint.schema.types import SERIALS, parse


class Need(NamedTuple):
    """Something that needs a column: its kind and its name, with the table where it is not on the same one."""

    kind: str
    name: str
    on: Name | None = None

    def __str__(self) -> str:
        return f"{self.kind} {self.name}" + (f" of {self.on}" if self.on is not None else "")


def needs(schema: Schema, table: Table, column: str) -> Iterator[Need]:
    """What needs a column, beside keys, checks and indexes, which follow it."""
    for view in schema.views.values():
        if (table.name, column) in view.reads and not view.doubtful:
            yield Need("view", str(view.name))
    for other in table.columns:
        if other.generated and other.name != column and mentions(other.generated.expression, column):
            yield Need("generated column", other.name)
    for policy in table.policies:
        if mentions(policy.using or "", column) or mentions(policy.check or "", column):
            yield Need("policy", policy.name)
    for owner, policy in policies_reading(schema, table.name, column):
        if owner != table.name or not (mentions(policy.using or "", column) or mentions(policy.check or "", column)):
            yield Need("policy", policy.name, owner)
    for trigger in table.triggers:
        if column in trigger.columns:
            yield Need("trigger", trigger.name)
    for rule in table.rules:
        if column in rule.columns:
            yield Need("rule", rule.name)
    for owner, rule in rules_reading(schema, table.name, column):
        yield Need("rule", rule.name, owner)
    for one in table.published:
        if column in one.columns_used:
            yield Need("publication", one.publication)


def held(schema: Schema, table: Table, column: Column, new: str) -> Iterator[Check | Index]:
    """Checks and indexes that compare a column of an enum with its labels, which another type is not compared with
    unless an operator of the project's own takes both.
    """
    kind = parse(column.type)
    if not isinstance(user_type(schema, kind), EnumType) or parse(new).base == kind.base:
        return
    functions = (function for several in schema.functions.values() for function in several)
    if any({new, column.type} <= {*function.arguments} for function in functions):
        return
    parts: list[Check | Index] = [*table.of_kind(Check), *table.indexes]
    for part in parts:
        texts = [part.expression] if isinstance(part, Check) else [part.where, *(key.expression for key in part.keys)]
        if any(text and column.name in beside_strings(text) | compared_with_strings(text) for text in texts):
            yield part


def refuse_schema(schema: Schema, name: Name) -> None:
    """A schema that is not there; those of the system and of temporary objects always are."""
    if schema.dialect != "postgresql" or name.schema in schema.schemas:
        return
    if not name.schema.startswith("pg_") and name.schema != "information_schema":
        raise CannotApply("missing", ObjectRef("schema", None, name.schema), "no such schema")


def refuse_persistence(schema: Schema, table: Table, wanted: str) -> None:
    """What stands against SET LOGGED and SET UNLOGGED: what stays after a crash references only what stays too."""
    if not certain(schema, table) or table.persistence == wanted:
        return
    reference = ObjectRef("table", table.name)
    if table.persistence == "temporary":
        raise CannotApply("invalid", reference, "it is temporary")
    if wanted == "unlogged" and table.published:
        raise CannotApply(
            "invalid",
            reference,
            f"publication {table.published[0].publication} names it",
            condition="object_not_in_prerequisite_state",
        )
    if wanted == "permanent":
        linked = [schema.tables.get(key.references) for key in table.of_kind(ForeignKey)]
    else:
        linked = [o for o in schema.tables.values() if any(k.references == table.name for k in o.of_kind(ForeignKey))]
    for other in linked:
        if other is not None and other.name != table.name and other.persistence != wanted:
            raise CannotApply("invalid", reference, f"a foreign key joins it and {other.name}, which is not {wanted}")
    refuse_row_users(schema, table, reference)


def refuse_identity(schema: Schema, table: Table, column: Column) -> None:
    """An identity column counts in integers, not in a domain over them."""
    counting = (*SERIALS.values(), "unknown")
    if column.identity and column.type not in counting and not column.doubtful and certain(schema, table):
        reference = ObjectRef("column", table.name, column.name)
        raise CannotApply(
            "invalid",
            reference,
            f"an identity column cannot be of type {column.type}",
            condition="invalid_parameter_value",
        )


def refuse_virtual(schema: Schema, table: Table, columns: Iterable[str], reference: ObjectRef) -> None:
    """No index holds a virtual generated column (PostgreSQL docs, 5.4)."""
    for name in columns if certain(schema, table) else ():
        column = table.column(name)
        if column is not None and column.generated is not None and not column.generated.stored:
            raise CannotApply(
                "invalid", reference, f"{name} is a virtual generated column", condition="feature_not_supported"
            )


def refuse_type_change(schema: Schema, table: Table, column: Column, new: str, using: str | None) -> None:
    """What stands against ALTER COLUMN ... TYPE."""
    if not certain(schema, table) or column.doubtful:
        return
    reference = ObjectRef("column", table.name, column.name)
    if found := next(needs(schema, table, column.name), None):
        raise CannotApply("invalid", reference, f"{found} uses it", condition="feature_not_supported")
    refuse_row_users(schema, table, reference)
    if using is not None and column.generated is not None:
        raise CannotApply("invalid", reference, "it is a generated column, which has no USING")
    conditions = [(c.name, c.expression) for c in table.of_kind(Check)]
    conditions += [(index.name, index.where) for index in table.indexes if index.where is not None]
    if base_type(schema, parse(new)) != parse("boolean"):
        for name, condition in conditions:
            if column.name in asserted(condition):
                raise CannotApply("invalid", reference, f"it is a condition in {name}, which no {new} is")
    if collatable(schema, column.type) and collatable(schema, new) is False:
        keys = [(index.name, key.expression) for index in table.indexes for key in index.keys if key.expression]
        for name, expression in (*conditions, *keys):
            if column.name in beside_strings(expression):
                raise CannotApply(
                    "invalid",
                    reference,
                    f"{name} puts a string in place of it, which is no {new}",
                    condition="datatype_mismatch",
                )
        enum = isinstance(user_type(schema, parse(new)), EnumType)
        parts = [(index.name, index.where) for index in table.indexes if index.where is not None] + keys
        for name, expression in parts if enum else ():
            if as_text(expression or "", column.name) != expression:
                detail = f"{name} would cast it to text, which is not immutable for {new}"
                raise CannotApply("invalid", reference, detail, condition="invalid_object_definition")
    for part in held(schema, table, column, new):
        detail = f"{part.name} compares it with labels of {column.type}"
        raise CannotApply("invalid", reference, detail, condition="undefined_function")
    kept = column.generated is None or column.generated.stored
    if using is None and kept and assignable(schema, column.type, new) is False:
        raise CannotApply(
            "invalid", reference, f"{column.type} is not cast to {new} without USING", condition="datatype_mismatch"
        )
    kind = _type_of_default(schema, table, column)
    if kind is not None and assignable(schema, kind, new) is False:
        if column.generated is not None:
            raise CannotApply(
                "invalid",
                reference,
                f"what it is generated from is {kind}, which is not cast to {new}",
                condition="feature_not_supported",
            )
        raise CannotApply(
            "invalid",
            reference,
            f"its default {column.default or 'NULL'} is not cast to {new}: drop it first",
            condition="datatype_mismatch",
        )
    refuse_keys_of(schema, table, column.name, new)
    for owner in schema.tables.values():
        for key in owner.of_kind(ForeignKey):
            _refuse_key(schema, reference, owner, key, (table.name, column.name, new))


def _type_of_default(schema: Schema, table: Table, column: Column) -> str | None:
    """The type of a default or generation expression; a string has become one of the column's type when it was set."""
    if column.generated is None and column.default is None:
        return column.default_type
    if column.generated is not None:
        kind = expression_type(column.generated.expression, _column_types(schema, table))
    else:
        kind = expression_type(column.default) if column.default is not None else None
    return column.default_type or column.type if kind == UNKNOWN else kind


def _column_types(schema: Schema, table: Table) -> dict[str, str]:
    return {c.name: str(base_type(schema, parse(c.type))) for c in table.columns if not c.doubtful}


def refuse_default(schema: Schema, table: Table, column: Column) -> None:
    """A default of a type that the column does not take."""
    if column.default is None or column.generated is not None or column.doubtful or not certain(schema, table):
        return
    kind = expression_type(column.default)
    wanted = SERIALS.get(column.type, column.type)
    if kind is not None and kind != UNKNOWN and assignable(schema, kind, wanted) is False:
        reference = ObjectRef("column", table.name, column.name)
        raise CannotApply(
            "invalid", reference, f"its default {column.default} is {kind}, which is not cast to {wanted}"
        )
    enum = user_type(schema, parse(wanted))
    if isinstance(enum, EnumType) and not (enum.doubtful or enum.partial or parse(wanted).dimensions):
        said = _STRING.fullmatch(column.default)
        if said is not None and said[1].replace("''", "'") not in enum.labels:
            detail = f"its default {said[0]} is no label of {enum.name}"
            reference = ObjectRef("column", table.name, column.name)
            raise CannotApply("invalid", reference, detail, condition="invalid_text_representation")


_STRING = re.compile(r"'((?:[^']|'')*)'")
"""A string that takes the type of its column."""


def refuse_generated(schema: Schema, table: Table, column: Column, reads: Iterable[str]) -> None:
    """A generation expression over a column that is not there, or a virtual one over a column of a type of the project
    (PostgreSQL docs, 5.4).
    """
    if column.generated is None or not certain(schema, table):
        return
    for name in reads:
        if (read := table.column(name)) is None:
            raise CannotApply("missing", ObjectRef("column", table.name, name), "no such column")
        if not column.generated.stored and not read.doubtful and user_type(schema, parse(read.type)) is not None:
            raise CannotApply(
                "invalid",
                ObjectRef("column", table.name, column.name),
                f"it is virtual, and {name} is of the type {read.type}, which PostgreSQL has not by itself",
                condition="feature_not_supported",
            )


def refuse_foreign_key(schema: Schema, owner: Table, key: ForeignKey) -> None:
    """What stands against a foreign key whose tables and columns are there."""
    target = owner if key.references == owner.name else schema.tables.get(key.references)
    if target is None or not certain(schema, owner, target):
        return
    reference = ObjectRef("constraint", owner.name, key.name)
    if not key.referenced_columns:
        raise CannotApply("invalid", reference, f"{target.name} has no primary key to reference")
    if len(key.columns) != len(key.referenced_columns):
        raise CannotApply("invalid", reference, "it has not as many columns as it references")
    for name in key.columns:
        column = owner.column(name)
        sets = key.on_update in ("CASCADE", "SET NULL", "SET DEFAULT") or key.on_delete in ("SET NULL", "SET DEFAULT")
        if column is not None and column.generated is not None and sets:
            raise CannotApply(
                "invalid",
                reference,
                f"its actions would write the generated column {name}",
                condition="object_not_in_prerequisite_state",
            )
    if owner.persistence != target.persistence and owner.persistence != "unlogged":
        raise CannotApply("invalid", reference, f"{target.name} is {target.persistence}, {owner.name} is not")
    if not any(set(unique) == set(key.referenced_columns) for unique in _unique(target)):
        columns = ", ".join(key.referenced_columns)
        deferrable = any(set(one.columns) == set(key.referenced_columns) for one in target.of_kind(Keyed))
        condition = "object_not_in_prerequisite_state" if deferrable else "invalid_foreign_key"
        detail = f"no key or unique index of {target.name} is on ({columns})"
        raise CannotApply("invalid", reference, detail, condition=condition)
    _refuse_key(schema, reference, owner, key, None)


def _unique(table: Table) -> Iterator[tuple[str, ...]]:
    yield from (key.columns for key in table.of_kind(Keyed) if not key.deferrable)
    for index in table.indexes:
        columns = tuple(key.column for key in index.keys if key.column is not None)
        if index.unique and index.where is None and len(columns) == len(index.keys):
            yield columns


def _refuse_key(
    schema: Schema, reference: ObjectRef, owner: Table, key: ForeignKey, changed: tuple[Name, str, str] | None
) -> None:
    """Columns of a foreign key whose types cannot be compared; `changed` is a column with its type to be."""
    target = owner if key.references == owner.name else schema.tables.get(key.references)
    if target is None or not certain(schema, owner, target):
        return
    for one, other in zip(key.columns, key.referenced_columns, strict=False):
        ends = (owner.name, one), (target.name, other)
        if changed is not None and changed[:2] not in ends:
            continue
        own, referenced = owner.column(one), target.column(other)
        if own is None or referenced is None or own.doubtful or referenced.doubtful:
            continue
        kinds = [
            changed[2] if changed is not None and changed[:2] == end else column.type
            for end, column in zip(ends, (own, referenced), strict=True)
        ]
        if referable(schema, *kinds) is False:
            detail = f"foreign key {key.name or 'it'} cannot be: {one} is {kinds[0]}, {target.name}.{other} {kinds[1]}"
            raise CannotApply("invalid", reference, detail, condition="datatype_mismatch")
