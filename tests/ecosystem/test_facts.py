"""The comparison finds what differs and takes for equal what means the same."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from tests.ecosystem.facts.defaults import default
from tests.ecosystem.facts.expressions import expression
from tests.ecosystem.facts.keys import index_key
from tests.ecosystem.score import score_schema

TABLE: dict[str, Any] = {
    "columns": [
        {"name": "id", "type": "integer", "not_null": True, "default": "nextval('orders_id_seq'::regclass)"},
        {"name": "at", "type": "timestamp with time zone", "not_null": True, "default": "now()"},
        {"name": "state", "type": "state", "not_null": False, "default": "'new'::state"},
    ],
    "primary_key": {"name": "orders_pkey", "columns": ["id"]},
    "unique": [],
    "foreign_keys": [
        {
            "name": "orders_id_fkey",
            "columns": ["id"],
            "references": "public.users",
            "referenced_columns": ["id"],
            "on_delete": "CASCADE",
            "on_update": None,
            "validated": True,
        }
    ],
    "checks": [{"name": "orders_check", "expression": "id > 0", "validated": True}],
    "indexes": [{"name": "ix_at", "unique": False, "method": "btree", "keys": ["at DESC"], "where": None}],
}
SCHEMA: dict[str, Any] = {
    "format": 1,
    "dialect": "postgresql",
    "tables": {"public.orders": TABLE, "public.alembic_version": {"columns": []}},
    "enums": {"public.state": ["new", "done"]},
    "sequences": {"public.orders_id_seq": {"owned_by": "public.orders.id"}},
    "functions": {"public.f(integer)": {}},
}
Change = Callable[[dict[str, Any]], object]


def changed(change: Change) -> tuple[list[tuple[str, tuple[str, ...]]], list[tuple[str, tuple[str, ...]]]]:
    """What is missing and what is too much in an answer that differs from `SCHEMA` by one change."""
    answer = deepcopy(SCHEMA)
    change(answer)
    score = score_schema(SCHEMA, answer, {"alembic_version"})
    return score.missing, score.extra


def orders(answer: dict[str, Any]) -> dict[str, Any]:
    table: dict[str, Any] = answer["tables"]["public.orders"]
    return table


def test_same_schema_has_the_same_facts() -> None:
    score = score_schema(SCHEMA, deepcopy(SCHEMA), {"alembic_version"})
    assert score.is_equal
    assert score.recall == score.precision == 1
    assert score.count == score.found == 23


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "EXCLUDE USING gist (a WITH =, r WITH &&) WHERE (((s)::text <> 'x'::text)) DEFERRABLE INITIALLY DEFERRED",
            "EXCLUDE USING gist (a WITH =, r WITH &&) WHERE (s != 'x')",
        ),
        ("EXCLUDE USING gist (a WITH =) INCLUDE (b)", 'exclude using GIST ("a" WITH =) include (b)'),
    ],
)
def test_exclusions_that_mean_the_same(one: str, other: str) -> None:
    first, second = deepcopy(SCHEMA), deepcopy(SCHEMA)
    waits = {"deferrable": True, "initially": "DEFERRED"}
    orders(first)["exclusions"] = [{"name": "e", "definition": one, **waits}]
    orders(second)["exclusions"] = [{"name": "e", "definition": other, **waits}]
    assert score_schema(first, second, {"alembic_version"}).is_equal
    orders(second)["exclusions"][0]["deferrable"] = False
    assert [kind for kind, _ in score_schema(first, second, {"alembic_version"}).missing] == ["deferrable"]


@pytest.mark.parametrize(
    ("change", "missing", "extra"),
    [
        (
            lambda a: orders(a)["columns"][0].update(type="bigint"),
            [("type", ("orders", "id", "integer"))],
            [("type", ("orders", "id", "bigint"))],
        ),
        (
            lambda a: orders(a)["columns"][2].update(not_null=True),
            [("nullability", ("orders", "state", "null"))],
            [("nullability", ("orders", "state", "not null"))],
        ),
        (
            lambda a: orders(a)["columns"][2].update(default="'done'::state"),
            [("default", ("orders", "state", "'new'"))],
            [("default", ("orders", "state", "'done'"))],
        ),
        (
            lambda a: orders(a)["indexes"].clear(),
            [("index", ("orders", "", "btree", "(at DESC)")), ("index_name", ("orders", "ix_at"))],
            [],
        ),
        (
            lambda a: orders(a)["indexes"][0].update(name="other"),
            [("index_name", ("orders", "ix_at"))],
            [("index_name", ("orders", "other"))],
        ),
        (
            lambda a: orders(a)["foreign_keys"][0].update(on_delete=None),
            [("foreign_key", ("orders", "(id)", "users(id)", "on delete cascade", "on update no action"))],
            [("foreign_key", ("orders", "(id)", "users(id)", "on delete no action", "on update no action"))],
        ),
        (
            lambda a: orders(a)["checks"][0].update(expression="id >= 0"),
            [("check", ("orders", "id > 0"))],
            [("check", ("orders", "id >= 0"))],
        ),
        (
            lambda a: orders(a)["checks"][0].update(validated=False),
            [],
            [("not_validated", ("orders", "check", "id > 0"))],
        ),
        (lambda a: a["enums"]["public.state"].reverse(), [("enum", ("state", "('new', 'done')"))], None),
        (lambda a: a["functions"].clear(), [("function", ("f",))], []),
        (lambda a: a["sequences"].update({"public.s": {}}), [], [("sequence", ("s",))]),
        (lambda a: orders(a)["columns"].pop(1), None, []),
    ],
)
def test_a_difference_is_found(change: Change, missing: Any, extra: Any) -> None:
    found = changed(change)
    assert any(found)
    for side, expected in zip(found, (missing, extra), strict=True):
        if expected is not None:
            assert side == expected


def test_a_column_that_is_left_out_costs_all_that_is_said_of_it() -> None:
    missing, _ = changed(lambda a: orders(a)["columns"].pop(1))
    assert [kind for kind, _ in missing] == ["column", "type", "nullability", "default"]


def test_facts_are_counted() -> None:
    missing, extra = changed(lambda a: orders(a)["indexes"].append(orders(a)["indexes"][0]))
    assert not missing
    assert [kind for kind, _ in extra] == ["index", "index_name"]


def test_an_empty_answer_is_not_precise() -> None:
    score = score_schema(SCHEMA, {"tables": {}}, {"alembic_version"})
    assert (score.recall, score.precision) == (0, 0)


def test_what_was_there_before_counts_on_neither_side() -> None:
    answer: dict[str, Any] = {"tables": {}}
    assert score_schema(SCHEMA, answer, {"alembic_version"}, base=SCHEMA).count == 0


def test_kinds_that_were_not_recorded_do_not_count() -> None:
    answer = deepcopy(SCHEMA)
    orders(answer)["policies"] = [{"name": "p", "command": "ALL"}]
    assert not score_schema(SCHEMA, answer, {"alembic_version"}).is_equal
    assert score_schema(SCHEMA, answer, {"alembic_version"}, not_recorded=["policy"]).is_equal


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("state IN ('a', 'b')", "state = ANY (ARRAY['a'::text, 'b'::text])"),
        ("x != 1 AND (y = 2 AND z IS NOT NULL)", "((x <> 1) AND (y = 2)) AND (NOT z IS NULL)"),
        ("a BETWEEN 1 AND 2", "((a >= 1) AND (a <= 2))"),
        ("lower(name)", "lower((name)::text)"),
        ("timezone('utc'::text, now())", "CURRENT_TIMESTAMP AT TIME ZONE 'utc'"),
        ('"t"."a" > 0', "a > 0"),
    ],
)
def test_expressions_that_mean_the_same(one: str, other: str) -> None:
    assert expression(one) == expression(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("a > 1", "a >= 1"), ("state IN ('a', 'b')", "state IN ('b', 'a')"), ("a AND b OR c", "a AND (b OR c)")],
)
def test_expressions_that_do_not(one: str, other: str) -> None:
    assert expression(one) != expression(other)


@pytest.mark.parametrize(
    ("type_", "one", "other"),
    [
        ("boolean", "'t'", "true"),
        ("integer", "'0'::integer", "(0)"),
        ("jsonb", '\'{"a": 1, "b": 2}\'', '\'{"b":2,"a":1}\'::jsonb'),
        ("interval", "'01:00:00'::interval", "'1 hour'"),
        ("text[]", "ARRAY[]::text[]", "'{}'"),
        ("text", "NULL::character varying", None),
        ("timestamp with time zone", "now()", "CURRENT_TIMESTAMP"),
    ],
)
def test_defaults_that_mean_the_same(type_: str, one: str | None, other: str | None) -> None:
    values = [default(text, type_, "postgresql", lambda _: True) for text in (one, other)]
    assert values[0] == values[1]


def test_a_sequence_that_a_column_owns_is_a_serial() -> None:
    text = "nextval('public.s'::regclass)"
    assert default(text, "integer", "postgresql", lambda name: name == "s") == "serial"
    assert default(text, "integer", "postgresql", lambda _: False) == "nextval(s)"


def test_keys_of_an_index() -> None:
    assert index_key('"at" DESC NULLS FIRST') == "at DESC"
    assert index_key('name COLLATE "C" text_pattern_ops ASC NULLS LAST') == "name COLLATE C text_pattern_ops"
    assert index_key("lower((email)::text) DESC NULLS LAST") == "lower(email) DESC NULLS LAST"
