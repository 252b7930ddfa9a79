"""What libraries outside of the project give: clients, other databases, settings."""

from __future__ import annotations

from migralint.python.text import Text
from migralint.queries.frame import Arguments
from migralint.queries.values import UNKNOWN, Client, Record, Symbol, Value, alternatives, either, texts

_CLIENTS = frozenset(
    """Client AsyncClient SyncClient create_client acreate_client create_async_client SyncPostgrestClient
    AsyncPostgrestClient PostgrestClient SupabaseClient""".split()
)
_OURS = ("supabase", "postgrest")
_OTHERS = frozenset(
    """MySQLdb aiosqlite airtable boto3 botocore bs4 clickhouse_connect clickhouse_driver cx_Oracle duckdb google ibis
    mysql oracledb pandas pyairtable pymysql pyodbc pyspark rich snowflake sqlalchemy sqlglot sqlite3 sqlmodel textual
    tinydb""".split()
)
"""Packages whose `table()` is none of PostgREST, or whose statements are for another database."""
_SQL_ELSEWHERE = _OTHERS - {"sqlalchemy", "sqlmodel", "pandas"}


def is_client(symbol: Symbol) -> bool:
    """Whether it makes a Supabase client, or is its class."""
    first, name = symbol.path.partition(".")[0], symbol.path.rpartition(".")[2]
    return first in _OURS and name in _CLIENTS


def other_database(value: Value) -> bool:
    """Whether something belongs to a library for another kind of tables."""
    return isinstance(value, Symbol) and value.path.partition(".")[0] in _OTHERS


def elsewhere(package: str) -> bool:
    """Whether a package is for a database that is not PostgreSQL."""
    return package in _SQL_ELSEWHERE


def call_symbol(callee: Symbol, given: Arguments) -> Value:
    """What a call into a library gives: a client, a text, or something of that library."""
    path = callee.path
    first, name = path.partition(".")[0], path.rpartition(".")[2]
    if is_client(callee):
        return Client(_schema(given))
    if first in _OURS and name.endswith("ClientOptions"):
        return Record({}, open=True) if not given.keywords else _options(given)
    if first in ("sqlalchemy", "sqlmodel", "flask_sqlalchemy") and name in ("text", "TextClause"):
        return _first_text(given)
    if first in ("psycopg", "psycopg2", "psycopg3") and ".sql." in path:
        if name in ("SQL", "Composed"):
            return _first_text(given)
        if name == "Identifier":
            return either(Text(f'"{one}"') for one in texts(given.first)) if texts(given.first) else UNKNOWN
        return Text("%s")
    if path in ("os.getenv", "os.environ.get"):
        return given.get(1, "default", default=UNKNOWN)
    if name in ("Field", "Query", "Body", "Form", "Param") and first in (
        "pydantic",
        "sqlmodel",
        "fastapi",
        "dataclasses",
    ):
        return given.get(0, "default", default=UNKNOWN)
    if path in ("copy.copy", "copy.deepcopy", "textwrap.dedent", "inspect.cleandoc", "typing.cast"):
        value = given.positional[-1] if given.positional else UNKNOWN
        return either(one.copy() if isinstance(one, Record) and first == "copy" else one for one in alternatives(value))
    return Symbol(f"{path}()") if not path.endswith("()") and len(path) < 200 else Symbol(path)


def _first_text(given: Arguments) -> Value:
    return either(texts(given.first)) if texts(given.first) else UNKNOWN


def _options(given: Arguments) -> Record:
    made = Record(open=given.open)
    for word, value in given.keywords.items():
        made.put(word, value, None)
    return made


def _schema(given: Arguments) -> Value:
    """The schema that the options of a new client name."""
    for one in alternatives(given.get(2, "options")):
        if isinstance(one, Record) and "schema" in one.entries:
            return one.entries["schema"].value
    return given.get(-1, "schema")
