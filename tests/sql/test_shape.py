"""The columns of queries, and the columns they read, are those that the server gives and depends on."""

from __future__ import annotations

import pytest

from migralint.schema import Name
from migralint.sql.queries.shape import UNKNOWN_TYPE
from tests.postgres.server import Server
from tests.sql.reading import read

SETUP = """
CREATE TYPE mood AS ENUM ('a', 'b');
CREATE DOMAIN short AS varchar(7);
CREATE TYPE pair AS (x int, y text);
CREATE TABLE p (
    i int, s smallint, b bigint, n numeric(10,2), r real, d double precision, t text, v varchar(10), c char(3),
    bo boolean, ts timestamp, tz timestamptz, da date, ti time, iv interval, j json, jb jsonb, u uuid, ia int[],
    va varchar(5)[], m mood, dd short, cc pair, "Q" int
);
CREATE TABLE o (i int, name varchar(20) NOT NULL, other text);
CREATE FUNCTION f(int) RETURNS numeric(5,2) LANGUAGE sql AS 'SELECT 1.0';
CREATE VIEW names (label, number) AS SELECT name, i FROM o;
"""
EXPRESSIONS = """
1 | 1.5 | 3000000000 | 30000000000000000000 | 'x' | true | NULL | i::text | 'a'::text | 1::bigint | 'x'::varchar(5)
'{}'::int[] | 'a'::mood | 'x'::short | CAST(i AS numeric(5,1)) | date '2020-01-01' | interval '1 day' | "Q"::text
i + s | i + b | i + n | s + s | r + i | r * d | i / 2 | i % 2 | 2 ^ 3 | -i | s * 2 | r + r | i * 1.5 | d + n
t OR_CONCAT v | v OR_CONCAT 'x' | i OR_CONCAT 'x' | 'a' OR_CONCAT 'b' | ia OR_CONCAT 1 | jb OR_CONCAT jb
j -> 'a' | jb -> 'a' | jb ->> 'a' | jb #>> '{a}' | jb @> '{}' | jb - 'a' | i = 1 AND bo | NOT bo | i IN (1, 2)
i IS NULL | i BETWEEN 1 AND 2 | EXISTS (SELECT 1) | t LIKE 'a%' | t ~ 'a' | i > ANY(ia) | ts > now()
CASE WHEN bo THEN i ELSE b END | CASE WHEN bo THEN 'x' ELSE 'y' END | CASE WHEN bo THEN v END
CASE WHEN bo THEN v ELSE t END | CASE WHEN bo THEN 1 ELSE 2.5 END | CASE WHEN bo THEN NULL ELSE da END
coalesce(v, 'x') | coalesce(v, v) | coalesce(n, 0) | coalesce(v, t) | coalesce(i, b, s) | nullif(i, 0) | nullif(v, 'x')
greatest(i, b) | least(v, v) | coalesce(ts, now()) | coalesce(sum(i), 0) | greatest(da, current_date)
count(*) | sum(i) | sum(s) | sum(b) | sum(n) | sum(r) | sum(iv) | avg(i) | avg(r) | min(i) | max(v) | max(n) | min(m)
array_agg(i) | array_agg(v) | string_agg(t, ',') | bool_and(bo) | json_agg(i) | jsonb_object_agg(t, i) | stddev(i)
count(*) FILTER (WHERE i > 1) | sum(i)::int | count(*) * 1.0 | max(i) + 1 | mode() WITHIN GROUP (ORDER BY i)
now() | current_timestamp | current_date | localtimestamp | current_user | date_trunc('day', ts) | date_trunc('day', da)
date_part('day', ts) | extract(year FROM ts) | to_char(ts, 'YYYY') | to_timestamp(1) | age(ts) | ts - ts | da - da
da + 1 | ts + iv | da + iv | tz + iv | iv * 2 | ti + iv | ts::date | ts AT TIME ZONE 'UTC' | tz AT TIME ZONE 'UTC'
lower(v) | length(t) | trim(v) | trim(both 'x' FROM v) | substring(v FROM 1 FOR 2) | left(t, 1) | concat(t, v)
position('a' IN t) | md5(t) | abs(i) | abs(n) | round(n, 1) | round(d) | ceil(i) | mod(i, 2) | power(i, 2) | random()
gen_random_uuid() | row_number() OVER () | rank() OVER (ORDER BY i) | lag(v) OVER (PARTITION BY t ORDER BY i)
sum(i) OVER (PARTITION BY t) | array_length(ia, 1) | unnest(va) | ARRAY[1, 2] | ARRAY[v, v] | ARRAY['a', 'b']
ARRAY(SELECT i FROM p) | (SELECT max(i) FROM p) | (SELECT v AS z FROM p LIMIT 1) | ia[1] | va[1] | ia[1:2]
to_jsonb(t) | jsonb_build_object('a', 1) | jsonb_array_elements_text(jb) | jsonb_array_length(jb) | (cc).x | dd | m::text
f(i) | generate_series(1, 2) | i AS renamed | i renamed | v COLLATE "C" | 'x' COLLATE "C" | to_tsvector(t) | ((i + 1))
"""
QUERIES = [
    "SELECT * FROM o",
    "TABLE o",
    "SELECT o.*, p.i AS p_i FROM o JOIN p ON p.i = o.i",
    "SELECT * FROM o JOIN (SELECT i, t FROM p) q USING (i)",
    "SELECT * FROM o NATURAL LEFT JOIN (SELECT i, bo FROM p) q",
    "SELECT a.i, b.name FROM o a RIGHT JOIN o b ON a.i = b.i",
    "SELECT a.name, b.t FROM o a, p b WHERE a.i = b.i ORDER BY b.s",
    "SELECT name FROM o UNION ALL SELECT t FROM p",
    "SELECT i FROM o UNION SELECT b FROM p",
    "WITH x AS (SELECT i, name FROM o), y (k) AS (SELECT max(i) FROM x) SELECT x.name, y.k FROM x, y",
    "WITH RECURSIVE up (n, path) AS (SELECT 1, name::text FROM o UNION ALL SELECT n + 1, path FROM up) SELECT * FROM up",
    "SELECT s.total FROM (SELECT count(*) AS total FROM p) s",
    "SELECT DISTINCT ON (i) name, i FROM o ORDER BY i, other",
    "VALUES (1, 'a'), (2, NULL)",
    "SELECT g FROM generate_series(1, 3) g",
    "SELECT e.x, o.i FROM o, unnest(ARRAY[1, 2]) AS e (x)",
    "SELECT label, number + 1 AS next FROM names",
    "SELECT (SELECT max(p.b) FROM p WHERE p.i = o.i) AS top, name FROM o",
    "SELECT name FROM o WHERE EXISTS (SELECT 1 FROM p WHERE p.t = o.other)",
    "SELECT i, row_number() OVER w AS n FROM o WINDOW w AS (ORDER BY name)",
    "SELECT i FROM o GROUP BY i HAVING count(other) > 1",
    "SELECT q.i FROM o AS q (i, label) WHERE label = 'x'",
    'SELECT *, "Q" + 1 AS more FROM p AS "P p" WHERE i IN (SELECT i FROM (SELECT * FROM o) x)',
    "SELECT x.* FROM o AS x (a, b) WHERE EXISTS (SELECT * FROM names)",
    "SELECT * FROM generate_series(1, 3) AS g (i) JOIN o USING (i)",
]
_COLUMNS = """
    SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
    WHERE attrelid = 'made'::regclass AND attnum > 0 ORDER BY attnum"""
_READS = """
    SELECT n.nspname || '.' || c.relname, a.attname FROM pg_rewrite r
    JOIN pg_depend d ON d.objid = r.oid AND d.classid = 'pg_rewrite'::regclass
    JOIN pg_class c ON d.refclassid = 'pg_class'::regclass AND c.oid = d.refobjid
    JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
    WHERE r.ev_class = 'made'::regclass AND d.refobjsubid > 0"""


def test_types_of_expressions(server: Server) -> None:
    expressions = [e.strip().replace("OR_CONCAT", "||") for line in EXPRESSIONS.splitlines() for e in line.split("|")]
    with server.empty() as connection:
        connection.execute(SETUP)
        for expression in filter(None, expressions):
            connection.execute("DROP TABLE IF EXISTS made")
            statement = f"CREATE TABLE made AS SELECT {expression} FROM p"
            connection.execute(statement.encode())
            expected = connection.execute(_COLUMNS).fetchall()
            made = read(statement, before=SETUP).schema.tables[Name("public", "made")]
            assert [(c.name, c.type) for c in made.columns] == expected, expression


@pytest.mark.parametrize("query", QUERIES)
def test_columns_and_reads_of_queries(query: str, server: Server) -> None:
    with server.empty() as connection:
        connection.execute(SETUP)
        connection.execute(f"CREATE VIEW made AS {query}".encode())
        expected = connection.execute(_COLUMNS).fetchall()
        reads = {(str(table), column) for table, column in connection.execute(_READS).fetchall()}
    view = read(f"CREATE VIEW made AS {query}", before=SETUP).schema.views[Name("public", "made")]
    assert [(c.name, c.type) for c in view.columns] == expected
    assert {(str(table), column) for table, column in view.reads} == reads


@pytest.mark.parametrize("query", [one for one in QUERIES if "*" in one])
def test_a_star_is_the_columns_that_the_server_keeps(query: str, server: Server) -> None:
    view = read(f"CREATE VIEW made AS {query}", before=SETUP).schema.views[Name("public", "made")]
    assert bool(view.expanded) == (query.replace("count(*)", "").count("*") > 0)
    with server.empty() as connection:
        connection.execute(SETUP)
        kept = []
        for text in (query, view.expanded or query):
            connection.execute(f"CREATE VIEW made AS {text}".encode())
            kept += connection.execute("SELECT pg_get_viewdef('made'::regclass)").fetchall()
            connection.execute("DROP VIEW made")
    assert kept[0] == kept[1]


def test_names_from_the_list() -> None:
    paper = read("CREATE VIEW v (a, b) AS SELECT i, name, other FROM o", before=SETUP)
    assert [(c.name, c.type) for c in paper.schema.views[Name("public", "v")].columns] == [
        ("a", "integer"),
        ("b", "character varying(20)"),
        ("other", "text"),
    ]


def test_what_is_not_known() -> None:
    paper = read("CREATE TABLE made AS SELECT i, special(i) AS x, x.y FROM o, elsewhere() x", before=SETUP)
    made = paper.schema.tables[Name("public", "made")]
    assert [(c.name, c.type, c.doubtful) for c in made.columns] == [
        ("i", UNKNOWN_TYPE, True),
        ("x", UNKNOWN_TYPE, True),
        ("y", UNKNOWN_TYPE, True),
    ]
    assert not made.assumed
    made = read("CREATE TABLE made AS SELECT * FROM o, elsewhere()", before=SETUP).schema.tables[Name("public", "made")]
    assert made.assumed
