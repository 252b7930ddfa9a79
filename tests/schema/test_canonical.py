"""The signature: what it depends on, and what not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from migralint.render.sql import script
from migralint.schema.canonical import DOUBTFUL, canonical, certain, signature
from tests.drift.comparing import schema

EVERYTHING = (Path(__file__).parent.parent / "render" / "everything.sql").read_text()
TABLE = (
    "CREATE TABLE t (id integer PRIMARY KEY, name varchar(50) DEFAULT 'x', at timestamp DEFAULT now(), CHECK (id > 0))"
)
OTHER = "CREATE TABLE u (id integer UNIQUE, t integer REFERENCES t)"


def test_a_known_value() -> None:
    """It must not change: it stands in files of users. Raise FORM where the canonical form has to change."""
    assert signature(schema("")) == "e4e50dd38679a7b2657b43be8041f457"
    assert signature(schema(f"{TABLE}; {OTHER}")) == "f6e9bbc13699a2ad41a82b6c527ab25e"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"{TABLE}; CREATE TYPE e AS ENUM ('a')", f"CREATE TYPE e AS ENUM ('a'); {TABLE}"),
        ("CREATE TABLE t (a int, b int)", "CREATE TABLE t (b int); ALTER TABLE t ADD a int"),
        ("CREATE TABLE t (a varchar(5) DEFAULT 'x')", "CREATE TABLE t (a character varying(5) DEFAULT 'x'::varchar)"),
        ("CREATE TABLE t (a numeric DEFAULT 1)", "CREATE TABLE t (a decimal DEFAULT '1.0')"),
        ("CREATE TABLE t (a numeric DEFAULT 0)", "CREATE TABLE t (a decimal DEFAULT '-0.0')"),
        ("CREATE TABLE t (a boolean DEFAULT true)", "CREATE TABLE t (a bool DEFAULT 't')"),
        ("CREATE TABLE t (a int DEFAULT NULL)", "CREATE TABLE t (a int)"),
        ("CREATE TABLE t (a timestamp DEFAULT CURRENT_TIMESTAMP)", "CREATE TABLE t (a timestamp DEFAULT now())"),
        ("CREATE TABLE t (a int, CHECK ((a>0)))", 'CREATE TABLE t (a int, CHECK ("a"  > 0))'),
        (f"{TABLE}; {OTHER}", f"{TABLE}; CREATE TABLE u (id int UNIQUE, t int REFERENCES t (id) MATCH SIMPLE)"),
        (
            "CREATE TABLE t (a int UNIQUE DEFERRABLE)",
            "CREATE TABLE t (a int UNIQUE DEFERRABLE INITIALLY IMMEDIATE)",
        ),
        (TABLE, f"{TABLE}; COMMENT ON TABLE t IS 'x'; COMMENT ON COLUMN t.id IS 'y'"),
        (TABLE, f"{TABLE}; COMMENT ON INDEX t_pkey IS 'x'; COMMENT ON SCHEMA public IS 'y'"),
        (TABLE, f"{TABLE}; ALTER TABLE t SET (fillfactor = 70), ALTER name SET STORAGE MAIN, CLUSTER ON t_pkey"),
        (
            "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "CREATE FUNCTION f(b integer) RETURNS integer LANGUAGE sql AS $$ SELECT 1  $$",
        ),
        (f"{TABLE}; CREATE INDEX i ON t (name)", f"{TABLE}; CREATE INDEX i ON t (name ASC NULLS LAST)"),
    ],
)
def test_what_does_not_count(one: str, other: str) -> None:
    assert signature(schema(one)) == signature(schema(other))


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE t ADD b int",
        "ALTER TABLE t ALTER name TYPE text",
        "ALTER TABLE t ALTER name SET NOT NULL",
        "ALTER TABLE t ALTER name SET DEFAULT 'y'",
        "ALTER TABLE t ALTER name DROP DEFAULT",
        "ALTER TABLE t RENAME CONSTRAINT t_pkey TO other",
        "ALTER TABLE t ADD CHECK (name <> '')",
        "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
        "CREATE INDEX i ON t (name)",
        "CREATE POLICY p ON t USING (true)",
        "CREATE VIEW v AS SELECT id FROM t",
        "CREATE TYPE e AS ENUM ('a', 'b')",
        "CREATE DOMAIN d AS text",
        "CREATE SEQUENCE s",
        "CREATE SCHEMA s",
        "CREATE EXTENSION citext",
        "CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING",
        "CREATE PUBLICATION p",
        "CREATE PUBLICATION p FOR TABLE t",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    ],
)
def test_what_counts(change: str) -> None:
    assert signature(schema(TABLE)) != signature(schema(f"{TABLE}; {change}"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CREATE TYPE e AS ENUM ('a', 'b')", "CREATE TYPE e AS ENUM ('b', 'a')"),
        (f"{TABLE}; CREATE POLICY p ON t USING (true)", f"{TABLE}; CREATE POLICY p ON t USING (false)"),
        (f"{TABLE}; CREATE INDEX i ON t (id, name)", f"{TABLE}; CREATE INDEX i ON t (name, id)"),
        (f"{TABLE}; CREATE INDEX i ON t (id)", f"{TABLE}; CREATE INDEX i ON t (id DESC)"),
        (f"{TABLE}; CREATE INDEX i ON t (id)", f"{TABLE}; CREATE INDEX i ON t (id) WHERE id > 1"),
        (
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 2'",
        ),
        ("CREATE TABLE t (a numeric(10,2))", "CREATE TABLE t (a numeric(10,3))"),
        ("CREATE TABLE t (a text DEFAULT '1')", "CREATE TABLE t (a text DEFAULT '1.0')"),
    ],
)
def test_what_differs(one: str, other: str) -> None:
    assert signature(schema(one)) != signature(schema(other))


def test_a_trigger_differs_by_its_condition() -> None:
    made = "CREATE TRIGGER r BEFORE UPDATE ON t FOR EACH ROW WHEN ({}) EXECUTE FUNCTION f()"
    start = f"{TABLE}; CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; "
    one, same, other = (
        schema(start + made.format(condition)) for condition in ("NEW.id > 1", "new.id>1", "NEW.id > 2")
    )
    assert signature(one) == signature(same) != signature(other)


def test_a_script_reads_back_to_the_same_form() -> None:
    made = schema(EVERYTHING)
    assert canonical(schema(script(made))) == canonical(made)


def test_doubt_is_told_and_changes_no_digit() -> None:
    sure = schema(TABLE)
    unsure = signature(sure, complete=False)
    assert unsure == signature(sure) + DOUBTFUL
    assert certain(unsure) == signature(sure)
    assert signature(schema(f"{TABLE}; ALTER TABLE elsewhere SOMETHING ODD")) == unsure


def test_the_hash_seed_does_not_count() -> None:
    code = (
        "from tests.schema.test_canonical import EVERYTHING; from tests.drift.comparing import schema;"
        "from migralint.schema.canonical import signature; print(signature(schema(EVERYTHING)))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).parent.parent.parent,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert found == {signature(schema(EVERYTHING)) + "\n"}


def test_no_parser_is_needed() -> None:
    code = (
        "import sys; from migralint.schema import *; from migralint.schema.canonical import signature;"
        "name = Name('public', 't'); check = Check('c', 'lower(a) IN (1, 2)');"
        "column = Column('a', 'text', default='lower(now()::text)');"
        "signature(Schema(tables={name: Table(name, (column,), (check,))}));"
        "assert 'sqlglot' not in sys.modules and 'libcst' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CREATE SEQUENCE s", "CREATE SEQUENCE s START 5"),
        ("CREATE VIEW v AS SELECT 1 AS a", "CREATE VIEW v WITH (security_invoker) AS SELECT 1 AS a"),
        ("CREATE DOMAIN d AS text", 'CREATE DOMAIN d AS text COLLATE "C"'),
        ("CREATE TYPE r AS RANGE (subtype = int4)", "CREATE TYPE r AS RANGE (subtype = int8)"),
        ("CREATE TABLE t ()", "CREATE TABLE t (); ALTER TABLE t FORCE ROW LEVEL SECURITY"),
        (
            "CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE t PARTITION OF p DEFAULT",
            "CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE t PARTITION OF p FOR VALUES IN (1)",
        ),
        (
            "CREATE TABLE t (a int4range, b daterange, UNIQUE (a, b))",
            "CREATE TABLE t (a int4range, b daterange, UNIQUE (a, b WITHOUT OVERLAPS))",
        ),
    ],
)
def test_options_count(one: str, other: str) -> None:
    assert signature(schema(one)) != signature(schema(other))
