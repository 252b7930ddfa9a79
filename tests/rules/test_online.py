"""Which online rule speaks of which statement: one finding for one cause, and none for what is brief."""

from __future__ import annotations

from pathlib import Path

import pytest

from migralint.rule import Example
from tests.rules.project import judged, write

SETUP = """op.create_table("users", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(50)))
op.create_table(
    "orders",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("code", sa.String(50)),
    sa.Column("note", sa.Text),
    sa.Column("doubled", sa.Integer, sa.Computed("id * 2", persisted=True)),
    sa.CheckConstraint("length(code) > 2", name="code_long"),
    sa.CheckConstraint("note IS NOT NULL", name="note_there"),
)
op.execute("CREATE INDEX users_name ON users (lower(name))")
op.execute("CREATE DOMAIN positive AS integer CHECK (VALUE > 0)")
op.execute("CREATE TABLE visits (day date NOT NULL, page text) PARTITION BY RANGE (day)")"""


def findings(upgrade: str, root: Path, *settings: str) -> list[tuple[str, str]]:
    """The codes and messages of the online findings, and of what PostgreSQL refuses."""
    write(Example(setup=SETUP, upgrade=upgrade, settings=settings), root)
    return [(f.code, f.message) for f in judged(root).active if f.code.startswith(("MG2", "MG32", "MG8"))]


def sql(text: str) -> str:
    return f'op.execute("{text}")'


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        # columns
        ("ALTER TABLE users ADD COLUMN z integer", []),
        ("ALTER TABLE users ADD COLUMN z integer NOT NULL DEFAULT 1", []),
        ("ALTER TABLE users ADD COLUMN z timestamptz DEFAULT now()", []),
        ("ALTER TABLE users ADD COLUMN z integer NOT NULL", ["MG203"]),
        ("ALTER TABLE users ADD COLUMN z uuid DEFAULT gen_random_uuid()", ["MG207"]),
        ("ALTER TABLE users ADD COLUMN z integer GENERATED ALWAYS AS (id * 2) STORED", ["MG207"]),
        ("ALTER TABLE users ADD COLUMN z serial", ["MG207"]),
        ("ALTER TABLE users ADD COLUMN z integer GENERATED ALWAYS AS IDENTITY", ["MG207"]),
        ("ALTER TABLE users ADD COLUMN z positive", ["MG207"]),
        ("ALTER TABLE users ADD COLUMN z integer UNIQUE", ["MG208"]),
        ("ALTER TABLE visits ADD COLUMN z serial UNIQUE", ["MG323"]),
        ("ALTER TABLE users ADD COLUMN z serial UNIQUE", ["MG207"]),
        ("ALTER TABLE users ADD COLUMN z integer CHECK (z > 0)", ["MG205"]),
        ("ALTER TABLE orders ADD COLUMN z integer REFERENCES users", []),
        ("ALTER TABLE orders ADD COLUMN z integer DEFAULT 1 REFERENCES users", ["MG205"]),
        # types
        ("ALTER TABLE users ALTER COLUMN id TYPE bigint", ["MG204"]),
        ("ALTER TABLE users ALTER COLUMN name TYPE varchar(100)", ["MG204"]),
        ("ALTER TABLE orders ALTER COLUMN code TYPE varchar(100)", ["MG204"]),
        ("ALTER TABLE orders ALTER COLUMN note TYPE varchar(100)", ["MG204"]),
        ("ALTER TABLE orders ALTER COLUMN doubled SET EXPRESSION AS (id * 3)", ["MG218"]),
        ("DROP INDEX CONCURRENTLY users_name", ["MG202"]),
        # constraints
        ("ALTER TABLE orders ALTER COLUMN code SET NOT NULL", ["MG206"]),
        ("ALTER TABLE orders ALTER COLUMN note SET NOT NULL", []),
        ("ALTER TABLE orders DROP CONSTRAINT note_there, ALTER COLUMN note SET NOT NULL", ["MG206"]),
        (
            "ALTER TABLE orders ALTER COLUMN code TYPE integer USING length(code), ALTER COLUMN code SET NOT NULL",
            ["MG204", "MG206"],
        ),
        # what PostgreSQL refuses
        ("CREATE INDEX CONCURRENTLY ON visits (page)", ["MG323"]),
        # brief
        ("ALTER TABLE users ENABLE ROW LEVEL SECURITY", []),
        ("COMMENT ON TABLE users IS 'x'", []),
        ("ALTER TABLE users RENAME CONSTRAINT users_pkey TO users_key", []),
        ("ALTER TYPE positive RENAME TO above_zero", []),
    ],
)
def test_statements(statement: str, expected: list[str], tmp_path: Path) -> None:
    assert [code for code, _ in findings(sql(statement), tmp_path)] == expected


def test_a_type_change_names_what_depends_on_the_column(tmp_path: Path) -> None:
    [(_, index)] = findings(sql("ALTER TABLE users ALTER COLUMN name TYPE varchar(100)"), tmp_path / "index")
    assert "builds users_name again" in index
    [(_, check)] = findings(sql("ALTER TABLE orders ALTER COLUMN code TYPE varchar(100)"), tmp_path / "check")
    assert "reads every row for check code_long again" in check


def test_a_loop_is_one_finding_that_names_the_others(tmp_path: Path) -> None:
    loop = 'for table, column in (("users", "name"), ("orders", "code"), ("orders", "note")):\n'
    [(code, message)] = findings(loop + '    op.create_index(f"ix_{table}_{column}", table, [column])', tmp_path)
    assert code == "MG201"
    assert message.endswith(
        "the same code does so to index public.orders.ix_orders_code, index public.orders.ix_orders_note"
    )


def test_tables_that_the_revision_emptied_are_not_large(tmp_path: Path) -> None:
    index = 'op.create_index("ix_code", "orders", ["code"])'
    emptied = f"{sql('TRUNCATE orders')}\n{index}"
    assert "MG201" not in [code for code, _ in findings(emptied, tmp_path / "before")]
    assert "MG201" in [code for code, _ in findings(f"{index}\n{sql('TRUNCATE orders')}", tmp_path / "after")]


def test_small_tables_and_history_before_start_after_are_silent(tmp_path: Path) -> None:
    slow = f"{sql('ALTER TABLE users ALTER COLUMN id TYPE bigint')}\n{sql('UPDATE users SET name = 1')}"
    assert findings(slow, tmp_path / "small", 'table-sizes = {users = "small"}') == []
    assert findings(slow, tmp_path / "old", 'start-after = ["second"]') == []
    assert len(findings(slow, tmp_path / "judged")) == 2


def test_twelve_columns_on_one_table_are_none_and_on_three_tables_one(tmp_path: Path) -> None:
    lines = [f'op.add_column("users", sa.Column("c{n}", sa.Text))' for n in range(12)]
    assert findings("\n".join(lines), tmp_path / "one") == []
    lines = [
        f'op.add_column("{t}", sa.Column("c{n}", sa.Text))' for n in range(4) for t in ("users", "orders", "visits")
    ]
    assert [code for code, _ in findings("\n".join(lines), tmp_path / "three")] == ["MG224"]
    assert findings("\n".join(line for line in lines if "visits" not in line), tmp_path / "two that are apart") == []


def test_work_after_a_lock_is_one_finding_and_that_of_the_update_is_not_repeated(tmp_path: Path) -> None:
    filled = 'op.add_column("users", sa.Column("label", sa.Text))\n' + sql("UPDATE users SET label = name")
    assert [code for code, _ in findings(f"{filled}\n{sql('UPDATE orders SET note = code')}", tmp_path / "two")] == [
        "MG223"
    ]
    assert [code for code, _ in findings(sql("UPDATE users SET name = 'x'"), tmp_path / "no lock")] == ["MG801"]


def test_downgrades_have_no_online_findings(tmp_path: Path) -> None:
    slow = sql("ALTER TABLE users ALTER COLUMN id TYPE bigint") + '\nop.rename_table("users", "people")'
    write(Example(setup=SETUP, downgrade=slow, settings=('downgrade = "any"',)), tmp_path)
    assert [f.code for f in judged(tmp_path).active if f.code.startswith("MG2")] == []
