"""Views after what they read is renamed, against a server that really renames it."""

from __future__ import annotations

import pytest

from migralint.operations import Place
from migralint.operations.paper import Paper
from migralint.render.sql import script
from migralint.sql import run
from tests.postgres.server import Server, server

__all__ = ["server"]

START = """
CREATE TABLE doc (id integer PRIMARY KEY, owner text, note text);
CREATE TABLE other (id integer, doc_id integer);
"""
FOLLOWED = (
    "SELECT owner FROM doc",
    "SELECT doc.owner, note FROM public.doc WHERE doc.id > 1",
    "SELECT d.owner FROM doc d JOIN other ON other.doc_id = d.id",
    "SELECT doc.id FROM other, doc WHERE doc.id = other.doc_id AND doc.note = 'doc'",
    "SELECT id FROM other WHERE doc_id IN (SELECT doc.id FROM doc)",
    "WITH mine AS (SELECT * FROM doc) SELECT owner FROM mine",
)
TOLD = (
    "SELECT other.id AS doc FROM doc, other",
    "SELECT doc.id FROM other AS doc, public.doc AS d",
    "SELECT doc FROM doc",
)


def after(query: str, rename: str) -> Paper:
    paper = Paper("postgresql", 18, script=True)
    for text in (START, f"CREATE VIEW v AS {query}", rename):
        run(text, paper, lambda start, end: Place("rev.py", 0, start, end))
    return paper


def definition(server: Server, *texts: str) -> str:
    """How the server prints the view after these statements."""
    with server.empty() as connection:
        for text in texts:
            connection.execute(text.encode())
        row = connection.execute("SELECT pg_get_viewdef('v'::regclass)").fetchone()
        assert row is not None
        return str(row[0])


@pytest.mark.parametrize("query", FOLLOWED)
def test_a_view_follows_a_table_that_is_renamed(query: str, server: Server) -> None:
    rename = "ALTER TABLE doc RENAME TO documents"
    paper = after(query, rename)
    assert not paper.notes
    really = definition(server, START, f"CREATE VIEW v AS {query}", rename)
    assert definition(server, script(paper.schema)) == really


@pytest.mark.parametrize("query", TOLD)
def test_what_a_name_means_is_told_where_it_is_not_known(query: str) -> None:
    paper = after(query, "ALTER TABLE doc RENAME TO documents")
    assert [note.kind for note in paper.notes] == ["MG002"]


def test_a_column_that_is_renamed_below_a_view_is_told() -> None:
    paper = after("SELECT owner FROM doc", "ALTER TABLE doc RENAME owner TO holder")
    assert [note.kind for note in paper.notes] == ["MG002"]
