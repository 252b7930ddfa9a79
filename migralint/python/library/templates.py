"""`string.Template`."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python import bounds
from migralint.python.library.registry import known
from migralint.python.values import Arguments, Builtin, Native, Unknown, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


class TemplateItem(Native):
    """A template whose text is known."""

    type_name = "Template"
    reaches_database = False

    def __init__(self, text: str) -> None:
        self.text = text

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name == "template":
            return self.text
        if name in ("substitute", "safe_substitute"):
            return Builtin(name, lambda ev, args, place: self._substituted(args, place))
        return Unknown(f"attribute {name} of a template", place)

    def _substituted(self, args: Arguments, place: Place) -> Value:
        mapping = args.get(0)
        given = {**(mapping if isinstance(mapping, dict) else {}), **args.keywords}
        if args.open or not all(isinstance(value, (str, int, float)) for value in given.values()):
            return Unknown("a value of a template", place)
        longest = max((len(str(value)) for value in given.values()), default=0)
        if len(self.text) + self.text.count("$") * longest > bounds.TEXT:
            return Unknown(bounds.REASON, place)
        try:
            return string.Template(self.text).substitute(given)
        except (KeyError, ValueError):
            return Unknown("a name that a template needs", place)


@known("string.Template")
def _template(ev: Evaluator, args: Arguments, place: Place) -> Value:
    text = args.get(0, "template")
    return TemplateItem(text) if isinstance(text, str) else Unknown("the text of a template", place)
