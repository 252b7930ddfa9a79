"""The standard library, as far as migrations use it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, unquote, unquote_plus

from migralint.operations import CannotApply, Place
from migralint.python import bounds
from migralint.python import text as texts
from migralint.python.classes import Auto, Field
from migralint.python.exceptions import catches, refused
from migralint.python.library import made_class
from migralint.python.library.registry import FUNCTIONS, VALUES, known
from migralint.python.library.rows import nothing
from migralint.python.managers import ContextManager
from migralint.python.template import Template, changed
from migralint.python.values import Arguments, Builtin, Drawn, Native, PyRaise, Unknown, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


@known("textwrap.dedent", "inspect.cleandoc")
def _dedent(ev: Evaluator, args: Arguments, place: Place) -> Value:
    value = args.get(0, "text")
    return changed(value, texts.dedent) if isinstance(value, (str, Template)) else value


@known("os.environ.get", "os.getenv")
def _getenv(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return args.get(1, "default")


@known("types.new_class")
def _new_class(ev: Evaluator, args: Arguments, place: Place) -> Value:
    """A class whose names a function puts into the dictionary that it is given."""
    names: dict[str, Value] = {}
    if (fill := args.get(3, "exec_body")) is not None:
        ev.call(fill, Arguments([names]), place)
    given = args.get(2, "kwds")
    return made_class(
        ev, args.get(0, "name"), args.get(1, "bases"), names, dict(given) if isinstance(given, dict) else {}, place
    )


class EnvironItem(Native):
    """`os.environ` with no variable set."""

    type_name = "os.environ"

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name in ("get", "pop"):
            return Builtin(name, lambda ev, args, place: args.get(1, "default"))
        if name == "__contains__":
            return Builtin(name, lambda ev, args, place: False)
        if name == "setdefault":
            return Builtin(name, lambda ev, args, place: args.get(1))
        return Unknown(f"os.environ.{name}", place)

    def item(self, ev: Evaluator, key: Value, place: Place) -> Value:
        """Raises where something around could handle that; code that cannot go without the variable gets it set."""
        if ev.handlers:
            raise PyRaise("KeyError", str(key), place)
        return Unknown(f"the environment variable {key} is not known", place)


VALUES["os.environ"] = EnvironItem()


_QUOTING: dict[str, Callable[[str], str]] = {
    f"urllib.parse.{function.__name__}": function for function in (quote, quote_plus, unquote, unquote_plus)
}


def _quoted(function: Callable[[str], str], ev: Evaluator, args: Arguments, place: Place) -> Value:
    value = args.get(0, "string")
    if not isinstance(value, str) or len(args.positional) > 1 or args.keywords.keys() - {"string"}:
        return value if isinstance(value, Unknown) else Unknown("a quoted text", place)
    return bounds.settled(function(value)) if len(value) < bounds.TEXT // 9 else Unknown(bounds.REASON, place)


for _path, _function in _QUOTING.items():
    FUNCTIONS[_path] = partial(_quoted, _function)


@known("enum.auto")
def _auto(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return Auto()


@known("dataclasses.field", "attr.ib", "attrs.field", "attr.field", "pydantic.Field")
def _field(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return Field(args)


def _same(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return args.get(0)


@known("copy.copy")
def _copy(ev: Evaluator, args: Arguments, place: Place) -> Value:
    value = args.get(0)
    return value.copy() if isinstance(value, (list, dict)) else _copied(value)


@known("copy.deepcopy")
def _deepcopy(ev: Evaluator, args: Arguments, place: Place) -> Value:
    value = args.get(0)
    return _deep(value) if bounds.small(value) else Unknown(bounds.REASON, place)


def _deep(value: Value) -> Value:
    """A copy of containers and the containers in them; what else they hold is shared."""
    if isinstance(value, dict):
        return {key: _deep(held) for key, held in value.items()}
    return type(value)(map(_deep, value)) if type(value) in (list, tuple) else _copied(value)


def _copied(value: Value) -> Value:
    return value.copy() if isinstance(value, set) else value


for _each in ("asyncio.run", "nest_asyncio.apply"):
    FUNCTIONS[_each] = _same


@known("typing.cast")
def _typing_cast(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return args.get(1)


class LoggerItem(Native):
    """A logger: every method does nothing."""

    type_name = "logger"

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name in ("isEnabledFor", "hasHandlers"):
            return Builtin(name, lambda ev, args, place: False)
        return Builtin(name, nothing)

    def call(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        return self


@known(
    "logging.getLogger",
    "structlog.get_logger",
    "structlog.getLogger",
    "logging.LoggerAdapter",
    "oslo_log.log.getLogger",
)
def _logger(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return LoggerItem()


for _name in ("logging", "warnings", "time", "click", "structlog"):
    for _method in (
        "debug",
        "info",
        "warning",
        "warn",
        "error",
        "exception",
        "critical",
        "log",
        "basicConfig",
        "sleep",
        "echo",
        "secho",
        "filterwarnings",
        "simplefilter",
    ):
        FUNCTIONS[f"{_name}.{_method}"] = nothing
VALUES["loguru.logger"] = LoggerItem()


class Suppress(ContextManager):
    """`contextlib.suppress(...)`, which holds back exceptions of these classes."""

    def __init__(self, kinds: Sequence[Value]) -> None:
        self.kinds = list(kinds)

    def enter(self, ev: Evaluator, stack: ExitStack, place: Place) -> Value:
        def held_back(kind: object, problem: object, trace: object) -> bool:
            raised = refused(str(problem), place) if isinstance(problem, CannotApply) else problem
            return isinstance(raised, PyRaise) and catches(ev, self.kinds, raised)

        stack.push(held_back)
        if catches(ev, self.kinds, refused("", place)):
            stack.enter_context(ev.database.watching(place, always=True))
        return None


@known("contextlib.suppress")
def _suppress(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return Suppress(args.positional)


@known("lazy_object_proxy.Proxy", "sqlalchemy.util.memoized_property")
def _proxy(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return ev.call(args.get(0), Arguments(), place)


@known("contextlib.nullcontext")
def _nullcontext(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return Given(args.get(0))


@known("warnings.catch_warnings")
def _catch_warnings(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return Given(None)


class Given(ContextManager):
    """A context manager that gives a value and does nothing else."""

    def __init__(self, value: Value) -> None:
        self.value = value

    def enter(self, ev: Evaluator, stack: ExitStack, place: Place) -> Value:
        return self.value


@known("json.dumps")
def _dumps(ev: Evaluator, args: Arguments, place: Place) -> Value:
    indent = args.keywords.get("indent")
    if not bounds.small(args.get(0)) or (isinstance(indent, int) and indent > 16) or isinstance(indent, str):
        return Unknown(bounds.REASON, place)
    try:
        return json.dumps(
            args.get(0), **{k: v for k, v in args.keywords.items() if k in ("indent", "sort_keys", "ensure_ascii")}
        )
    except Exception:  # whatever it says of values it cannot write
        return Unknown("JSON of something that is not known", place)


@known("json.load")
def _load(ev: Evaluator, args: Arguments, place: Place) -> Value:
    read = ev.attribute(args.get(0), "read", place)
    return _loads(ev, Arguments([read if isinstance(read, Unknown) else ev.call(read, Arguments(), place)]), place)


@known("json.loads")
def _loads(ev: Evaluator, args: Arguments, place: Place) -> Value:
    value = args.get(0)
    if not isinstance(value, str):
        return value if isinstance(value, Unknown) else Unknown("JSON", place)
    if "\\ud" in value.lower():
        return Unknown("JSON with surrogates", place)
    try:
        return json.loads(value)
    except ValueError:
        raise PyRaise("ValueError", "not JSON", place) from None


for _each in (
    "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today",
    "datetime.now", "time.time", "uuid.uuid4", "uuid.uuid1", "secrets.token_hex", "secrets.token_urlsafe",
    "random.random", "random.choice", "os.urandom", "getpass.getpass", "os.getcwd",
):  # fmt: skip
    FUNCTIONS[_each] = lambda ev, args, place: Unknown("a value that is different in every run", place)


@known("random.randint", "random.randrange")
def _random_number(ev: Evaluator, args: Arguments, place: Place) -> Value:
    """The least of the numbers stands for the one in texts."""
    least = args.get(0) if len(args.positional) > 1 or args.keywords else 0
    return Drawn("a number by chance", place, str(least) if isinstance(least, int) else "0")


@known("distutils.util.strtobool", "setuptools._distutils.util.strtobool")
def _strtobool(ev: Evaluator, args: Arguments, place: Place) -> Value:
    value = args.get(0)
    if not isinstance(value, str):
        return value if isinstance(value, Unknown) else Unknown("whether a text means true", place)
    if value.lower() in ("y", "yes", "t", "true", "on", "1"):
        return 1
    if value.lower() in ("n", "no", "f", "false", "off", "0"):
        return 0
    raise PyRaise("ValueError", f"invalid truth value {str(value)!r}", place)


@known("operator.itemgetter")
def _itemgetter(ev: Evaluator, args: Arguments, place: Place) -> Value:
    from migralint.python.operators import item

    key = args.get(0)
    return Builtin("itemgetter", lambda ev, args, place: item(ev, args.get(0), key, place))


@known("operator.attrgetter")
def _attrgetter(ev: Evaluator, args: Arguments, place: Place) -> Value:
    key = args.get(0)
    return Builtin("attrgetter", lambda ev, args, place: ev.attribute(args.get(0), str(key), place))


@known("packaging.version.parse", "packaging.version.Version")
def _version(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return Unknown("the version of a package", place)


FUNCTIONS["gc.collect"] = nothing
