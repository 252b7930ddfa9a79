"""What the marketplace's endpoints ask the database, through the Supabase client."""

from __future__ import annotations

import os
from typing import Any

from supabase import Client, create_client


def client() -> Client:
    return create_client(os.environ["SUPABASE_URL"], os.environ["SUPABASE_KEY"])


def products_of(seller_id: str) -> list[dict[str, Any]]:
    answer = (
        client()
        .table("products")
        .select("id, title, price")
        .eq("seller_id", seller_id)
        .order("title")
        .execute()
    )
    return answer.data


def buy(product_id: str, buyer_id: str, quantity: int, amount: str) -> dict[str, Any]:
    answer = (
        client()
        .table("purchases")
        .insert({"product_id": product_id, "buyer_id": buyer_id, "quantity": quantity, "amount": amount})
        .execute()
    )
    return answer.data[0]


def purchases_of(buyer_id: str) -> list[dict[str, Any]]:
    answer = (
        client()
        .table("purchases")
        .select("id, status, amount, created_at, products(title, sellers(name))")
        .eq("buyer_id", buyer_id)
        .order("created_at", desc=True)
        .execute()
    )
    return answer.data


def cancel(purchase_id: str) -> None:
    client().table("purchases").update({"status": "cancelled"}).eq("id", purchase_id).execute()


def search_sellers(text: str) -> list[dict[str, Any]]:
    answer = (
        client()
        .table("sellers")
        .select("id, name, phone")
        .ilike("name", f"%{text}%")
        .limit(20)
        .execute()
    )
    return answer.data
