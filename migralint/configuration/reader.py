"""Sources of configuration, the stronger over the weaker, as one Configuration for each history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from migralint.configuration.configuration import Configuration, Origin
from migralint.configuration.discover import PYPROJECT, Found
from migralint.configuration.errors import ConfigurationError
from migralint.configuration.keys import HISTORY_KEYS, KEYS, Base, Check, WrongValue, suggestion
from migralint.configuration.toml import line_of, parse
from migralint.tree import Tree, TreeError
from migralint.tree.paths import name as last_part
from migralint.tree.paths import parent

_HISTORY = "history"

Values = dict[str, tuple[Any, Origin]]


class _Source(NamedTuple):
    """One source as it was read. `prefix` leads to its keys in `text`, the document it stands in."""

    table: dict[str, Any]
    base: Base
    label: str
    path: str | None = None
    text: str | None = None
    prefix: tuple[str, ...] = ()

    def line(self, keys: tuple[str, ...]) -> int | None:
        return None if self.text is None else line_of(self.text, self.prefix + keys)

    def error(self, keys: tuple[str, ...], problem: str) -> ConfigurationError:
        named = (_HISTORY, *keys[2:]) if keys[0] == _HISTORY else keys
        return ConfigurationError(f"{'.'.join(named)}: {problem}", self.path or self.label, self.line(keys))


def load(
    tree: Tree, found: Found, name: str | None = None, flags: Mapping[str, object] | None = None
) -> tuple[Configuration, ...]:
    """The configuration of each history, checked, with defaults; one where the configuration lists no histories.

    `name` (`--name`) picks one history. `flags` are values by key that options of the command line gave, written as
    TOML would give them; they are stronger than pairs, pairs stronger than files. Raises ConfigurationError.
    """
    files = [_file(tree, found, path) for path in found.files]
    base = Base(found.root, "")
    line = [_Source(parse(pair, f"--config {pair!r}"), base, f"--config {pair!r}") for pair in found.pairs]
    line += [_Source({key: value}, base, f"--{key}") for key, value in (flags or {}).items()]
    shared = _merge([_values(source, source.table, KEYS) for source in files])
    strong = _merge([_values(source, source.table, KEYS) for source in line])
    histories: dict[str, Values] = {}
    for source in files + line:
        if _HISTORY in source.table:
            histories = _histories(source)
    if not histories:
        made = _configuration(name or Configuration.name, _merge([shared, strong]))
        return (made if name is None else replace(made, origins={**made.origins, "name": Origin("--name")}),)
    if name is not None and name not in histories:
        known = ", ".join(histories)
        raise ConfigurationError(
            f"--name: no history is called {name!r}; there are {known}{suggestion(name, histories)}"
        )
    picked = [name] if name is not None else list(histories)
    return tuple(_configuration(one, _merge([shared, histories[one], strong])) for one in picked)


def _file(tree: Tree, found: Found, path: str) -> _Source:
    try:
        text = tree.text(path)
    except TreeError as error:
        raise ConfigurationError(f"{error.problem}; {error.remedy}", path, error.line) from None
    table = parse(text, path)
    base = Base(found.root, parent(path))
    if last_part(path) != PYPROJECT:
        return _Source(table, base, path, path, text)
    tool = table.get("tool")
    own = tool.get("migralint") if isinstance(tool, dict) else None
    if not isinstance(own, dict):
        raise ConfigurationError("has no table [tool.migralint]", path)
    return _Source(own, base, path, path, text, ("tool", "migralint"))


def _values(source: _Source, table: dict[str, Any], keys: Mapping[str, Check], at: tuple[str, ...] = ()) -> Values:
    """The checked values of a table, and where each was given."""
    values: Values = {}
    for key, given in table.items():
        place = (*at, key)
        if key == ("name" if at else _HISTORY):
            continue
        if key not in keys:
            if key in KEYS:
                raise source.error(place, "is for all histories; move it out of this one")
            raise source.error(place, f"unknown key{suggestion(key, keys)}")
        try:
            value = keys[key](given, source.base)
        except WrongValue as wrong:
            raise source.error((*place, *wrong.keys), wrong.problem) from None
        values[key] = (value, Origin(source.label, source.path, source.line(place)))
    return values


def _histories(source: _Source) -> dict[str, Values]:
    blocks = source.table[_HISTORY]
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise source.error((_HISTORY,), "expected an array of tables: [[history]]")
    histories: dict[str, Values] = {}
    for number, block in enumerate(blocks):
        at = (_HISTORY, str(number))
        name = block.get("name")
        if not isinstance(name, str) or not name:
            raise source.error(at, "expected a `name` for each history")
        if name in histories:
            raise source.error((*at, "name"), f"two histories are called {name!r}")
        histories[name] = _values(source, block, HISTORY_KEYS, at)
    return histories


def _merge(sources: Sequence[Values]) -> Values:
    """The values of all sources; tables are joined key by key (options of rules one by one), else the last one
    stands."""
    merged: Values = {}
    for values in sources:
        for key, (value, origin) in values.items():
            before = merged[key][0] if key in merged else None
            if isinstance(before, dict) and isinstance(value, dict):
                if key == "rules":
                    value = {code: before.get(code, {}) | options for code, options in value.items()}
                value = before | value
            merged[key] = (value, origin)
    return merged


def _configuration(name: str, values: Values) -> Configuration:
    attributes = {key.replace("-", "_"): value for key, (value, _) in values.items()}
    configuration = Configuration(name=name, origins={key: origin for key, (_, origin) in values.items()}, **attributes)
    sides = ("head", "snapshot", *configuration.environments)
    if configuration.truth not in sides:
        origin = configuration.origins["truth"]
        near = suggestion(configuration.truth, sides)
        message = f"truth: expected head, snapshot or the name of an environment, not {configuration.truth!r}{near}"
        raise ConfigurationError(message, origin.source, origin.line)
    return configuration
