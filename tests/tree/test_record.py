"""What was looked at, and whether it is still so."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from migralint.tree import (
    PYTHON_BYTES,
    MissingError,
    NotAFileError,
    OutsideError,
    Overlay,
    Record,
    Recorder,
    TooLargeError,
    TreeError,
    WorkTree,
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "a").mkdir(parents=True)
    (root / "a" / "x.py").write_text("x = 1")
    (root / "a" / "y.py").write_text("y = 1")
    return root


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything on disk has settled."""
    monkeypatch.setattr("time.time_ns", lambda: 1 << 62)


def look(root: Path) -> Record:
    """Reads one file, lists one folder, asks for three paths."""
    tree = Recorder(WorkTree(str(root)))
    tree.read("a/x.py")
    tree.list("a")
    tree.exists("b")
    tree.is_dir("a")
    tree.kind("a/y.py")
    return tree.record


class Counting(WorkTree):
    """A work tree that counts what is really read."""

    def __init__(self, root: str) -> None:
        super().__init__(root)
        self.reads = 0

    def read(self, path: str, limit: int = PYTHON_BYTES) -> bytes:
        self.reads += 1
        return super().read(path, limit)


def test_what_is_recorded(root: Path) -> None:
    record = look(root)
    assert list(record.files) == ["a/x.py"]
    assert list(record.folders) == ["a"]
    assert {path: seen.outcome for path, seen in record.kinds.items()} == {
        "b": "missing",
        "a": "folder",
        "a/y.py": "file",
    }


def folder_for_file(root: Path) -> None:
    (root / "a/x.py").unlink()
    (root / "a/x.py").mkdir()


def link_for_file(root: Path) -> None:
    (root / "a/y.py").unlink()
    (root / "a/y.py").symlink_to("x.py")


CHANGES: dict[str, Callable[[Path], object]] = {
    "edited": lambda root: (root / "a/x.py").write_text("x = 2"),
    "grown": lambda root: (root / "a/x.py").write_text("x = 1\n"),
    "removed": lambda root: (root / "a/x.py").unlink(),
    "a folder in its place": folder_for_file,
    "new in the folder": lambda root: (root / "a/z.py").write_text(""),
    "renamed in the folder": lambda root: (root / "a/y.py").rename(root / "a/z.py"),
    "a link in its place": link_for_file,
    "no longer absent": lambda root: (root / "b").write_text(""),
    "all gone": lambda root: shutil.rmtree(root),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("settled", [False, True])
def test_changes_are_noticed(
    root: Path, change: Callable[[Path], object], settled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if settled:
        monkeypatch.setattr("time.time_ns", lambda: 1 << 62)
    record = look(root)
    assert record.still_true(WorkTree(str(root)))
    change(root)
    assert not record.still_true(WorkTree(str(root)))


@pytest.mark.usefixtures("later")
def test_what_does_not_matter(root: Path) -> None:
    record = look(root)
    (root / "c").mkdir()
    (root / "a" / "y.py").write_text("y = 2")
    os.utime(root / "a" / "x.py", (1, 1))
    assert record.still_true(WorkTree(str(root)))


@pytest.mark.usefixtures("later")
def test_settled_files_are_not_read_again(root: Path) -> None:
    record = look(root)
    tree = Counting(str(root))
    assert record.still_true(tree)
    assert tree.reads == 0
    assert not record.renewed


def test_young_files_are_read_again(root: Path) -> None:
    record = look(root)
    tree = Counting(str(root))
    assert record.still_true(tree)
    assert tree.reads == 1


def test_stamps_are_renewed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = look(root)
    monkeypatch.setattr("time.time_ns", lambda: 1 << 62)
    tree = Counting(str(root))
    assert record.still_true(tree)
    assert record.renewed
    assert record.still_true(tree)
    assert tree.reads == 1


@pytest.mark.usefixtures("later")
def test_true_in_another_copy(root: Path, tmp_path: Path) -> None:
    record = look(root)
    shutil.copytree(root, tmp_path / "copy")
    assert record.still_true(WorkTree(str(tmp_path / "copy")))


def test_errors_are_recorded(root: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.py").write_text("")
    (root / "leaves.py").symlink_to(tmp_path / "outside.py")
    tree = Recorder(WorkTree(str(root)))
    for call, error in (
        (lambda: tree.read("gone.py"), MissingError),
        (lambda: tree.read("a"), NotAFileError),
        (lambda: tree.read("a/x.py", 2), TooLargeError),
        (lambda: tree.list("gone"), MissingError),
        (lambda: tree.kind("leaves.py"), OutsideError),
        (lambda: tree.read("leaves.py"), OutsideError),
    ):
        with pytest.raises(error):
            call()
    record = tree.record
    assert {path: seen.outcome for path, seen in record.files.items()} == {
        "gone.py": "missing",
        "a": "not-a-file",
        "a/x.py": "too-large",
        "leaves.py": "outside",
    }
    assert record.still_true(WorkTree(str(root)))
    (root / "gone.py").write_text("")
    assert not record.still_true(WorkTree(str(root)))


def test_paths_that_are_none_are_not_recorded(root: Path) -> None:
    tree = Recorder(WorkTree(str(root)))
    for call in (tree.read, tree.list, tree.kind):
        with pytest.raises(OutsideError):
            call("../x")
    assert tree.record.to_data() == {"files": {}, "folders": {}, "kinds": {}}


def test_limits_of_two_readers(root: Path) -> None:
    def outcome(*limits: int) -> str:
        tree = Recorder(WorkTree(str(root)))
        for limit in limits:
            try:
                tree.read("a/x.py", limit)
            except TreeError:
                continue
        assert tree.record.still_true(WorkTree(str(root)))
        return tree.record.files["a/x.py"].outcome

    content = outcome(100)
    assert outcome(2, 100) == outcome(100, 2) == outcome(100, 200) == outcome(100, 2, 200) == content
    assert outcome(2, 3) == outcome(3, 2) == "too-large"


def test_a_change_during_the_run_is_never_true(root: Path) -> None:
    tree = Recorder(WorkTree(str(root)))
    tree.read("a/x.py")
    (root / "a" / "x.py").write_text("x = 2")
    tree.read("a/x.py")
    assert not tree.record.still_true(WorkTree(str(root)))


def test_buffers_are_recorded_by_content(root: Path) -> None:
    disk = WorkTree(str(root))
    tree = Recorder(Overlay(disk, {"a/x.py": "x = 2"}))
    tree.read("a/x.py")
    assert tree.record.still_true(Overlay(disk, {"a/x.py": "x = 2"}))
    assert not tree.record.still_true(disk)
    (root / "a" / "x.py").write_text("x = 2")
    assert tree.record.still_true(disk)


def test_recorders_over_each_other(root: Path) -> None:
    outer = Recorder(WorkTree(str(root)))
    inner = Recorder(outer)
    inner.read("a/x.py")
    outer.read("a/y.py")
    assert list(inner.record.files) == ["a/x.py"]
    assert list(outer.record.files) == ["a/x.py", "a/y.py"]


def test_what_is_still_true_counts_as_looked_at(root: Path) -> None:
    record = look(root)
    outer = Recorder(WorkTree(str(root)))
    inner = Recorder(outer)
    assert record.still_true(inner)
    assert inner.record.to_data() == outer.record.to_data() == record.to_data()
    (root / "a" / "x.py").write_text("x = 2")
    other = Recorder(WorkTree(str(root)))
    assert not record.still_true(other)
    assert other.record.files == {}


def test_stored_and_read_back(root: Path) -> None:
    record = look(root)
    again = Record.from_data(json.loads(json.dumps(record.to_data())))
    assert again.to_data() == record.to_data()
    assert again.still_true(WorkTree(str(root)))


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"files": {}, "folders": {}},
        {"files": {"a": 1}, "folders": {}, "kinds": {}},
        {"files": {"a": ["x", 1, 0]}, "folders": {}, "kinds": {}},
        {"files": [], "folders": {}, "kinds": {}},
    ],
)
def test_other_data_is_refused(data: object) -> None:
    with pytest.raises(ValueError, match="record"):
        Record.from_data(data)


@pytest.mark.skipif(os.name == "nt", reason="names are no bytes there")
def test_names_that_are_no_text(root: Path) -> None:
    with open(os.path.join(os.fsencode(root), b"a", b"\xff.py"), "wb"):
        pass
    record = look(root)
    again = Record.from_data(json.loads(json.dumps(record.to_data())))
    assert again.still_true(WorkTree(str(root)))
