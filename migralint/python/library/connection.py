"""Connections, engines and what executing something on them does."""

from __future__ import annotations

from contextlib import ExitStack, nullcontext
from typing import TYPE_CHECKING

from migralint.operations import Insert, Place, Statement
from migralint.python.doubt import judging
from migralint.python.library.compiled import compiled
from migralint.python.library.ddl import DdlItem
from migralint.python.library.dialect import DialectItem
from migralint.python.library.dml import Dml, operation
from migralint.python.library.dml_rows import rows_of, run_select, select_text
from migralint.python.library.expressions import DdlText
from migralint.python.library.home import NotKnown
from migralint.python.library.registry import known
from migralint.python.library.returned import inserting, inserting_text
from migralint.python.library.rows import Result, nothing
from migralint.python.library.sqltext import Sql, text_of
from migralint.python.library.url import UrlItem
from migralint.python.managers import ContextManager, savepoint
from migralint.python.template import Template
from migralint.python.text import Text, replace
from migralint.python.values import Arguments, Builtin, Either, Unknown, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

_LOOKED_AT = "indisvalid"
"""The column of pg_index that says whether an index was built: a query of it is recorded though its answer is known."""


_ACTING = ("set_config", "setval", "nextval", "geometrycolumn", "geometrytable")
"""Functions of a query that change something beside tables."""


def execute(ev: Evaluator, statement: Value, parameters: Value, place: Place) -> Result:
    """Executes a text or a construct; gives its rows where they are known."""
    if isinstance(statement, Dml):
        if statement.kind == "select":
            result, text = run_select(ev, statement, place), select_text(ev, statement, place)
            if text is not None and _acts(ev, text):
                run_text(ev, Text(text), [], place)
            return result
        return _change(ev, statement, parameters, place)
    if isinstance(statement, DdlItem):
        statement.run(ev, place)
        return Result([], place)
    if isinstance(statement, Either) and all(map(_is_statement, statement.choices)):
        return _one_of(ev, statement, parameters, place)
    if isinstance(statement, DdlText):
        statement = statement.formatted(ev, place)
    statement = compiled(ev, statement, place) or statement
    if isinstance(statement, Template):
        return run_text(ev, statement.text, _executions(parameters, {}), place, statement.reason)
    text = text_of(statement)
    if text is not None:
        bound = statement.bound if isinstance(statement, Sql) else {}
        return run_text(ev, text, _executions(parameters, bound), place)
    if isinstance(statement, (list, tuple)):
        result = Result(None, place)
        for part in statement:
            result = execute(ev, part, None, place)
        return result
    reason = statement.reason if isinstance(statement, Unknown) else "it is not a known construct"
    ev.opaque(f"the executed SQL is not known: {reason}", place)
    return Result(None, place)


def _change(ev: Evaluator, statement: Dml, parameters: Value, place: Place) -> Result:
    """Executes an INSERT, UPDATE or DELETE."""
    try:
        made = operation(ev, statement, parameters)
    except NotKnown as problem:
        ev.opaque(f"{statement.kind}: {problem.reason}", place, may_change_schema=False)
        return Result(None, place)
    if isinstance(made, Insert):
        return inserting(ev, statement, made.table, lambda: ev.database.execute(made, place), place)
    ev.database.execute(made, place)
    return Result(None, place)


def _is_statement(value: Value) -> bool:
    return isinstance(value, Dml | DdlItem | Template) or text_of(value) is not None


def _one_of(ev: Evaluator, statement: Either, parameters: Value, place: Place) -> Result:
    """Statements of which one is executed: the first that changes the schema is applied, the others are judged."""
    keep = None
    for choice in statement.choices:
        with judging(ev, statement.reason, place, keep) as branch:
            execute(ev, choice, parameters, place)
        keep = False if branch.changed else keep
    return Result(None, place)


def _executions(parameters: Value, bound: dict[str, Value]) -> list[dict[str, Value]]:
    """The parameters by name, for each time that a text is executed; none where that is not known."""
    if isinstance(parameters, dict):
        return [{**bound, **parameters}]
    if isinstance(parameters, (list, tuple)) and parameters:
        if all(isinstance(one, dict) for one in parameters):
            return [{**bound, **one} for one in parameters if isinstance(one, dict)]
        if any(isinstance(one, (Unknown, dict, list, tuple)) for one in parameters):
            return []
    return [] if isinstance(parameters, Unknown) else [bound]


def run_text(ev: Evaluator, text: Text, executions: list[dict[str, Value]], place: Place, hole: str = "") -> Result:
    """Executes SQL text on the database on paper, with the parameters of `executions` one after the other.

    `hole` is why pieces of it are not known.
    """
    from migralint import sql
    from migralint.sql.parts import is_query

    known = None
    bound = [
        {str(k): v for k, v in each.items() if v is None or isinstance(v, (str, int, float, list, tuple))}
        for each in executions
    ]
    if is_query(str(text)):
        known = rows_of(ev, str(text), place, bound[0] if len(bound) == 1 else None)
        if known is not None and not _acts(ev, str(text)):
            if _LOOKED_AT in text.lower():  # rules about leftovers of CONCURRENTLY want to see it
                ev.database.execute(Statement("select"), place, sql=str(text))
            return Result(known, place)

    def run() -> None:
        sql.run(str(text), ev.database, lambda start, end: text.place(start, end, place), hole=hole, bound=bound)

    if known is None and len(bound) == 1 and "returning" in text.lower():
        known = inserting_text(ev, str(text), run, place)
    else:
        run()
    return Result(known, place)


def _acts(ev: Evaluator, query: str) -> bool:
    """Whether a query does more than to give rows."""
    from migralint.sql.cursor import Cursor
    from migralint.sql.functions import calls_what_changes
    from migralint.sql.tokens import tokenize

    return any(name in query.lower() for name in _ACTING) or calls_what_changes(
        Cursor(query, tokenize(query)), ev.database
    )


class TransactionItem(ContextManager):
    """`connection.begin()` and `begin_nested()`: a savepoint of this name, of its own or as a context manager."""

    def __init__(self, nested: bool, connection: Value, place: Place) -> None:
        self.nested = nested
        self.connection = connection
        self._name = f"sa_savepoint_{place.path}_{place.node}"

    def begun(self, ev: Evaluator) -> TransactionItem:
        """The same, with the savepoint made."""
        if self.nested:
            ev.database.savepoint(self._name)
        return self

    def enter(self, ev: Evaluator, stack: ExitStack, place: Place) -> Value:
        if self.nested:
            ev.database.release(self._name)
            stack.enter_context(savepoint(ev, place))
        return self.connection

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name == "rollback" and self.nested:
            return Builtin(name, self._rollback)
        if name in ("commit", "close") and self.nested:
            return Builtin(name, lambda ev, args, place: ev.database.release(self._name))
        if name in ("commit", "rollback", "close"):
            return Builtin(name, nothing)
        return Unknown(f"attribute {name} of a transaction", place)

    def _rollback(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        if not ev.database.roll_back_to(self._name):
            ev.opaque("what rollback() of a savepoint undoes is not followed", place)
        return None


class ConnectionItem(ContextManager):
    """A connection or engine to the one database there is.

    `separate` is one beside the migration's; only that can be set to `autocommit`.
    """

    type_name = "connection"
    reaches_database = True

    def __init__(self, separate: bool = False, autocommit: bool = False) -> None:
        self.separate = separate
        self.autocommit = autocommit

    def enter(self, ev: Evaluator, stack: ExitStack, place: Place) -> Value:
        return self

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        match name:
            case "execute" | "scalar" | "scalars" | "exec_driver_sql" | "executemany":
                return Builtin(name, lambda ev, args, place: self._execute(ev, name, args, place))
            case "copy_expert":  # psycopg2: COPY with a file beside it
                return Builtin(name, lambda ev, args, place: self._execute(ev, name, args, place))
            case "dialect":
                return DialectItem(ev.database.dialect)
            case "engine":
                return ConnectionItem(True, self.autocommit)
            case "connection" | "bind" | "dbapi_connection" | "driver_connection":
                return self
            case "execution_options" if self.separate:
                return Builtin(name, lambda ev, args, place: self._with_options(args))
            case "connect" | "execution_options" | "get_bind" | "get_raw_connection" | "raw_connection" | "cursor":
                return Builtin(name, lambda ev, args, place: self)
            case "begin" | "begin_nested" | "get_transaction":
                return Builtin(
                    name, lambda ev, args, place: TransactionItem(name == "begin_nested", self, place).begun(ev)
                )
            case "commit" | "rollback" | "close" | "detach" | "invalidate" | "flush" | "expire_all" | "dispose":
                return Builtin(name, nothing)
            case "run_callable" | "run_sync":
                return Builtin(
                    name, lambda ev, args, place: ev.call(args.get(0), Arguments([self, *args.positional[1:]]), place)
                )
            case "in_transaction" | "in_nested_transaction":
                return Builtin(name, lambda ev, args, place: True)
            case "closed":
                return False
            case "url":
                return UrlItem()
            case "name" | "driver":
                return ev.database.dialect if name == "name" else "psycopg2"
            case "has_table" | "table_names" | "get_table_names":
                from migralint.python.library.inspector import Inspector

                return Inspector().attribute(ev, "get_table_names" if name == "table_names" else name, place)
        return Unknown(f"attribute {name} of a connection", place)

    def _with_options(self, args: Arguments) -> Value:
        level = args.keywords.get("isolation_level")
        if level is None:
            return self
        return ConnectionItem(True, isinstance(level, str) and level.upper() == "AUTOCOMMIT")

    def _execute(self, ev: Evaluator, name: str, args: Arguments, place: Place) -> Value:
        parameters = args.get(1, "parameters", default=args.keywords or None)
        statement = args.get(0, "statement", "sql")
        if name == "exec_driver_sql" and isinstance(statement, str) and ev.database.dialect == "postgresql":
            statement = replace(statement, "%%", "%")  # psycopg gets parameters, if only an empty tuple of them
        with ev.database.autocommit() if self.autocommit else nullcontext():
            result = self._sent(ev, statement, parameters, place)
        if name == "scalar":
            return result._first(True)
        return ev.call(result.attribute(ev, "scalars", place), Arguments(), place) if name == "scalars" else result

    def _sent(self, ev: Evaluator, statement: Value, parameters: Value, place: Place) -> Result:
        return execute(ev, statement, parameters, place)


def _reads(statement: Value) -> bool:
    """Whether it is a query, which changes nothing."""
    from migralint.sql.parts import is_query

    if isinstance(statement, Dml):
        return statement.kind == "select"
    text = text_of(statement)
    return text is not None and is_query(str(text))


@known(
    "sqlalchemy.create_engine",
    "sqlalchemy.engine_from_config",
    "sqlalchemy.create_mock_engine",
    "sqlalchemy.ext.asyncio.create_async_engine",
    "sqlalchemy.ext.asyncio.async_engine_from_config",
    "sqlalchemy.ext.asyncio.engine.async_engine_from_config",
    "sqlmodel.create_engine",
)
def _engine(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return OtherConnection()


class OtherConnection(ContextManager):
    """An engine that code makes itself, and its connections: in `env.py` the one that migrations get.

    A migration that uses one leaves the transaction it runs in: what it executes there is not applied.
    """

    type_name = "engine"
    reaches_database = False

    def enter(self, ev: Evaluator, stack: ExitStack, place: Place) -> Value:
        return self

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name in ("run_sync", "run_callable"):
            return Builtin(
                name, lambda ev, args, place: ev.call(args.get(0), Arguments([self, *args.positional[1:]]), place)
            )
        if name in (
            "connect",
            "begin",
            "begin_nested",
            "execution_options",
            "engine",
            "sync_engine",
            "sync_connection",
        ):
            return (
                self
                if name in ("engine", "sync_engine", "sync_connection")
                else Builtin(name, lambda ev, args, place: self)
            )
        if name in ("execute", "exec_driver_sql", "scalar"):
            return Builtin(name, self._execute)
        if name in ("dispose", "close", "commit", "rollback"):
            return Builtin(name, nothing)
        if name in ("dialect", "url"):
            return DialectItem(ev.database.dialect) if name == "dialect" else UrlItem()
        return Unknown("an engine that the code makes itself", place)

    def _execute(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        if "configured" in ev.context:  # it is env.py's
            return execute(ev, args.get(0, "statement"), args.get(1, "parameters"), place)
        if not _reads(args.get(0, "statement")):
            ev.opaque("it is executed on an engine that the code makes itself", place)
        return Unknown("a result from an engine that the code makes itself", place)
