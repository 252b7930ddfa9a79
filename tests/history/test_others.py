"""Conditions about what schemas have that someone else owns, as those of Supabase: a history does not show it."""

from __future__ import annotations

from pathlib import Path

import pytest

from migralint.operations import CreatePolicy
from migralint.operations.steps import CONDITIONAL
from migralint.project import Project
from tests.project import Alembic

TABLES = 'op.execute("CREATE TABLE classes (id int); CREATE SCHEMA app")'
GUARDED = """op.execute('''DO $$ BEGIN
    IF {} THEN
        RETURN;
    END IF;
    CREATE POLICY own ON classes USING (id > 0);
EXCEPTION WHEN duplicate_object THEN
    NULL;
END $$''')"""


def policies(root: Path, *upgrades: str) -> list[tuple[str, str]]:
    """The policies at the head, and how sure it is that each is made."""
    project = Alembic(root)
    for number, body in enumerate(upgrades):
        project.revision(f"r{number}", body)
    (history,) = Project.open(str(root), cache=False).histories
    steps = history.steps_all()
    return [(step.operation.operation, step.certainty) for step in steps if isinstance(step.operation, CreatePolicy)]


@pytest.mark.parametrize(
    "condition",
    [
        "to_regproc('auth.uid') IS NULL",
        "to_regprocedure('auth.uid()') IS NULL",
        "to_regclass('auth.users') IS NULL",
        "to_regtype('auth.aal_level') IS NULL",
        "to_regnamespace('auth') IS NULL",
        "NOT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = 'auth')",
        "NOT EXISTS (SELECT 1 FROM information_schema.schemata WHERE schema_name = 'auth')",
        "NOT EXISTS (SELECT 1 FROM information_schema.tables WHERE table_schema = 'auth' AND table_name = 'users')",
        "NOT EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = 'auth' AND tablename = 'users')",
        "NOT EXISTS (SELECT 1 FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
        "WHERE n.nspname = 'auth' AND p.proname = 'uid')",
        "(SELECT count(*) FROM pg_class WHERE relname = 'users' AND relnamespace = "
        "(SELECT oid FROM pg_namespace WHERE nspname = 'auth')) = 0",
    ],
)
def test_what_someone_else_owns_may_be_there(condition: str, tmp_path: Path) -> None:
    assert policies(tmp_path, TABLES, GUARDED.format(condition)) == [("create_policy", CONDITIONAL)]


@pytest.mark.parametrize(
    "condition",
    [
        "to_regclass('app.users') IS NULL",
        "to_regnamespace('other') IS NULL",
        "NOT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = 'other')",
        "NOT EXISTS (SELECT 1 FROM pg_class WHERE relname = 'users')",
        "NOT EXISTS (SELECT 1 FROM information_schema.tables WHERE table_schema = 'app' AND table_name = 'users')",
    ],
)
def test_what_the_history_would_have_made_is_not_there(condition: str, tmp_path: Path) -> None:
    assert policies(tmp_path, TABLES, GUARDED.format(condition)) == []


def test_a_schema_that_the_history_makes_is_its_own(tmp_path: Path) -> None:
    made = 'op.execute("CREATE SCHEMA auth")'
    assert policies(tmp_path, TABLES, made, GUARDED.format("to_regclass('auth.users') IS NULL")) == []


ASKED = """if {}:
    op.execute("CREATE POLICY own ON classes USING (id > 0)")"""


@pytest.mark.parametrize(
    "condition",
    [
        "op.get_bind().execute(sa.text('SELECT 1 FROM pg_namespace WHERE nspname = :name'), {'name': 'auth'}).scalar()",
        "'auth' in sa.inspect(op.get_bind()).get_schema_names()",
        "sa.inspect(op.get_bind()).has_schema('auth')",
        "sa.inspect(op.get_bind()).has_table('users', schema='auth')",
        "'users' in sa.inspect(op.get_bind()).get_table_names(schema='auth')",
    ],
)
def test_python_is_not_told_what_someone_else_has(condition: str, tmp_path: Path) -> None:
    assert policies(tmp_path, TABLES, ASKED.format(condition)) == [("create_policy", CONDITIONAL)]


@pytest.mark.parametrize("condition", ["has_schema('other')", "has_table('users')", "has_table('users', schema='app')"])
def test_python_is_told_what_the_history_does_not_make(condition: str, tmp_path: Path) -> None:
    assert policies(tmp_path, TABLES, ASKED.format(f"sa.inspect(op.get_bind()).{condition}")) == []
    names = "sa.inspect(op.get_bind()).get_schema_names()"
    assert policies(tmp_path / "more", TABLES, ASKED.format(f"'other' in {names}")) == []
