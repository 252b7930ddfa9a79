"""`migralint.toml`, `[tool.migralint]` and `--config`: found, read, checked, with defaults.

A run whose answer is stored only has to find the configuration, so what reads it is imported on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from migralint.configuration.discover import Found, discover
from migralint.configuration.errors import ConfigurationError

if TYPE_CHECKING:
    from migralint.configuration.configuration import Configuration, Environment, Origin
    from migralint.configuration.reader import load

__all__ = ["Configuration", "ConfigurationError", "Environment", "Found", "Origin", "discover", "load"]

_LATER = {"Configuration": "configuration", "Environment": "configuration", "Origin": "configuration", "load": "reader"}


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
    globals()[name] = value
    return value
