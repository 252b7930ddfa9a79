"""Dates, timestamps and intervals are computed as a server computes them."""

from __future__ import annotations

import pytest

from migralint.operations.paper import Paper
from migralint.sql.queries import answer
from tests.postgres.server import Server

EXPRESSIONS = """
date '2024-02-29' + 1 | '2024-03-31'::date - interval '1 month' | date '2024-03-01' - date '2024-02-01'
timestamp '2024-01-31 10:30' + interval '1 month' | timestamp '2024-01-31 10:30:00.25' + '2 hours' | timestamp '2024-01-31' - '2024-01-30' | date '2024-01-31' - '2024-01-30'
timestamp '2024-03-01' - timestamp '2024-02-28 12:00' | 5 + date '2024-01-01' | interval '14 months 3 days' | interval '0 days'
interval '1 day' * 3 | 2 * interval '1 week' | interval '1 hour' + interval '30 min' | ('3' || ' months')::interval
make_date(2024, 2, 29) | make_interval(years => 1, days => 3) | make_timestamp(2024, 1, 2, 3, 4, 5) | interval '-1 day'
to_char(date '2024-02-09', 'YYYY_MM') | to_char(timestamp '2024-02-09 15:04:05', 'YYYYMMDD HH24:MI:SS') | '-90 minutes'::interval
to_char(date '2024-02-09', 'FMMonth_FMDD') | to_char(date '2024-02-09', 'Month YY "Q"Q IYYY-IW DDD') | to_char(date '2024-02-09', 'yyyy-mm')
date_trunc('month', timestamp '2024-02-09 15:04') | date_trunc('year', date '2024-02-09')::date | to_date('2024-02-09', 'YYYY-MM-DD')
extract(year FROM date '2024-02-09') | extract(dow FROM date '2024-02-09') | date_part('quarter', timestamp '2024-08-09')
date '2024-02-09' < '2024-03-01' | date '2024-02-09' = timestamp '2024-02-09 00:00' | '2024-02-09'::timestamp::date
(date '2024-02-09')::timestamp | timestamptz '2024-02-09 10:00' > '2024-02-09' | ('2024-02-09'::timestamptz + interval '1 day')::date
date '2024-02-09' IN ('2024-02-09') | date '2024-02-09' BETWEEN '2024-02-01' AND '2024-02-29' | coalesce(NULL::date, date '2024-01-01')
format('%L to %s', date '2024-01-01', date '2024-01-01' + interval '1 month') | concat(date '2024-01-01', '!') | quote_literal(date '2024-01-01')
(SELECT count(*) FROM generate_series('2024-01-01'::date, '2024-06-01', '1 month')) | greatest(date '2024-01-01', date '2024-02-01')
(SELECT string_agg(d::date::text, ',') FROM generate_series(timestamp '2024-01-01', '2024-01-15', interval '1 week') d)
""".replace("\n", " | ")

NOT_KNOWN = (
    "date '9999-12-31' + 1",
    "date '9999-12-31' + interval '999999 years'",
    "timestamp '0001-01-01' - interval '1 day'",
    "interval '1 day' * 999999 + interval '9999999999999 days'",
    f"'{'9' * 400} days'::interval",
    "make_interval(days => 99999999999999999999)",
    "make_date(2024, 13, 45)",
    "now()::date",
    "CURRENT_DATE + 1",
    "timestamptz '2024-01-01'::text",
    "date '01/02/2024'",
    "date 'tomorrow'",
    "to_char(date '2024-01-01', 'Day')",
    "date_trunc('decade', timestamp '2024-01-01')",
)


@pytest.mark.parametrize("expression", [one.strip() for one in EXPRESSIONS.split(" | ") if one.strip()])
def test_computed(expression: str, server: Server) -> None:
    query = f"SELECT ({expression})::text AS found"
    with server.connect() as connection:
        expected = connection.execute(query.encode()).fetchone()
    assert expected is not None
    assert answer(query, Paper()) == [{"found": expected[0]}]


@pytest.mark.parametrize("expression", NOT_KNOWN)
def test_what_the_clock_or_settings_decide_and_what_is_beyond_all_dates_is_not_known(expression: str) -> None:
    assert answer(f"SELECT ({expression})::text AS found", Paper()) is None
