"""A server over a project made by hand: a revision drops a table where its file says so."""

from __future__ import annotations

from collections.abc import Mapping

import migralint.server.checks as checks
import migralint.verdict.check as verdict
import migralint.verdict.rules as installed
from migralint.cli.values import Common
from migralint.configuration.discover import Found
from migralint.operations import CreateTable, DropTable
from migralint.schema import Name
from migralint.server import serve
from migralint.tree import MissingError
from tests.verdict.fake import FakeProject, rules, table

FILES = ("versions/a1.py", "versions/b2.py")


def open_project(common: Common, found: Found, buffers: Mapping[str, str]) -> FakeProject:
    texts = {}
    for path in FILES:
        with open(f"{found.root}/{path}", encoding="utf-8") as file:
            texts[path] = buffers.get(path, file.read())
    if "broken" in texts[FILES[1]]:
        raise MissingError("versions")
    if "raise" in texts[FILES[1]]:
        raise KeyError("of ours")
    project = FakeProject(texts, root=found.root)
    project.add("a1", FILES[0], (CreateTable(table("orders")), "op.create_table"))
    drop = (DropTable(Name("public", "orders")), 'op.drop_table("orders")')
    project.add("b2", FILES[1], *([drop] if drop[1] in texts[FILES[1]] else []))
    return project


checks.open_project = open_project  # type: ignore[assignment]  # a project made by hand stands in
installed.load = verdict.load = lambda folders=(): rules()
serve(Common())
