"""Calls of functions: PostgreSQL's own, and those of the history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from migralint.operations import Database
from migralint.schema import Function
from migralint.sql import names
from migralint.sql.cursor import Written
from migralint.sql.queries import json_values, objects, times
from migralint.sql.queries.casts import as_text
from migralint.sql.queries.context import Caller, Scope
from migralint.sql.queries.functions import STRICT, strict
from migralint.sql.queries.nodes import Call, Expression
from migralint.sql.queries.operators import compared, operate
from migralint.sql.queries.texts import concatenated, formatted, joined
from migralint.sql.queries.values import UNKNOWN, Oid, Unknown
from migralint.sql.session import set_setting


class Calls:
    """Calls functions.

    `variables` are those of PL/pgSQL by lower-case name, `parameters` the bound ones, `caller` follows functions of
    the history.
    """

    def __init__(
        self,
        database: Database,
        variables: Mapping[str, object] | None = None,
        parameters: Mapping[str, object] | None = None,
        caller: Caller | None = None,
    ) -> None:
        self.database = database
        self.caller = caller
        self.unsure = False
        """Whether the row at hand may not be there: then no function of the history is followed."""
        self.variables = variables if variables is not None else {}
        self.parameters = parameters if parameters is not None else {}

    def value(self, node: Expression, scope: Scope | None) -> object:
        """The value of an expression; `evaluate.Evaluator` implements it."""
        raise NotImplementedError

    def text(self, value: object) -> object:
        """The value cast to text; regclass and its like give the object's name."""
        return as_text(value, self.database)

    def output(self, value: object) -> object:
        """The value as format() and concat() print it."""
        return ("t" if value else "f") if isinstance(value, bool) else self.text(value)

    def operate(self, operator: str, left: object, right: object) -> object:
        """The value of a binary operator."""
        return operate(operator, left, right, self.database)

    def compare(self, operator: str, left: object, right: object) -> object:
        """The value of a comparison."""
        return compared(operator, left, right, self.database)

    def of_the_history(self, node: Call) -> tuple[Function, ...]:
        """The functions of this name that the history made."""
        name = names.function(self.database, Written(node.schema, node.name))
        return self.database.ask(name).functions.get(name, ())

    def followed(self, own: Sequence[Function], node: Call, scope: Scope | None) -> object:
        """What a function of the history returns."""
        if self.caller is None or self.unsure:
            return UNKNOWN
        given = node.names or ("",) * len(node.arguments)
        return self.caller.follow(own, [(n, self.value(a, scope)) for n, a in zip(given, node.arguments, strict=True)])

    def _call(self, node: Call, scope: Scope | None) -> object:
        name = node.name.lower()
        own = self.of_the_history(node)
        if own:
            return self.followed(own, node, scope)
        if node.schema not in (None, "pg_catalog"):
            return UNKNOWN
        if name == "coalesce":
            for argument in node.arguments:
                value = self.value(argument, scope)
                if value is not None:
                    return value
            return None
        if name in ("enum_range", "enum_first", "enum_last") and len(node.arguments) == 1:
            return objects.labels(name, node.arguments[0], self.database)
        arguments = [self.value(argument, scope) for argument in node.arguments]
        match name:
            case "set_config" if len(arguments) == 3 and self.caller is not None and not self.unsure:
                return self._set_config(*arguments)
            case "nullif" if len(arguments) == 2:
                same = self.compare("=", *arguments)
                return UNKNOWN if isinstance(same, Unknown) else None if same else arguments[0]
            case "concat":
                return concatenated([self.output(argument) for argument in arguments if argument is not None])
            case "concat_ws" if arguments:
                return joined(arguments[0], [self.output(argument) for argument in arguments[1:]])
            case "format" if arguments:
                return formatted(arguments[0], arguments[1:], self.output)
            case "array_append" | "array_cat" | "array_prepend" if len(arguments) == 2:
                return self.operate("||", *arguments)
            case "greatest" | "least" if arguments:
                return self._extreme(">" if name == "greatest" else "<", arguments)
            case "quote_nullable" if len(arguments) == 1:
                return "NULL" if arguments[0] is None else strict("quote_literal", arguments)
            case "jsonb_typeof" | "json_typeof" | "jsonb_array_length" | "json_array_length":
                return json_values.called(name, arguments)
            case _ if name in times.FUNCTIONS:
                return times.called(name, arguments, node.names)
        if name in STRICT:
            printed = [self.text(a) if isinstance(a, Oid) else a for a in arguments]
            return strict(name, printed)
        return objects.call(name, arguments, self.database)

    def _set_config(self, name: object, value: object, local: object) -> object:
        if isinstance(name, str) and isinstance(value, str):
            set_setting(name, value, self.database, local=local is True)
        return value

    def _extreme(self, operator: str, arguments: list[object]) -> object:
        """greatest and least, which leave out NULL."""
        found: object = None
        for argument in arguments:
            if argument is None:
                continue
            better = True if found is None else self.compare(operator, argument, found)
            if isinstance(better, Unknown):
                return UNKNOWN
            found = argument if better is True else found
        return found
