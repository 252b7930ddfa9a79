"""The file of table sizes that was exported from production."""

from __future__ import annotations

from pathlib import Path

import pytest

from migralint.tree import WorkTree
from migralint.verdict import sizes
from migralint.verdict.errors import VerdictError


def read(folder: Path, text: str) -> dict[str, int]:
    (folder / "sizes.csv").write_text(text)
    return dict(sizes.read(WorkTree(str(folder)), "sizes.csv"))


def test_what_psql_exports(tmp_path: Path) -> None:
    text = 'public.orders,5000000\n"odd, name.t",3\n\nshop.kinds,0\n'
    assert read(tmp_path, text) == {"public.orders": 5000000, "odd, name.t": 3, "shop.kinds": 0}
    assert read(tmp_path, "table,rows\r\npublic.t, 7\r\n") == {"public.t": 7}
    assert read(tmp_path, "") == {}


@pytest.mark.parametrize("line", ["public.u", "public.u,many", "public.u,-1", "public.u,1,2"])
def test_another_file(tmp_path: Path, line: str) -> None:
    with pytest.raises(VerdictError, match=r"^sizes.csv:2: expected a table and its number of rows; export"):
        read(tmp_path, f"public.t,1\n{line}\n")


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(VerdictError, match=r"^sizes.csv: no such file of table sizes; export it with psql: "):
        sizes.read(WorkTree(str(tmp_path)), "sizes.csv")
