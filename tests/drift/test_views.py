"""Views of one name, of which one side has another."""

from __future__ import annotations

import pytest

from migralint.configuration import Configuration
from migralint.drift import beside
from migralint.snapshots import parse
from tests.drift.comparing import schema
from tests.postgres.server import Server, server

__all__ = ["server"]

TABLES = """
CREATE TABLE b (id int, s text, n numeric, m varchar(5));
CREATE TABLE c (id int, b_id int, at timestamptz, ok bool, tags text[], j jsonb);
"""
MADE = TABLES + "CREATE VIEW v AS SELECT b.id, s, sum(n) AS t FROM b WHERE b.s <> 'x' GROUP BY b.id, s;"


def told(head: str, derived: str) -> list[tuple[str, str]]:
    """The class of each difference, and what is said of it."""
    found = beside(schema(head), parse(derived, "snapshot.sql", Configuration()), lambda _: None, alike=False)
    return [(d.drift_class, d.message.partition("snapshot.sql: ")[2]) for d in found]


@pytest.mark.parametrize(
    ("old", "new", "drift_class", "words"),
    [
        ("SELECT b.id,", "SELECT b.id AS bid,", "blocking", "only one of them gives id and bid"),
        ("v AS", "v WITH (security_invoker = true) AS", "integrity", "security_invoker is not given and true"),
        ("BY b.id, s;", "BY b.id, s WITH CHECK OPTION;", "integrity", "check_option is not given and cascaded"),
        ("CREATE VIEW", "CREATE MATERIALIZED VIEW", "blocking", "one of them is materialized"),
        ("<> 'x'", "= 'x'", "blocking", "the queries differ"),
        ("WHERE b.s <> 'x'", "WHERE b.s <> 'x' AND s <> s", "blocking", "the queries differ"),
        ("sum(n)", "avg(n)", "blocking", "the queries differ"),
    ],
)
def test_what_readers_notice(old: str, new: str, drift_class: str, words: str) -> None:
    assert told(MADE, MADE.replace(old, new)) == [(drift_class, words)]
    ((found, _),) = told(MADE.replace(old, new), MADE)
    assert found == drift_class


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<>", "!="),
        ("b.id, s, ", "s, b.id, "),
        ("v AS", "v WITH (security_invoker = false, security_barrier = off) AS"),
        ("<> 'x'", "NOT IN ('x')"),
    ],
)
def test_what_means_the_same(old: str, new: str) -> None:
    assert told(MADE, MADE.replace(old, new)) == []


def test_names_that_follow_from_a_column_of_one_side() -> None:
    assert told(MADE, MADE.replace("s text", "title text").replace("b.s", "b.title").replace(", s", ", title")) == []


SPELLED = (
    TABLES
    + """
CREATE TYPE mood AS ENUM ('ok');
CREATE VIEW v1 AS SELECT b.id, count(*), coalesce(s, 'x'), n::int, max(n) FILTER (WHERE s = 'a' AND n != 1),
    CASE WHEN s = 'x' THEN 1 ELSE 2 END FROM b WHERE b.s <> 'x' GROUP BY b.id, s, n;
CREATE VIEW v2 WITH (security_invoker, security_barrier = off) AS
    SELECT * FROM b JOIN c USING (id) WHERE (b.s, b.m) = ('a', 'b') AND n BETWEEN 1 AND 2;
CREATE VIEW v3 WITH (security_invoker = on) AS
    SELECT b.*, c.at FROM b, c WHERE c.b_id = b.id AND s IN ('a','b') AND m NOT IN ('c') AND m LIKE 'x%';
CREATE VIEW v4 AS SELECT s FROM b WHERE s = 'a' AND NOT (m = 'b') AND n >= 1
    AND EXISTS (SELECT 1 FROM c WHERE c.id = b.id AND c.ok = true) WITH LOCAL CHECK OPTION;
CREATE MATERIALIZED VIEW v5 WITH (fillfactor=70) AS
    SELECT sum(n) AS t, avg(n), min(id) FROM b WHERE id = ANY('{1,2}'::int[]) AND s = 'a';
CREATE VIEW v6 AS SELECT id FROM b WHERE s IS DISTINCT FROM 'a' AND NULLIF(s, 'x') = 'q'
    UNION SELECT id FROM c WHERE tags = ARRAY['a'] AND j->>'a' = 'x' AND at > now() - interval '1 day';
CREATE VIEW v7 AS WITH q AS (SELECT id, row_number() OVER (PARTITION BY s ORDER BY n DESC) AS r FROM b)
    SELECT * FROM q WHERE r = 1;
CREATE VIEW v8 AS SELECT CASE s WHEN 'a' THEN 1 WHEN 'b' THEN 2 END AS k, bool_or(n > 1) AS o, s = 'x' AS e, 'ok'::mood
    FROM b GROUP BY s, n HAVING count(*) > 1;
CREATE VIEW v9 (x, y) AS SELECT id, b.s FROM b NATURAL JOIN c WHERE s !~ 'a' AND ROW(n, id) = ROW(1, 2);
CREATE VIEW v10 AS SELECT id FROM b WHERE (id, n) < (1, 2) AND s = SOME(ARRAY['a']);
"""
)


def test_a_dump_of_the_same_views_is_silent(server: Server) -> None:
    with server.empty() as connection:
        connection.execute(SPELLED)
        dumped = server.dump()
    assert told(SPELLED, dumped) == []
