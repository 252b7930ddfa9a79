"""SQLAlchemy's schema items as values: columns, constraints, indexes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.library.sqltext import ColumnName, Sql, as_sql, quoted
from migralint.python.library.types import TypeItem, as_type
from migralint.python.operators import Expressive
from migralint.python.values import Arguments, Builtin, EnumMember, Native, Unknown, Value
from migralint.schema.names import quote

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator
    from migralint.python.library.annotations import Annotation
    from migralint.python.library.conditions import Condition


@dataclass(eq=False)
class ForeignKeyItem(Native):
    """`ForeignKey("table.column", ...)` inside a column, or one column of a constraint."""

    target: Value
    args: Arguments
    constraint: ConstraintItem | None = None
    parent: ColumnItem | None = None
    type_name = "ForeignKey"

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        match name:
            case "target_fullname" if isinstance(self.target, str):
                return self.target
            case "column":
                return self._column(ev, place)
            case "parent" if self.parent is not None:
                return self.parent
            case "constraint" if self.constraint is not None:
                return self.constraint
            case "constraint":
                return ConstraintItem("fk", self.args.keywords.get("name"), [], self.args, place)
            case "name" if self.constraint is not None:
                return self.constraint.name
            case "ondelete" | "onupdate" | "name" | "deferrable" | "initially" | "use_alter" | "match":
                return self.args.keywords.get(name)
        return Unknown(f"attribute {name} of a foreign key", place)

    def _column(self, ev: Evaluator, place: Place) -> Value:
        from migralint.python.library.tables import TableItem

        if isinstance(self.target, ColumnItem):
            return self.target
        if not isinstance(self.target, str) or "." not in self.target:
            return Unknown("the column a foreign key references", place)
        *schema, table, column = self.target.split(".")
        item = ColumnItem(column, None, Arguments(), [], place)
        item.table = TableItem(table, schema[0] if schema else None, None, place)
        return item


_CLASSES = {
    "pk": "PrimaryKeyConstraint",
    "uq": "UniqueConstraint",
    "fk": "ForeignKeyConstraint",
    "ck": "CheckConstraint",
    "ex": "ExcludeConstraint",
}


@dataclass(eq=False)
class ConstraintItem(Native):
    """A table constraint or index. `kind` is pk, uq, fk, ck, ex or ix; `items` its columns or expressions."""

    kind: str
    name: Value
    items: list[Value]
    args: Arguments
    place: Place
    table: Value = None
    condition: Condition | None = None
    """What `ddl_if` makes of it."""
    type_name = "constraint"

    def attribute_is(self, tail: str) -> bool:
        """Whether it is an instance of SQLAlchemy's class."""
        if self.kind == "ix":
            return tail == "Index"
        return tail in ("Constraint", "ColumnCollectionConstraint", _CLASSES[self.kind])

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name == "name":
            return self.name
        if name == "table":
            return self.table
        if name == "info":
            return self.args.keywords.get("info", {})
        if name == "sqltext" and self.kind == "ck":
            return self.args.get(0, "sqltext")
        if name == "elements" and self.kind == "fk" and (owner := self.table) is not None:
            return [key for key in owner.foreign_keys(ev) if key.constraint is self]
        if name in ("columns", "column_keys", "elements", "expressions"):
            columns = self.args.get(0, "columns", default=[]) if self.kind == "fk" else self.items
            named = [column_name(c) for c in ev.items(columns) or []]
            return named if name == "column_keys" else [ColumnItem(n, None, Arguments(), [], place) for n in named]
        if name in ("referred_table", "ondelete", "onupdate") and self.kind == "fk":
            if name != "referred_table":
                return self.args.keywords.get(name)
            from migralint.python.library.tables import referred_table

            return referred_table(ev, self, place)
        if name == "ddl_if":
            return Builtin(name, self._keep_to)
        if name in ("create", "drop"):
            from migralint.python.library.ddl import constraint_ddl

            return Builtin(name, lambda ev, args, place: constraint_ddl(ev, self, name, args, place))
        return Unknown(f"attribute {name} of a constraint", place)

    def set_attribute(self, ev: Evaluator, name: str, value: Value, place: Place) -> None:
        if name == "name":
            self.name = value

    def _keep_to(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        from migralint.python.library.conditions import condition

        self.condition = condition(ev, args, place)
        return self

    def applies(self, ev: Evaluator) -> bool:
        """Whether it is made for the database. Raises NotKnown."""
        from migralint.python.library.conditions import rule_holds

        if self.condition is not None and not self.condition.holds(ev, self, self.table):
            return False
        return rule_holds(ev, self.args.keywords.get("_create_rule"), self.place)


@dataclass(eq=False)
class GeneratedItem(Native):
    """`Identity(...)`, `Computed(...)`, `Sequence(...)` or `FetchedValue()` inside a column."""

    kind: str
    args: Arguments
    type_name = "generated value"

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if self.kind == "Sequence":
            from migralint.python.library.sequences import sequence_attribute

            return sequence_attribute(ev, self, name, place)
        return Unknown(f"attribute {name} of {self.kind}", place)

    def call(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        return self


@dataclass(eq=False)
class ColumnItem(Expressive):
    """`Column(...)`; also an SQL expression that names it."""

    name: Value
    kind: Value
    args: Arguments
    parts: list[Value]
    place: Place
    table: Value = None
    type_name = "Column"
    overrides: dict[str, Value] = field(default_factory=dict)
    mapped: bool = False
    """Whether it is `mapped_column(...)`, which looks at its annotation."""
    annotation: Annotation | None = None
    """An annotation that stands elsewhere: of a function that declares it."""
    waiting: list[ConstraintItem] = field(default_factory=list)
    """Constraints and indexes over it that become those of its table with it, as where they stand in a class's body."""

    @classmethod
    def make(cls, ev: Evaluator, args: Arguments, place: Place) -> ColumnItem:
        """From the arguments of `Column(...)`, `mapped_column(...)` or `column(...)`."""
        positional = list(args.positional)
        name = args.keywords.get("name", args.keywords.get("_name"))
        if positional and (positional[0] is None or isinstance(positional[0], (str, Unknown))):
            parts_only = all(isinstance(one, (ForeignKeyItem, ConstraintItem, GeneratedItem)) for one in positional[1:])
            if not isinstance(positional[0], Unknown) or not parts_only or "type_" in args.keywords:
                name = positional.pop(0)  # what is not known and stands alone is rather a type
        kind = args.keywords.get("type_")
        parts: list[Value] = []
        for value in positional:
            if isinstance(value, (ForeignKeyItem, ConstraintItem, GeneratedItem)):
                parts.append(value)
            elif kind is None and not isinstance(value, Sql):
                kind = value
            else:
                parts.append(value)
        return cls(name, kind, args, parts, place)

    def option(self, name: str, default: Value = None) -> Value:
        """A keyword argument, or what was assigned later."""
        if name in self.overrides:
            return self.overrides[name]
        return self.args.keywords.get(name, default)

    def foreign_keys(self) -> list[ForeignKeyItem]:
        """Its inline foreign keys."""
        return [p for p in self.parts if isinstance(p, ForeignKeyItem)]

    def generated(self, kind: str) -> GeneratedItem | None:
        """Its `Identity`, `Computed` or `Sequence`, positional or as a default."""
        for part in [*self.parts, self.option("server_default"), self.option("default")]:
            if isinstance(part, GeneratedItem) and part.kind == kind:
                return part
        return None

    def copy(self, name: Value = None) -> ColumnItem:
        """A copy that belongs to no table."""
        return ColumnItem(
            name if name is not None else self.name,
            self.kind,
            self.args,
            list(self.parts),
            self.place,
            None,
            dict(self.overrides),
            self.mapped,
            self.annotation,
        )

    def as_sql(self, ev: Evaluator, place: Place) -> Sql | Unknown:
        """The column as an expression."""
        if isinstance(self.name, str):
            return Sql(quote(str(self.name)), [ColumnName(self.name, self.table)])
        return Unknown("the name of a column", place)

    def operate(self, ev: Evaluator, op: str, other: Value, place: Place, *, swapped: bool) -> Value:
        expression = self.as_sql(ev, place)
        if isinstance(expression, Unknown):
            return expression
        made = expression.operate(ev, op, other, place, swapped=swapped)
        if isinstance(made, Sql) and isinstance(other, ColumnItem) and op in ("==", "!="):
            made.same = (self._identity() == other._identity()) == (op == "==")
        return made

    def _identity(self) -> tuple[Value, ...]:
        table = self.table
        return (getattr(table, "name", None), getattr(table, "schema", None), self.name)

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name in ("name", "key"):
            return self.name
        if name == "type":
            return as_type(ev, self.kind, place)
        if name in (
            "nullable",
            "primary_key",
            "server_default",
            "default",
            "unique",
            "index",
            "autoincrement",
            "comment",
        ):
            return self.option(name, {"nullable": True, "primary_key": False}.get(name))
        if name == "info":
            return self.option("info", {})
        if name in ("copy", "_copy"):
            return Builtin(name, lambda ev, args, place: self.copy())
        if name == "foreign_keys":
            from migralint.python.library.tables import TableItem

            return self.table.foreign_keys(ev, self) if isinstance(self.table, TableItem) else self.foreign_keys()
        if name == "table":
            return self.table
        expression = self.as_sql(ev, place)
        return expression if isinstance(expression, Unknown) else expression.attribute(ev, name, place)

    def set_attribute(self, ev: Evaluator, name: str, value: Value, place: Place) -> None:
        if name == "name":
            self.name = value
        elif name == "type":
            self.kind = value
        elif name == "server_default" and isinstance(value, str):
            self.overrides[name] = None  # SQLAlchemy sends a DefaultClause only, which Column() makes of a text
        else:
            self.overrides[name] = value

    def item(self, ev: Evaluator, key: Value, place: Place) -> Value:
        expression = self.as_sql(ev, place)
        return expression if isinstance(expression, Unknown) else expression.item(ev, key, place)

    def call(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        return self


def default_sql(ev: Evaluator, value: Value, place: Place) -> str | Unknown | None:
    """The text of a `server_default`; None for none, Unknown where it is not known."""
    match value:
        case None | False:
            return None
        case GeneratedItem():
            return None
        case Unknown():
            return value
        case Sql():
            return value.text
        case EnumMember():
            return quoted(str(value.value)) if value.mixes_in_data else Unknown("an enum as server_default", place)
        case str():
            return quoted(value)
        case bool() | int() | float():
            return str(value)
    result = as_sql(ev, value, place)
    return result if isinstance(result, Unknown) else result.text


def column_name(value: Value) -> str | None:
    """The name of a column given as text or as a column."""
    if isinstance(value, ColumnItem):
        value = value.name
    return str(value) if isinstance(value, str) else None


def type_ddl(ev: Evaluator, value: Value, place: Place) -> str | Unknown:
    """The DDL of a column type."""
    kind = as_type(ev, value, place)
    return kind.ddl(ev, place) if isinstance(kind, TypeItem) else kind
