"""The id of a new revision and the path of its file, as Alembic makes them (`ScriptDirectory.generate_revision`)."""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Container, Mapping, Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from migralint.environment.locations import Location
from migralint.history.revision import Revision
from migralint.tree.paths import parent

FILE_TEMPLATE = "%(rev)s_%(slug)s"
"""What Alembic calls files for which no `file_template` is set."""

SLUG_LENGTH = 40
"""Alembic's default of `truncate_slug_length`."""

_WORD = re.compile(r"\w+")


class AuthoringError(Exception):
    """A revision cannot be written; the message says why, and what to do."""


def new_id(known: Container[str], *content: str) -> str:
    """An id of twelve hexadecimal digits like Alembic's, which is the same for the same content.

    So that what is written twice is the same twice, and can be shown before it is written.
    """
    number = 0
    while True:
        text = "\0".join((*content, str(number)))
        found = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        if found not in known:
            return found
        number += 1


def created(now: datetime.datetime, options: Mapping[str, str]) -> datetime.datetime:
    """The date that the file shows: in the time zone of the setting `timezone`, else as the clock has it."""
    name = options.get("timezone")
    for spelled in (name, name.upper()) if name else ():
        try:
            return now.astimezone(ZoneInfo(spelled))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return now.astimezone().replace(tzinfo=None)


def path_of(
    id: str,
    message: str,
    date: datetime.datetime,
    location: Location,
    revisions: Mapping[str, Revision],
    parents: Sequence[str],
) -> str:
    """The path of the file, beside its parent where there are several version locations. Raises AuthoringError."""
    template = location.options.get("file_template") or FILE_TEMPLATE
    values = {
        "rev": id,
        "slug": slug(message, location.options.get("truncate_slug_length")),
        "epoch": int(date.timestamp()),
        **{part: getattr(date, part) for part in ("year", "month", "day", "hour", "minute", "second")},
    }
    try:
        name = f"{template % values}.py"
    except (KeyError, ValueError, TypeError):
        raise AuthoringError(f"file_template: {template!r} cannot be filled in; correct it") from None
    if name.startswith("/") or ".." in name.split("/"):
        raise AuthoringError(f"file_template: {template!r} leads out of the version location; correct it")
    folder = _folder(location, revisions, parents)
    return f"{folder}/{name}" if folder else name


def slug(message: str, length: str | None = None) -> str:
    """The words of a message for a file's name, cut as Alembic cuts them."""
    limit = int(length) if length and length.strip().isdigit() else SLUG_LENGTH
    text = "_".join(_WORD.findall(message)).lower()
    return text if len(text) <= limit else text[:limit].rsplit("_", 1)[0] + "_"


def _folder(location: Location, revisions: Mapping[str, Revision], parents: Sequence[str]) -> str:
    if len(location.version_locations) == 1:
        return location.version_locations[0]
    known = [revisions[one].path for one in parents if one in revisions]
    if not known:
        raise AuthoringError(
            f"there are several version locations ({', '.join(location.version_locations)}) and no parent says which"
        )
    return parent(known[0])
