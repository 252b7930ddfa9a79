"""What `effects` says is what a server does: locks, rewrites, scans, index builds."""

from __future__ import annotations

import pytest

from migralint.operations import (
    AddColumn,
    AlterColumn,
    CreateConstraint,
    CreateIndex,
    CreateTable,
    CreateType,
    CreateView,
    Delete,
    DropColumn,
    DropConstraint,
    DropIndex,
    DropTable,
    Operation,
    RenameConstraint,
    RenameIndex,
    RenameTable,
    Truncate,
    ValidateConstraint,
)
from migralint.operations.effects import BRIEF, SIZE, Effects, effects
from migralint.schema import (
    Check,
    Column,
    Domain,
    EnumType,
    ForeignKey,
    Generated,
    Index,
    Key,
    Name,
    PrimaryKey,
    Schema,
    Table,
    Unique,
    View,
)
from tests.postgres.ddl import sql
from tests.postgres.server import Observed, Server

T, R, V, W = (Name("public", n) for n in ("t", "r", "v", "w"))


def by(*columns: str) -> tuple[Key, ...]:
    return tuple(Key(c) for c in columns)


SETUP: list[Operation] = [
    CreateType(EnumType(Name("public", "en"), ("a", "b"))),
    CreateType(Domain(Name("public", "plain"), "integer", default="4")),
    CreateType(Domain(Name("public", "checked"), "integer", checks=(Check("", "VALUE > 0"),))),
    CreateType(Domain(Name("public", "filled"), "integer", not_null=True)),
    CreateTable(
        Table(
            R,
            (Column("k", "integer"), Column("code", "varchar(10)")),
            (PrimaryKey("", ("k",)), Unique("r_code", ("code",))),
        )
    ),
    CreateTable(
        Table(
            T,
            (
                Column("id", "integer"),
                Column("c", "integer"),
                Column("code", "varchar(10)"),
                Column("a", "varchar(10)"),
                Column("n", "numeric(10,2)"),
                Column("ck", "varchar(10)"),
                Column("nv", "integer"),
                Column("proven", "integer"),
                Column("either", "integer"),
                Column("nn", "integer", not_null=True),
                Column("ts", "timestamp without time zone"),
                Column("x", "text", collation="C"),
                Column("g", "integer", generated=Generated("nn + 1")),
            ),
            (
                PrimaryKey("t_pkey", ("id",)),
                ForeignKey("t_c_fkey", ("c",), R, ("k",)),
                ForeignKey("t_code_fkey", ("code",), R, ("code",)),
                Check("t_ck", "ck <> ''", ("ck",)),
                Check("t_proven", "(proven IS NOT NULL) AND (nn > 0)", ("proven", "nn")),
                Check("t_either", "either IS NOT NULL OR nn > 0", ("either", "nn")),
                Unique("t_n_key", ("n", "id")),
            ),
        )
    ),
    CreateConstraint(T, Check("t_nv", "nv IS NOT NULL", ("nv",), validated=False)),
    CreateConstraint(T, ForeignKey("t_nv_fkey", ("nv",), R, ("k",), validated=False)),
    CreateIndex(T, Index("t_a", by("a"))),
    CreateIndex(T, Index("t_lower", (Key(None, "lower(a)", ("a",)),))),
    CreateIndex(T, Index("t_part", by("nn"), where="a IS NOT NULL", where_columns=("a",))),
    CreateIndex(T, Index("t_include", by("nn"), include=("a", "n"))),
    CreateIndex(T, Index("t_x", by("x"))),
    CreateIndex(T, Index("t_u", by("c"), unique=True)),
    CreateIndex(T, Index("t_un", by("nn"), unique=True)),
    CreateIndex(T, Index("t_ts", by("ts"))),
    CreateTable(Table(Name("public", "lone"), (Column("c", "integer"),))),
    CreateView(View(V, "SELECT c FROM public.lone", uses=(Name("public", "lone"),))),
    CreateView(View(W, "SELECT c FROM public.v", uses=(V,))),
]
ROWS = """
    INSERT INTO r VALUES (1, 'x');
    INSERT INTO t (id, c, code, a, n, ck, nv, proven, either, nn, ts, x)
        VALUES (1, 1, 'x', 'a', 1, 'c', 1, 1, 1, 1, now(), 'x');
    CREATE FUNCTION slow() RETURNS integer LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'"""


def added(type_: str, **more: object) -> AddColumn:
    constraints = more.pop("constraints", ())
    return AddColumn(T, Column("z", type_, **more), constraints)  # type: ignore[arg-type]  # keywords of a test table


def altered(name: str, **more: object) -> AlterColumn:
    return AlterColumn(T, name, **more)  # type: ignore[arg-type]  # keywords of a test table


CASES: list[Operation] = [
    added("integer"),
    added("integer", default="3", not_null=True),
    added("timestamp with time zone", default="now()"),
    added("timestamp with time zone", default="CURRENT_TIMESTAMP"),
    added("timestamp without time zone", default="timezone('utc', now())"),
    added("timestamp without time zone", default="(now() AT TIME ZONE 'utc')"),
    added("timestamp with time zone", default="clock_timestamp()"),
    added("uuid", default="gen_random_uuid()"),
    added("double precision", default="random()"),
    added("text", default="md5(random()::text)"),
    added("text", default="'clock_timestamp()'"),
    added("integer", default="slow()"),
    added("serial"),
    added("bigserial"),
    added("integer", identity="always"),
    added("integer", generated=Generated("nn * 2")),
    added("en", default="'a'"),
    added("plain"),
    added("checked"),
    added("filled", default="1"),
    added("checked[]"),
    added("integer", constraints=(Check("", "z > 0", ("z",)),)),
    added("integer", default="4", constraints=(Check("", "z > 0", ("z",)),)),
    added("integer", constraints=(ForeignKey("", ("z",), R, ("k",)),)),
    added("integer", default="1", constraints=(ForeignKey("", ("z",), R, ("k",)),)),
    added("integer", constraints=(Unique("", ("z",)),)),
    altered("nn", not_null=True),
    altered("nn", not_null=False),
    altered("c", not_null=True),
    altered("proven", not_null=True),
    altered("either", not_null=True),
    altered("nv", not_null=True),
    altered("c", default="3"),
    altered("c", default=None),
    altered("nn", identity="always"),
    altered("c", comment="x"),
    altered("c", new_name="d"),
    altered("a", type="varchar(20)"),
    altered("a", type="varchar(10)"),
    altered("a", type="text"),
    altered("a", type="text", using="a::text"),
    altered("a", type="varchar(5)"),
    altered("a", type="text", using="lower(a)"),
    altered("x", type="en", using="'a'::en"),
    altered("code", type="text"),
    altered("c", type="bigint"),
    altered("n", type="numeric(12,2)"),
    altered("n", type="numeric"),
    altered("n", type="numeric(12,4)"),
    altered("ck", type="varchar(20)"),
    altered("nv", type="integer"),
    altered("nv", type="bigint"),
    altered("ts", type="timestamp with time zone"),
    altered("ts", type="timestamp(3) without time zone"),
    altered("x", type="text"),
    altered("x", type="text", collation="POSIX"),
    AlterColumn(R, "code", type="varchar(20)"),
    AlterColumn(R, "k", type="bigint"),
    DropColumn(T, "a"),
    DropColumn(T, "c"),
    DropColumn(R, "code", cascade=True),
    CreateConstraint(T, ForeignKey("f", ("nn",), R, ("k",))),
    CreateConstraint(T, ForeignKey("f", ("nn",), R, ("k",), validated=False)),
    CreateConstraint(T, ForeignKey("f", ("nn",), T, ("id",))),
    CreateConstraint(T, Check("k", "nn > 0", ("nn",))),
    CreateConstraint(T, Check("k", "nn > 0", ("nn",), validated=False)),
    CreateConstraint(T, Unique("", ("a", "c"))),
    CreateConstraint(T, Unique("u", ()), using_index="t_u"),
    CreateConstraint(Name("public", "lone"), PrimaryKey("", ("c",))),
    ValidateConstraint(T, "t_nv"),
    ValidateConstraint(T, "t_nv_fkey"),
    ValidateConstraint(T, "t_ck"),
    DropConstraint(T, "t_n_key"),
    DropConstraint(T, "t_c_fkey"),
    DropConstraint(T, "t_ck"),
    DropConstraint(R, "r_pkey", cascade=True),
    RenameConstraint(T, "t_ck", "t_check"),
    CreateIndex(T, Index("i", by("a"))),
    CreateIndex(T, Index("t_a", by("a")), if_not_exists=True),
    DropIndex(Name("public", "t_a"), T),
    RenameIndex(Name("public", "t_a"), "t_b"),
    CreateTable(Table(Name("public", "s"), (Column("k", "integer"),), (ForeignKey("", ("k",), R, ("k",)),))),
    DropTable(T),
    DropTable(R, cascade=True),
    DropTable(Name("public", "lone"), cascade=True),
    RenameTable(T, Name("public", "u")),
    Truncate(T),
    Truncate(R, cascade=True),
    Delete(T),
]


@pytest.fixture(scope="module")
def before() -> Schema:
    schema = Schema.empty()
    for operation in SETUP:
        schema = operation.apply(schema)
    return schema


def compare(said: Effects, seen: Observed) -> None:
    """Same locks; same rewrites, scans, builds and rebuilds."""
    assert {str(k.relation): k.mode for k in said.locks} == seen.locks
    assert {str(n) for n in said.rewrites} == seen.rewrites
    assert {n.name for n in said.builds} == seen.builds
    assert {n.name for n in said.rebuilds_indexes} == seen.rebuilds
    if not seen.rewrites:
        assert bool(said.scans) == bool(seen.scans or seen.foreign_keys)


@pytest.mark.parametrize("operation", CASES, ids=sql)
def test_effects_are_what_the_server_does(operation: Operation, before: Schema, server: Server) -> None:
    said = effects(operation, before, server.version)
    assert said is not None
    seen = server.observe("; ".join([*map(sql, SETUP), ROWS]), sql(operation))
    compare(said, seen)


def test_concurrent_builds_stop_nobody(before: Schema, server: Server) -> None:
    for operation in (
        CreateIndex(T, Index("i", by("a")), concurrently=True),
        DropIndex(Name("public", "t_a"), T, concurrently=True),
    ):
        said = effects(operation, before, server.version)
        assert said is not None
        assert not said.transactional
        assert not said.blocks_writes
        seen = server.observe_concurrent("; ".join([*map(sql, SETUP), ROWS]), sql(operation), "t")
        assert {str(k.relation): k.mode for k in said.locks} == seen


def test_duration_and_who_waits(before: Schema) -> None:
    index = effects(CreateIndex(T, Index("i", by("a"))), before, 15)
    assert index is not None
    assert index.blocks_reads == ()
    assert [(str(b.relation), b.duration) for b in index.blocks_writes] == [("public.t", SIZE)]
    plain = effects(added("integer"), before, 15)
    assert plain is not None
    assert [b.duration for b in plain.blocks_reads] == [BRIEF]


def test_relations_of_the_same_transaction_do_not_count(before: Schema) -> None:
    key = CreateConstraint(T, ForeignKey("f", ("nn",), R, ("k",)))
    said = effects(key, before, 15, frozenset({T}))
    assert said is not None
    assert [str(k.relation) for k in said.locks] == ["public.r"]
    assert not said.scans
    index = effects(CreateIndex(T, Index("i", by("a"))), before, 15, frozenset({T}))
    assert index == Effects()
