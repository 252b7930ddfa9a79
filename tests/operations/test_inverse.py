"""An operation and then its inverse leave the schema that was there before, up to the order of columns."""

from __future__ import annotations

from functools import reduce

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migralint.operations import Lost, Operation
from migralint.operations.closing import closing, first_difference
from migralint.operations.paper import Paper
from migralint.operations.steps import Step
from migralint.schema import Schema
from tests.operations.drawn.sequences import drawn_schema
from tests.sql.reading import operations, read

BEFORE = """
    CREATE SCHEMA s;
    CREATE TYPE mood AS ENUM ('sad', 'glad');
    CREATE DOMAIN code AS text CONSTRAINT filled CHECK (VALUE <> '');
    CREATE SEQUENCE numbers;
    CREATE TABLE t (id serial PRIMARY KEY, a integer NOT NULL DEFAULT 3 UNIQUE, b mood, "C c" varchar(9) COLLATE "C",
        n bigint GENERATED ALWAYS AS IDENTITY, g integer GENERATED ALWAYS AS (a * 2) STORED, CHECK (a > 0));
    CREATE TABLE u (t integer CONSTRAINT to_t REFERENCES t ON DELETE CASCADE, a integer CHECK (a > 1));
    ALTER TABLE u ADD CONSTRAINT late CHECK (a < 9) NOT VALID;
    CREATE TABLE p (a integer, b text) PARTITION BY LIST (a);
    CREATE TABLE q PARTITION OF p DEFAULT;
    CREATE INDEX p_b ON p (b);
    CREATE TABLE base (a integer CHECK (a > 0));
    CREATE TABLE heir (b integer) INHERITS (base);
    CREATE INDEX partial ON t (lower("C c"), b DESC) INCLUDE (n) WHERE a > 1;
    CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
    CREATE TRIGGER tr BEFORE UPDATE OF a ON t FOR EACH ROW EXECUTE FUNCTION f();
    CREATE POLICY own ON t USING (a > 1);
    ALTER TABLE t ENABLE ROW LEVEL SECURITY;
    CREATE VIEW v AS SELECT a, b FROM t;
    CREATE MATERIALIZED VIEW m AS SELECT a FROM v;
    CREATE INDEX m_a ON m (a);
    COMMENT ON TABLE t IS 'x';
    COMMENT ON COLUMN t.a IS 'y';
    CREATE FUNCTION e() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
    CREATE TABLE kept (id integer PRIMARY KEY, a text) WITH (fillfactor = 70);
    ALTER TABLE kept ALTER a SET STORAGE EXTERNAL, ALTER a SET STATISTICS 9, ALTER a SET (n_distinct = 5);
    ALTER TABLE kept ALTER a SET COMPRESSION pglz, REPLICA IDENTITY USING INDEX kept_pkey, CLUSTER ON kept_pkey;
    CREATE RULE quiet AS ON DELETE TO kept DO INSTEAD NOTHING;
    CREATE RULE told AS ON INSERT TO v DO INSTEAD INSERT INTO kept (id) VALUES (NEW.a);
    CREATE PUBLICATION pub FOR TABLE kept (id) WITH (publish = 'insert');
    CREATE EVENT TRIGGER watched ON sql_drop EXECUTE FUNCTION e();
    ALTER EVENT TRIGGER watched ENABLE ALWAYS;
    COMMENT ON CONSTRAINT kept_pkey ON kept IS 'key';
    COMMENT ON INDEX kept_pkey IS 'its index';
    COMMENT ON COLUMN v.b IS 'z';
    COMMENT ON RULE quiet ON kept IS 'r';
    COMMENT ON TYPE mood IS 'm';
"""
UNDONE = """
ALTER TABLE t RENAME TO other => rename_table
ALTER TABLE t SET SCHEMA s => rename_table
ALTER TABLE t RENAME COLUMN a TO z => alter_column
ALTER TABLE t ADD COLUMN new serial UNIQUE => drop_column
ALTER TABLE u DROP COLUMN a => add_column create_check_constraint create_check_constraint
ALTER TABLE t ALTER a DROP DEFAULT => alter_column
ALTER TABLE t ALTER a DROP NOT NULL => alter_column
ALTER TABLE t ALTER n DROP IDENTITY => alter_column
ALTER TABLE u ALTER a TYPE text USING 'x' => alter_column
ALTER TABLE t ADD CONSTRAINT more CHECK (a > 1) => drop_constraint
ALTER TABLE t DROP CONSTRAINT t_pkey CASCADE => create_primary_key create_foreign_key
ALTER TABLE u VALIDATE CONSTRAINT late => drop_constraint create_check_constraint
ALTER TABLE u RENAME CONSTRAINT late TO later => rename_constraint
ALTER TABLE u ALTER CONSTRAINT to_t DEFERRABLE => alter_constraint
DROP INDEX partial => create_index
ALTER INDEX partial RENAME TO "Other" => rename_index
DROP INDEX p_b => create_index create_index
ALTER TABLE p DETACH PARTITION q => alter_table_attach_partition
ALTER TABLE heir NO INHERIT base => alter_table_attach_partition
DROP TABLE u => create_table create_check_constraint create_foreign_key
DROP TABLE base CASCADE => create_table create_table
CREATE TABLE n (a serial REFERENCES t, b mood) => drop_table
DROP VIEW v CASCADE => create_view create_materialized_view create_index create_rule comment
CREATE OR REPLACE VIEW v AS SELECT a, b FROM t WHERE a > 1 => drop_materialized_view drop_view create_view create_materialized_view create_index create_rule comment
DROP TRIGGER tr ON t => create_trigger
DROP POLICY own ON t => create_policy
ALTER POLICY own ON t RENAME TO other => alter_policy
ALTER TABLE t DISABLE ROW LEVEL SECURITY => alter_table_row_security
COMMENT ON TABLE t IS NULL => create_table_comment
COMMENT ON COLUMN t.a IS 'other' => alter_column
CREATE TYPE color AS ENUM ('red') => drop_type
ALTER TYPE mood RENAME TO feeling => alter_type_rename
ALTER TYPE mood RENAME VALUE 'sad' TO 'blue' => alter_type_rename_value
DROP DOMAIN code => create_domain
ALTER DOMAIN code SET NOT NULL => alter_domain
DROP SEQUENCE numbers => create_sequence
ALTER SEQUENCE numbers RENAME TO figures => alter_sequence
ALTER SEQUENCE numbers OWNED BY t.a => alter_sequence
CREATE SCHEMA more => drop_schema
ALTER SCHEMA s RENAME TO r => alter_schema_rename
DROP SCHEMA s => create_schema
CREATE EXTENSION citext => drop_extension
ALTER FUNCTION f() RENAME TO g => alter_function
DROP TABLE IF EXISTS nothing =>
COMMENT ON INDEX partial IS 'x' => comment
COMMENT ON INDEX kept_pkey IS NULL => comment
COMMENT ON CONSTRAINT kept_pkey ON kept IS '' => comment
COMMENT ON COLUMN v.a IS 'x' => comment
COMMENT ON COLUMN v.b IS NULL => comment
COMMENT ON VIEW v IS 'x' => comment
COMMENT ON MATERIALIZED VIEW m IS 'x' => comment
COMMENT ON TYPE mood IS NULL => comment
COMMENT ON DOMAIN code IS 'x' => comment
COMMENT ON CONSTRAINT filled ON DOMAIN code IS 'x' => comment
COMMENT ON FUNCTION f() IS 'x' => comment
COMMENT ON SEQUENCE numbers IS 'x' => comment
COMMENT ON TRIGGER tr ON t IS 'x' => comment
COMMENT ON POLICY own ON t IS 'x' => comment
COMMENT ON RULE quiet ON kept IS NULL => comment
COMMENT ON SCHEMA s IS 'x' => comment
COMMENT ON PUBLICATION pub IS 'x' => comment
COMMENT ON EVENT TRIGGER watched IS 'x' => comment
ALTER TABLE t SET (fillfactor = 50, toast.autovacuum_enabled = off) => alter_table_reset_options
ALTER TABLE kept SET (fillfactor = 50) => alter_table_set_options
ALTER TABLE kept RESET (fillfactor) => alter_table_set_options
ALTER INDEX partial SET (fillfactor = 50) => alter_index
ALTER INDEX kept_pkey SET (fillfactor = 50) => alter_index
ALTER TABLE kept ALTER a SET STORAGE MAIN => alter_table_set_storage
ALTER TABLE kept ALTER a SET STORAGE EXTENDED => alter_table_set_storage
ALTER TABLE kept ALTER a SET COMPRESSION default => alter_table_set_compression
ALTER TABLE kept ALTER a SET STATISTICS -1 => alter_table_set_statistics
ALTER TABLE kept ALTER a SET (n_distinct = 7, n_distinct_inherited = 3) => alter_table_set_column_options alter_table_reset_column_options
ALTER TABLE kept ALTER a RESET (n_distinct) => alter_table_set_column_options
ALTER TABLE kept REPLICA IDENTITY FULL => alter_table_replica_identity
ALTER TABLE t REPLICA IDENTITY NOTHING => alter_table_replica_identity
ALTER TABLE kept SET WITHOUT CLUSTER => alter_table_cluster_on
ALTER TABLE t CLUSTER ON t_pkey => alter_table_set_without_cluster
ALTER TABLE t DISABLE TRIGGER tr => alter_table_enable_trigger
ALTER TABLE t ENABLE REPLICA TRIGGER tr => alter_table_enable_trigger
ALTER TABLE kept DISABLE RULE quiet => alter_table_enable_rule
ALTER TABLE kept FORCE ROW LEVEL SECURITY => alter_table_no_force_row_security
CREATE RULE other AS ON UPDATE TO kept DO ALSO NOTHING => drop_rule
CREATE OR REPLACE RULE quiet AS ON DELETE TO kept DO ALSO NOTHING => drop_rule create_rule comment
DROP RULE quiet ON kept => create_rule comment
ALTER RULE quiet ON kept RENAME TO loud => alter_rule
DROP PUBLICATION pub => create_publication alter_publication
CREATE PUBLICATION other FOR ALL TABLES => drop_publication
ALTER PUBLICATION pub ADD TABLE t => alter_publication
ALTER PUBLICATION pub DROP TABLE kept => alter_publication
ALTER PUBLICATION pub SET (publish = 'update') => alter_publication
ALTER PUBLICATION pub RENAME TO other => alter_publication
DROP EVENT TRIGGER watched => create_event_trigger alter_event_trigger
ALTER EVENT TRIGGER watched DISABLE => alter_event_trigger
ALTER EVENT TRIGGER watched RENAME TO other => alter_event_trigger
CREATE EVENT TRIGGER other ON ddl_command_end EXECUTE FUNCTION e() => drop_event_trigger
ALTER MATERIALIZED VIEW m SET (fillfactor = 50) => alter_view
DROP TABLE kept CASCADE => create_table create_rule create_rule alter_table_set_storage alter_table_set_compression alter_table_set_statistics alter_table_set_column_options alter_table_cluster_on alter_table_replica_identity alter_publication comment comment comment
""".strip().splitlines()


def applied(operations: tuple[Operation, ...], schema: Schema) -> Schema:
    return reduce(lambda state, operation: operation.apply(state), operations, schema)


@pytest.mark.parametrize("line", UNDONE)
def test_undone_by(line: str) -> None:
    text, _, expected = line.partition("=>")
    before = read(BEFORE).schema
    (operation,) = operations(text, before=BEFORE)
    inverse = operation.inverse(before)
    assert not isinstance(inverse, Lost), inverse
    assert [step.operation for step in inverse] == expected.split()
    assert first_difference(applied(inverse, operation.apply(before)), before) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("ALTER TYPE mood ADD VALUE 'new'", "PostgreSQL cannot remove a label from an enum"),
        ("DELETE FROM t", "it changes rows"),
        ("GRANT SELECT ON t TO PUBLIC", "what grant changes is not part of the schema"),
        ("ALTER TABLE t OWNER TO someone", "what alter_table_owner_to changes is not part of the schema"),
        ("ALTER TABLE t RENAME TO u", "PostgreSQL would refuse it"),
    ],
)
def test_lost(text: str, reason: str) -> None:
    before = read(BEFORE).schema
    (operation,) = operations(text, before=BEFORE)
    inverse = operation.inverse(before)
    assert isinstance(inverse, Lost)
    assert inverse.reason.startswith(reason)


def test_any_schema_from_nothing() -> None:
    wanted = read(BEFORE).schema
    made = closing(Schema.empty(), wanted)
    assert not isinstance(made, Lost), made
    assert first_difference(applied(made, Schema.empty()), wanted) is None
    gone = closing(wanted, Schema.empty())
    assert not isinstance(gone, Lost), gone
    assert first_difference(applied(gone, wanted), Schema.empty()) is None


def done(paper: Paper) -> list[Step]:
    """The steps that were not undone."""
    return [step for step in paper.steps if step.applied and step.failure is None]


EXCUSED = ("PostgreSQL cannot remove a label", "it changes rows", "what ", "PostgreSQL has no statement")


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_drawn_operations_are_undone(seed: int) -> None:
    for step in done(drawn_schema(seed, statements=20)):
        inverse = step.operation.inverse(step.before)
        if isinstance(inverse, Lost):
            assert inverse.reason.startswith(EXCUSED), (step.sql, inverse)
        else:
            assert first_difference(applied(inverse, step.after), step.before) is None, step.sql


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_whole_histories_are_undone(seed: int) -> None:
    """One operation after the other is taken back, each on what the inverses of the later ones left."""
    left_out = ("alter_type", "rows", "unmodelled", "table_options", "extension")
    steps = done(drawn_schema(seed, without=left_out, statements=15))
    state = steps[-1].after
    for step in reversed(steps):
        inverse = step.operation.inverse(step.before)
        if isinstance(inverse, Lost):
            assert inverse.reason.startswith(EXCUSED), (step.sql, inverse)
            assert step.before == step.after, step.sql
        else:
            state = applied(inverse, state)
        assert first_difference(state, step.before) is None, step.sql


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(one=st.integers(0, 2**32), other=st.integers(0, 2**32))
def test_any_difference_is_closed(one: int, other: int) -> None:
    now, wanted = drawn_schema(one).schema, drawn_schema(other).schema
    found = closing(now, wanted)
    if isinstance(found, Lost):
        assert found.reason.startswith(EXCUSED), found
    else:
        assert first_difference(applied(found, now), wanted) is None
