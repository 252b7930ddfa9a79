"""What no revision makes is assumed; what one makes, or what was dropped, is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from migralint.project import Project
from migralint.schema import Name
from tests.project import Alembic


def judged(root: Path, *upgrades: str | tuple[str, str]) -> tuple[list[str], list[str]]:
    """What is assumed, and what PostgreSQL would refuse, over revisions with these bodies."""
    project = Alembic(root)
    for number, bodies in enumerate(upgrades):
        both = (bodies,) if isinstance(bodies, str) else bodies
        project.revision(f"r{number}", *both)
    (history,) = Project.open(str(root), cache=False).histories
    refused = [str(step.failure.object) for step in history.steps_all() if step.failure and step.direction == "upgrade"]
    return list(dict.fromkeys(str(a.object) for a in history.assumptions)), refused


def test_what_only_a_downgrade_makes_is_assumed(tmp_path: Path) -> None:
    both = ('op.drop_table("old")', 'op.create_table("old", sa.Column("id", sa.Integer))')
    assert judged(tmp_path, both) == (["table public.old"], [])


def test_what_was_dropped_is_gone(tmp_path: Path) -> None:
    assert judged(tmp_path, 'op.drop_table("old")', 'op.drop_column("old", "a")') == (
        ["table public.old"],
        ["table public.old"],
    )


@pytest.mark.parametrize(
    ("drop", "create", "name"),
    [
        ("DROP TYPE x", "CREATE TYPE x AS ENUM ('a')", "type public.x"),
        ("DROP VIEW x", "CREATE VIEW x AS SELECT 1 AS a", "view public.x"),
        ("DROP FUNCTION x(int)", "CREATE FUNCTION x(int) RETURNS int LANGUAGE sql AS 'SELECT 1'", "function public.x"),
        ("DROP TABLE x", "CREATE TABLE x (a int)", "table public.x"),
    ],
)
def test_what_a_revision_replaces_is_assumed(tmp_path: Path, drop: str, create: str, name: str) -> None:
    replace = f'op.execute("{drop}")\nop.execute("{create}")'
    assert judged(tmp_path, replace, replace) == ([name], [])


def test_what_a_later_revision_makes_is_missing(tmp_path: Path) -> None:
    assert judged(tmp_path, 'op.execute("DROP TYPE x")', "op.execute(\"CREATE TYPE x AS ENUM ('a')\")") == (
        [],
        ["type public.x"],
    )


def test_indexes_of_what_is_assumed(tmp_path: Path) -> None:
    assert judged(tmp_path, 'op.drop_index("i", table_name="t")', 'op.execute("DROP INDEX j")') == (
        ["table public.t"],
        [],
    )


def test_an_index_of_a_known_table_is_missing(tmp_path: Path) -> None:
    create = 'op.create_table("t", sa.Column("id", sa.Integer))'
    assert judged(tmp_path, create, 'op.drop_index("i", table_name="t")', 'op.execute("DROP INDEX j")') == (
        [],
        ["index public.t.i", "index j"],
    )


def test_a_type_that_is_swapped_by_renaming_is_assumed(tmp_path: Path) -> None:
    swap = [
        "ALTER TYPE kind RENAME TO kind_old",
        "CREATE TYPE kind AS ENUM ('a')",
        "ALTER TABLE t ALTER COLUMN k TYPE kind USING k::text::kind",
        "DROP TYPE kind_old",
    ]
    assumed, refused = judged(tmp_path, "\n".join(f'op.execute("{one}")' for one in swap))
    assert "type public.kind" in assumed
    assert refused == []


def test_labels_of_an_assumed_type_are_not_known(tmp_path: Path) -> None:
    changes = ["ALTER TYPE kind ADD VALUE 'b' AFTER 'a'", "ALTER TYPE kind RENAME VALUE 'x' TO 'y'"]
    assert judged(tmp_path, "\n".join(f'op.execute("{one}")' for one in changes)) == (["type public.kind"], [])


def test_what_is_assumed_was_there_before(tmp_path: Path) -> None:
    project = Alembic(tmp_path)
    project.revision("one", 'op.drop_column("t", "a")\nop.drop_table("t")')
    (history,) = Project.open(str(tmp_path), cache=False).histories
    assert [Name("public", "t") in step.before.tables for step in history.steps("one")] == [True, True]


def test_an_index_that_is_renamed_may_be_of_a_table_that_is_assumed(tmp_path: Path) -> None:
    rename = "op.execute('ALTER INDEX one RENAME TO two')"
    assert judged(tmp_path / "assumed", 'op.drop_column("old", "a")', rename) == (["table public.old"], [])
    assert judged(tmp_path / "known", 'op.create_table("t", sa.Column("a", sa.Integer))', rename) == (
        [],
        ["index public.one"],
    )


WAITING = """
bind = op.get_bind()
try:
    with bind.begin_nested():
        bind.execute(sa.text("{statement}"))
    op.execute("CREATE TABLE is_there (id int)")
except Exception:
    op.execute("CREATE TABLE is_missing (id int)")
"""


@pytest.mark.parametrize("statement", ["DELETE FROM users", "SELECT id FROM users", "ALTER TABLE users ADD a int"])
def test_what_code_waits_for_to_be_missing_is_not_assumed(tmp_path: Path, statement: str) -> None:
    waits = WAITING.format(statement=statement)
    assumed, _ = judged(tmp_path / "alone", waits, "op.execute('ALTER TABLE is_missing ADD a int')")
    assert assumed == []
    assumed, _ = judged(tmp_path / "used", waits, "op.execute('ALTER TABLE users ADD b int')")
    assert assumed == ["table public.users"]
    assumed, refused = judged(
        tmp_path / "there", waits, "op.execute('ALTER TABLE users ADD b int; DROP TABLE is_there')"
    )
    assert (assumed, refused) == (["table public.users"], [])


def test_a_table_that_is_only_read_is_not_put_in(tmp_path: Path) -> None:
    assert judged(tmp_path, 'op.execute("SELECT a FROM users")') == ([], [])
