"""Extended statistics: pglast's trees as expected operations."""

from __future__ import annotations

from typing import Any

from pglast import ast

from migralint.operations import AlterStatistics, CreateStatistics, DropStatistics
from migralint.schema import Key, Name, Statistics
from tests.differential.expected import Expect
from tests.differential.trees import Expression, Ref, ref, texts


class _Unnamed:
    """The name of statistics that the server names."""

    def means(self, name: object) -> bool:
        """Whether it has no text."""
        return isinstance(name, Name) and not name.name

    def __str__(self) -> str:
        return "no name"


def create_statistics(node: ast.CreateStatsStmt) -> list[Any]:
    """CREATE STATISTICS."""
    statistics = {
        "name": ref(node.defnames) if node.defnames else _Unnamed(),
        "kinds": tuple(texts(node.stat_types)),
        "keys": [_key(one) for one in node.exprs],
    }
    attributes = {
        "table": ref(node.relations[0]),
        "statistics": Expect(Statistics, statistics),
        "if_not_exists": bool(node.if_not_exists),
    }
    return [Expect(CreateStatistics, attributes)]


def _key(node: ast.StatsElem) -> Expect:
    if node.name:
        return Expect(Key, {"column": node.name, "expression": None})
    return Expect(Key, {"column": None, "expression": Expression(node.expr)})


def alter_statistics(node: ast.AlterStatsStmt) -> list[Any]:
    """ALTER STATISTICS ... SET STATISTICS."""
    target = node.stxstattarget
    number = getattr(target, "ival", target)
    wanted = None if number is None or number < 0 else number
    return [Expect(AlterStatistics, {"name": ref(node.defnames), "target": wanted, "if_exists": bool(node.missing_ok)})]


def moved_statistics(old: Ref, new: Ref) -> list[Any]:
    """RENAME TO and SET SCHEMA."""
    return [Expect(AlterStatistics, {"name": old, "new": new})]


def drop_statistics(name: Any, options: dict[str, Any]) -> Expect:
    """DROP STATISTICS of one of several."""
    return Expect(DropStatistics, {"name": ref(name), **options})
