"""Walking a tree."""

from __future__ import annotations

from pathlib import Path

import pytest

from migralint.tree import MissingError, NotAFolderError, TreeError, UnreadableError, WorkTree, walk
from migralint.tree.tree import Entry


def project(root: Path, *files: str) -> WorkTree:
    for file in files:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text("")
    return WorkTree(str(root))


def test_order(tmp_path: Path) -> None:
    tree = project(tmp_path, "b.py", "a/z.py", "a/b/c.py", "a-b/x.py", "a.py", "B.py", "note.txt", "a/x.pyc")
    assert list(walk(tree, "", ".py")) == ["B.py", "a.py", "b.py", "a/z.py", "a/b/c.py", "a-b/x.py"]
    assert list(walk(tree, "a", ".py")) == ["a/z.py", "a/b/c.py"]
    assert list(walk(tree, ".", ".txt")) == ["note.txt"]


def test_folders_without_code_of_the_project_are_skipped(tmp_path: Path) -> None:
    skipped = (".git", "node_modules", "__pycache__", ".tox", ".nox", ".mypy_cache", "site-packages")
    tree = project(tmp_path, *(f"{folder}/x.py" for folder in skipped), "env/pyvenv.cfg", "env/lib/x.py", "lib/x.py")
    assert list(walk(tree, "", ".py")) == ["lib/x.py"]
    assert list(walk(tree, "site-packages", ".py")) == ["site-packages/x.py"]
    assert list(walk(tree, "env", ".py")) == ["env/lib/x.py"]


def test_a_project_in_site_packages(tmp_path: Path) -> None:
    root = tmp_path / "env" / "site-packages"
    root.mkdir(parents=True)
    (tmp_path / "env" / "pyvenv.cfg").write_text("")
    assert list(walk(project(root, "app/x.py"), "", ".py")) == ["app/x.py"]


def test_links(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.py").write_text("")
    root = tmp_path / "project"
    tree = project(root, "a/x.py")
    (root / "link.py").symlink_to("a/x.py")
    (root / "leaves.py").symlink_to(tmp_path / "elsewhere.py")
    (root / "dangling.py").symlink_to("nowhere.py")
    (root / ".#a.py").symlink_to("user@host")
    (root / "folder").symlink_to("a")
    (root / "folder.py").symlink_to("a")
    (root / "a" / "up").symlink_to("..")
    assert list(walk(tree, "", ".py")) == ["leaves.py", "link.py", "a/x.py"]
    assert list(walk(tree, "folder", ".py")) == ["folder/x.py"]


def test_deep_folders(tmp_path: Path) -> None:
    deep = "/".join(["d"] * 1500)
    root = tmp_path

    class Deep(WorkTree):
        def list(self, folder: str) -> tuple[Entry, ...]:
            depth = folder.count("d")
            return (Entry("d", "folder"),) if depth < 1500 else (Entry("x.py", "file"),)

    assert list(walk(Deep(str(root)), "", ".py")) == [f"{deep}/x.py"]


def test_errors(tmp_path: Path) -> None:
    class Locked(WorkTree):
        def list(self, folder: str) -> tuple[Entry, ...]:
            if folder == "a":
                raise UnreadableError(folder, "cannot be read", "check its permissions")
            return super().list(folder)

    project(tmp_path, "a/x.py", "b/x.py")
    tree = Locked(str(tmp_path))
    with pytest.raises(UnreadableError):
        list(walk(tree, "", ".py"))
    unread: list[TreeError] = []
    assert list(walk(tree, "", ".py", unread.append)) == ["b/x.py"]
    assert [error.path for error in unread] == ["a"]
    with pytest.raises(MissingError):
        list(walk(tree, "c", ".py"))
    with pytest.raises(NotAFolderError):
        list(walk(tree, "b/x.py", ".py"))
