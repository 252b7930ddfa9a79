"""`migralint.lock`: what each merged revision was, so that an edit of one is seen without git.

One line a revision, sorted by id, so that two branches that add one each seldom touch the same lines:

    ab12 after=99aa file=1f3c... reads=- schema=9d0e...

`after` are the parents (`base` for none), `needs` what it depends on beside them. `file` is a hash of the revision's
file, `reads` one of what it imports from the project and reads (`-` for nothing). `schema` is the signature of what
`alembic upgrade ab12` leaves in an empty database: it depends on the revision and those before it, not on other
branches. A history's lines stand under its name in brackets.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from migralint.schema.canonical import certain

FILE = "migralint.lock"
_FIRST = "# migralint.lock 1: written by `migralint lock`, to be kept under version control"
_ANY_FIRST = re.compile(r"# migralint\.lock (\d+)\b")
_HISTORY = re.compile(r"\[(.+)\]\Z")
_BARE = re.compile(r"[\w.@+-]+\Z")
_WORD = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\bfnrt/]|u[0-9a-fA-F]{4}))*"|[^\s,="\[\]]+')
_KEYS = ("after", "needs", "file", "reads", "schema")


class LockError(Exception):
    """A lock file cannot be read; the message says what is wrong with which line, and what to do."""


class Locked(NamedTuple):
    """A revision as it was when the lock was written; `needs` are its dependencies beside `after`."""

    revision: str
    after: tuple[str, ...]
    needs: tuple[str, ...]
    file: str
    reads: str
    schema: str


Lock = Mapping[str, Mapping[str, Locked]]
"""The revisions of each history, by its name and their ids."""

NEW, REMOVED, MOVED, EDITED, OTHER, READS = "new", "removed", "re-parented", "edited", "changed", "reads"
"""Not in the lock; in nothing but the lock; with other parents; with another file; with another schema though neither
file nor parents changed; reads files that changed, to no effect. The last one is no failure."""


class Change(NamedTuple):
    """What became of a revision since the lock was written, and a sentence about it."""

    kind: str
    revision: str
    message: str


def write(lock: Lock) -> str:
    """The text of a lock file."""
    lines = [_FIRST]
    for name, revisions in sorted(lock.items()):
        lines += ["", f"[{name}]", *(_line(revisions[one]) for one in sorted(revisions))]
    return "\n".join(lines) + "\n"


def _line(one: Locked) -> str:
    needs = f" needs={_several(one.needs)}" if one.needs else ""
    after = _several(one.after) or "base"
    return f"{_quoted(one.revision)} after={after}{needs} file={one.file} reads={one.reads} schema={one.schema}"


def _several(ids: Sequence[str]) -> str:
    return ",".join(map(_quoted, ids))


def _quoted(id: str) -> str:
    """An id in quotes where it has characters that end a word, or means something else."""
    return id if _BARE.match(id) and id != "base" else json.dumps(id)


def parse(text: str, path: str = FILE) -> Lock:
    """The lock in a file's text. Raises LockError."""
    lines = text.splitlines()
    found = _ANY_FIRST.match(lines[0]) if lines else None
    if found is None or found[1] != "1":
        wrong = "is no lock file" if found is None else f"has format {found[1]}, which this version does not know"
        raise LockError(f"{path}: {wrong}; write it anew with `migralint lock`")
    lock: dict[str, dict[str, Locked]] = {}
    revisions: dict[str, Locked] | None = None
    for number, line in enumerate(lines, 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        history = _HISTORY.match(line)
        if history:
            revisions = lock.setdefault(history[1], {})
            continue
        one = _locked(line)
        if one is None or revisions is None or one.revision in revisions:
            merging = line.startswith(("<<<<<<<", "=======", ">>>>>>>"))
            wrong = (
                "a merge is not resolved"
                if merging
                else "this revision stands here twice"
                if one is not None and revisions is not None
                else "this is no line of a lock file"
            )
            raise LockError(f"{path}:{number}: {wrong}; restore the file, or write it anew with `migralint lock`")
        revisions[one.revision] = one
    return lock


def _locked(line: str) -> Locked | None:
    found = _WORD.match(line)
    if found is None:
        return None
    values: dict[str, tuple[str, ...]] = {}
    rest = line[found.end() :]
    while rest:
        key = re.match(r"\s+(\w+)=", rest)
        if key is None or key[1] not in _KEYS or key[1] in values:
            return None
        rest = rest[key.end() :]
        words: list[str] = []
        while (word := _WORD.match(rest)) is not None:
            words.append(_plain(word[0]) if word[0] != "base" or key[1] != "after" else "")
            rest = rest[word.end() :]
            if not rest.startswith(","):
                break
            rest = rest[1:]
        values[key[1]] = tuple(word for word in words if word)
    single = [values.get(key, ()) for key in ("file", "reads", "schema")]
    if "after" not in values or any(len(one) != 1 for one in single):
        return None
    file, reads, schema = (one[0] for one in single)
    return Locked(_plain(found[0]), values["after"], values.get("needs", ()), file, reads, schema)


def _plain(word: str) -> str:
    return str(json.loads(word)) if word.startswith('"') else word


def compare(before: Mapping[str, Locked], now: Mapping[str, Locked]) -> Iterator[Change]:
    """What became of each revision; `now` is in upgrade order.

    A schema that differs only because one before it does is not told again. One that has other parents also has
    another file, as that names them.
    """
    for id, one in before.items():
        if id not in now:
            yield Change(REMOVED, id, f"was removed, or cannot be read; it came after {_names(one.after)}")
    differing: set[str] = set()
    for id, one in now.items():
        old = before.get(id)
        if old is None:
            yield Change(NEW, id, "is not in the lock yet: `migralint lock` adds it")
            continue
        other = certain(old.schema) != certain(one.schema)
        if other:
            differing.add(id)
        yield from _changes(old, one, other, other and bool(differing & {*one.after, *one.needs}))


def _changes(old: Locked, one: Locked, other: bool, follows: bool) -> Iterator[Change]:
    effect = "the schema after it is another" if other else "the schema after it is the same"
    effect += ", as before it" if follows else ""
    moved = (set(old.after), set(old.needs)) != (set(one.after), set(one.needs))
    if moved:
        came, comes = (
            f"after {_names(line.after)}" + (f" with {_names(line.needs)}" if line.needs else "") for line in (old, one)
        )
        yield Change(MOVED, one.revision, f"was re-parented: it came {came}, now {comes}; {effect}")
    elif old.file != one.file:
        yield Change(EDITED, one.revision, f"was edited; {effect}")
    elif old.reads != one.reads:
        if other and not follows:
            yield Change(EDITED, one.revision, f"does something else: files that it reads were changed; {effect}")
        else:
            yield Change(READS, one.revision, f"reads files that were changed; {effect}")
    elif other and not follows:
        yield Change(
            OTHER,
            one.revision,
            "leaves another schema, although neither it nor what it reads was changed: by the settings (env.py, "
            "alembic.ini, those of migralint) or another version of migralint",
        )


def _names(ids: Sequence[str]) -> str:
    return ", ".join(ids) or "base"
