"""`alembic.config.Config` and `context.config`: the options of a section of `alembic.ini`, and what code sets there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.containers import spoil
from migralint.python.library.registry import known
from migralint.python.values import Arguments, Builtin, Native, Unknown, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


MAIN_SECTION = "alembic"
"""The section that Alembic reads without `--name`."""


class MainOptions:
    """The main options of one run of Alembic.

    `given` are those of its configuration file, `sections` those of the other sections by their names. `elsewhere`
    tells what the code that calls Alembic sets an option to, as a tuple of one value, or None where no code does.
    """

    def __init__(
        self,
        given: Mapping[str, Value] | None = None,
        elsewhere: Callable[[str], tuple[Value] | None] = lambda name: None,
        sections: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        self._sections = sections or {}
        self.values: dict[str, Value] = dict(given or {})
        self._elsewhere = elsewhere
        self._written = bool(given or sections)

    def get(self, name: Value, default: Value, place: Place) -> Value:
        """What `get_main_option()` returns."""
        if not isinstance(name, str):
            return Unknown("an option of the Alembic configuration whose name is not known", place)
        if name not in self.values:
            found = self._elsewhere(name)
            if found is None:
                return default
            self.values[name] = found[0]
        return self.values[name]

    def section(self, name: Value, default: Value, place: Place) -> Value:
        """What `get_section()` returns."""
        if isinstance(name, str) and name in self._sections:
            return dict(self._sections[name])
        if isinstance(name, str) and name != MAIN_SECTION and self._sections:
            return default
        section = dict(self.values)
        if not self._written:  # without a configuration file the code that calls Alembic sets what env.py needs
            spoil(section, "what the code that calls Alembic sets")
        return section

    def set(self, name: Value, value: Value) -> None:
        """What `set_main_option()` does."""
        if isinstance(name, str):
            self.values[name] = value


def main_options(ev: Evaluator) -> MainOptions:
    """The main options that an evaluation sees."""
    options = ev.context.setdefault("main options", MainOptions())
    assert isinstance(options, MainOptions)
    return options


class ConfigItem(Native):
    """An Alembic configuration; there is one in an evaluation."""

    type_name = "config"

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        options = main_options(ev)
        match name:
            case "attributes":
                return AttributesItem()
            case "get_main_option":
                return Builtin(name, lambda ev, args, place: options.get(args.get(0), args.get(1, "default"), place))
            case "get_section":
                return Builtin(
                    name, lambda ev, args, place: options.section(args.get(0), args.get(1, "default"), place)
                )
            case "get_section_option":
                return Builtin(name, lambda ev, args, place: _section_option(options, args, place))
            case "config_ini_section":
                return MAIN_SECTION
            case "config_file_name":
                return None
            case "set_main_option":
                return Builtin(name, lambda ev, args, place: options.set(args.get(0), args.get(1)))
            case "set_section_option":
                return Builtin(name, lambda ev, args, place: options.set(args.get(1), args.get(2)))
        return Unknown(f"{name} of the Alembic configuration", place)


class AttributesItem(Native):
    """`config.attributes`: what code that calls Alembic puts there; the command line leaves it empty."""

    type_name = "attributes"
    _WHY = "what the caller of Alembic put into config.attributes"

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name in ("get", "pop", "setdefault"):
            return Builtin(name, lambda ev, args, place: self._given(args, place))
        return Unknown(self._WHY, place)

    def _given(self, args: Arguments, place: Place) -> Value:
        """A default that is a plain value counts; None stands for what only a caller has, such as a connection."""
        default = args.get(1, "default", default=None)
        return default if default is not None else Unknown(self._WHY, place)

    def item(self, ev: Evaluator, key: Value, place: Place) -> Value:
        return Unknown(self._WHY, place)

    def truth(self) -> bool | None:
        return None


def _section_option(options: MainOptions, args: Arguments, place: Place) -> Value:
    """What `get_section_option()` returns."""
    section, name, default = args.get(0, "section"), args.get(1, "name"), args.get(2, "default")
    if isinstance(section, str) and section != MAIN_SECTION:
        found = options.section(section, {}, place)
        return found.get(name, default) if isinstance(found, dict) else default
    return options.get(name, default, place)


@known("alembic.config.Config")
def _config(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return ConfigItem()
