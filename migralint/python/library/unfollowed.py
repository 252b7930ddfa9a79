"""Functions of known libraries that run code which cannot be followed, and importing by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.library.registry import Handler, known, resolver
from migralint.python.values import Arguments, NotFollowed, Unknown, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

_FAMILIES = ("alembic.command.", "subprocess.", "os.exec", "os.posix_spawn", "os.spawn", "runpy.", "ctypes.", "pty.")
_SINGLE = {"os.system", "os.popen", "os.startfile", "code.interact", "asyncio.create_subprocess_exec",
           "asyncio.create_subprocess_shell"}  # fmt: skip
_DATA = ("subprocess.list2cmdline", "subprocess.PIPE", "subprocess.DEVNULL", "subprocess.STDOUT")


def runs(name: str) -> Handler:
    """The handler of a function that runs whatever it is given."""

    def run(ev: Evaluator, args: Arguments, place: Place) -> Value:
        reason = f"{name} runs code that is not followed"
        return NotFollowed(reason, place, told=ev.not_followed(reason, place))

    return run


@resolver
def _running(path: str) -> Handler | None:
    if path in _SINGLE or (path.startswith(_FAMILIES) and not path.startswith(_DATA)):
        return runs(path)
    return None


@known("importlib.import_module")
def _import_module(ev: Evaluator, args: Arguments, place: Place) -> Value:
    name, package = args.get(0, "name"), args.get(1, "package")
    if isinstance(name, str) and name.startswith(".") and isinstance(package, str):
        level = len(name) - len(name.lstrip("."))
        parents = package.split(".")
        name = ".".join([*parents[: len(parents) - (level - 1)], name.lstrip(".")])
    if not isinstance(name, str) or name.startswith("."):
        why = name.reason if isinstance(name, Unknown) else "its name is not known"
        return NotFollowed(f"a module that is imported by a name that is not known ({why})", place)
    ev.modules.imported(str(name))
    return ev.modules.module(str(name), place)
