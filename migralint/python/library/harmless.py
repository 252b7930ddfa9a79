"""Packages whose calls change no schema, so that nobody wants to hear that they are not followed."""

from __future__ import annotations

import sys

_PACKAGES = frozenset(
    """
    alembic sqlalchemy sqlmodel
    colorama colorlog coloredlogs loguru oslo_log rich structlog termcolor
    datadog ddtrace newrelic opentelemetry prometheus_client rollbar sentry_sdk statsd
    bleach bs4 html2text html5lib jinja2 lark lxml markdown markupsafe nh3 ply pyparsing sqlglot sqlparse
    email_validator flask flask_babel flask_caching flask_login iso3166 iso4217 langcodes phonenumbers pycountry
    geojson geopy pyproj shapely unidecode validators xxhash
    alive_progress click progressbar tabulate tqdm typer
    annotated_types attr attrs jsonschema marshmallow msgspec pydantic pydantic_core typing_extensions
    arrow babel dateutil humanize inflection isodate pendulum pytz semver slugify
    decouple dotenv environs
    importlib_metadata importlib_resources pkg_resources
    msgpack orjson simplejson tomli toml tomlkit ujson yaml
    argon2 bcrypt cryptography itsdangerous jose jwt nacl passlib werkzeug
    faker nanoid numpy pandas psutil regex shortuuid six tenacity ulid uuid6
    """.split()
)
"""Logging, measuring, showing, checking, parsing, hashing and counting. What `alembic` and
`sqlalchemy` do without being given the database is about objects in memory; what does more is known by name (see
`unfollowed`)."""


_LOGGERS = frozenset({"log", "logger", "logging"})
_LEVELS = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical", "log", "success", "trace"})


def is_harmless(path: str) -> bool:
    """Whether a call of this library function can be passed over when it is not given the database."""
    root, *inner, name = path.split(".") if "." in path else (path, path)
    if root in _PACKAGES or root in sys.stdlib_module_names:
        return True
    return name in _LEVELS and any(part.strip("_").lower() in _LOGGERS for part in inner)
