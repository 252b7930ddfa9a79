"""Queries that surely differ, and as PostgreSQL prints them."""

from __future__ import annotations

import pytest

from migralint.schema.selects import surely_other
from tests.postgres.server import Server, server

__all__ = ["server"]

START = """
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE TABLE users (id uuid PRIMARY KEY, name text, mood mood, age integer);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id uuid REFERENCES users, total numeric(8, 2), note varchar(50),
    at timestamptz DEFAULT now(), paid boolean);
CREATE FUNCTION me() RETURNS uuid LANGUAGE sql AS 'SELECT gen_random_uuid()';
"""
QUERIES = (
    "SELECT * FROM orders",
    "SELECT id, note FROM orders WHERE note IN ('a', 'b') AND total BETWEEN 1 AND 10.50",
    "SELECT count(*) FROM orders WHERE paid AND total > -1",
    "SELECT o.id, u.name FROM orders o LEFT JOIN users u ON u.id = o.user_id WHERE u.mood = 'good'",
    "WITH rich AS (SELECT user_id, sum(total) AS total FROM orders GROUP BY 1) SELECT name, rich.total FROM rich "
    "JOIN users ON users.id = rich.user_id ORDER BY 2 DESC LIMIT 5",
    "SELECT DISTINCT lower(trim(name)) AS name FROM users WHERE age >= 18 OR name ILIKE 'a%'",
    "SELECT id FROM orders WHERE at > now() - interval '24 hours' AND at < '2030-01-01'",
    "SELECT extract(year FROM at) AS year, coalesce(note, '') AS note FROM orders WHERE user_id = me()",
    "SELECT CASE WHEN total > 5 THEN 'much' ELSE 'little' END AS size, note || '!' AS said FROM orders",
    "SELECT id FROM users u WHERE EXISTS (SELECT 1 FROM orders WHERE orders.user_id = u.id AND paid IS TRUE)",
    "SELECT substring(note from 2 for 3) AS part, position('a' in note) AS at, char_length(note) AS long FROM orders",
    "SELECT total * 2 AS twice, note FROM orders ORDER BY twice",
    "SELECT id FROM orders UNION ALL SELECT id FROM orders WHERE NOT paid",
)


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_is_not_other_than_postgresql_prints_it(server: Server, query: str) -> None:
    with server.empty() as connection:
        connection.execute(START)
        connection.execute(f"CREATE VIEW v AS {query}".encode())
        row = connection.execute("SELECT pg_get_viewdef('v'::regclass)").fetchone()
        assert row is not None
        assert not surely_other(query, row[0]), row[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SELECT id FROM orders", "SELECT id FROM users"),
        ("SELECT id FROM orders", "SELECT orders.id, orders.note FROM orders"),
        ("SELECT id FROM orders WHERE note = 'a'", "SELECT id FROM orders WHERE note = 'b'"),
        ("SELECT id FROM orders WHERE total > 5", "SELECT id FROM orders WHERE total > 6"),
        ("SELECT id FROM orders WHERE total > 5", "SELECT id FROM orders WHERE total >= 5"),
        ("SELECT id FROM orders WHERE total > 5", "SELECT id FROM orders"),
        ("SELECT id FROM orders WHERE id = 5 AND note = ''", "SELECT id FROM orders WHERE id = 5 OR note = ''"),
        ("SELECT id FROM orders JOIN users USING (id)", "SELECT id FROM orders LEFT JOIN users USING (id)"),
        ("SELECT me() AS me", "SELECT you() AS me"),
        ("SELECT id FROM orders", "SELECT DISTINCT id FROM orders"),
        ("SELECT id FROM orders WHERE paid = true", "SELECT id FROM orders WHERE paid = false"),
        ("id IN (SELECT user_id FROM orders)", "id IN (SELECT user_id FROM orders WHERE paid)"),
    ],
)
def test_what_is_kept_is_compared(one: str, other: str) -> None:
    assert surely_other(one, other)
    assert not surely_other(one, one)


def test_what_is_not_parsed_is_not_judged() -> None:
    assert not surely_other("SELECT FROM FROM", "SELECT 1")
    assert not surely_other("SELECT " + "1 + " * 20_000 + "1", "SELECT 1")
