"""`sqlparse`, as far as migrations use it: to execute a script statement by statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.library.registry import known
from migralint.python.text import Text
from migralint.python.values import Arguments, Unknown, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


@known("sqlparse.split")
def _split(ev: Evaluator, args: Arguments, place: Place) -> Value:
    from migralint.sql.splitter import split

    text = args.get(0, "sql")
    if not isinstance(text, str):
        return text if isinstance(text, Unknown) else Unknown("a script", place)
    whole = text if isinstance(text, Text) else Text(text)
    return [whole.part(one.start, one.end) for one in split(str(text), ev.database.dialect, psql=False)]


@known("sqlparse.format")
def _format(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return args.get(0, "sql")  # other blanks and comments are the same script
