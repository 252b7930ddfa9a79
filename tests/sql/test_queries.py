from __future__ import annotations

from typing import Any

import pytest

from migralint.operations.paper import Paper
from migralint.sql import answer
from tests.postgres.server import Server, wipe
from tests.sql.reading import read
from tests.sql.test_against_server import run_on_server

SETUP = """
    CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE SCHEMA app; CREATE SEQUENCE free;
    CREATE TABLE users (id serial PRIMARY KEY, email varchar(50) NOT NULL UNIQUE, m mood, tags text[], price numeric(8,2),
        at timestamp DEFAULT now(), big bigint GENERATED ALWAYS AS IDENTITY);
    CREATE TABLE posts (id int PRIMARY KEY, uid int REFERENCES users (id) ON DELETE CASCADE, title text CHECK (title <> ''));
    CREATE TABLE app.other (a int, b int, CONSTRAINT ab UNIQUE (a, b)); CREATE INDEX ix_title ON posts (title DESC);
    CREATE VIEW v AS SELECT 1 AS x; CREATE MATERIALIZED VIEW mv AS SELECT 1 AS y;
    CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TRIGGER tr BEFORE INSERT OR UPDATE ON posts FOR EACH ROW EXECUTE FUNCTION tf();
    CREATE POLICY pol ON posts FOR SELECT USING (true); ALTER TABLE posts ENABLE ROW LEVEL SECURITY;
    INSERT INTO posts (id, uid) VALUES (1, NULL), (2, NULL), (3, NULL);
"""
SAME = [
    "SELECT 1 AS one, 'x' || 2 AS two, 7 / 2 AS three, NULL AS four, 1.5 > 1 AS five, -3 % 2 AS six",
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename",
    "SELECT conname, contype, convalidated FROM pg_constraint WHERE conrelid = 'posts'::regclass AND contype <> 'n' ORDER BY 1",
    "SELECT c.conname, a.attname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_attribute a"
    " ON a.attrelid = t.oid AND a.attnum = ANY (c.conkey) WHERE t.relname = 'other' ORDER BY a.attnum",
    "SELECT column_name, data_type, udt_name, is_nullable, character_maximum_length, numeric_precision, numeric_scale,"
    " ordinal_position, is_identity FROM information_schema.columns WHERE table_name = 'users' ORDER BY ordinal_position",
    "SELECT tc.table_name, kcu.column_name, ccu.table_name AS target, ccu.column_name AS target_column, rc.delete_rule"
    " FROM information_schema.table_constraints tc JOIN information_schema.key_column_usage kcu"
    " USING (constraint_schema, constraint_name) JOIN information_schema.constraint_column_usage ccu"
    " USING (constraint_schema, constraint_name) JOIN information_schema.referential_constraints rc"
    " USING (constraint_schema, constraint_name) WHERE tc.constraint_type = 'FOREIGN KEY'",
    "SELECT enumlabel FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid WHERE t.typname = 'mood' ORDER BY enumsortorder",
    "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'posts' ORDER BY 1",
    "SELECT i.relname, ix.indisunique, ix.indisprimary FROM pg_index ix JOIN pg_class i ON i.oid = ix.indexrelid"
    " WHERE ix.indrelid = 'users'::regclass ORDER BY 1",
    "SELECT relname, relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE nspname = 'public' ORDER BY 1",
    "SELECT typname, typtype FROM pg_type WHERE typnamespace = 'public'::regnamespace ORDER BY 1",
    "SELECT trigger_name, event_manipulation, action_timing FROM information_schema.triggers ORDER BY 2",
    "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = 'posts'::regclass",
    "SELECT policyname, cmd FROM pg_policies WHERE tablename = 'posts'",
    "SELECT relrowsecurity FROM pg_class WHERE oid = 'public.posts'::regclass",
    "SELECT table_name, table_type FROM information_schema.tables WHERE table_schema IN ('public', 'app') ORDER BY 1",
    "SELECT sequence_name FROM information_schema.sequences WHERE sequence_schema = 'public' ORDER BY 1",
    "SELECT attname, attnotnull, atthasdef, attidentity FROM pg_attribute WHERE attrelid = 'users'::regclass AND attnum > 0"
    " AND NOT attisdropped ORDER BY attnum",
    "SELECT proname, prokind FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = 'public'",
    "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype IN ('f', 'p', 'u') AND connamespace ="
    " 'public'::regnamespace ORDER BY 1",
    "SELECT count(*), max(id), min(id) FROM posts WHERE id > 1",
    "SELECT uid, count(*) FROM posts GROUP BY uid HAVING count(*) > 1",
    "SELECT id FROM posts ORDER BY id DESC LIMIT 1 OFFSET 1",
    "SELECT DISTINCT title FROM posts UNION ALL SELECT 'x' ORDER BY 1 NULLS FIRST",
    "WITH a (n) AS (SELECT 1 UNION SELECT 2) SELECT sum(n), string_agg(n::text, ',' ORDER BY n DESC) FROM a",
    "SELECT x, y FROM (VALUES ('a', 1), ('b', 2)) AS t (x, y) WHERE y IN (SELECT id FROM posts WHERE id = 2)",
    "SELECT u.n, o FROM unnest(ARRAY['a', 'b']) WITH ORDINALITY AS u (n, o)",
    "SELECT p.id, c.relname FROM posts p LEFT JOIN pg_class c ON c.relname = 'nothing' ORDER BY 1",
    "SELECT CASE WHEN EXISTS (SELECT 1 FROM posts) THEN 'y' ELSE 'n' END AS r, COALESCE(NULL, 'z') AS s",
    "SELECT ARRAY(SELECT id FROM posts ORDER BY id) AS ids, array_length(ARRAY[1, 2], 1) AS n, (ARRAY['p', 'q'])[2] AS q",
    "SELECT format('%I.%I %L %s', 'a b', 'c', 'it''s', 3), quote_ident('X'), quote_literal('a'), upper('x'), length('abc')",
    "SELECT split_part('a.b.c', '.', 2), substring('abcdef' FROM 2 FOR 3), position('c' IN 'abc'), replace('aa', 'a', 'b')",
    "SELECT 'abc' LIKE 'a%', 'abc' LIKE 'a_', 'ABC' ILIKE 'a%c', 'a_c' LIKE 'a\\_c', 'abc' ~ '^a.c$', 'abc' !~* '^B'",
    "SELECT 1 IS DISTINCT FROM NULL AS a, NULL = 1 AS b, 3 BETWEEN 1 AND 5 AS c, NOT (1 = 2) AS d, 2 = ANY (ARRAY[1, 2]) AS e",
    "SELECT 1 NOT IN (2, NULL) AS a, true OR NULL AS b, false AND NULL AS c, 'a' || NULL AS d, NULLIF(1, 1) AS e",
    "SELECT to_regclass('public.posts') IS NULL AS a, to_regclass('nope') IS NULL AS b, 'posts'::regclass::text AS c",
    "SELECT conrelid::regclass::text FROM pg_constraint WHERE confrelid = 'users'::regclass",
    "SELECT pg_get_serial_sequence('users', 'id'), current_schema(), current_setting('search_path')",
    "SELECT extname FROM pg_extension",
    "SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' ORDER BY 1",
    "SELECT schema_name FROM information_schema.schemata WHERE schema_name = 'app'",
    "SELECT '{a,\"b c\",NULL}'::text[] AS a, string_to_array('x,y', ',') AS b, array_to_string(ARRAY['p', 'q'], '-') AS c",
    "SELECT 1 WHERE 'attributes' IN (SELECT table_name FROM information_schema.tables)",
    "SELECT column_name FROM information_schema.columns WHERE table_name = 'v'",
]
UNKNOWN = [
    "SELECT version()",
    "SELECT now()",
    "SELECT 1 FROM pg_roles WHERE rolname = 'x'",
    "SELECT relname FROM pg_class",
    "SELECT nothing FROM nowhere",
    "SELECT tableowner FROM pg_tables WHERE tablename = 'posts'",
    "SELECT random() < 2",
    "SELECT percent_rank() OVER (ORDER BY id) FROM posts",
    "SELECT '",
    "DELETE FROM posts",
    "",
]


@pytest.fixture(scope="module")
def paper() -> Paper:
    found = read(SETUP)
    assert not [s for s in found.steps if s.failure or s.certainty != "certain"]
    return found


@pytest.fixture(scope="module")
def connection(server: Server) -> Any:
    with server.connect() as opened:
        wipe(opened)
        opened.execute("SET search_path TO public")
        assert run_on_server(opened, SETUP) == []
        yield opened


@pytest.mark.parametrize("query", SAME)
def test_answers_are_those_of_the_server(query: str, paper: Paper, connection: Any) -> None:
    cursor = connection.execute(query.encode())
    expected = [tuple(row) for row in cursor.fetchall()]
    found = answer(query, paper)
    assert found is not None
    assert [tuple(row.values()) for row in found] == expected
    if found:
        names = [column.name for column in cursor.description]
        if len(set(names)) == len(names):
            assert list(found[0]) == names


@pytest.mark.parametrize("query", UNKNOWN)
def test_what_cannot_be_known(query: str, paper: Paper) -> None:
    assert answer(query, paper) is None


def test_parameters(paper: Paper) -> None:
    query = "SELECT count(*) AS n FROM pg_tables WHERE tablename = :name"
    assert answer(query, paper, {"name": "posts"}) == [{"n": 1}]
    assert answer(query.replace(":name", "%(name)s"), paper, {"name": "nope"}) == [{"n": 0}]
    assert answer(query, paper) is None


def test_settings(paper: Paper) -> None:
    assert answer("SHOW server_version_num", paper) == [{"server_version_num": "150000"}]
    assert answer("SHOW work_mem", paper) is None


def test_absence_is_not_known_after_an_opaque_operation() -> None:
    paper = read("CREATE TABLE a (x int); FROBNICATE")
    assert answer("SELECT 1 AS n FROM pg_tables WHERE tablename = 'b'", paper) is None
    assert answer("SELECT EXISTS (SELECT 1 FROM pg_tables WHERE tablename = 'a') AS e", paper) == [{"e": True}]


def test_assumed_tables_may_have_more() -> None:
    paper = read("CREATE TABLE known (x int); CREATE TABLE half AS SELECT * FROM anything()")
    columns = "SELECT count(*) AS n FROM information_schema.columns WHERE column_name = 'z' AND table_name = "
    assert answer(columns + "'known'", paper) == [{"n": 0}]
    assert answer(columns + "'half'", paper) is None
    assert answer("SELECT 1 AS x FROM pg_constraint WHERE conname = 'k'", paper) == []
    assert answer("SELECT 1 AS x FROM pg_constraint WHERE conname = 'k' AND conrelid = 'half'::regclass", paper) is None
