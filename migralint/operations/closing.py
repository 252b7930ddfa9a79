"""The operations that turn one schema into another: what closes a difference, and most of what undoes an operation.

Each operation is applied as it is found, so that the next one is looked for in what it leaves. What goes is taken away
first, with all that needs it; what is missing then is made, also where it only had to make room.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace

from migralint.operations.attached import CreatePolicy, CreateTrigger, DropPolicy, DropTrigger
from migralint.operations.attaching import partition_columns
from migralint.operations.base import CannotApply, Operation
from migralint.operations.columns import AddColumn, AlterColumn, DropColumn
from migralint.operations.constraints import AlterConstraint, CreateConstraint, DropConstraint, ValidateConstraint
from migralint.operations.dependents import readers
from migralint.operations.indexes import CreateIndex, DropIndex
from migralint.operations.inheritance import children, counterpart, parents
from migralint.operations.namespaces import CreateExtension, CreateSchema, DropExtension, DropSchema
from migralint.operations.needs import needs
from migralint.operations.programs import AlterSequence, CreateFunction, CreateSequence, DropFunction, DropSequence
from migralint.operations.properties import AlterTable, SetRowSecurity
from migralint.operations.statistics import AlterStatistics, CreateStatistics, DropStatistics
from migralint.operations.tables import (
    AttachPartition,
    CreateTable,
    CreateTableComment,
    DetachPartition,
    DropTable,
)
from migralint.operations.types import AlterDomain, AlterType, AlterTypeAddValue, CreateType, DropType
from migralint.operations.views import AlterView, CreateView, DropView
from migralint.schema import (
    Check,
    Column,
    Constraint,
    Domain,
    EnumType,
    ForeignKey,
    Index,
    Name,
    OtherType,
    Schema,
    Table,
    View,
)
from migralint.schema.casts import assignable
from migralint.schema.expressions import normal
from migralint.schema.names import quote


@dataclass(frozen=True, slots=True)
class Lost:
    """No operations lead there; `reason` says why, in words that follow "cannot be undone: "."""

    reason: str


def closing(now: Schema, wanted: Schema) -> tuple[Operation, ...] | Lost:
    """The operations after which `now` is what `wanted` is, but for the order of columns; none where it already is."""
    work = _Closing(now, wanted)
    try:
        work.take_away()
        work.make()
        work.clean_up()
    except _CannotClose as problem:
        return Lost(str(problem))
    except CannotApply as problem:
        return Lost(f"PostgreSQL would refuse to restore {problem}")
    if (name := first_difference(work.state, wanted)) is not None:
        return Lost(f"no operation restores {name}")
    return tuple(work.operations)


def first_difference(one: Schema, other: Schema) -> str | None:
    """What differs first, whatever order columns, constraints and objects have; None where nothing does."""
    for kind in ("tables", "types", "views", "sequences", "functions"):
        left, right = getattr(one, kind), getattr(other, kind)
        for name in {**left, **right}:
            if _unordered(left.get(name)) != _unordered(right.get(name)):
                return f"{kind.removesuffix('s')} {name}"
    for kind in ("schemas", "extensions"):
        if names := set(getattr(one, kind)) ^ set(getattr(other, kind)):
            return f"{kind.removesuffix('s')} {min(names)}"
    return None


def _unordered(value: object) -> object:
    if isinstance(value, Table | View):
        parts = {f.name: getattr(value, f.name) for f in fields(value) if f.compare}
        if isinstance(value, Table):
            parts["partition_by"] = normal(value.partition_by or "")  # a rename takes needless quotes away
        ordered = ("columns",) if isinstance(value, View) else ("parents",)
        return {k: frozenset(v) if isinstance(v, tuple) and k not in ordered else v for k, v in parts.items()}
    return frozenset(value) if isinstance(value, tuple) else value


class _CannotClose(Exception):
    """There is no operation for it."""


class _Closing:
    def __init__(self, now: Schema, wanted: Schema) -> None:
        self.state = now
        self.wanted = wanted
        self.operations: list[Operation] = []

    def do(self, operation: Operation) -> None:
        self.state = operation.apply(self.state)
        self.operations.append(operation)

    def drop(self, operation: Operation) -> None:
        """Drops, with what needs it where something does: that is made anew."""
        try:
            self.do(operation)
        except CannotApply as problem:
            if problem.kind != "depends" or not hasattr(operation, "cascade"):
                raise
            self.do(replace(operation, cascade=True))  # type: ignore[call-arg]  # the class has the field

    def as_they_can(self, operations: Iterable[Operation], run: Callable[[Operation], None]) -> None:
        """Runs the operations, those that need others after them."""
        waiting = list(operations)
        while waiting:
            later: list[Operation] = []
            for operation in waiting:
                try:
                    run(operation)
                except CannotApply:
                    later.append(operation)
            if len(later) == len(waiting):
                run(later[0])
            waiting = later

    # what goes -----------------------------------------------------------------------------------------------------
    def take_away(self) -> None:
        """Drops what is not wanted, or not as it is."""
        for name in list(self.state.tables):
            if name in self.wanted.tables:
                keys = [normal(schema.tables[name].partition_by or "") for schema in (self.state, self.wanted)]
                if keys[0] != keys[1]:
                    raise _CannotClose(f"PostgreSQL has no statement that changes what {name} is partitioned by")
                self._attached_away(self.state.tables[name], self.wanted.tables[name])
        self._views_away()
        for table in self._both():
            for parent in self.state.tables[table].parents:
                if parent not in self.wanted.tables[table].parents and parent in self.state.tables:
                    self.do(DetachPartition(parent, table))
        for table in self._both():
            self._columns_away(table)
        for kind in (ForeignKey, Constraint):
            for table in self._both():
                self._constraints_away(table, kind)
        for table in self._both():
            self._indexes_away(table)
        self._tables_away()
        self._objects_away()

    def _both(self) -> list[Name]:
        """The tables that stay, parents before their children."""
        found: dict[Name, None] = {}

        def add(name: Name) -> None:
            for parent in self.state.tables[name].parents:
                if parent in self.state.tables and parent not in found and parent != name:
                    add(parent)
            found[name] = None

        for name in self.state.tables:
            if name not in found:
                add(name)
        return [name for name in found if name in self.wanted.tables]

    def _attached_away(self, owner: Table | View, wanted: Table | View) -> None:
        for trigger in owner.triggers:
            if trigger not in wanted.triggers:
                self.do(DropTrigger(owner.name, trigger.name))
        if isinstance(owner, Table) and isinstance(wanted, Table):
            for policy in owner.policies:
                if policy not in wanted.policies:
                    self.do(DropPolicy(owner.name, policy.name))
            for one in owner.statistics:
                if one not in wanted.statistics:
                    self.do(DropStatistics(one.name))

    def _views_away(self) -> None:
        gone: set[Name] = set()
        for name, view in self.state.views.items():
            wanted = self.wanted.views.get(name)
            if wanted is None or _bare(wanted) != _bare(view):
                gone |= {name, *readers(self.state, name)}
        self.as_they_can((DropView(n, self.state.views[n].materialized) for n in sorted(gone)), self.do)
        for view in list(self.state.views.values()):
            wanted = self.wanted.views[view.name]
            self._attached_away(view, wanted)
            for index in view.indexes:
                if index not in wanted.indexes:
                    self.do(DropIndex(Name(view.name.schema, index.name), view.name))

    def _constraints_away(self, name: Name, kind: type[Constraint]) -> None:
        for constraint in self.state.tables[name].constraints:
            table, wanted = self.state.tables[name], self.wanted.tables[name].constraint(constraint.name)
            if not isinstance(constraint, kind) or constraint not in table.constraints or constraint == wanted:
                continue
            if wanted is not None and _changed(constraint, wanted) is not None:
                continue
            self._unless_of_parent(table, constraint, DropConstraint(name, constraint.name, constraint.kind))

    def _indexes_away(self, name: Name) -> None:
        for index in self.state.tables[name].indexes:
            table = self.state.tables[name]
            if index in table.indexes and index not in self.wanted.tables[name].indexes:
                self._unless_of_parent(table, index, DropIndex(Name(name.schema, index.name), name))

    def _unless_of_parent(self, table: Table, part: Constraint | Index, operation: Operation) -> None:
        """Drops it, or leaves it to its parent, which may be detached."""
        above = parents(self.state, table)
        if not any(
            counterpart(parent, own, table) == part for parent in above for own in parent.constraints
        ) and not any(counterpart(parent, index, table) == part for parent in above for index in parent.indexes):
            self.drop(operation)

    def _tables_away(self) -> None:
        gone = [n for n in self.state.tables if n not in self.wanted.tables]

        def drop(operation: Operation) -> None:
            if operation.table_name in self.state.tables:  # or it went with its parent
                self.do(operation)

        try:
            self.as_they_can((DropTable(n) for n in reversed(gone)), drop)
        except CannotApply:
            for name in gone:
                if name in self.state.tables:
                    self.do(DropTable(name, cascade=True))

    def _columns_away(self, name: Name) -> None:
        wanted = self.wanted.tables[name]
        for column in self.state.tables[name].columns:
            target = wanted.column(column.name)
            if self.state.tables[name].column(column.name) is None or self._is_of_parent(name, column.name):
                continue
            if target is None or (target.generated is not None and not self._stays_generated(column, target)):
                self.drop(DropColumn(name, column.name))
            elif (target.type, target.collation) != (column.type, column.collation):
                self._needs_away(name, column.name)

    def _stays_generated(self, column: Column, target: Column) -> bool:
        """Whether a column is generated as it is and can have the type; made anew, it computes what it holds."""
        return column.generated is not None and assignable(self.state, column.type, target.type) is not False

    def _needs_away(self, name: Name, column: str) -> None:
        """Drops what stands against another type of the column; it is made anew."""
        for need in list(needs(self.state, self.state.tables[name], column)):
            match need.kind:
                case "view":
                    view = next((v for v in self.state.views.values() if str(v.name) == need.name), None)
                    if view is not None:  # or it went with another one
                        self.drop(DropView(view.name, view.materialized))
                case "generated column":
                    self.drop(DropColumn(name, need.name))
                case "policy":
                    self.do(DropPolicy(name, need.name))
                case "trigger":
                    self.do(DropTrigger(name, need.name))

    def _is_of_parent(self, name: Name, column: str) -> bool:
        return any(p.column(column) is not None for p in parents(self.state, self.state.tables[name]))

    def _objects_away(self) -> None:
        for name, functions in list(self.state.functions.items()):
            for function in functions:
                wanted = [f for f in self.wanted.functions.get(name, ()) if f.arguments == function.arguments]
                if not wanted or (wanted[0].returns, wanted[0].kind) != (function.returns, function.kind):
                    self.drop(DropFunction(name, function.arguments, kind=function.kind))
        for sequence in list(self.state.sequences.values()):
            there = self.wanted.sequences.get(sequence.name)
            if not sequence.identity and (there is None or there.identity):
                self.drop(DropSequence(sequence.name))
        for name, found in list(self.state.types.items()):
            other = self.wanted.types.get(name)
            if other is not None and (type(other) is not type(found) or _made_anew(found, other)):
                try:
                    self.do(DropType(name, domain=isinstance(found, Domain)))
                except CannotApply as problem:
                    reason = f"PostgreSQL has no statement that makes another type of {name}: {problem.detail}"
                    raise _CannotClose(reason) from problem

    def clean_up(self) -> None:
        """Drops what no column is of any more."""
        gone = [t for n, t in self.state.types.items() if n not in self.wanted.types]
        self.as_they_can((DropType(t.name, domain=isinstance(t, Domain)) for t in reversed(gone)), self.do)
        for extension in self.state.extensions:
            if extension not in self.wanted.extensions:
                self.do(DropExtension(extension))
        for schema in self.state.schemas:
            if schema not in self.wanted.schemas:
                self.do(DropSchema(schema))

    # what is missing -----------------------------------------------------------------------------------------------
    def make(self) -> None:
        """Makes what is missing, and changes what is there."""
        for schema in self.wanted.schemas:
            if schema not in self.state.schemas:
                self.do(CreateSchema(schema))
        for extension in self.wanted.extensions:
            if extension not in self.state.extensions:
                self.do(CreateExtension(extension))
        self._make_types()
        for sequence in self.wanted.sequences.values():
            if sequence.name not in self.state.sequences and not sequence.identity:
                self.do(CreateSequence(replace(sequence, owned_by=None)))
        for name, functions in self.wanted.functions.items():
            for function in functions:
                if function not in self.state.functions.get(name, ()):
                    again = any(f.arguments == function.arguments for f in self.state.functions.get(name, ()))
                    self.do(CreateFunction(function, or_replace=again))
        missing = [t for n, t in self.wanted.tables.items() if n not in self.state.tables]
        missing.sort(key=lambda t: len(_above(self.wanted, t.name)))
        for table in missing:
            self.do(CreateTable(self._definition(table)))
        tables = self._both()
        for name in tables:
            self._make_columns(name, generated=False)
        for name in tables:
            for column in self.wanted.tables[name].columns:
                self._alter(name, column)
        for name in tables:
            self._make_columns(name, generated=True)  # of columns that have their type by now
            self._properties(name)
        self._make_parts(tables)
        for name in tables:
            self._attach(name)
        for sequence in self.wanted.sequences.values():
            if (found := self.state.sequences.get(sequence.name)) is not None and found != sequence:
                self.do(AlterSequence(sequence.name, sequence))
        self._make_views()
        for name in tables:
            for trigger in self.wanted.tables[name].triggers:
                if trigger not in self.state.tables[name].triggers:
                    self.do(CreateTrigger(name, trigger))
            for policy in self.wanted.tables[name].policies:
                if policy not in self.state.tables[name].policies:
                    self.do(CreatePolicy(name, policy))
            for one in self.wanted.tables[name].statistics:
                if one not in self.state.tables[name].statistics:
                    self.do(CreateStatistics(name, replace(one, target=None)))
                    if one.target is not None:
                        self.do(AlterStatistics(one.name, target=one.target))

    def _make_types(self) -> None:
        for name, wanted in self.wanted.types.items():
            found = self.state.types.get(name)
            if found is None:
                self.do(CreateType(wanted))
            elif isinstance(found, EnumType) and isinstance(wanted, EnumType):
                self._labels(found, wanted)
            elif isinstance(wanted, Domain) and found != wanted:
                if isinstance(found, Domain) and found.base != wanted.base:
                    raise _CannotClose(f"PostgreSQL has no statement that changes what domain {name} is based on")
                self.do(AlterDomain(name, wanted))
            elif isinstance(wanted, OtherType) and found != wanted:
                self.do(AlterType(name, wanted))

    def _labels(self, found: EnumType, wanted: EnumType) -> None:
        for label in found.labels:
            if label not in wanted.labels:
                raise _CannotClose(
                    f"PostgreSQL cannot remove a label from an enum: without {label!r} {found.name} has to be made anew"
                )
        for number, label in enumerate(wanted.labels):
            if label not in found.labels:
                following = next((x for x in wanted.labels[number + 1 :] if x in found.labels), None)
                self.do(AlterTypeAddValue(found.name, label, before=following))

    def _definition(self, table: Table) -> Table:
        """What CREATE TABLE makes of it: the rest follows."""
        return replace(
            table,
            columns=tuple(self._with_sequence(table.name, c) for c in table.columns),
            constraints=tuple(
                c for c in table.constraints if not isinstance(c, ForeignKey) and getattr(c, "validated", True)
            ),
            triggers=(),
            policies=(),
            statistics=(),
            row_security=False,
            row_security_forced=False,
        )

    def _with_sequence(self, table: Name, column: Column) -> Column:
        """An identity column, with the name that its sequence has."""
        return replace(column, sequence=self._sequence_of(table, column.name)) if column.identity else column

    def _sequence_of(self, table: Name, column: str) -> Name | None:
        owned = (s for s in self.wanted.sequences.values() if s.identity and s.owned_by == (table, column))
        return next((s.name for s in owned), None)

    def _make_columns(self, name: Name, generated: bool) -> None:
        for column in self.wanted.tables[name].columns:
            if (column.generated is not None) == generated and self.state.tables[name].column(column.name) is None:
                self.do(AddColumn(name, self._with_sequence(name, column)))

    def _alter(self, name: Name, wanted: Column) -> None:
        found = self.state.tables[name].column(wanted.name)
        if found is None or found == wanted:
            return
        alter = AlterColumn(name, wanted.name)
        if (found.type, found.collation) != (wanted.type, wanted.collation):
            self._retype(replace(alter, type=wanted.type, collation=wanted.collation), found)
            found = self.state.tables[name].column(wanted.name) or found
        changes = {
            part: getattr(wanted, part)
            for part in ("identity", "generated", "default", "not_null", "comment")
            if getattr(wanted, part) != getattr(found, part)
        }
        if self.wanted.tables[name].is_partition and wanted.inherited:
            changes.pop("identity", None)  # which it has of its parent, once it is attached
            if found.identity and not self.state.tables[name].is_partition:
                changes["identity"] = None
        if changes.get("identity"):
            if not found.not_null:
                self.do(replace(alter, not_null=True))
            if found.default is not None:
                self.do(replace(alter, default=None))
                changes.pop("default", None)
            changes.pop("not_null", None)
            changes["sequence"] = self._sequence_of(name, wanted.name)
        if changes:
            self.do(replace(alter, **changes))

    def _retype(self, alter: AlterColumn, found: Column) -> None:
        if alter.name in (partition_columns(self.state.tables[alter.table]) or ()):
            raise _CannotClose(f"PostgreSQL has no statement that changes the partition key of {alter.table}")
        try:
            self.do(alter)
        except CannotApply:
            if found.default is not None:
                self.do(AlterColumn(alter.table, alter.name, default=None))
            self.do(replace(alter, using=f"{quote(alter.name)}::{alter.type}"))

    def _properties(self, name: Name) -> None:
        found, wanted = self.state.tables[name], self.wanted.tables[name]
        if found.row_security != wanted.row_security:
            self.do(SetRowSecurity(name, wanted.row_security))
        if found.comment != wanted.comment:
            self.do(CreateTableComment(name, wanted.comment))
        if found.row_security_forced != wanted.row_security_forced:
            self.do(AlterTable(name, f"{'' if wanted.row_security_forced else 'no_'}force_row_security"))
        if found.persistence != wanted.persistence:
            self.do(AlterTable(name, "set_unlogged" if wanted.persistence == "unlogged" else "set_logged"))

    def _make_parts(self, tables: list[Name]) -> None:
        """Constraints and indexes: checks from the parents down, what partitions share from them up."""
        for name in tables:
            for constraint in self.wanted.tables[name].constraints:
                if isinstance(constraint, Check):
                    self._make_constraint(name, constraint)
        for kind in (Constraint, ForeignKey):
            for name in reversed(tables):
                for constraint in self.wanted.tables[name].constraints:
                    if isinstance(constraint, kind) and isinstance(constraint, ForeignKey) == (kind is ForeignKey):
                        self._make_constraint(name, constraint)
            for name in reversed(tables) if kind is Constraint else ():
                for index in self.wanted.tables[name].indexes:
                    if index not in self.state.tables[name].indexes:
                        only = not index.valid and bool(children(self.state, name))
                        self.do(CreateIndex(name, replace(index, valid=index.valid or only), only=only))

    def _attach(self, name: Name) -> None:
        """Makes it a child or a partition again, when it has all that its parent has."""
        found, wanted = self.state.tables[name], self.wanted.tables[name]
        for parent in wanted.parents:
            if parent not in found.parents:
                bound = wanted.partition_bound
                self.do(AttachPartition(parent, name, inherit=not wanted.is_partition, bound=bound))

    def _make_constraint(self, name: Name, wanted: Constraint) -> None:
        found = self.state.tables[name].constraint(wanted.name)
        if found == wanted:
            return
        if found is not None and (change := _changed(found, wanted)) is not None:
            self.do(change(name))
        else:
            self.do(CreateConstraint(name, wanted))

    def _make_views(self) -> None:
        missing = [v for n, v in self.wanted.views.items() if n not in self.state.views]
        missing.sort(key=lambda view: len(_read(self.wanted, view)))
        for view in missing:
            self.do(CreateView(replace(view, indexes=(), triggers=())))
        for view in self.wanted.views.values():
            if self.state.views[view.name].options != view.options:
                self.do(AlterView(view.name, view.options))
            for index in view.indexes:
                if index not in self.state.views[view.name].indexes:
                    self.do(CreateIndex(view.name, index))
            for trigger in view.triggers:
                if trigger not in self.state.views[view.name].triggers:
                    self.do(CreateTrigger(view.name, trigger))


def _bare(view: View) -> View:
    return replace(view, indexes=(), triggers=(), options=())


def _made_anew(found: EnumType | Domain | OtherType, wanted: EnumType | Domain | OtherType) -> bool:
    """Whether a type has to be made anew: only what composite types consist of can be altered."""
    return isinstance(found, OtherType) and found != wanted and not found.attributes


def _changed(found: Constraint, wanted: Constraint) -> Callable[[Name], Operation] | None:
    """The operation that makes one of the other without a new constraint, or None."""
    name = found.name
    if isinstance(found, Check | ForeignKey) and not found.validated and replace(found, validated=True) == wanted:
        return lambda table: ValidateConstraint(table, name)
    if isinstance(found, ForeignKey) and isinstance(wanted, ForeignKey):
        deferrable, initially, enforced = wanted.deferrable, wanted.initially, wanted.enforced
        if replace(found, deferrable=deferrable, initially=initially) == wanted:
            return lambda table: AlterConstraint(table, name, deferrable, initially)
        if replace(found, enforced=enforced, validated=enforced) == wanted:
            return lambda table: AlterConstraint(table, name, enforced=enforced)
    return None


def _above(schema: Schema, name: Name) -> set[Name]:
    """All tables above."""
    found: set[Name] = set()
    pending = [name]
    while pending:
        table = schema.tables.get(pending.pop())
        pending += [p for p in table.parents if p not in found] if table else []
        found |= set(table.parents) if table else set()
    return found


def _read(schema: Schema, view: View) -> set[Name]:
    """All views that a view reads, through others too."""
    found: set[Name] = set()
    pending = [view]
    while pending:
        for name in pending.pop().uses:
            if name in schema.views and name not in found:
                found.add(name)
                pending.append(schema.views[name])
    return found
