"""Which columns an expression over one table surely uses."""

from __future__ import annotations

import pytest

from migralint.operations.query_texts import mentions


@pytest.mark.parametrize(
    ("expression", "column"),
    [
        ("owner = (SELECT auth.uid())", "owner"),
        ("(SELECT auth.uid()) = owner AND EXISTS (SELECT 1 FROM members m WHERE m.id = team)", "owner"),
        ("(SELECT (auth.jwt() ->> 'role'::text)) = 'a'::text AND owner = 1", "owner"),
        ("name <> 'locked'", "name"),
        ("(storage.foldername(name))[1] = 'x'", "name"),
        ("coalesce(date, now()) > now()", "date"),
        ("kind = 'a' AND type IN (1, 2)", "type"),
    ],
)
def test_surely_used(expression: str, column: str) -> None:
    assert mentions(expression, column)


@pytest.mark.parametrize(
    ("expression", "column"),
    [
        ("EXISTS (SELECT 1 FROM members m WHERE m.id = team)", "team"),
        ("auth.uid() IN (SELECT member FROM members WHERE team = (SELECT x))", "team"),
        ("extract(year FROM made) = 1", "year"),
        ("made AT TIME ZONE 'x' = now()", "zone"),
        ("x::date = made AND CAST(x AS date) = made AND date '2020-01-01' < made", "date"),
        ("said = 'owner = 1'", "owner"),
    ],
)
def test_not_surely_used(expression: str, column: str) -> None:
    assert not mentions(expression, column)
