from __future__ import annotations

import pytest

from migralint.operations import Place
from migralint.operations.paper import Paper
from migralint.operations.steps import CONDITIONAL, OPAQUE, Step
from migralint.schema import Name
from tests.sql.reading import read, steps

BEFORE = "CREATE TABLE t (a int, b text); CREATE TYPE mood AS ENUM ('x'); CREATE INDEX ix ON t (a); "


def block(body: str, before: str = BEFORE) -> list[Step]:
    return steps(f"DO $$ BEGIN {body} END $$", before=before)


def made(body: str, before: str = BEFORE) -> list[str]:
    """The names of the tables that a block makes for certain; nothing else may happen in it, but for what is undone."""
    found = [s for s in block(body, before) if s.applied or not str(s.reason).startswith("undone: ")]
    assert [(s.certainty, s.reason, s.failure) for s in found if s.certainty != "certain" or s.failure] == []
    return [s.operation.table_name.name for s in found if s.operation.table_name]


def holds(condition: str, before: str = BEFORE) -> bool | None:
    """Whether a condition is true, false, or not known."""
    found = block(f"IF {condition} THEN CREATE TABLE yes (); END IF;", before)
    if [s.operation.operation for s in found] == ["do"]:
        return False
    return None if found[0].certainty == CONDITIONAL else True


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("EXISTS (SELECT 1 FROM pg_type WHERE typname = 'mood')", True),
        ("EXISTS (SELECT FROM pg_class WHERE relname = 'ix' AND relkind = 'i')", True),
        ("NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'k')", True),
        ("to_regclass('public.t') IS NOT NULL", True),
        ("to_regclass('app.t') IS NULL AND to_regtype('mood') IS NOT NULL", True),
        ("to_regclass('T') IS NULL", False),
        ("to_regclass('\"T\"') IS NULL", True),
        ("(SELECT count(*) FROM information_schema.columns WHERE table_name = 't') = 2", True),
        ("count(*) = 0 FROM pg_enum WHERE enumlabel = 'y'", True),
        ("'b' = ANY (SELECT column_name FROM information_schema.columns WHERE table_name = 't')", True),
        ("NOT (1 > 2 OR false) AND NULL IS NULL", True),
        ("NULL", False),
        ("current_setting('server_version_num')::int < 120000", False),
        ("EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'anon')", None),
        ("current_user = 'postgres'", None),
        ("EXISTS (SELECT 1 FROM pg_roles) AND false", False),
        ("EXISTS (SELECT 1 FROM pg_roles) OR true", True),
        ("EXISTS (SELECT 1 FROM t)", False),
        ("EXISTS (SELECT 1 FROM other)", None),
        (
            "(SELECT data_type FROM information_schema.columns WHERE table_name = 't' AND column_name = 'a') = 'integer'",
            True,
        ),
    ],
)
def test_conditions(condition: str, expected: bool | None) -> None:
    assert holds(condition) is expected


def test_doubtful_and_opaque_states() -> None:
    maybe = "DO $$ BEGIN IF current_user = 'x' THEN CREATE TABLE m (); END IF; END $$; " + BEFORE
    assert holds("to_regclass('m') IS NULL", maybe) is None
    assert holds("to_regclass('n') IS NULL", maybe) is True
    opaque = BEFORE + "FROBNICATE;"
    assert holds("to_regclass('n') IS NULL", opaque) is None
    assert holds("to_regclass('t') IS NULL", opaque) is False


def test_unknown_condition_keeps_the_first_branch_that_changes_the_schema() -> None:
    found = block("IF current_user = 'x' THEN NULL; ELSIF true THEN CREATE TABLE x (); ELSE CREATE TABLE y (); END IF;")
    assert [(s.operation.table_name, s.certainty, s.applied) for s in found] == [
        (Name("public", "x"), CONDITIONAL, True)
    ]
    found = block("IF current_user = 'x' THEN CREATE TABLE x (); ELSE CREATE TABLE y (); END IF;")
    assert [(str(s.operation.table_name), s.applied) for s in found] == [("public.x", True), ("public.y", False)]
    assert found[0].reason == "it is not known whether current_user = 'x'"


def test_the_other_branch_is_judged_in_place_of_the_first() -> None:
    arm = "ALTER TABLE t ADD COLUMN new int;"
    found = block(f"IF current_user = 'x' THEN {arm} ELSE {arm} END IF;")
    assert [(s.applied, s.failure) for s in found] == [(True, None), (False, None)]
    gone = "CREATE TABLE c (); FROBNICATE; DO $$ BEGIN IF to_regclass('nope') IS NOT NULL THEN {} END IF; {} END $$"
    made = read(gone.format("CREATE TABLE z (); ELSE DROP TABLE c;", "")).schema
    assert [n.name for n in made.tables] == ["c", "z"]
    made = read(gone.format("DROP TABLE c; RETURN;", "CREATE TABLE z ();")).schema
    assert [n.name for n in made.tables] == []


def test_variables_after_a_doubtful_branch() -> None:
    arms = "IF current_user = 'x' THEN n := 'x'; same := 'z'; ELSE n := 'y'; same := 'z'; END IF;"
    body = f"DECLARE n text; same text; BEGIN {arms} {{}} END;"
    assert made(body.format("EXECUTE 'CREATE TABLE ' || same || ' ()';")) == ["z"]
    found = block(body.format("EXECUTE 'CREATE TABLE ' || n || ' ()';"))
    assert [s.certainty for s in found] == [OPAQUE]


def test_what_follows_a_doubtful_return_is_conditional() -> None:
    found = block("IF current_user = 'x' THEN RETURN; END IF; CREATE TABLE x ();")
    assert [(s.certainty, s.applied) for s in found] == [(CONDITIONAL, True)]
    assert made("IF to_regclass('t') IS NULL THEN RETURN; END IF; CREATE TABLE x (); RETURN; DROP TABLE t;") == ["x"]


def test_doubtful_exceptions_do_not_make_the_rest_conditional() -> None:
    assert made("IF current_user = 'x' THEN RAISE EXCEPTION 'no'; END IF; CREATE TABLE x ();") == ["x"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("CREATE TYPE mood AS ENUM ('a'); EXCEPTION WHEN duplicate_object THEN CREATE TABLE h ();", ["h"]),
        ("CREATE TABLE t (); EXCEPTION WHEN duplicate_table THEN CREATE TABLE h ();", ["h"]),
        ("ALTER TABLE t ADD a int; EXCEPTION WHEN duplicate_column THEN CREATE TABLE h ();", ["h"]),
        ("CREATE TABLE z (); DROP TABLE nope; EXCEPTION WHEN undefined_table THEN CREATE TABLE h ();", ["h"]),
        ("DROP TYPE nope; EXCEPTION WHEN undefined_table THEN NULL; WHEN OTHERS THEN CREATE TABLE h ();", ["h"]),
        ("DROP TABLE nope; EXCEPTION WHEN SQLSTATE '42P01' THEN CREATE TABLE h ();", ["h"]),
        ("PERFORM 'nope'::regclass; EXCEPTION WHEN undefined_table THEN CREATE TABLE h ();", ["h"]),
        ("RAISE EXCEPTION 'x'; EXCEPTION WHEN raise_exception THEN CREATE TABLE h ();", ["h"]),
        ("CREATE TABLE z (); RETURN; EXCEPTION WHEN OTHERS THEN NULL;", ["z"]),
    ],
)
def test_handlers(body: str, expected: list[str]) -> None:
    assert made(body) == expected


def test_an_error_that_nothing_handles_is_a_failing_operation() -> None:
    found = block("CREATE TABLE z (); DROP TABLE nope; EXCEPTION WHEN duplicate_table THEN NULL;")
    assert [(s.operation.operation, s.failure is not None) for s in found] == [
        ("create_table", False),
        ("drop_table", True),
    ]
    assert [s.reason for s in found] == ["undone: table public.nope: no such table", None]


def test_a_block_that_does_nothing_is_listed_as_a_block() -> None:
    found = block("IF false THEN DROP TABLE t; END IF;")
    assert [(s.operation.operation, s.certainty, s.applied) for s in found] == [("do", "certain", True)]


def test_a_raised_exception_is_reported() -> None:
    (found,) = block("RAISE EXCEPTION 'stop %', 1;")
    assert (found.certainty, found.reason) == (OPAQUE, "it raises an exception: stop 1")
    assert not found.after.opaque


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("FOR i IN 1..3 LOOP EXECUTE 'CREATE TABLE x' || i || ' ()'; END LOOP;", ["x1", "x2", "x3"]),
        ("FOR i IN REVERSE 6..1 BY 5 LOOP EXECUTE format('CREATE TABLE x%s ()', i); END LOOP;", ["x6", "x1"]),
        (
            "FOR i IN 1..9 LOOP CONTINUE WHEN i = 1; EXIT WHEN i > 2; EXECUTE format('CREATE TABLE %I ()', 'X' || i); END LOOP;",
            ["X2"],
        ),
        ("<<o>> LOOP LOOP EXIT o; END LOOP; CREATE TABLE no (); END LOOP; CREATE TABLE x ();", ["x"]),
        ("CASE 2 WHEN 1 THEN CREATE TABLE no (); WHEN 2, 3 THEN CREATE TABLE x (); ELSE NULL; END CASE;", ["x"]),
        ("CASE WHEN 1 > 2 THEN NULL; ELSE CREATE TABLE x (); END CASE;", ["x"]),
        ("EXECUTE 'CREATE TABLE x (); CREATE TABLE y ()';", ["x", "y"]),
        ("PERFORM 1 FROM pg_tables WHERE tablename = 't'; IF FOUND THEN CREATE TABLE x (); END IF;", ["x"]),
    ],
)
def test_control(body: str, expected: list[str]) -> None:
    assert made(body) == expected


def test_variables() -> None:
    script = """
        DO $$ DECLARE
            n integer := 1; names text[] := ARRAY['p', 'q']; r record; name text; made boolean DEFAULT false;
        BEGIN
            FOREACH name IN ARRAY names LOOP EXECUTE 'CREATE TABLE ' || name || '_' || n || ' ()'; n := n + 1; END LOOP;
            FOR r IN SELECT tablename, schemaname FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE '_\\_%' ORDER BY 1 LOOP
                EXECUTE format('ALTER TABLE %I.%I ADD COLUMN %I text DEFAULT %L', r.schemaname, r.tablename, 'C', 'it''s');
            END LOOP;
            SELECT relname INTO name FROM pg_class WHERE relname = 'p_1';
            SELECT EXISTS (SELECT 1 FROM pg_class WHERE relname = 'none') INTO made;
            IF name = 'p_1' AND NOT made THEN CREATE TABLE last (); END IF;
            DECLARE n text := 'inner'; BEGIN EXECUTE format('CREATE TABLE %I ()', n); END;
        END $$
    """
    paper = read(script)
    assert [s for s in paper.steps if s.certainty != "certain"] == []
    assert [n.name for n in paper.schema.tables] == ["p_1", "q_2", "last", "inner"]
    (column,) = paper.schema.tables[Name("public", "p_1")].columns
    assert (column.name, column.default) == ("C", "'it''s'")


def test_known_rows() -> None:
    before = "CREATE TABLE k (n text); INSERT INTO k VALUES ('x'), ('y'); "
    assert made(
        "FOR r IN SELECT n FROM k WHERE n <> 'x' LOOP EXECUTE 'CREATE TABLE t_' || r.n || ' ()'; END LOOP;", before
    ) == ["t_y"]


def test_a_loop_over_what_is_not_known_is_judged_once() -> None:
    found = block("FOR r IN SELECT rolname FROM pg_roles LOOP CREATE TABLE x (); END LOOP; CREATE TABLE y ();")
    assert [(s.operation.operation, s.applied) for s in found] == [
        ("create_table", False),
        ("opaque", True),
        ("create_table", True),
    ]
    assert found[-1].after.opaque
    harmless = block("FOR r IN SELECT rolname FROM pg_roles LOOP UPDATE t SET a = 1; END LOOP;")
    assert [(s.operation.operation, s.applied) for s in harmless] == [("update", False)]


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("current_user", True),
        ("'DROP TABLE ' || current_user", True),
        ("format('UPDATE %I SET a = 1', current_user)", False),
        ("'GRANT SELECT ON t TO ' || current_user", False),
        ("'CREATE ROLE ' || current_user", False),
    ],
)
def test_text_that_is_not_known(text: str, changes: bool) -> None:
    (found,) = block(f"EXECUTE {text};")
    assert found.certainty == OPAQUE
    assert found.reason is not None
    assert found.reason.startswith("EXECUTE of text that is not known")
    assert found.after.opaque is changes


def test_functions_that_change_the_schema_are_followed_when_called() -> None:
    paper = read(
        BEFORE
        + """
        CREATE FUNCTION add(tbl text, col text DEFAULT 'z') RETURNS void LANGUAGE plpgsql AS
        $f$ BEGIN EXECUTE format('ALTER TABLE %I ADD COLUMN %I int', tbl, col); END $f$;
        CREATE FUNCTION plain() RETURNS int LANGUAGE sql AS 'SELECT 1';
        SELECT add('t', 'c1'), plain(); DO $$ BEGIN PERFORM add('t', 'c2'); END $$; SELECT upper('x');
        """
    )
    assert [c.name for c in paper.schema.tables[Name("public", "t")].columns] == ["a", "b", "c1", "c2"]
    assert [s.operation.operation for s in paper.steps[-2:]] == ["add_column", "add_column"]


def test_places_point_into_the_block() -> None:
    script = "SELECT 1; DO $$ BEGIN\n  CREATE TABLE x ();\nEND $$"
    (found,) = read(script).steps
    assert script[found.place.start : found.place.end] == "CREATE TABLE x ()"
    quoted = "DO 'BEGIN EXECUTE ''CREATE TABLE x ()''; END'"
    (found,) = read(quoted).steps
    assert found.place == Place("script.sql", -1, 0, len(quoted))


def test_blocks_that_cannot_be_read() -> None:
    (found,) = steps("DO $$ BEGIN IF x THEN CREATE TABLE y (); $$")
    assert found.certainty == OPAQUE
    assert found.after.opaque
    (found,) = steps("DO LANGUAGE plpython3u $$ 1 $$")
    assert found.certainty == OPAQUE


def test_failures_reach_a_subtransaction_around_the_script() -> None:
    from migralint import sql
    from migralint.operations import CannotApply
    from tests.sql.reading import at

    paper = Paper()
    with pytest.raises(CannotApply), paper.subtransaction():
        sql.run("CREATE TABLE x (); DROP TABLE nope", paper, at)
    assert not paper.schema.tables


def test_a_query_whose_rows_go_nowhere_is_an_error() -> None:
    found = block("CREATE TABLE x (); SELECT 1; CREATE TABLE y ();")
    assert [s.operation.operation for s in found] == ["create_table", "opaque"]
    assert "no destination" in str(found[1].reason)
    assert made("BEGIN SELECT 1; EXCEPTION WHEN syntax_error THEN CREATE TABLE h (); END;") == ["h"]
