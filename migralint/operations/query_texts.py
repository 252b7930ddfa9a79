"""The text of a query after what it reads has another name, as far as a text can tell what its words mean.

Views and policies are texts here; PostgreSQL keeps what they mean (pg_rewrite.ev_action, pg_policy.polqual).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from migralint.schema import Name, Schema
from migralint.schema.names import quote
from migralint.schema.types import is_built_in

PIECE = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|[A-Za-z_][\w$]*|.", re.DOTALL)
"""A string literal, a name, or any other character of an expression."""

SUBQUERY = re.compile(r"\bselect\b", re.IGNORECASE)

_BEFORE_A_RELATION = ("from", "join", "only", "into", "update", ",", ".")
_BEFORE_A_VALUE = frozenset(
    """select distinct all any some where and or not on by having then else when case in is like ilike similar between
    limit offset""".split()
)
_BEFORE_AN_ITEM = ("select", "distinct", "all", ",")


def with_renamed(text: str, old: Name, new: Name, schema: Schema, uses: tuple[Name, ...]) -> str | None:
    """The query with a relation under its new name; None where the old one may mean something else in it too."""
    if _may_be_a_column(old.name, schema, uses):
        return None
    pieces = PIECE.findall(text)
    shown = list(pieces)
    words = [number for number, piece in enumerate(pieces) if not piece.isspace()]
    clause = ""
    for at, number in enumerate(words):
        word, before, after = plain(pieces[number]), _at(pieces, words, at - 1), _at(pieces, words, at + 1)
        clause = word if word in ("select", "from") else clause
        if word != old.name:
            continue
        relation = before in _BEFORE_A_RELATION and (before != "," or clause == "from")
        if not relation and after != ".":
            return None
        shown[number] = quote(new.name)
        if before == "." and new.schema != old.schema:
            if _at(pieces, words, at - 2) != old.schema:
                return None
            usual = new.schema == schema.default_schema
            shown[words[at - 2]], shown[words[at - 1]] = ("", "") if usual else (quote(new.schema), ".")
        elif relation and before != "." and new.schema != old.schema:
            shown[number] = f"{quote(new.schema)}.{quote(new.name)}"
    return "".join(shown)


def _may_be_a_column(name: str, schema: Schema, uses: tuple[Name, ...]) -> bool:
    """Whether one of the relations has a column of this name, also where nothing is known of its columns."""
    found = map(schema.relation, uses)
    return any(one is None or not one.columns or any(c.name == name for c in one.columns) for one in found)


def with_renamed_column(text: str, old: str, new: str, schema: Schema, uses: tuple[Name, ...]) -> str | None:
    """The query with a column under its new name; None where the old name may mean something else in it too.

    `uses` are the relations that it reads, with the table of the column, which has its new name already. What a SELECT
    gives out keeps its name, as PostgreSQL writes it: `SELECT new AS old`.
    """
    if _may_be_a_column(old, schema, uses):
        return None
    pieces = PIECE.findall(text)
    shown = list(pieces)
    words = [number for number, piece in enumerate(pieces) if not piece.isspace()]
    clauses = [""]
    for at, number in enumerate(words):
        word, before, after = plain(pieces[number]), _at(pieces, words, at - 1), _at(pieces, words, at + 1)
        if word == "(":
            clauses.append("")
        elif word == ")" and len(clauses) > 1:
            clauses.pop()
        elif word == "with" or (word == "select" and before == "(" and clauses[-2] == "from"):
            return None  # what it gives out may be called by the name
        elif word in ("select", "from", "where", "group", "order", "union", "intersect", "except", "having", "limit"):
            clauses[-1] = word
        elif word == "*" and before in (*_BEFORE_AN_ITEM, "."):
            return None
        if word != old or after == "(":
            continue
        first = at - 2 if before == "." else at
        ahead = _at(pieces, words, first - 1)
        if after in (".", "::", ":") or (clauses[-1] == "from" and "on" not in _since(pieces, words, at)):
            return None
        if before != "." and not _goes_before_a_value(pieces, words, at - 1):
            return None
        begins_item = clauses[-1] == "select" and ahead in _BEFORE_AN_ITEM
        is_item = begins_item and after in (",", "from", ")", "")
        shown[number] = f"{quote(new)} AS {quote(old)}" if is_item else quote(new)
        if begins_item and after == "as" and _at(pieces, words, at + 2) == new:
            shown[number + 1 : words[at + 2] + 1] = [""] * (words[at + 2] - number)
    return "".join(shown)


def with_renamed_row(definition: str, old: str, new: str) -> str:
    """CREATE TRIGGER with a column of its table renamed: in UPDATE OF, and after OLD and NEW."""
    pieces = PIECE.findall(definition)
    words = [number for number, piece in enumerate(pieces) if not piece.isspace()]
    shown, listed = list(pieces), False
    for at, number in enumerate(words):
        word, before = plain(pieces[number]), _at(pieces, words, at - 1)
        if before == "of" and _at(pieces, words, at - 2) == "update":
            listed = True
        elif word in ("on", "or"):
            listed = False
        of_row = before == "." and _at(pieces, words, at - 2) in ("old", "new")
        if word == old and (listed or of_row):
            shown[number] = quote(new)
    return "".join(shown)


def _since(pieces: list[str], words: list[int], at: int) -> list[str]:
    """The words between the last FROM or JOIN and one word, backwards."""
    out: list[str] = []
    for number in reversed(words[:at]):
        word = plain(pieces[number])
        if word in ("from", "join"):
            break
        out.append(word)
    return out


def _goes_before_a_value(pieces: list[str], words: list[int], at: int) -> bool:
    """Whether what stands there is followed by a value, not by a name for what it ends."""
    if at < 0:
        return True
    piece = pieces[words[at]]
    if piece[:1].isalpha() or piece[:1] == "_":
        return piece.lower() in _BEFORE_A_VALUE
    return piece not in (")", "]") and not piece.startswith(('"', "'")) and not piece.isdigit()


def _at(pieces: list[str], words: list[int], at: int) -> str:
    return plain(pieces[words[at]]) if 0 <= at < len(words) else ""


def plain(piece: str) -> str:
    """A name as PostgreSQL keeps it, other pieces in lower case."""
    return piece[1:-1].replace('""', '"') if piece[:1] == '"' else piece.lower()


def outdated(before: Schema, after: Schema) -> Iterator[Name]:
    """The views that an operation left with the old name of something they read."""
    for name, view in after.views.items():
        old = before.views.get(name)
        if old is not None and old.definition == view.definition and (old.uses, old.reads) != (view.uses, view.reads):
            yield name


def renamed_identifier(expression: str, old: str, new: str) -> str:
    """The expression with one identifier renamed; string literals and function names are left alone."""
    pieces = PIECE.findall(expression)
    out = []
    for i, piece in enumerate(pieces):
        following = next((p for p in pieces[i + 1 :] if not p.isspace()), "")
        is_name = piece[:1] == '"' or piece[:1].isalpha() or piece[:1] == "_"
        out.append(quote(new) if is_name and plain(piece) == old and following != "(" else piece)
    return "".join(out)


def as_text(expression: str, column: str) -> str:
    """The expression over a column of type varchar or char as PostgreSQL keeps it where the column gets another type:
    operators and functions had it cast to text (`ruleutils.c` writes that cast, and the text is read again).
    """
    if column in _OTHERWISE or SUBQUERY.search(expression):
        return expression
    pieces = PIECE.findall(expression)
    words = [number for number, piece in enumerate(pieces) if not piece.isspace()]
    for at, number in enumerate(words):
        piece = pieces[number]
        named = (piece[:1] == '"' or piece[:1].isalpha() or piece[:1] == "_") and plain(piece) == column
        if named and _at(pieces, words, at + 1) not in ("(", "is", ":", "."):
            pieces[number] = f"({piece})::text"
            _cast_list(pieces, words, at + 1)
    return "".join(pieces)


def _cast_list(pieces: list[str], words: list[int], at: int) -> None:
    """The strings of an IN that begins here: they were of the type of the column, and so cast twice."""
    at += _at(pieces, words, at) == "not"
    if _at(pieces, words, at) != "in" or _at(pieces, words, at + 1) != "(":
        return
    for number in words[at + 2 :]:
        if pieces[number] == ")":
            return
        if pieces[number][:1] == "'":
            pieces[number] += "::character varying::text"


_OTHERWISE = frozenset("year month day hour minute second epoch zone at name value key row type".split())
"""Words that an expression may hold without meaning a column."""


def mentions(expression: str, column: str) -> bool:
    """Whether an expression over one table surely uses this column: not where its name may mean something else.

    Of a subquery that reads something nothing is sure.
    """
    text = _outside(_STRING.sub("''", expression)) if SUBQUERY.search(expression) else expression
    if column in _OTHERWISE or is_built_in(column):
        beside = rf"(?:^|{_OPERATOR}|\b(?:and|or|not)\b)\s*{re.escape(column)}\s*(?:$|{_OPERATOR}|::|\b(?:{_WORDS})\b)"
        return re.search(beside, _STRING.sub("''", text), re.IGNORECASE) is not None
    return renamed_identifier(text, column, "\0") != text


_STRING = re.compile(r"'(?:[^']|'')*'")
_OPERATOR = r"[(){},=<>!~+*/|&-]"
_WORDS = "is|in|not|and|or|like|ilike|between"
_GROUP = re.compile(r"(\w+\s*)?\(([^()]*)\)")
_FROM = re.compile(r"\bfrom\b", re.IGNORECASE)


def _outside(expression: str) -> str:
    """The expression without its subqueries; those without FROM stay, as they are about the same row."""
    text = expression
    while (found := _GROUP.search(text)) is not None:
        inside = found[2]
        if SUBQUERY.search(inside):
            inside = "" if _FROM.search(inside) else SUBQUERY.sub(" ", inside)
        text = f"{text[: found.start()]} {{{inside}}} {text[found.end() :]}"
    return "" if SUBQUERY.search(text) else text
