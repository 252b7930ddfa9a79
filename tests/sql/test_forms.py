"""Forms of DDL whose details are kept: partitions, temporal keys, options of sequences and views, types, functions."""

from __future__ import annotations

import pytest

from migralint.operations import (
    AlterConstraint,
    AlterType,
    AlterView,
    AttachPartition,
    CreateConstraint,
    CreateFunction,
    CreateIndex,
    CreateSequence,
    CreateTable,
    CreateTrigger,
    DropFunction,
)
from migralint.schema import Check, Column, Domain, Exclusion, ForeignKey, Name, OtherType, PrimaryKey, Unique
from tests.sql.reading import one, operations, read, table


def name(text: str) -> Name:
    return Name("public", text)


@pytest.mark.parametrize(
    ("written", "bound"),
    [
        (
            "FOR VALUES FROM ('2024-01-01', MINVALUE) TO (MAXVALUE)",
            "FOR VALUES FROM ('2024-01-01', MINVALUE) TO (MAXVALUE)",
        ),
        ("FOR VALUES IN ('a', NULL) TABLESPACE fast", "FOR VALUES IN ('a', NULL)"),
        ("FOR VALUES WITH (MODULUS 4, REMAINDER 1) WITH (fillfactor = 70)", "FOR VALUES WITH (MODULUS 4, REMAINDER 1)"),
        ("DEFAULT PARTITION BY LIST (a)", "DEFAULT"),
    ],
)
def test_bounds_of_partitions(written: str, bound: str) -> None:
    operation = one(f"CREATE TABLE p1 PARTITION OF p {written}", before="CREATE TABLE p (a int) PARTITION BY RANGE (a)")
    assert isinstance(operation, CreateTable)
    assert operation.definition.partition_bound == bound


def test_attached_and_detached_bounds() -> None:
    before = "CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE c (a int);"
    attach = one("ALTER TABLE p ATTACH PARTITION c FOR VALUES IN (1)", before=before)
    assert attach == AttachPartition(name("p"), name("c"), bound="FOR VALUES IN (1)")
    after = read(before + "ALTER TABLE p ATTACH PARTITION c DEFAULT").schema.tables[name("c")]
    assert (after.is_partition, after.partition_bound) == (True, "DEFAULT")
    after = read(before + "ALTER TABLE p ATTACH PARTITION c DEFAULT; ALTER TABLE p DETACH PARTITION c").schema
    assert after.tables[name("c")].partition_bound is None


def test_what_a_partition_adds_to_its_columns() -> None:
    script = """
        CREATE TABLE p (a int, b text DEFAULT 'x' COLLATE "C") PARTITION BY LIST (a);
        CREATE TABLE t PARTITION OF p (a DEFAULT 5 NOT NULL, b WITH OPTIONS UNIQUE, CHECK (b <> '')) DEFAULT;"""
    found = table(script)
    assert [(c.name, c.type, c.default, c.not_null, c.inherited) for c in found.columns] == [
        ("a", "integer", "5", True, True),
        ("b", "text", "'x'", False, True),
    ]
    assert found.columns[1].collation == "C"
    assert [type(c) for c in found.constraints] == [Check, Unique]


def test_typed_tables_have_the_columns_of_their_type() -> None:
    script = (
        "CREATE TYPE pair AS (one integer, two text); CREATE TABLE t OF pair (one WITH OPTIONS PRIMARY KEY DEFAULT 1);"
    )
    found = table(script)
    assert not found.assumed
    assert found.columns == (Column("one", "integer", not_null=True, default="1"), Column("two", "text"))


def test_not_null_as_a_constraint_of_the_table() -> None:
    found = table("CREATE TABLE t (a int, b int, NOT NULL a, CONSTRAINT c NOT NULL b NO INHERIT)")
    assert [c.not_null for c in found.columns] == [True, True]
    assert found.constraints == ()


def test_temporal_keys() -> None:
    found = table(
        """
        CREATE TABLE p (id int4range, at daterange, PRIMARY KEY (id, at WITHOUT OVERLAPS));
        CREATE TABLE t (period int, x int4range, d daterange, UNIQUE (x, d WITHOUT OVERLAPS),
            FOREIGN KEY (x, PERIOD d) REFERENCES p (id, PERIOD at), FOREIGN KEY (period) REFERENCES q (id));
        """.replace("CREATE TABLE t", "CREATE TABLE q (id int PRIMARY KEY); CREATE TABLE t")
    )
    unique, temporal, plain = found.constraints
    assert isinstance(unique, Unique)
    assert (unique.columns, unique.without_overlaps) == (("x", "d"), True)
    assert isinstance(temporal, ForeignKey)
    assert (temporal.columns, temporal.referenced_columns, temporal.period) == (("x", "d"), ("id", "at"), True)
    assert isinstance(plain, ForeignKey)
    assert (plain.columns, plain.period) == (("period",), False)


def test_keys_made_of_an_index_keep_when_they_are_checked() -> None:
    operation = one(
        "ALTER TABLE t ADD PRIMARY KEY USING INDEX i DEFERRABLE INITIALLY DEFERRED", before="CREATE TABLE t (a int)"
    )
    key = PrimaryKey("", (), deferrable=True, initially="DEFERRED")
    assert operation == CreateConstraint(name("t"), key, "i")


def test_altered_constraints() -> None:
    before = "CREATE TABLE u (id int PRIMARY KEY); CREATE TABLE t (a int CONSTRAINT fk REFERENCES u);"
    assert one("ALTER TABLE t ALTER CONSTRAINT fk NOT ENFORCED", before=before) == AlterConstraint(
        name("t"), "fk", enforced=False
    )
    found = table(
        before + "ALTER TABLE t ALTER CONSTRAINT fk DEFERRABLE; ALTER TABLE t ALTER CONSTRAINT fk NOT ENFORCED"
    )
    [key] = found.constraints
    assert isinstance(key, ForeignKey)
    assert (key.deferrable, key.enforced, key.validated) == (True, False, False)


def test_a_check_that_a_parent_has_too_is_one() -> None:
    script = """
        CREATE TABLE p (a int, CONSTRAINT c CHECK (a > 0));
        CREATE TABLE t (a int, CONSTRAINT c CHECK ((a > 0))) INHERITS (p);"""
    [check] = table(script).constraints
    assert isinstance(check, Check)
    assert not check.inherited


def test_operator_classes_are_no_columns() -> None:
    [exclusion] = table("CREATE TABLE t (a text, EXCLUDE USING gist (lower(a) gist_trgm_ops WITH =))").constraints
    assert isinstance(exclusion, Exclusion)
    assert exclusion.columns == ("a",)


def test_fields_of_values_are_no_columns() -> None:
    [check] = table("CREATE TYPE pair AS (one int); CREATE TABLE t (a pair, CHECK ((a).one > 0))").constraints
    assert isinstance(check, Check)
    assert check.columns == ("a",)


@pytest.mark.parametrize(
    ("written", "options"),
    [
        ("START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1 NO CYCLE", ()),
        ("AS integer MINVALUE 1 MAXVALUE 2147483647", (("type", "integer"),)),
        ("INCREMENT -1 START -1", (("increment", "-1"),)),
        ("START 5 CYCLE CACHE 10", (("cache", "10"), ("cycle", "true"), ("start", "5"))),
        ("MINVALUE 3 START WITH 3", (("minvalue", "3"),)),
    ],
)
def test_options_of_sequences(written: str, options: tuple[tuple[str, str], ...]) -> None:
    operation = one(f"CREATE SEQUENCE s {written}")
    assert isinstance(operation, CreateSequence)
    assert operation.sequence.options == options


def test_altered_sequences() -> None:
    script = "CREATE SEQUENCE s START 5 CACHE 2; ALTER SEQUENCE s CACHE 1 MAXVALUE 9 RESTART WITH 7"
    assert read(script).schema.sequences[name("s")].options == (("maxvalue", "9"), ("start", "5"))


def test_sequences_of_columns_have_their_type() -> None:
    sequences = read("CREATE TABLE t (a serial, b bigserial, c smallint GENERATED ALWAYS AS IDENTITY)").schema.sequences
    assert [s.options for s in sequences.values()] == [(("type", "integer"),), (), (("type", "smallint"),)]


def test_options_of_views() -> None:
    script = "CREATE VIEW v WITH (security_barrier, security_invoker = ON) AS SELECT 1 AS a WITH CHECK OPTION"
    view = read(script).schema.views[name("v")]
    assert view.definition == "SELECT 1 AS a"
    assert view.options == (("check_option", "cascaded"), ("security_barrier", "true"), ("security_invoker", "on"))
    assert one("ALTER VIEW v SET (security_invoker = false)", before=script) == AlterView(
        name("v"), (("check_option", "cascaded"), ("security_barrier", "true"), ("security_invoker", "false"))
    )
    after = read(f"{script}; ALTER VIEW v RESET (security_barrier, check_option)").schema.views[name("v")]
    assert after.options == (("security_invoker", "on"),)


def test_other_types_keep_their_definition() -> None:
    types = read(
        "CREATE TYPE r AS RANGE (subtype = int4); CREATE TYPE s; CREATE TYPE b (INPUT = i, OUTPUT = o)"
    ).schema.types
    assert [t.definition for t in types.values() if isinstance(t, OtherType)] == [
        "AS RANGE (subtype = int4)",
        "",
        "(INPUT = i, OUTPUT = o)",
    ]


def test_attributes_of_types() -> None:
    script = """CREATE TYPE c AS (a int, b text COLLATE "C");
        ALTER TYPE c ADD ATTRIBUTE d date CASCADE, DROP ATTRIBUTE IF EXISTS a, ALTER ATTRIBUTE b SET DATA TYPE varchar(3);
        ALTER TYPE c RENAME ATTRIBUTE d TO e"""
    assert read(script).schema.types[name("c")] == OtherType(name("c"), (("b", "character varying(3)"), ("e", "date")))
    assert operations("ALTER TYPE c ADD ATTRIBUTE f int", before=script) == [
        AlterType(name("c"), OtherType(name("c"), (("b", "character varying(3)"), ("e", "date"), ("f", "integer"))))
    ]


def test_collation_of_domains() -> None:
    assert read('CREATE DOMAIN d AS text COLLATE "C"').schema.types[name("d")] == Domain(
        name("d"), "text", collation="C"
    )


def test_states_of_tables() -> None:
    found = table("CREATE UNLOGGED TABLE t (); ALTER TABLE t SET LOGGED, FORCE ROW LEVEL SECURITY")
    assert (found.persistence, found.row_security_forced) == ("permanent", True)
    found = table("CREATE TABLE t (); ALTER TABLE t SET UNLOGGED, NO FORCE ROW LEVEL SECURITY")
    assert (found.persistence, found.row_security_forced) == ("unlogged", False)


@pytest.mark.parametrize(
    ("arguments", "types", "names"),
    [
        ("a varchar(10), numeric(3, 1)[]", ("character varying", "numeric[]"), ("a", "")),
        ("a OUT int, b INOUT text, VARIADIC c int[]", ("text", "integer[]"), ("b", "c")),
        ("OUT int, IN OUT x text = 'y'", ("text",), ("x",)),
        ("t.a%TYPE, n t.b%TYPE", ("t.a%type", "t.b%type"), ("", "n")),
        ("pg_catalog.bpchar, pg_catalog.int4", ("bpchar", "integer"), ("", "")),
    ],
)
def test_arguments_of_functions(arguments: str, types: tuple[str, ...], names: tuple[str, ...]) -> None:
    operation = one(f"CREATE FUNCTION f({arguments}) RETURNS varchar(3) LANGUAGE sql AS ''")
    assert isinstance(operation, CreateFunction)
    assert (operation.function.arguments, operation.function.parameters) == (types, names)
    assert operation.function.returns == "character varying"


@pytest.mark.parametrize(
    ("written", "types"),
    [
        ("a (float8 ORDER BY text)", ("double precision", "text")),
        ('a (VARIADIC "any" ORDER BY VARIADIC "any")', ('"any"',)),
        ("a (ORDER BY int)", ("integer",)),
        ("a (*)", ()),
    ],
)
def test_arguments_of_aggregates(written: str, types: tuple[str, ...]) -> None:
    made = one(f"CREATE AGGREGATE {written} (SFUNC = f, STYPE = internal)")
    assert isinstance(made, CreateFunction)
    assert made.function.arguments == types
    dropped = one(f"DROP AGGREGATE {written}", before=f"CREATE AGGREGATE {written} (SFUNC = f, STYPE = internal)")
    assert isinstance(dropped, DropFunction)
    assert dropped.arguments == types


def test_aggregates_in_the_old_style() -> None:
    made = one("CREATE AGGREGATE a (SFUNC = f, BASETYPE = int4, STYPE = int4)")
    assert isinstance(made, CreateFunction)
    assert made.function.arguments == ("integer",)


def test_schemas_with_their_elements() -> None:
    script = """CREATE SCHEMA app CREATE VIEW v AS SELECT id FROM t CREATE TABLE t (id serial PRIMARY KEY)
        CREATE INDEX i ON t (id) GRANT SELECT ON t TO someone; CREATE TABLE after ();"""
    paper = read(script)
    assert [s.failure for s in paper.steps if s.failure] == []
    assert [s.operation.operation for s in paper.steps] == [
        "create_schema",
        "create_table",
        "create_view",
        "create_index",
        "grant",
        "create_table",
    ]
    assert list(paper.schema.tables) == [Name("app", "t"), name("after")]
    assert list(paper.schema.views) == [Name("app", "v")]


def test_constraint_triggers_stay_constraint_triggers() -> None:
    before = "CREATE TABLE t (a int)"
    operation = one("CREATE CONSTRAINT TRIGGER x AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()", before=before)
    assert isinstance(operation, CreateTrigger)
    assert operation.trigger.definition.startswith("CREATE CONSTRAINT TRIGGER x ")


@pytest.mark.parametrize(
    "query",
    ["SELECT t.* FROM t", "WITH x AS (SELECT 1) SELECT x.*::text FROM x", "SELECT count(t.*), (t).* FROM t"],
)
def test_queries_over_all_columns_are_read(query: str) -> None:
    assert operations(query, before="CREATE TABLE t (a int)") == []


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM ROWS FROM (generate_series(1, 2), unnest(ARRAY[1])) x",
        "SELECT * FROM current_date d, localtimestamp, COLLATION FOR ('x') c",
    ],
)
def test_functions_in_from_are_no_relations(query: str) -> None:
    assert read(f"CREATE VIEW v AS {query}").schema.views[name("v")].uses == ()


def test_select_into() -> None:
    before = "CREATE TABLE u (a int);"
    made = one("WITH x AS (SELECT 1 AS a) SELECT a INTO UNLOGGED t FROM x FOR UPDATE", before=before)
    assert isinstance(made, CreateTable)
    assert (made.definition.persistence, [c.name for c in made.definition.columns]) == ("unlogged", ["a"])
    assert [o.operation for o in operations("WITH x AS (SELECT 1) INSERT INTO u SELECT * FROM x", before=before)] == [
        "insert"
    ]


def test_a_table_of_a_prepared_statement_has_columns_that_are_not_known() -> None:
    made = one("CREATE TABLE t (a) AS EXECUTE q(1)")
    assert isinstance(made, CreateTable)
    assert made.definition.assumed
    assert [c.name for c in made.definition.columns] == ["a"]


def test_exclusions_are_copied_with_indexes() -> None:
    script = "CREATE TABLE u (a int4range, EXCLUDE USING gist (a WITH &&)); CREATE TABLE t (LIKE u INCLUDING INDEXES)"
    [copied] = table(script).constraints
    assert isinstance(copied, Exclusion)
    assert copied.name == "t_a_excl"


def test_the_type_of_a_column_in_the_catalog_schema() -> None:
    found = table(
        "CREATE TABLE t (a pg_catalog.bpchar, b pg_catalog.numeric(3), c pg_catalog.timestamptz(3), d pg_catalog.char)"
    )
    assert [c.type for c in found.columns] == ["bpchar", "numeric(3,0)", "timestamp(3) with time zone", '"char"']


def test_an_index_on_a_field() -> None:
    operation = one("CREATE INDEX i ON t (((a).b))", before="CREATE TABLE t (a int)")
    assert isinstance(operation, CreateIndex)
    assert operation.index.keys[0].columns == ("a",)


def test_a_default_follows_its_label() -> None:
    found = table("""
        CREATE TYPE e AS ENUM ('a', 'b');
        CREATE TABLE t (x e DEFAULT 'a', y e DEFAULT 'a'::e, z e DEFAULT 'b', w text DEFAULT 'a');
        ALTER TYPE e RENAME VALUE 'a' TO 'A''s';""")
    assert [c.default for c in found.columns] == ["'A''s'", "'A''s'::e", "'b'", "'a'"]
