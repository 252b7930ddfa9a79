"""SQLAlchemy's column types, and what PostgreSQL (or SQLite) is told for them."""

from __future__ import annotations

from contextlib import suppress
from copy import copy
from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.library.registry import Handler, canonical, known, resolver
from migralint.python.library.third_party import TYPES as THIRD_PARTY
from migralint.python.values import (
    Arguments,
    BoundMethod,
    Builtin,
    ClassValue,
    Instance,
    Native,
    PyRaise,
    Symbol,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

POSTGRESQL: dict[str, str] = {
    "Integer": "INTEGER", "INTEGER": "INTEGER", "INT": "INTEGER", "BigInteger": "BIGINT", "BIGINT": "BIGINT",
    "SmallInteger": "SMALLINT", "SMALLINT": "SMALLINT", "Boolean": "BOOLEAN", "BOOLEAN": "BOOLEAN", "Text": "TEXT",
    "TEXT": "TEXT", "UnicodeText": "TEXT", "CLOB": "CLOB", "Date": "DATE", "DATE": "DATE", "LargeBinary": "BYTEA",
    "BYTEA": "BYTEA", "Binary": "BYTEA", "PickleType": "BYTEA", "BLOB": "BLOB", "BINARY": "BINARY",
    "VARBINARY": "VARBINARY", "JSON": "JSON", "JSONB": "JSONB", "UUID": "UUID", "INET": "INET", "CIDR": "CIDR",
    "MACADDR": "MACADDR", "MACADDR8": "MACADDR8", "TSVECTOR": "TSVECTOR", "TSQUERY": "TSQUERY", "HSTORE": "HSTORE",
    "OID": "OID", "MONEY": "MONEY", "REGCLASS": "REGCLASS", "CITEXT": "CITEXT", "INT4RANGE": "INT4RANGE",
    "INT8RANGE": "INT8RANGE", "NUMRANGE": "NUMRANGE", "DATERANGE": "DATERANGE", "TSRANGE": "TSRANGE",
    "TSTZRANGE": "TSTZRANGE", "INT4MULTIRANGE": "INT4MULTIRANGE", "INT8MULTIRANGE": "INT8MULTIRANGE",
    "NUMMULTIRANGE": "NUMMULTIRANGE", "DATEMULTIRANGE": "DATEMULTIRANGE", "TSMULTIRANGE": "TSMULTIRANGE",
    "TSTZMULTIRANGE": "TSTZMULTIRANGE", "REAL": "REAL", "Double": "DOUBLE PRECISION", "DOUBLE": "DOUBLE",
    "DOUBLE_PRECISION": "DOUBLE PRECISION", "NullType": "NULL", "XML": "XML", "DATETIME": "DATETIME",
    "LONGTEXT": "LONGTEXT", "MEDIUMTEXT": "MEDIUMTEXT", "TINYINT": "TINYINT", "MEDIUMBLOB": "MEDIUMBLOB",
    "LONGBLOB": "LONGBLOB", "TINYTEXT": "TINYTEXT", "TINYBLOB": "TINYBLOB", "YEAR": "YEAR", "JSONPATH": "JSONPATH",
    "MatchType": "BOOLEAN", "TupleType": "RECORD",
}  # fmt: skip
"""Types whose arguments do not matter, by the name of SQLAlchemy's class."""

_SQLITE = {
    "LargeBinary": "BLOB", "DateTime": "DATETIME", "TIMESTAMP": "TIMESTAMP", "Double": "DOUBLE", "Uuid": "CHAR(32)",
    "JSONB": "JSON", "PickleType": "BLOB", "Interval": "DATETIME", "UUID": "CHAR(32)", "Numeric": "NUMERIC",
    "Time": "TIME", "TIME": "TIME", "Float": "FLOAT", "FLOAT": "FLOAT",
}  # fmt: skip
PARAMETRIC = frozenset(
    """String VARCHAR Unicode NVARCHAR CHAR NCHAR Numeric NUMERIC DECIMAL Float FLOAT DateTime TIMESTAMP Time TIME
    ARRAY Enum ENUM Uuid Interval INTERVAL BIT DOMAIN TypeDecorator UserDefinedType""".split()
)
"""Types whose arguments matter."""
KNOWN = frozenset(POSTGRESQL) | PARAMETRIC


_PARENTS = {
    "String": "Concatenable", "VARCHAR": "String", "CHAR": "String", "NCHAR": "Unicode", "NVARCHAR": "Unicode",
    "Unicode": "String", "Text": "String", "TEXT": "Text", "CLOB": "Text", "UnicodeText": "Text", "Enum": "String",
    "ENUM": "Enum", "CITEXT": "TEXT", "BigInteger": "Integer", "SmallInteger": "Integer", "INTEGER": "Integer",
    "INT": "INTEGER", "BIGINT": "BigInteger", "SMALLINT": "SmallInteger", "NUMERIC": "Numeric", "DECIMAL": "Numeric",
    "Float": "Numeric", "FLOAT": "Float", "REAL": "Float", "Double": "Float", "DOUBLE": "Double",
    "DOUBLE_PRECISION": "Double", "TIMESTAMP": "DateTime", "DATETIME": "DateTime", "DATE": "Date", "TIME": "Time",
    "BOOLEAN": "Boolean", "JSONB": "JSON", "BYTEA": "LargeBinary", "BLOB": "LargeBinary", "UUID": "Uuid",
    "INTERVAL": "Interval",
}  # fmt: skip
"""The class of SQLAlchemy that each type class descends from, where code asks for it with `isinstance`."""


_CONSTANTS = {
    "BOOLEANTYPE": "Boolean", "INTEGERTYPE": "Integer", "MATCHTYPE": "Boolean", "NULLTYPE": "NullType",
    "NUMERICTYPE": "Numeric", "STRINGTYPE": "String",
}  # fmt: skip
"""SQLAlchemy's constants that are types, and the class of each."""


def _ancestors(name: str) -> set[str]:
    out = {name, "TypeEngine"}
    while name in _PARENTS:
        name = _PARENTS[name]
        out.add(name)
    return out


class TypeItem(Native):
    """A column type: the name of its class (SQLAlchemy's or a package's path) and its arguments."""

    type_name = "column type"

    def __init__(self, name: str, args: Arguments, spec: str | None = None) -> None:
        self.name = name
        self.args = args
        self.spec = spec
        self.variants: dict[str, TypeItem] = {}
        self.metadata: Value = args.keywords.get("metadata")
        self.made_by: Instance | None = None
        """The object of a class of the project that it stands for."""

    def ddl(self, ev: Evaluator, place: Place) -> str:
        """What the DDL says for it."""
        variant = self.for_dialect(ev)
        if variant is not self:
            return variant.ddl(ev, place)
        if self.spec is not None:
            return self.spec
        if ev.database.dialect == "sqlite" and self.name in _SQLITE:
            return _SQLITE[self.name]
        if self.name in POSTGRESQL:
            return POSTGRESQL[self.name]
        return self._parametric(ev, place)

    def is_spatial(self) -> bool:
        """Whether it is a type of GeoAlchemy2."""
        return self.name.startswith("geoalchemy2.")

    def collation(self, ev: Evaluator) -> str | None:
        """What the DDL says after COLLATE; an array has that of its elements."""
        variant = self.for_dialect(ev)
        if variant is not self:
            return variant.collation(ev)
        if self.name == "ARRAY":
            inner = self.args.get(0, "item_type")
            return inner.collation(ev) if isinstance(inner, TypeItem) else None
        takes_one = "String" in _ancestors(self.name) and self.name not in ("Enum", "ENUM", "DOMAIN")
        named = self.args.get(1, "collation") if takes_one else None
        return str(named) if isinstance(named, str) else None

    def for_dialect(self, ev: Evaluator) -> TypeItem:
        """The variant for the dialect, or itself."""
        return self.variants.get(ev.database.dialect, self)

    def _parametric(self, ev: Evaluator, place: Place) -> str:
        args, name = self.args, self.name
        if name in ("String", "VARCHAR", "Unicode", "NVARCHAR"):
            return sized("VARCHAR", args.get(0, "length") or None)  # SQLAlchemy writes no length of 0
        if name in ("CHAR", "NCHAR"):
            return sized("CHAR", args.get(0, "length") or None)
        if name in ("Numeric", "NUMERIC", "DECIMAL"):
            precision, scale = args.get(0, "precision"), args.get(1, "scale")
            return sized("NUMERIC", *((precision, scale) if isinstance(precision, int) else ()))
        if name in ("Float", "FLOAT"):
            return sized("FLOAT", args.get(0, "precision") or None)
        if name in ("DateTime", "TIMESTAMP", "Time", "TIME"):
            word = "TIME" if name.upper() == "TIME" else "TIMESTAMP"
            zone = ev.truth(args.get(0, "timezone", default=False))
            return f"{sized(word, args.keywords.get('precision'))} WITH{'' if zone else 'OUT'} TIME ZONE"
        if name == "ARRAY":
            inner = as_type(ev, args.get(0, "item_type"), place)
            size = args.keywords.get("dimensions")
            shown = inner.ddl(ev, place) if isinstance(inner, TypeItem) else "unknown"
            return shown + "[]" * (size if isinstance(size, int) else 1)
        if name == "Uuid":
            native = ev.truth(args.keywords.get("native_uuid", True))
            return "UUID" if native else "CHAR(32)"
        if name == "Interval":
            if ev.truth(args.get(0, "native", default=True)) is False:
                return "TIMESTAMP WITHOUT TIME ZONE"
            return sized("INTERVAL", args.get(1, "second_precision"))
        if name == "INTERVAL":
            fields = args.get(1, "fields")
            return sized(f"INTERVAL {fields}" if isinstance(fields, str) else "INTERVAL", args.get(0, "precision"))
        if name == "BIT":
            varying = ev.truth(args.get(1, "varying", default=False))
            return sized("BIT VARYING" if varying else "BIT", args.get(0, "length"))
        return name

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name == "with_variant":
            return Builtin(name, self._with_variant)
        if name in ("evaluates_none", "copy", "as_generic", "adapt", "dialect_impl", "load_dialect_impl"):
            return Builtin(name, lambda ev, args, place: self)
        if name == "length":
            return self.args.get(0, "length")
        if name == "timezone":
            return self.args.get(0, "timezone", default=False)
        if name == "impl":
            return self
        if name == "name":
            return self.args.keywords.get("name", Unknown("the name of a type", place))
        if name == "schema":
            return self.args.keywords.get("schema")
        if name == "__str__":
            return self.ddl(ev, place)
        if name == "__class__":
            return Symbol(f"sqlalchemy.{self.name}")
        return Unknown(f"attribute {name} of a column type", place)

    def attribute_is(self, tail: str) -> bool | None:
        """Whether it is an instance of the class of this name, SQLAlchemy's or a package's; None when not known."""
        if tail in _ancestors(self.name):
            return True
        if tail in _OF_PACKAGES:
            return tail == self.name.rpartition(".")[2]
        return None if self.name not in _PARENTS and self.name not in KNOWN else False

    def _with_variant(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        varied = copy(self)
        varied.variants = dict(self.variants)
        kind = as_type(ev, args.get(0), place)
        for dialect in args.positional[1:]:
            if isinstance(dialect, str) and isinstance(kind, TypeItem):
                varied.variants[dialect] = kind
        return varied


def sized(word: str, *sizes: Value) -> str:
    """A type with those of its sizes that are known."""
    known = [str(s) for s in sizes if isinstance(s, int)]
    return f"{word}({', '.join(known)})" if known else word


def make(ev: Evaluator, name: str, args: Arguments, place: Place) -> TypeItem:
    """The type of SQLAlchemy's class `name` with these arguments."""
    if name == "DOMAIN":
        from migralint.python.library.domains import DomainItem

        return DomainItem(args)
    if name in ("Enum", "ENUM"):
        from migralint.python.library.enum_types import made

        return made(ev, name, args, place)
    return TypeItem(name, args)


_OWN = ("TypeDecorator", "UserDefinedType")
"""The classes below which types of a project say themselves what they are."""


def as_type(ev: Evaluator, value: Value, place: Place) -> TypeItem | Unknown:
    """A column type from an instance or a class, the project's own types included."""
    if isinstance(value, TypeItem):
        return value
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Symbol):
        path = canonical(value.path)
        if value.tail in _CONSTANTS and path.startswith("sqlalchemy."):
            return TypeItem(_CONSTANTS[value.tail], Arguments())
        handler = _types(path)
        made = handler(ev, Arguments(), place) if handler is not None else None
        return made if isinstance(made, TypeItem) else Unknown(f"the type {value.path}", place)
    if isinstance(value, ClassValue):
        return own_type(ev, value, Arguments(), place) or Unknown(f"the type {value.name}", place)
    if isinstance(value, Instance):
        return own_type(ev, value.cls, Arguments(), place, value) or Unknown(f"the type {value.cls.name}", place)
    return Unknown("a column type that is not known", place)


def own_type(
    ev: Evaluator, cls: ClassValue, args: Arguments, place: Place, instance: Instance | None = None
) -> TypeItem | None:
    """The column type that a class of the project stands for; None when it is no type."""
    receiver = instance or _quiet_instance(ev, cls, args, place)
    found = _compiled_type(ev, cls, args, place, receiver) or _own_type(ev, cls, args, place, receiver)
    if found is not None and found.made_by is None:
        found = copy(found)
        found.made_by = receiver
    return found


def _compiled_type(
    ev: Evaluator, cls: ClassValue, args: Arguments, place: Place, receiver: Instance
) -> TypeItem | None:
    """The type that a function of the project gives the text of (`@compiles(cls)`)."""
    from migralint.python.library.compiled import compiled
    from migralint.python.library.sqltext import Sql

    if not any(symbol.tail in _OWN or _types(canonical(symbol.path)) for symbol in cls.symbols()):
        return None
    text = compiled(ev, receiver, place)
    return TypeItem(cls.name, args, text.text) if isinstance(text, Sql) else None


def _own_type(ev: Evaluator, cls: ClassValue, args: Arguments, place: Place, receiver: Instance) -> TypeItem | None:
    symbols = cls.symbols()
    decorator = any(s.tail in _OWN for s in symbols)
    for symbol in symbols:
        name = canonical(symbol.path)
        handler = _types(name)
        if handler is None or symbol.tail in _OWN:
            continue
        own, impl = cls.lookup("impl")
        if own and not name.startswith("sqlalchemy."):  # a decorator of another package, with another type behind it
            item = as_type(ev, impl, place)
            return item if isinstance(item, TypeItem) else None
        if cls.lookup("__init__")[0]:
            args = receiver.attributes.get("__init_args__", args)
        made = handler(ev, args, place)
        return made if isinstance(made, TypeItem) else None
    if not decorator and not any(cls.lookup(n)[0] for n in ("get_col_spec", "load_dialect_impl")):
        return None
    for method in ("load_dialect_impl", "get_col_spec"):
        if not cls.lookup(method)[0]:
            continue
        from migralint.python.library.dialect import DialectItem

        given = Arguments([DialectItem(ev.database.dialect)]) if method == "load_dialect_impl" else Arguments()
        result = ev.call(ev.attribute(receiver, method, place), given, place)
        if method == "get_col_spec" and isinstance(result, str):
            return TypeItem(cls.name, args, str(result))
        made_type = as_type(ev, result, place)
        if isinstance(made_type, TypeItem):
            return made_type
    found, impl = cls.lookup("impl")
    if not found:
        return None
    if cls.lookup("__init__")[0]:
        args = receiver.attributes.get("__init_args__", Arguments())
    if isinstance(impl, (Symbol, ClassValue)) and not (isinstance(impl, Symbol) and impl.tail in _CONSTANTS):
        made = ev.call(impl, args, place)
        if isinstance(made, TypeItem):
            return made
    result = as_type(ev, impl, place)
    return result if isinstance(result, TypeItem) else None


def _quiet_instance(ev: Evaluator, cls: ClassValue, args: Arguments, place: Place) -> Instance:
    instance = Instance(cls)
    instance.attributes["impl"] = cls.lookup("impl")[1]
    found, method = cls.lookup("__init__")
    if found:
        with suppress(PyRaise):  # as where a variable of the environment is missing here
            ev.call(BoundMethod(method, instance), args, place)
    return instance


@known("sqlalchemy_json.mutable_json_type")
def _mutable_json(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return as_type(ev, args.get(0, "dbtype", default=Symbol("sqlalchemy.JSON")), place)


@resolver
def _mutable(path: str) -> Handler | None:
    """`MutableDict.as_mutable(type)` and the like give the type."""
    if not path.startswith("sqlalchemy.ext.mutable.") or not path.endswith(".as_mutable"):
        return None
    return lambda ev, args, place: as_type(ev, args.get(0), place)


_BY_NAME = {(path.partition(".")[0], path.rpartition(".")[2]): spec for path, spec in THIRD_PARTY.items()}
"""Types by package and name: most packages offer a type under more than one path."""
_OF_PACKAGES = frozenset(name for _, name in _BY_NAME if name not in KNOWN)


@resolver
def _types(path: str) -> Handler | None:
    """Handlers for type classes: SQLAlchemy's by name, packages' from the table of data."""
    package, _, name = path.rpartition(".")
    if (package == "sqlalchemy" or package in ("postgresql", "mysql", "sqlite", "mssql", "oracle")) and name in KNOWN:
        return lambda ev, args, place: make(ev, name, args, place)
    if package == "mysql" and name.isupper():
        return lambda ev, args, place: TypeItem(name, args, name)
    spec = THIRD_PARTY.get(path) or _BY_NAME.get((path.partition(".")[0], name))
    if spec is None:
        return None

    def build(ev: Evaluator, args: Arguments, place: Place) -> Value:
        first = args.get(0, "dim", "geometry_type", "length")
        if "impl" in args.keywords:  # a decorated type that the code chooses itself
            return as_type(ev, args.keywords["impl"], place)
        if spec == "VARCHAR" and isinstance(args.get(0, "length"), int):
            return TypeItem("String", Arguments([args.get(0, "length")]))
        srid = args.get(1 if path.startswith("geoalchemy2.") else -1, "srid", default=-1)
        text = spec.replace("{0}", str(first)).replace("{srid}", str(srid))
        whole = isinstance(first, (int, str)) or "{0}" not in spec
        return TypeItem(path, args, text if whole else spec.partition("(")[0])

    return build
