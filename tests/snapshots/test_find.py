from __future__ import annotations

from pathlib import Path

from migralint.configuration import Configuration
from migralint.snapshots import find
from migralint.tree import WorkTree


def test_every_supabase_schema_of_the_project_is_found(tmp_path: Path) -> None:
    for folder in ("a", "b/c", "node_modules/x"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "supabase_schema.sql").write_text("CREATE TABLE t (id int);")
    (tmp_path / "a" / "old_supabase_schema.sql").write_text("CREATE TABLE t (id int);")
    found = find(WorkTree(str(tmp_path)), Configuration())
    assert [snapshot.path for snapshot in found] == ["a/supabase_schema.sql", "b/c/supabase_schema.sql"]


def test_configured_snapshots_come_in_their_place(tmp_path: Path) -> None:
    (tmp_path / "supabase_schema.sql").write_text("")
    (tmp_path / "schema.sql").write_text("CREATE TABLE t (id int);")
    (snapshot,) = find(WorkTree(str(tmp_path)), Configuration(snapshots=("schema.sql",)))
    assert [str(name) for name in snapshot.schema.tables] == ["public.t"]


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "binary.sql").write_bytes(b"\xff\xfe\x00\xd8")
    tree = WorkTree(str(tmp_path))
    for snapshot in find(tree, Configuration(snapshots=("missing.sql", "binary.sql"))):
        assert snapshot.schema.opaque
        (note,) = snapshot.unread
        assert snapshot.path in note.message
