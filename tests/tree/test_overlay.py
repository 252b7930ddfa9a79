"""Unsaved buffers over a tree."""

from __future__ import annotations

from pathlib import Path

import pytest

from migralint.tree import (
    Entry,
    MissingError,
    NotAFileError,
    NotAFolderError,
    NotTextError,
    OutsideError,
    Overlay,
    TooLargeError,
    WorkTree,
    walk,
)


@pytest.fixture
def disk(tmp_path: Path) -> WorkTree:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.py").write_text("saved")
    (tmp_path / "a" / "y.py").write_text("other")
    return WorkTree(str(tmp_path))


def test_buffers_come_first(disk: WorkTree) -> None:
    tree = Overlay(disk, {"./a/x.py": "typed"})
    assert tree.text("a/x.py") == "typed"
    assert tree.text("a/y.py") == "other"
    assert tree.list("a") == disk.list("a")


def test_a_new_file_and_its_folders_exist(disk: WorkTree) -> None:
    tree = Overlay(disk, {"n/m/new.py": "new", "a/z.py": "z"})
    assert tree.list("") == (Entry("a", "folder"), Entry("n", "folder"))
    assert tree.list("n") == (Entry("m", "folder"),)
    assert tree.list("n/m") == (Entry("new.py", "file"),)
    assert [entry.name for entry in tree.list("a")] == ["x.py", "y.py", "z.py"]
    assert (tree.kind("n"), tree.kind("n/m/new.py"), tree.kind("n/m/old.py")) == ("folder", "file", None)
    assert list(walk(tree, "", ".py")) == ["a/x.py", "a/y.py", "a/z.py", "n/m/new.py"]


def test_errors(disk: WorkTree) -> None:
    tree = Overlay(disk, {"n/new.py": "new", "b.py": "# coding: nonsense"})
    with pytest.raises(NotAFileError):
        tree.read("n")
    with pytest.raises(NotAFolderError):
        tree.list("n/new.py")
    with pytest.raises(MissingError):
        tree.read("n/old.py")
    with pytest.raises(TooLargeError):
        tree.read("n/new.py", 2)
    with pytest.raises(NotTextError, match=r"^b.py:1"):
        tree.read("b.py")
    with pytest.raises(OutsideError):
        tree.read("../x.py")
    with pytest.raises(OutsideError):
        Overlay(disk, {"../x.py": ""})


def test_buffers_have_the_encoding_of_their_comment(disk: WorkTree) -> None:
    tree = Overlay(disk, {"x.py": "# coding: latin-1\n'é'"})
    assert tree.read("x.py").endswith(b"'\xe9'")
    assert tree.text("x.py").endswith("'é'")


def test_stamps(disk: WorkTree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time_ns", lambda: 1 << 62)
    tree = Overlay(disk, {"a/x.py": "typed"})
    assert tree.stamp("a/x.py") is tree.stamp("a") is tree.stamp("") is tree.stamp("..") is None
    assert tree.stamp("a/y.py") == disk.stamp("a/y.py") is not None
