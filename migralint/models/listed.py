"""Tables that code lists beside Alembic's own, or with others that have no model: the project knows of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

_OWN = "alembic_version"
_LIST = re.compile(r"""[\[({]\s*(?P<items>(?:["'][\w.]+["']\s*(?:,\s*|(?=[\])}\s\#]))|\#[^\n]*\n\s*)+)[\])}]""")
_ITEM = re.compile(r"""["']([\w.]+)["']""")
_COMMENT = re.compile(r"#[^\n]*")


def listed(texts: Iterable[str], lacking: Collection[str]) -> Iterator[str]:
    """The names in every list, tuple or set of strings that has `alembic_version` too, or nothing but `lacking`.

    `lacking` are the names of tables without a model. One alone is no list of them: it may be anything.
    """
    mentioned = re.compile("|".join(map(re.escape, (_OWN, *lacking))))
    for text in texts:
        for match in _LIST.finditer(text) if mentioned.search(text) else ():
            names = _ITEM.findall(_COMMENT.sub("", match["items"]))
            if _OWN in names:
                yield from (name for name in names if name != _OWN)
            elif len(names) > 1 and set(names) <= set(lacking):
                yield from names
