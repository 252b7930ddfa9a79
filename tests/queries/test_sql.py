"""Statements of SQL in application code, and the bodies of functions."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.queries.code import SCHEMA, lacking, queries, said, uses


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (  # asyncpg
            """
            import asyncpg

            async def run(pool: asyncpg.Pool):
                async with pool.acquire() as conn:
                    await conn.fetch("SELECT o.id FROM orders o WHERE o.total > $1", 1)
                    await conn.execute("UPDATE orders SET note = $1 WHERE id = $2", "a", 1)
            """,
            {"select orders", "select orders.id", "select orders.total", "update orders", "update orders.note"},
        ),
        (  # psycopg
            """
            import psycopg

            with psycopg.connect() as conn, conn.cursor() as cur:
                cur.execute("INSERT INTO lines (order_id, sku) VALUES (%s, %s) ON CONFLICT (order_id, sku) DO NOTHING", (1, 2))
                cur.executemany("DELETE FROM lines WHERE sku = %(sku)s RETURNING number", [])
            """,
            {
                *("insert lines", "insert lines.order_id", "insert lines.sku", "delete lines"),
                *("select lines.sku", "select lines.number", "on_conflict lines.order_id", "on_conflict lines.sku"),
            },
        ),
        (  # SQLAlchemy
            """
            from sqlalchemy import text

            QUERY = text("SELECT name FROM customers WHERE email = :email")

            def run(session):
                session.execute(QUERY, {"email": "x"})
                session.execute(text("SELECT total FROM open_orders"))
            """,
            {
                *("select customers", "select customers.name", "select customers.email"),
                *("select open_orders", "select open_orders.total"),
            },
        ),
        (  # subqueries, WITH, joins, names without a table
            """
            import psycopg

            psycopg.connect().execute('''
                WITH paid AS (SELECT buyer, sum(total) AS sum FROM orders WHERE state = 'paid' GROUP BY buyer)
                SELECT name, sum, (SELECT count(*) FROM lines l WHERE l.order_id = c.id) AS n
                FROM customers c JOIN paid ON paid.buyer = c.id ORDER BY n
            ''')
            """,
            {
                *("select orders", "select orders.buyer", "select orders.total", "select orders.state"),
                *("select customers", "select customers.name", "select customers.id", "select lines"),
                "select lines.order_id",
            },
        ),
    ],
)
def test_what_is_used(code: str, expected: set[str], tmp_path: Path) -> None:
    assert uses(tmp_path, code) == expected


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT id FROM sales", {"select sales: table"}),
        ("SELECT o.amount FROM orders o", {"select orders.amount: column"}),
        ("SELECT amount FROM orders", {"select orders.amount: column"}),
        (
            "SELECT sku FROM orders JOIN customers c ON c.id = buyer",
            {"select orders.sku: column public.orders public.customers"},
        ),
        ("UPDATE orders SET amount = 1", {"update orders.amount: column"}),
        ("INSERT INTO orders (id, buyer, amount) VALUES (1, 2, 3)", {"insert orders.amount: column"}),
        ("INSERT INTO orders (id, total) VALUES (1, 2)", {"insert orders: required buyer"}),
        ("INSERT INTO prices (sku) VALUES ('a') ON CONFLICT (sku) DO NOTHING", {"on_conflict prices: on_conflict sku"}),
        ("SELECT id FROM orders WHERE state = 'open'", {"label type state: label open"}),
        ("SELECT id FROM orders WHERE state IN ('new', 'gone')", {"label type state: label gone"}),
        ("UPDATE orders SET state = 'open'", {"label type state: label open"}),
        ("SELECT id FROM orders WHERE note = 'open'::state", {"label type state: label open"}),
        ("SELECT total_of(customer => 1)", {"call function total_of: arguments customer"}),
        # what is there, or may be
        ("SELECT o.xmin, o.*, row_to_json(o), count(*) FROM orders o GROUP BY o.id", set()),
        ("SELECT x.value FROM orders, jsonb_each(to_jsonb(orders)) x", set()),
        ("SELECT relname FROM pg_class; SELECT table_name FROM information_schema.tables", set()),
        ("SELECT a.anything FROM auth.users a", set()),
        ("SELECT total AS t FROM orders ORDER BY t", set()),
        (
            "INSERT INTO orders (id, buyer) SELECT id, id FROM customers ON CONFLICT (id) DO UPDATE SET note = excluded.note",
            set(),
        ),
        ("DELETE FROM lines USING orders WHERE orders.id = order_id", set()),
        ("WITH RECURSIVE t AS (SELECT id FROM orders UNION SELECT t.id FROM t) SELECT id FROM t", set()),
        ("MERGE INTO prices USING lines ON prices.sku = lines.sku WHEN MATCHED THEN DELETE", set()),
    ],
)
def test_what_is_lacking(statement: str, expected: set[str], tmp_path: Path) -> None:
    assert lacking(tmp_path, f'import psycopg\n\npsycopg.connect().execute("""{statement}""")') == expected


def test_statements_with_holes_are_read_as_far_as_they_are_known(tmp_path: Path) -> None:
    code = """
    import psycopg
    from psycopg import sql

    def run(cur, table, where):
        cur.execute(f"SELECT amount FROM orders WHERE {where}")
        cur.execute(sql.SQL("SELECT amount FROM {}").format(sql.Identifier("lines")))
        cur.execute(f"SELECT id FROM {table}")
    """
    found = queries(tmp_path, code)
    lacks = {said(use) for use in found.uses if use.lacks}
    assert lacks == {"select orders.amount: column", "select lines.amount: column"}
    assert [gap.reason for gap in found.gaps] == ["a part of the statement is not known"]


def test_other_databases_are_left_alone(tmp_path: Path) -> None:
    code = """
    import sqlite3

    def run():
        sqlite3.connect("x").execute("SELECT a FROM nowhere")

    def other(connection):
        connection.execute("SELECT a FROM nowhere")
    """
    found = queries(tmp_path, code, client=False)
    assert not [use for use in found.uses if not use.source.startswith("function ")]


def test_what_a_base_class_connects_to_is_where_the_statements_go(tmp_path: Path) -> None:
    code = """
    from base import Importer

    class Papers(Importer):
        def statement(self, year):
            return f"SELECT file FROM nowhere WHERE year = {year}"

        def run(self):
            self.cursor.execute(self.statement(2024))
    """
    base = (
        "import MySQLdb\n\nclass Importer:\n    def connect(self):\n        self.cursor = MySQLdb.connect().cursor()\n"
    )
    found = queries(tmp_path, code, client=False, base=base)
    assert not [use for use in found.uses if not use.source.startswith("function ")]


def test_tables_that_the_code_makes_are_there(tmp_path: Path) -> None:
    code = """
    import psycopg

    conn = psycopg.connect()
    conn.execute("CREATE TABLE IF NOT EXISTS cache (key text)")
    conn.execute("SELECT key FROM cache")
    """
    assert lacking(tmp_path, code) == set()


def test_sentences_are_no_statements(tmp_path: Path) -> None:
    code = """
    import psycopg

    def run(agent):
        agent.execute("Select the best of three")
        agent.query("With great power")
        agent.execute("Update your profile")
    """
    found = queries(tmp_path, code)
    assert not [use for use in found.uses if not use.source.startswith("function ")]
    assert not found.gaps


def body(statements: str, head: str = "", returns: str = "void", language: str = "plpgsql") -> str:
    return f"{SCHEMA}\nCREATE FUNCTION tried({head}) RETURNS {returns} LANGUAGE {language} AS $$ {statements} $$;"


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (body("SELECT amount FROM orders", language="sql", returns="int"), {"select orders.amount: column"}),
        (body("BEGIN UPDATE sales SET a = 1; END"), {"update sales: table"}),
        (body("BEGIN PERFORM amount FROM orders; END"), {"select orders.amount: column"}),
        (
            body("DECLARE r record; BEGIN FOR r IN SELECT amount FROM orders LOOP NULL; END LOOP; END"),
            {"select orders.amount: column"},
        ),
        (body("DECLARE n int; BEGIN n := (SELECT count(*) FROM sales); END"), {"select sales: table"}),
        (
            body("BEGIN IF EXISTS (SELECT 1 FROM orders WHERE amount > 1) THEN NULL; END IF; END"),
            {"select orders.amount: column"},
        ),
        # variables, temporary tables, text that is built
        (body("DECLARE n int; BEGIN SELECT total INTO n FROM orders WHERE buyer = given; END", "given int"), set()),
        (body("BEGIN CREATE TEMP TABLE t (a int); INSERT INTO t (a) VALUES (1); END"), set()),
        (body("BEGIN EXECUTE format('SELECT a FROM %I', 'x'); END"), set()),
        (
            body(
                "BEGIN NEW.made_at := now(); INSERT INTO lines (sku) VALUES (NEW.amount); RETURN NEW; END",
                returns="trigger",
            )
            + "CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION tried();",
            {"select orders.amount: column"},
        ),
    ],
)
def test_bodies_of_functions(schema: str, expected: set[str], tmp_path: Path) -> None:
    found = queries(tmp_path, "", schema)
    own = [use for use in found.uses if use.source.startswith("function public.tried")]
    assert {said(use) for use in own if use.lacks} == expected


COUNTED = """
CREATE TABLE counted (
    id int GENERATED ALWAYS AS IDENTITY, one int NOT NULL, twice int GENERATED ALWAYS AS (one * 2) STORED
);
CREATE FUNCTION lower(a int, b int) RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;
"""


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE counted SET twice = 1", {"update counted.twice: refused"}),
        ("UPDATE counted SET twice = DEFAULT, one = 1", set()),
        ("UPDATE counted SET one = NULL", {"update counted.one: refused"}),
        ("INSERT INTO counted (one, twice) VALUES (1, DEFAULT)", set()),
        ("INSERT INTO counted (one, id) VALUES (1, 1)", {"insert counted.id: refused"}),
        ("INSERT INTO counted (one, id) OVERRIDING SYSTEM VALUE VALUES (1, 1)", set()),
        ("INSERT INTO counted (one, twice) SELECT 1, 2", {"insert counted.twice: refused"}),
        ("COPY counted (one, tow) FROM STDIN", {"copy counted.tow: column"}),
        ("COPY (SELECT id, tow FROM counted) TO STDOUT", {"select counted.tow: column"}),
        ("WITH c AS (SELECT id, total AS t FROM orders) SELECT t, c.total FROM c", {"select c.total: column"}),
        ("WITH c(a) AS (SELECT id FROM orders) SELECT a, id FROM c", {"select c.id: column"}),
        ("WITH c(a) AS (SELECT 0, * FROM orders) SELECT a, total, c.tt FROM c", {"select c.tt: column"}),
        ("SELECT s.b, s.tt FROM (SELECT id AS a, total AS tt FROM orders) s(b)", set()),
        (
            "WITH RECURSIVE c(d) AS (SELECT 0, * FROM orders UNION SELECT c.d + 1, o.* FROM orders o, c WHERE o.id = c.total)"
            " SELECT c.d, c.total FROM c",
            set(),
        ),
        ("WITH c AS (SELECT * FROM orders) SELECT total, c.note FROM c WHERE c IS NOT NULL ORDER BY 1", set()),
        ("SELECT s.tt FROM (SELECT total AS t FROM orders) s", {"select s.tt: column"}),
        ("SELECT total_of(1), total_of(1, now()::date)", set()),
        ("SELECT total_of(1, now()::date, 2)", {"call function total_of: arguments"}),
        ("SELECT total_of()", {"call function total_of: arguments"}),
        ("SELECT lower('A'), lower(1, 2)", set()),
    ],
)
def test_what_is_refused(statement: str, expected: set[str], tmp_path: Path) -> None:
    code = f'import psycopg\npsycopg.connect().execute("""{statement}""")\n'
    found = queries(tmp_path, code, SCHEMA + COUNTED, client=False)
    lacks = {said(use) for use in found.uses if use.lacks and not use.source.startswith("function ")}
    assert lacks == expected


def test_the_columns_of_a_query_with_a_part_that_is_not_known_are_not_known(tmp_path: Path) -> None:
    code = """import psycopg

def page(columns):
    psycopg.connect().execute(f"WITH c AS (SELECT {columns} || '!' v FROM orders) SELECT c.v, c.w FROM c")
"""
    assert not [use for use in queries(tmp_path, code, SCHEMA, client=False).uses if use.lacks]


def test_methods_that_copy_a_table(tmp_path: Path) -> None:
    code = """
import asyncpg, psycopg2

cursor = psycopg2.connect("").cursor()
cursor.copy_from(open("f"), "lines", columns=("order_id", "skew"))
cursor.copy_to(open("f", "w"), "lines", columns=("order_id", "sku"))
copy_from("orders", "elsewhere")


async def store(connection: asyncpg.Connection, rows):
    await connection.copy_records_to_table("lines", records=rows, columns=["order_id", "numbers"])
    await connection.copy_to_table("prices", schema_name="public", source="f", columns=["sku", "sum"])
"""
    found = queries(tmp_path, code, SCHEMA, client=False)
    lacks = {said(use) for use in found.uses if use.lacks and not use.source.startswith("function ")}
    assert lacks == {"copy lines.skew: column", "copy lines.numbers: column", "copy prices.sum: column"}
