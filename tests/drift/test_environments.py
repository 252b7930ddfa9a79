"""SQL files against the history: what beside tables differs, under the names that tables have there."""

from __future__ import annotations

import pytest

from migralint.configuration import Configuration
from migralint.drift import LastChange
from migralint.drift.environments import environment_drift, snapshot_drift
from migralint.snapshots import parse
from tests.drift.comparing import schema

HEAD = """
CREATE TABLE orders (id integer CONSTRAINT orders_pkey PRIMARY KEY, buyer text, total integer);
CREATE INDEX by_buyer ON orders (buyer);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON orders USING (buyer = CURRENT_USER);
CREATE VIEW rich AS SELECT * FROM orders WHERE total > 100;
CREATE EXTENSION pg_trgm;
"""


def told(head: str, snapshot: str, *, dump: bool = False) -> list[tuple[str, str, bool]]:
    """Kind and object of each difference, and whether the head has it."""
    side = parse(snapshot, "supabase_schema.sql", Configuration())
    changes = LastChange(list)
    found = (
        environment_drift(schema(head), side, changes, "head") if dump else snapshot_drift(schema(head), side, changes)
    )
    return sorted((one.kind, str(one.object), one.sides[0][1] is not None) for one in found)


def test_what_a_snapshot_has_beside_tables_is_compared() -> None:
    assert told(HEAD, HEAD) == []
    other = HEAD.replace("= CURRENT_USER", "<> ''").replace("> 100", "> 200")
    assert told(HEAD, other) == [
        ("policy", "policy public.orders.own", True),
        ("view", "view public.rich", True),
    ]
    without = HEAD.replace("CREATE POLICY own ON orders USING (buyer = CURRENT_USER);", "")
    assert told(HEAD, without) == [("policy", "policy public.orders.own", True)]
    assert told(without, HEAD) == [("policy", "policy public.orders.own", False)]


def test_row_security_of_a_snapshot_only() -> None:
    head = "CREATE TABLE orders (id integer)"
    assert told(head, f"{head}; ALTER TABLE orders ENABLE ROW LEVEL SECURITY") == [
        ("row_security", "row_security public.orders", False)
    ]


def test_extensions_are_compared_with_environments_only() -> None:
    without = HEAD.replace("CREATE EXTENSION pg_trgm;", "")
    assert told(HEAD, without) == []
    assert told(HEAD, without, dump=True) == [("extension", "extension pg_trgm", True)]


def test_a_file_with_nothing_but_tables_lacks_only_tables() -> None:
    plain = "CREATE TABLE public.orders (id integer PRIMARY KEY, buyer text, total integer)"
    kinds = {kind for kind, *_ in told(HEAD, plain)}
    assert kinds == {"index", "row_security"}


def test_policies_of_a_table_with_another_name() -> None:
    renamed = (
        HEAD.replace("orders (id", "purchases (id")
        .replace(" orders ", " purchases ")
        .replace("ON orders", "ON purchases")
    )
    assert told(HEAD, renamed) == [("table", "table public.purchases", True)]
    other = renamed.replace("= CURRENT_USER", "<> ''")
    for dump in (False, True):
        assert told(HEAD, other, dump=dump) == [
            ("policy", "policy public.purchases.own", True),
            ("table", "table public.purchases", True),
        ]


GUESTS = """
CREATE TABLE guests (id integer PRIMARY KEY, name text, kind text, note varchar(10));
CREATE TABLE stays (id integer PRIMARY KEY, guest_id integer REFERENCES guests);
CREATE FUNCTION label(g guests) RETURNS text LANGUAGE sql AS 'SELECT $1.name';
CREATE POLICY own ON stays USING (guest_id IN (SELECT g.id FROM guests g WHERE g.kind = 'usual'));
"""


def test_what_is_of_the_rows_of_a_renamed_table_follows_it() -> None:
    other = GUESTS.replace("guests", "visitors").replace("note varchar(10)", "note text, mail text, phone text")
    kinds = [f"{kind} {ref}" for kind, ref, _ in told(GUESTS, other)]
    assert [one for one in kinds if one.split()[0] in ("table", "function", "policy")] == [
        "table table public.visitors"
    ]


def test_a_policy_that_asks_for_something_else_of_a_renamed_table() -> None:
    other = GUESTS.replace("guests", "visitors").replace("= 'usual'", "<> 'rare'")
    assert ("policy", "policy public.stays.own", True) in told(GUESTS, other)


def test_a_table_that_keeps_its_key_under_another_name_is_the_same() -> None:
    head = "CREATE TABLE a (id integer CONSTRAINT a_pkey PRIMARY KEY); CREATE TABLE c (id integer CONSTRAINT c_pkey PRIMARY KEY)"
    snapshot = head.replace("TABLE a ", "TABLE b ")
    assert told(head, snapshot) == [("table", "table public.b", True)]
    assert told(head, snapshot.replace("a_pkey", "b_pkey")) == [
        ("table", "table public.a", True),
        ("table", "table public.b", False),
    ]
    other = snapshot.replace(
        "id integer CONSTRAINT a_pkey PRIMARY KEY", "x integer CONSTRAINT a_pkey PRIMARY KEY, y text"
    )
    assert len(told(head, other)) == 2


def test_a_table_that_stands_in_a_schema_that_the_history_lacks() -> None:
    head = "CREATE TABLE notes (id serial CONSTRAINT notes_pkey PRIMARY KEY, body text, lang text);"
    moved = "CREATE SCHEMA billing;" + head.replace("TABLE notes", "TABLE billing.notes")
    for dump in (False, True):
        assert told(head, moved, dump=dump) == [("table", "table billing.notes", True)]
        assert told(moved, head, dump=dump) == [
            *([("schema", "schema billing", True)] if dump else []),
            ("table", "table public.notes", True),
        ]
        assert told(head, "CREATE SCHEMA billing;" + head, dump=dump) == []


def test_row_security_that_one_side_forces_on_the_owner() -> None:
    forced = HEAD + "ALTER TABLE orders FORCE ROW LEVEL SECURITY;"
    for dump in (False, True):
        expected = [("row_security", "row_security public.orders", True)]
        assert told(HEAD, forced, dump=dump) == told(forced, HEAD, dump=dump) == expected
        assert told(forced, forced, dump=dump) == []


def test_when_a_trigger_fires() -> None:
    head = (
        "CREATE TABLE orders (id integer); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END';"
        "CREATE TRIGGER r BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION f();"
    )
    expected = [("trigger", "trigger public.orders.r", True)]
    for firing in ("DISABLE", "ENABLE ALWAYS", "ENABLE REPLICA"):
        other = f"{head} ALTER TABLE orders {firing} TRIGGER r;"
        assert told(head, other) == told(other, head) == expected
        assert told(other, other) == []
    assert told(head, f"{head} ALTER TABLE orders ENABLE TRIGGER r;") == []


@pytest.mark.parametrize(
    ("kind", "constraint"), [("check", "CHECK (n > 0)"), ("foreign_key", "FOREIGN KEY (n) REFERENCES orders (id)")]
)
def test_constraints_that_only_one_side_has_validated(kind: str, constraint: str) -> None:
    head = f"CREATE TABLE orders (id integer PRIMARY KEY, n integer); ALTER TABLE orders ADD CONSTRAINT c {constraint}"
    open_ = f"{head} NOT VALID"
    for dump in (False, True):
        expected = [(kind, "constraint public.orders.c", True)]
        assert told(head, open_, dump=dump) == told(open_, head, dump=dump) == expected
        assert told(open_, open_, dump=dump) == []
        assert told(head, f"{open_}; ALTER TABLE orders VALIDATE CONSTRAINT c", dump=dump) == []
