"""The database of a Flask application, which Flask-Migrate's `env.py` asks the running application for.

`current_app.extensions["migrate"].db` is what the application's code gave to `Migrate(app, db)`: a `SQLAlchemy(...)` of
Flask-SQLAlchemy that some module of the project makes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from migralint.operations import Place
from migralint.python.evaluator import Evaluator
from migralint.python.finder import ProjectFinder
from migralint.python.library.flask import DatabaseItem
from migralint.python.values import Exhausted, ModuleValue, Unknown, Value
from migralint.tree import Tree, TreeError, walk

_ASKED = re.compile(r"extensions\b")
_MADE = re.compile(r"SQLAlchemy\(|\bflask(?:_|\.ext\.)(?:sqlalchemy|migrate)\b")
_TESTS = re.compile(r"(?:^|/)(?:tests?|conftest|test_\w+|\w+_test)(?:/|\.py$)")


def application_database(
    ev: Evaluator, source: str, tree: Tree, text: Callable[[str], str], finder: ProjectFinder
) -> Value:
    """The database of the project's application, for an `env.py` that asks for one; else, or without it, Unknown.

    Several with the same naming convention are as good as one.
    """
    unknown = Unknown("the database of the application")
    if "current_app" not in source or not _ASKED.search(source):
        return unknown
    found: list[DatabaseItem] = []
    for path in _makers(tree, text):
        place = Place(path)
        try:
            module = ev.modules.module(finder.imported_as(path), place)
        except (Exhausted, RecursionError):
            return unknown
        if isinstance(module, ModuleValue):
            found += [value for value in module.names.values() if isinstance(value, DatabaseItem)]
    if not found:
        return unknown
    if any(one.metadata.convention != found[0].metadata.convention for one in found):
        return Unknown("which of several databases is that of the application")
    return found[0]


def _makers(tree: Tree, text: Callable[[str], str]) -> Iterator[str]:
    """The project's modules that make a database, tests aside."""
    for path in walk(tree, "", ".py", on_error=lambda problem: None):
        if _TESTS.search(path) or "/versions/" in path:
            continue
        try:
            if _MADE.search(text(path)):
                yield path
        except TreeError:
            continue
