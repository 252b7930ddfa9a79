"""Files that lie in the project's packages: `importlib.resources`, `pkgutil.get_data` and `pkg_resources`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.library.files import FileItem, PathItem, joined, read
from migralint.python.library.registry import FUNCTIONS, Handler, known
from migralint.python.library.standard import Given
from migralint.python.values import Arguments, ModuleValue, Unknown, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


def _folder(ev: Evaluator, package: Value, place: Place) -> str | Unknown:
    """The folder of a package of the project, which is given by its name or itself."""
    name = package.name if isinstance(package, ModuleValue) else package
    if not isinstance(name, str):
        return name if isinstance(name, Unknown) else Unknown("a package that is not of the project", place)
    folder = ev.modules.folder(str(name))
    return folder if folder is not None else Unknown(f"the folder of the package {name}", place)


def _path(ev: Evaluator, args: Arguments, place: Place) -> PathItem | Unknown:
    """The path of a file that is named by its package and its parts."""
    folder = _folder(ev, args.get(0, "package", "anchor", "package_or_requirement"), place)
    names = [
        *args.positional[1:],
        *(args.keywords[key] for key in ("resource", "resource_name") if key in args.keywords),
    ]
    if isinstance(folder, Unknown) or not all(isinstance(name, str) for name in names):
        return folder if isinstance(folder, Unknown) else Unknown("the name of a file in a package", place)
    return PathItem(joined(folder, *names))


@known("importlib.resources.files", "importlib_resources.files")
def _files(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return _path(ev, args, place)


def _content(ev: Evaluator, args: Arguments, place: Place) -> Value:
    path = _path(ev, args, place)
    return path if isinstance(path, Unknown) else read(ev, path.path, place)


def _opened(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return FileItem(_content(ev, args, place))


def _name(ev: Evaluator, args: Arguments, place: Place) -> Value:
    path = _path(ev, args, place)
    return path if isinstance(path, Unknown) else path.path


def _positional(handler: Handler, count: int) -> Handler:
    """The handler without the arguments after the first ones: an encoding is no part of the name."""
    return lambda ev, args, place: handler(ev, Arguments(args.positional[:count], args.keywords, args.open), place)


for _package in ("importlib.resources", "importlib_resources"):
    for _each in ("read_text", "read_binary"):
        FUNCTIONS[f"{_package}.{_each}"] = _positional(_content, 2)
    for _each in ("open_text", "open_binary"):
        FUNCTIONS[f"{_package}.{_each}"] = _positional(_opened, 2)
    FUNCTIONS[f"{_package}.path"] = lambda ev, args, place: Given(_path(ev, args, place))
    FUNCTIONS[f"{_package}.as_file"] = lambda ev, args, place: Given(args.get(0, "path"))
FUNCTIONS["pkgutil.get_data"] = FUNCTIONS["pkg_resources.resource_string"] = _content
FUNCTIONS["pkg_resources.resource_stream"] = _opened
FUNCTIONS["pkg_resources.resource_filename"] = _name
