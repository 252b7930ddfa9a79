"""Alembic makes its version table before the first revision."""

from __future__ import annotations

from pathlib import Path

from migralint.project import Project
from tests.project import Alembic


def test_it_is_there_and_not_listed(tmp_path: Path) -> None:
    project = Alembic(tmp_path)
    project.revision(
        "one",
        "inspector = sa.inspect(op.get_bind())\n"
        'if inspector.has_table("alembic_version") and "alembic_version" in inspector.get_table_names():\n'
        '    op.create_table("t", sa.Column("id", sa.Integer))\n'
        'op.alter_column("alembic_version", "version_num", type_=sa.String(100))\n'
        'op.execute("UPDATE alembic_version SET version_num = version_num")',
    )
    (history,) = Project.open(str(tmp_path), cache=False).histories
    assert [step.operation.operation for step in history.steps_all()] == ["create_table", "alter_column"]
    assert [step.failure for step in history.steps_all()] == [None, None]
    assert not history.assumptions
    assert [str(name) for name in history.schema.tables] == ["public.t"]
