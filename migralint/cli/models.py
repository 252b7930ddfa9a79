"""The schema of the models as it is printed, kept until a file that it was read from changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from migralint import __version__
from migralint.cache import Cache, default_folder
from migralint.cli.opening import find, open_project
from migralint.cli.output import tell
from migralint.cli.values import Common
from migralint.tree import Recorder, WorkTree

if TYPE_CHECKING:
    from migralint.cli.sources import Source


def printed(common: Common, format: str, render: Callable[[Source], str]) -> str:
    """The text, made now or stored; tells what of the models was not read."""
    found = find(common)
    cache = Cache(default_folder(found.root), not common.no_cache, material=[__version__, found.root])
    key = json.dumps(["models", format, common.name, common.config, common.dialect, common.postgresql_version])
    stored = cache.answer(key, WorkTree(found.root, found.files))
    match stored:
        case {"text": str() as text, "told": list() as told}:
            pass
        case _:
            from migralint.cli.sources import of_models

            project = open_project(common, found, directions=("upgrade",))
            source, told = of_models(project)
            text = render(source)
            outside = any(folder.startswith("/") for folder in project.configuration.source_roots or ())
            if isinstance(project.tree, Recorder) and not outside:
                cache.store_answer(key, project.tree.record, {"text": text, "told": told})
    for sentence in told:
        tell(common, str(sentence))
    return text
