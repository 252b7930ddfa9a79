"""Files of the project that code looks for: `glob`, `os.listdir`, `os.walk`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.library.files import PathItem, joined, matching
from migralint.python.library.registry import known
from migralint.python.values import Arguments, Unknown, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


def _text(value: Value) -> Value:
    return value.path if isinstance(value, PathItem) else value


@known("glob.glob", "glob.iglob")
def _glob(ev: Evaluator, args: Arguments, place: Place) -> Value:
    pattern, root = _text(args.get(0, "pathname")), _text(args.keywords.get("root_dir"))
    if not isinstance(pattern, str) or not isinstance(root, str | None):
        return Unknown("the pattern of files", place)
    parts = joined("", str(pattern)).split("/")
    plain = next((at for at, part in enumerate(parts) if any(sign in part for sign in "*?[")), len(parts) - 1)
    folder = joined(root or "", "/".join(parts[:plain])) if plain else root or ""
    found = matching(ev, folder, "/".join(parts[plain:]), place)
    if isinstance(found, Unknown):
        return found
    paths = [str(_text(one)) for one in found]
    return [path.removeprefix(f"{root}/") for path in paths] if root else paths


def _below(ev: Evaluator, folder: Value) -> list[str] | None:
    """The files in a folder and below it, as paths from there; None where they are not known."""
    lister, text = ev.context.get("list_files"), _text(folder)
    found = lister(str(text)) if lister is not None and isinstance(text, str) and not text.startswith("/") else None
    return [path[len(text) :].lstrip("/") for path in found] if found is not None else None


@known("os.listdir")
def _listdir(ev: Evaluator, args: Arguments, place: Place) -> Value:
    found = _below(ev, args.get(0, "path", default=""))
    if found is None:
        return Unknown("the files in a folder", place)
    return sorted({path.partition("/")[0] for path in found})


@known("os.walk")
def _walk(ev: Evaluator, args: Arguments, place: Place) -> Value:
    top = _text(args.get(0, "top"))
    found = _below(ev, top)
    if found is None:
        return Unknown("the files in a folder", place)
    folders: dict[str, tuple[list[str], list[str]]] = {"": ([], [])}
    for path in found:
        parts = path.split("/")
        for depth in range(1, len(parts)):
            folder, above = "/".join(parts[:depth]), "/".join(parts[: depth - 1])
            if folder not in folders:
                folders[folder] = ([], [])
                folders[above][0].append(parts[depth - 1])
        folders["/".join(parts[:-1])][1].append(parts[-1])
    return [(joined(str(top), folder) if folder else str(top), *held) for folder, held in folders.items()]


@known("os.path.splitext")
def _splitext(ev: Evaluator, args: Arguments, place: Place) -> Value:
    path = _text(args.get(0, "p"))
    if not isinstance(path, str):
        return path if isinstance(path, Unknown) else Unknown("a path", place)
    name = path.rpartition("/")[2]
    stem, dot, end = name.rpartition(".")
    return (path[: -len(end) - 1], dot + end) if stem else (str(path), "")


@known("os.path.isdir")
def _isdir(ev: Evaluator, args: Arguments, place: Place) -> Value:
    found = _below(ev, args.get(0, "s"))
    return Unknown("whether a folder exists", place) if found is None else bool(found)
