from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.client import Client

pytest.importorskip("pygls.lsp.server")

ROOT = Path(__file__).parents[2]
DROP = 'op.drop_table("orders")\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "versions").mkdir()
    (tmp_path / "migralint.toml").write_text("")
    (tmp_path / "versions/a1.py").write_text('op.create_table("orders")\n')
    (tmp_path / "versions/b2.py").write_text("pass\n")
    return tmp_path.resolve()


@pytest.fixture
def client(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    client = Client(root, ["-m", "tests.server.served"])
    yield client
    assert client.close() == 0


def test_a_finding_appears_moves_and_goes(client: Client, root: Path) -> None:
    uri = (root / "versions/b2.py").as_uri()
    client.open(uri, f"x = '\N{OLD PERSONAL COMPUTER}'; {DROP}")
    (diagnostic,) = client.diagnostics(uri)
    assert (diagnostic["code"], diagnostic["source"], diagnostic["severity"]) == ("MG101", "migralint", 1)
    # The character before it counts as two units of UTF-16, which LSP counts in.
    assert diagnostic["range"] == {"start": {"line": 0, "character": 10}, "end": {"line": 0, "character": 33}}
    client.change(uri, f"\n{DROP}")
    (diagnostic,) = client.diagnostics(uri)
    assert diagnostic["range"]["start"] == {"line": 1, "character": 0}
    client.change(uri, "pass\n")
    assert client.diagnostics(uri) == []


def test_findings_in_files_that_are_not_open(client: Client, root: Path) -> None:
    (root / "versions/b2.py").write_text(DROP)
    client.open((root / "versions/a1.py").as_uri(), 'op.create_table("orders")\n')
    (diagnostic,) = client.diagnostics((root / "versions/b2.py").as_uri())
    assert diagnostic["code"] == "MG101"


def test_hover_tells_what_the_rule_says(client: Client, root: Path) -> None:
    uri = (root / "versions/b2.py").as_uri()
    client.open(uri, DROP)
    client.diagnostics(uri)
    place = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 3}}
    text = client.request("textDocument/hover", place)["contents"]
    assert text["kind"] == "markdown"
    assert text["value"].startswith("# drop-table (MG101)")
    place["position"] = {"line": 0, "character": 23}
    assert client.request("textDocument/hover", place) is None


def test_what_cannot_be_read_is_logged_and_the_server_lives_on(client: Client, root: Path) -> None:
    uri = (root / "versions/b2.py").as_uri()
    client.open(uri, "broken")
    assert client.log() == "migralint: versions: no such file or folder; check the path"
    client.change(uri, "raise")
    assert client.log() == "migralint: KeyError: 'of ours'"
    client.change(uri, DROP)
    assert len(client.diagnostics(uri)) == 1
