"""No input raises anything or takes long."""

from __future__ import annotations

import gc
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migralint.operations.paper import Paper
from migralint.sql import answer, comments, split
from tests.sql.reading import read

SERIES = "generate_series(1, 9999)"
BLOCKS = {
    "endless loop": "LOOP NULL; END LOOP;",
    "endless while": "WHILE true LOOP PERFORM 1; END LOOP;",
    "loops in loops": "FOR i IN 1..999 LOOP FOR j IN 1..999 LOOP PERFORM 1; END LOOP; END LOOP;",
    "a long range": "FOR i IN 1..1000000000 LOOP CREATE TABLE t (); END LOOP;",
    "a growing text": "DECLARE s text := 'a'; BEGIN FOR i IN 1..99 LOOP s := s || s; END LOOP; EXECUTE s; END;",
    "a growing array": "DECLARE a text[] := ARRAY['x']; BEGIN FOR i IN 1..99 LOOP a := a || a; END LOOP; END;",
    "a growing number": "DECLARE n numeric := 9; BEGIN FOR i IN 1..999 LOOP n := n * n; END LOOP; END;",
    "a pattern": f"IF '{'a' * 150}b' ~ '(a|aa)+$' THEN CREATE TABLE t (); END IF;",
    "a wildcard": f"IF '{'a' * 5000}' LIKE '{'%a' * 40}%b' THEN CREATE TABLE t (); END IF;",
    "a product": f"IF EXISTS (SELECT 1 FROM {SERIES} a, {SERIES} b WHERE a = -b) THEN NULL; END IF;",
    "nested blocks": "BEGIN " * 2000 + "NULL;" + " END;" * 2000,
    "nested conditions": "IF " + "(" * 2000 + "true" + ")" * 2000 + " THEN NULL; END IF;",
    "nested cases": "IF " + "CASE WHEN true THEN " * 2000 + "true" + " END" * 2000 + " THEN NULL; END IF;",
    "nested queries": "IF " + "EXISTS (SELECT 1 WHERE " * 300 + "true" + ")" * 300 + " THEN NULL; END IF;",
}
BLOCKS |= {
    "a replaced text": "DECLARE s text := repeat('x', 90000); BEGIN s := replace(s, 'x', repeat('y', 90000)); END;",
    "elements one by one": "DECLARE a int[]; BEGIN FOR i IN 1..2000 LOOP FOR j IN 1..9 LOOP a[i] := i; END LOOP; END LOOP;"
    " END;",
    "deep arrays": "DECLARE a int[]; BEGIN FOR i IN 1..2000 LOOP a := ARRAY[a]; END LOOP; IF a = a THEN NULL; END IF; END;",
    "a cursor opened again": "DECLARE c CURSOR FOR SELECT generate_series(1, 9999); x int;"
    " BEGIN LOOP OPEN c; FETCH c INTO x; END LOOP; END;",
    "an endless query": "IF EXISTS (WITH RECURSIVE a(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM a) SELECT 1 FROM a) THEN"
    " NULL; END IF;",
    "large numbers": "IF power(10, 99999) > 1 OR 10 ^ 99999 > 1 OR round(1.5, 99999) > 1 OR '1e999999999'::numeric > 1"
    " OR chr(99999999999) = '' OR 0.1 ^ -400 = 1 THEN NULL; END IF;",
}
FUNCTION = "CREATE FUNCTION {} LANGUAGE plpgsql AS $f$ BEGIN {} END $f$; "
SCRIPTS = {
    "parentheses": "CREATE TABLE t (a int CHECK (" + "(" * 3000 + "a" + ")" * 3000 + "))",
    "open parentheses": "CREATE TABLE t (a int DEFAULT " + "(" * 5000,
    "quotes": "'" * 50_001,
    "dollars": "$a$" * 20_001,
    "comments": "/*" * 20_000,
    "semicolons": ";" * 50_000,
    "brackets": "CREATE TABLE t (a int" + "[]" * 10_000 + ")",
    "a long name": "DROP TABLE " + "a." * 10_000 + "b",
    "numbers": f"CREATE TABLE t (a float({'9' * 5000}), b numeric(x)); INSERT INTO t VALUES ({'9' * 5000}, 1e999)",
    "surrogates": "CREATE TABLE \ud800 (x int); SELECT E'\\ud800\\U0011FFFF'",
    "recursion": "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM f(); DROP TABLE x; END $$;"
    "SELECT f()",
    "recursion twice": FUNCTION.format(
        "f(n int) RETURNS int", "IF n < 1 THEN RETURN 1; END IF; RETURN f(n - 1) + f(n - 1);"
    )
    + "DO $$ BEGIN IF f(40) = 2 THEN CREATE TABLE t (); END IF; END $$",
    "a function for many rows": FUNCTION.format("f(n int) RETURNS void", "EXECUTE 'CREATE TABLE t' || n || ' ()';")
    + f"SELECT f(i) FROM {SERIES} i",
    "many functions": "".join(
        FUNCTION.format(f"f{i}() RETURNS void", " ".join(f"PERFORM f{j}();" for j in range(i))) for i in range(60)
    )
    + "SELECT f59();",
    "endless rows": FUNCTION.format("f() RETURNS SETOF int", f"LOOP RETURN QUERY SELECT {SERIES}; END LOOP;")
    + "DO $$ DECLARE r record; BEGIN FOR r IN SELECT * FROM f() LOOP CREATE TABLE t (); END LOOP; END $$",
    "many rows": "INSERT INTO t VALUES " + ",".join(["(1, 'a')"] * 50_000),
    **{name: f"DO $$ BEGIN {body} END $$" for name, body in BLOCKS.items()},
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_bounded(name: str) -> None:
    gc.collect()
    gc.freeze()  # what other tests left in memory is none of its cost
    began = time.process_time()
    try:
        read(SCRIPTS[name])
    finally:
        gc.unfreeze()
    assert time.process_time() - began < 10


WORDS = """create alter drop table index on if not exists ( ) ( ) , ; ' " $$ $a$ begin end do declare then loop for in
    select from where and or union type as enum add column constraint foreign key references check default null view
    function returns language plpgsql execute exception when others raise case else := = || . :: int text a b 1 2 --
    /* */ E' rename to set into with values insert update delete using partition of like including trigger policy
    to_regclass ( 'x' ) [ ] * + % : pg_class information_schema.columns exists copy stdin grant""".split()


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=40), st.booleans())
def test_words_in_any_order(words: list[str], block: bool) -> None:
    script = " ".join(words)
    read(f"DO $q$ BEGIN {script} ; END $q$" if block else script)
    answer(script, Paper())
    comments(script)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80), st.sampled_from(["postgresql", "sqlite", "mysql"]))
def test_any_text(script: str, dialect: str) -> None:
    read(script, dialect, psql=True)
    assert all(script[s.start : s.end] == s.text for s in split(script, dialect))
