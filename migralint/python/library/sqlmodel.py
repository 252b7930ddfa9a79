"""SQLModel: fields of pydantic that become columns (its `get_column_from_field`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.builtin_names import BUILTINS
from migralint.python.classes import ClassMethod, DeclaredAttr, Field, Property, StaticMethod
from migralint.python.generics import GenericItem
from migralint.python.library.annotations import Annotation, annotations_of, plain
from migralint.python.library.items import ColumnItem, ForeignKeyItem
from migralint.python.library.python_types import PYTHON, class_name, is_enum
from migralint.python.library.registry import Handler, known
from migralint.python.library.relationships import MappedProperty
from migralint.python.library.types import TypeItem, as_type, make
from migralint.python.library.versions import newer
from migralint.python.values import Arguments, ClassValue, Function, Symbol, Unknown, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

_TEXTS = frozenset({
    "ipaddress.IPv4Address", "ipaddress.IPv4Network", "ipaddress.IPv6Address", "ipaddress.IPv6Network", "pathlib.Path",
})  # fmt: skip
"""Classes that are kept as text, beside those that descend from `str`."""

_AWARE = (0, 0, 45)
"""The version from which on a moment is stored with its time zone."""

_MOMENTS = frozenset({"pydantic.AwareDatetime", "pydantic.NaiveDatetime"})
_TEXT_PACKAGES = ("pydantic.", "pydantic_extra_types.")
_NUMBERS = frozenset({
    "pydantic.PositiveInt", "pydantic.NegativeInt", "pydantic.NonNegativeInt", "pydantic.NonPositiveInt",
    "pydantic.StrictInt",
})  # fmt: skip


@known("sqlmodel.Field", "sqlmodel.main.Field")
def _field(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return Field(args)


def fields_to_columns(ev: Evaluator, cls: ClassValue, place: Place) -> None:
    """Gives a table model the columns of its fields, those of its bases included, and a name."""
    order: dict[str, ClassValue] = {}
    for base in reversed([b for b in cls.mro() if isinstance(b, ClassValue)]):
        for name in (*annotations_of(base), *base.namespace):
            if not name.startswith("_") and name not in ("model_config", "metadata"):
                order[name] = base
    for name, base in order.items():
        value = cls.lookup(name)[1]
        if isinstance(value, (Function, Property, ClassMethod, StaticMethod, DeclaredAttr, MappedProperty)):
            continue
        found = plain(ev, base, name)
        if found is None:
            continue
        column = _column(ev, name, found, value, _given(cls, name), place)
        cls.namespace.pop(name, None)  # fields come in their order, those of bases first
        cls.namespace[name] = column
    if not cls.lookup("__tablename__")[0]:
        cls.namespace["__tablename__"] = cls.name.lower()


def _given(cls: ClassValue, name: str) -> bool:
    """Whether the field has a default, or a `Field(...)`."""
    return cls.lookup(name)[0]


def _column(ev: Evaluator, name: str, found: Annotation, value: Value, given: bool, place: Place) -> Value:
    inner = next((one for one in found.extras if isinstance(one, Field)), None)
    field = value if isinstance(value, Field) else inner
    options = field.args.keywords if field is not None else {}
    own = options.get("sa_column")
    if isinstance(own, ColumnItem):
        return own.copy()
    default = field.args.get(0, "default", default=...) if field is not None else ...
    if given and field is not value:
        default = value
    required = default is ... and "default_factory" not in options
    primary = ev.truth(options.get("primary_key")) is True
    bare = field is None and default is None  # Field(default=None) says nothing about NULL
    nullable = not primary and (found.optional or (not required and bare))
    if "nullable" in options:
        nullable = ev.truth(options["nullable"]) is True
    parts: list[Value] = []
    target = options.get("foreign_key")
    if isinstance(target, str):
        parts.append(ForeignKeyItem(target, Arguments([], {"ondelete": options.get("ondelete")})))
    more = options.get("sa_column_args")
    parts += ev.items(more) or [] if more is not None else []
    keywords: dict[str, Value] = {"primary_key": primary, "nullable": nullable}
    keywords |= {key: options[key] for key in ("index", "unique") if key in options}
    if "default_factory" in options or default not in (..., None):
        keywords["default"] = options.get("default_factory", default)
    keywords["comment"] = options.get("sa_comment")
    extra = options.get("sa_column_kwargs")
    if isinstance(extra, dict):
        keywords |= extra
    made = ColumnItem.make(ev, Arguments([name, None, *parts], keywords), place)
    made.kind = _type(ev, found, options, place)
    return made


def _type(ev: Evaluator, found: Annotation, options: dict[str, Value], place: Place) -> Value:
    own = options.get("sa_type")
    if own is not None:
        return as_type(ev, own, place)
    kind, name = found.kind, class_name(found.kind) or ""
    fields = [options, *(one.args.keywords for one in found.extras if isinstance(one, Field))]
    sizes: dict[str, Value] = {
        key: one[key] for one in fields for key in ("max_length", "max_digits", "decimal_places") if key in one
    }
    for extra in found.extras:
        if isinstance(extra, Constraint):
            sizes |= extra.keywords
    if is_enum(kind):
        return make(ev, "Enum", Arguments([kind]), place)
    if isinstance(kind, GenericItem):
        return _of_generic(ev, kind, place)
    if name in ("str", *_TEXTS) or _is_text(kind, name):
        return TypeItem("String", Arguments([sizes["max_length"]] if "max_length" in sizes else []))
    if name in _NUMBERS:
        return make(ev, "Integer", Arguments(), place)
    if PYTHON.get(name) == "Numeric":
        given = {"precision": sizes.get("max_digits"), "scale": sizes.get("decimal_places")}
        return make(ev, "Numeric", Arguments([], given), place)
    if PYTHON.get(name) == "DateTime" or name in _MOMENTS:
        aware = name != "pydantic.NaiveDatetime" and newer(ev, "sqlmodel", _AWARE)
        return make(ev, "DateTime", Arguments([], {"timezone": aware}), place)
    if name in PYTHON:
        return make(ev, PYTHON[name], Arguments(), place)
    if isinstance(kind, Unknown):
        return kind
    return Unknown(f"no column type is known for {name or 'its annotation'}", place)


def _is_text(kind: Value, name: str) -> bool:
    if isinstance(kind, ClassValue):
        return any(s.tail == "str" for s in kind.symbols())
    return name.startswith(_TEXT_PACKAGES) and name not in _NUMBERS | _MOMENTS


def _of_generic(ev: Evaluator, kind: GenericItem, place: Place) -> Value:
    """`Literal[...]` is kept as text; nothing else with arguments is a column."""
    if isinstance(kind.origin, Symbol) and kind.origin.tail == "Literal":
        return make(ev, "String", Arguments(), place)
    return Unknown("no column type is known for its annotation", place)


class Constraint(MappedProperty):
    """What pydantic says of a type."""

    type_name = "constraint of a field"

    def __init__(self, keywords: dict[str, Value]) -> None:
        self.keywords = keywords


def _constrained(name: str) -> Handler:
    """`constr(max_length=4)` and its like, which stand for `Annotated[str, ...]`; SQLModel sees digits only."""

    def build(ev: Evaluator, args: Arguments, place: Place) -> Value:
        kind = Symbol("decimal.Decimal") if name == "decimal" else BUILTINS[name]
        return GenericItem(Symbol("typing.Annotated"), (kind, Constraint(args.keywords if name == "decimal" else {})))

    return build


for _name, _kind in (("constr", "str"), ("conint", "int"), ("condecimal", "decimal"), ("confloat", "float")):
    known(f"pydantic.{_name}")(_constrained(_kind))
