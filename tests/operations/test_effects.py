"""Effects in a transaction: who waits, for how long, and what the transaction made or holds already.

What each statement does by itself is measured: `tests/postgres/test_locks.py`.
"""

from __future__ import annotations

import pytest

from migralint import sql
from migralint.operations import Place
from migralint.operations.effects import BRIEF, SIZE, Effects, course, effects
from migralint.operations.paper import Paper
from migralint.operations.steps import Step

SETUP = """
CREATE TABLE r (k integer PRIMARY KEY);
CREATE TABLE t (id integer PRIMARY KEY, c integer, a text);
"""


def steps(script: str) -> list[Step]:
    paper = Paper("postgresql", 15, script=True)
    sql.run(SETUP, paper, lambda start, end: Place("x.sql", -1, start, end))
    made = len(paper.steps)
    sql.run(script, paper, lambda start, end: Place("x.sql", -1, start, end))
    return paper.steps[made:]


def found(script: str) -> list[Effects]:
    result = [one for _, _, one in course(steps(script), 15)]
    assert None not in result
    return [one for one in result if one is not None]


def waits(blocked: object) -> list[tuple[str, str]]:
    return [(str(b.relation), b.duration) for b in blocked]  # type: ignore[attr-defined]


def test_duration_and_who_waits() -> None:
    (index,) = found("CREATE INDEX i ON t (a)")
    assert index.blocks_reads == ()
    assert waits(index.blocks_writes) == [("public.t", SIZE)]
    (plain,) = found("ALTER TABLE t ADD COLUMN z integer")
    assert waits(plain.blocks_reads) == waits(plain.blocks_writes) == [("public.t", BRIEF)]


def test_locks_of_before_are_held_while_later_statements_work() -> None:
    key, valid = found(
        "BEGIN; ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (c) REFERENCES r NOT VALID;"
        "ALTER TABLE t VALIDATE CONSTRAINT f; COMMIT"
    )
    assert waits(key.blocks_writes) == [("public.t", BRIEF), ("public.r", BRIEF)]
    assert {k.mode for k in valid.locks} == {"SHARE UPDATE EXCLUSIVE", "ROW SHARE"}
    assert waits(valid.blocks_writes) == [("public.t", SIZE), ("public.r", SIZE)]


def test_locks_end_with_the_transaction() -> None:
    _, valid = found(
        "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (c) REFERENCES r NOT VALID; ALTER TABLE t VALIDATE CONSTRAINT f"
    )
    assert valid.held == ()
    assert valid.blocks_writes == ()


def test_another_table_waits_for_work_after_its_lock() -> None:
    _, index = found("BEGIN; ALTER TABLE r ADD COLUMN z integer; CREATE INDEX i ON t (a); COMMIT")
    assert waits(index.blocks_reads) == [("public.r", SIZE)]
    assert waits(index.blocks_writes) == [("public.r", SIZE), ("public.t", SIZE)]


@pytest.mark.parametrize(
    ("statement", "duration"),
    [
        ("UPDATE t SET c = 1", SIZE),
        ("DELETE FROM t WHERE c = 1", SIZE),
        ("INSERT INTO t (id) SELECT k FROM r", SIZE),
        ("INSERT INTO t (id) VALUES (1)", BRIEF),
        ("CREATE TABLE n AS SELECT * FROM t", SIZE),
        ("CREATE TABLE n (LIKE t)", BRIEF),
        ("CREATE MATERIALIZED VIEW n AS SELECT * FROM t", SIZE),
        ("CREATE MATERIALIZED VIEW n AS SELECT * FROM t WITH NO DATA", BRIEF),
        ("TRUNCATE t", BRIEF),
    ],
)
def test_rows_are_changed_under_the_locks_of_before(statement: str, duration: str) -> None:
    _, rows = found(f"BEGIN; ALTER TABLE r ADD COLUMN z integer; {statement}; COMMIT")
    assert ("public.r", duration) in waits(rows.blocks_reads)


def test_relations_of_the_same_transaction_do_not_count() -> None:
    _, key, index, retyped = found(
        "BEGIN; CREATE TABLE n (id integer PRIMARY KEY, c integer);"
        "ALTER TABLE n ADD CONSTRAINT f FOREIGN KEY (c) REFERENCES r; CREATE INDEX i ON n (c);"
        "ALTER TABLE n ALTER COLUMN id TYPE bigint; COMMIT"
    )
    assert [str(k.relation) for k in key.locks] == ["public.r"]
    assert key.scans == ()
    for one in (index, retyped):
        assert one.locks == one.builds == one.rewrites == one.rebuilds_indexes == one.scans == ()


def test_a_renamed_table_is_held_under_its_new_name() -> None:
    _, column = found("BEGIN; ALTER TABLE t RENAME TO u; COMMENT ON TABLE u IS 'x'; COMMIT")
    assert [str(k.relation) for k in column.held] == ["public.u"]


def test_nothing_is_said_about_what_is_refused() -> None:
    ((_, _, refused),) = course(steps("ALTER TABLE t DROP COLUMN nothing"), 15)
    assert refused is None


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("ALTER TABLE t DROP COLUMN a", ("public.t.a",)),
        ("ALTER TABLE t RENAME COLUMN a TO b", ("public.t.a",)),
        ("ALTER TABLE t RENAME TO u", ("public.t",)),
        ("DROP TABLE t", ("public.t",)),
        ("ALTER TABLE t ADD COLUMN z integer", ("prepared SELECT * of public.t",)),
        ("ALTER TABLE t ALTER COLUMN c TYPE bigint", ("prepared SELECT of public.t.c",)),
        ("CREATE INDEX i ON t (a)", ()),
    ],
)
def test_what_breaks_for_code_that_runs(statement: str, broken: tuple[str, ...]) -> None:
    (one,) = found(statement)
    assert one.breaks_old_code == broken


def test_the_version_of_the_server_counts() -> None:
    script = "CREATE TABLE p (a integer, b integer) PARTITION BY LIST (a);CREATE TABLE p1 PARTITION OF p DEFAULT"
    (step,) = steps(f"{script}; ALTER TABLE p ADD UNIQUE (a)")[2:]
    modes = {
        server: {str(k.relation): k.mode for k in one.locks}
        for server in (17, 18)
        if (one := effects(step.operation, step.before, server)) is not None
    }
    assert modes[17] == {"public.p": "ACCESS EXCLUSIVE", "public.p1": "SHARE"}
    assert modes[18] == {"public.p": "ACCESS EXCLUSIVE", "public.p1": "ACCESS EXCLUSIVE"}
