"""The file of table sizes exported from production: CSV with a table and a number of rows a line."""

from __future__ import annotations

import csv
from collections.abc import Mapping

from migralint.tree import MissingError, Tree, TreeError
from migralint.verdict.errors import VerdictError

_QUERY = "\\copy (SELECT schemaname || '.' || relname, n_live_tup FROM pg_stat_user_tables) TO 'sizes.csv' CSV"


def read(tree: Tree, path: str) -> Mapping[str, int]:
    """Rows by table; a first line with titles is skipped. Raises VerdictError for a file that is missing or another."""
    try:
        lines = list(csv.reader(tree.text(path).splitlines(), strict=True))
    except MissingError:
        raise VerdictError(f"{path}: no such file of table sizes; export it with psql: {_QUERY}") from None
    except (TreeError, csv.Error) as error:
        raise VerdictError(f"{path}: not read as table sizes: {error}; export it with psql: {_QUERY}") from None
    sizes: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        if not line or (number == 1 and len(line) == 2 and not line[1].strip().lstrip("-").isdecimal()):
            continue
        if len(line) != 2 or not line[1].strip().isdecimal():
            raise VerdictError(
                f"{path}:{number}: expected a table and its number of rows; export the file with psql: {_QUERY}"
            )
        sizes[line[0].strip()] = int(line[1])
    return sizes
