"""Writes a file as a whole: a reader sees the old content or the new one, never a part."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress

import click


def write(path: str, text: str | bytes) -> bool:
    """Puts the text into a file, by a new file in place of the old one; whether that changed anything.

    The target of a link is replaced, its permissions kept; what is no file (a pipe, a device) is written to. Raises
    click.ClickException where it cannot be written.
    """
    data = text if isinstance(text, bytes) else text.encode("utf-8", "backslashreplace")
    target = os.path.realpath(path)
    try:
        mode = os.stat(target).st_mode if os.path.exists(target) else None
        if mode is not None and not stat.S_ISREG(mode):
            with open(target, "wb") as stream:
                stream.write(data)
            return True
        if mode is not None:
            with open(target, "rb") as stream:
                if stream.read(len(data) + 1) == data:
                    return False
        _replace(target, data, mode)
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}") from None
    return True


def _replace(target: str, data: bytes, mode: int | None) -> None:
    handle, temporary = tempfile.mkstemp(prefix=f".{os.path.basename(target)}.", dir=os.path.dirname(target))
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        os.chmod(temporary, stat.S_IMODE(mode) if mode is not None else 0o666 & ~_umask())
        os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            os.remove(temporary)
        raise


def _umask() -> int:
    """What new files are not permitted; it can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
