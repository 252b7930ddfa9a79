"""`bind.dialect` and what it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.library.inspector import REFLECTION
from migralint.python.library.registry import Handler, resolver
from migralint.python.library.types import as_type
from migralint.python.values import Arguments, Builtin, Native, Unknown, Value
from migralint.schema.names import quote
from migralint.sql.names import creation_schema

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

_DIALECT_CLASSES = {
    "PGDialect": "postgresql",
    "MySQLDialect": "mysql",
    "MariaDBDialect": "mariadb",
    "SQLiteDialect": "sqlite",
    "MSDialect": "mssql",
    "OracleDialect": "oracle",
}
"""The dialect of SQLAlchemy's classes; those of a driver have its name added."""


_DRIVERS = {"postgresql": "psycopg2", "sqlite": "pysqlite"}


class DialectItem(Native):
    """The dialect, as types and conditions see it."""

    type_name = "dialect"

    def __init__(self, name: str) -> None:
        self.name = name

    def attribute_is(self, tail: str) -> bool | None:
        """Whether it is an instance of SQLAlchemy's class; None where that depends on the driver."""
        if tail in ("Dialect", "DefaultDialect"):
            return True
        for start, dialect in _DIALECT_CLASSES.items():
            if tail.startswith(start):
                return (True if tail == start else None) if dialect == self.name else False
        return None

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name == "name":
            return self.name
        if name == "type_descriptor":
            return Builtin(name, lambda ev, args, place: as_type(ev, args.get(0), place))
        if name in ("server_version_info",):
            return (ev.database.server_version, 0)
        if name == "driver":
            return _DRIVERS.get(self.name, Unknown("the driver of the dialect", place))
        if name == "dialect_description" and self.name in _DRIVERS:
            return f"{self.name}+{_DRIVERS[self.name]}"
        if name in ("supports_comments", "supports_sequences", "supports_native_boolean"):
            return self.name == "postgresql"
        if name == "default_schema_name":
            return creation_schema(ev.database)
        if name == "identifier_preparer":
            return PreparerItem() if self.name == ev.database.dialect else Unknown("quotes of another dialect", place)
        if name in REFLECTION:
            return Builtin(name, lambda ev, args, place: _asked(ev, name, args, place))
        return Unknown(f"attribute {name} of the dialect", place)


def _asked(ev: Evaluator, name: str, args: Arguments, place: Place) -> Value:
    """A question that the dialect is asked with the connection first, as the inspector answers it."""
    keywords = {k: v for k, v in args.keywords.items() if k != "connection"}
    rest = Arguments(args.positional if "connection" in args.keywords else args.positional[1:], keywords, args.open)
    if name != "has_index":
        return REFLECTION[name](ev, rest, place)
    table, wanted = rest.get(0, "table_name"), rest.get(1, "index_name")
    given = Arguments([table], {k: v for k, v in keywords.items() if k == "schema"})
    indexes = REFLECTION["get_indexes"](ev, given, place)
    if not isinstance(indexes, list) or isinstance(wanted, Unknown):
        return Unknown("whether an index exists", place)
    return any(index["name"] == wanted for index in indexes)


def _made(name: str) -> Handler:
    def make(ev: Evaluator, args: Arguments, place: Place) -> Value:
        return DialectItem(name)

    return make


@resolver
def _dialect_class(path: str) -> Handler | None:
    """`postgresql.dialect()`, and the classes by their names, of a driver or not."""
    package, _, inner = path.partition(".")
    tail = inner.rpartition(".")[2]
    found = (name for start, name in _DIALECT_CLASSES.items() if tail == "dialect" or tail.startswith(start))
    return next((_made(name) for name in found if package == name), None)


class PreparerItem(Native):
    """`dialect.identifier_preparer`."""

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name in ("quote", "quote_identifier", "quote_schema", "format_table"):
            return Builtin(
                name, lambda ev, args, place: quote(args.get(0)) if isinstance(args.get(0), str) else args.get(0)
            )
        return Unknown(f"attribute {name} of the identifier preparer", place)
