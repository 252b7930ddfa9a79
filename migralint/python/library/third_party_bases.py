"""Classes of packages that models descend from: those whose columns are known, and those that add none."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from migralint.python.library.third_party_models import MODELS
from migralint.python.values import ModuleValue, Symbol, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

_PLAIN_PACKAGES = frozenset(
    """
    abc builtins collections dataclasses enum functools typing typing_extensions types
    pydantic attr attrs marshmallow sqlalchemy sqlmodel alembic
    flask_sqlalchemy flask_login flask_admin flask_restful zope werkzeug dataclasses_json sqlalchemy_serializer
    sqlalchemy_searchable fastapi starlette cachetools oslo_log oslo_utils strawberry graphene
    """.split()
)
"""Packages whose classes add no columns to a model."""


def adds_columns(base: Symbol) -> str | None:
    """The name of a base that may add columns which are not known; None for one that adds none."""
    if base.path.startswith("?"):
        return f"a class that is not read ({base.path[1:]})"
    root = base.path.partition(".")[0]
    if "." not in base.path or root in _PLAIN_PACKAGES or root in sys.stdlib_module_names:
        return None
    return base.path


def package_model(ev: Evaluator, path: str) -> Value:
    """The class, or value, of a package that is written down here, by its path; None for all else."""
    package, name = path.partition(".")[0], path.rpartition(".")[2]
    source = MODELS.get(package)
    if source is None or not re.search(rf"^(?:class {name}\b|def {name}\b|{name} = )", source, re.MULTILINE):
        return None
    return ev.modules.resolved(_module(ev, package, source).names.get(name))


def _module(ev: Evaluator, package: str, source: str) -> ModuleValue:
    """The module of a package, run once for an evaluation."""
    from migralint.python.lower import lower

    ran: dict[str, ModuleValue] = ev.context.setdefault("models of packages", {})
    if source not in ran:
        ran[source] = ModuleValue(package, f"<{package}>")
        ev.run_module(ran[source], lower(source).module[2])
    return ran[source]
