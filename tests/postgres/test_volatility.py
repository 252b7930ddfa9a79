"""Which built-in functions are volatile, as pg_proc has it."""

from __future__ import annotations

import pytest

from migralint.operations.effects.defaults import NOT_VOLATILE, VOLATILE, volatile
from migralint.schema import Function, Name, Schema
from tests.postgres.server import Server

_QUERY = "SELECT proname, array_agg(DISTINCT provolatile::text) FROM pg_proc WHERE proname = ANY(%s) GROUP BY 1"


def test_lists_agree_with_the_server(server: Server) -> None:
    with server.connect() as connection:
        found = dict(connection.execute(_QUERY, (sorted(VOLATILE | NOT_VOLATILE),)).fetchall())
    assert set(found) == VOLATILE | NOT_VOLATILE
    assert {n for n, kinds in found.items() if kinds == ["v"]} == VOLATILE
    assert not any("v" in found[n] for n in NOT_VOLATILE)


@pytest.mark.parametrize(
    ("default", "expected"),
    [
        (None, False),
        ("now()", False),
        ("CURRENT_TIMESTAMP", False),
        ("'random()'", False),
        ("'x'::character varying(5)", False),
        ("COALESCE(now(), clock_timestamp())", True),
        ("public.slow()", True),
        ("inlined()", False),
        ("uuid_generate_v4()", True),
        ("(now() + '1 day'::interval)", False),
    ],
)
def test_volatile(default: str | None, expected: bool) -> None:
    schema = Schema.empty()
    for name, language in (("slow", "plpgsql"), ("inlined", "sql")):
        function = Function(Name("public", name), language=language)
        schema = schema.with_functions(function.name, (function,))
    assert volatile(schema, default) is expected
