"""Names of files in a tree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migralint.tree import OutsideError
from migralint.tree.paths import join, name, normalise, parent


@pytest.mark.parametrize(
    ("path", "plain"),
    [
        ("", ""),
        (".", ""),
        ("./a", "a"),
        ("a//b/", "a/b"),
        ("a/./b", "a/b"),
        ("/a//b", "/a/b"),
        ("//a", "/a"),
        ("a..b", "a..b"),
    ],
)
def test_normalise(path: str, plain: str) -> None:
    assert normalise(path) == plain


@pytest.mark.parametrize(
    ("folder", "path", "joined"),
    [
        ("", "a", "a"),
        ("a", "", "a"),
        ("", "", ""),
        ("a", ".", "a"),
        ("a/b", "../c", "a/c"),
        ("a/b", "../..", ""),
        ("a", "/opt/x/../y", "/opt/y"),
        ("/opt/x", "../y", "/opt/y"),
    ],
)
def test_join(folder: str, path: str, joined: str) -> None:
    assert join(folder, path) == joined


@pytest.mark.parametrize(("folder", "path"), [("", ".."), ("a", "../.."), ("a", "../../b"), ("", "a\0")])
def test_join_stays_inside(folder: str, path: str) -> None:
    with pytest.raises(OutsideError):
        join(folder, path)


def test_parts() -> None:
    assert (parent("a/b/c"), parent("a"), parent("/a")) == ("a/b", "", "/")
    assert (name("a/b"), name("a"), name("")) == ("b", "a", "")


@given(st.text("a./\0", max_size=12))
def test_normalised_once_for_all(path: str) -> None:
    try:
        plain = normalise(path)
    except OutsideError:
        return
    assert normalise(plain) == plain
    assert ".." not in plain.split("/")
    assert not plain.endswith("/") or plain == "/"
