"""SQL inside of Python texts: where its words are in the file."""

from __future__ import annotations

import re

from migralint.diagnostic import Place
from migralint.fix.edits import CannotFix
from migralint.fix.source import Source
from migralint.python import nodes
from migralint.python.values import Node
from migralint.tree import Lines

_SETTING = re.compile(r"(?:^|;)\s*(?:RE)?SET\s|\bSET\s+(?:LOCAL|SESSION)\b|\bset_config\s*\(", re.IGNORECASE)


class Statement:
    """One SQL statement in a text, or in several that Python joins."""

    def __init__(self, place: Place, source: Source) -> None:
        self._place = place
        self._source = source
        node = source.node(place.node)
        if node is None:
            raise CannotFix
        self._node = node
        joined = [one for one in source.above(node) if one[0] in (nodes.FSTR, nodes.JOINED)]
        self._whole = joined[-1] if joined else node

    @property
    def alone(self) -> bool:
        """Whether the text holds no other statement."""
        if self._whole is self._node:
            value = str(self._node[2])
            rest = value[: self._place.start] + value[self._place.end :]
            return not rest.replace(";", "").strip()
        text = "".join(str(one[2]) for one in _parts(self._whole) if one[0] == nodes.STR)
        return ";" not in text.strip().rstrip(";")

    def after(self, word: str) -> int:
        """Where the first of these words ends in the file. Raises CannotFix."""
        start, end = self._range()
        found = re.compile(rf"[^'\"$]*?\b{word}\b", re.IGNORECASE).match(self._source.text, start, end)
        if found is None:
            raise CannotFix
        return found.end()

    def end(self) -> int:
        """Where the statement ends in the file. Raises CannotFix."""
        if self._whole is self._node:
            return self._range()[1]
        last = _parts(self._whole)[-1]
        if not self.alone or last[0] != nodes.STR:
            raise CannotFix
        text = self._source.code(last)
        quote = re.search(r"('''|\"\"\"|'|\")\Z", text) if re.match(r"[rRuU]?['\"]", text) else None
        inner = text[: quote.start()] if quote else text
        kept = re.sub(r"(?:\\n|[\s;])*\Z", "", inner)
        if not kept or "--" in kept:
            raise CannotFix
        return self._source.span(last)[0] + len(kept)

    def _range(self) -> tuple[int, int]:
        found = self._source.located.inside(self._place.node, self._place.start, self._place.end)
        if found is None:
            raise CannotFix
        lines = Lines(self._source.text)
        return lines.offset(found[0], found[1]), lines.offset(found[2], found[3])


def _parts(node: Node) -> list[Node]:
    """The texts and placeholders of a joined text, in order."""
    if node[0] in (nodes.FSTR, nodes.JOINED):
        return [part for one in node[2] for part in _parts(one)]
    return [node]


def changes_settings(source: Source) -> bool:
    """Whether SQL in the file sets what holds for a session or a transaction."""
    return any(_SETTING.search(str(one[2])) for one in source.every(nodes.STR))
