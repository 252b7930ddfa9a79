"""Operations on types: enums, domains, composite types."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import ClassVar

from migralint.operations.base import CannotApply, ObjectRef, Operation
from migralint.operations.details import Detail
from migralint.operations.inheritance import certain
from migralint.operations.needs import refuse_schema
from migralint.operations.row_types import holding_rows, refuse_relation_of
from migralint.operations.type_names import follow_type, shown
from migralint.operations.type_users import columns_of, refuse_users, without_users
from migralint.schema import Column, Domain, EnumType, Name, OtherType, Schema, Table
from migralint.schema.names import NAME_BYTES, cut
from migralint.schema.types import parse


def _existing(schema: Schema, name: Name) -> EnumType | Domain | OtherType:
    found = schema.types.get(name)
    if found is None:
        raise CannotApply("missing", ObjectRef("type", None, str(name)), "no such type")
    return found


@dataclass(frozen=True, slots=True)
class CreateType(Operation):
    """CREATE TYPE or CREATE DOMAIN. `if_not_exists` is SQLAlchemy's checkfirst (SQL has no such clause)."""

    definition: EnumType | Domain | OtherType
    if_not_exists: bool = False

    @property
    def operation(self) -> str:  # type: ignore[override]  # CREATE DOMAIN is a statement of its own
        return "create_domain" if isinstance(self.definition, Domain) else "create_type"

    @property
    def object_name(self) -> str:
        return str(self.definition.name)

    @property
    def object(self) -> ObjectRef:
        return ObjectRef("type", None, str(self.definition.name))

    def apply(self, before: Schema) -> Schema:
        if self.definition.name in before.types:
            if self.if_not_exists:
                return before
            raise CannotApply("exists", self.object, "the type already exists")
        refuse_schema(before, self.definition.name)
        made = self.definition
        if isinstance(made, OtherType) and (multirange := _multirange(made)) is not None:
            made = replace(made, multirange=multirange)
            _refuse_taken(before, multirange, self.object)
        _refuse_taken(before, made.name, self.object)
        return before.with_type(made)


_MULTIRANGE = re.compile(r'\bmultirange_type_name\s*=\s*(?:"((?:[^"]|"")+)"|(\w+))\s*[,)]', re.IGNORECASE)


def _multirange(made: OtherType) -> Name | None:
    """What a range type calls the type of several of its ranges (PostgreSQL source, makeMultirangeTypeName)."""
    if not re.match(r"\s*as\s+range\b", made.definition or "", re.IGNORECASE):
        return None
    if found := _MULTIRANGE.search(made.definition or ""):
        return Name(made.name.schema, found[1].replace('""', '"') if found[1] else found[2].lower())
    before, inside, after = made.name.name.partition("range")
    if not inside:
        room = NAME_BYTES - len("_multirange")
        before, after = f"{before.encode()[:room].decode(errors='ignore')}_", ""
    name = f"{before}multirange{after}"
    return Name(made.name.schema, cut(name))


def _refuse_taken(schema: Schema, name: Name, reference: ObjectRef) -> None:
    """A name that a type has, or the type of several ranges that came with one."""
    others = (t.multirange for t in schema.types.values() if isinstance(t, OtherType))
    if name in schema.types or any(name == other for other in others):
        raise CannotApply("exists", reference, f"the type {name} already exists")
    refuse_relation_of(schema, name, reference)


@dataclass(frozen=True, slots=True)
class DropType(Operation):
    """DROP TYPE or DROP DOMAIN; with CASCADE the columns of that type go too."""

    object_kind: ClassVar[str] = "type"
    name: Name
    if_exists: bool = False
    cascade: bool = False
    domain: bool = False

    @property
    def operation(self) -> str:  # type: ignore[override]  # DROP DOMAIN is a statement of its own
        return "drop_domain" if self.domain else "drop_type"

    def users(self, schema: Schema) -> list[tuple[Table, str]]:
        """Columns of this type, as (table, column)."""
        return columns_of(schema, self.name)

    def apply(self, before: Schema) -> Schema:
        if self.name not in before.types:
            if self.if_exists:
                return before
            raise CannotApply("missing", self.object, "no such type")
        if self.cascade:
            return without_users(before.without_type(self.name), self.name)
        refuse_users(before, self.name, self.object)
        return before.without_type(self.name)


@dataclass(frozen=True, slots=True)
class RenameType(Operation):
    """ALTER TYPE ... RENAME TO, or SET SCHEMA where the schema differs."""

    operation: ClassVar[str] = "alter_type_rename"
    object_kind: ClassVar[str] = "type"
    name: Name
    new: Name

    def apply(self, before: Schema) -> Schema:
        found = _existing(before, self.name)
        refuse_schema(before, self.new)
        _refuse_taken(before, self.new, ObjectRef("type", None, str(self.new)))
        schema = before.without_type(self.name).with_type(replace(found, name=self.new))
        return follow_type(schema, self.name, self.new)


@dataclass(frozen=True, slots=True)
class AlterTypeAddValue(Operation):
    """ALTER TYPE ... ADD VALUE [BEFORE | AFTER label]."""

    operation: ClassVar[str] = "alter_type_add_value"
    object_kind: ClassVar[str] = "type"
    name: Name
    value: str
    before: str | None = None
    after: str | None = None
    if_not_exists: bool = False

    def apply(self, before: Schema) -> Schema:
        enum = _existing(before, self.name)
        if not isinstance(enum, EnumType):
            raise CannotApply("missing", self.object, "it is not an enum")
        if self.value in enum.labels:
            if self.if_not_exists:
                return before
            raise CannotApply("exists", self.object, f"the label {self.value!r} already exists")
        labels = list(enum.labels)
        neighbour = self.before if self.before is not None else self.after
        if neighbour is None or ((enum.doubtful or enum.partial) and neighbour not in labels):
            labels.append(self.value)
        elif neighbour not in labels:
            raise CannotApply("missing", self.object, f"no label {neighbour!r}", condition="invalid_parameter_value")
        else:
            labels.insert(labels.index(neighbour) + (0 if self.before is not None else 1), self.value)
        return before.with_type(replace(enum, labels=tuple(labels)))


@dataclass(frozen=True, slots=True)
class AlterTypeRenameValue(Operation):
    """ALTER TYPE ... RENAME VALUE."""

    operation: ClassVar[str] = "alter_type_rename_value"
    object_kind: ClassVar[str] = "type"
    name: Name
    value: str
    new_value: str

    def apply(self, before: Schema) -> Schema:
        enum = _existing(before, self.name)
        if isinstance(enum, EnumType) and (enum.doubtful or enum.partial) and self.value not in enum.labels:
            return before
        if not isinstance(enum, EnumType) or self.value not in enum.labels:
            raise CannotApply("missing", self.object, f"no label {self.value!r}", condition="invalid_parameter_value")
        if self.new_value in enum.labels:
            raise CannotApply("exists", self.object, f"the label {self.new_value!r} already exists")
        labels = tuple(self.new_value if label == self.value else label for label in enum.labels)
        return self._defaults(before.with_type(replace(enum, labels=labels)))

    def _defaults(self, schema: Schema) -> Schema:
        """A default keeps the value, which is called otherwise from now on."""
        base = shown(schema, self.name)
        old, new = ("'" + label.replace("'", "''") + "'" for label in (self.value, self.new_value))
        for table in list(schema.tables.values()):
            for column in table.columns:
                text = column.default
                if text is None or parse(column.type).base != base or not (text == old or text.startswith(f"{old}::")):
                    continue
                renamed = replace(column, default=new + text[len(old) :])
                schema = schema.with_table(schema.tables[table.name].with_column(renamed))
        return schema


@dataclass(frozen=True, slots=True)
class AlterDomain(Operation):
    """ALTER DOMAIN; `definition` is the domain afterwards, or None where the action is not modelled.

    `taken` is the name that RENAME CONSTRAINT finds in use, `missing` that of a constraint which is not there,
    `validates` marks VALIDATE CONSTRAINT, which looks at the values that there are, whatever it finds.
    """

    operation: ClassVar[str] = "alter_domain"
    object_kind: ClassVar[str] = "type"
    name: Name
    definition: Domain | None = None
    detail: Detail | None = None
    taken: str | None = None
    validates: bool = field(default=False, compare=False)
    missing: str | None = None

    def apply(self, before: Schema) -> Schema:
        found = _existing(before, self.name)
        if self.missing is not None and certain(before) and not found.doubtful:
            raise CannotApply("missing", self.object, f"it has no constraint {self.missing}")
        names = [check.name for check in self.definition.checks] if self.definition else []
        if self.taken is not None or len(set(names)) != len(names):
            raise CannotApply("exists", self.object, "it already has a constraint of this name")
        if self.definition is not None and isinstance(found, Domain):
            self._refuse_inside(before, found, self.definition)
        return before.with_type(self.definition) if self.definition else before

    def _refuse_inside(self, before: Schema, found: Domain, wanted: Domain) -> None:
        """No new constraint where arrays or composite types hold values of it (`find_composite_type_dependencies`)."""
        old = {check.name for check in found.checks}
        said = {check.expression for check in found.checks}
        more = len(wanted.checks) > len(found.checks)  # of as many, one may have got another name
        checked = any(c.validated and (c.expression not in said or (more and c.name not in old)) for c in wanted.checks)
        if self.validates or checked or (wanted.not_null and not found.not_null):
            for table, column in holding_inside(before, self.name):
                detail = f"column {table.name}.{column.name} holds it inside of another type"
                raise CannotApply("depends", self.object, detail, condition="feature_not_supported")


def holding_inside(schema: Schema, domain: Name) -> Iterator[tuple[Table, Column]]:
    """The columns that hold values of a domain in an array, a composite type or the row of a table."""
    base = shown(schema, domain)
    around = {shown(schema, name) for name in schema.types if _inside(schema, name, base)}
    over = {shown(schema, one.name) for one in schema.domains() if base in _parts(schema, one.name)} - around
    for table in schema.tables.values():
        for column in table.columns:
            kind = parse(column.type)
            if kind.base in around or (kind.base in {base, *over} and kind.dimensions):
                yield table, column
            elif kind.base in {base, *over}:
                yield from holding_rows(schema, table.name)


def _inside(schema: Schema, name: Name, base: str) -> bool:
    """Whether values of the type hold some of another: a domain over that is one of it, and holds none."""
    made = schema.types[name]
    if not isinstance(made, Domain):
        return base in _parts(schema, name)
    kind = parse(made.base)
    below = next((other for other in schema.types if shown(schema, other) == kind.base), None)
    if below is None:
        return False
    if kind.dimensions:
        return kind.base == base or base in _parts(schema, below)
    return kind.base != base and _inside(schema, below, base)


def _parts(schema: Schema, name: Name) -> set[str]:
    """The types that a type is made of, through others too."""
    found: set[str] = set()
    pending = [name]
    while pending:
        made = schema.types.get(pending.pop())
        if isinstance(made, OtherType):
            kinds = [kind for _, kind in made.attributes]
        else:
            kinds = [made.base] if isinstance(made, Domain) else []
        for base in {parse(kind).base for kind in kinds} - found:
            found.add(base)
            pending += [t.name for t in schema.types.values() if shown(schema, t.name) == base]
    return found


@dataclass(frozen=True, slots=True)
class AlterType(Operation):
    """ALTER TYPE of a composite type; `definition` is the type afterwards, or None where it is not known.

    `retyped` are the attributes whose type it states, `taken` those that RENAME ATTRIBUTE finds in the way.
    """

    operation: ClassVar[str] = "alter_type"
    object_kind: ClassVar[str] = "type"
    name: Name
    definition: OtherType | None = None
    retyped: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()

    def apply(self, before: Schema) -> Schema:
        found = _existing(before, self.name)
        if self.definition is None:
            return before
        old, new = dict(found.attributes if isinstance(found, OtherType) else ()), dict(self.definition.attributes)
        if self.taken or len(dict(self.definition.attributes)) != len(self.definition.attributes):
            raise CannotApply("exists", self.object, "the attribute already exists", condition="duplicate_column")
        after = before.with_type(self.definition)
        if shown(before, self.name) in _parts(after, self.name):
            raise CannotApply("invalid", self.object, "a composite type is no part of itself")
        users = self._users(before)
        if users and (self.retyped or any(new[name] != kind for name, kind in old.items() if name in new)):
            table, column = users[0]
            raise CannotApply(
                "depends",
                self.object,
                f"column {table.name}.{column} holds values of this type",
                condition="feature_not_supported",
            )
        return after

    def _users(self, schema: Schema) -> list[tuple[Table, str]]:
        """Columns of this type, and of types that it is a part of."""
        base = shown(schema, self.name)
        around = [t.name for t in schema.types.values() if t.name != self.name and base in _parts(schema, t.name)]
        return [user for name in (self.name, *around) for user in DropType(name).users(schema)]
