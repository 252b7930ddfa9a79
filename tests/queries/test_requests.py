"""Requests through PostgREST: what each method of supabase-py says about tables and columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.queries.code import lacking, queries, uses


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('client.table("orders").select("*").execute()', {"select orders"}),
        (
            'client.from_("orders").select("id, total").execute()',
            {"select orders", "select orders.id", "select orders.total"},
        ),
        (
            'client.table("orders").select("id", "sum:total.sum()", "note::text").execute()',
            {"select orders", "select orders.id", "select orders.total", "select orders.note"},
        ),
        (
            'client.table("customers").select("profile->address->>city, count()").eq("profile->>x", 1).execute()',
            {"select customers", "select customers.profile", "filter customers.profile"},
        ),
        (
            'client.table("orders").select("id, buyer:customers!inner(name)").eq("buyer.email", "x").execute()',
            {"select orders", "select orders.id", "embed customers", "select customers.name", "filter customers.email"},
        ),
        (
            'client.table("orders").select("...customers(name), lines(sku)").order("sku", foreign_table="lines").execute()',
            {
                "select orders",
                "embed customers",
                "select customers.name",
                "embed lines",
                "select lines.sku",
                "order lines.sku",
            },
        ),
        ('client.table("orders").select("buyer(name)").execute()', {"select orders", "select customers.name"}),
        (
            'client.table("customers").select("full_name, orders(count)").execute()',
            {"select customers", "embed orders"},
        ),
        (
            'client.table("orders").delete().not_.is_("note", "null").match({"id": 1}).execute()',
            {"delete orders", "filter orders.note", "filter orders.id"},
        ),
        (
            'client.table("orders").select("*").or_("total.gt.3,and(state.eq.paid,note.not.is.null)").execute()',
            {"select orders", "filter orders.total", "filter orders.state", "filter orders.note"},
        ),
        (
            'client.table("orders").select("*").filter("total", "in", "(1,2)").order("made_at", desc=True).execute()',
            {"select orders", "filter orders.total", "order orders.made_at"},
        ),
        ('client.rpc("total_of", {"buyer": 1}).execute()', {"rpc function total_of"}),
        (
            'client.rpc("orders_of", {"buyer": 1}).select("id").gt("total", 3).execute()',
            {"rpc function orders_of", "select orders.id", "filter orders.total"},
        ),
        (
            'client.table("lines").upsert([{"order_id": 1, "sku": "a"}], on_conflict="order_id, sku").execute()',
            {
                "upsert lines",
                "upsert lines.order_id",
                "upsert lines.sku",
                "on_conflict lines.order_id",
                "on_conflict lines.sku",
            },
        ),
        ('client.schema("auth").table("users").select("id").execute()', {"select auth.users"}),
        ('client.table("open_orders").select("total").execute()', {"select open_orders", "select open_orders.total"}),
        ('client.storage.from_("orders").remove(["a"])\nclient.storage.from_("orders").update("a", "b")', set()),
    ],
)
def test_what_is_used(code: str, expected: set[str], tmp_path: Path) -> None:
    assert uses(tmp_path, code) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('client.table("order").select("id").execute()', {"select order: table"}),
        (
            'client.table("orders").select("id, amount, lines(amount)").execute()',
            {"select orders.amount: column", "select lines.amount: column"},
        ),
        ('client.table("orders").select("*").eq("amount", 1).execute()', {"filter orders.amount: column"}),
        (
            'client.table("orders").select("*").or_("total.gt.3,amount.lt.4").execute()',
            {"filter orders.amount: column"},
        ),
        ('client.table("open_orders").select("note").execute()', {"select open_orders.note: column"}),
        ('client.table("orders").insert({"total": 1}).execute()', {"insert orders: required id buyer"}),
        ('client.table("orders").update({"totals": 1}).eq("id", 1).execute()', {"update orders.totals: column"}),
        ('client.table("orders").select("id, prices(sku)").execute()', {"embed prices: embed prices"}),
        ('client.table("orders").select("id, payments(sku)").execute()', {"embed payments: table payments"}),
        (
            'client.table("prices").upsert({"sku": 1}, on_conflict="sku").execute()',
            {"on_conflict prices: on_conflict sku"},
        ),
        (
            'client.table("lines").upsert({"sku": 1}, on_conflict="sku").execute()',
            {"on_conflict lines: on_conflict sku"},
        ),
        ('client.table("orders").select("*").eq("state", "open").execute()', {"label type state: label open"}),
        (
            'client.table("orders").select("*").in_("state", ["new", "open"]).execute()',
            {"label type state: label open"},
        ),
        ('client.table("orders").select("*").or_("state.in.(new,gone)").execute()', {"label type state: label gone"}),
        ('client.table("orders").update({"state": "open"}).eq("id", 1).execute()', {"label type state: label open"}),
        ('client.rpc("total").execute()', {"rpc function total: function"}),
        ('client.rpc("total_of", {"customer": 1}).execute()', {"rpc function total_of: arguments"}),
        ('client.rpc("total_of", {"since": 1}).execute()', {"rpc function total_of: arguments"}),
        ('client.rpc("total_of").execute()', {"rpc function total_of: arguments"}),
        ('client.rpc("orders_of", {"buyer": 1}).eq("amount", 3).execute()', {"filter orders.amount: column"}),
    ],
)
def test_what_is_lacking(code: str, expected: set[str], tmp_path: Path) -> None:
    assert lacking(tmp_path, code) == expected


def test_two_foreign_keys_need_a_hint(tmp_path: Path) -> None:
    schema = (
        "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (one int CONSTRAINT first REFERENCES a, two int "
        "CONSTRAINT second REFERENCES a);"
    )
    code = 'client.table("b").select("{}").execute()'
    assert "embed a: embed a" in uses(tmp_path, code.format("a(id)"), schema)
    assert "embed a: embed a" in uses(tmp_path, code.format("a!third(id)"), schema)
    assert "embed a" in uses(tmp_path, code.format("a!second(id)"), schema)
    assert "embed a" in uses(tmp_path, code.format("a!one(id)"), schema)


def test_an_answer_is_no_use(tmp_path: Path) -> None:
    code = """
    rows = client.table("orders").select("*").execute().data
    print(rows[0]["amount"], rows[0].get("sum"), [row["x"] for row in rows])
    """
    assert uses(tmp_path, code) == {"select orders"}


def test_what_is_not_known_is_counted(tmp_path: Path) -> None:
    code = """
    def of(table, columns, data):
        client.table(table).select("id").execute()
        client.table("orders").select(columns).execute()
        client.table("orders").insert(data).execute()
        client.table("orders").select("id").eq(columns, 1).execute()
    """
    assert {gap.reason for gap in queries(tmp_path, code).gaps} == {
        "the name of the table is not known",
        "the columns that it selects are not known",
        "what it stores is not known",
        "the column of a filter is not known",
    }


def test_other_tables_are_not_those_of_a_client(tmp_path: Path) -> None:
    code = """
    import boto3
    import sqlalchemy as sa

    boto3.resource("dynamodb").table("orders").select("id")
    sa.table("nothing", sa.column("id")).select()
    """
    assert uses(tmp_path, code) == set()
