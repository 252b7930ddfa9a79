"""What migralint says that code uses of a schema, each use as a line."""

from __future__ import annotations

import textwrap
from pathlib import Path

from migralint.cache import Cache
from migralint.configuration import Configuration
from migralint.history.files import Files
from migralint.operations import Place
from migralint.queries.collect import Queries, collect
from migralint.queries.use import Use
from migralint.snapshots import parse
from migralint.tree import WorkTree

SCHEMA = """
CREATE TYPE state AS ENUM ('new', 'paid');
CREATE TABLE customers (id int PRIMARY KEY, name text, email text UNIQUE, profile jsonb);
CREATE TABLE orders (
    id int PRIMARY KEY, buyer int NOT NULL REFERENCES customers (id), total int, state state, note text,
    made_at timestamptz DEFAULT now()
);
CREATE TABLE lines (order_id int REFERENCES orders (id), sku text, number int, UNIQUE (order_id, sku));
CREATE TABLE prices (sku text, amount int);
CREATE VIEW open_orders AS SELECT id, total FROM orders;
CREATE FUNCTION total_of(buyer int, since date DEFAULT now()) RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;
CREATE FUNCTION orders_of(buyer int) RETURNS SETOF orders LANGUAGE sql AS $$ SELECT * FROM orders $$;
CREATE FUNCTION full_name(customers) RETURNS text LANGUAGE sql AS $$ SELECT '' $$;
"""

CLIENT = """\
from supabase import create_client

client = create_client("url", "key")
"""


def queries(root: Path, code: str, schema: str = SCHEMA, *, client: bool = True, **files: str) -> Queries:
    """What `app.py` with this code uses; `files` are modules beside it, by name."""
    (root / "app.py").write_text((CLIENT if client else "") + textwrap.dedent(code))
    for name, text in files.items():
        (root / f"{name}.py").write_text(textwrap.dedent(text))
    reader = Files(WorkTree(str(root)), Cache(None))
    head = parse(schema, "schema.sql", Configuration())
    assert not head.unread
    return collect(reader, Configuration(), ["", "src"], [], head.schema, lambda ref: Place("schema.sql"))


def said(use: Use) -> str:
    """`how object`, with what is lacking after a colon."""
    text = f"{use.how} {str(use.object).replace('public.', '').removeprefix('column ').removeprefix('table ')}"
    return f"{text}: {use.lacks} {' '.join(use.names)}".rstrip() if use.lacks else text


def uses(root: Path, code: str, schema: str = SCHEMA, **files: str) -> set[str]:
    """The uses of the application, without those of the functions of the schema."""
    found = queries(root, code, schema, **files)
    return {said(use) for use in found.uses if not use.source.startswith("function ")}


def lacking(root: Path, code: str, **files: str) -> set[str]:
    """Only the uses of what the schema lacks."""
    return {one for one in uses(root, code, **files) if ": " in one}
