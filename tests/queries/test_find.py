"""Which files hold queries, and how they reach the reports."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from migralint.cli.commands import commands
from migralint.rule import Example
from tests.rules.project import write

TABLE = 'op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), sa.Column("total", sa.Integer))'
CODE = """\
from supabase import create_client

client = create_client("url", "key")


def of(buyer, columns):
    client.table("orders").select("amount").execute()
    client.table("orders").select("id").order("amount").execute()
    client.table("orders").select(columns).execute()
"""


def drift(root: Path, *arguments: str) -> dict[str, object]:
    done = CliRunner().invoke(
        commands, ["drift", "--project", str(root), "--no-cache", "--output-format", "json", *arguments]
    )
    assert done.exception is None or isinstance(done.exception, SystemExit), done.output
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def test_one_difference_for_an_object_with_all_its_uses(tmp_path: Path) -> None:
    files = {"app/api.py": CODE, "tests/test_api.py": CODE, "web/page.ts": 'import "@supabase/supabase-js"'}
    write(Example(upgrade=TABLE, files=tuple(files.items())), tmp_path)
    said = drift(tmp_path)
    [difference] = said["differences"]  # type: ignore[misc]  # JSON
    assert difference["kind"] == "column"
    assert difference["class"] == "blocking"
    assert difference["object"] == {"kind": "column", "table": "public.orders", "name": "amount"}
    assert difference["sides"]["head"] is None
    assert difference["uses"] == [{"path": "app/api.py", "line": 7}, {"path": "app/api.py", "line": 8}]
    findings = said["findings"]
    assert [(one["code"], one["line"], one["column"]) for one in findings] == [("MG602", 7, 36), ("MG602", 8, 48)]  # type: ignore[attr-defined]
    assert difference["finding"] == findings[0]["fingerprint"]  # type: ignore[index]
    coverage = said["coverage"]
    assert coverage["queries"]["unresolved"] == [  # type: ignore[index]
        {"path": "app/api.py", "line": 9, "reason": "the columns that it selects are not known"}
    ]
    assert [one["path"] for one in coverage["unread"]] == ["web/page.ts"]  # type: ignore[index]


def test_the_key_queries_names_the_files(tmp_path: Path) -> None:
    files = {"app/api.py": CODE, "tests/fixtures.py": CODE}
    write(Example(upgrade=TABLE, files=tuple(files.items())), tmp_path)
    said = drift(tmp_path, "--config", 'queries = ["tests"]')
    assert {one["path"] for one in said["findings"]} == {"tests/fixtures.py"}  # type: ignore[attr-defined]


def test_a_comment_accepts_a_query(tmp_path: Path) -> None:
    code = CODE.replace('.select("amount").execute()', '.select("amount").execute()  # migralint: ignore[MG602] old')
    write(Example(upgrade=TABLE, files=(("app/api.py", code),)), tmp_path)
    said = drift(tmp_path)
    assert [one["suppressed"] is not None for one in said["findings"]] == [True, False]  # type: ignore[attr-defined]


def test_a_rename_tells_the_revision_and_the_new_name(tmp_path: Path) -> None:
    upgrade = 'op.alter_column("orders", "total", new_column_name="amount_total")'
    code = CODE.replace("amount", "total")
    write(Example(upgrade=upgrade, setup=TABLE, files=(("app/api.py", code),)), tmp_path)
    said = drift(tmp_path)
    [difference] = said["differences"]  # type: ignore[misc]
    assert difference["renamed_from"] == "amount_total"
    assert "revision second renamed it to amount_total" in said["findings"][0]["message"]  # type: ignore[index]
    assert said["findings"][0]["related"][0]["path"] == "alembic/versions/second.py"  # type: ignore[index]


def test_a_snapshot_that_has_it_shows_that_the_history_lags(tmp_path: Path) -> None:
    snapshot = "CREATE TABLE orders (id serial PRIMARY KEY, total int, amount int);"
    write(Example(upgrade=TABLE, files=(("app/api.py", CODE), ("supabase_schema.sql", snapshot))), tmp_path)
    said = drift(tmp_path)
    [difference] = [one for one in said["differences"] if one["uses"]]  # type: ignore[attr-defined]
    assert list(difference["sides"]) == ["head", "supabase_schema.sql", "queries"]
    [finding, _] = [one for one in said["findings"] if one["code"] == "MG602"]  # type: ignore[attr-defined]
    assert "the history lags behind" in finding["message"]
