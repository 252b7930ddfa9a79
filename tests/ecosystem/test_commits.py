"""The program that walks a repository, on a little one."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

from tests.ecosystem.commits import COLUMNS
from tests.ecosystem.draw import drawn
from tests.repository import MODELS, Shop


def test_commits_whose_models_changed_without_a_migration_are_listed(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "repository", "api")
    add = shop.alembic.revision
    add("three", 'op.add_column("orders", sa.Column("total", sa.Integer))')
    shop.git.commit("a migration first")
    shop.file("app/models.py", MODELS + "    total: Mapped[int | None]\n")
    caught_up = shop.git.commit("the models catch up")
    shop.file("app/models.py", MODELS + "    total: Mapped[int | None]\n    # a comment\n")
    shop.git.commit("nothing")
    shop.file("app/models.py", MODELS + "    total: Mapped[str | None]\n")
    forgotten = shop.git.commit("forgotten")
    shop.file("app/models.py", MODELS)
    add("four", 'op.drop_column("orders", "total")')
    shop.git.commit("together")
    command = [sys.executable, "-m", "tests.ecosystem.commits", str(shop.git.root), "--project", "api"]
    environment = {**os.environ, "MIGRALINT_CACHE_DIR": str(tmp_path / "cache")}
    ran = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    header, *rows = csv.reader(ran.stdout.splitlines())
    assert tuple(header) == COLUMNS
    assert [(row[0], row[2], bool(row[5]), row[6]) for row in rows] == [
        (caught_up[:10], "app/models.py", False, "the models catch up"),
        (forgotten[:10], "app/models.py", True, "forgotten"),
    ]
    assert rows[1][4] == "type of column public.orders.total: integer -> character varying"
    assert "     1 with other models and a migration" in ran.stderr
    assert shop.git("status", "--porcelain") == ""


def test_a_sample_is_the_same_for_the_same_seed_and_has_no_line_twice(tmp_path: Path) -> None:
    files = [tmp_path / "one.csv", tmp_path / "two.csv"]
    for path in files:
        path.write_text("commit\n" + "".join(f"{path.stem}{number}\n" for number in range(10)))
    sample = drawn(files, 8, 7)
    assert sample == drawn(files, 8, 7) != drawn(files, 8, 8)
    assert len({line["commit"] for line in sample}) == 8
    assert all(line["commit"].startswith(line["file"]) for line in sample)
    assert len(drawn(files, 30, 7)) == 20
