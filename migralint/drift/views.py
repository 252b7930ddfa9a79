"""What a view of one name gives, and as whom it reads, against another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from migralint.drift.comparison import BLOCKING, INTEGRITY, Part
from migralint.schema import View

_ON, _OFF = ("true", "on", "yes", "1"), ("false", "off", "no", "0")


def renamed_columns(one: View, other: View) -> tuple[frozenset[str], frozenset[str]]:
    """The names of output columns that only one has, where all are known. Their order is no difference."""
    if not _known(one) or not _known(other):
        return frozenset(), frozenset()
    mine, others = (frozenset(column.name for column in view.columns) for view in (one, other))
    return mine - others, others - mine


def unlike_columns(mine: frozenset[str], others: frozenset[str]) -> Iterator[Part]:
    """The difference in the names of columns."""
    if mine or others:
        said = " and ".join(", ".join(sorted(names)) or "nothing" for names in (mine, others))
        yield BLOCKING, f"only one of them gives {said}"


def unlike_options(one: View, other: View) -> Iterator[Part]:
    """The options that differ, of which a materialized view has none that counts."""
    mine, others = _options(one), _options(other)
    for name in sorted(mine.keys() | others.keys()):
        values = mine.get(name), others.get(name)
        if values[0] != values[1]:
            yield INTEGRITY, f"{name} is {' and '.join(value or 'not given' for value in values)}"


def _known(view: View) -> bool:
    return bool(view.columns) and not view.doubtful and not any(column.doubtful for column in view.columns)


def _options(view: View) -> Mapping[str, str]:
    if view.materialized:
        return {}
    said = {name: "true" if value in _ON else value for name, value in view.options}
    return {name: value for name, value in said.items() if value not in _OFF}
