"""Settings that packages read from the environment, of which no variable is set: their defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.library.registry import known
from migralint.python.values import Arguments, Builtin, Native, PyRaise, Unknown, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

_NONE = object()


class SettingsItem(Native):
    """What is asked for one variable after another: decouple's and starlette's `Config`, `environs.Env`.

    `undefined` is the exception of one that is not set and has no default.
    """

    type_name = "settings"

    def __init__(self, undefined: str, position: int = -1) -> None:
        self.undefined = undefined
        self.position = position

    def call(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        default = args.get(self.position, "default", default=_NONE)
        if default is _NONE:
            raise PyRaise(self.undefined, f"{args.get(0)} is not set", place)
        cast = args.keywords.get("cast")
        return default if cast is None or default is None else ev.call(cast, Arguments([default]), place)

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name in ("read_env", "read_envfile", "prefixed"):
            return Builtin(name, lambda ev, args, place: self)
        if name in ("get", "str", "int", "bool", "float", "list", "dict", "json", "url", "path"):
            return Builtin(name, self.call)
        return Unknown(f"attribute {name} of settings", place)


@known("decouple.Config", "decouple.AutoConfig")
def _decouple(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return SettingsItem("UndefinedValueError")


@known("decouple.config")
def _decouple_config(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return SettingsItem("UndefinedValueError").call(ev, args, place)


@known("starlette.config.Config")
def _starlette(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return SettingsItem("KeyError", 2)


@known("environs.Env", "environ.Env")
def _environs(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return SettingsItem("EnvError", 1)
