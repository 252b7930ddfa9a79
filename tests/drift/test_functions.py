"""Functions of one signature, of which one side has another."""

from __future__ import annotations

from dataclasses import replace

import pytest

from migralint.configuration import Configuration
from migralint.drift import beside
from migralint.drift.comparison import Derived
from migralint.schema import Schema
from migralint.snapshots import parse
from tests.drift.comparing import schema
from tests.postgres.server import Server, server

__all__ = ["server"]

MADE = """
CREATE FUNCTION f(org int, r text DEFAULT NULL) RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$SELECT 1$$;
"""


def told(head: str | Schema, derived: str) -> list[tuple[str, str]]:
    """The class of each difference, and what is said of it."""
    side: Derived = parse(derived, "snapshot.sql", Configuration())
    found = beside(schema(head) if isinstance(head, str) else head, side, lambda _: None, alike=False)
    return [(d.drift_class, d.message.partition("snapshot.sql: ")[2]) for d in found]


@pytest.mark.parametrize(
    ("old", "new", "drift_class", "words"),
    [
        ("org", "org_id", "blocking", "its argument org is org_id"),
        ("(org int", "(int", "blocking", "its argument org is without a name"),
        (" DEFAULT NULL", "", "blocking", "1 and none of its arguments have a default"),
        ("NULL", "'x'", "integrity", "the default of an argument is NULL and 'x'"),
        ("(org", "(INOUT org", "blocking", "its arguments are in, in and inout, in"),
        ("bigint", "integer", "blocking", "it returns bigint and integer"),
        ("bigint", "SETOF bigint", "blocking", "it returns bigint and SETOF bigint"),
        ("bigint", "TABLE(a bigint)", "blocking", "it returns bigint and TABLE(a bigint)"),
        ("SELECT 1", "SELECT 2", "blocking", "the bodies differ"),
        ("SECURITY DEFINER", "", "integrity", "SECURITY is DEFINER and not given"),
        ("AS", "STRICT AS", "integrity", "STRICT is not given and true"),
        ("AS", "SET search_path = '' AS", "integrity", "set search_path is not given and ''"),
        ("AS", "STABLE AS", "cosmetic", "VOLATILITY is not given and STABLE"),
    ],
)
def test_what_callers_notice(old: str, new: str, drift_class: str, words: str) -> None:
    assert told(MADE, MADE.replace(old, new)) == [(drift_class, words)]
    ((found, _),) = told(MADE.replace(old, new), MADE)
    assert found == drift_class


def test_the_worst_of_several_counts() -> None:
    other = MADE.replace("SECURITY DEFINER", "STABLE").replace("org", "org_id")
    assert told(MADE, other) == [
        (
            "blocking",
            "its argument org is org_id; SECURITY is DEFINER and not given; VOLATILITY is not given and STABLE",
        )
    ]


TABLE = "CREATE FUNCTION f() RETURNS TABLE(a int, b numeric(4, 2)) LANGUAGE sql AS 'SELECT 1, 2.0';"


@pytest.mark.parametrize(
    ("derived", "words"),
    [
        (TABLE.replace("b num", "c num"), "its result has the columns a, b and a, c"),
        (
            TABLE.replace("a int", "a text"),
            "it returns TABLE(a int, b numeric(4, 2)) and TABLE(a text, b numeric(4, 2))",
        ),
        (TABLE.replace("a int, b numeric(4, 2)", "a integer, b numeric"), None),
        (
            TABLE.replace("TABLE(a int, b numeric(4, 2))", "SETOF record").replace(
                "f()", "f(OUT a int, OUT b numeric)"
            ),
            None,
        ),
    ],
)
def test_tables_that_are_returned(derived: str, words: str | None) -> None:
    assert told(TABLE, derived) == ([("blocking", words)] if words else [])


def test_of_what_is_not_known_nothing_is_told() -> None:
    (known,) = schema(MADE).functions.values()
    for doubt in ({"partial": True}, {"doubtful": True}):
        head = schema(MADE).with_functions(known[0].name, (replace(known[0], **doubt),))
        assert told(head, MADE.replace("org", "org_id").replace("SELECT 1", "SELECT 2")) == []


SPELLED = """
CREATE TYPE mood AS ENUM ('ok');
CREATE TABLE t (id int, n varchar(10));
CREATE SCHEMA app; CREATE TYPE app.pair AS (a int, b text); CREATE DOMAIN app.mail AS text;
CREATE FUNCTION f1(
    a mood DEFAULT 'ok', b timestamptz DEFAULT now(), c interval = interval '1 day', d uuid DEFAULT NULL::uuid,
    e text[] DEFAULT ARRAY[]::text[], f jsonb DEFAULT '{}', g numeric(4,1) DEFAULT -1.50, h bool DEFAULT true,
    i timestamp DEFAULT current_timestamp - interval '30 days', j varchar(10) DEFAULT 'a', k int DEFAULT 1 + 1
) RETURNS SETOF t LANGUAGE sql STABLE AS $$ SELECT * FROM t $$;
CREATE FUNCTION f2(a int4, OUT b text, OUT int) LANGUAGE plpgsql AS 'BEGIN b := 1; END';
CREATE FUNCTION f3(app.mail, "A b" char(3)) RETURNS TABLE(a int, "Q x" numeric(10,2), p app.pair, ms mood[]) LANGUAGE plpgsql
    SET search_path = public, pg_temp SET timezone TO UTC SET statement_timeout = 5000 SET "DateStyle" = iso, mdy
    AS 'BEGIN END';
CREATE FUNCTION f4(int) RETURNS int LANGUAGE sql RETURN $1 + 1;
CREATE FUNCTION f5(a int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT a; SELECT a+2; END;
CREATE FUNCTION f6() RETURNS "public"."t"."n"%TYPE LANGUAGE sql COST 10.0 AS 'SELECT n FROM t';
CREATE FUNCTION f7() RETURNS trigger LANGUAGE 'plpgsql' SECURITY INVOKER VOLATILE SET search_path FROM CURRENT
    AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION f8(VARIADIC a int[]) RETURNS SETOF record LANGUAGE sql RETURNS NULL ON NULL INPUT AS 'SELECT 1, 2';
CREATE PROCEDURE p(a int, INOUT b text DEFAULT 'x') LANGUAGE plpgsql AS 'BEGIN END';
CREATE AGGREGATE ag(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0');
"""


def test_a_dump_of_the_same_functions_is_silent(server: Server) -> None:
    with server.empty() as connection:
        connection.execute(SPELLED)
        dumped = server.dump()
    assert told(SPELLED, dumped) == []


def test_an_argument_of_the_type_of_a_column_is_what_the_column_was() -> None:
    table = "CREATE TABLE t (a varchar(5), at timestamptz(3));"
    arguments = 'c t.a%TYPE, d "t"."at"%type, OUT r t.a%TYPE'
    body = "LANGUAGE sql AS $$SELECT c$$;"
    head = f"{table} CREATE FUNCTION f({arguments}) {body} CREATE FUNCTION g() RETURNS public.t.a%TYPE {body}"
    dumped = "c character varying, d timestamp with time zone, OUT r character varying"
    derived = f"{table} CREATE FUNCTION f({dumped}) RETURNS character varying {body}"
    assert told(head, f"{derived} CREATE FUNCTION g() RETURNS character varying {body}") == []
    assert told(head, f"{derived} CREATE FUNCTION g() RETURNS integer {body}")[0][0] == "blocking"
