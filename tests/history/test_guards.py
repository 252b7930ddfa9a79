"""Changes that a condition rules out on a new database because their object is made later."""

from __future__ import annotations

from pathlib import Path

import pytest

from migralint.project import Project
from tests.project import Alembic

TABLE = 'op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))'
ADD = 'op.add_column("orders", sa.Column("note", sa.Text))'


def guarded(root: Path, *upgrades: str) -> list[tuple[str, str, str]]:
    """Revision, operation and maker of each such change."""
    project = Alembic(root)
    for number, body in enumerate(upgrades):
        project.revision(f"r{number}", body)
    (history,) = Project.open(str(root), cache=False).histories
    return [
        (revision, one.step.operation.operation, one.maker)
        for revision in history.revisions
        for one in history.guarded(revision)
    ]


@pytest.mark.parametrize(
    "guard",
    [
        f'if sa.inspect(op.get_bind()).has_table("orders"):\n    {ADD}',
        f'if "orders" in sa.inspect(op.get_bind()).get_table_names():\n    {ADD}',
        f'if not sa.inspect(op.get_bind()).has_table("orders"):\n    return\n{ADD}',
        f'if not sa.inspect(op.get_bind()).has_table("orders"):\n    print("none")\nelse:\n    {ADD}',
        f'for t in ["orders"]:\n    if not sa.inspect(op.get_bind()).has_table(t):\n        continue\n    {ADD}',
        'i = sa.inspect(op.get_bind())\nif i.has_table("orders"):\n'
        f'    if "note" not in [c["name"] for c in i.get_columns("orders")]:\n        {ADD}',
        f'def add():\n    {ADD}\nif sa.inspect(op.get_bind()).has_table("orders"):\n    add()',
        'op.execute("ALTER TABLE IF EXISTS orders ADD COLUMN note text")',
        "op.execute(\"DO $$ BEGIN IF to_regclass('orders') IS NOT NULL THEN ALTER TABLE orders ADD COLUMN note text; "
        'END IF; END $$")',
    ],
)
def test_a_guard_that_comes_too_early(guard: str, tmp_path: Path) -> None:
    assert guarded(tmp_path, guard, TABLE) == [("r0", "add_column", "r1")]


def test_a_column_that_comes_later(tmp_path: Path) -> None:
    guard = 'if "note" in [c["name"] for c in sa.inspect(op.get_bind()).get_columns("orders")]:\n'
    guard += '    op.create_index("orders_note", "orders", ["note"])'
    assert guarded(tmp_path, TABLE, guard, ADD) == [("r1", "create_index", "r2")]


@pytest.mark.parametrize(
    "upgrades",
    [
        (TABLE, f'if sa.inspect(op.get_bind()).has_table("orders"):\n    {ADD}'),
        (f'if sa.inspect(op.get_bind()).has_table("orders"):\n    {ADD}',),
        (f'if not sa.inspect(op.get_bind()).has_table("orders"):\n    {TABLE}', ADD),
        (f'if sa.inspect(op.get_bind()).has_table("orders"):\n    op.drop_table("orders")\n{TABLE}', ADD),
        ('op.execute("DROP TABLE IF EXISTS orders")', TABLE),
        (f'if sa.inspect(op.get_bind()).has_table("orders"):\n    {ADD}', TABLE, ADD),
        (f'if op.get_bind().dialect.name == "sqlite":\n    {ADD}', TABLE, ADD),
    ],
)
def test_other_guards(upgrades: tuple[str, ...], tmp_path: Path) -> None:
    assert guarded(tmp_path, *upgrades) == []


def test_following_what_is_ruled_out_leaves_no_trace(tmp_path: Path) -> None:
    guard = f'names = []\nif sa.inspect(op.get_bind()).has_table("orders"):\n    names.append("x")\n    {ADD}\n'
    guard += 'for name in names:\n    op.drop_table(name)\nop.create_table("users", sa.Column("id", sa.Integer))'
    project = Alembic(tmp_path)
    project.revision("one", guard)
    project.revision("two", TABLE)
    (history,) = Project.open(str(tmp_path), cache=False).histories
    assert [s.operation.operation for s in history.steps_all()] == ["create_table", "create_table"]
    assert [str(name) for name in history.schema.tables] == ["public.users", "public.orders"]
    assert not history.notes
    assert not history.assumptions
