"""Operations on sequences, functions and procedures."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import ClassVar

from migralint.operations.base import CannotApply, ObjectRef, Operation
from migralint.operations.details import Detail
from migralint.operations.inheritance import certain
from migralint.operations.needs import refuse_schema
from migralint.operations.renaming import counting, move_sequence
from migralint.operations.tables import existing
from migralint.operations.type_names import with_types
from migralint.schema import Function, Name, Schema, Sequence, Trigger
from migralint.schema.types import parse


@dataclass(frozen=True, slots=True)
class CreateSequence(Operation):
    """CREATE SEQUENCE."""

    operation: ClassVar[str] = "create_sequence"
    sequence: Sequence
    if_not_exists: bool = False

    @property
    def object_name(self) -> str:
        return str(self.sequence.name)

    @property
    def object(self) -> ObjectRef:
        return ObjectRef("sequence", None, str(self.sequence.name))

    def apply(self, before: Schema) -> Schema:
        if before.relation_exists(self.sequence.name):
            if self.if_not_exists:
                return before
            raise CannotApply("exists", self.object, "the relation already exists")
        refuse_schema(before, self.sequence.name)
        _refuse_owner(before, self.sequence)
        return before.with_sequence(self.sequence)


def _refuse_owner(schema: Schema, sequence: Sequence) -> None:
    """OWNED BY wants a column that is there, in the schema of the sequence."""
    if sequence.owned_by is None:
        return
    name, column = sequence.owned_by
    table = existing(schema, name)
    if table.column(column) is None and not table.assumed:
        raise CannotApply("missing", ObjectRef("column", name, column), "no such column")
    if name.schema != sequence.name.schema:
        reference = ObjectRef("sequence", None, str(sequence.name))
        raise CannotApply(
            "invalid",
            reference,
            f"it has to be in the schema of {name}, which is to own it",
            condition="object_not_in_prerequisite_state",
        )


@dataclass(frozen=True, slots=True)
class AlterSequence(Operation):
    """ALTER SEQUENCE; `after` is the sequence afterwards, or None where nothing modelled changes.

    `whole` marks OWNER TO and SET LOGGED, which concern the sequence and not how it counts; `owner` is the table after
    OWNED BY.
    """

    operation: ClassVar[str] = "alter_sequence"
    object_kind: ClassVar[str] = "sequence"
    name: Name
    after: Sequence | None = None
    if_exists: bool = False
    detail: Detail | None = None
    whole: bool = field(default=False, compare=False)
    owner: Name | None = field(default=None, compare=False)

    def apply(self, before: Schema) -> Schema:
        if self.name not in before.sequences:
            if self.if_exists:
                return before
            raise CannotApply("missing", self.object, "no such sequence")
        if self.after is None:
            return before
        refuse_schema(before, self.after.name)
        if self.after == before.sequences[self.name]:
            raise CannotApply(
                "exists",
                self.object,
                "it has this name, and is in this schema, already",
                condition="feature_not_supported",
            )
        if self.after.name != self.name and before.relation_exists(self.after.name):
            raise CannotApply(
                "exists", ObjectRef("sequence", None, str(self.after.name)), "the relation already exists"
            )
        owned = before.sequences[self.name]
        if owned.owned_by and self.after.name.schema != self.name.schema:
            raise CannotApply(
                "invalid",
                self.object,
                f"{owned.owned_by[0]} owns it, so it stays in its schema",
                condition="feature_not_supported",
            )
        if self.after.owned_by != owned.owned_by:
            if owned.identity:
                raise CannotApply(
                    "invalid", self.object, "an identity column owns it for good", condition="feature_not_supported"
                )
            _refuse_owner(before, self.after)
        return move_sequence(before.with_sequence(replace(self.after, name=self.name)), self.name, self.after.name)


@dataclass(frozen=True, slots=True)
class DropSequence(Operation):
    """DROP SEQUENCE; with CASCADE the defaults that use it go."""

    operation: ClassVar[str] = "drop_sequence"
    object_kind: ClassVar[str] = "sequence"
    name: Name
    if_exists: bool = False
    cascade: bool = False

    def apply(self, before: Schema) -> Schema:
        if self.name not in before.sequences:
            if self.if_exists:
                return before
            raise CannotApply("missing", self.object, "no such sequence")
        if before.sequences[self.name].identity:
            raise CannotApply("depends", self.object, "an identity column requires it")
        users = counting(before, self.name)
        if users and not self.cascade:
            table, column = users[0]
            raise CannotApply("depends", self.object, f"the default of {table}.{column.name} uses it")
        schema = before.without_sequence(self.name)
        for table, column in users:
            schema = schema.with_table(schema.tables[table].with_column(replace(column, default=None)))
        return schema


_OF_COLUMN = re.compile(r'(?i)(?:(?:"([^"]+)"|(\w+))\.)?(?:"([^"]+)"|(\w+))\.(?:"([^"]+)"|(\w+))\s*%\s*type')


def _copied(schema: Schema, kind: str) -> str:
    """The type of a column in place of `table.column%TYPE`, without its length: a function does not follow it."""
    found = _OF_COLUMN.fullmatch(kind)
    if found is None:
        return kind
    space, table, column = (found[at] or (found[at + 1] or "").lower() for at in (1, 3, 5))
    owner = schema.tables.get(Name(space or schema.default_schema, table))
    there = owner.column(column) if owner is not None else None
    return str(parse(there.type)._replace(modifiers=())) if there is not None and not there.doubtful else kind


@dataclass(frozen=True, slots=True)
class CreateFunction(Operation):
    """CREATE [OR REPLACE] FUNCTION, PROCEDURE or AGGREGATE; `reads` are the relations that a body in SQL reads."""

    function: Function
    or_replace: bool = False
    reads: tuple[Name, ...] = field(default=(), compare=False)

    @property
    def operation(self) -> str:  # type: ignore[override]  # three statements share this class
        return f"create_{self.function.kind}"

    @property
    def object_name(self) -> str:
        return str(self.function.name)

    @property
    def object(self) -> ObjectRef:
        return ObjectRef("function", None, self.function.signature)

    def apply(self, before: Schema) -> Schema:
        name = self.function.name
        refuse_schema(before, name)
        overloads = before.functions.get(name, ())
        wanted = with_types(self.function, lambda kind: _copied(before, kind))
        same = [f for f in overloads if f.arguments == wanted.arguments]
        if same and not self.or_replace:
            raise CannotApply("exists", self.object, "a function with these arguments already exists")
        if same and certain(before) and not same[0].doubtful:
            self._refuse_other(same[0])
        kept = tuple(f for f in overloads if f.arguments != wanted.arguments)
        made = replace(wanted, comment=same[0].comment) if same else wanted
        return before.with_functions(name, (*kept, made))

    def _refuse_other(self, old: Function) -> None:
        """OR REPLACE keeps what callers rest on: the kind, the result, names and defaults of parameters."""
        new = self.function
        if old.kind != new.kind:
            raise CannotApply("invalid", self.object, f"it is a {old.kind}, which a {new.kind} cannot replace")
        if old.returns and new.returns and old.returns != new.returns:
            raise CannotApply(
                "invalid",
                self.object,
                f"it returns {old.returns}, which OR REPLACE cannot change",
                condition="invalid_function_definition",
            )
        for before, after in zip(old.parameters, new.parameters, strict=False):
            if before not in ("", after):
                raise CannotApply(
                    "invalid",
                    self.object,
                    f"its parameter {before} cannot be renamed by OR REPLACE",
                    condition="invalid_function_definition",
                )
        if len(new.defaults) < len(old.defaults):
            raise CannotApply("invalid", self.object, "OR REPLACE cannot take a default of a parameter away")


@dataclass(frozen=True, slots=True)
class RenameFunction(Operation):
    """ALTER FUNCTION ... RENAME TO or SET SCHEMA; `arguments` None where the statement gives none."""

    object_kind: ClassVar[str] = "function"
    name: Name
    new: Name
    arguments: tuple[str, ...] | None = None
    kind: str = "function"

    @property
    def operation(self) -> str:  # type: ignore[override]  # three statements share this class
        return f"alter_{self.kind}"

    def apply(self, before: Schema) -> Schema:
        overloads = before.functions.get(self.name, ())
        moved = _meant(before, self)
        if not moved:
            raise CannotApply("missing", self.object, "no such function")
        refuse_schema(before, self.new)
        taken = {f.arguments for f in before.functions.get(self.new, ())}
        if any(f.arguments in taken for f in moved):
            reference = ObjectRef("function", None, str(self.new))
            raise CannotApply("exists", reference, "a function with these arguments already exists")
        schema = before.with_functions(self.name, tuple(f for f in overloads if f not in moved))
        renamed = tuple(replace(f, name=self.new) for f in moved)
        for trigger in [t for t in schema.event_triggers.values() if t.function == self.name]:
            if any(not f.arguments for f in moved):
                events = {**schema.event_triggers, trigger.name: replace(trigger, function=self.new)}
                schema = replace(schema, event_triggers=events)
        if any(f.returns == "trigger" for f in moved):
            schema = self._triggers(schema)
        if len(moved) == len(overloads):
            from migralint.operations.callers import Callers

            schema = Callers(schema, self.name).renamed(self.new)
        return schema.with_functions(self.new, (*schema.functions.get(self.new, ()), *renamed))

    def _triggers(self, schema: Schema) -> Schema:
        """Triggers hold the function itself, whatever it is called."""

        def renamed(triggers: tuple[Trigger, ...]) -> tuple[Trigger, ...]:
            return tuple(replace(t, function=str(self.new)) if t.function == str(self.name) else t for t in triggers)

        for table in list(schema.tables.values()):
            if renamed(table.triggers) != table.triggers:
                schema = schema.with_table(replace(table, triggers=renamed(table.triggers)))
        for view in list(schema.views.values()):
            if renamed(view.triggers) != view.triggers:
                schema = schema.with_view(replace(view, triggers=renamed(view.triggers)))
        return schema


ALL_SETTINGS = "set *"
"""The option that RESET ALL takes away."""

Changes = Iterable[tuple[str, str | None]]
"""Options of a function by name; None stands for what CREATE FUNCTION takes by itself."""


def with_options(before: tuple[tuple[str, str], ...], changes: Changes) -> tuple[tuple[str, str], ...]:
    """The options of a function after these changes; settings stay in their order, as on a server."""
    after = dict(before)
    for name, value in changes:
        if value is not None:
            after[name] = value
        elif name == ALL_SETTINGS:
            after = {n: v for n, v in after.items() if not n.startswith("set ")}
        else:
            after.pop(name, None)
    return tuple(sorted(after.items(), key=_place))


def _place(option: tuple[str, str]) -> tuple[bool, str]:
    name, _ = option
    return (True, "") if name.startswith("set ") else (False, name)


@dataclass(frozen=True, slots=True)
class AlterFunction(Operation):
    """ALTER FUNCTION ... IMMUTABLE, SET search_path, ...; `arguments` None where the statement gives none.

    `changes` holds options by name, None for what CREATE FUNCTION takes by itself.
    """

    object_kind: ClassVar[str] = "function"
    name: Name
    changes: tuple[tuple[str, str | None], ...]
    arguments: tuple[str, ...] | None = None
    kind: str = "function"

    @property
    def operation(self) -> str:  # type: ignore[override]  # three statements share this class
        return f"alter_{self.kind}"

    def apply(self, before: Schema) -> Schema:
        overloads = before.functions.get(self.name, ())
        altered = _meant(before, self)
        if not altered and not before.extensions:  # which bring functions that nothing here knows
            raise CannotApply("missing", self.object, "no such function")
        after = (replace(f, options=with_options(f.options, self.changes)) if f in altered else f for f in overloads)
        return before.with_functions(self.name, tuple(after)) if altered else before


@dataclass(frozen=True, slots=True)
class DropFunction(Operation):
    """DROP FUNCTION; `arguments` None where the statement gives none."""

    object_kind: ClassVar[str] = "function"
    name: Name
    arguments: tuple[str, ...] | None = None
    if_exists: bool = False
    cascade: bool = False
    kind: str = "function"

    @property
    def operation(self) -> str:  # type: ignore[override]  # three statements share this class
        return f"drop_{self.kind}"

    def apply(self, before: Schema) -> Schema:
        overloads = before.functions.get(self.name, ())
        meant = _meant(before, self)
        gone = [f for f in overloads if f in meant or f.doubtful]
        if not gone:
            if self.if_exists:
                return before
            raise CannotApply("missing", self.object, "no such function")
        schema = before.with_functions(self.name, tuple(f for f in overloads if f not in gone))
        schema = self._event_triggers(schema) if any(not f.arguments for f in gone) else schema
        for owner in list(schema.tables.values()) if any(not f.arguments for f in gone) else ():
            kept = tuple(t for t in owner.triggers if t.function not in (str(self.name), self.name.name))
            if len(kept) == len(owner.triggers):
                continue
            if not self.cascade and certain(before, owner) and self._only_one(before):
                raise CannotApply("depends", self.object, f"a trigger of {owner.name} runs it")
            schema = schema.with_table(replace(owner, triggers=kept)) if self.cascade else schema
        return self._callers(schema) if len(gone) == len(overloads) and self._only_one(before) else schema

    def _callers(self, schema: Schema) -> Schema:
        from migralint.operations.callers import Callers

        callers = Callers(schema, self.name)
        if self.cascade:
            return callers.without()
        found = next(callers.told(), None)
        if found is not None:
            raise CannotApply("depends", self.object, found)
        return schema

    def _event_triggers(self, schema: Schema) -> Schema:
        for trigger in [t for t in schema.event_triggers.values() if t.function == self.name]:
            if not self.cascade:
                raise CannotApply("depends", self.object, f"event trigger {trigger.name} runs it")
            left = {name: one for name, one in schema.event_triggers.items() if one is not trigger}
            schema = replace(schema, event_triggers=left)
        return schema

    def _only_one(self, schema: Schema) -> bool:
        """Whether no other schema has a function of this name, which a trigger that names no schema may run."""
        return [name for name in schema.functions if name.name == self.name.name] == [self.name]


def _meant(schema: Schema, change: RenameFunction | AlterFunction | DropFunction) -> list[Function]:
    """The functions of these arguments, or of this name alone: a procedure is none where there are others."""
    overloads = schema.functions.get(change.name, ())
    if change.arguments is not None:
        return [f for f in overloads if f.arguments == change.arguments]
    same = [f for f in overloads if (f.kind == "procedure") == (change.kind == "procedure")]
    if len(same) > 1 and certain(schema):
        raise CannotApply("invalid", change.object, "several functions have this name: say its arguments")
    return same or list(overloads)
