from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.project import Alembic, shop
from tests.server.client import Client

pytest.importorskip("pygls.lsp.server")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Alembic:
    monkeypatch.setenv("MIGRALINT_CACHE_DIR", str(tmp_path / "cache"))
    root = tmp_path / "project"
    root.mkdir()
    (root / "migralint.toml").write_text('select = ["MG0", "MG1"]\n')
    return shop(root.resolve())


@pytest.fixture
def client(project: Alembic) -> Iterator[Client]:
    client = Client(project.root, ["-m", "migralint", "server"])
    yield client
    assert client.close() == 0


def test_a_finding_appears_moves_and_goes(client: Client, project: Alembic) -> None:
    path = project.versions / "two.py"
    uri, text = path.as_uri(), path.read_text()
    odd = "x = '\N{OLD PERSONAL COMPUTER}'; op.drop_table"
    client.open(uri, text.replace("op.drop_table", odd))
    (diagnostic,) = client.diagnostics(uri)
    assert (diagnostic["code"], diagnostic["source"], diagnostic["severity"]) == ("MG101", "migralint", 1)
    # The character before it counts as two units of UTF-16, which LSP counts in.
    assert diagnostic["range"] == {"start": {"line": 10, "character": 14}, "end": {"line": 10, "character": 37}}
    client.change(uri, f"\n{text}")
    (diagnostic,) = client.diagnostics(uri)
    assert diagnostic["range"]["start"] == {"line": 11, "character": 4}
    client.change(uri, text.replace('op.drop_table("orders")', "pass"))
    assert client.diagnostics(uri) == []


def test_a_buffer_that_does_not_parse(client: Client, project: Alembic) -> None:
    path = project.versions / "two.py"
    uri, text = path.as_uri(), path.read_text()
    client.open(uri, text.replace('("orders")', "("))
    assert {diagnostic["code"] for diagnostic in client.diagnostics(uri)} == {"MG001"}
    client.change(uri, text)
    assert {diagnostic["code"] for diagnostic in client.diagnostics(uri)} == {"MG101"}


def test_a_fix_is_an_action(client: Client, project: Alembic) -> None:
    (project.root / "migralint.toml").write_text('select = ["MG310"]\n')
    path = project.versions / "two.py"
    text = path.read_text().replace('raise NotImplementedError("forward only")', 'op.create_table("orders")')
    uri = path.as_uri()
    client.open(uri, text)
    (diagnostic,) = client.diagnostics(uri)
    about = {"textDocument": {"uri": uri}, "range": diagnostic["range"], "context": {"diagnostics": []}}
    (action,) = client.request("textDocument/codeAction", about)
    assert action["title"] == "MG310: let the downgrade raise (unsafe)"
    (edit,) = action["edit"]["changes"][uri]
    assert edit["newText"].startswith("raise NotImplementedError(")
    line = text.split("\n")[edit["range"]["start"]["line"]]
    assert line[edit["range"]["start"]["character"] : edit["range"]["end"]["character"]] == 'op.create_table("orders")'
    nowhere = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}
    assert client.request("textDocument/codeAction", {**about, "range": nowhere}) == []
    client.change(uri, "\n" + text)  # its places are no longer those that were checked
    assert client.request("textDocument/codeAction", about) == []


@pytest.mark.parametrize("makes_files", [True, False])
def test_a_fix_with_a_new_revision_is_for_clients_that_make_files(project: Alembic, makes_files: bool) -> None:
    (project.root / "migralint.toml").write_text('select = ["MG205"]\n')
    path = project.revision("three", 'op.create_table("orders", sa.Column("id", sa.Integer))')
    path = project.revision("four", 'op.create_check_constraint("c", "orders", "id > 0")')
    able = {"workspace": {"workspaceEdit": {"documentChanges": True, "resourceOperations": ["create"]}}}
    client = Client(project.root, ["-m", "migralint", "server"], able if makes_files else None)
    client.open(path.as_uri(), path.read_text())
    (diagnostic,) = client.diagnostics(path.as_uri())
    about = {"textDocument": {"uri": path.as_uri()}, "range": diagnostic["range"], "context": {"diagnostics": []}}
    found = client.request("textDocument/codeAction", about)
    assert len(found) == makes_files
    for action in found:
        create, *edits = action["edit"]["documentChanges"]
        assert (create["kind"], Path(create["uri"]).parent.name) == ("create", "versions")
        assert {edit["textDocument"]["uri"] for edit in edits} == {create["uri"], path.as_uri()}
    assert client.close() == 0


def test_findings_in_files_that_are_not_open(client: Client, project: Alembic) -> None:
    first = project.versions / "one.py"
    client.open(first.as_uri(), first.read_text())
    (diagnostic,) = client.diagnostics((project.versions / "two.py").as_uri())
    assert diagnostic["code"] == "MG101"


def test_hover_tells_what_the_rule_says(client: Client, project: Alembic) -> None:
    path = project.versions / "two.py"
    client.open(path.as_uri(), path.read_text())
    client.diagnostics(path.as_uri())
    place = {"textDocument": {"uri": path.as_uri()}, "position": {"line": 10, "character": 6}}
    text = client.request("textDocument/hover", place)["contents"]
    assert text["kind"] == "markdown"
    assert text["value"].startswith("# drop-table (MG101)")
    place["position"] = {"line": 10, "character": 27}
    assert client.request("textDocument/hover", place) is None


def test_what_cannot_be_used_is_logged_and_the_server_lives_on(client: Client, project: Alembic) -> None:
    configuration = project.root / "migralint.toml"
    path = project.versions / "two.py"
    configuration.write_text('selct = ["MG1"]\n')
    client.open(path.as_uri(), path.read_text())
    assert "migralint.toml:1" in client.log()
    configuration.write_text("")
    client.notify("textDocument/didSave", {"textDocument": {"uri": path.as_uri()}})
    assert len(client.diagnostics(path.as_uri())) > 0
