"""The entity diagram. That mermaid takes it was tried with mermaid 11.17 on the histories of 28 projects."""

from __future__ import annotations

import re

import pytest

from migralint.render.mermaid import diagram, too_large
from tests.drift.comparing import schema

_NAME = r'"[^"%\\\n]+"'
_WORD = r"[A-Za-z_\u00c0-\uffff][\w\[\]()\u00c0-\uffff-]*"
_LINES = (
    re.compile(r"erDiagram"),
    re.compile(rf"    {_NAME}( \{{)?"),
    re.compile(rf'        {_WORD} (?!(?:PK|FK|UK)\b){_WORD}( [PFU]K(, [PFU]K)*)?( "[^"\n]+")?'),
    re.compile(r"    \}"),
    re.compile(rf"    {_NAME} (\|o|\|\|)--(o\||o\{{) {_NAME} : {_NAME}"),
)


def relation(columns: str) -> str:
    lines = diagram(schema(f"CREATE TABLE t (id int PRIMARY KEY, k int UNIQUE); CREATE TABLE u ({columns})"))
    (found,) = (line for line in lines.splitlines() if " : " in line)
    return found.split('"')[2].strip()


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ("t int REFERENCES t", "|o--o{"),
        ("t int NOT NULL REFERENCES t", "||--o{"),
        ("t int UNIQUE REFERENCES t", "|o--o|"),
        ("t int PRIMARY KEY REFERENCES t", "||--o|"),
        ("t int REFERENCES t, b int, PRIMARY KEY (t, b)", "||--o{"),
        ("t int REFERENCES t, b int, UNIQUE (t, b)", "|o--o{"),
    ],
)
def test_cardinality(columns: str, expected: str) -> None:
    assert relation(columns) == expected


def test_a_unique_index_that_covers_only_some_rows_is_none() -> None:
    made = "CREATE TABLE t (id int PRIMARY KEY); CREATE TABLE u (t int REFERENCES t);"
    assert "|o--o|" in diagram(schema(made + "CREATE UNIQUE INDEX i ON u (t)"))
    assert "|o--o{" in diagram(schema(made + "CREATE UNIQUE INDEX i ON u (t) WHERE t > 1"))
    assert "|o--o{" in diagram(schema(made + "CREATE UNIQUE INDEX i ON u ((t + 1))"))


def test_odd_names_and_types() -> None:
    text = diagram(
        schema("""
        CREATE TABLE "we ird ""x"" 50%\\y" (
            id int PRIMARY KEY, "the col, [x]" numeric(10,2)[] NOT NULL, "1a" timestamp(3) with time zone,
            "ünï" varchar(3) UNIQUE, "select" text, " " "char", "PK" int);
        CREATE TABLE "we ird ""x"" 50%%y" ();
        CREATE SCHEMA a;
        CREATE TABLE a."end" (id int PRIMARY KEY REFERENCES "we ird ""x"" 50%\\y");
        """)
    )
    lines = text.splitlines()
    assert all(any(pattern.fullmatch(line) for pattern in _LINES) for line in lines), text
    assert '        numeric[] the_col_[x] "the col, [x]; numeric(10,2)[]; not null"' in lines
    assert '    "we ird _x_ 50__y 2" ||--o| "a.end" : "id"' in lines


def test_nothing_to_draw() -> None:
    assert diagram(schema("")) == "erDiagram\n"


def test_too_large() -> None:
    assert too_large(diagram(schema("CREATE TABLE t (id int)"))) is None
    many = ";".join(f"CREATE TABLE t{n} (id int REFERENCES t0)" for n in range(1, 502))
    problem = too_large(diagram(schema(f"CREATE TABLE t0 (id int PRIMARY KEY); {many}")))
    assert problem is not None
    assert "501 relations" in problem
