"""Threads, executors and tasks: what they run is run once, where it is started.

A coroutine is run where it is called (`await` gives its value), so tasks are the values of their coroutines. Another
process than that of the migration is not followed: it has no `op`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.library.registry import known
from migralint.python.library.rows import nothing
from migralint.python.values import Arguments, Builtin, Native, NotFollowed, PyRaise, Unknown, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


class ThreadItem(Native):
    """`threading.Thread(target=..., args=..., kwargs=...)`."""

    type_name = "thread"

    def __init__(self, target: Value, args: Arguments) -> None:
        self.target = target
        self.args = args

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        match name:
            case "start" | "run":
                return Builtin(name, self._start)
            case "join":
                return Builtin(name, nothing)
            case "is_alive":
                return Builtin(name, lambda ev, args, place: False)
        return Unknown(f"attribute {name} of a thread", place)

    def _start(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        if self.target is None:
            return None
        try:
            result = ev.call(self.target, self.args, place)
        except PyRaise:  # which Python prints, and the code that started the thread goes on
            return None
        return result if isinstance(result, NotFollowed) else None


@known("threading.Thread")
def _thread(ev: Evaluator, args: Arguments, place: Place) -> Value:
    positional = ev.items(args.get(3, "args", default=()))
    keywords = args.get(4, "kwargs", default={})
    given = Arguments(list(positional or ()), dict(keywords) if isinstance(keywords, dict) else {})
    given.open = args.open or positional is None or not isinstance(keywords, dict) or "?" in keywords
    return ThreadItem(args.get(1, "target"), given)


class FutureItem(Native):
    """What `executor.submit(...)` gives: its function has run."""

    type_name = "future"

    def __init__(self, result: Value, problem: PyRaise | None = None) -> None:
        self.result = result
        self.problem = problem

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        match name:
            case "result":
                return Builtin(name, lambda ev, args, place: self.value())
            case "exception":
                known = None if self.problem is None else self.problem.value or Unknown("an exception", place)
                return Builtin(name, lambda ev, args, place: known)
            case "done" | "cancelled" | "running" | "cancel":
                return Builtin(name, lambda ev, args, place: name == "done")
            case "add_done_callback":
                return Builtin(name, lambda ev, args, place: ev.call(args.get(0, "fn"), Arguments([self]), place))
        return Unknown(f"attribute {name} of a future", place)

    def value(self) -> Value:
        """Its result. Raises what the function raised."""
        if self.problem is not None:
            raise self.problem
        return self.result


class ExecutorItem(Native):
    """`concurrent.futures.ThreadPoolExecutor(...)`."""

    type_name = "executor"

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        match name:
            case "submit":
                return Builtin(name, lambda ev, args, place: submitted(ev, args, place))
            case "map":
                return Builtin(name, self._map)
            case "shutdown":
                return Builtin(name, nothing)
        return Unknown(f"attribute {name} of an executor", place)

    def _map(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        columns = [ev.items(values) for values in args.positional[1:]]
        if args.open or not columns or any(column is None for column in columns):
            result = ev.call(args.get(0), Arguments(open=True), place)
            return result if isinstance(result, NotFollowed) else Unknown("what an executor maps over", place)
        rows = zip(*(column or [] for column in columns), strict=False)
        futures = [submitted(ev, Arguments([args.get(0), *row]), place) for row in rows]
        return [future.value() for future in futures]


def submitted(ev: Evaluator, args: Arguments, place: Place) -> FutureItem:
    """The future of a function that is given with its arguments."""
    try:
        return FutureItem(ev.call(args.get(0), Arguments(args.positional[1:], args.keywords, args.open), place))
    except PyRaise as problem:
        return FutureItem(None, problem)


@known("concurrent.futures.ThreadPoolExecutor", "concurrent.futures.thread.ThreadPoolExecutor")
def _executor(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return ExecutorItem()


@known("concurrent.futures.as_completed")
def _as_completed(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return args.get(0, "fs")


@known("concurrent.futures.wait")
def _wait(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return (args.get(0, "fs"), [])


@known("asyncio.gather")
def _gather(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return Unknown("what is gathered", place) if args.open else list(args.positional)


@known("asyncio.create_task", "asyncio.ensure_future", "asyncio.wait_for", "asyncio.shield")
def _task(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return args.get(0, "coro", "coro_or_future", "fut", "arg")


@known("asyncio.to_thread", "anyio.to_thread.run_sync")
def _to_thread(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return ev.call(args.get(0, "func"), Arguments(args.positional[1:], args.keywords, args.open), place)


@known("anyio.run")
def _anyio_run(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return ev.call(args.get(0, "func"), Arguments(args.positional[1:], {}, args.open), place)


class LoopItem(Native):
    """An event loop."""

    type_name = "event loop"

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        match name:
            case "run_until_complete" | "create_task":
                return Builtin(name, lambda ev, args, place: args.get(0, "future", "coro"))
            case "run_in_executor":
                return Builtin(
                    name, lambda ev, args, place: submitted(ev, Arguments(args.positional[1:]), place).value()
                )
            case "is_running":
                return Builtin(name, lambda ev, args, place: Unknown("whether an event loop runs", place))
            case "close" | "stop" | "shutdown_asyncgens":
                return Builtin(name, nothing)
        return Unknown(f"attribute {name} of an event loop", place)


@known("asyncio.get_event_loop", "asyncio.new_event_loop")
def _loop(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return LoopItem()
