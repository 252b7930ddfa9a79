"""A `script.py.mako` filled in as text. It is never run: only the expressions of Alembic's own templates are known."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

STANDARD = '''\
"""${message}

Revision ID: ${up_revision}
Revises: ${down_revision | comma,n}
Create Date: ${create_date}

"""

from typing import Sequence, Union

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}

# revision identifiers, used by Alembic.
revision: str = ${repr(up_revision)}
down_revision: Union[str, Sequence[str], None] = ${repr(down_revision)}
branch_labels: Union[str, Sequence[str], None] = ${repr(branch_labels)}
depends_on: Union[str, Sequence[str], None] = ${repr(depends_on)}


def upgrade() -> None:
    """Upgrade schema."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Downgrade schema."""
    ${downgrades if downgrades else "pass"}
'''
"""The form of a new revision where a project has no template, or one that does more than fill in."""

_EXPRESSION = re.compile(r"\$\{([^{}]*)\}")
_CODE = re.compile(r"<%|</%|^[ \t]*%(?!%)", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*##.*\n?", re.MULTILINE)
_CONTINUED = re.compile(r"\\\r?\n")
_TERM = r"""(?P<{0}>[a-z_]+|(?:repr|str)\(\s*[a-z_]+\s*\)|"[^"\\]*"|'[^'\\]*')"""
_FORM = re.compile(
    rf"\s*{_TERM.format('value')}(?:\s+if\s+(?P<test>[a-z_]+)\s+else\s+{_TERM.format('other')}"
    rf"|\s+or\s+{_TERM.format('instead')})?\s*(?:\|(?P<filters>[\s\w,]*))?\s*"
)
_CALLED = re.compile(r"(repr|str)\(\s*([a-z_]+)\s*\)")
_FILTERS = frozenset({"n", "comma", "trim"})

Values = Mapping[str, str | Sequence[str] | None]


class NotKnown(Exception):
    """The template does something that only Mako can do."""


def fill(template: str, values: Values) -> str:
    """The template with its expressions filled in. Raises NotKnown for one that holds anything else than these.

    Known are the values by name, `repr()` and `str()` of them, `a if b else c`, `a or b`, texts, and the filters that
    Alembic's templates use.
    """
    text = _COMMENT.sub("", template.replace("\r\n", "\n"))
    if _CODE.search(text):
        raise NotKnown
    text = _CONTINUED.sub("", text).replace("\n%%", "\n%")
    filled = _EXPRESSION.sub(lambda found: _filled(found[1], values), text)
    if "${" in _EXPRESSION.sub("", text):
        raise NotKnown
    return filled


def _filled(expression: str, values: Values) -> str:
    form = _FORM.fullmatch(expression)
    if form is None:
        raise NotKnown
    filters = {one.strip() for one in (form["filters"] or "").split(",")} - {""}
    if not filters <= _FILTERS:
        raise NotKnown
    chosen = form["value"]
    if form["test"] is not None and not _value(form["test"], values):
        chosen = form["other"]
    elif form["instead"] is not None and not _value(chosen, values):
        chosen = form["instead"]
    value = _value(chosen, values)
    if "comma" in filters:
        value = "" if value is None else value if isinstance(value, str) else ", ".join(value)
    text = value if isinstance(value, str) else str(value)
    return text.strip() if "trim" in filters else text


def _value(term: str, values: Values) -> str | Sequence[str] | None:
    """What a term stands for. Raises NotKnown."""
    if term[0] in "\"'":
        return term[1:-1]
    called = _CALLED.fullmatch(term)
    name = called[2] if called else term
    if name not in values:
        raise NotKnown
    value = values[name]
    if called is None:
        return value
    return repr(value) if called[1] == "repr" else str(value)
