"""The URL of the database: of all of it only the database's name at its beginning is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.values import Arguments, Builtin, Native, Unknown, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

_DATABASES = frozenset({"sqlite", "postgresql", "postgres", "mysql", "mariadb", "mssql", "oracle"})


class UrlText(Native):
    """The URL, or its driver's name, as text."""

    type_name = "URL"

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name == "startswith":
            return Builtin(name, lambda ev, args, place: self._starts(ev, args, place))
        if name == "__contains__":
            return Builtin(name, lambda ev, args, place: self._holds(ev, args.get(0), place))
        if name == "__str__":
            return UrlText()
        if name in ("lower", "strip"):
            return Builtin(name, lambda ev, args, place: self)
        return Unknown(f"{name} of the URL of the database", place)

    def _starts(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        beginnings = args.get(0)
        listed = beginnings if isinstance(beginnings, tuple) else (beginnings,)
        answers = [self._begins(ev.database.dialect, one) for one in listed]
        if True in answers:
            return True
        return Unknown("the URL of the database", place) if None in answers else False

    @staticmethod
    def _begins(dialect: str, beginning: Value) -> bool | None:
        if not isinstance(beginning, str):
            return None
        if dialect.startswith(beginning):
            return True
        return None if beginning.startswith(dialect) else False

    def _holds(self, ev: Evaluator, needle: Value, place: Place) -> Value:
        """Whether a text is in it: names of databases stand at its beginning."""
        if isinstance(needle, str) and needle in ev.database.dialect:
            return True
        if isinstance(needle, str) and needle.partition(":")[0].partition("+")[0] in _DATABASES:
            return False
        return Unknown("the URL of the database", place)


class UrlItem(UrlText):
    """`engine.url`."""

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name == "drivername":
            return UrlText()
        if name == "get_backend_name":
            return Builtin(name, lambda ev, args, place: ev.database.dialect)
        if name == "render_as_string":
            return Builtin(name, lambda ev, args, place: UrlText())
        if name == "get_dialect":
            return Builtin(name, lambda ev, args, place: _dialect(ev))
        return super().attribute(ev, name, place)


def _dialect(ev: Evaluator) -> Value:
    from migralint.python.library.dialect import DialectItem

    return DialectItem(ev.database.dialect)
