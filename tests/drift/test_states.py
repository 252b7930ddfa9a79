"""What differs between two states of one history."""

from __future__ import annotations

import pytest

from migralint.drift.states import unlike
from tests.drift.comparing import schema

BASE = """CREATE TABLE t (id integer PRIMARY KEY, a varchar(20) NOT NULL DEFAULT 'x');
CREATE TYPE mood AS ENUM ('glad');"""


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("", []),
        ("CREATE TABLE u (id integer)", ["table public.u is left"]),
        ("DROP TABLE t", ["table public.t is gone"]),
        ("ALTER TABLE t ADD COLUMN b text", ["column public.t.b is left"]),
        ("ALTER TABLE t DROP COLUMN a", ["column public.t.a is gone"]),
        (
            "ALTER TABLE t ALTER COLUMN a TYPE varchar(10)",
            ["column public.t.a is character varying(10) and was character varying(20)"],
        ),
        ("ALTER TABLE t ALTER COLUMN a DROP NOT NULL", ["column public.t.a is NULL and was NOT NULL"]),
        ("ALTER TABLE t ALTER COLUMN a DROP DEFAULT; ALTER TABLE t ALTER COLUMN a SET DEFAULT ('x'::text)", []),
        ("CREATE INDEX t_a ON t (a)", ["index public.t.t_a is left"]),
        (
            "ALTER TABLE t RENAME CONSTRAINT t_pkey TO key",
            ["of table public.t what is now named key was named t_pkey"],
        ),
        ("CREATE TYPE other AS ENUM ('a')", ["type public.other is left"]),
        ("DROP TYPE mood", ["type public.mood is gone"]),
        ("ALTER TYPE mood ADD VALUE 'sad'", []),
        (
            "ALTER TYPE mood RENAME VALUE 'glad' TO 'happy'",
            ["type public.mood is enum ('happy') and was enum ('glad')"],
        ),
        ("CREATE SEQUENCE s", ["sequence public.s is left"]),
        ("CREATE VIEW v AS SELECT id FROM t", ["view public.v is left"]),
        ("CREATE SCHEMA more", ["schema more is left"]),
        ("CREATE EXTENSION citext", []),
        ("CREATE TEMPORARY TABLE mine (id integer)", []),
        (
            "CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'",
            ["function public.f(integer) is left"],
        ),
    ],
)
def test_what_is_told(more: str, told: list[str]) -> None:
    assert [str(one) for one in unlike(schema(BASE), schema(f"{BASE}{more};"))] == told
