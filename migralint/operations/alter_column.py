"""ALTER COLUMN: everything that a statement can change of one column."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from migralint.operations.attaching import refuse_partition_key
from migralint.operations.base import KEEP, CannotApply, ObjectRef, Operation, Unset
from migralint.operations.inheritance import (
    below,
    certain,
    parents,
    refuse_inherited,
    refuse_only,
    refuse_other_parents,
)
from migralint.operations.needs import refuse_default, refuse_identity, refuse_type_change
from migralint.operations.nullable import refuse_not_null, refuse_nullable, refuse_remade_not_null, refuse_taken
from migralint.operations.parts import sequence_options
from migralint.operations.recast import recast
from migralint.operations.renaming import follow_column, rebuilt, rename_column, renamed_in_index
from migralint.operations.tables import existing
from migralint.schema import (
    Check,
    Column,
    Generated,
    Name,
    Schema,
    Sequence,
    Table,
    View,
)
from migralint.schema.automatic import sequence_name
from migralint.schema.conversion import stored_null
from migralint.schema.expressions import is_null
from migralint.schema.methods import collatable
from migralint.schema.names import cut
from migralint.schema.types import parse


@dataclass(frozen=True, slots=True)
class AlterColumn(Operation):
    """ALTER COLUMN: every property that is KEEP stays. `default` None drops the default.

    `type` "serial" is not allowed by PostgreSQL. `identity` None drops it, as `generated` None does; `sequence` is
    what the statement calls the sequence of a new one, `sequence_options` what else it says of it, `verb` is ADD or SET
    where it says which of an identity. `not_null_name` and `not_null_valid` belong to ADD CONSTRAINT ... NOT NULL: None
    is no name there, "" is SET NOT NULL. `retyped` where the same statement changes the type before, `was_generated`
    where the column is a generated one before the statement.
    """

    operation: ClassVar[str] = "alter_column"
    object_kind: ClassVar[str] = "column"
    table: Name
    name: str
    new_name: str | Unset = KEEP
    type: str | Unset = KEEP
    using: str | None = None
    collation: str | Unset | None = KEEP
    not_null: bool | Unset = KEEP
    default: str | Unset | None = KEEP
    identity: str | Unset | None = KEEP
    sequence: Name | None = None
    sequence_options: tuple[tuple[str, str], ...] = ()
    generated: Generated | Unset | None = KEEP
    comment: str | Unset | None = KEEP
    if_exists: bool = False
    only: bool = False
    verb: str | None = None
    not_null_name: str | None = ""
    not_null_valid: bool = True
    retyped: bool = False
    was_generated: bool = False

    def apply(self, before: Schema) -> Schema:
        if (view := before.views.get(self.table)) is not None:
            return self._of_view(before, view)
        table = existing(before, self.table)
        column = table.column(self.name)
        if column is None:
            if self.if_exists:
                return before
            if not table.assumed:
                raise CannotApply("missing", self.object, "no such column")
            column = Column(self.name, "unknown", doubtful=True)
            before = before.with_table(table := table.with_column(column))
        self._refuse(before, table, column)
        schema = self._sequence(self._changed(before, table), column)
        for child in self._followers(before, table, column):
            own = child.column(self.name)
            if isinstance(self.type, str) and own is not None:
                refuse_type_change(before, child, own, self.type, self.using)
                refuse_remade_not_null(before, child, column, own)
            if self.not_null is True and self.not_null_name and own is not None:
                refuse_taken(before, child, own, self.not_null_name)
            schema = self._below(schema, child)._changed(schema, schema.tables[child.name], follows=True)
        return schema

    def _of_view(self, before: Schema, view: View) -> Schema:
        """A view has names of columns, and defaults that nothing else looks at."""
        new = self.new_name
        if not isinstance(new, str) or all(c.name != self.name for c in view.columns):
            return before
        if any(c.name == cut(new) for c in view.columns):
            raise CannotApply("exists", ObjectRef("column", view.name, cut(new)), "the column already exists")
        columns = tuple(replace(c, name=cut(new)) if c.name == self.name else c for c in view.columns)
        said = tuple((cut(new) if name == self.name else name, text) for name, text in view.column_comments)
        indexes = tuple(renamed_in_index(index, self.name, cut(new)) for index in view.indexes)
        schema = before.with_view(replace(view, columns=columns, indexes=indexes, column_comments=said))
        return follow_column(schema, view.name, self.name, cut(new))

    def _changed(self, before: Schema, table: Table, *, follows: bool = False) -> Schema:
        """The properties and the name of the column in one table, that of the statement or one that follows it."""
        column = table.column(self.name)
        if column is None:
            return before
        changes = {
            key: value
            for key in ("type", "collation", "not_null", "default", "identity", "generated", "comment")
            if not isinstance(value := getattr(self, key), Unset)
        }
        null = is_null(changes.get("default"))
        if null:
            changes["default"] = None
        if changes.get("comment") == "":
            changes["comment"] = None  # which PostgreSQL stores as none
        if "type" in changes:
            changes.setdefault("collation", None)  # a type that is said without COLLATE has its own
            changes["storage"] = changes["compression"] = None
        if changes.get("identity"):
            changes["not_null"] = True
        if "not_null" in changes:
            changes |= self._named(column, follows)
        if "default" in changes or "type" in changes:
            changes["default_type"] = self._default_type(before, column, null)
        if isinstance(self.type, str) and isinstance(self.default, Unset):
            changes["default"] = recast(column.default, column.type, self.type)
        changed = replace(column, **changes)
        refuse_identity(before, table, changed)
        if not isinstance(self.default, Unset):
            refuse_default(before, table, changed)
        if isinstance(self.type, str):
            limited = parse(column.type).base in ("character varying", "character")
            was_text = limited and collatable(before, self.type) is False
            table = rebuilt(table, self.name, was_text=was_text)
        schema = before.with_table(table.with_column(changed))
        if isinstance(self.new_name, str):
            new = cut(self.new_name)
            if table.column(new) is not None:
                raise CannotApply("exists", ObjectRef("column", table.name, new), "the column already exists")
            schema = rename_column(schema, schema.tables[table.name], self.name, new)
        return schema

    def _default_type(self, before: Schema, column: Column, null: bool) -> str | None:
        """The type that the default afterwards was given in, where it is not that of the column."""
        new = column.type if isinstance(self.type, Unset) else self.type
        if not isinstance(self.default, Unset):
            return stored_null(before, new) if null else None
        if column.default is None:
            return column.default_type
        literal = column.default_type or column.type
        return None if literal == new else literal

    def _named(self, column: Column, follows: bool) -> dict[str, object]:
        """The name and the validity of NOT NULL afterwards, and whose it is."""
        if not self.not_null:
            return {"not_null_name": "", "not_null_valid": True, "not_null_inherited": False}
        if column.not_null:
            valid = column.not_null_valid or self.not_null_valid
            return {"not_null_valid": valid, "not_null_inherited": column.not_null_inherited and follows}
        name, valid = self.not_null_name or "", self.not_null_valid
        return {"not_null_name": name, "not_null_valid": valid, "not_null_inherited": follows}

    def _refuse(self, before: Schema, table: Table, column: Column) -> None:
        """What the tables above and below stand against."""
        shared = any(not isinstance(a, Unset) for a in (self.new_name, self.type, self.collation, self.generated))
        if shared:
            refuse_inherited(before, table, self.name)
        if isinstance(self.new_name, str) or isinstance(self.type, str):
            refuse_other_parents(before, table, self.name)
        if shared or (self.not_null is True and not column.not_null and table.partition_by is not None):
            refuse_only(before, table, self.only, self.object)
        if not isinstance(self.identity, Unset):
            self._refuse_identity(before, table, column)
        if isinstance(self.type, str):
            if self.retyped and certain(before, table):
                raise CannotApply(
                    "invalid",
                    self.object,
                    "one statement cannot change its type twice",
                    condition="feature_not_supported",
                )
            if self.was_generated and self.using is not None and certain(before, table):
                raise CannotApply(
                    "invalid",
                    self.object,
                    "it is a generated column, which has no USING",
                    condition="invalid_column_definition",
                )
            refuse_partition_key(before, table, self.name)
            refuse_type_change(before, table, column, self.type, self.using)
        if self.not_null is True and self.not_null_name != "":
            refuse_not_null(before, table, column, self.not_null_name or "", self.not_null_valid)
        if self.not_null is False:
            refuse_nullable(before, table, column)
            if column.identity and isinstance(self.identity, Unset) and certain(before, table):
                raise CannotApply(
                    "invalid", self.object, "it is an identity column, which is NOT NULL", condition="syntax_error"
                )
        if certain(before, table) and not column.doubtful:
            if not isinstance(self.default, Unset):
                if column.identity and isinstance(self.identity, Unset):
                    raise CannotApply(
                        "invalid",
                        self.object,
                        "it is an identity column, which has no default",
                        condition="syntax_error",
                    )
                if column.generated and isinstance(self.generated, Unset):
                    raise CannotApply(
                        "invalid",
                        self.object,
                        "it is a generated column, which has no default",
                        condition="syntax_error",
                    )
            becomes = isinstance(self.identity, str) and not column.identity and isinstance(self.default, Unset)
            if becomes and (column.default is not None or column.generated is not None):
                raise CannotApply(
                    "invalid",
                    self.object,
                    "it has a default, so it cannot become an identity column",
                    condition="invalid_parameter_value",
                )
            if isinstance(self.generated, Generated) and column.generated and not column.generated.stored:
                for owner in (table, *below(before, table.name)):
                    if check := next(owner.of_kind(Check), None):
                        raise CannotApply("invalid", self.object, f"it is virtual, and {owner.name} has {check.name}")
                    if owner.published and certain(before, owner):
                        detail = f"it is virtual, and publication {owner.published[0].publication} has {owner.name}"
                        raise CannotApply("invalid", self.object, detail, condition="feature_not_supported")
            if self.generated is None and column.generated is not None and not column.generated.stored:
                raise CannotApply(
                    "invalid",
                    self.object,
                    "it is a virtual generated column, which stays one",
                    condition="feature_not_supported",
                )
            if isinstance(self.identity, str) and not (column.identity or column.not_null or self.not_null is True):
                raise CannotApply(
                    "invalid",
                    self.object,
                    "it has to be NOT NULL before it becomes an identity column",
                    condition="invalid_parameter_value",
                )

    def _refuse_identity(self, before: Schema, table: Table, column: Column) -> None:
        if table.is_partition:
            refuse_inherited(before, table, self.name)
        if not certain(before, table) or column.doubtful:
            return
        if self.only and table.partition_by is not None:
            raise CannotApply("invalid", self.object, f"the identity of {table.name} is one of its partitions too")
        if isinstance(self.identity, str) and column.not_null and not column.not_null_valid:
            raise CannotApply(
                "invalid",
                self.object,
                "it is NOT NULL, and that is not valid",
                condition="object_not_in_prerequisite_state",
            )
        if self.verb == "ADD" and column.identity:
            raise CannotApply(
                "invalid", self.object, "it is an identity column already", condition="object_not_in_prerequisite_state"
            )
        if self.verb == "SET" and not column.identity:
            raise CannotApply("invalid", self.object, "it is not an identity column")

    def _followers(self, before: Schema, table: Table, column: Column) -> list[Table]:
        """The tables below that follow, as far as this statement changes what they have of their parent."""
        shared = (self.new_name, self.type, self.collation, self.generated, self.default, self.identity)
        nulls = self.not_null is True or (self.not_null is False and column.not_null)
        if self.only or not (nulls or any(not isinstance(a, Unset) for a in shared)):
            return []
        return below(before, self.table)

    def _below(self, schema: Schema, child: Table) -> AlterColumn:
        """What it does to a table below: comments stay, and children by INHERITS have no identity of their own.

        NOT NULL goes where it was that of this table only.
        """
        own, above = child.column(self.name), [parent.column(self.name) for parent in parents(schema, child)]
        kept = own is not None and (not own.not_null_inherited or any(c is not None and c.not_null for c in above))
        not_null = KEEP if self.not_null is False and kept else self.not_null
        identity = self.identity if child.is_partition else KEEP
        return replace(self, comment=KEEP, identity=identity, not_null=not_null)

    def _sequence(self, schema: Schema, column: Column) -> Schema:
        """An identity column owns a hidden sequence, which comes and goes with the property."""
        if isinstance(self.type, str) and column.identity and isinstance(self.identity, Unset):
            return self._counted(schema, self.type)
        if isinstance(self.identity, Unset) or bool(self.identity) == bool(column.identity):
            return schema
        owned = (self.table, column.name if isinstance(self.new_name, Unset) else cut(self.new_name))
        if self.identity:
            name = self.sequence or Name(self.table.schema, sequence_name(schema, self.table, self.name))
            kind = column.type if isinstance(self.type, Unset) else self.type
            options = sequence_options(kind, self.sequence_options)
            return schema.with_sequence(Sequence(name, owned_by=owned, identity=True, options=options))
        for sequence in list(schema.sequences.values()):
            if sequence.identity and sequence.owned_by == owned:
                schema = schema.without_sequence(sequence.name)
        return schema

    def _counted(self, schema: Schema, kind: str) -> Schema:
        """The sequence of an identity column counts in the type of the column."""
        name = self.name if isinstance(self.new_name, Unset) else cut(self.new_name)
        for sequence in list(schema.sequences.values()):
            if sequence.identity and sequence.owned_by == (self.table, name):
                options = dict(sequence.options) | {"type": kind}
                options = {key: value for key, value in options.items() if (key, value) != ("type", "bigint")}
                schema = schema.with_sequence(replace(sequence, options=tuple(sorted(options.items()))))
        return schema
