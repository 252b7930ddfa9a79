"""Python code as a small tree, and its text in the layout of `ruff format`.

What the generated code needs is calls, literals and what stands for itself: for these the formatter's rules are short.
A value stays on one line where it fits. Else the arguments of a call go on one line of their own, and where they do
not fit there either, one on each line, as the items of lists and dictionaries always do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

WIDTH = 88
"""The line length that Black and Ruff format to, as long as they are not told another one."""

_WORDS = re.compile(r"\S*\s*")


class Code(str):
    """Python code as a value, in place of text."""

    __slots__ = ()


@dataclass(frozen=True)
class Call:
    """`function(arguments, named=...)`."""

    function: str
    arguments: tuple[object, ...] = ()
    named: tuple[tuple[str, object], ...] = ()


def node(function: str, *arguments: object, **named: object) -> Call:
    """A call; named arguments that are None are left out."""
    return Call(function, arguments, tuple((key, value) for key, value in named.items() if value is not None))


def flat(value: object) -> str:
    """The value on one line."""
    match value:
        case Code():
            return value
        case Call():
            arguments = [flat(a) for a in value.arguments] + [f"{key}={flat(one)}" for key, one in value.named]
            return f"{value.function}({', '.join(arguments)})"
        case str():
            return quoted(value)
        case list() | tuple():
            return f"[{', '.join(map(flat, value))}]"
        case dict():
            return "{" + ", ".join(f"{flat(key)}: {flat(one)}" for key, one in value.items()) + "}"
    return repr(value)


def quoted(text: str) -> str:
    """The text as Python writes it, in double quotes unless single ones save escapes."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + "".join(_escaped(character, quote) for character in text) + quote


def _escaped(character: str, quote: str) -> str:
    if character in ("\\", quote):
        return f"\\{character}"
    return character if character.isprintable() else repr(character)[1:-1]


def statement(value: Call, indent: int) -> str:
    """The call as a statement, from the margin on."""
    return " " * indent + _laid_out(value, indent, indent, 0)


def _laid_out(value: object, indent: int, before: int, after: int) -> str:
    """The value in lines that start at `indent`, the first of them after `before` columns, the last before `after`."""
    text = flat(value)
    if before + len(text) + after <= WIDTH and not (isinstance(value, Call) and _is_script(value)):
        return text
    match value:
        case Code():
            return text
        case Call() if _is_script(value):
            return f'{value.function}("""\n{_inside(str(value.arguments[0]))}\n""")'
        case Call():
            return _call(value, indent)
        case str():
            return f"\n{' ' * indent}".join(map(quoted, _pieces(value, WIDTH - indent - 2 - after)))
        case list() | tuple():
            return _block("[", [(item, "") for item in value], "]", indent)
        case Mapping():
            return _block("{", [(item, f"{flat(key)}: ") for key, item in value.items()], "}", indent)
    return text


def _call(value: Call, indent: int) -> str:
    entries = [(argument, "") for argument in value.arguments] + [(one, f"{key}=") for key, one in value.named]
    inner = indent + 4
    together = ", ".join(prefix + flat(one) for one, prefix in entries)
    if inner + len(together) <= WIDTH:
        return f"{value.function}(\n{' ' * inner}{together}\n{' ' * indent})" if entries else flat(value)
    return _block(f"{value.function}(", entries, ")", indent, comma=len(entries) > 1)


def _block(start: str, entries: list[tuple[object, str]], end: str, indent: int, *, comma: bool = True) -> str:
    """The entries, each after its prefix, on lines of their own."""
    inner = indent + 4
    lines = [start]
    for one, prefix in entries:
        whole = isinstance(one, str) and prefix  # a text after `=` or `:` stays in one piece
        shown = flat(one) if whole else _laid_out(one, inner, inner + len(prefix), int(comma))
        lines.append(f"{' ' * inner}{prefix}{shown}{',' * comma}")
    return "\n".join([*lines, f"{' ' * indent}{end}"])


def _is_script(value: Call) -> bool:
    """Whether its only argument is a text of several lines, which triple quotes show as they are."""
    text = value.arguments[0] if len(value.arguments) == 1 and not value.named else None
    if not isinstance(text, str) or isinstance(text, Code) or "\n" not in text:
        return False
    return all(character.isprintable() or character in "\n\t" for character in text)


def _inside(text: str) -> str:
    """What stands between triple quotes."""
    return text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')


def _pieces(text: str, width: int) -> Iterator[str]:
    """The text in pieces that end after a space and fit the width, where its words do."""
    piece = ""
    for word in _WORDS.findall(text):
        if piece and len(quoted(piece + word)) - 2 > width:
            yield piece
            piece = ""
        piece += word
    if piece:
        yield piece
