from __future__ import annotations

import pytest

from tests.drift.comparing import compared, told

USERS = "CREATE TABLE users (id int PRIMARY KEY);"


def test_actions_of_a_foreign_key() -> None:
    head = USERS + "CREATE TABLE t (u int REFERENCES users);"
    assert told(head, USERS + "CREATE TABLE t (u int REFERENCES users (id) ON DELETE CASCADE);") == [
        ("foreign_key", "integrity", "constraint public.t.t_u_fkey")
    ]
    assert told(head, USERS + "CREATE TABLE t (u int REFERENCES users (id) ON DELETE NO ACTION);") == []


def test_how_a_foreign_key_takes_null() -> None:
    head = (
        "CREATE TABLE users (a int, b int, PRIMARY KEY (a, b));"
        "CREATE TABLE t (a int, b int, CONSTRAINT k FOREIGN KEY (a, b) REFERENCES users{});"
    )
    full, simple, plain = (head.format(match) for match in (" MATCH FULL", " MATCH SIMPLE", ""))
    assert told(plain, full) == told(full, plain) == [("foreign_key", "integrity", "constraint public.t.k")]
    assert told(plain, simple) == told(full, full) == []


def test_validation_counts_for_databases_only() -> None:
    head = "CREATE TABLE t (a int); ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)"
    assert told(head, f"{head} NOT VALID") == []


def test_foreign_keys_of_one_side() -> None:
    with_key, without = USERS + "CREATE TABLE t (u int REFERENCES users);", USERS + "CREATE TABLE t (u int);"
    assert told(with_key, without) == [("foreign_key", "integrity", "constraint public.t.t_u_fkey")]
    assert told(without, with_key) == [("foreign_key", "integrity", "constraint public.t.t_u_fkey")]


def test_a_foreign_key_to_a_managed_schema_is_compared() -> None:
    assert told("CREATE TABLE t (u uuid);", "CREATE TABLE t (u uuid REFERENCES auth.users (id));") == [
        ("foreign_key", "integrity", "constraint public.t.t_u_fkey")
    ]


def test_the_primary_key_of_a_table_of_others_need_not_be_named() -> None:
    users = "CREATE SCHEMA auth; CREATE TABLE auth.users (id uuid PRIMARY KEY);"
    head = f"{users} CREATE TABLE t (u uuid REFERENCES auth.users (id) ON DELETE CASCADE);"
    assert told(head, "CREATE TABLE t (u uuid REFERENCES auth.users ON DELETE CASCADE);") == []
    assert told(head, "CREATE TABLE t (u uuid REFERENCES auth.users);") == [
        ("foreign_key", "integrity", "constraint public.t.t_u_fkey")
    ]


def test_a_foreign_key_to_another_table() -> None:
    both = USERS + "CREATE TABLE people (id int PRIMARY KEY);"
    assert told(
        both + "CREATE TABLE t (u int REFERENCES users);", both + "CREATE TABLE t (u int REFERENCES people);"
    ) == [("foreign_key", "integrity", "constraint public.t.t_u_fkey")]


def test_primary_keys() -> None:
    assert told("CREATE TABLE t (a int, b int, PRIMARY KEY (a, b));", "CREATE TABLE t (a int, b int);") == [
        ("primary_key", "integrity", "constraint public.t.t_pkey")
    ]
    assert told("CREATE TABLE t (a int PRIMARY KEY);", "CREATE TABLE t (a int CONSTRAINT x PRIMARY KEY);") == [
        ("name", "cosmetic", "table public.t")
    ]


@pytest.mark.parametrize(
    ("snapshot", "expected"),
    [
        ("CREATE TABLE t (a int UNIQUE);", []),
        (
            "CREATE TABLE t (a int); CREATE UNIQUE INDEX t_a_key ON t (a);",
            [("unique", "cosmetic", "index public.t.t_a_key")],
        ),
        ("CREATE TABLE t (a int);", [("unique", "integrity", "constraint public.t.t_a_key")]),
        ("CREATE TABLE t (a int, CONSTRAINT u UNIQUE (a));", [("name", "cosmetic", "table public.t")]),
    ],
)
def test_uniqueness(snapshot: str, expected: list[tuple[str, str, str]]) -> None:
    assert told("CREATE TABLE t (a int UNIQUE);", snapshot) == expected


def test_indexes() -> None:
    table = "CREATE TABLE t (a text, b int);"
    assert told(table + "CREATE INDEX i ON t (a);", table) == [("index", "cosmetic", "index public.t.i")]
    assert (
        told(table + "CREATE INDEX i ON t (lower(a));", table + "CREATE INDEX i ON t USING btree (lower((a)::text));")
        == []
    )
    assert told(table + "CREATE INDEX i ON t (a) WHERE b > 0;", table + "CREATE INDEX i ON t (a) WHERE (b > 0);") == []
    assert len(told(table + "CREATE INDEX i ON t (a, b);", table + "CREATE INDEX i ON t (b, a);")) == 1


def test_equal_keys_are_matched_by_name_first() -> None:
    table = "CREATE TABLE t (a int); CREATE INDEX one ON t (a); CREATE INDEX two ON t (a);"
    swapped = "CREATE TABLE t (a int); CREATE INDEX two ON t (a); CREATE INDEX one ON t (a);"
    assert told(table, swapped) == []


def test_checks() -> None:
    head = "CREATE TABLE t (s text, CONSTRAINT c CHECK (s IN ('a', 'b')));"
    assert told(head, "CREATE TABLE t (s text, CONSTRAINT c CHECK ((s = ANY (ARRAY['a'::text, 'b'::text]))));") == []
    assert told(head, "CREATE TABLE t (s text, CONSTRAINT c CHECK (s IN ('a')));") == [
        ("check", "integrity", "constraint public.t.c")
    ]
    assert told(head, "CREATE TABLE t (s text);") == [("check", "integrity", "constraint public.t.c")]


def test_the_order_of_the_columns_of_a_foreign_key_does_not_count() -> None:
    both = "CREATE TABLE u (a int, b int, PRIMARY KEY (a, b));"
    head = both + "CREATE TABLE t (x int, y int, CONSTRAINT f FOREIGN KEY (x, y) REFERENCES u (a, b));"
    assert (
        told(head, both + "CREATE TABLE t (x int, y int, CONSTRAINT f FOREIGN KEY (y, x) REFERENCES u (b, a));") == []
    )
    assert (
        len(told(head, both + "CREATE TABLE t (x int, y int, CONSTRAINT f FOREIGN KEY (y, x) REFERENCES u (a, b));"))
        == 1
    )


@pytest.mark.parametrize(
    ("head", "snapshot", "said"),
    [
        (
            "CREATE INDEX i ON t (v);",
            "CREATE INDEX i ON t USING brin (v);",
            "index i on public.t is btree (v) in the history and brin (v) in supabase_schema.sql",
        ),
        (
            "CREATE INDEX i ON t (v);",
            "CREATE INDEX j ON t (v DESC) INCLUDE (n) WHERE n > 5;",
            "index i, j on public.t is btree (v) in the history and btree (v DESC) include (n) where n > 5 in",
        ),
        ("", "CREATE INDEX i ON t USING hash (v);", "has index i on public.t hash (v), which the history lacks"),
        (
            "CREATE UNIQUE INDEX i ON t (v) WHERE n > 5;",
            "",
            "the history keeps public.t (v) where n > 5 unique, supabase_schema.sql does not",
        ),
        ("CREATE UNIQUE INDEX i ON t (lower(v));", "", "keeps public.t (lower(v)) unique"),
        (
            "CREATE UNIQUE INDEX i ON t (v) WHERE n > 5;",
            "CREATE UNIQUE INDEX i ON t (v);",
            "public.t is kept unique by (v) where n > 5 in the history and by (v) in supabase_schema.sql",
        ),
        (
            "ALTER TABLE t ADD UNIQUE (v);",
            "ALTER TABLE t ADD UNIQUE NULLS NOT DISTINCT (v);",
            "public.t is kept unique by (v) in the history and by (v) with equal nulls in supabase_schema.sql",
        ),
        ("CREATE UNIQUE INDEX i ON t (v);", "CREATE INDEX i ON t (v);", "the history keeps public.t (v) unique"),
    ],
)
def test_one_difference_that_says_what_each_side_has(head: str, snapshot: str, said: str) -> None:
    table = "CREATE TABLE t (v text, n int);"
    (difference,) = compared(table + head, table + snapshot)
    assert said in difference.message


def test_an_index_that_was_not_read_is_no_other_one() -> None:
    table = "CREATE TABLE t (v text, n int);"
    unread = table + "ALTER TABLE t WITH SOMETHING UNHEARD OF;"
    assert told(table + "CREATE INDEX i ON t (v);", unread + "CREATE INDEX j ON t USING brin (v);") == [
        ("index", "cosmetic", "index public.t.j")
    ]
    assert len(told(table + "CREATE INDEX i ON t (v);", unread + "CREATE INDEX i ON t USING brin (v);")) == 1


STAYS = "CREATE TABLE stays (room int, during tsrange, a timestamp, b timestamp, c text);"
EXCLUDED = [("exclusion", "integrity", "constraint public.stays.x")]


def excluding(definition: str) -> str:
    return f"{STAYS} ALTER TABLE stays ADD CONSTRAINT x EXCLUDE {definition};"


def test_exclusions_of_one_side() -> None:
    assert told(STAYS, excluding("USING gist (during WITH &&)")) == EXCLUDED
    assert told(excluding("USING gist (during WITH &&)"), STAYS) == EXCLUDED


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ("USING gist (room WITH =, tsrange(a, b) WITH &&) WHERE (c <> 'x')", []),
        ("USING gist (room WITH =, tsrange(a, b) WITH &&) WHERE (((c)::text <> 'x'::text))", []),
        ("USING gist (tsrange(a, b) range_ops WITH &&, room WITH OPERATOR(pg_catalog.=)) WHERE (c <> 'x')", []),
        ("USING gist (room WITH =, tsrange(a, b) WITH -|-) WHERE (c <> 'x')", EXCLUDED),
        ("USING gist (room WITH =, tsrange(b, a) WITH &&) WHERE (c <> 'x')", EXCLUDED),
        ("USING gist (room WITH =, tsrange(a, b) WITH &&) WHERE (c <> 'y')", EXCLUDED),
        ("USING gist (room WITH =, tsrange(a, b) WITH &&)", EXCLUDED),
        ("USING gist (tsrange(a, b) WITH &&) WHERE (c <> 'x')", EXCLUDED),
        ("USING gist (room WITH =, tsrange(a, b) WITH &&) WHERE (c <> 'x') DEFERRABLE INITIALLY DEFERRED", EXCLUDED),
    ],
)
def test_what_exclusions_refuse(other: str, expected: list[tuple[str, str, str]]) -> None:
    head = excluding("USING gist (room WITH =, tsrange(a, b) WITH &&) WHERE (c <> 'x')")
    assert told(head, excluding(other)) == expected
    renamed = excluding(other).replace("CONSTRAINT x", "CONSTRAINT other")
    assert ("exclusion" in [kind for kind, *_ in told(head, renamed)]) == bool(expected)


def test_a_condition_that_keeps_the_same_rows_apart_counts_for_on_conflict() -> None:
    table = "CREATE TABLE t (a int); CREATE UNIQUE INDEX i ON t (a)"
    found = compared(f"{table};", f"{table} WHERE a IS NOT NULL;")
    assert [(d.kind, d.drift_class) for d in found] == [("unique", "cosmetic")]
