"""Tables that code lists beside Alembic's own: those that its own comparisons, or its clean-up, pass over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_OWN = "alembic_version"
_LIST = re.compile(r"""[\[({]\s*(?P<items>(?:["'][\w.]+["']\s*(?:,\s*|(?=[\])}\s\#]))|\#[^\n]*\n\s*)+)[\])}]""")
_ITEM = re.compile(r"""["']([\w.]+)["']""")
_COMMENT = re.compile(r"#[^\n]*")


def listed(texts: Iterable[str]) -> Iterator[str]:
    """The names in every list, tuple or set of strings that has `alembic_version` too."""
    for text in texts:
        for match in _LIST.finditer(text) if _OWN in text else ():
            names = _ITEM.findall(_COMMENT.sub("", match["items"]))
            if _OWN in names:
                yield from (name for name in names if name != _OWN)
