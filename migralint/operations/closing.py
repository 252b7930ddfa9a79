"""The operations that turn one schema into another: what closes a difference, and most of what undoes an operation.

What goes is taken away first (`clearing`), with all that needs it; what is missing then is made, also where it only had
to make room.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from migralint.operations.alter_column import AlterColumn
from migralint.operations.attached import CreatePolicy, CreateTrigger
from migralint.operations.attaching import partition_columns
from migralint.operations.base import CannotApply, Operation
from migralint.operations.clearing import CannotClose, Clearing, changed
from migralint.operations.columns import AddColumn
from migralint.operations.constraints import CreateConstraint
from migralint.operations.indexes import CreateIndex
from migralint.operations.inheritance import children
from migralint.operations.namespaces import CreateExtension, CreateSchema
from migralint.operations.programs import AlterSequence, CreateFunction, CreateSequence
from migralint.operations.properties import AlterTable, SetRowSecurity
from migralint.operations.settling import remaking, setting, settling
from migralint.operations.statistics import AlterStatistics, CreateStatistics
from migralint.operations.tables import (
    AttachPartition,
    CreateTable,
    CreateTableComment,
)
from migralint.operations.types import AlterDomain, AlterType, AlterTypeAddValue, CreateType
from migralint.operations.views import AlterView, CreateView
from migralint.schema import (
    Check,
    Column,
    Constraint,
    Domain,
    EnumType,
    ForeignKey,
    Name,
    OtherType,
    Schema,
    Table,
    View,
)
from migralint.schema.bare import bare
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
        for step in (remaking, setting):
            for operation in step(work.state, wanted):
                work.do(operation)
        work.clean_up()
    except CannotClose as problem:
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
            if not _same(left.get(name), right.get(name)):
                return f"{kind.removesuffix('s')} {name}"
    for kind in ("schemas", "extensions"):
        if names := set(getattr(one, kind)) ^ set(getattr(other, kind)):
            return f"{kind.removesuffix('s')} {min(names)}"
    found = next(settling(one, other), None)
    return None if found is None else f"what {found.operation} sets of {found.object}"


def _same(one: object, other: object) -> bool:
    if isinstance(one, View) and isinstance(other, View) and _kept(one) == _kept(other):
        other = replace(other, definition=one.definition)
    return _unordered(one) == _unordered(other)


def _kept(view: View) -> str:
    """The definition as PostgreSQL keeps it, which has no `*`."""
    return view.expanded or view.definition


def _unordered(value: object) -> object:
    if isinstance(value, Table | View):
        parts = {f.name: getattr(value, f.name) for f in fields(value) if f.compare}
        if isinstance(value, Table):
            parts["partition_by"] = normal(value.partition_by or "")  # a rename takes needless quotes away
        ordered = ("columns",) if isinstance(value, View) else ("parents",)
        return {k: frozenset(v) if isinstance(v, tuple) and k not in ordered else v for k, v in parts.items()}
    return frozenset(value) if isinstance(value, tuple) else value


class _Closing(Clearing):
    def make(self) -> None:
        """Makes what is missing, and changes what is there."""
        for schema in self.wanted.schemas:
            if schema not in self.state.schemas:
                self.do(CreateSchema(schema))
        for extension in self.wanted.extensions:
            if extension not in self.state.extensions:
                self.do(CreateExtension(extension, schema=self.wanted.extensions[extension].schema))
        self._make_types()
        for sequence in self.wanted.sequences.values():
            if sequence.name not in self.state.sequences and not sequence.identity:
                self.do(CreateSequence(replace(bare(sequence), owned_by=None)))
        for name, functions in self.wanted.functions.items():
            for function in functions:
                if function not in self.state.functions.get(name, ()):
                    again = any(f.arguments == function.arguments for f in self.state.functions.get(name, ()))
                    self.do(CreateFunction(bare(function), or_replace=again))
        missing = [t for n, t in self.wanted.tables.items() if n not in self.state.tables]
        missing.sort(key=lambda t: len(_above(self.wanted, t.name)))
        for table in missing:
            self.do(CreateTable(self._definition(table)))
        tables = self.both()
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
                self.do(AlterSequence(sequence.name, replace(sequence, comment=found.comment)))
        self._make_views()
        for name in tables:
            for trigger in self.wanted.tables[name].triggers:
                if trigger not in self.state.tables[name].triggers:
                    self.do(CreateTrigger(name, bare(trigger)))
            for policy in self.wanted.tables[name].policies:
                if policy not in self.state.tables[name].policies:
                    self.do(CreatePolicy(name, bare(policy)))
            for one in self.wanted.tables[name].statistics:
                if one not in self.state.tables[name].statistics:
                    self.do(CreateStatistics(name, replace(bare(one), target=None)))
                    if one.target is not None:
                        self.do(AlterStatistics(one.name, target=one.target))

    def _make_types(self) -> None:
        for name, wanted in self.wanted.types.items():
            found = self.state.types.get(name)
            if found is None:
                self.do(CreateType(_bare_type(wanted)))
            elif isinstance(found, EnumType) and isinstance(wanted, EnumType):
                self._labels(found, wanted)
            elif isinstance(wanted, Domain) and found != wanted:
                if isinstance(found, Domain) and found.base != wanted.base:
                    raise CannotClose(f"PostgreSQL has no statement that changes what domain {name} is based on")
                self.do(AlterDomain(name, _as_said(wanted, found) if isinstance(found, Domain) else wanted))
            elif isinstance(wanted, OtherType) and found != wanted:
                kept = found.column_comments if isinstance(found, OtherType) else ()
                self.do(AlterType(name, replace(wanted, comment=found.comment, column_comments=kept)))

    def _labels(self, found: EnumType, wanted: EnumType) -> None:
        for label in found.labels:
            if label not in wanted.labels:
                raise CannotClose(
                    f"PostgreSQL cannot remove a label from an enum: without {label!r} {found.name} has to be made anew"
                )
        for number, label in enumerate(wanted.labels):
            if label not in found.labels:
                following = next((x for x in wanted.labels[number + 1 :] if x in found.labels), None)
                self.do(AlterTypeAddValue(found.name, label, before=following))

    def _definition(self, table: Table) -> Table:
        """What CREATE TABLE makes of it: the rest follows."""
        return replace(
            bare(table),
            columns=tuple(self._with_sequence(table.name, c) for c in table.columns),
            indexes=tuple(map(bare, table.indexes)),
            constraints=tuple(
                bare(c) for c in table.constraints if not isinstance(c, ForeignKey) and getattr(c, "validated", True)
            ),
            triggers=(),
            policies=(),
            statistics=(),
            row_security=False,
            row_security_forced=False,
        )

    def _with_sequence(self, table: Name, column: Column) -> Column:
        """A column as it is made first; of an identity column with the name that its sequence has."""
        column = replace(bare(column), storage=None, compression=None)
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
            if found.identity and not wanted.identity and not self.wanted.tables[name].is_partition:
                self.do(replace(alter, identity=None))  # which counts in integers only
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
            raise CannotClose(f"PostgreSQL has no statement that changes the partition key of {alter.table}")
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
                        self.do(CreateIndex(name, replace(bare(index), valid=index.valid or only), only=only))

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
        if found is not None and (change := changed(found, wanted)) is not None:
            self.do(change(name))
        else:
            self.do(CreateConstraint(name, bare(wanted)))

    def _make_views(self) -> None:
        missing = [v for n, v in self.wanted.views.items() if n not in self.state.views]
        missing.sort(key=lambda view: len(_read(self.wanted, view)))
        for view in missing:
            self.do(CreateView(replace(bare(view), indexes=(), triggers=())))
        for view in self.wanted.views.values():
            if self.state.views[view.name].options != view.options:
                self.do(AlterView(view.name, view.options))
            for index in view.indexes:
                if index not in self.state.views[view.name].indexes:
                    self.do(CreateIndex(view.name, bare(index)))
            for trigger in view.triggers:
                if trigger not in self.state.views[view.name].triggers:
                    self.do(CreateTrigger(view.name, bare(trigger)))


def _bare_type(value: EnumType | Domain | OtherType) -> EnumType | Domain | OtherType:
    """A type as CREATE makes it, the checks of a domain too."""
    made = bare(value)
    return replace(made, checks=tuple(map(bare, made.checks))) if isinstance(made, Domain) else made


def _as_said(wanted: Domain, found: Domain) -> Domain:
    """The domain with the comments that it has so far."""
    said = {check.name: check.comment for check in found.checks}
    checks = tuple(replace(check, comment=said.get(check.name)) for check in wanted.checks)
    return replace(wanted, checks=checks, comment=found.comment)


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
