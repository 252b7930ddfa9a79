"""Values on their way through application code: builders, payloads, names of tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from migralint.queries import reader
from tests.queries.code import lacking, queries, said, uses


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (  # a builder through branches
            """
            def search(name, low):
                query = client.table("orders").select("id")
                if name:
                    query = query.eq("named", name)
                elif low:
                    query = query.gt("low", low)
                for key in ("one", "two"):
                    query = query.order(key)
                return query.execute()
            """,
            {"filter orders.named", "filter orders.low", "order orders.one", "order orders.two"},
        ),
        (  # a payload built key by key
            """
            def save(total):
                row = {"id": 1, "buyer": 2}
                row["first"] = 1
                if total:
                    row["second"] = total
                row.update({"third": 1}, fourth=2)
                row.setdefault("fifth", 1)
                row["gone"] = 1
                del row["gone"]
                client.table("orders").insert(row).execute()
            """,
            {
                "insert orders.first",
                "insert orders.second",
                "insert orders.third",
                "insert orders.fourth",
                "insert orders.fifth",
            },
        ),
        (  # spread, merge, comprehension, list
            """
            BASE = {"id": 1, "buyer": 2}
            rows = []
            for number in range(3):
                rows.append({**BASE, "spread": number})
            client.table("orders").insert(rows).execute()
            client.table("orders").insert([{"comprehended": x, **BASE} for x in rows]).execute()
            client.table("orders").update(dict(merged=1) | {"more": 2}).eq("id", 1).execute()
            kept = {key: value for key, value in {"filtered": 1}.items() if value is not None}
            client.table("orders").update(kept).eq("id", 1).execute()
            """,
            {
                "insert orders.spread",
                "insert orders.comprehended",
                "update orders.merged",
                "update orders.more",
                "update orders.filtered",
            },
        ),
        (  # constants, f-strings, format, enums
            """
            from enum import Enum

            class Tables(str, Enum):
                ORDERS = "orders"

            COLUMNS = "id, " + ", ".join(["constant", "joined"])
            client.table(Tables.ORDERS.value).select(COLUMNS).execute()
            suffix = "formatted"
            client.table(f"{'orders'}").select(f"id, {suffix}").execute()
            client.table("{}s".format("order")).select("%s" % "percent").execute()
            """,
            {"select orders.constant", "select orders.joined", "select orders.formatted", "select orders.percent"},
        ),
        (  # self, a base class with the name of the table in its subclass
            """
            class Repository:
                table = ""

                def __init__(self, connection):
                    self.client = connection
                    self.sorted_by = "by_self"

                def all(self):
                    return self._from().select("inherited").order(self.sorted_by).execute()

                def _from(self):
                    return self.client.table(self.table)

            class Orders(Repository):
                table = "orders"

                def __init__(self):
                    super().__init__(client)
            """,
            {"select orders.inherited", "order orders.by_self"},
        ),
        (  # helpers with tables and columns as arguments, defaults, keywords
            """
            def fetch(table, columns="by_default", **filters):
                query = client.table(table).select(columns)
                for key, value in filters.items():
                    query = query.eq(key, value)
                return query.execute()

            fetch("orders", by_keyword=1)
            fetch("orders", columns="by_argument")
            """,
            {"select orders.by_default", "filter orders.by_keyword", "select orders.by_argument"},
        ),
        (  # lambdas, nested functions, threads
            """
            import asyncio

            async def main():
                await asyncio.to_thread(lambda: client.table("orders").select("in_lambda").execute())

                def inner():
                    return client.table("orders").select("nested").execute()

                await asyncio.to_thread(inner)
            """,
            {"select orders.in_lambda", "select orders.nested"},
        ),
        (  # pydantic
            """
            from pydantic import BaseModel, Field

            class Row(BaseModel):
                id: int
                buyer: int
                declared: int = Field(alias="aliased")

            class More(Row):
                inherited: int | None = None

            def save(row: More, other: Row):
                client.table("orders").insert(row.model_dump()).execute()
                client.table("orders").insert({**other.dict(exclude={"declared"}), "beside": 1}).execute()
                client.table("orders").update(Row(id=1, buyer=1, declared=1).model_dump(by_alias=True)).execute()
            """,
            {"insert orders.declared", "insert orders.inherited", "insert orders.beside", "update orders.aliased"},
        ),
        (  # an annotation that names no type
            """
            def save(key: tuple[()] | str, row: dict):
                client.table("orders").delete().eq("gone", key).execute()
            """,
            {"filter orders.gone"},
        ),
    ],
)
def test_values_are_followed(code: str, expected: set[str], tmp_path: Path) -> None:
    assert {one.partition(":")[0] for one in lacking(tmp_path, code)} == expected


def test_values_come_from_other_modules(tmp_path: Path) -> None:
    code = """
    from helpers import ORDERS, filtered
    from helpers import db as database
    import helpers

    filtered(database.table(ORDERS).select("id")).execute()
    helpers.connect().table(helpers.ORDERS).delete().eq("third", 1).execute()
    """
    helpers = """
    from supabase import AsyncClient, acreate_client

    ORDERS = "orders"
    db: AsyncClient = None


    async def connect():
        return await acreate_client("url", "key")


    def filtered(query):
        return query.eq("first", 1).neq("second", 2)
    """
    assert lacking(tmp_path, code, helpers=helpers) == {
        f"filter orders.{name}: column" for name in ("first", "second", "third")
    }


def test_dependencies_of_fastapi_are_followed(tmp_path: Path) -> None:
    code = """
    from typing import Annotated

    from fastapi import Depends
    from supabase import Client, ClientOptions, create_client

    def private() -> Client:
        return create_client("url", "key", options=ClientOptions(schema="private"))

    def one(db: Client = Depends(private)):
        db.table("a").select("*").execute()

    def other(db: Annotated[Client, Depends(private)]):
        db.table("b").select("*").execute()
    """
    schema = "CREATE SCHEMA private; CREATE TABLE private.a (id int); CREATE TABLE private.b (id int);"
    assert uses(tmp_path, code, schema) == {"select private.a", "select private.b"}


def test_a_helper_alone_is_no_gap_where_its_callers_say_the_table(tmp_path: Path) -> None:
    code = """
    def fetch(table):
        return client.table(table).select("id").execute()

    def orders():
        return fetch("orders")
    """
    found = queries(tmp_path, code)
    assert not found.gaps


def test_a_payload_with_unknown_keys_lacks_nothing(tmp_path: Path) -> None:
    code = """
    def save(data: dict, key: str):
        client.table("orders").insert({**data, "id": 1}).execute()
        row = {"id": 1}
        row[key] = 2
        client.table("orders").insert(row).execute()
    """
    assert lacking(tmp_path, code) == set()


def test_a_path_that_ends_does_not_join(tmp_path: Path) -> None:
    code = """
    def save(kind):
        table = "orders"
        if kind == 1:
            raise ValueError
        elif kind == 2:
            table = "lines"
            return None
        client.table(table).select("sku").execute()
    """
    assert lacking(tmp_path, code) == {"select orders.sku: column"}


def test_code_that_never_ends_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_STEPS", 3_000)
    calls = "\n".join(f"    f{n}(a + b + {n}, b + a)\n    f{n}(b + {n}, a)" for n in range(30))
    functions = "\n".join(f"def f{n}(a, b):\n    a = str(a) + '{n}'\n    b = str(b) + 'x'\n{calls}" for n in range(30))
    code = f'{functions}\nclient.table("orders").select("id").execute()\n'
    found = queries(tmp_path, code)
    assert "following the code takes too long" in {gap.reason for gap in found.gaps}
    assert "select orders.id" in {said(use) for use in found.uses}


def test_annotations_of_nothing(tmp_path: Path) -> None:
    code = """
    from typing import Annotated, Literal, Optional

    def totals(a: tuple[()], b: Optional[()], c: Literal[()], d: Annotated[()], e: list[()] | None = None):
        client.table("orders").select("amount").execute()
    """
    assert lacking(tmp_path, code) == {"select orders.amount: column"}


def test_each_call_of_a_helper_begins_a_request_of_its_own(tmp_path: Path) -> None:
    code = """
        class Orders:
            @property
            def table(self):
                return client.table("orders")

            def note(self, text):
                self.table.update({"note": text}).eq("id", 1).execute()

            def insert(self, **values):
                self.table.insert(values).execute()

        def lines(name):
            if name:
                return client.table("lines")
            return client.table("prices")

        lines("").update({"sku": 1}).execute()
        lines("").insert({"sku": 1, "number": 2}).execute()
    """
    assert lacking(tmp_path, code) == {"insert prices.number: column"}


def test_lists_that_extend_each_other_in_a_loop(tmp_path: Path) -> None:
    code = """
    one, two = [{"id": 1}], [{"buyer": 2}]
    for number in range(100):
        one.extend(two)
        two.extend(one)
        one.append({"total": 3})
    client.table("orders").insert(one).execute()
    """
    assert {"insert orders.id", "insert orders.buyer"} <= uses(tmp_path, code)


def test_a_project_whose_own_folder_is_a_package(tmp_path: Path) -> None:
    (tmp_path / "__init__.py").write_text("")
    code = "from . import names\nfrom .names import TABLE\nclient.table(TABLE).select('total').execute()"
    assert "select orders.total" in uses(tmp_path, code, names='TABLE = "orders"')


def test_the_values_of_filters_in_the_words_of_postgrest(tmp_path: Path) -> None:
    code = """
        orders = client.table("orders").select("id")
        orders.filter("state", "in", "(new,paid)").filter("state", "is", "null").is_("state", "null").execute()
        orders.filter("state", "in", '("new",late)').execute()
    """
    assert lacking(tmp_path, code) == {"label type state: label late"}
