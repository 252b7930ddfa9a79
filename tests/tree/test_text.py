"""Decoding and encoding source files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migralint.tree import NotTextError, TreeError, decode, encode


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"x = 1\r\ny = 2\r", "x = 1\r\ny = 2\r"),
        ("# é\n".encode(), "# é\n"),
        (b"\xef\xbb\xbfx", "x"),
        (b"\xef\xbb\xbf# coding: utf-8\nx", "# coding: utf-8\nx"),
        (b"# -*- coding: latin-1 -*-\n'\xe9'", "# -*- coding: latin-1 -*-\n'é'"),
        (b"#!/usr/bin/python\r\n# vim: set fileencoding=cp1252 :\r\n'\x80'", None),
        (b"\x0c # coding=latin-1\r'\xe9'", "\x0c # coding=latin-1\r'é'"),
        (b"x = 1\n# coding: latin-1\n", "x = 1\n# coding: latin-1\n"),
        (b"\n\n# coding: latin-1\n", "\n\n# coding: latin-1\n"),
        (b"# coding: utf-8-sig\nx", "# coding: utf-8-sig\nx"),
        (b"# coding: shift_jis\n'\x82\xa0'", "# coding: shift_jis\n'あ'"),
    ],
)
def test_decode(data: bytes, text: str | None) -> None:
    decoded = decode(data)
    if text is not None:
        assert decoded == text
    assert encode(decoded, data) == data


def test_comment_after_code_does_not_count() -> None:
    with pytest.raises(NotTextError, match=":3: is not UTF-8"):
        decode(b"x = 1\n# coding: latin-1\n'\xe9'", "a.py")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a\r\nb\rc\nd \xff", "a.py:4: is not UTF-8: invalid start byte (byte 0xff); save it as UTF-8"),
        (
            b"# coding: ascii\n\xe9",
            "a.py:2: is not ascii: ordinal not in range(128) (byte 0xe9); correct its coding comment",
        ),
        (b"a\nb\0c", "a.py:2: holds a NUL character; save it as plain text"),
        (b"\xff\xfea\0", "a.py: is UTF-16; save it as UTF-8"),
        (b"\xfe\xff\0a", "a.py: is UTF-16; save it as UTF-8"),
        (b"\xef\xbb\xbf# coding: latin-1\n", "a.py: has a UTF-8 byte order mark and a coding comment for iso8859-1"),
        (b"# coding: nonsense\n", "a.py:1: its coding comment names 'nonsense', no encoding for source; save it as"),
    ],
)
def test_what_is_no_text(data: bytes, message: str) -> None:
    with pytest.raises(NotTextError) as caught:
        decode(data, "a.py")
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    "name", ["utf-16", "utf-7", "rot13", "hex", "idna", "punycode", "unicode_escape", "undefined", "cp037", "a.b", "-"]
)
def test_codecs_that_are_no_encodings_of_source(name: str) -> None:
    with pytest.raises(NotTextError, match="no encoding for source"):
        decode(b"# coding: " + name.encode() + b"\n")


def test_encode_without_an_original() -> None:
    assert encode("# coding: latin-1\né€") == b"# coding: latin-1\n\xe9?"
    assert encode("é\ud800") == "é?".encode()
    with pytest.raises(NotTextError, match=r"^b.py:"):
        encode("# coding: nonsense", path="b.py")


@given(st.binary(max_size=200))
def test_no_input_raises_anything_else(data: bytes) -> None:
    try:
        text = decode(data)
    except TreeError:
        return
    assert encode(text, data) == data


@given(st.sampled_from([b"# coding: ", b"#coding="]), st.text("abcdefghijklmnopqrstuvwxyz0123456789-_.", max_size=12))
def test_no_coding_comment_raises_anything_else(start: bytes, name: str) -> None:
    try:
        decode(start + name.encode() + b"\n\xe9")
    except TreeError as error:
        assert str(error)
