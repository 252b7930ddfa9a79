"""The work tree: what it reads, what it refuses, and how that is said."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from migralint.tree import (
    Entry,
    MissingError,
    NotAFileError,
    NotAFolderError,
    NotTextError,
    OutsideError,
    TooLargeError,
    TreeError,
    UnreadableError,
    WorkTree,
)
from migralint.tree.worktree import SETTLED_NS


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.py").write_text("secret")
    project = tmp_path / "project"
    (project / "a" / "b").mkdir(parents=True)
    (project / "a" / "x.py").write_bytes(b"x = 1\r\n")
    (project / "a" / "b" / "y.sql").write_text("select 1")
    return project


def test_reads(root: Path) -> None:
    tree = WorkTree(str(root))
    assert tree.read("a/x.py") == b"x = 1\r\n"
    assert tree.read("./a//b/./y.sql") == b"select 1"
    assert tree.text("a/x.py") == "x = 1\r\n"
    assert tree.list("a") == (Entry("b", "folder"), Entry("x.py", "file"))
    assert tree.list("") == tree.list(".") == (Entry("a", "folder"),)
    assert (tree.kind("a"), tree.kind("a/x.py"), tree.kind("a/z")) == ("folder", "file", None)
    assert (tree.exists("a"), tree.exists("z"), tree.exists("a/x.py/z")) == (True, False, False)
    assert (tree.is_dir("a"), tree.is_dir(""), tree.is_dir("a/x.py"), tree.is_dir("z")) == (True, True, False, False)


def test_missing(root: Path) -> None:
    tree = WorkTree(str(root))
    for path in ("z.py", "a/x.py/z.py", "n" * 300, "a\ud800b"):
        assert tree.kind(path) is None
        with pytest.raises(MissingError):
            tree.read(path)
        with pytest.raises(MissingError):
            tree.list(path)
    with pytest.raises(MissingError, match=r"^z.py: no such file or folder; check the path$"):
        tree.read("z.py")


def test_wrong_kinds(root: Path) -> None:
    tree = WorkTree(str(root))
    with pytest.raises(NotAFileError, match="a: is a folder"):
        tree.read("a")
    with pytest.raises(NotAFolderError, match=r"a/x.py: is a file"):
        tree.list("a/x.py")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_a_pipe_is_not_waited_for(root: Path) -> None:
    os.mkfifo(root / "pipe.py")
    tree = WorkTree(str(root))
    assert tree.kind("pipe.py") == "other"
    assert Entry("pipe.py", "other") in tree.list("")
    with pytest.raises(NotAFileError, match="not a regular file"):
        tree.read("pipe.py")


def test_size_is_bounded(root: Path) -> None:
    tree = WorkTree(str(root))
    assert tree.read("a/x.py", 7)
    with pytest.raises(TooLargeError, match=r"a/x.py: is larger than 6 bytes"):
        tree.read("a/x.py", 6)


def test_unreadable(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    tree = WorkTree(str(root))
    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(UnreadableError, match=r"a/x.py: cannot be read: Permission denied; check its permissions"):
        tree.read("a/x.py")
    monkeypatch.setattr("os.scandir", refuse)
    with pytest.raises(UnreadableError):
        tree.list("a")
    monkeypatch.setattr("os.lstat", refuse)
    with pytest.raises(UnreadableError):
        tree.kind("a/x.py")


@pytest.mark.parametrize("path", ["..", "../outside/secret.py", "a/../../outside/secret.py", "a/../a/x.py", "a\0b"])
def test_what_leaves_by_name_is_refused(root: Path, path: str) -> None:
    tree = WorkTree(str(root))
    for look in (tree.read, tree.list, tree.kind):
        with pytest.raises(OutsideError):
            look(path)
    assert tree.stamp(path) is None


def test_absolute_paths_are_refused_outside(root: Path) -> None:
    tree = WorkTree(str(root))
    assert tree.read(str(root / "a" / "x.py"))
    for path in (str(root.parent / "outside" / "secret.py"), str(root) + "2/x.py", "/", "//etc/passwd"):
        with pytest.raises(OutsideError, match="lies outside the project"):
            tree.read(path)


def test_links(root: Path) -> None:
    (root / "leaves.py").symlink_to(root.parent / "outside" / "secret.py")
    (root / "leaves").symlink_to(root.parent / "outside")
    (root / "stays.py").symlink_to("a/x.py")
    (root / "stays").symlink_to("a")
    (root / "dangling").symlink_to("nowhere")
    (root / "loop").symlink_to("loop")
    tree = WorkTree(str(root))
    assert tree.read("stays.py") == tree.read("stays/x.py") == b"x = 1\r\n"
    assert tree.kind("stays") == "folder"
    assert Entry("stays", "link") in tree.list("")
    assert tree.kind("dangling") is None
    for path in ("leaves.py", "leaves/secret.py", "leaves/nothing"):
        with pytest.raises(OutsideError):
            tree.read(path)
        with pytest.raises(OutsideError):
            tree.kind(path)
    with pytest.raises(OutsideError):
        tree.list("leaves")
    with pytest.raises(UnreadableError):
        tree.kind("loop")


def test_granted_places(root: Path) -> None:
    outside = root.parent / "outside"
    tree = WorkTree(str(root), [str(outside)])
    assert tree.text(f"{outside}/secret.py") == "secret"
    assert tree.list(str(outside)) == (Entry("secret.py", "file"),)
    with pytest.raises(OutsideError):
        tree.read(str(root.parent / "other.py"))
    tree = WorkTree(str(root))
    tree.grant("../outside/secret.py")
    assert tree.text(f"{outside}/secret.py") == "secret"
    with pytest.raises(OutsideError):
        tree.list(str(outside))


def test_root_behind_a_link(root: Path) -> None:
    link = root.parent / "link"
    link.symlink_to(root)
    tree = WorkTree(str(link))
    assert tree.read("a/x.py")
    assert tree.root == root.resolve().as_posix()
    assert tree.locate(str(link / "a" / "x.py")) == tree.locate(str(root / "a" / "x.py")) == "a/x.py"


def test_locate(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = WorkTree(str(root))
    monkeypatch.chdir(root / "a")
    assert tree.locate("x.py") == "a/x.py"
    assert tree.locate("../a/b/") == "a/b"
    assert tree.locate("..") == ""
    assert tree.locate("new.py") == "a/new.py"
    assert tree.locate("../../outside/secret.py") == (root.parent.resolve() / "outside/secret.py").as_posix()


def test_stamps_only_of_what_has_settled(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = WorkTree(str(root))
    file = root / "a" / "x.py"
    assert tree.stamp("a/x.py") is None
    assert tree.stamp("a") is None
    assert tree.stamp("nothing") is None
    later = max(file.stat().st_ctime_ns, (root / "a").stat().st_ctime_ns) + SETTLED_NS + 1
    monkeypatch.setattr("time.time_ns", lambda: later)
    stamp = tree.stamp("a/x.py")
    assert stamp is not None
    assert tree.stamp("a/x.py") == stamp
    assert tree.stamp("a") not in (None, stamp)


def test_stamp_tells_a_change_that_keeps_size_and_time(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = root / "a" / "x.py"
    monkeypatch.setattr("time.time_ns", lambda: file.stat().st_ctime_ns + SETTLED_NS + 1)
    tree = WorkTree(str(root))
    stamp, before = tree.stamp("a/x.py"), file.stat()
    file.write_bytes(b"y = 2\r\n")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_size == before.st_size
    assert file.stat().st_mtime_ns == before.st_mtime_ns
    assert tree.stamp("a/x.py") != stamp


def test_errors_are_one_family_and_say_where() -> None:
    error = NotTextError("a.py", "is not UTF-8", "save it as UTF-8", 3)
    assert isinstance(error, TreeError)
    assert str(error) == "a.py:3: is not UTF-8; save it as UTF-8"
    assert (error.path, error.line, error.code) == ("a.py", 3, "not-text")
    assert str(OutsideError("", "x", "y")) == ".: x; y"


def test_errors_survive_a_process_boundary() -> None:
    import pickle

    for error in (MissingError("a"), TooLargeError("a", "b", "c"), NotTextError("a", "b", "c", 1)):
        again = pickle.loads(pickle.dumps(error))
        assert type(again) is type(error)
        assert str(again) == str(error)
