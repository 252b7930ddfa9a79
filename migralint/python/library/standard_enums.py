"""Enums of the standard library that columns are made of; their members are those of the Python that runs migralint."""

from __future__ import annotations

import enum
import http

from migralint.python.library.registry import VALUES
from migralint.python.scope import Scope
from migralint.python.values import ClassValue, EnumMember, ModuleValue, Symbol


def _class(cls: type[enum.Enum]) -> ClassValue:
    base = "enum.IntEnum" if issubclass(cls, int) else "enum.StrEnum"
    made = ClassValue(cls.__name__, [Symbol(base)], {}, Scope(ModuleValue(cls.__module__, "")), (0, 0))
    made.namespace.update({one.name: EnumMember(made, one.name, one.value) for one in cls})
    return made


for _cls in (http.HTTPMethod, http.HTTPStatus):
    VALUES[f"http.{_cls.__name__}"] = _class(_cls)
