"""Trees of commits and of the index, and what git is asked."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from migralint.tree import GitError, MissingError, NotAFileError, NotAFolderError, OutsideError, TooLargeError, WorkTree
from migralint.tree.git import Repository
from migralint.tree.gittree import GitTree
from tests.repository import Git


@pytest.fixture
def git(tmp_path: Path) -> Git:
    return Git(tmp_path / "repository")


def at(git: Git, commit: str, folder: str = "") -> GitTree:
    root = str(git.root / folder)
    return GitTree.of_commit(Repository(root), commit, WorkTree(root))


def staged(git: Git, folder: str = "") -> GitTree:
    root = str(git.root / folder)
    return GitTree.of_index(Repository(root), WorkTree(root))


def test_a_commit_is_read_whatever_the_work_tree_has(git: Git) -> None:
    git.file("app/models.py", "old")
    git.file("gone.py", "")
    first = git.commit()
    git.file("app/models.py", "new")
    (git.root / "gone.py").unlink()
    git.file("added.py", "")
    tree = at(git, first)
    assert tree.read("app/models.py") == b"old"
    assert tree.list("") == (("app", "folder"), ("gone.py", "file"))
    assert tree.kind("app") == "folder"
    assert tree.kind("added.py") is None
    assert not tree.exists("app/none/deeper.py")
    assert tree.stamp("app/models.py") == f"git:{git('rev-parse', f'{first}:app/models.py')}"
    assert tree.stamp("app") is None
    for error, path in ((MissingError, "added.py"), (NotAFileError, "app")):
        with pytest.raises(error):
            tree.read(path)
    for error, path in ((MissingError, "none"), (NotAFolderError, "gone.py")):
        with pytest.raises(error):
            tree.list(path)
    with pytest.raises(TooLargeError):
        tree.read("app/models.py", 2)
    assert tree.read("app/models.py") == b"old", "what follows something too large is read all the same"


def test_the_index_has_what_is_staged(git: Git) -> None:
    git.file("a.py", "committed")
    git.commit()
    git.file("a.py", "staged")
    git("add", "a.py")
    git.file("a.py", "not staged")
    git.file("untracked.py", "")
    tree = staged(git)
    assert tree.read("a.py") == b"staged"
    assert tree.list("") == (("a.py", "file"),)


def test_the_index_of_a_commit_hook_counts(git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    git.file("a.py", "one")
    git.commit()
    git.file("a.py", "other index")
    monkeypatch.chdir(git.root)
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/next-index")
    monkeypatch.setenv("GIT_DIR", ".git")
    git("add", "a.py")
    (git.root / "deeper").mkdir()
    assert staged(git, "deeper")._repository.staged().keys() == {"a.py"}
    assert staged(git).read("a.py") == b"other index"
    monkeypatch.delenv("GIT_INDEX_FILE")
    assert staged(git).read("a.py") == b"one"


def test_a_conflict_in_the_index_is_told(git: Git) -> None:
    git.file("a.py", "one")
    git.commit()
    git("checkout", "-q", "-b", "other")
    git.file("a.py", "two")
    git.commit()
    git("checkout", "-q", "main")
    git.file("a.py", "three")
    git.commit()
    with pytest.raises(AssertionError):
        git("merge", "other")
    with pytest.raises(GitError, match=r"a\.py has conflicts"):
        staged(git)


def test_names_of_any_kind_and_a_project_below_the_top(git: Git) -> None:
    name = "größe \n'\"\t.py"
    git.file(f"backend/app/{name}", "x")
    git.file("other/secret.py", "y")
    tree = at(git, git.commit(), "backend")
    assert tree.list("app") == ((name, "file"),)
    assert tree.read(f"app/{name}") == b"x"
    assert tree.here("backend/app/a.py") == "app/a.py"
    assert tree.here("other/a.py") is None
    with pytest.raises(OutsideError):
        tree.read("../other/secret.py")
    secret = str(git.root / "other" / "secret.py")
    with pytest.raises(OutsideError):
        tree.read(secret)
    tree.grant("../other")
    git.file("other/secret.py", "changed")
    assert tree.read(secret) == b"y"


def test_links_are_followed_inside_the_project_only(git: Git, tmp_path: Path) -> None:
    git.file("project/app/models.py", "x")
    git.file("outside.py", "secret")
    (tmp_path / "far").write_text("secret")
    for link, target in {
        "project/file": "app/models.py",
        "project/folder": "./app",
        "project/absolute": str(git.root / "project" / "app"),
        "project/out": "../outside.py",
        "project/far": str(tmp_path / "far"),
        "project/round": "round",
        "project/nowhere": "none.py",
    }.items():
        (git.root / link).symlink_to(target)
    tree = at(git, git.commit(), "project")
    assert dict(tree.list(""))["file"] == "link"
    for path in ("file", "folder/models.py", "absolute/models.py"):
        assert tree.read(path) == b"x"
        assert tree.stamp(path) == tree.stamp("app/models.py")
    assert tree.list("folder") == (("models.py", "file"),)
    for path in ("out", "far"):
        with pytest.raises(OutsideError):
            tree.read(path)
        with pytest.raises(OutsideError):
            tree.kind(path)
        assert tree.stamp(path) is None
    assert tree.kind("round") is None
    assert tree.kind("nowhere") is None


def test_submodules_are_as_they_lie_in_the_work_tree(git: Git, tmp_path: Path) -> None:
    library = Git(tmp_path / "library")
    library.file("lib.py", "library")
    library.commit()
    git("submodule", "--quiet", "add", str(library.root), "vendored")
    tree = at(git, git.commit())
    assert dict(tree.list(""))["vendored"] == "folder"
    assert tree.read("vendored/lib.py") == b"library"
    git.file("vendored/lib.py", "edited")
    assert tree.read("vendored/lib.py") == b"edited"


def test_linked_work_trees_and_renamed_files(git: Git, tmp_path: Path) -> None:
    git.file("app/a.py", "x = 1\n" * 20)
    first = git.commit()
    git("worktree", "add", "-q", "-b", "topic", str(tmp_path / "linked"))
    linked = Git.__new__(Git)
    linked.root = tmp_path / "linked"
    linked("mv", "app/a.py", "app/b.py")
    repository = Repository(str(linked.root / "app"))
    assert repository.top == str(linked.root)
    assert repository.renamed(first) == {"app/a.py": "app/b.py"}
    assert staged(linked).list("app") == (("b.py", "file"),)
    assert Repository(str(git.root)).renamed(first) == {}


def test_the_merge_base_and_the_default_branch(git: Git, tmp_path: Path) -> None:
    first = git.commit("first")
    git("checkout", "-q", "-b", "topic")
    git.commit("ours")
    git("checkout", "-q", "main")
    tip = git.commit("theirs")
    git("checkout", "-q", "topic")
    repository = Repository(str(git.root))
    assert repository.merge_base("main", "HEAD") == first
    assert repository.commit("main") == tip
    assert repository.default_branch == "main"
    git("checkout", "-q", "--orphan", "apart")
    git.commit()
    with pytest.raises(GitError, match="no commit in common"):
        repository.merge_base("main", "HEAD")
    for name in ("none", "-h", "--output=x", "main:nothing"):
        with pytest.raises(GitError, match="knows no commit"):
            repository.commit(name)
    git("clone", "-q", str(git.root), str(tmp_path / "clone"))
    assert Repository(str(tmp_path / "clone")).default_branch == "origin/apart"


def test_a_shallow_clone_is_told(git: Git, tmp_path: Path) -> None:
    git.commit("first")
    git("checkout", "-q", "-b", "topic")
    git.commit("ours")
    git("checkout", "-q", "main")
    git.commit("theirs")
    git("clone", "-q", "--depth", "1", "--no-single-branch", f"file://{git.root}", str(tmp_path / "clone"))
    repository = Repository(str(tmp_path / "clone"))
    with pytest.raises(GitError, match="fetch-depth: 0"):
        repository.merge_base("origin/topic", "HEAD")


def test_a_partial_clone_is_told_and_fetches_nothing(git: Git, tmp_path: Path) -> None:
    git.file("a.py", "first")
    first = git.commit()
    git.file("a.py", "second")
    git.commit()
    git("config", "uploadpack.allowFilter", "true")
    git("clone", "-q", "--filter=blob:none", f"file://{git.root}", str(tmp_path / "clone"))
    root = str(tmp_path / "clone")
    tree = GitTree.of_commit(Repository(root), first, WorkTree(root))
    with pytest.raises(GitError, match="partial"):
        tree.read("a.py")


def test_before_the_first_commit(git: Git) -> None:
    git.file("a.py", "x")
    git("add", "a.py")
    repository = Repository(str(git.root))
    assert repository.head is None
    assert repository.default_branch is None
    assert staged(git).read("a.py") == b"x"
    with pytest.raises(GitError, match="knows no commit 'HEAD'"):
        repository.merge_base("HEAD", "HEAD")


def test_no_repository_and_no_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(GitError, match="in no git repository"):
        Repository(str(tmp_path))
    Git(tmp_path)
    with pytest.raises(GitError, match="without a work tree"):
        Repository(str(tmp_path / ".git"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GitError, match="not installed"):
        Repository(str(tmp_path))


def test_a_repository_of_somebody_else_is_told(git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    with pytest.raises(GitError, match=r"safe\.directory"):
        Repository(str(git.root))


def test_nothing_that_a_repository_configures_is_run(git: Git, tmp_path: Path) -> None:
    git.file(".gitattributes", "*.py diff=evil filter=evil\n")
    git.file("a.py", "x = 1\n" * 20)
    first = git.commit()
    git("mv", "a.py", "b.py")
    mark = tmp_path / "ran"
    program = tmp_path / "evil"
    program.write_text(f'#!/bin/sh\necho "$0 $*" >> {mark}\nexit 1\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    for key in ("core.fsmonitor", "core.pager", "diff.external", "diff.evil.textconv", "diff.evil.command"):
        git("config", key, str(program))
    for key in ("filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "core.sshCommand", "core.editor"):
        git("config", key, str(program))
    git("config", "core.hooksPath", str(tmp_path))
    git("config", "remote.origin.url", f"ext::{program}")
    git("config", "remote.origin.promisor", "true")
    git("config", "core.repositoryFormatVersion", "1")
    git("config", "extensions.partialClone", "origin")
    git("config", "protocol.ext.allow", "always")
    for hook in ("post-index-change", "post-checkout", "fsmonitor-watchman"):
        (tmp_path / hook).symlink_to(program)
    (git.root / ".git" / "hooks").mkdir(exist_ok=True)
    before = (git.root / ".git" / "index").stat().st_mtime_ns
    repository = Repository(str(git.root))
    assert repository.renamed(first) == {"a.py": "b.py"}
    assert repository.merge_base("HEAD", "main") == first
    assert at(git, first).read("a.py").startswith(b"x = 1")
    assert staged(git).read("b.py").startswith(b"x = 1")
    with pytest.raises(GitError):
        repository.read("1" * 40, 100)
    assert not mark.exists(), mark.read_text()
    assert (git.root / ".git" / "index").stat().st_mtime_ns == before


def test_a_project_without_files_is_an_empty_folder(git: Git) -> None:
    git.file("README.md", "")
    commit = git.commit()
    git.file("services/api/main.py", "")
    tree = at(git, commit, "services/api")
    assert tree.list("") == ()
    assert tree.kind("") == "folder"
    assert tree.kind("main.py") is None
