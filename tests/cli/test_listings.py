"""operations, graph, history, init, config: commands that print something else than findings."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from tests.cli.conftest import SECOND, Run
from tests.verdict.fake import FakeProject


def entries(text: str) -> list[tuple[str, str, str]]:
    return [(one["revision"], one["operation"], one["direction"]) for one in map(json.loads, text.splitlines())]


def test_operations_in_order(call: Run, opened: list[FakeProject]) -> None:
    ran = call("operations", "--format", "jsonl")
    assert entries(ran.out) == [("a1", "create_table", "upgrade"), ("b2", "drop_table", "upgrade")]
    assert json.loads(ran.out.splitlines()[1]) == {
        "format": 1,
        "history": "alembic",
        "revision": "b2",
        "direction": "upgrade",
        "index": 0,
        "operation": "drop_table",
        "table": "public.orders",
        "name": None,
        "path": SECOND,
        "line": 1,
        "certainty": "certain",
        "reason": None,
        "implicit": False,
        "transaction": 0,
        "sql": "DROP TABLE orders",
    }


@pytest.mark.parametrize("source", ["b2", "b", SECOND])
def test_operations_of_a_source(call: Run, opened: list[FakeProject], source: str) -> None:
    assert entries(call("operations", source, "--format", "jsonl").out) == [("b2", "drop_table", "upgrade")]
    downgrade = call("operations", source, "--direction", "downgrade", "--format", "jsonl")
    assert entries(downgrade.out) == [("b2", "create_table", "downgrade")]


def test_operations_for_people(call: Run, opened: list[FakeProject]) -> None:
    assert call("operations").out == (
        "a1\n  create_table  public.orders  versions/a1.py:1\n\nb2\n  drop_table    public.orders  versions/b2.py:1\n"
    )


def test_operations_with_effects(call: Run, opened: list[FakeProject]) -> None:
    made, dropped = map(json.loads, call("operations", "--effects", "--format", "jsonl").out.splitlines())
    nothing = {
        "locks": [],
        "rewrites": [],
        "scans": [],
        "builds": [],
        "rebuilds_indexes": [],
        "blocks_reads": [],
        "blocks_writes": [],
        "breaks_old_code": [],
        "transactional": True,
    }
    assert made["effects"] == nothing
    waits = [{"relation": "public.orders", "duration": "brief"}]
    assert dropped["effects"] == {
        **nothing,
        "locks": [{"relation": "public.orders", "mode": "ACCESS EXCLUSIVE"}],
        "blocks_reads": waits,
        "blocks_writes": waits,
        "breaks_old_code": ["public.orders"],
    }


def test_operations_with_effects_for_people(call: Run, opened: list[FakeProject]) -> None:
    assert call("operations", "b2", "--effects").out == (
        "b2\n"
        "  drop_table  public.orders  versions/b2.py:1\n"
        "    locks     public.orders ACCESS EXCLUSIVE\n"
        "    waiting   all of public.orders, briefly\n"
        "    breaks    public.orders\n"
    )


SCRIPT = """\
CREATE TABLE r (k integer PRIMARY KEY);
CREATE TABLE t (id integer, c integer);
BEGIN;
LOCK TABLE r IN SHARE MODE;
ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (c) REFERENCES r;
COMMIT;
VACUUM t;
DROP OWNED BY someone;
"""


def test_effects_in_a_script(call: Run, opened: list[FakeProject]) -> None:
    Path("script.sql").write_text(SCRIPT)
    plain = call("operations", "script.sql", "--format", "jsonl").out
    assert [json.loads(line)["operation"] for line in plain.splitlines()][2:] == ["create_foreign_key", "opaque"]
    assert "effects" not in json.loads(plain.splitlines()[0])
    out = call("operations", "script.sql", "--effects", "--format", "jsonl").out
    lock, key, vacuum, opaque = map(json.loads, out.splitlines()[2:])
    assert (lock["operation"], vacuum["operation"], opaque["operation"]) == ("lock", "vacuum", "opaque")
    assert lock["effects"]["locks"] == [{"relation": "public.r", "mode": "SHARE"}]
    assert key["effects"]["scans"] == ["public.t"]
    assert key["effects"]["blocks_writes"] == [
        {"relation": "public.r", "duration": "size"},
        {"relation": "public.t", "duration": "size"},
    ]
    assert vacuum["effects"]["transactional"] is False
    assert opaque["effects"] is None
    text = call("operations", "script.sql", "--effects").out
    assert "    scans     public.t\n" in text
    assert "    waiting   writes to public.r, public.t, for as long as the table is large\n" in text
    assert "    alone     cannot run in a transaction\n" in text
    assert "    effects   not known\n" in text


@pytest.mark.parametrize(("source", "said"), [("b22", "Did you mean 'b2'"), ("versions", "neither a revision")])
def test_unknown_sources(call: Run, opened: list[FakeProject], source: str, said: str) -> None:
    ran = call("operations", source)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_graph(call: Run, opened: list[FakeProject]) -> None:
    assert call("graph").out == "a1 [base]\nb2 <- a1 [head]\n"
    data = json.loads(call("graph", "--format", "json").out)
    assert (data["format"], data["history"], data["heads"], data["bases"]) == (1, "alembic", ["b2"], ["a1"])
    assert data["revisions"][1] == {
        "revision": "b2",
        "down_revision": ["a1"],
        "depends_on": [],
        "replaces": [],
        "branch_labels": [],
        "path": SECOND,
        "line": 1,
    }


def test_history_of_a_table_and_a_column(call: Run, opened: list[FakeProject]) -> None:
    data = json.loads(call("history", "public.orders", "--format", "json").out)
    assert [change["operation"] for change in data["changes"]] == ["create_table", "drop_table"]
    assert data["object"] == "public.orders"
    data = json.loads(call("history", "public.orders.note", "--format", "json").out)
    assert [change["operation"] for change in data["changes"]] == ["create_table", "drop_table"]
    ran = call("history", "public.order")
    assert (ran.code, ran.out) == (2, "")


def test_init_writes_what_is_missing(call: Run, opened: list[FakeProject]) -> None:
    Path(".git").mkdir()
    assert call("init").code == 0
    assert tomllib.loads(Path("migralint.toml").read_text()) == {"start-after": ["b2"]}
    assert "id: migralint" in Path(".pre-commit-config.yaml").read_text()
    ran = call("init")
    assert ran.code == 2
    assert "migralint.toml configures migralint already" in ran.err


def test_init_keeps_what_there_is(call: Run, opened: list[FakeProject]) -> None:
    before = '# mine\r\n[project]\r\nname = "x"  # kept'
    Path("pyproject.toml").write_bytes(before.encode())
    Path(".pre-commit-config.yaml").write_text("repos: []\n")
    Path(".git").mkdir()
    ran = call("init")
    after = Path("pyproject.toml").read_bytes().decode()
    assert after == f'{before}\r\n\r\n[tool.migralint]\r\nstart-after = ["b2"]\r\n'
    assert tomllib.loads(after)["tool"]["migralint"] == {"start-after": ["b2"]}
    assert Path(".pre-commit-config.yaml").read_text() == "repos: []\n"
    assert "id: migralint" in ran.out


def test_config_tells_where_values_come_from(call: Run) -> None:
    Path("migralint.toml").write_text('\nfail-on = "error"\n')
    lines = call("config", "--config", 'select = ["MG1"]', "--dialect", "sqlite").out.splitlines()
    assert 'fail-on = "error"  # migralint.toml:2' in lines
    assert any(line.startswith('select = ["MG1"]  # --config') for line in lines)
    assert 'dialect = "sqlite"  # --dialect' in lines
    assert 'downgrade = "forward-only"  # default' in lines
    data = json.loads(call("config", "--format", "json").out)
    assert data["histories"][0]["fail-on"] == {"value": "error", "origin": "migralint.toml:2"}


def test_config_errors_name_file_and_line(call: Run) -> None:
    Path("migralint.toml").write_text('selct = ["MG1"]\n')
    ran = call("config")
    assert ran.code == 2
    assert "migralint.toml:1" in ran.err
    assert "select" in ran.err


def test_clean_removes_stored_answers(call: Run, opened: list[FakeProject]) -> None:
    call("check")
    assert " files removed from " in call("clean").err
