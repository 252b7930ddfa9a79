"""What goes before one schema becomes another: what is not wanted, or not as it is, with all that needs it.

Each operation is applied as it is found, so that the next one is looked for in what it leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from migralint.operations.attached import DropPolicy, DropTrigger
from migralint.operations.base import CannotApply, Operation
from migralint.operations.columns import DropColumn
from migralint.operations.constraints import AlterConstraint, DropConstraint, ValidateConstraint
from migralint.operations.data import Statement
from migralint.operations.dependents import readers
from migralint.operations.details import Dropped, Target
from migralint.operations.indexes import DropIndex
from migralint.operations.inheritance import counterpart, parents
from migralint.operations.namespaces import DropExtension, DropSchema
from migralint.operations.needs import held, needs
from migralint.operations.programs import DropFunction, DropSequence
from migralint.operations.publications import PublishedTable
from migralint.operations.settling import membership
from migralint.operations.statistics import DropStatistics
from migralint.operations.tables import (
    DetachPartition,
    DropTable,
)
from migralint.operations.types import DropType
from migralint.operations.views import DropView
from migralint.schema import (
    Check,
    Column,
    Constraint,
    Domain,
    EnumType,
    ForeignKey,
    Function,
    Index,
    Name,
    OtherType,
    Schema,
    Table,
    View,
)
from migralint.schema.casts import assignable
from migralint.schema.expressions import normal


class CannotClose(Exception):
    """There is no operation for it."""


class Clearing:
    """The state on its way to the wanted one, and the operations so far."""

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

    def take_away(self) -> None:
        """Drops what is not wanted, or not as it is."""
        for name in list(self.state.tables):
            if name in self.wanted.tables:
                keys = [normal(schema.tables[name].partition_by or "") for schema in (self.state, self.wanted)]
                if keys[0] != keys[1]:
                    raise CannotClose(f"PostgreSQL has no statement that changes what {name} is partitioned by")
                self._attached_away(self.state.tables[name], self.wanted.tables[name])
        self._views_away()
        for table in self.both():
            for parent in self.state.tables[table].parents:
                if parent not in self.wanted.tables[table].parents and parent in self.state.tables:
                    self.do(DetachPartition(parent, table))
        for table in self.both():
            self._columns_away(table)
        for kind in (ForeignKey, Constraint):
            for table in self.both():
                self._constraints_away(table, kind)
        for table in self.both():
            self._indexes_away(table)
        self._tables_away()
        self._objects_away()

    def both(self) -> list[Name]:
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
            for part in owner.published:
                if part not in wanted.published:
                    self.do(membership("drop", part.publication, PublishedTable(owner.name)))

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
            if wanted is not None and changed(constraint, wanted) is not None:
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
            if self.state.tables[name].column(column.name) is None:
                continue
            if target is None or (target.generated is not None and not self._stays_generated(column, target)):
                if not self._is_of_parent(name, column.name):
                    self.drop(DropColumn(name, column.name))
            elif (target.type, target.collation) != (column.type, column.collation):
                self._needs_away(name, column, target.type)

    def _stays_generated(self, column: Column, target: Column) -> bool:
        """Whether a column is generated as it is and can have the type; made anew, it computes what it holds."""
        return column.generated is not None and assignable(self.state, column.type, target.type) is not False

    def _needs_away(self, name: Name, column: Column, type: str) -> None:
        """Drops what stands against another type of the column; it is made anew."""
        for part in list(held(self.state, self.state.tables[name], column, type)):
            if isinstance(part, Index):
                self.drop(DropIndex(Name(name.schema, part.name), name))
            else:
                self.drop(DropConstraint(name, part.name, part.kind))
        for need in list(needs(self.state, self.state.tables[name], column.name)):
            match need.kind:
                case "view":
                    view = next((v for v in self.state.views.values() if str(v.name) == need.name), None)
                    if view is not None:  # or it went with another one
                        self.drop(DropView(view.name, view.materialized))
                case "generated column":
                    self.drop(DropColumn(name, need.name))
                case "policy":
                    self.do(DropPolicy(need.on or name, need.name))
                case "trigger":
                    self.do(DropTrigger(name, need.name))
                case "rule":
                    owner = need.on or name
                    gone = Dropped((Target("rule", need.name, on=owner),))
                    self.do(Statement("drop_rule", owner, need.name, detail=gone))
                case "publication":
                    self.do(membership("drop", need.name, PublishedTable(name)))

    def _is_of_parent(self, name: Name, column: str) -> bool:
        return any(p.column(column) is not None for p in parents(self.state, self.state.tables[name]))

    def _objects_away(self) -> None:
        for name, functions in list(self.state.functions.items()):
            for function in functions:
                wanted = [f for f in self.wanted.functions.get(name, ()) if f.arguments == function.arguments]
                if not wanted or (wanted[0] != function and not _replaces(wanted[0], function)):
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
                    raise CannotClose(reason) from problem

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


def _bare(view: View) -> View:
    return replace(view, indexes=(), triggers=(), options=())


def _replaces(wanted: Function, found: Function) -> bool:
    """Whether OR REPLACE makes one function of the other."""
    renamed = any(old not in ("", new) for old, new in zip(found.parameters, wanted.parameters, strict=False))
    same = (wanted.returns, wanted.kind) == (found.returns, found.kind)
    return same and not renamed and len(wanted.defaults) >= len(found.defaults)


def _made_anew(found: EnumType | Domain | OtherType, wanted: EnumType | Domain | OtherType) -> bool:
    """Whether a type has to be made anew: only what composite types consist of can be altered."""
    return isinstance(found, OtherType) and found != wanted and not found.attributes


def changed(found: Constraint, wanted: Constraint) -> Callable[[Name], Operation] | None:
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
