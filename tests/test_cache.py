"""The cache: what comes back, what counts as a miss, and that it is never in the way."""

from __future__ import annotations

import multiprocessing
import os
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migralint import cache as module
from migralint.cache import Cache, default_folder
from migralint.tree import Recorder, WorkTree

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture
def folder(tmp_path: Path) -> str:
    return str(tmp_path / "cache" / "deep")


def files(folder: str) -> list[Path]:
    return sorted(Path(folder).glob("*"))


def stored(folder: str, *keys: str, namespace: str = "trees") -> None:
    cache = Cache(folder)
    for key in keys:
        cache.put(namespace, key, {"key": key})
    cache.flush()


def test_values_come_back(folder: str) -> None:
    cache = Cache(folder)
    cache.put("trees", "a", ["x", 1, None, {"y": 2.5}])
    cache.put("trees", b"\x00\n b", "b")
    cache.put("tables", "a", ("other",))
    for one in (cache, Cache(folder)):
        assert one.get("trees", "a") == ["x", 1, None, {"y": 2.5}]
        assert one.get("trees", b"\x00\n b") == "b"
        assert one.get("tables", "a") == ["other"]
        assert one.get("trees", "c") is None
        cache.flush()


def test_the_last_value_stands(folder: str) -> None:
    stored(folder, "a")
    cache = Cache(folder)
    assert cache.get("trees", "a") == {"key": "a"}
    cache.put("trees", "a", "new")
    assert cache.get("trees", "a") == "new"
    cache.flush()
    assert Cache(folder).get("trees", "a") == "new"


def test_a_value_is_kept_as_it_was_put(folder: str) -> None:
    cache = Cache(folder)
    value = [1]
    cache.put("trees", "a", value)
    value.append(2)
    assert cache.get("trees", "a") == [1]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(st.dictionaries(st.text(), JSON, max_size=5))
def test_any_plain_value(folder: str, values: dict[str, object]) -> None:
    cache = Cache(folder)
    for key, value in values.items():
        cache.put("any", key, value)
    cache.flush()
    again = Cache(folder)
    assert {key: again.get("any", key) for key in values} == values


def test_values_that_cannot_be_kept(folder: str) -> None:
    cache = Cache(folder)
    with pytest.raises(TypeError):
        cache.put("trees", "a", {1, 2})
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    cache.put("trees", "a", deep)
    assert cache.get("trees", "a") is None
    while deep:  # taken apart by hand, so that nothing recurses
        deep = deep.pop()  # type: ignore[assignment]  # a list by construction


def test_other_material_is_a_miss(folder: str) -> None:
    cache = Cache(folder, material=["migralint 0.1.0", "libcst 1"])
    cache.put("trees", "a", 1)
    cache.flush()
    assert Cache(folder, material=["migralint 0.1.0", "libcst 1"]).get("trees", "a") == 1
    assert Cache(folder, material=["migralint 0.1.0", "libcst 2"]).get("trees", "a") is None
    assert Cache(folder).get("trees", "a") is None


def test_file_of_another_version_is_a_miss(folder: str) -> None:
    stored(folder, "a")
    (path,) = [path for path in files(folder) if path.name.startswith("trees-")]
    path.write_bytes(path.read_bytes().replace(b'cache", 1', b'cache", 0'))
    assert Cache(folder).get("trees", "a") is None


def test_no_damage_is_taken_for_a_value(folder: str) -> None:
    stored(folder, "a")
    (path,) = [path for path in files(folder) if path.name.startswith("trees-")]
    whole = path.read_bytes()
    for position in range(len(whole)):
        path.write_bytes(whole[:position])
        assert Cache(folder).get("trees", "a") is None
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        assert Cache(folder).get("trees", "a") in (None, {"key": "a"})
    for junk in (b"", b"\n\n\n", b"\xff" * 100, whole + b"\njunk"):
        path.write_bytes(junk)
        assert Cache(folder).get("trees", "a") == ({"key": "a"} if junk.startswith(whole) else None)


def test_damage_is_replaced(folder: str) -> None:
    stored(folder, "a")
    for path in files(folder):
        path.write_bytes(b"junk")
    stored(folder, "a")
    assert Cache(folder).get("trees", "a") == {"key": "a"}


def test_disabled(folder: str) -> None:
    for cache in (Cache(folder, enabled=False), Cache(None)):
        cache.put("trees", "a", 1)
        cache.store_answer("a", Recorder(WorkTree(".")).record, 1)
        cache.flush()
        assert cache.get("trees", "a") is None
        assert cache.answer("a", WorkTree(".")) is None
        assert cache.warning is None
        assert cache.clean() == 0
    assert not os.path.exists(folder)


def test_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = Cache(str(tmp_path / "file" / "cache"))
    assert cache.get("trees", "a") is None
    cache.put("trees", "a", 1)
    cache.flush()
    assert cache.warning is not None
    assert cache.warning.startswith("nothing is cached: ")
    assert "MIGRALINT_CACHE_DIR" in cache.warning
    assert cache.get("trees", "a") is None
    cache.put("trees", "b", 1)
    cache.flush()


def test_a_failed_write_leaves_nothing(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stored(folder, "a")
    before = files(folder)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    cache = Cache(folder)
    cache.put("trees", "b", 1)
    cache.flush()
    assert cache.warning is not None
    assert "No space left on device" in cache.warning
    assert files(folder) == before


def test_two_runs_at_once_keep_both(folder: str) -> None:
    one, other = Cache(folder), Cache(folder)
    keys = [str(number) for number in range(50)]
    assert all(cache.get("trees", key) is None for cache in (one, other) for key in keys)
    for key in keys:
        (one if int(key) % 2 else other).put("trees", key, key)
    one.flush()
    other.flush()
    again = Cache(folder)
    assert [again.get("trees", key) for key in keys] == keys


def _write_often(folder: str, start: int) -> None:
    for number in range(start, start + 20):
        cache = Cache(folder)
        cache.put("trees", str(number), [number] * 1000)
        cache.put("trees", "shared", [number] * 1000)
        cache.flush()


def test_two_processes(folder: str) -> None:
    context = multiprocessing.get_context("spawn")
    others = [context.Process(target=_write_often, args=(folder, start)) for start in (0, 100)]
    for other in others:
        other.start()
    seen = 0
    while any(other.is_alive() for other in others):
        value = Cache(folder).get("trees", "shared")
        if value is not None:
            assert isinstance(value, list)
            assert len(value) == 1000
            assert len(set(value)) == 1
            seen += 1
    for other in others:
        other.join()
        assert other.exitcode == 0
    assert seen
    assert not [path for path in files(folder) if str(os.getpid()) in path.name]


def test_the_least_used_values_go_first(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SHARDS", 1)
    monkeypatch.setattr(module, "SHARD_BYTES", 400)
    stored(folder, "a", "b", "c", "d")
    cache = Cache(folder)
    assert cache.get("trees", "a") == {"key": "a"}
    cache.put("trees", "e", {"key": "e"})
    cache.flush()
    again = Cache(folder)
    assert [key for key in "abcde" if again.get("trees", key)] == ["a", "c", "d", "e"]


def test_old_files_are_removed_once_a_day(folder: str) -> None:
    stored(folder, "a", namespace="old")
    stored(folder, "a", namespace="new")
    mark = Path(folder) / "pruned.migralint"
    now = time.time()
    for path in files(folder):
        if path.name.startswith("old-"):
            os.utime(path, (now - 31 * 86400, now - 31 * 86400))
    stored(folder, "b", namespace="new")
    assert any(path.name.startswith("old-") for path in files(folder))
    os.utime(mark, (now - 86401, now - 86401))
    stored(folder, "c", namespace="new")
    assert not any(path.name.startswith("old-") for path in files(folder))
    assert Cache(folder).get("new", "a") == {"key": "a"}


def test_the_least_used_files_over_the_bound_are_removed(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    for number in range(3):
        stored(folder, "a", namespace=f"n{number}")
        for path in files(folder):
            if path.name.startswith(f"n{number}-"):
                os.utime(path, (now - 100 + number, now - 100 + number))
    (Path(folder) / "pruned.migralint").unlink()
    size = max(path.stat().st_size for path in files(folder))
    monkeypatch.setattr(module, "TOTAL_BYTES", 3 * size)
    stored(folder, "a", namespace="n3")
    assert [path.name[:2] for path in files(folder)] == ["n1", "n2", "n3", "pr"]


def test_used_files_do_not_grow_old(folder: str) -> None:
    stored(folder, "a")
    (path,) = [path for path in files(folder) if path.name.startswith("trees-")]
    os.utime(path, (1, 1))
    assert Cache(folder).get("trees", "a")
    assert path.stat().st_mtime > 1


def test_clean_removes_only_its_own(folder: str) -> None:
    stored(folder, "a")
    (Path(folder) / "letter.txt").write_text("dear")
    assert Cache(folder).clean() == 2
    assert [path.name for path in files(folder)] == ["letter.txt"]
    (Path(folder) / "letter.txt").unlink()
    stored(folder, "a")
    cache = Cache(folder, enabled=False)
    assert cache.clean() == 2
    assert not os.path.exists(folder)
    assert cache.clean() == 0


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project = tmp_path / "project"
    project.mkdir()
    (project / "a.py").write_text("a")
    return project


def test_answers(folder: str, project: Path) -> None:
    tree = Recorder(WorkTree(str(project)))
    tree.read("a.py")
    tree.exists("b.py")
    Cache(folder).store_answer("check", tree.record, {"findings": []})
    fresh = WorkTree(str(project))
    assert Cache(folder).answer("check", fresh) == {"findings": []}
    assert Cache(folder).answer("drift", fresh) is None
    assert Cache(folder, material=["x"]).answer("check", fresh) is None
    (project / "b.py").write_text("b")
    assert Cache(folder).answer("check", fresh) is None
    (project / "b.py").unlink()
    assert Cache(folder).answer("check", fresh) == {"findings": []}
    (project / "a.py").write_text("A")
    assert Cache(folder).answer("check", fresh) is None


def test_an_answer_counts_as_looked_at(folder: str, project: Path) -> None:
    tree = Recorder(WorkTree(str(project)))
    tree.read("a.py")
    Cache(folder).store_answer("part", tree.record, 1)
    whole = Recorder(WorkTree(str(project)))
    assert Cache(folder).answer("part", whole) == 1
    assert list(whole.record.files) == ["a.py"]


def test_renewed_stamps_are_stored(folder: str, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = Recorder(WorkTree(str(project)))
    tree.read("a.py")
    Cache(folder).store_answer("check", tree.record, 1)
    monkeypatch.setattr("migralint.tree.worktree.time.time_ns", lambda: 1 << 62)
    assert Cache(folder).answer("check", WorkTree(str(project))) == 1

    class Unread(WorkTree):
        def read(self, path: str, limit: int = 0) -> bytes:
            raise AssertionError(path)

    assert Cache(folder).answer("check", Unread(str(project))) == 1


def test_damaged_answers_are_misses(folder: str, project: Path) -> None:
    tree = Recorder(WorkTree(str(project)))
    tree.read("a.py")
    Cache(folder).store_answer("check", tree.record, 12345)
    (path,) = files(folder)
    whole = path.read_bytes()
    for position in range(len(whole)):
        path.write_bytes(whole[:position])
        assert Cache(folder).answer("check", tree) is None
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 4]) + whole[position + 1 :])
        assert Cache(folder).answer("check", tree) in (None, 12345)


def test_default_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, project = tmp_path / "home", tmp_path / "home" / "project"
    project.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    place = str(project)
    assert default_folder(place, {}) == str(home / ".cache" / "migralint")
    assert default_folder(place, {"XDG_CACHE_HOME": str(tmp_path / "x")}) == str(tmp_path / "x" / "migralint")
    assert default_folder(place, {"XDG_CACHE_HOME": "relative"}) == str(home / ".cache" / "migralint")
    told = {"MIGRALINT_CACHE_DIR": str(tmp_path / "m"), "XDG_CACHE_HOME": str(tmp_path / "x")}
    assert default_folder(place, told) == str(tmp_path / "m")


def test_default_folder_is_never_in_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    place = str(tmp_path)
    assert default_folder(place, {}) is None
    assert default_folder(place, {"XDG_CACHE_HOME": str(tmp_path / "x")}) is None
    assert default_folder(place, {"MIGRALINT_CACHE_DIR": str(tmp_path / "m")}) == str(tmp_path / "m")
    (tmp_path.parent / "linked").symlink_to(tmp_path)
    assert default_folder(place, {"XDG_CACHE_HOME": str(tmp_path.parent / "linked")}) is None
