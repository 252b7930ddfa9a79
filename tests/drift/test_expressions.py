from __future__ import annotations

import pytest

from migralint.schema.expressions import same_default, same_expression

SAME_DEFAULTS = [
    ("now()", "CURRENT_TIMESTAMP", "timestamp with time zone"),
    ("NOW()", "(now())", "timestamp with time zone"),
    ("'pending'::purchase_status", "'pending'", "purchase_status"),
    ("'a''b'::character varying(20)", "'a''b'", "character varying(20)"),
    ("true", "'t'", "boolean"),
    ("FALSE", "'0'::boolean", "boolean"),
    ("0", "'0'::numeric", "numeric(3,1)"),
    ("0.00", "0", "numeric"),
    ("-1", "'-1'::integer", "integer"),
    ("'{}'::jsonb", "'{ }'", "jsonb"),
    ("ARRAY[]::text[]", "'{}'::text[]", "text[]"),
    ("extensions.uuid_generate_v4()", "gen_random_uuid()", "uuid"),
    ("timezone('utc'::text, now())", "(now() AT TIME ZONE 'UTC')", "timestamp without time zone"),
    ("nextval('a_id_seq'::regclass)", "nextval('public.b_id_seq'::regclass)", "integer"),
    ("'{a, b c , {d}}'", "'{a,b c,{d}}'::text[]", "text[]"),
    ("'1 hour'", "'01:00:00'::interval", "interval"),
    ("'1 day 2 hours'::interval", "'1 day 02:00:00'::interval", "interval"),
    ("'1 week'", "'7 days'::interval", "interval"),
    ("'0'", "'00:00:00'::interval", "interval"),
    ("'90'", "'00:01:30'::interval", "interval"),
    (None, "NULL::character varying", "text"),
]
OTHER_DEFAULTS = [
    ("'{a, \"b, c\"}'", "'{a,\"b,c\"}'::text[]", "text[]"),
    ("'{a b}'", "'{ab}'", "text[]"),
    ("'{a, b}'", "'{a,b}'", "text"),
    ("1", "0", "integer"),
    (None, "''", "text"),
    ("'a'", "'A'", "text"),
    ("now()", None, "timestamp with time zone"),
    ("now()", "clock_timestamp()", "timestamp with time zone"),
    ("auth.uid()", "uid()", "uuid"),
    ("'1 month'", "'30 days'::interval", "interval"),
    ("'true'", "'t'", "text"),
]
SAME_EXPRESSIONS = [
    (
        "not jsonb_path_exists(a, '$.* ? (@.\"b c\" <> lax)') and jsonb_path_match(a, 'lax $.b[*] == 1')",
        "((NOT jsonb_path_exists(a, '$.*?(@.\"b c\" != lax)'::jsonpath)) AND "
        "jsonb_path_match(a, '($.\"b\"[*] == 1)'::jsonpath))",
    ),
    ("s IN ('a','b')", "((s)::text = ANY ((ARRAY['b'::character varying, 'a'::character varying])::text[]))"),
    ("x BETWEEN 1 AND 5", "((x >= 1) AND (x <= 5))"),
    ("x BETWEEN 1 AND 5 AND y", "((x >= 1) AND (x <= 5) AND y)"),
    ("x > 0", "0 < x"),
    ("x = 'a'", "x IN ('a')"),
    ("x NOT IN (1,2)", "(x <> ALL (ARRAY[1, 2]))"),
    ("price >= 0", "(price >= (0)::numeric)"),
    ("lower(email)", "lower((email)::text)"),
    ("a AND b AND c", "((a AND b) AND c)"),
    ("deleted_at IS NOT NULL", "(NOT deleted_at IS NULL)"),
    ("a > now() - interval '1 hour'", "(a > (now() - '01:00:00'::interval))"),
    ("a->>'b' = 'c'", "((a ->> 'b'::text) = 'c'::text)"),
    ("trim(a) <> ''", "(TRIM(BOTH FROM a) <> ''::text)"),
    ('"status" = 1', "status = 1"),
    ("char_length(x) > 2", "length(x) > 2"),
    ("x NOT LIKE 'a%'", "(x !~~ 'a%'::text)"),
]
OTHER_EXPRESSIONS = [
    ("s IN ('a','b')", "s IN ('a')"),
    ("a > 0", "a >= 0"),
    ("a - b", "b - a"),
    ("lower(email)", "upper(email)"),
    ('"Status" = 1', "status = 1"),
    ("a AND b", "a OR b"),
    ("a::date", "a"),
    ("not ( sql", "not sql ("),
]


@pytest.mark.parametrize(("one", "other", "type"), SAME_DEFAULTS)
def test_defaults_of_the_same_meaning(one: str | None, other: str | None, type: str) -> None:
    assert same_default(one, other, type)
    assert same_default(other, one, type)


@pytest.mark.parametrize(("one", "other", "type"), OTHER_DEFAULTS)
def test_defaults_of_another_meaning(one: str | None, other: str | None, type: str) -> None:
    assert not same_default(one, other, type)


@pytest.mark.parametrize(("one", "other"), SAME_EXPRESSIONS)
def test_expressions_of_the_same_meaning(one: str, other: str) -> None:
    assert same_expression(one, other)
    assert same_expression(other, one)


@pytest.mark.parametrize(("one", "other"), OTHER_EXPRESSIONS)
def test_expressions_of_another_meaning(one: str, other: str) -> None:
    assert not same_expression(one, other)


def test_what_is_too_deep_or_too_long_is_compared_as_text() -> None:
    deep = "(" * 500 + "x" + ")" * 500
    assert same_expression(deep, deep.upper())
    assert not same_expression("a + " * 5000 + "a", "a + " * 5000 + "b")
