"""Operations on schemas and extensions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from migralint.operations.base import CannotApply, ObjectRef, Operation
from migralint.operations.dependents import readers, release_table
from migralint.operations.needs import refuse_schema
from migralint.operations.programs import DropFunction
from migralint.operations.renaming import rename_schema
from migralint.operations.types import DropType
from migralint.schema import Domain, Extension, Name, Publication, Schema


@dataclass(frozen=True, slots=True)
class CreateSchema(Operation):
    """CREATE SCHEMA."""

    operation: ClassVar[str] = "create_schema"
    object_kind: ClassVar[str] = "schema"
    name: str
    if_not_exists: bool = False

    def apply(self, before: Schema) -> Schema:
        if self.name in before.schemas:
            if self.if_not_exists:
                return before
            raise CannotApply("exists", self.object, "the schema already exists")
        return replace(before, schemas=(*before.schemas, self.name))


@dataclass(frozen=True, slots=True)
class DropSchema(Operation):
    """DROP SCHEMA; with CASCADE everything in it goes."""

    operation: ClassVar[str] = "drop_schema"
    object_kind: ClassVar[str] = "schema"
    name: str
    if_exists: bool = False
    cascade: bool = False

    def apply(self, before: Schema) -> Schema:
        if self.name not in before.schemas:
            if self.if_exists:
                return before
            raise CannotApply("missing", self.object, "no such schema")
        inside = [n for n in before.tables if n.schema == self.name]
        kinds = ("table", "view", "sequence", "type", "function")
        for kind in () if self.cascade else kinds:
            for name in getattr(before, f"{kind}s"):
                if name.schema == self.name:
                    raise CannotApply("depends", self.object, f"{kind} {name} lies in it")
        for extension in () if self.cascade else before.extensions.values():
            if extension.schema == self.name:
                raise CannotApply("depends", self.object, f"extension {extension.name} lies in it")
        schema = before
        for table in before.tables.values():
            kept = tuple(one for one in table.statistics if one.name.schema != self.name)
            if len(kept) != len(table.statistics) and not self.cascade:
                raise CannotApply("depends", self.object, f"statistics of {table.name} lie in it")
            schema = schema.with_table(replace(table, statistics=kept))
        for name in [n for n in before.functions if n.schema == self.name]:
            for function in before.functions[name]:
                schema = DropFunction(name, function.arguments, cascade=True, kind=function.kind).apply(schema)
        for gone in inside:
            schema = release_table(schema, gone)
        for gone in [n for n in schema.types if n.schema == self.name]:
            if gone in schema.types:
                domain = isinstance(schema.types[gone], Domain)
                schema = DropType(gone, cascade=True, domain=domain).apply(schema)
        for gone in [n for n in schema.views if n.schema == self.name]:
            for reader in readers(schema, gone):  # which may lie elsewhere
                schema = schema.without_view(reader)
        return replace(
            schema,
            schemas=tuple(s for s in schema.schemas if s != self.name),
            schema_comments={name: text for name, text in schema.schema_comments.items() if name != self.name},
            extensions={n: e for n, e in schema.extensions.items() if e.schema != self.name},
            publications={n: _without_schema(p, self.name) for n, p in schema.publications.items()},
            types={n: t for n, t in schema.types.items() if n.schema != self.name},
            views={n: v for n, v in schema.views.items() if n.schema != self.name},
            sequences={n: s for n, s in schema.sequences.items() if n.schema != self.name},
            functions={n: f for n, f in schema.functions.items() if n.schema != self.name},
        )


def _without_schema(publication: Publication, name: str) -> Publication:
    return replace(publication, schemas=tuple(one for one in publication.schemas if one != name))


@dataclass(frozen=True, slots=True)
class RenameSchema(Operation):
    """ALTER SCHEMA ... RENAME TO."""

    operation: ClassVar[str] = "alter_schema_rename"
    object_kind: ClassVar[str] = "schema"
    name: str
    new_name: str

    def apply(self, before: Schema) -> Schema:
        if self.name not in before.schemas:
            raise CannotApply("missing", self.object, "no such schema")
        if self.new_name in before.schemas:
            raise CannotApply("exists", ObjectRef("schema", None, self.new_name), "the schema already exists")
        return rename_schema(before, self.name, self.new_name)


@dataclass(frozen=True, slots=True)
class CreateExtension(Operation):
    """CREATE EXTENSION; `schema` is the one after SCHEMA."""

    operation: ClassVar[str] = "create_extension"
    object_kind: ClassVar[str] = "extension"
    name: str
    if_not_exists: bool = False
    schema: str | None = None

    def apply(self, before: Schema) -> Schema:
        if self.name in before.extensions:
            if self.if_not_exists:
                return before
            raise CannotApply("exists", self.object, "the extension already exists")
        if self.schema is not None:
            refuse_schema(before, Name(self.schema, self.name))
        return replace(before, extensions={**before.extensions, self.name: Extension(self.name, self.schema)})


@dataclass(frozen=True, slots=True)
class DropExtension(Operation):
    """DROP EXTENSION."""

    operation: ClassVar[str] = "drop_extension"
    object_kind: ClassVar[str] = "extension"
    name: str
    if_exists: bool = False
    cascade: bool = False

    def apply(self, before: Schema) -> Schema:
        if self.name not in before.extensions:
            if self.if_exists:
                return before
            raise CannotApply("missing", self.object, "no such extension")
        return replace(before, extensions={n: e for n, e in before.extensions.items() if n != self.name})


def moved_extension(schema: Schema, name: str, new: str) -> Schema:
    """The state after ALTER EXTENSION ... SET SCHEMA; an extension that is not known is left out."""
    found = schema.extensions.get(name)
    if found is None:
        return schema
    refuse_schema(schema, Name(new, name))
    return replace(schema, extensions={**schema.extensions, name: replace(found, schema=new)})
