"""Paths in a tree.

A path is a plain `str` with `/` between its parts, relative to the project, without `.`, `..`, empty parts or a slash
at the end: `alembic/versions/ab12_users.py`. The project itself is the empty string. What lies outside the project (a
granted source root, a configuration file given on the command line) has its absolute path, so that every file has one
name.
"""

from __future__ import annotations

import os
import posixpath

from migralint.tree.errors import OutsideError


def normalise(path: str) -> str:
    """The path in its one spelling. Raises OutsideError for `..` and for what cannot be a path."""
    if "\0" in path:
        raise OutsideError(path.replace("\0", "\\0"), "a path cannot hold a NUL character", "remove it")
    if ".." in path and ".." in path.split("/"):
        raise OutsideError(path, "'..' is not followed", "name the file from the project's folder")
    plain = posixpath.normpath(path)
    if plain == ".":
        return ""
    return plain[1:] if plain.startswith("//") else plain


def join(folder: str, path: str) -> str:
    """`path` as seen from `folder`; `..` goes up by name. Raises OutsideError where that leaves the project."""
    if os.path.isabs(path):
        return normalise(posixpath.normpath(path))
    joined = posixpath.normpath(posixpath.join(folder, path))
    if joined == ".." or joined.startswith("../"):
        raise OutsideError(
            path, "leaves the project", "name a file inside the project, or add its folder to source-roots"
        )
    return normalise(joined)


def parent(path: str) -> str:
    """The folder that holds the path; the project for what lies directly in it."""
    return posixpath.dirname(path)


def name(path: str) -> str:
    """The last part of the path."""
    return posixpath.basename(path)
