"""A new revision as path and text."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from migralint.authoring.naming import AuthoringError, created, new_id, path_of
from migralint.authoring.template import STANDARD, NotKnown, Values, fill
from migralint.environment.locations import Location
from migralint.history.revision import Revision
from migralint.render.calls import FORWARD_ONLY
from migralint.tree import Tree, TreeError

TEMPLATE = "script.py.mako"

RAISING = f"    {FORWARD_ONLY}"
"""The body of a downgrade that a project which only goes forward wants."""


_IMPORT = re.compile(r"^import (?P<module>[\w.]+)(?: as (?P<alias>\w+))?[ \t]*(?:#.*)?\n(?:[ \t]*\n)?", re.MULTILINE)


@dataclass(frozen=True)
class Draft:
    """What a new revision says.

    `parents` are the revisions that it follows, none for a new base. `upgrade` and `downgrade` are bodies of the
    functions, indented by four blanks as `render.code` gives them, `imports` the lines that these need.
    """

    parents: tuple[str, ...]
    message: str
    upgrade: str
    downgrade: str = RAISING
    imports: tuple[str, ...] = ()
    branch_labels: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()


@dataclass(frozen=True)
class NewRevision:
    """A revision file that is not there yet; `path` is that of the tree."""

    id: str
    path: str
    text: str


def write(
    draft: Draft,
    tree: Tree,
    location: Location,
    revisions: Mapping[str, Revision],
    now: datetime.datetime,
    *,
    id: str | None = None,
) -> NewRevision:
    """The file of a new revision of a history, made from the project's template where that can be filled in as text.

    `revisions` are those that there are. Without `id` it is made of what the revision says. Raises AuthoringError for a
    path that is taken, that cannot be made, or that nothing decides.
    """
    if unknown := [parent for parent in draft.parents if parent not in revisions]:
        raise AuthoringError(f"{', '.join(unknown)}: no such revision in {location.name}")
    date = created(now, location.options)
    id = id or new_id(revisions, *draft.parents, draft.message, draft.upgrade)
    path = path_of(id, draft.message, date, location, revisions, draft.parents)
    if _exists(tree, path):
        raise AuthoringError(f"{path} is already there")
    values: Values = {
        "message": " ".join(draft.message.split()).replace("\\", "/").replace('"""', "'''") or "empty message",
        "up_revision": id,
        "down_revision": _scalar(draft.parents),
        "branch_labels": draft.branch_labels or None,
        "depends_on": _scalar(draft.depends_on),
        "create_date": str(date),
    }
    return NewRevision(id, path, _without_unused(_text(draft, _template(tree, location), values), tree, location))


def _exists(tree: Tree, path: str) -> bool:
    try:
        return tree.exists(path)
    except TreeError as problem:
        raise AuthoringError(str(problem)) from problem


def _template(tree: Tree, location: Location) -> str | None:
    try:
        return tree.text(f"{location.script_location}/{TEMPLATE}" if location.script_location else TEMPLATE)
    except TreeError:
        return None


def _text(draft: Draft, template: str | None, values: Values) -> str:
    """The project's template filled in, or the standard one where that does not make the revision asked for."""
    for one in (template, STANDARD):
        if one is None:
            continue
        needed = [line for line in draft.imports if line not in one.splitlines()]
        bodies = {"upgrades": _body(draft.upgrade), "downgrades": _body(draft.downgrade)}
        try:
            text = fill(one, {**values, **bodies, "imports": "\n".join(needed)})
        except NotKnown:
            continue
        if _complete(text, values, [*needed, *bodies.values()]):
            return text.rstrip("\n") + "\n"
    raise AssertionError("the standard template holds everything")


def _without_unused(text: str, tree: Tree, location: Location) -> str:
    """Without the template's imports of own modules that nothing uses: the file could not be loaded once they move."""
    rest = _IMPORT.sub("", text)

    def kept(found: re.Match[str]) -> str:
        name = found["alias"] or found["module"].partition(".")[0]
        return found[0] if re.search(rf"\b{name}\b", rest) or not _own(found["module"], tree, location) else ""

    return _IMPORT.sub(kept, text)


def _own(module: str, tree: Tree, location: Location) -> bool:
    """Whether the module lies in the project: above the history, or in `src`."""
    parts = (location.script_location or "").split("/")
    roots = {"", "src/", *("".join(f"{part}/" for part in parts[:number]) for number in range(1, len(parts)))}
    path = module.replace(".", "/")
    return any(_exists(tree, f"{root}{path}{end}") for root in roots for end in (".py", "/__init__.py"))


def _complete(text: str, values: Values, parts: Sequence[str]) -> bool:
    """Whether the file says which revision it is, and holds every part."""
    assigned = [("revision", values["up_revision"]), ("down_revision", values["down_revision"])]
    return all(
        re.search(rf"^{name}\s*(?::[^=\n]+)?=\s*{_either_quotes(value)}\s*(?:#.*)?$", text, re.MULTILINE)
        for name, value in assigned
    ) and all(part in text for part in parts)


def _either_quotes(value: object) -> str:
    spelled = repr(value)
    return f"(?:{re.escape(spelled)}|{re.escape(spelled.replace(chr(39), chr(34)))})"


def _body(text: str) -> str:
    """A body as Alembic hands it to templates: they hold the indentation of the first line themselves."""
    return text.strip("\n").removeprefix("    ")


def _scalar(ids: tuple[str, ...]) -> str | tuple[str, ...] | None:
    return ids if len(ids) > 1 else ids[0] if ids else None
