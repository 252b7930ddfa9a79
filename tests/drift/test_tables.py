from __future__ import annotations

import pytest

from tests.drift.comparing import compared, told

ORDERS = "CREATE TABLE {} (id uuid PRIMARY KEY, product uuid, amount numeric(12, 2), note text);"
USERS = "CREATE TABLE users (id uuid PRIMARY KEY, name text);"


def test_equal_schemas_do_not_differ() -> None:
    assert told(ORDERS.format("orders"), ORDERS.format("orders")) == []


def test_a_table_of_one_side() -> None:
    assert told(USERS, "") == [("table", "blocking", "table public.users")]
    assert told("", USERS) == [("table", "blocking", "table public.users")]


def test_a_renamed_table_is_one_difference_with_evidence() -> None:
    (difference,) = compared(USERS + ORDERS.format("orders"), USERS + ORDERS.format("purchases"))
    assert (difference.kind, difference.drift_class) == ("table", "blocking")
    assert str(difference.object.table) == "public.purchases"
    assert difference.renamed_from == "public.orders"
    assert difference.evidence == "4 of 4 columns have the same name, 4 of them the same type"
    assert difference.sides == (("head", "table public.orders"), ("supabase_schema.sql", "table public.purchases"))


def test_columns_and_keys_are_compared_under_the_rename() -> None:
    head = ORDERS.format("orders") + "CREATE TABLE items (order_id uuid REFERENCES orders);"
    snapshot = ORDERS.format("purchases").replace("note text", "note text NOT NULL")
    snapshot += "CREATE TABLE items (order_id uuid REFERENCES purchases (id));"
    assert told(head, snapshot) == [
        ("table", "blocking", "table public.purchases"),
        ("nullability", "integrity", "column public.purchases.note"),
    ]


def test_a_renamed_table_with_a_renamed_column_and_other_names_of_keys() -> None:
    parts = "mail text CONSTRAINT {0}_mail_key UNIQUE, {1} text NOT NULL, phone text, CONSTRAINT {0}_c CHECK (id > 0)"
    table = f"CREATE TABLE {{0}} (id int CONSTRAINT {{0}}_pkey PRIMARY KEY, {parts});"
    found = compared(table.format("customers", "full_name"), table.format("clients", "display_name"))
    assert [(str(d.object), d.renamed_from) for d in found] == [
        ("table public.clients", "public.customers"),
        ("column public.clients.display_name", "full_name"),
    ]


@pytest.mark.parametrize(
    ("column", "renamed"), [("title text", True), ("title text, more int", False), ("n int", False)]
)
def test_a_small_table_is_known_by_what_references_it(column: str, renamed: bool) -> None:
    members = "CREATE TABLE members (id int PRIMARY KEY, team_id int REFERENCES {});"
    head = "CREATE TABLE teams (id int PRIMARY KEY, name text);" + members.format("teams")
    found = compared(head, f"CREATE TABLE groups (id int PRIMARY KEY, {column});" + members.format("groups"))
    assert [d.renamed_from for d in found if d.kind == "table"] == (["public.teams"] if renamed else [None, None])


def test_two_tables_that_fit_alike_are_no_rename() -> None:
    kinds = [d.renamed_from for d in compared(ORDERS.format("orders"), ORDERS.format("a") + ORDERS.format("b"))]
    assert kinds == [None, None, None]


def test_tables_with_nothing_but_common_columns_are_no_rename() -> None:
    common = "CREATE TABLE {} (id uuid, created_at timestamptz, updated_at timestamptz, {} text);"
    others = "".join(common.format(f"t{n}", f"own{n}") for n in range(6))
    found = compared(others + common.format("a", "alpha"), others + common.format("b", "beta"))
    assert [d.renamed_from for d in found] == [None, None]


def test_managed_schemas_and_the_version_table_are_left_out() -> None:
    snapshot = (
        "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);"
        "CREATE SCHEMA auth; CREATE TABLE auth.users (id uuid); CREATE TABLE storage.objects (id uuid);"
    )
    assert told("", snapshot) == []


def test_what_could_not_be_read_makes_absence_prove_nothing() -> None:
    unread = "ALTER TABLE users WITH SOMETHING UNHEARD OF;"
    assert told(USERS, "CREATE TABLE users (id uuid PRIMARY KEY);" + unread) == []
    assert told(USERS + ORDERS.format("orders"), USERS + unread) == []


def test_policies_of_the_snapshot_are_no_drift() -> None:
    more = "ALTER TABLE users ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON users USING (true); GRANT ALL ON users TO anon;"
    assert told(USERS, USERS + more) == []
    assert told(USERS + more, USERS) == [("row_security", "integrity", "table public.users")]


def test_a_renamed_column() -> None:
    head, snapshot = "CREATE TABLE t (id int, mail text, at date);", "CREATE TABLE t (id int, email text, at date);"
    (difference,) = compared(head, snapshot)
    assert (difference.kind, difference.object.name, difference.renamed_from) == ("column", "email", "mail")


@pytest.mark.parametrize(
    "snapshot",
    [
        "CREATE TABLE t (id int, at date, email text);",
        "CREATE TABLE t (id int, email varchar(5), at date);",
        "CREATE TABLE t (id int, email text, address text, at date);",
    ],
)
def test_a_doubtful_rename_of_a_column_is_none(snapshot: str) -> None:
    found = compared("CREATE TABLE t (id int, mail text, at date);", snapshot)
    assert {d.kind for d in found} == {"column"}
    assert {d.renamed_from for d in found} == {None}


def test_what_uses_a_missing_object_is_not_repeated() -> None:
    snapshot = USERS + "CREATE TABLE t (id int, user_id uuid UNIQUE REFERENCES users, CHECK (user_id IS NOT NULL));"
    assert told(USERS + "CREATE TABLE t (id int);", snapshot) == [("column", "blocking", "column public.t.user_id")]
    assert told(
        "CREATE TABLE t (id int, user_id uuid);", USERS + "CREATE TABLE t (id int, user_id uuid REFERENCES users);"
    ) == [("table", "blocking", "table public.users")]
