"""Views, functions, triggers, policies, ...: the operations that make what only the derived side has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from migralint.drift import composites
from migralint.drift.difference import Difference
from migralint.drift.functions import by_signature
from migralint.operations import (
    AlterDomain,
    AlterTable,
    CannotApply,
    CreateExtension,
    CreateFunction,
    CreateIndex,
    CreatePolicy,
    CreateSequence,
    CreateTrigger,
    CreateType,
    CreateView,
    DropExtension,
    DropFunction,
    DropPolicy,
    DropSequence,
    DropTable,
    DropTrigger,
    DropType,
    DropView,
    Lost,
    Operation,
    SetRowSecurity,
    closing,
)
from migralint.operations.details import Firing
from migralint.operations.online import Move
from migralint.schema import Domain, Name, OtherType, Schema, Table, View
from migralint.schema.canonical import trigger_form


def keeping_beside(one: Difference, state: Schema, derived: Schema) -> tuple[Operation, ...]:
    """What a new revision has to do; nothing where it would take something away."""
    return tuple(_made(one, state, derived)) if one.sides[-1][1] is not None else ()


def _made(one: Difference, state: Schema, derived: Schema) -> Iterator[Operation]:
    called, table = _named(one.object.name), derived.tables.get(one.object.table) if one.object.table else None
    replaces = one.sides[0][1] is not None
    match one.kind:
        case "row_security" if table is not None and table.row_security:
            if not replaces:
                yield SetRowSecurity(table.name, True)
            if table.row_security_forced or replaces:
                yield AlterTable(table.name, f"{'' if table.row_security_forced else 'no_'}force_row_security")
        case "policy" if table is not None:
            if replaces:
                yield DropPolicy(table.name, one.object.name or "")
            yield from (CreatePolicy(table.name, p) for p in table.policies if p.name == one.object.name)
        case "trigger" if table is not None:
            yield from _trigger(one, table, state.tables.get(one.table_at_head or table.name))
        case "view" if called in derived.views:
            yield from _view(derived.views[called], state)
        case "function" if (function := by_signature(derived).get(one.object.name)) is not None:
            yield from _function(CreateFunction(function, or_replace=replaces), state)
        case "type" if called in derived.types and not replaces:
            yield CreateType(derived.types[called])
        case "type" if isinstance(domain := derived.types.get(called), Domain) and isinstance(
            old := state.types.get(called), Domain
        ):
            if old.base == domain.base:  # no statement changes that
                yield AlterDomain(called, domain)
        case "type" if (changed := composites.keeping(called, state, derived)) is not None:
            yield changed
        case "table" if table is not None:
            yield from _options(table, state)
        case "sequence" if called in derived.sequences and not replaces:
            yield CreateSequence(derived.sequences[called])
        case "extension" if one.object.name in derived.extensions and not replaces:
            name = one.object.name or ""
            yield CreateExtension(name, schema=derived.extensions[name].schema)


def _function(made: CreateFunction, state: Schema) -> Iterator[Operation]:
    """A function, by OR REPLACE where what callers rest on stays."""
    try:
        made.apply(state)
    except CannotApply:
        yield DropFunction(made.function.name, made.function.arguments, kind=made.function.kind)
        made = replace(made, or_replace=False)
    yield made


def _view(made: View, state: Schema) -> Iterator[Operation]:
    """A view; in place of another one by OR REPLACE where it surely can be, which keeps the privileges on it."""
    there = state.views.get(made.name)
    if there is not None:
        changed = CreateView(made, or_replace=True)
        if not made.materialized and not there.materialized and _is_known(made) and _is_known(there):
            with suppress(CannotApply):
                changed.apply(state)
                yield changed
                return
        yield DropView(made.name, there.materialized)
    yield CreateView(replace(made, indexes=(), triggers=()))
    yield from (CreateIndex(made.name, index) for index in made.indexes)
    yield from (CreateTrigger(made.name, trigger) for trigger in made.triggers)


def _options(table: Table, state: Schema) -> Iterator[Operation]:
    """A partition that is missing; another parent, other bounds, or rows that stay after a crash."""
    there = state.tables.get(table.name)
    kept = {name: getattr(table, name) for name in ("persistence", "parents", "partition_bound", "is_partition")}
    columns = tuple(replace(one, identity=None) for one in table.columns)  # it has that of its parent
    made = replace(table, columns=columns, triggers=(), policies=())
    wanted = made if there is None else replace(there, **kept)
    found = closing(state, state.with_table(wanted))
    yield from () if isinstance(found, Lost) else found


def _is_known(view: View) -> bool:
    return bool(view.columns) and not any(column.doubtful for column in view.columns)


def _trigger(one: Difference, table: Table, old: Table | None) -> Iterator[Operation]:
    """The trigger of a table, made anew where more differs than when it fires."""
    made = next(trigger for trigger in table.triggers if trigger.name == one.object.name)
    there = next((t for t in old.triggers if t.name == made.name), None) if old is not None else None
    if there is None or trigger_form(there) != trigger_form(made):
        if one.sides[0][1] is not None:
            yield DropTrigger(table.name, made.name)
        yield CreateTrigger(table.name, replace(made, firing=""))
        there = None
    if made.firing != (there.firing if there is not None else ""):
        verb = "disable" if made.firing == "DISABLED" else "enable"
        yield AlterTable(table.name, f"{verb}_trigger", detail=Firing(made.firing, made.name))


def losing_beside(one: Difference, state: Schema) -> Move | None:
    """The step that takes away what only the head has, which somebody has to decide."""
    if one.kind == "type" and isinstance(one.derived, OtherType):
        return composites.losing(one.derived.name, state, one.derived)
    if one.sides[-1][1] is not None and one.kind != "row_security":
        return None
    dropped = _dropped(one, state)
    if dropped is None:
        return None
    if one.kind == "row_security":
        said = (
            f"{one.side} has no row security on {one.object.table}; without, every role with privileges sees every row"
        )
    else:
        said = f"{one.side} does not have {one.object}"
    return Move((dropped,), f"Decide: {said}.", True)


def _dropped(one: Difference, state: Schema) -> Operation | None:
    called, table, name = _named(one.object.name), one.object.table, one.object.name or ""
    match one.kind:
        case "row_security" if table is not None and one.sides[0][1] is not None and one.sides[-1][1] == "disabled":
            return SetRowSecurity(table, False)
        case "policy" if table is not None:
            return DropPolicy(table, name)
        case "trigger" if table is not None:
            return DropTrigger(table, name)
        case "table" if table is not None and table in state.tables:
            return DropTable(table)
        case "view" if called in state.views:
            return DropView(called, state.views[called].materialized)
        case "function" if (function := by_signature(state).get(name)) is not None:
            return DropFunction(function.name, function.arguments, kind=function.kind)
        case "type" if called in state.types:
            return DropType(called)
        case "sequence" if called in state.sequences:
            return DropSequence(called)
        case "extension":
            return DropExtension(name)
    return None


def _named(text: str | None) -> Name:
    schema, _, name = (text or "").partition(".")
    return Name(schema, name)
