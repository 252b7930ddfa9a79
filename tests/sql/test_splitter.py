from __future__ import annotations

from migralint.sql import split


def texts(script: str, dialect: str = "postgresql") -> list[str]:
    return [statement.text for statement in split(script, dialect)]


def test_semicolons_inside_quotes_and_parentheses() -> None:
    script = "SELECT ';', \";\" /* ; */; DO $$ a; b $$; CREATE RULE r AS ON INSERT TO t DO (a; b); SELECT E'\\';'"
    assert len(texts(script)) == 4


def test_offsets_leave_out_comments_and_semicolons() -> None:
    script = "-- first\n  SELECT 1 ;;\n\nSELECT 2"
    assert [(s.start, s.end) for s in split(script)] == [(11, 19), (24, 32)]
    assert all(script[s.start : s.end] == s.text for s in split(script))


def test_sql_standard_function_bodies() -> None:
    body = "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END"
    assert texts(f"{body}; SELECT 1") == [body, "SELECT 1"]


def test_sqlite_triggers() -> None:
    trigger = "CREATE TRIGGER tr AFTER INSERT ON t BEGIN UPDATE t SET a = CASE WHEN 1 THEN 2 END; DELETE FROM u; END"
    assert texts(f"{trigger}; SELECT 1;", "sqlite") == [trigger, "SELECT 1"]


def test_copy_data_and_commands_of_psql() -> None:
    script = (
        "\\restrict abc\nCOPY t (a) FROM stdin;\nit's\t;\n\\.\n\nSELECT 1;\n\\connect other\nSELECT 2\n\\g\nSELECT 3;"
    )
    assert texts(script) == ["COPY t (a) FROM stdin", "SELECT 1", "SELECT 2", "SELECT 3"]


def test_included_files_are_reported() -> None:
    (included,) = split("\\i other.sql\n")
    assert included.problem


def test_an_open_quote_makes_the_rest_one_statement() -> None:
    first, second = split("SELECT 1; SELECT 'oops; DROP TABLE t; SELECT 2")
    assert first.problem is None
    assert second.problem == "a quote that does not end"


def test_an_open_parenthesis_loses_one_statement() -> None:
    assert texts("CREATE TABLE t (a int; SELECT 1; SELECT 2") == ["CREATE TABLE t (a int", "SELECT 1", "SELECT 2"]


def test_a_long_statement_is_kept_by_its_beginning() -> None:
    script = "INSERT INTO t VALUES " + ", ".join(["(1, ';')"] * 30_000) + "; SELECT 1"
    long, short = split(script)
    assert not long.complete
    assert long.end == script.rindex(";")
    assert short.text == "SELECT 1"
