"""The text of a view after what it reads has another name, as far as a text can tell what its words mean."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.operations.renaming import PIECE
from migralint.schema import Name, Schema
from migralint.schema.names import quote

_BEFORE_A_RELATION = ("from", "join", "only", ",", ".")


def with_renamed(text: str, old: str, new: str, schema: Schema, uses: tuple[Name, ...]) -> str | None:
    """The query with a relation under its new name; None where the old one may mean something else in it too."""
    if any(table is None or table.column(old) is not None for table in map(schema.tables.get, uses)):
        return None
    pieces = PIECE.findall(text)
    shown = list(pieces)
    words = [number for number, piece in enumerate(pieces) if not piece.isspace()]
    clause = ""
    for at, number in enumerate(words):
        word, before, after = _plain(pieces[number]), _at(pieces, words, at - 1), _at(pieces, words, at + 1)
        clause = word if word in ("select", "from") else clause
        if word != old:
            continue
        relation = before in _BEFORE_A_RELATION and (before != "," or clause == "from")
        if not relation and after != ".":
            return None
        shown[number] = quote(new)
    return "".join(shown)


def _at(pieces: list[str], words: list[int], at: int) -> str:
    return _plain(pieces[words[at]]) if 0 <= at < len(words) else ""


def _plain(piece: str) -> str:
    return piece[1:-1].replace('""', '"') if piece[:1] == '"' else piece.lower()


def outdated(before: Schema, after: Schema) -> Iterator[Name]:
    """The views that an operation left with the old name of something they read."""
    for name, view in after.views.items():
        old = before.views.get(name)
        if old is not None and old.definition == view.definition and (old.uses, old.reads) != (view.uses, view.reads):
            yield name
