"""Which rules there are: every plugin's, found through the entry point group `migralint.rules`."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterable, Iterator, Mapping
from types import ModuleType

from migralint.rule import Rule
from migralint.verdict.errors import VerdictError
from migralint.verdict.families import family_of
from migralint.verdict.finding import RuleInfo

GROUP = "migralint.rules"
SCOPES = ("operation", "revision", "history", "difference", "change", "notice")

_CODE = re.compile(r"[A-Z]+[0-9]+\Z")
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")


def load(folders: Iterable[str] = ()) -> dict[str, type[Rule]]:
    """The rules by code, sorted: those of every installed plugin, and those of the files in `folders`.

    An entry point names a package (every module in it is searched) or a module. Code in `folders` is executed, so they
    are only given when the command line asks for them. Raises VerdictError for a plugin that cannot be imported, for a
    rule that is not one, and for a code or name that two rules have.
    """
    from importlib.metadata import entry_points

    rules: dict[str, type[Rule]] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        try:
            module = importlib.import_module(entry.module)
            found = list(_in_package(module))
        except Exception as error:  # a plugin may fail with anything; say which one
            raise VerdictError(
                f"the rules of {entry.value} cannot be imported: {type(error).__name__}: {error}; "
                "repair or uninstall that package"
            ) from error
        _add(rules, found)
    for folder in folders:
        _add(rules, in_folder(folder))
    return dict(sorted(rules.items()))


def packages() -> list[str]:
    """The folders of the plugins that were loaded: when code in them changes, stored answers are worth nothing."""
    from importlib.metadata import entry_points

    modules = {entry.module.partition(".")[0] for entry in entry_points(group=GROUP)}
    found = (importlib.import_module(module).__path__ for module in sorted(modules))
    return [folder for folders in found for folder in folders]


def info(rule: type[Rule]) -> RuleInfo:
    """What reports print of a rule."""
    docs = inspect.cleandoc(rule.__doc__ or "")
    return RuleInfo(rule.code, rule.name, family_of(rule.code), rule.severity, rule.confidence, docs)


def in_module(module: ModuleType) -> Iterator[type[Rule]]:
    """The rules that a module defines (not those it imports)."""
    for value in vars(module).values():
        if (
            isinstance(value, type)
            and issubclass(value, Rule)
            and value.__module__ == module.__name__
            and hasattr(value, "code")
        ):
            yield value


def _in_package(module: ModuleType) -> Iterator[type[Rule]]:
    yield from in_module(module)
    for found in pkgutil.iter_modules(getattr(module, "__path__", ())):
        yield from in_module(importlib.import_module(f"{module.__name__}.{found.name}"))


def in_folder(folder: str) -> Iterator[type[Rule]]:
    """The rules of the files in a folder, which are executed. Raises VerdictError."""
    import importlib.util
    import os

    if not os.path.isdir(folder):
        raise VerdictError(f"rule-paths: {folder} is no folder; correct the path")
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".py") or name.startswith("_"):
            continue
        file = os.path.join(folder, name)
        spec = importlib.util.spec_from_file_location(f"migralint_project_rules.{name[:-3]}", file)
        if spec is None or spec.loader is None:
            raise VerdictError(f"{file}: cannot be imported as a rule; rename it")
        module = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
        except Exception as error:  # the project's own rules may fail with anything; say which one
            raise VerdictError(
                f"{file}: cannot be imported: {type(error).__name__}: {error}; repair the rule"
            ) from error
        yield from in_module(module)


def _add(rules: dict[str, type[Rule]], found: Iterable[type[Rule]]) -> None:
    names: Mapping[str, type[Rule]] = {rule.name: rule for rule in rules.values()}
    for rule in found:
        where = f"{rule.__module__}.{rule.__qualname__}"
        for attribute, pattern in (("code", _CODE), ("name", _NAME)):
            value = getattr(rule, attribute, None)
            if not isinstance(value, str) or not pattern.match(value):
                raise VerdictError(
                    f"{where}: its {attribute} is {value!r}; codes look like MG101, names like drop-table"
                )
        if getattr(rule, "scope", None) not in SCOPES:
            raise VerdictError(f"{where}: its scope must be one of {', '.join(SCOPES)}")
        for taken in (rules.get(rule.code), names.get(rule.name)):
            if taken is not None and taken is not rule:
                raise VerdictError(
                    f"{where}: its code or name ({rule.code}, {rule.name}) is that of "
                    f"{taken.__module__}.{taken.__qualname__}; give it another"
                )
        rules[rule.code] = rule
        names = {**names, rule.name: rule}
