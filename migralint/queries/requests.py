"""The methods of a request that supabase-py builds, and what each of them says about tables and columns.

Source: the reference of supabase-py, and the source of its request builders (`postgrest`).
"""

from __future__ import annotations

from collections.abc import Iterable

from migralint.operations import Place
from migralint.python.text import Text, concat
from migralint.queries import postgrest
from migralint.queries.frame import Arguments
from migralint.queries.values import (
    UNKNOWN,
    Builder,
    Entry,
    Mention,
    Record,
    Rows,
    Value,
    alternatives,
    either,
    texts,
)
from migralint.sql.tokens import HOLE

VERBS = ("select", "insert", "update", "upsert", "delete")
_COMPARED = ("eq", "neq", "gt", "gte", "lt", "lte")
_MATCHED = ("like", "ilike", "match_regex", "imatch", "like_all_of", "like_any_of", "ilike_all_of", "ilike_any_of")
_OTHERS = (
    *("is_", "fts", "plfts", "phfts", "wfts", "text_search", "contains", "contained_by", "cs", "cd", "ov", "overlaps"),
    *("sl", "sr", "nxl", "nxr", "adj", "range_gt", "range_gte", "range_lt", "range_lte", "range_adjacent"),
    *("range_ls", "isdistinct", "not_in"),
)
_FILTERS = frozenset((*_COMPARED, *_MATCHED, *_OTHERS))
_GOES_ON = frozenset(
    """limit range single maybe_single csv explain offset returns max_affected geojson strip_nulls rollback header
    abort_signal set_header retry execute""".split()
)
_EXACT = ("eq", "neq", "in_", "in", "isdistinct")
"""Filters whose values are those of the column."""
METHODS = frozenset((*VERBS, *_FILTERS, *_GOES_ON, "in_", "filter", "or_", "match", "order", "not_"))
"""All methods of a request."""

COLUMNS_NOT_KNOWN = "the columns that it selects are not known"
FILTER_NOT_KNOWN = "the column of a filter is not known"
PAYLOAD_NOT_KNOWN = "what it stores is not known"


def method(request: Builder, name: str, given: Arguments, place: Place, depth: int) -> Value:
    """What a method call does to a request; it gives the request, the answer, or UNKNOWN."""
    if name in VERBS:
        _verb(request, name, given, place)
    elif name in _FILTERS:
        _filter(request, name, given.get(0, "column"), given.get(1, "value", "pattern", "values", "query"), place)
    elif name == "in_":
        _filter(request, name, given.get(0, "column"), _items(given.get(1, "values")), place)
    elif name in ("filter", "not_"):
        values = given.get(2, "criteria")
        _filter(request, str(given.get(1, "operator")), given.get(0, "column"), values, place)
    elif name == "match":
        _match(request, given.get(0, "query"), place)
    elif name == "or_":
        reference = texts(given.get(1, "reference_table", "foreign_table"))
        found = texts(given.get(0, "filters"))
        request.conditions += [(one, place, reference[0] if reference else None) for one in found]
        _gap(request, found, given.get(0, "filters"), place, FILTER_NOT_KNOWN)
    elif name == "order":
        reference = texts(given.get(-1, "foreign_table", "reference_table"))
        found = texts(given.get(0, "column"))
        for one in found:
            request.mentions.append(Mention("order", one, place, (), reference[0] if reference else None))
        _gap(request, found, given.get(0, "column"), place, "the column of its order is not known")
    elif name == "execute":
        return _answer(request)
    elif name not in _GOES_ON:
        return UNKNOWN
    return request


def _gap(request: Builder, found: Iterable[Text], value: Value, place: Place, reason: str) -> None:
    """Notes what is not known of a value that should be a text."""
    found = list(found)
    if len(found) != len(alternatives(value)) or any(HOLE in one for one in found):
        request.gaps[place, reason] = None


def _verb(request: Builder, name: str, given: Arguments, place: Place) -> None:
    if name == "select":
        _select(request, given, place)
    elif name != "delete":
        _store(request, given.get(0, "json"), name, place)
        conflict = given.get(-1, "on_conflict")
        if name == "insert" and given.get(-1, "upsert") is True:
            name = "upsert"
        for one in texts(conflict):
            request.conflict = (one, place)
    if not request.verb or name != "select":
        request.verb, request.verb_place = name, place


def _select(request: Builder, given: Arguments, place: Place) -> None:
    columns = (
        [*given.positional] if given.positional else [given.keywords["columns"]] if "columns" in given.keywords else []
    )
    if not columns:
        request.selected.append((Text("*"), place))
        return
    for column in columns:
        found = texts(column)
        if isinstance(column, Rows):
            found = tuple(one for item in column.items for one in texts(item))
        request.selected += [(one, place) for one in found]
        if not found or given.open or any(HOLE in one for one in found):
            request.gaps[place, COLUMNS_NOT_KNOWN] = None


def _store(request: Builder, value: Value, name: str, place: Place) -> None:
    known = False
    for record in records(value):
        if record is None:
            request.gaps[place, PAYLOAD_NOT_KNOWN] = None
            continue
        known = True
        request.rows.append(record)
        if record.open:
            request.gaps[place, PAYLOAD_NOT_KNOWN] = None
    if not known:
        request.gaps[place, PAYLOAD_NOT_KNOWN] = None


def records(value: Value, depth: int = 0) -> Iterable[Record | None]:
    """The rows of a payload; None for one that is not known."""
    for one in alternatives(value):
        if isinstance(one, Record):
            yield one
        elif isinstance(one, Rows) and depth < 3:
            for item in one.items:
                yield from records(item, depth + 1)
            if one.open:
                yield None
        else:
            yield None


def stored(request: Builder) -> Iterable[tuple[str, Entry]]:
    """What a request stores: each column with its value."""
    for record in request.rows:
        yield from record.entries.items()


def _items(value: Value) -> Value:
    found = [one.items if isinstance(one, Rows) else [one] for one in alternatives(value)]
    return either(item for items in found for item in items)


def _filter(request: Builder, how: str, column: Value, value: Value, place: Place) -> None:
    found = texts(column)
    values = tuple(one for one in texts(value) if HOLE not in one) if how in _EXACT else ()
    if how == "in":  # as PostgREST writes it
        values = tuple(Text(part.strip('"')) for one in values for part in postgrest.listed(one))
    for one in found:
        request.mentions.append(Mention("filter", one, place, values))
    _gap(request, found, column, place, FILTER_NOT_KNOWN)


def _match(request: Builder, value: Value, place: Place) -> None:
    for record in records(value):
        if record is None or record.open:
            request.gaps[place, FILTER_NOT_KNOWN] = None
        for name, entry in record.entries.items() if record is not None else ():
            at = entry.place or place
            values = tuple(one for one in texts(entry.value) if HOLE not in one)
            request.mentions.append(Mention("filter", Text(name), at, values))


def _answer(request: Builder) -> Value:
    return UNKNOWN


def joined(request: Builder) -> tuple[Text, Place] | None:
    """All that is selected as one text."""
    if not request.selected:
        return None
    parts: list[str] = []
    for number, (text, _) in enumerate(request.selected):
        parts += [",", text] if number else [text]
    return concat(parts), request.selected[0][1]
