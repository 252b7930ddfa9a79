from __future__ import annotations

from migralint.operations import Insert
from migralint.schema import Check, PrimaryKey
from migralint.sql import answer
from tests.sql.reading import one, operations, read, table


def test_tables() -> None:
    made = table(
        "CREATE TABLE `t` (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,"
        " [b c] varchar(5) DEFAULT (lower('X')) COLLATE NOCASE, d,"
        " e decimal(3, 2) NOT NULL ON CONFLICT IGNORE, CONSTRAINT ck CHECK (d > 0)) WITHOUT ROWID",
        dialect="sqlite",
    )
    assert [(c.name, c.type) for c in made.columns] == [
        ("id", "INTEGER"),
        ("b c", "VARCHAR(5)"),
        ("d", ""),
        ("e", "DECIMAL(3, 2)"),
    ]
    assert made.columns[1].default == "(lower('X'))"
    assert next(made.of_kind(PrimaryKey)).columns == ("id",)
    assert next(made.of_kind(Check)).columns == ("d",)


def test_statements() -> None:
    script = (
        "PRAGMA foreign_keys = ON; CREATE TABLE t (a INTEGER, b TEXT); CREATE TEMP TABLE x (a INTEGER);"
        "CREATE TRIGGER tr AFTER INSERT ON t BEGIN UPDATE t SET a = 1; DELETE FROM t; END;"
        "CREATE INDEX i ON t (a COLLATE NOCASE);"
    )
    found = read(script, "sqlite")
    assert [s.operation.operation for s in found.steps] == [
        "create_table",
        "create_table",
        "create_trigger",
        "create_index",
    ]
    (trigger,) = found.schema.tables[found.schema.name("t")].triggers
    assert (trigger.name, trigger.timing, trigger.events, trigger.level) == ("tr", "AFTER", ("INSERT",), "ROW")


def test_rows() -> None:
    found = one("INSERT OR REPLACE INTO t (a) VALUES (1)", "sqlite", before="CREATE TABLE t (a INTEGER);")
    assert isinstance(found, Insert)
    assert found.rows is None
    (update,) = operations("UPDATE t SET `a` = 1", "sqlite", before="CREATE TABLE t (a INTEGER);")
    assert update.operation == "update"


def test_questions() -> None:
    paper = read("CREATE TABLE t (a INTEGER NOT NULL, b TEXT, PRIMARY KEY (a)); CREATE INDEX i ON t (b)", "sqlite")
    assert answer("SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 't'", paper) == [{"name": "i"}]
    assert answer("SELECT count(*) AS n FROM sqlite_master WHERE name = 'nope'", paper) == [{"n": 0}]
    info = answer("PRAGMA table_info('t')", paper)
    assert info is not None
    assert [(row["name"], row["notnull"], row["pk"]) for row in info] == [("a", 1, 1), ("b", 0, 0)]
