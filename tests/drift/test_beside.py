"""What stands beside columns and keys, and what only one file has."""

from __future__ import annotations

import pytest

from migralint.configuration import Configuration
from migralint.drift import beside, drift, extras
from migralint.snapshots import parse
from tests.drift.comparing import schema

START = """
CREATE TABLE t (id integer PRIMARY KEY, n text);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE VIEW v AS SELECT id FROM t;
CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
CREATE POLICY p ON t USING (id > 1);
CREATE DOMAIN d AS text CHECK (VALUE <> '');
CREATE TYPE c AS (a int);
CREATE SEQUENCE s;
"""


def told(head: str, derived: str, *, alike: bool = True) -> list[tuple[str, str, bool, bool]]:
    """Kind, object, and which sides have it."""
    side = parse(derived, "snapshot.sql", Configuration())
    found = beside(schema(head), side, lambda _: None, alike=alike)
    return [(d.kind, str(d.object), d.sides[0][1] is not None, d.sides[1][1] is not None) for d in found]


def only(head: str, derived: str, *before: str) -> list[str]:
    states = [schema(text) for text in (*before, head)]
    side = parse(derived, "snapshot.sql", Configuration())
    differences = drift(states[-1], side, lambda _: None)
    return extras(states, side.schema, side.managed, side.steps, differences)


def test_nothing() -> None:
    assert told(START, START) == []


@pytest.mark.parametrize(
    ("drop", "kind"),
    [
        ("DROP VIEW v", "view"),
        ("DROP TRIGGER r ON t", "trigger"),
        ("DROP POLICY p ON t", "policy"),
        ("DROP DOMAIN d", "type"),
        ("DROP SEQUENCE s", "sequence"),
    ],
)
def test_on_one_side(drop: str, kind: str) -> None:
    ((found, _, at_head, derived),) = told(START, f"{START}; {drop}")
    assert (found, at_head, derived) == (kind, True, False)
    ((found, _, at_head, derived),) = told(f"{START}; {drop}", START)
    assert (found, at_head, derived) == (kind, False, True)


def test_definitions_are_compared_where_they_are_spelled_alike() -> None:
    other = START.replace("SELECT id FROM t", "SELECT t.id FROM t")
    assert [one[1] for one in told(START, other)] == ["view public.v"]
    assert told(START, other, alike=False) == []


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        ("CREATE TABLE", "CREATE UNLOGGED TABLE", ["table"]),
        ("NEW", "OLD", ["function"]),
        ("id > 1", "id > 2", ["policy"]),
        ("id > 1", "(id>1)", []),
        ("ON t USING", "ON t FOR SELECT USING", ["policy"]),
        ("ON t USING", "ON t TO alice USING", ["policy"]),
        ("id > 1", "id IN (SELECT 2)", ["policy"]),
        ("SELECT id FROM t", "SELECT n FROM t", ["view"]),
        ("CREATE VIEW", "CREATE MATERIALIZED VIEW", ["view"]),
        ("ROW EXECUTE", "ROW WHEN (NEW.n <> '') EXECUTE", ["trigger"]),
        ("BEFORE INSERT", "AFTER INSERT", ["trigger"]),
        ("BEFORE INSERT", "BEFORE INSERT OR UPDATE", ["trigger"]),
        ("VALUE <> ''", "VALUE <> 'x'", ["type"]),
        ("CHECK (VALUE <> '')", "CONSTRAINT other CHECK (((VALUE)::text <> ''::text))", []),
        ("AS text CHECK", "AS text NOT NULL CHECK", ["type"]),
        ("AS text CHECK", "AS text DEFAULT 'x' CHECK", ["type"]),
        ("AS text CHECK", "AS varchar(3) CHECK", ["type"]),
        ("AS (a int)", "AS (a bigint)", ["type"]),
        ("AS (a int)", "AS (a integer)", []),
    ],
)
def test_what_the_server_spells_as_it_was_written_is_always_compared(old: str, new: str, kinds: list[str]) -> None:
    assert [one[0] for one in told(START, START.replace(old, new), alike=False)] == kinds


LOG = """CREATE TABLE log (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE old PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')"""


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (LOG.replace("(at)", '("at")').replace("'2024-01-01'", "('2024-01-01'::date)"), []),
        (LOG.replace("PARTITION OF log FOR VALUES", "(id int, at date) -- "), ["ordinary table"]),
        (LOG.replace("RANGE", "LIST").replace("FROM ('2024-01-01') TO", "IN"), ["table, partitioned by LIST (at)"]),
    ],
)
def test_where_the_rows_of_a_table_lie(new: str, said: list[str]) -> None:
    found = beside(schema(LOG), parse(new, "snapshot.sql", Configuration()), lambda _: None, alike=False)
    assert [(one.drift_class, one.sides[1][1]) for one in found] == [("integrity", one) for one in said]


def test_what_a_domain_refuses_is_of_integrity_and_its_base_blocks() -> None:
    for old, new, drift_class in (("<> ''", "<> 'x'", "integrity"), ("d AS text", "d AS integer", "blocking")):
        side = parse(START.replace(old, new), "snapshot.sql", Configuration())
        (one,) = beside(schema(START), side, lambda _: None, alike=False)
        assert one.drift_class == drift_class
        assert one.sides[0][1] == "DOMAIN AS text CHECK (VALUE <> '')"


@pytest.mark.parametrize(
    ("head", "derived"),
    [
        ("id IN (SELECT b FROM u WHERE c = 'x')", "(id IN ( SELECT u.b FROM public.u WHERE (u.c = 'x'::text)))"),
        ("id IN (SELECT b FROM u WHERE c = 'x')", "id IN (SELECT b FROM w WHERE c = 'x')"),
        ("n = 'x'", "m = 'x'"),
    ],
)
def test_conditions_that_follow_from_another_name_or_are_only_spelled_anew(head: str, derived: str) -> None:
    one = "CREATE TABLE u (b integer, c text); CREATE TABLE t (id integer, n text); CREATE POLICY p ON t USING (id > 1)"
    two = one.replace("TABLE u", "TABLE w") if " w " in derived else one
    two = two.replace("n text", "m text") if "m =" in derived else two
    found = told(one.replace("id > 1", head), two.replace("id > 1", derived), alike=False)
    assert [kind for kind, *_ in found if kind == "policy"] == []


CASTS = """
CREATE TYPE mood AS ENUM ('ok');
CREATE TABLE t (id uuid, n character varying(9), m mood);
CREATE POLICY p ON t USING ({});
"""


@pytest.mark.parametrize(
    ("head", "derived", "kinds"),
    [
        ("(id)::text = (auth.uid())::text", "id = auth.uid()", ["policy"]),
        ("(m)::text = 'ok'::text", "m = 'ok'", ["policy"]),
        ("(n)::text = 'a'::text", "n = 'a'", []),
        ("(t.id)::text = (auth.uid())::text", "auth.uid()::text = id::text", []),
    ],
)
def test_casts_to_text_that_somebody_wrote_are_compared(head: str, derived: str, kinds: list[str]) -> None:
    assert [one[0] for one in told(CASTS.format(head), CASTS.format(derived), alike=False)] == kinds


HUNG = """
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER made AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION f();
CREATE TRIGGER theirs AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION auth.g();
CREATE POLICY own ON storage.objects USING (bucket_id = 'a');
"""
MADE = HUNG.splitlines()[1]


def hung(head: str, derived: str) -> list[str]:
    """The objects that differ, where both sides may have tables of others."""
    sides = [parse(text, "snapshot.sql", Configuration()) for text in (head, derived)]
    return [str(d.object) for d in beside(sides[0].schema, sides[1], lambda _: None, alike=False)]


def test_what_is_hung_onto_tables_of_others_is_compared() -> None:
    found = ["policy storage.objects.own", "trigger auth.users.made"]
    theirs = "CREATE SCHEMA auth; CREATE TABLE auth.users (id uuid);"
    assert hung(MADE, HUNG) == found
    assert hung(HUNG, f"{theirs} {MADE}") == found
    assert hung(HUNG, MADE) == []  # a dump of the schema public has none of them
    assert hung(HUNG, HUNG.replace("'a'", "'b'")) == found[:1]


def test_what_follows_from_a_missing_table_is_not_told() -> None:
    assert told(START, "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'") == [
        ("sequence", "sequence public.s", True, False),
        ("type", "type public.c", True, False),
        ("type", "type public.d", True, False),
        ("view", "view public.v", True, False),
    ]


def test_partitions() -> None:
    parent = "CREATE TABLE p (id integer) PARTITION BY RANGE (id);"
    child = "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (2);"
    assert [one[1] for one in told(parent, parent + child)] == ["table public.p1"]


def test_where_something_was_not_read_absence_proves_nothing() -> None:
    assert told(START, "ALTER TABLE nowhere SOMETHING ODD; CREATE TABLE t (id integer)") == []


def test_extras() -> None:
    more = """
        ALTER TABLE t ADD mine integer; CREATE TABLE mine (a integer, b integer); CREATE INDEX i ON t (n);
        ALTER TABLE t ADD CONSTRAINT u UNIQUE (n); CREATE TYPE e AS ENUM ('a');
        CREATE TABLE auth.users (id integer); CREATE TABLE alembic_version (version_num varchar(32));
        ALTER TABLE t OWNER TO me; ALTER TYPE e OWNER TO me; ANALYZE t; INSERT INTO t VALUES (1);
        COPY t FROM stdin;
1	2
\\.
    """
    assert only(START, START + more) == [
        "type public.e",
        "column public.t.mine",
        "table public.mine",
        "constraint public.t.u",
        "index public.t.i",
        "rows of public.t (2 statements)",
    ]


def test_what_the_history_had_once_is_no_extra() -> None:
    assert only("", START) != []
    assert only("", START, START) == []


def test_a_key_under_another_name_is_no_extra() -> None:
    made = "CREATE TABLE t (id integer, CONSTRAINT {} UNIQUE (id)); CREATE INDEX {} ON t (id);"
    assert only(made.format("a", "b"), made.format("c", "d")) == []


@pytest.mark.parametrize(
    ("head", "dumped", "same"),
    [
        ("current_user", "postgres", True),
        ("current_user, authenticated", "authenticated, postgres", True),
        ("current_user", "authenticated, postgres", False),
        ("session_user, authenticated", "postgres", False),
        ("authenticated", "anon", False),
    ],
)
def test_the_role_that_made_a_policy(head: str, dumped: str, same: bool) -> None:
    policy = "CREATE TABLE t (id int); CREATE POLICY p ON t TO {} USING (true);"
    assert (told(policy.format(head), policy.format(dumped), alike=False) == []) == same
