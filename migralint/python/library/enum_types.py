"""SQLAlchemy's `Enum`, and PostgreSQL's `ENUM`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.library.types import TypeItem, sized
from migralint.python.values import Arguments, Builtin, ClassValue, EnumMember, Symbol, Value
from migralint.schema import Domain, EnumType, Name
from migralint.schema.names import quote

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


class EnumItem(TypeItem):
    """`Enum`, with its labels (None when they are not known) and the name of the database's type."""

    def __init__(self, name: str, args: Arguments, labels: tuple[str, ...] | None, type_name: str | None) -> None:
        super().__init__(name, args)
        self.labels = labels
        self.enum_name = type_name
        schema = args.keywords.get("schema")
        self.schema: str | None = schema if isinstance(schema, str) else None
        self.create_type = args.keywords.get("create_type", True) is not False
        self.native = args.keywords.get("native_enum", True) is not False

    @property
    def looks_first(self) -> bool:
        """Whether `create` and `drop` look if the type is there: PostgreSQL's own ENUM does, Enum does not."""
        return self.name == "ENUM"

    def is_type(self, ev: Evaluator) -> bool:
        """Whether the database has a type of its own for it."""
        return ev.database.dialect == "postgresql" and self.native and self.enum_name is not None

    def definition(self, ev: Evaluator, name: Name, place: Place) -> EnumType | Domain:
        """The database's type; that its labels are not known is told."""
        if self.labels is None:
            ev.opaque(f"the labels of the enum {self.enum_name} are not known", place, may_change_schema=False)
        return EnumType(name, self.labels or (), partial=self.labels is None)

    def ddl(self, ev: Evaluator, place: Place) -> str:
        variant = self.for_dialect(ev)
        if variant is not self:
            return variant.ddl(ev, place)
        if self.is_type(ev):
            name = quote(self.enum_name or "")
            return f"{quote(self.schema)}.{name}" if self.schema else name
        length = self.args.keywords.get("length")
        if not isinstance(length, int):
            length = max((len(label) for label in self.labels), default=0) if self.labels is not None else None
        return sized("VARCHAR", length or None)

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        from migralint.python.library.enums import create_enum, drop_enum

        if name == "create":
            return Builtin(name, lambda ev, args, place: create_enum(ev, self, args, place))
        if name == "drop":
            return Builtin(name, lambda ev, args, place: drop_enum(ev, self, args, place))
        if name == "name":
            return self.enum_name
        if name == "enums" and self.labels is not None:
            return list(self.labels)
        return super().attribute(ev, name, place)

    def set_attribute(self, ev: Evaluator, name: str, value: Value, place: Place) -> None:
        if name == "create_type":
            self.create_type = ev.truth(value) is not False
        elif name == "name" and isinstance(value, str):
            self.enum_name = value


def _names_a_class(name: str) -> bool:
    """Whether a name of a library is written as classes are (PEP 8)."""
    return name[:1].isupper() and not name.isupper()


def made(ev: Evaluator, name: str, args: Arguments, place: Place) -> TypeItem:
    """`Enum(...)` or `ENUM(...)`: of a class, or of labels."""
    first = args.get(0)
    labels: list[str] | None = []
    type_name = args.keywords.get("name")
    if isinstance(first, ClassValue):
        members = [m for name, m in first.namespace.items() if isinstance(m, EnumMember) and m.name == name]
        getter = args.keywords.get("values_callable")
        chosen = (
            ev.items(ev.call(getter, Arguments([first]), place)) if getter is not None else [m.name for m in members]
        )
        labels = [str(c) for c in chosen] if chosen is not None and all(isinstance(c, str) for c in chosen) else None
        if type_name is None:
            type_name = first.name.lower()
    elif isinstance(first, Symbol) and len(args.positional) == 1 and _names_a_class(first.tail):
        labels = None
        if type_name is None:
            type_name = first.tail.lower()
    else:
        for value in args.positional:
            value = value.value if isinstance(value, EnumMember) else value
            if isinstance(value, str) and labels is not None:
                labels.append(value)
            else:
                labels = None
        if args.open:
            labels = None
    item = EnumItem(
        name,
        args,
        tuple(labels) if labels is not None else None,
        str(type_name) if isinstance(type_name, str) else None,
    )
    if (listed := getattr(item.metadata, "types", None)) is not None:
        listed.append(item)
        home = getattr(item.metadata, "schema", None)
        item.schema = home if item.schema is None and isinstance(home, str) else item.schema
    return item
