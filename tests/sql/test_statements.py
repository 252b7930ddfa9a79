from __future__ import annotations

import pytest

from migralint.operations import (
    CreateIndex,
    CreateTrigger,
    CreateView,
    Delete,
    DropFunction,
    DropIndex,
    Insert,
    Opaque,
    Statement,
    Truncate,
    Update,
)
from migralint.operations.rows import Unsure
from migralint.schema import Domain, EnumType, Function, Name, OtherType, Policy, Trigger
from tests.sql.reading import one, operations, read, steps, table

BEFORE = """
    CREATE TABLE t (a int, b text, c jsonb, d timestamptz); CREATE TABLE u (id int PRIMARY KEY, t_id int);
    CREATE VIEW v AS SELECT * FROM t; CREATE MATERIALIZED VIEW m AS SELECT * FROM t; CREATE SEQUENCE s;
    CREATE TYPE e AS ENUM ('x'); CREATE SCHEMA app; CREATE EXTENSION citext; CREATE INDEX i ON t (a);
    CREATE FUNCTION f(integer) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE POLICY p ON t; CREATE DOMAIN dom AS int;
    CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE TRIGGER tr AFTER INSERT ON t
    EXECUTE FUNCTION tf();
"""


@pytest.mark.parametrize(
    ("statement", "operation", "name"),
    [
        ("ALTER TYPE e ADD VALUE IF NOT EXISTS 'y' AFTER 'x'", "alter_type_add_value", "public.e"),
        ("ALTER TYPE e RENAME VALUE 'x' TO 'z'", "alter_type_rename_value", "public.e"),
        ("ALTER TYPE e RENAME TO e2", "alter_type_rename", "public.e"),
        ("ALTER TYPE e OWNER TO bob", "alter_type", "public.e"),
        ("ALTER DOMAIN dom SET NOT NULL", "alter_domain", "public.dom"),
        ("DROP TYPE e", "drop_type", "public.e"),
        ("DROP DOMAIN dom", "drop_domain", "public.dom"),
        ("ALTER VIEW v RENAME TO w", "alter_view_rename", "public.v"),
        ("ALTER MATERIALIZED VIEW m OWNER TO bob", "alter_materialized_view", "public.m"),
        ("DROP VIEW v", "drop_view", "public.v"),
        ("DROP MATERIALIZED VIEW IF EXISTS m CASCADE", "drop_materialized_view", "public.m"),
        ("REFRESH MATERIALIZED VIEW CONCURRENTLY m", "refresh_materialized_view", "public.m"),
        ("ALTER SEQUENCE s RESTART", "alter_sequence", "public.s"),
        ("DROP SEQUENCE s", "drop_sequence", "public.s"),
        ("ALTER INDEX i RENAME TO j", "rename_index", "i"),
        ("ALTER INDEX i SET (fillfactor = 70)", "alter_index", "public.i"),
        ("DROP INDEX CONCURRENTLY IF EXISTS i", "drop_index", "i"),
        ("ALTER FUNCTION f(int) RENAME TO g", "alter_function", "public.f"),
        ("ALTER FUNCTION f(int) OWNER TO bob", "alter_function", "public.f"),
        ("DROP FUNCTION IF EXISTS f(int) CASCADE", "drop_function", "public.f"),
        ("ALTER TRIGGER tr ON t RENAME TO tr2", "alter_trigger", "tr"),
        ("DROP TRIGGER IF EXISTS tr ON t", "drop_trigger", "tr"),
        ("ALTER POLICY p ON t TO bob USING (true)", "alter_policy", "p"),
        ("DROP POLICY p ON t", "drop_policy", "p"),
        ("CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING", "create_rule", "r"),
        ("DROP RULE IF EXISTS r ON t", "drop_rule", "r"),
        ("COMMENT ON COLUMN v.a IS 'x'", "comment", None),
        ("CREATE SCHEMA IF NOT EXISTS x AUTHORIZATION bob", "create_schema", "x"),
        ("ALTER SCHEMA app RENAME TO y", "alter_schema_rename", "app"),
        ("DROP SCHEMA app CASCADE", "drop_schema", "app"),
        ('CREATE EXTENSION IF NOT EXISTS "uuid-ossp" WITH SCHEMA public', "create_extension", "uuid-ossp"),
        ("DROP EXTENSION citext", "drop_extension", "citext"),
        ("COMMENT ON COLUMN t.a IS 'x'", "alter_column", "a"),
        ("COMMENT ON TABLE t IS 'x'", "create_table_comment", None),
        ("COMMENT ON TABLE t IS NULL", "drop_table_comment", None),
        ("GRANT SELECT ON t TO bob", "grant", None),
        ("REVOKE ALL ON SCHEMA public FROM PUBLIC", "revoke", None),
        ("ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO bob", "alter_default_privileges", None),
        ("CREATE PUBLICATION pub FOR ALL TABLES", "create_publication", "pub"),
        ("CREATE STATISTICS st ON a, b FROM t", "create_statistics", "st"),
        ("CREATE ROLE anon NOLOGIN", "create_role", "anon"),
        ("CREATE EVENT TRIGGER et ON ddl_command_end EXECUTE FUNCTION tf()", "create_event_trigger", "et"),
        ("DROP OPERATOR CLASS oc USING btree", "drop_operator_class", "oc"),
        ("MERGE INTO t USING u ON true WHEN MATCHED THEN DELETE", "merge", None),
        ("COPY t FROM '/tmp/x'", "copy", None),
        ("CALL p()", "call", None),
        ("VACUUM FULL t", "vacuum", None),
        ("LOCK TABLE t IN EXCLUSIVE MODE", "lock", "public.t"),
        ("REINDEX TABLE CONCURRENTLY t", "reindex", "public.t"),
        ("CLUSTER t USING i", "cluster", "public.t"),
    ],
)
def test_names(statement: str, operation: str, name: str | None) -> None:
    (step,) = steps(statement, before=BEFORE)
    assert (step.operation.operation, step.operation.object_name) == (operation, name)
    assert step.failure is None
    assert step.sql == statement


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1",
        "SELECT setval('s', 3)",
        "(SELECT 1) UNION (SELECT 2)",
        "SHOW search_path",
        "SET lock_timeout = '1s'",
        "SET LOCAL statement_timeout TO 0",
        "NOTIFY x, 'y'",
        "EXPLAIN ANALYZE SELECT 1",
        "COPY t TO STDOUT",
        "SAVEPOINT a",
    ],
)
def test_nothing(statement: str) -> None:
    assert operations(statement, before=BEFORE) == []


@pytest.mark.parametrize(
    ("statement", "changes"),
    [
        ("FROBNICATE t", True),
        ("CREATE TABLE t (a int", True),
        ("CREATE TABLE %s (a int)", True),
        ("DROP OWNED BY bob", True),
        ("IMPORT FOREIGN SCHEMA a FROM SERVER b INTO c", True),
        ("INSERT t VALUES (1)", False),
        ("UPDATE t SET %s = 1", False),
        ("GRANT SELECT ON 'x", False),
    ],
)
def test_what_is_not_understood(statement: str, changes: bool) -> None:
    (step,) = steps(statement, before=BEFORE)
    assert isinstance(step.operation, Opaque)
    assert step.operation.may_change_schema is changes
    assert step.operation.reason
    assert step.after.opaque is changes


def test_one_bad_statement_does_not_lose_the_others() -> None:
    found = [s.operation.operation for s in steps("CREATE TABLE a (x int); FROBNICATE; CREATE TABLE b (x int)")]
    assert found == ["create_table", "opaque", "create_table"]


def test_indexes() -> None:
    found = one(
        "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS ix ON ONLY t USING btree (a DESC NULLS LAST, lower(b)"
        " text_pattern_ops, (c ->> 'k'), ((d AT TIME ZONE 'UTC')::date), b COLLATE \"C\") INCLUDE (a)"
        " WITH (fillfactor = 70) WHERE (b = 'x' AND a IS NOT NULL)",
        before=BEFORE,
    )
    assert isinstance(found, CreateIndex)
    index = found.index
    assert (found.concurrently, found.if_not_exists, index.unique, index.method) == (True, True, True, "btree")
    assert [str(k) for k in index.keys] == [
        "a DESC NULLS LAST",
        "lower(b) text_pattern_ops",
        "(c ->> 'k')",
        "((d AT TIME ZONE 'UTC')::date)",
        'b COLLATE "C"',
    ]
    assert [k.columns for k in index.keys] == [(), ("b",), ("c",), ("d",), ()]
    assert (index.include, index.where, index.where_columns) == (("a",), "b = 'x' AND a IS NOT NULL", ("b", "a"))


def test_several_names_in_one_drop() -> None:
    found = operations("DROP INDEX IF EXISTS public.a, app.b CASCADE", before=BEFORE)
    assert found == [
        DropIndex(Name("public", "a"), if_exists=True, cascade=True),
        DropIndex(Name("app", "b"), if_exists=True, cascade=True),
    ]


def test_tables_dropped_together_may_reference_each_other() -> None:
    found = steps(
        "DROP TABLE p, c", before="CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (id int REFERENCES p);"
    )
    assert [str(s.operation.table_name) for s in found] == ["public.c", "public.p"]
    assert not any(s.failure for s in found)


def test_types() -> None:
    types = read(
        "CREATE TYPE e AS ENUM ('it''s', 'b'); CREATE TYPE c AS (x int, y varchar(5));"
        "CREATE TYPE r AS RANGE (subtype = int);"
        "CREATE DOMAIN d AS text NOT NULL DEFAULT 'x' CHECK (VALUE <> '') CONSTRAINT k CHECK (length(VALUE) < 9)"
    ).schema.types
    assert types[Name("public", "e")] == EnumType(Name("public", "e"), ("it's", "b"))
    assert types[Name("public", "c")] == OtherType(
        Name("public", "c"), (("x", "integer"), ("y", "character varying(5)"))
    )
    domain = types[Name("public", "d")]
    assert isinstance(domain, Domain)
    assert (domain.base, domain.not_null, domain.default) == ("text", True, "'x'")
    assert [(c.name, c.expression) for c in domain.checks] == [("d_check", "VALUE <> ''"), ("k", "length(VALUE) < 9")]


def test_views_know_what_they_read() -> None:
    found = one(
        "CREATE OR REPLACE VIEW w (a, b) WITH (security_barrier) AS WITH q AS (SELECT * FROM app.x) SELECT extract(year"
        " FROM t.d), trim(both FROM t.b) FROM t LEFT JOIN u AS o ON o.id = t.a, LATERAL (SELECT 1 FROM v) l, q,"
        " generate_series(1, 3) WHERE t.a IS NOT DISTINCT FROM 3 AND EXISTS (SELECT 1 FROM m) WITH CHECK OPTION",
        before=f"{BEFORE}; CREATE TABLE app.x (id int)",
    )
    assert isinstance(found, CreateView)
    assert {str(n) for n in found.view.uses} == {"public.t", "public.u", "public.v", "app.x", "public.m"}
    assert found.or_replace
    assert found.view.definition.endswith("FROM m)")


def test_sequences_belong_to_columns() -> None:
    schema = read(BEFORE + "CREATE SEQUENCE q OWNED BY t.a; ALTER SEQUENCE s OWNED BY public.u.id").schema
    assert schema.sequences[Name("public", "q")].owned_by == (Name("public", "t"), "a")
    assert schema.sequences[Name("public", "s")].owned_by == (Name("public", "u"), "id")


def test_functions() -> None:
    schema = read(
        "CREATE SCHEMA app; CREATE OR REPLACE FUNCTION app.f(a integer, INOUT b double precision, c text DEFAULT 'x', OUT d int,"
        " VARIADIC e timestamp with time zone[]) RETURNS SETOF record LANGUAGE plpgsql STABLE SET search_path = a, b"
        " AS $body$ BEGIN END $body$; CREATE PROCEDURE p() LANGUAGE sql BEGIN ATOMIC SELECT 1; END;"
        "CREATE AGGREGATE ag(int) (SFUNC = int4pl, STYPE = int)"
    ).schema
    (found,) = schema.functions[Name("app", "f")]
    assert found == Function(
        Name("app", "f"),
        ("integer", "double precision", "text", "timestamp with time zone[]"),
        "SETOF record",
        "plpgsql",
        " BEGIN END ",
        options=(("volatility", "STABLE"), ("set search_path", "'a', 'b'")),
    )
    assert found.parameters == ("a", "b", "c", "e")
    assert [f[0].kind for f in schema.functions.values()] == ["function", "procedure", "aggregate"]
    assert one("DROP FUNCTION f(a double precision, OUT b int)") == DropFunction(
        Name("public", "f"), ("double precision",)
    )


def test_triggers() -> None:
    found = one(
        "CREATE CONSTRAINT TRIGGER x AFTER INSERT OR UPDATE OF a, b ON t DEFERRABLE FOR EACH ROW WHEN (NEW.a > 1)"
        " EXECUTE PROCEDURE app.g('y')",
        before=BEFORE,
    )
    assert isinstance(found, CreateTrigger)
    trigger = found.trigger
    assert (trigger.timing, trigger.events, trigger.level, trigger.function) == (
        "AFTER",
        ("INSERT", "UPDATE"),
        "ROW",
        "app.g",
    )
    assert isinstance(trigger, Trigger)


def test_policies() -> None:
    made = table(
        'CREATE TABLE t (a int); CREATE POLICY "My P" ON t AS RESTRICTIVE FOR UPDATE TO bob, PUBLIC'
        " USING ((a > 1)) WITH CHECK (a = 2)"
    )
    assert made.policies == (Policy("My P", "UPDATE", ("bob", "public"), False, "a > 1", "a = 2"),)


def test_rows() -> None:
    found = one("INSERT INTO t (a, b) VALUES (-1, 'x'), (2, NULL::text)", before=BEFORE)
    assert isinstance(found, Insert)
    assert found.rows == ((("a", -1), ("b", "x")), (("a", 2), ("b", None)))
    found = one("INSERT INTO t (a, b) SELECT 1, 'x'", before=BEFORE)
    assert isinstance(found, Insert)
    assert found.rows == ((("a", 1), ("b", "x")),)
    found = one("INSERT INTO t (a, b) VALUES (now(), 'x'), (:a, lower('Y'))", before=BEFORE)
    assert isinstance(found, Insert)
    assert found.rows == ((("a", Unsure.UNSURE), ("b", "x")), (("a", Unsure.UNSURE), ("b", "y")))
    for unknown in ("SELECT a, b FROM other()", "SELECT 1, 'x' ON CONFLICT DO UPDATE SET a = 1", "VALUES (1)"):
        found = one(f"INSERT INTO t (a, b) {unknown}", before=f"{BEFORE}; INSERT INTO t VALUES (1)")
        assert isinstance(found, Insert)
        assert found.rows is None


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE t SET a = 1", Update(Name("public", "t"), ("a",), False)),
        (
            "UPDATE ONLY t x SET (a, b) = (1, 2), c = (SELECT 1 WHERE true)",
            Update(Name("public", "t"), ("a", "b", "c"), False),
        ),
        ("UPDATE t SET a = u.id FROM u WHERE u.id = t.a", Update(Name("public", "t"), ("a",), True)),
        ("DELETE FROM t", Delete(Name("public", "t"), False)),
        ("DELETE FROM t USING u", Delete(Name("public", "t"), False)),
        ("DELETE FROM ONLY t WHERE a IN (SELECT 1)", Delete(Name("public", "t"), True)),
        ("TRUNCATE TABLE t RESTART IDENTITY CASCADE", Truncate(Name("public", "t"), True)),
    ],
)
def test_data(statement: str, expected: object) -> None:
    assert one(statement, before=BEFORE) == expected


def test_statements_inside_with() -> None:
    found = operations(
        "WITH gone AS (DELETE FROM t RETURNING *), q AS (SELECT 1) INSERT INTO u SELECT 1 FROM gone", before=BEFORE
    )
    assert [o.operation for o in found] == ["delete", "insert"]


def test_transactions() -> None:
    paper = read(
        "CREATE TABLE a (); BEGIN; CREATE TABLE b (); COMMIT; CREATE TABLE c (); BEGIN; DROP TABLE c; ROLLBACK"
    )
    assert [s.applied for s in paper.steps] == [True, True, True, False]
    assert Name("public", "c") in paper.schema.tables
    numbers = [s.transaction for s in paper.steps]
    assert len(set(numbers)) == 4


def test_statements_that_change_nothing_modelled() -> None:
    found = one("REFRESH MATERIALIZED VIEW m", before=BEFORE)
    assert found == Statement("refresh_materialized_view", name="public.m")
    assert not found.changes_schema
