"""Sources: read once, lowered once, kept in the cache, in two processes where that is safe."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest

from migralint.cache import Cache
from migralint.python import lower_many, sources
from migralint.python.lower import Lowered, lower
from migralint.python.lower_many import Problem
from migralint.python.sources import Sources
from migralint.tree import WorkTree
from tests.python.test_gate import as_tuples


class Memory:
    """A cache that counts."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, bytes | str], object] = {}

    def get(self, namespace: str, key: bytes | str) -> object | None:
        return self.kept.get((namespace, key))

    def put(self, namespace: str, key: bytes | str, value: object) -> None:
        self.kept[namespace, key] = value


def folder(path: Path, files: dict[str, str]) -> WorkTree:
    for name, text in files.items():
        (path / name).write_text(text)
    return WorkTree(str(path))


def many(count: int) -> dict[str, str]:
    return {
        f"m{number}.py": f"revision = '{number}'\nx = [{number}, 'é']\n" * (1 + number % 7) for number in range(count)
    }


def test_a_module_is_lowered_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree, memory = folder(tmp_path, {"a.py": "x = 1\n"}), Memory()
    first = Sources(tree, memory)
    module = first.module("a.py")
    assert isinstance(module, Lowered)
    assert module == lower("x = 1\n")
    assert first.module("a.py") is module
    assert list(memory.kept) == [("lowered", b"2\nx = 1\n")]


def test_problems(tmp_path: Path) -> None:
    tree = folder(tmp_path, {"a.py": "x = 1\ny = = 2\n", "b.py": "x = '" + "(" * 500})
    memory = Memory()
    read = Sources(tree, memory)
    problem = read.module("a.py")
    assert isinstance(problem, Problem)
    assert (problem.line, problem.offset) == (2, 10)
    assert "invalid syntax" in problem.message
    assert isinstance(read.module("b.py"), Problem)
    missing = read.module("none.py")
    assert isinstance(missing, Problem)
    assert "no such file" in missing.message
    outside = read.module("../none.py")
    assert isinstance(outside, Problem)
    assert len(memory.kept) == 2
    assert Sources(tree, memory).module("a.py") == problem


def test_what_a_child_gave_up_is_not_kept(tmp_path: Path) -> None:
    memory = Memory()
    problem = Sources(folder(tmp_path, {"a.py": "x = " + "(" * 10_000}), memory).module("a.py")
    assert isinstance(problem, Problem)
    assert "nested too deeply" in problem.message
    assert not memory.kept


def test_the_cache_gives_the_same_nodes(tmp_path: Path) -> None:
    files = {"a.py": '"""Doc."""\nx = {1: [None, 2.5, 1e999, "é\\n"], **y}\n', "b.py": "x = = 1", "c.py": ""}
    tree = folder(tmp_path, files)
    cache = Cache(str(tmp_path / "cache"))
    fresh = {name: Sources(tree, cache).module(name) for name in files}
    cache.flush()
    again = Sources(tree, Cache(str(tmp_path / "cache")))
    for name, result in fresh.items():
        stored = again.module(name)
        if isinstance(result, Lowered):
            assert isinstance(stored, Lowered)
            assert isinstance(stored.module, list)
            assert stored.count == result.count
            assert as_tuples(stored.module) == result.module
        else:
            assert stored == result


@pytest.mark.parametrize("stored", [None, 1, [], [1, 2], [[], "x"], {"module": 1}, ["x", 1, 1, 0]])
def test_damaged_entries_count_as_missing(tmp_path: Path, stored: object) -> None:
    memory = Memory()
    memory.put("lowered", b"2\nx = 1\n", stored)
    assert Sources(folder(tmp_path, {"a.py": "x = 1\n"}), memory).module("a.py") == lower("x = 1\n")


@pytest.fixture
def forks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The processes that were forked; forking is allowed whatever the machine."""
    started: list[int] = []
    fork = os.fork

    def counting() -> int:
        process = fork()
        if process:
            started.append(process)
        return process

    monkeypatch.setattr(os, "fork", counting)
    monkeypatch.setattr(lower_many, "_may_fork", lambda: True)
    return started


def same_as_lowered(tree: WorkTree, files: dict[str, str], read: Sources) -> bool:
    return all(as_lists(read.module(name)) == as_lists(lower(text)) for name, text in files.items())


def as_lists(result: object) -> object:
    assert isinstance(result, Lowered)
    module = result.module
    return as_tuples(list(module)), result.count


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_many_files_are_lowered_in_two_processes(tmp_path: Path, forks: list[int]) -> None:
    files = many(lower_many.FORK_FROM)
    tree, memory = folder(tmp_path, files), Memory()
    read = Sources(tree, memory)
    read.prefetch(files)
    assert len(forks) == 1
    assert len(memory.kept) == len(files)
    (tmp_path / "m0.py").unlink()  # all is in memory
    assert same_as_lowered(tree, files, read)
    again = Sources(tree, memory)
    again.prefetch(name for name in files if name != "m0.py")
    assert len(forks) == 1


def test_few_files_are_lowered_here(tmp_path: Path, forks: list[int]) -> None:
    files = many(lower_many.FORK_FROM - 1)
    read = Sources(folder(tmp_path, files), Memory())
    read.prefetch(files)
    assert not forks


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_second_process_that_dies_costs_nothing_but_time(
    tmp_path: Path, forks: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = os.getpid()
    trusting = lower_many._lower

    def deadly(source: bytes, distrust: str | None = None) -> Lowered | Problem:
        if os.getpid() != first:
            os.kill(os.getpid(), signal.SIGKILL)
        return trusting(source, distrust)

    monkeypatch.setattr(lower_many, "_lower", deadly)
    monkeypatch.setattr(lower_many, "FORK_FROM", 4)
    files = many(4)
    tree = folder(tmp_path, files)
    read = Sources(tree, Memory())
    read.prefetch(files)
    assert len(forks) == 1
    assert same_as_lowered(tree, files, read)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_an_interrupt_ends_the_second_process(forks: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    first = os.getpid()
    trusting = lower_many._lower

    def interrupted(source: bytes, distrust: str | None = None) -> Lowered | Problem:
        if os.getpid() == first:
            raise KeyboardInterrupt
        return trusting(source, distrust)

    monkeypatch.setattr(lower_many, "_lower", interrupted)
    with pytest.raises(KeyboardInterrupt):
        lower_many.lower_all([b"x = 1"] * lower_many.FORK_FROM)
    with pytest.raises(ProcessLookupError):
        os.kill(forks[0], 0)


def test_no_fork_beside_other_threads() -> None:
    allowed: list[bool] = []
    thread = threading.Thread(target=lambda: allowed.append(lower_many._may_fork()))
    thread.start()
    thread.join()
    assert allowed == [False]


def test_format_is_part_of_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree, memory = folder(tmp_path, {"a.py": "x = 1\n"}), Memory()
    Sources(tree, memory).module("a.py")
    monkeypatch.setattr(sources, "FORMAT", sources.FORMAT + 1)
    Sources(tree, memory).module("a.py")
    assert len(memory.kept) == 2
