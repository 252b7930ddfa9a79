"""Packages that are looked through for their modules: `pkgutil`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.library.registry import known
from migralint.python.values import Arguments, Native, Unknown, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


class ModuleInfo(Native):
    """What `pkgutil` tells of one module: (finder, name, is a package)."""

    type_name = "module info"

    def __init__(self, name: str, is_package: bool) -> None:
        self.name = name
        self.is_package = is_package

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name == "name":
            return self.name
        return self.is_package if name == "ispkg" else Unknown(f"attribute {name} of a module info", place)

    def item(self, ev: Evaluator, key: Value, place: Place) -> Value:
        items = self.iterate(ev)
        return items[key] if isinstance(key, int) and -3 <= key < 3 else Unknown("an item of a module info", place)

    def iterate(self, ev: Evaluator) -> list[Value]:
        return [Unknown("the finder of a module"), self.name, self.is_package]


def _listed(ev: Evaluator, args: Arguments, place: Place, *, below: bool) -> Value:
    folders, prefix = ev.items(args.get(0, "path")), args.get(1, "prefix", default="")
    lister = ev.context.get("list_files")
    if folders is None or lister is None or not isinstance(prefix, str):
        return Unknown("the modules of a package", place)
    found: list[ModuleInfo] = []
    for folder in folders:
        text = folder if isinstance(folder, str) else ev.attribute(folder, "__str__", place)
        files = lister(str(text)) if isinstance(text, str) else None
        if files is None:
            return Unknown("the modules of a package", place)
        found += _modules([path[len(text) :].lstrip("/") for path in files], str(prefix), below)
    return found


def _modules(paths: list[str], prefix: str, below: bool) -> list[ModuleInfo]:
    """The modules among files of a folder, as paths from there; `below` for those of packages in it too."""
    packages = {path.rpartition("/")[0] for path in paths if path.endswith("/__init__.py")}
    found: dict[str, bool] = {}
    for path in sorted(paths):
        folder, _, name = path.rpartition("/")
        above = folder.split("/") if folder else []
        if not path.endswith(".py") or any("/".join(above[: n + 1]) not in packages for n in range(len(above))):
            continue
        if name != "__init__.py" and (below or not folder):
            found[path.removesuffix(".py").replace("/", ".")] = False
        elif name == "__init__.py" and folder and (below or "/" not in folder):
            found[folder.replace("/", ".")] = True
    return [ModuleInfo(prefix + dotted, is_package) for dotted, is_package in found.items()]


@known("pkgutil.iter_modules")
def _iter_modules(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return _listed(ev, args, place, below=False)


@known("pkgutil.walk_packages")
def _walk_packages(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return _listed(ev, args, place, below=True)
