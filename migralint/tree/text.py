"""Bytes to source text and back: PEP 263 coding comments, byte order marks, line ends left alone."""

from __future__ import annotations

import codecs
import re

from migralint.tree.errors import NotTextError

_COOKIE = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"[ \t\f]*(?:#.*)?\Z")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_ASCII = bytes(range(32, 127))
# Codecs that leave plain ASCII alone but are no encodings of source files.
_ESCAPING = frozenset({"idna", "unicode-escape", "raw-unicode-escape"})


def decode(data: bytes, path: str = "") -> str:
    """The text of a source file: encoding as PEP 263 says (UTF-8 without a comment), byte order mark removed.

    Line ends stay as they are, so offsets in the text are offsets in the file's characters. Raises NotTextError for
    bytes that are not text in that encoding, for an unknown encoding and for NUL characters. `path` is for the error.
    """
    encoding, mark = _encoding(data, path)
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        line = _line(data[: len(mark) + error.start])
        wrong = f"is not {_name(encoding)}: {error.reason} (byte 0x{error.object[error.start]:02x})"
        raise NotTextError(path, wrong, _remedy(encoding), line) from None
    except UnicodeError as error:
        raise NotTextError(path, f"is not {_name(encoding)}: {error}", _remedy(encoding)) from None
    nul = text.find("\0")
    if nul >= 0:
        raise NotTextError(path, "holds a NUL character", "save it as plain text", _line(text[:nul].encode()))
    return text


def encode(text: str, original: bytes | None = None, path: str = "") -> bytes:
    """The bytes of a source file with this text, in the encoding and with the byte order mark of `original`.

    Without `original` the text's own coding comment decides. Characters that the encoding lacks become `?`. Raises
    NotTextError for an unknown encoding; `path` is for the error.
    """
    encoding, mark = _encoding(text.encode("utf-8", "replace") if original is None else original, path)
    return mark + text.encode(encoding, "replace")


def _encoding(data: bytes, path: str) -> tuple[str, bytes]:
    """The encoding and the byte order mark that the data starts with."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise NotTextError(path, "is UTF-16", "save it as UTF-8")
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    for line in _LINE_END.split(data[len(mark) : len(mark) + 1000], maxsplit=2)[:2]:
        found = _COOKIE.match(line)
        if found:
            encoding = _known(found[1].decode("ascii", "replace"), path)
            if mark and encoding != "utf-8":
                wrong = f"has a UTF-8 byte order mark and a coding comment for {encoding}"
                raise NotTextError(path, wrong, "remove one of them")
            return encoding, mark
        if not _BLANK.match(line):
            break
    return "utf-8", mark


def _known(name: str, path: str) -> str:
    """Python's name of an encoding that keeps ASCII, as PEP 263 asks."""
    try:
        encoding = codecs.lookup(name).name
        if encoding not in _ESCAPING and _ASCII.decode(encoding) == _ASCII.decode("ascii"):
            return "utf-8" if encoding == "utf-8-sig" else encoding
    except (LookupError, UnicodeError):
        pass
    raise NotTextError(path, f"its coding comment names {name!r}, no encoding for source", "save it as UTF-8", 1)


def _name(encoding: str) -> str:
    return "UTF-8" if encoding == "utf-8" else encoding


def _remedy(encoding: str) -> str:
    return "save it as UTF-8" if encoding == "utf-8" else "correct its coding comment or save it as UTF-8"


def _line(before: bytes) -> int:
    return len(_LINE_END.findall(before)) + 1
