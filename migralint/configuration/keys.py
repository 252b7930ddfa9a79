"""The keys of the configuration, and what each takes."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from migralint.configuration.configuration import Environment

DIALECTS = (
    *("postgresql", "sqlite", "mysql", "mariadb", "mssql", "oracle"),  # SQLAlchemy's own; of other packages:
    *("access", "awsathena", "bigquery", "clickhouse", "clickhousedb", "cockroachdb", "crate", "databend"),
    *("databricks", "db2", "denodo", "doris", "dremio", "drill", "druid", "duckdb", "elasticsearch", "exa", "firebird"),
    *("firebolt", "greenplum", "hana", "hive", "ibm_db_sa", "impala", "informix", "ingres", "iris", "kinetica"),
    *("kylin", "monetdb", "netezza", "oceanbase", "opengauss", "phoenix", "pinot", "presto", "questdb", "redshift"),
    *("risingwave", "rockset", "singlestoredb", "snowflake", "spanner", "starrocks", "sybase", "teradatasql"),
    *("tibero", "tidb", "timeplus", "trino", "vertica", "ydb", "yugabytedb"),
)
"""Names of dialects as they stand in the URLs of SQLAlchemy."""

_DIALECT_NICKNAMES = {
    **dict.fromkeys(("pg", "pgsql", "psql", "postgre"), "postgresql"),
    **dict.fromkeys(("sqlserver", "tsql"), "mssql"),
    "cockroach": "cockroachdb",
    "athena": "awsathena",
    "teradata": "teradatasql",
    "yugabyte": "yugabytedb",
}
_RULE = re.compile(r"[A-Z]+[0-9]+\Z")
_LEVELS = ("error", "warning", "info")
_TYPES = {str: "a string", bool: "a boolean", int: "an integer", float: "a float", list: "a list", dict: "a table"}


class WrongValue(Exception):
    """A value is not what its key takes. `keys` leads from the key to the part that is wrong."""

    def __init__(self, problem: str, keys: tuple[str, ...] = ()) -> None:
        super().__init__(problem, keys)
        self.problem = problem
        self.keys = keys


class Base(NamedTuple):
    """What paths in a source of configuration are relative to: the project's absolute folder, a folder in the tree."""

    root: str
    folder: str

    def path(self, given: str) -> str:
        """The path in the tree: relative to the project where it lies in it, else absolute."""
        given = given.replace(os.sep, "/")
        absolute = given if os.path.isabs(given) else posixpath.join(self.root, self.folder, given)
        full = posixpath.normpath(absolute)
        if full == self.root:
            return ""
        inside = self.root if self.root.endswith("/") else f"{self.root}/"
        return full.removeprefix(inside)


Check = Callable[[object, Base], object]


def _text(value: object, base: Base) -> str:
    if isinstance(value, str) and value:
        return value
    raise _expected("a string", value)


def _flag(value: object, base: Base) -> bool:
    if isinstance(value, bool):
        return value
    raise _expected("true or false", value)


def _path(value: object, base: Base) -> str:
    if isinstance(value, str) and value and "\0" not in value:
        return base.path(value)
    raise _expected("a path", value)


def _location(value: object, base: Base) -> str:
    """A path, or as in Alembic a folder of an installed package: `package:folder`."""
    if isinstance(value, str) and re.match(r"[A-Za-z_][\w.]+:[^\\/]", value):
        return value
    return _path(value, base)


def _many(one: Callable[[object, Base], str], what: str) -> Callable[[object, Base], tuple[str, ...]]:
    """A list of values, or a single one."""

    def check(value: object, base: Base) -> tuple[str, ...]:
        if isinstance(value, str):
            return (one(value, base),)
        if not isinstance(value, list):
            raise _expected(f"a list of {what}", value)
        for number, item in enumerate(value, 1):
            if not isinstance(item, str) or not item:
                raise WrongValue(f"expected a list of {what}, but item {number} is {_type(item)}")
        return tuple(one(item, base) for item in value)

    return check


def _choice(*choices: str) -> Callable[[object, Base], str]:
    def check(value: object, base: Base) -> str:
        if isinstance(value, str) and value in choices:
            return value
        if isinstance(value, str):
            raise WrongValue(f"expected one of {', '.join(choices)}, not {value!r}{suggestion(value, choices)}")
        raise _expected(f"one of {', '.join(choices)}", value)

    return check


def _table(one: Check) -> Callable[[object, Base], dict[str, object]]:
    """A table whose values are all of one kind."""

    def check(value: object, base: Base) -> dict[str, object]:
        if not isinstance(value, dict):
            raise _expected("a table", value)
        checked: dict[str, object] = {}
        for key, item in value.items():
            try:
                checked[key] = one(item, base)
            except WrongValue as wrong:
                raise WrongValue(wrong.problem, (key, *wrong.keys)) from None
        return checked

    return check


def _environment(value: object, base: Base) -> Environment:
    if isinstance(value, str):
        return Environment(_path(value, base), None)
    if not isinstance(value, dict):
        raise _expected("the path of a dump, or a table with `dump` and `revision`", value)
    checks: dict[str, Callable[[object, Base], str]] = {"dump": _path, "revision": _text}
    given: dict[str, str] = {}
    for key, item in value.items():
        if key not in checks:
            raise WrongValue(f"unknown key{suggestion(key, checks)}", (key,))
        try:
            given[key] = checks[key](item, base)
        except WrongValue as wrong:
            raise WrongValue(wrong.problem, (key,)) from None
    if not given:
        raise WrongValue("expected `dump`, `revision` or both")
    return Environment(given.get("dump"), given.get("revision"))


def _environments(value: object, base: Base) -> dict[str, object]:
    checked = _table(_environment)(value, base)
    for name in ("head", "snapshot"):
        if name in checked:
            raise WrongValue(f"an environment cannot be called {name!r}: `truth` uses that name", (name,))
    return checked


def _dialect(value: object, base: Base) -> str:
    if not isinstance(value, str):
        raise _expected("the name of a dialect", value)
    if value in DIALECTS:
        return value
    plain = value.lower().partition("+")[0]
    near = suggestion(_DIALECT_NICKNAMES.get(plain, plain), DIALECTS)
    known = near or f"; there are {', '.join(DIALECTS[:6])} and those of other packages, such as cockroachdb"
    raise WrongValue(f"expected the name of a dialect as in SQLAlchemy, not {value!r}{known}")


def _postgresql_version(value: object, base: Base) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 12 <= value <= 18:
        return value
    problem = repr(value) if isinstance(value, int) and not isinstance(value, bool) else _type(value)
    raise WrongValue(f"expected a major version from 12 to 18, not {problem}")


def _table_sizes(value: object, base: Base) -> object:
    if isinstance(value, str):
        return _path(value, base)
    if not isinstance(value, dict):
        raise _expected("a table, or the path of a file", value)
    return _table(_table_size)(value, base)


def _table_size(value: object, base: Base) -> int | str:
    if value in ("small", "large") and isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    problem = repr(value) if isinstance(value, str | int) and not isinstance(value, bool) else _type(value)
    raise WrongValue(f"expected 'small', 'large' or a number of rows, not {problem}")


def _per_file_ignores(value: object, base: Base) -> dict[str, object]:
    checked = _table(_texts)(value, base)
    return {base.path(pattern) if "/" in pattern else pattern: codes for pattern, codes in checked.items()}


def _rules(value: object, base: Base) -> dict[str, object]:
    checked = _table(_options)(value, base)
    for code in checked:
        if not _RULE.match(code):
            raise WrongValue("expected the code of a rule such as MG101", (code,))
    return checked


def _options(value: object, base: Base) -> dict[str, object]:
    if isinstance(value, dict):
        return dict(value)
    raise _expected("a table with the rule's options", value)


_texts = _many(_text, "strings")
_paths = _many(_path, "paths")

HISTORY_KEYS: Mapping[str, Check] = {
    "script-location": _location,
    "version-locations": _many(_location, "paths"),
    "recursive-version-locations": _flag,
    "base-schema": _path,
    "version-table": _text,
    "version-table-schema": _text,
    "naming-convention": _table(_text),
    "transaction-per-migration": _flag,
    "source-roots": _paths,
    "models": _texts,
    "snapshots": _paths,
    "environments": _environments,
    "queries": _paths,
    "truth": _text,
    "dialect": _dialect,
    "postgresql-version": _postgresql_version,
    "downgrade": _choice("forward-only", "forward-only-or-empty", "required", "any"),
    "managed-schemas": _texts,
    "table-sizes": _table_sizes,
    "lock-timeout-set": _flag,
    "start-after": _texts,
}
"""What can differ between the histories of a project."""

KEYS: Mapping[str, Check] = {
    **HISTORY_KEYS,
    "select": _texts,
    "ignore": _texts,
    "extend-select": _texts,
    "per-file-ignores": _per_file_ignores,
    "severity": _table(_choice(*_LEVELS)),
    "drift-class": _table(_choice("blocking", "integrity", "cosmetic")),
    "min-confidence": _choice("high", "medium", "low"),
    "fail-on": _choice(*_LEVELS),
    "rules": _rules,
    "rule-paths": _paths,
    "baseline": _path,
}


def suggestion(given: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?` where one of the known words is near, else nothing."""
    from difflib import get_close_matches

    near = get_close_matches(given.replace("_", "-").lower(), list(known), n=1, cutoff=0.7)
    return f"; did you mean {near[0]!r}?" if near else ""


def _expected(what: str, value: object) -> WrongValue:
    return WrongValue(f"expected {what}, not {_type(value)}")


def _type(value: object) -> str:
    return "an empty string" if value == "" else _TYPES.get(type(value), "a date or time")
