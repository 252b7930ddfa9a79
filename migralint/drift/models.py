"""The models against the head: what their differences mean, which depends on who has more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from migralint.drift.beside_models import comments, sequences
from migralint.drift.changes import LastChange
from migralint.drift.compare import drift
from migralint.drift.comparison import BLOCKING, COSMETIC, INTEGRITY, ORDER
from migralint.drift.describe import constraint as text
from migralint.drift.describe import listed, quoted
from migralint.drift.difference import (
    MODELS,
    NAMES_FOR_VALUES,
    NOT_IMPORTED,
    NULL_REFUSED,
    OPENED,
    SET_ASIDE,
    TRIGGER,
    TWO_DEFAULTS,
    Difference,
)
from migralint.drift.following import following
from migralint.drift.keeping import keeping
from migralint.drift.model_parts import Told, of_part
from migralint.drift.modelled import Modelled
from migralint.drift.triggers import given_by_triggers
from migralint.operations import ObjectRef, Place
from migralint.schema import Column, EnumType, ForeignKey, Schema
from migralint.schema.conversion import base_type, narrowing
from migralint.schema.expressions import same_default
from migralint.schema.types import parse

_TEXTS = ("text", "character varying")


class _Side(NamedTuple):
    """The models without what is left out."""

    path: str
    schema: Schema
    managed: frozenset[str]
    place_of: Callable[[ObjectRef], Place]


def models_drift(head: Schema, models: Modelled, changes: LastChange) -> tuple[Difference, ...]:
    """How the models differ from the head, the worst first: what `drift` finds, in the words of who runs the models."""

    def kept(schema: Schema, other: Schema) -> Schema:
        """Without tables on one side only that are left out: they must not be taken for another's other name."""
        out = [n for n in schema.tables if n not in other.tables and models.leaves_out(ObjectRef("table", n), head)]
        return replace(schema, tables={n: t for n, t in schema.tables.items() if n not in out}) if out else schema

    compared, schema = kept(head, models.schema), kept(models.schema, head)
    for name in models.details.guessed & schema.tables.keys() & head.tables.keys():
        schema = schema.with_table(replace(schema.tables[name], doubtful=False))
    side = _Side(models.path, schema, models.managed, models.place_of)
    told = _Words(head, models, changes)
    found = [
        told.of(one)
        for one in drift(compared, side, changes, changes.renamed)
        if one.kind != "row_security"
        and not (one.kind == "name" and one.object.table in models.details.unnamed)
        and not (one.derived is None and one.object in models.details.refused)
        and not _leads_outside(one, models)
        and not models.leaves_out(one.object, head, one.derived or one.head)
    ]
    found += sequences(head, models)
    found += (one for one in comments(head, models, changes) if not models.leaves_out(one.object, head))
    found = [following(one, found, head, models.schema) for one in found]
    return tuple(sorted(_reached(found, models), key=lambda one: ORDER.index(one.drift_class)))


def _leads_outside(one: Difference, models: Modelled) -> bool:
    """Whether it is a foreign key of the history to a table that someone else owns, which the models cannot name."""
    target = one.head.references if isinstance(one.head, ForeignKey) and one.derived is None else None
    return target is not None and target.schema in models.managed and target not in models.schema.tables


def _reached(found: list[Difference], models: Modelled) -> Iterator[Difference]:
    """Tables that seem to have no model may have one that nothing imports or code makes, or are set aside by code."""
    lacking = {one.object.table for one in found if one.kind == "table" and one.derived is None}
    places = models.unreached({name for name in lacking if name is not None}) if lacking else {}
    left = {name for name in lacking - places.keys() if name is not None}
    aside = models.set_aside(left) if left else ()
    for one in found:
        table = one.object.table if one.kind == "table" and one.derived is None else None
        place = places.get(table) if table is not None else None
        if place is None:
            kept = table is not None and (models.open or table.name in aside or str(table) in aside)
            yield replace(one, cause=SET_ASIDE) if kept else one
            continue
        yield replace(
            one,
            drift_class=INTEGRITY,
            cause=NOT_IMPORTED,
            place=place,
            message=f"this module has the model of table {one.object.table}, and neither env.py nor what it imports "
            "reaches the module: autogenerate takes the table for one without a model and would drop it",
        )


class _Words:
    def __init__(self, head: Schema, models: Modelled, changes: LastChange) -> None:
        self._head = head
        self._models = models
        self._changes = changes

    def of(self, one: Difference) -> Difference:
        """The difference with its class and message."""
        own = getattr(self, f"_{one.kind}", None)
        told = own(one) if own is not None else of_part(one, self._history(one), self._no_revision(one, "makes"))
        said = replace(one, drift_class=told.drift_class, message=told.message, cause=told.cause, source=MODELS)
        return replace(said, closing=one.closing or keeping(said, self._head, self._models.schema))

    def _by_trigger(self, one: Difference) -> bool:
        """Whether a trigger of the history gives a column its values: both programs of an expand phase are served."""
        table = self._head.tables.get(one.table_at_head) if one.table_at_head is not None else None
        return table is not None and getattr(one.head, "name", None) in given_by_triggers(self._head, table)

    # words ------------------------------------------------------------------------------------------------------
    def _history(self, one: Difference) -> str:
        return f"the history (revision {one.since})" if one.since else "the history"

    def _no_revision(self, one: Difference, makes: str) -> str:
        """Why the history does not have it: it took it away, or never made it."""
        change = self._changes(one.object)
        if change is not None and change.exact and change.operation.startswith("drop_"):
            return f"which revision {change.revision} drops"
        return f"which no revision {makes}"

    # kinds ------------------------------------------------------------------------------------------------------
    def _came_with_table(self, one: Difference) -> bool:
        """Whether the table was made with the column as it is: no row is older than it."""
        change = self._changes(one.object)
        return change is not None and change.exact and change.operation == "create_table"

    def _table(self, one: Difference) -> Told:
        if one.renamed_from is not None:
            return Told(
                BLOCKING,
                f"{self._history(one)} has table {one.renamed_from}, the models have it as {one.object.table}: "
                f"{one.evidence}; statements with the models' name fail",
            )
        if one.derived is not None:
            said = f"the models have table {one.object.table}, {self._no_revision(one, 'makes')}"
            if (creating := self._models.created()) is None:
                return Told(BLOCKING, f"{said}: statements with it fail")
            return Told(
                INTEGRITY,
                f"{said}: only databases on which create_all of {creating.path} has run have it, and there a revision "
                "that makes it later fails",
                OPENED if creating.opening else None,
            )
        return Told(
            COSMETIC,
            f"{self._history(one)} has table {one.object.table}, which no model has: autogenerate would drop it",
        )

    def _column(self, one: Difference) -> Told:
        name = f"{one.object.table}.{one.object.name}"
        if one.renamed_from is not None:
            return Told(
                BLOCKING,
                f"{self._history(one)} has column {one.object.table}.{one.renamed_from}, the models have it as "
                f"{one.object.name}: {one.evidence}; statements with the models' name fail",
            )
        if one.derived is not None:
            lacks = self._no_revision(one, "adds")
            return Told(BLOCKING, f"the models have column {name}, {lacks}: statements with it fail")
        head = one.head
        if self._by_trigger(one):
            return Told(
                COSMETIC, f"{self._history(one)} has column {name}, which the models lack and a trigger fills", TRIGGER
            )
        if isinstance(head, Column) and head.not_null and not _has_value(head):
            return Told(
                BLOCKING,
                f"{self._history(one)} has column {name}, NOT NULL and without a default, which the models lack: every "
                "INSERT of the models is refused",
                NULL_REFUSED,
            )
        return Told(
            COSMETIC,
            f"{self._history(one)} has column {name}, which the models lack: autogenerate would drop it",
        )

    def _type(self, one: Difference) -> Told:
        head, derived = one.head, one.derived
        assert isinstance(head, Column)  # of a difference of types
        assert isinstance(derived, Column)
        (_, at_head), (_, in_models) = one.sides
        said = (
            f"{one.object.table}.{one.object.name} is {at_head} in {self._history(one)} and {in_models} in the models"
        )
        back, forth = (narrowing(self._head, a, b) for a, b in _both_ways(head.type, derived.type))
        if back is not None:
            effect = "loses" if back.silent else "refuses"
            return Told(INTEGRITY if back.silent else BLOCKING, f"{said}: PostgreSQL {effect} {back.values}")
        kinds = parse(head.type), parse(derived.type)
        alike = kinds[0].dimensions == kinds[1].dimensions
        if alike and base_type(self._head, kinds[0]._replace(dimensions=0)) == kinds[1]._replace(dimensions=0):
            return Told(one.drift_class, f"{said}: the models do not know what the domain refuses or fills in")
        if alike and all(kind.base in _TEXTS for kind in kinds):
            return Told(COSMETIC, f"{said}; PostgreSQL takes all values of the models")
        if forth is not None:
            return Told(INTEGRITY, f"{said}: the column may have {forth.values}, which the models do not expect")
        return Told(one.drift_class, f"{said}{_EFFECTS[one.drift_class]}")

    def _foreign_key(self, one: Difference) -> Told:
        head, table = one.head, self._models.schema.tables.get(one.object.table) if one.object.table else None
        told = of_part(one, self._history(one), self._no_revision(one, "makes"))
        if one.derived is not None or not isinstance(head, ForeignKey) or table is None:
            return told
        if not any(
            (key.columns, key.references) == (head.columns, head.references) for key in table.of_kind(ForeignKey)
        ):
            return told
        return Told(
            COSMETIC,
            f"{self._history(one)} has {text(head)} on {one.object.table} more than once, the models have it once: "
            f"PostgreSQL looks rows up for each; {head.name} can go",
        )

    def _nullability(self, one: Difference) -> Told:
        head, derived, name = one.head, one.derived, f"{one.object.table}.{one.object.name}"
        assert isinstance(head, Column)  # of a difference of nullability
        assert isinstance(derived, Column)
        if not head.not_null and self._by_trigger(one):
            said = f"{name} is NOT NULL in the models and not in {self._history(one)}: a trigger fills it"
            return Told(COSMETIC, said, TRIGGER)
        if not head.not_null and one.object in self._models.details.filled and self._came_with_table(one):
            return Told(
                COSMETIC,
                f"{name} is NOT NULL in the models and not in {self._history(one)}: their default= fills it, and no "
                "row is older than it; only rows of other programs are different",
            )
        if not head.not_null:
            return Told(
                INTEGRITY,
                f"{name} is NOT NULL in the models and not in {self._history(one)}: rows without a value get in by "
                "other ways, and the code does not expect them",
            )
        said = f"{name} is NOT NULL in {self._history(one)} and may be NULL in the models"
        if one.object in self._models.details.filled or _has_value(derived):
            return Told(INTEGRITY, f"{said}: PostgreSQL refuses a row that is given NULL")
        more = ", the default of the column notwithstanding: SQLAlchemy sends NULL" if head.default else ""
        return Told(
            BLOCKING, f"{said}: PostgreSQL refuses every row for which the code sets no value{more}", NULL_REFUSED
        )

    def _default(self, one: Difference) -> Told:
        head, derived, name = one.head, one.derived, f"{one.object.table}.{one.object.name}"
        assert isinstance(head, Column)  # of a difference of defaults
        assert isinstance(derived, Column)
        (_, at_head), (_, in_models) = one.sides
        history = self._history(one)
        said = f"{name} has default {at_head or 'none'} in {history} and {in_models or 'none'} in the models"
        if head.generated or derived.generated:
            return Told(one.drift_class, f"{name} is {at_head} in {history} and {in_models} in the models")
        filled = one.object in self._models.details.filled
        if _has_value(derived) and not _has_value(head):
            if filled:
                return Told(COSMETIC, f"{said}, whose default= fills it: only rows of other programs are different")
            if head.not_null:
                return Told(BLOCKING, f"{said}: the models leave it to the database, which refuses the row")
            return Told(INTEGRITY, f"{said}: the models leave it to the database, which sets NULL")
        if filled and derived.default is None and not derived.identity:
            constant = self._models.details.filled[one.object]
            counts = head.identity is not None or (head.default or "").startswith("nextval(")
            if constant is None or counts or same_default(constant, head.default, head.type):
                return Told(COSMETIC, f"{said}, whose default= fills it: only rows of other programs are different")
            return Told(
                INTEGRITY,
                f"{name} gets {constant} from default= of the models and {head.default} from the database in {history}:"
                " which of them a row has depends on who writes it",
                TWO_DEFAULTS,
            )
        if head.identity or derived.identity or (head.default or "").startswith("nextval("):
            return Told(one.drift_class, f"{said}: rows without a value are numbered differently")
        if derived.not_null and not _has_value(derived):
            return Told(COSMETIC, f"{said}, which want a value of each row: only rows of other programs are different")
        return Told(INTEGRITY, f"{said}: rows that leave it out get another value")

    def _enum(self, one: Difference) -> Told:
        head, derived = one.head, one.derived
        if not isinstance(derived, EnumType):
            return Told(COSMETIC, f"{self._history(one)} has enum {one.object.name}, which no column of the models has")
        if not isinstance(head, EnumType):
            return Told(COSMETIC, f"the models have enum {one.object.name}, which no revision makes, and no column")
        if one.renamed_from is not None:
            return Told(
                BLOCKING,
                f"the enum is {head.name} in {self._history(one)} and {derived.name} in the models: SQLAlchemy casts "
                "to the models' name, which does not exist",
            )
        more = [label for label in derived.labels if label not in head.labels]
        missing = [label for label in head.labels if label not in derived.labels]
        if more and (mixed := self._mixed(head, derived)):
            return Told(BLOCKING, f"enum {derived.name} has {mixed}", NAMES_FOR_VALUES)
        if more:
            tail = f"; only the history has {listed([quoted(label) for label in missing])}" if missing else ""
            return Told(
                BLOCKING,
                f"the models' enum {derived.name} has {listed([quoted(label) for label in more])}, which no revision "
                f"adds: PostgreSQL refuses {'it' if len(more) == 1 else 'them'}{tail}",
            )
        if missing:
            return Told(
                INTEGRITY,
                f"enum {derived.name} has {listed([quoted(label) for label in missing])} in {self._history(one)}, not "
                "in the models: reading a row with it fails with LookupError",
            )
        return Told(COSMETIC, f"enum {derived.name} has its labels in another order: its values sort differently")

    def _mixed(self, head: EnumType, derived: EnumType) -> str | None:
        """What tells that the one side has the names of a Python enum and the other its values."""
        for members in self._models.details.members.values():
            names, values = tuple(n for n, _ in members), tuple(v for _, v in members)
            one = quoted(next((label for label in derived.labels if label not in head.labels), ""))
            if set(names) >= set(head.labels) <= set(values):  # what is new in both is no mistake
                continue
            if set(derived.labels) == set(names) and set(head.labels) <= set(values):
                return (
                    f"the values of the Python enum in the history, and its names in the models, such as {one}: "
                    "PostgreSQL refuses them. SQLAlchemy takes names unless values_callable says otherwise"
                )
            if set(derived.labels) == set(values) and set(head.labels) <= set(names):
                return (
                    f"the names of the Python enum in the history, and its values in the models, such as {one}: "
                    "PostgreSQL refuses them"
                )
        if {label.lower() for label in head.labels} == {label.lower() for label in derived.labels}:
            return (
                f"the same labels in another case: {listed([quoted(x) for x in head.labels], 2)} in the history, "
                f"{listed([quoted(x) for x in derived.labels], 2)} in the models; PostgreSQL refuses those"
            )
        return None


_EFFECTS = {
    BLOCKING: ": values or comparisons that fit the one are refused by the other",
    INTEGRITY: ": the same value is kept or read differently",
    COSMETIC: "; both take the same values",
}


def _both_ways(one: str, other: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return (other, one), (one, other)


def _has_value(column: Column) -> bool:
    """Whether the database has a value for rows that leave it out."""
    return column.default is not None or column.identity is not None or column.generated is not None
