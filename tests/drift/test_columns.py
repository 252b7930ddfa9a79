from __future__ import annotations

import pytest

from tests.drift.comparing import compared, told

STATUS = "CREATE TYPE status AS ENUM ('open', 'paid');"
TYPES = [
    ("varchar(20)", "character varying(20)", None),
    ("varchar(20)", "varchar(50)", "blocking"),
    ("varchar(20)", "text", "blocking"),
    ("varchar", "text", "cosmetic"),
    ("int", "bigint", "blocking"),
    ("int4", "integer", None),
    ("timestamp", "timestamptz", "integrity"),
    ("json", "jsonb", "integrity"),
    ("numeric(10, 2)", "numeric(10, 4)", "blocking"),
    ("real", "double precision", "integrity"),
    ("uuid", "text", "blocking"),
    ("boolean", "integer", "blocking"),
    ("text[]", "text", "blocking"),
    ("text[]", "varchar(5)[]", "blocking"),
    ("varchar(5)[]", "varchar(9)[]", "blocking"),
    ("varchar(5)[]", "character varying(5)[3]", None),
    ("varchar[]", "text[]", "cosmetic"),
    ("int[]", "bigint[]", "blocking"),
    ("timestamp[]", "timestamptz[]", "integrity"),
    ("timestamp(3)[]", "timestamp[]", "integrity"),
    ("text[][]", "text[]", None),
    ("citext", "extensions.citext", None),
]


@pytest.mark.parametrize(("one", "other", "drift_class"), TYPES)
def test_types(one: str, other: str, drift_class: str | None) -> None:
    for left, right in ((one, other), (other, one)):
        found = told(f"CREATE TABLE t (c {left});", f"CREATE TABLE t (c {right});")
        assert found == ([("type", drift_class, "column public.t.c")] if drift_class else [])


def test_an_enum_against_a_text_with_a_check_is_one_difference() -> None:
    text = "CREATE TABLE t (s varchar(20) DEFAULT 'open' CHECK (s IN ('open', 'paid')));"
    enum = STATUS + "CREATE TABLE t (s status DEFAULT 'open');"
    for head, snapshot in ((text, enum), (enum, text)):
        (difference,) = compared(head, snapshot)
        assert (difference.kind, difference.drift_class) == ("type", "blocking")
        assert "represented differently" in difference.message


def test_an_enum_against_an_array_of_it() -> None:
    one, many = (f"{STATUS} CREATE TABLE t (s {kind});" for kind in ("status", "status[]"))
    assert told(one, many) == told(many, one) == [("type", "blocking", "column public.t.s")]
    assert told(many, many) == []


def test_labels_of_an_enum() -> None:
    more = STATUS.replace("'paid'", "'paid', 'returned'")
    assert told(STATUS, more) == [("enum", "blocking", "type public.status")]
    assert told(more, STATUS) == [("enum", "blocking", "type public.status")]
    assert told(STATUS, STATUS.replace("'open', 'paid'", "'paid', 'open'")) == [
        ("enum", "cosmetic", "type public.status")
    ]


def test_an_enum_of_another_name_is_told_once() -> None:
    table = "CREATE TABLE t (a {0}, b {0});"
    other = STATUS.replace("status", "state") + table.format("state")
    (difference,) = compared(STATUS + table.format("status"), other)
    assert (difference.kind, difference.renamed_from) == ("enum", "public.status")


def test_nullability_and_defaults() -> None:
    assert told("CREATE TABLE t (c int NOT NULL);", "CREATE TABLE t (c int);") == [
        ("nullability", "integrity", "column public.t.c")
    ]
    assert told("CREATE TABLE t (c int DEFAULT 1);", "CREATE TABLE t (c int);") == [
        ("default", "integrity", "column public.t.c")
    ]
    assert (
        told(
            "CREATE TABLE t (c timestamptz DEFAULT now());", "CREATE TABLE t (c timestamptz DEFAULT CURRENT_TIMESTAMP);"
        )
        == []
    )


def test_numbers_from_serial_and_identity() -> None:
    serial, identity = "CREATE TABLE t (c serial);", "CREATE TABLE t (c int GENERATED {} AS IDENTITY);"
    assert told(serial, identity.format("BY DEFAULT")) == [("default", "cosmetic", "column public.t.c")]
    assert told(serial, identity.format("ALWAYS")) == [("default", "integrity", "column public.t.c")]
    assert (
        told(serial, "CREATE SEQUENCE t_c_seq; CREATE TABLE t (c int NOT NULL DEFAULT nextval('public.t_c_seq'));")
        == []
    )


def test_the_order_of_columns_is_no_drift() -> None:
    assert told("CREATE TABLE t (a int, b text);", "CREATE TABLE t (b text, a int);") == []


def test_an_enum_that_only_one_side_has() -> None:
    unused = [("enum", "cosmetic", "type public.status")]
    assert told("", STATUS) == unused
    assert told(STATUS, "") == unused
    assert told("CREATE TABLE t (s text);", STATUS + "CREATE TABLE t (s text);") == unused
    (difference,) = compared("", STATUS)
    assert "supabase_schema.sql has enum public.status, which the history lacks" in difference.message
    assert difference.place.start == STATUS.index("CREATE")
    # What uses it is the difference.
    assert told("", STATUS + "CREATE TABLE t (s status);") == [("table", "blocking", "table public.t")]
    assert [kind for kind, *_ in told("CREATE TABLE t (s int);", STATUS + "CREATE TABLE t (s status[]);")] == ["type"]
    assert told("", STATUS + "ALTER TABLE t WITH SOMETHING UNHEARD OF;") == unused
    assert told(STATUS, "ALTER TABLE t WITH SOMETHING UNHEARD OF;") == []
    assert told("", "CREATE SCHEMA auth; CREATE TYPE auth.level AS ENUM ('a');") == []


def test_a_default_on_one_side_is_told_beside_another_type() -> None:
    one, other = "CREATE TABLE t (a integer DEFAULT 1)", "CREATE TABLE public.t (a bigint)"
    assert [kind for kind, *_ in told(one, other)] == ["type", "default"]
    assert [kind for kind, *_ in told(one, other.replace("bigint", "bigint DEFAULT 1"))] == ["type"]
    assert [kind for kind, *_ in told(one, other.replace("bigint", "text DEFAULT '2'"))] == ["type"]


@pytest.mark.parametrize(
    ("domain", "kind", "plain", "differs"),
    [
        ("text CHECK (VALUE LIKE '%@%')", "email", "text", True),
        ("text CHECK (VALUE LIKE '%@%')", "email[]", "text[]", True),
        ("text NOT NULL", "email", "text", True),
        ("text NOT NULL", "email NOT NULL", "text NOT NULL", False),
        ("text DEFAULT 'x'", "email", "text", True),
        ("text DEFAULT 'x'", "email[]", "text[]", False),
        ("text DEFAULT 'x'", "email DEFAULT 'y'", "text DEFAULT 'y'", False),
        ("text", "email", "text", False),
    ],
)
def test_a_domain_against_its_base(domain: str, kind: str, plain: str, differs: bool) -> None:
    one, other = f"CREATE DOMAIN email AS {domain}; CREATE TABLE t (c {kind});", f"CREATE TABLE t (c {plain});"
    expected = [("type", "integrity", "column public.t.c")] if differs else []
    assert told(one, other) == told(other, one) == expected
    assert told(one, one) == []


def test_two_domains_that_ask_the_same() -> None:
    one, other = (
        f"CREATE DOMAIN {name} AS text CHECK (VALUE <> ''); CREATE TABLE t (c {name});" for name in ("word", "name")
    )
    assert told(one, other) == []
    assert told(one, other.replace("<> ''", "<> 'x'")) == [("type", "integrity", "column public.t.c")]


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ('text COLLATE "C"', "text", ("type", "integrity")),
        ("text", 'varchar(5) COLLATE "C"', ("type", "blocking")),
        ('text COLLATE pg_catalog."default"', "text", None),
        ("uuid DEFAULT gen_random_uuid()", "uuid DEFAULT extensions.uuid_generate_v4()", ("default", "cosmetic")),
        ("uuid DEFAULT gen_random_uuid()", "uuid DEFAULT public.gen_random_uuid()", None),
    ],
)
def test_what_a_collation_or_another_function_changes(one: str, other: str, told: tuple[str, str] | None) -> None:
    found = compared(f"CREATE TABLE t (a {one});", f"CREATE TABLE t (a {other});")
    assert [(d.kind, d.drift_class) for d in found] == ([told] if told else [])
