"""What a generated snapshot says of itself."""

from __future__ import annotations

from migralint.configuration import Configuration
from migralint.render.sql import script
from migralint.schema.canonical import signature
from migralint.snapshots import parse
from tests.drift.comparing import schema


def test_a_generated_snapshot_carries_its_revisions_and_signature() -> None:
    made = schema("CREATE TABLE t (id serial PRIMARY KEY, n numeric(10, 2) DEFAULT 0)")
    snapshot = parse(script(made, ["b2", "a1"]), "supabase_schema.sql", Configuration())
    assert snapshot.header is not None
    assert snapshot.header.revisions == ("a1", "b2")
    assert snapshot.header.signature == signature(made) == signature(snapshot.schema)


def test_others_carry_none() -> None:
    assert parse("CREATE TABLE t (id integer);", "dump.sql", Configuration()).header is None
