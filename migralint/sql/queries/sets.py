"""Functions that yield several rows."""

from __future__ import annotations

from migralint.sql.queries import json_values
from migralint.sql.queries.functions import regexp_split
from migralint.sql.queries.times import series
from migralint.sql.queries.values import array_of

_SERIES = 10_000
SETS = frozenset(("unnest", "generate_series", "string_to_table", "regexp_split_to_table", *json_values.SETS))
"""Those that can be answered."""


def items_of(name: str, arguments: list[object]) -> list[object] | None:
    """What they yield, or None where that is not known."""
    match name, arguments:
        case "unnest", [array]:
            found = array_of(array) if isinstance(array, str) else array
            return list(_flat(found)) if isinstance(found, list) else [] if found is None else None
        case "unnest", [_, _, *_]:
            if not all(isinstance(array, list) for array in arguments):
                return None
            arrays = [array for array in arguments if isinstance(array, list)]
            longest = max(map(len, arrays))
            return [
                {f"unnest_{n}": array[at] if at < len(array) else None for n, array in enumerate(arrays)}
                for at in range(longest)
            ]
        case "generate_series", [int(low), int(high), *rest]:
            step = rest[0] if rest else 1
            if not isinstance(step, int) or not step or abs(high - low) > _SERIES * abs(step):
                return None
            return list(range(low, high + (1 if step > 0 else -1), step))
        case "generate_series", [low, high, step]:
            return series(low, high, step, _SERIES)
        case "string_to_table", [str(text), str(delimiter)]:
            return list(text.split(delimiter)) if delimiter else None
        case "regexp_split_to_table", [str(text), str(pattern)]:
            split = regexp_split(text, pattern)
            return split if isinstance(split, list) else None
        case _, [argument] if name in json_values.SETS:
            return json_values.rows(name, argument)
    return None


def _flat(array: list[object]) -> list[object]:
    found: list[object] = []
    for item in array:
        found += _flat(item) if isinstance(item, list) else [item]
    return found
