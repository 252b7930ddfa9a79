"""`migralint.toml`, `[tool.migralint]` and `--config`: found, read, checked, with defaults."""

from migralint.configuration.configuration import Configuration, Environment, Origin
from migralint.configuration.discover import Found, discover
from migralint.configuration.errors import ConfigurationError
from migralint.configuration.load import load

__all__ = ["Configuration", "ConfigurationError", "Environment", "Found", "Origin", "discover", "load"]
