"""Colours of a terminal, and text that cannot command one."""

from __future__ import annotations

_RESET = "\033[0m"
_CODES = {"error": "1;31", "warning": "1;33", "info": "1;36", "bold": "1", "faint": "2", "path": "36", "help": "32"}

_CONTROL = {
    code: f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
    for code in (*range(9), *range(11, 32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
}
"""Control characters but tab and line feed, and those that turn the direction of text."""


class Style:
    """Puts names of `_CODES` around texts; with `colour` false, nothing."""

    def __init__(self, colour: bool) -> None:
        self._colour = colour

    def __call__(self, name: str, text: str) -> str:
        """The text in a style: a severity, "bold", "faint", "path" or "help"."""
        return f"\033[{_CODES[name]}m{text}{_RESET}" if self._colour and text else text


def visible(text: str) -> str:
    """The text with its control characters written out: names and code of others must not steer a terminal."""
    return text.translate(_CONTROL)
