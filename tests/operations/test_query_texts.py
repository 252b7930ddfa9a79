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


MOVED = "CREATE SCHEMA app; ALTER TABLE doc SET SCHEMA app"


@pytest.mark.parametrize("query", FOLLOWED)
def test_a_view_follows_a_table_into_another_schema(query: str, server: Server) -> None:
    paper = after(query, MOVED)
    assert not paper.notes
    really = definition(server, START, f"CREATE VIEW v AS {query}", MOVED)
    assert definition(server, script(paper.schema)) == really


@pytest.mark.parametrize("query", TOLD)
def test_what_a_name_means_is_told_where_it_is_not_known(query: str) -> None:
    paper = after(query, "ALTER TABLE doc RENAME TO documents")
    assert [note.kind for note in paper.notes] == ["MG002"]


RENAMED_COLUMN = (
    "SELECT owner FROM doc",
    "SELECT * FROM doc",
    "SELECT doc.owner, note, upper(owner) AS loud FROM public.doc WHERE owner LIKE 'owner%' ORDER BY owner",
    "SELECT d.owner AS id, count(*) AS n FROM doc d JOIN other ON other.doc_id = d.id AND d.owner > '' GROUP BY owner",
    "SELECT owner AS holder, CASE WHEN owner = 'a' THEN owner ELSE note END AS shown FROM doc",
    "SELECT id FROM other WHERE doc_id IN (SELECT doc.id FROM doc WHERE owner = 'x')",
    "SELECT id FROM other o WHERE EXISTS (SELECT 1 FROM doc WHERE doc.owner = 'x' AND doc.id = o.doc_id)",
    "SELECT owner FROM doc UNION SELECT 'x' AS text",
)
COLUMN_TOLD = (
    "SELECT owner::varchar FROM doc",
    "SELECT note owner, owner AS n FROM doc",
    "WITH mine AS (SELECT owner FROM doc) SELECT owner FROM mine",
    "SELECT mine.owner FROM (SELECT owner FROM doc) AS mine",
    "SELECT owner.note FROM doc AS owner WHERE owner.owner > ''",
)


@pytest.mark.parametrize("query", RENAMED_COLUMN)
def test_a_view_follows_a_column_that_is_renamed(query: str, server: Server) -> None:
    rename = "ALTER TABLE doc RENAME owner TO holder"
    paper = after(query, rename)
    assert not paper.notes
    really = definition(server, START, f"CREATE VIEW v AS {query}", rename)
    assert definition(server, script(paper.schema)) == really
    run("ALTER TABLE doc RENAME holder TO owner", paper, lambda start, end: Place("rev.py", 0, start, end))
    really = definition(server, START, f"CREATE VIEW v AS {query}")
    assert definition(server, script(paper.schema)) == really


@pytest.mark.parametrize("query", COLUMN_TOLD)
def test_a_column_whose_name_may_mean_something_else_is_told(query: str) -> None:
    paper = after(query, "ALTER TABLE doc RENAME owner TO holder")
    assert [note.kind for note in paper.notes] == ["MG002"]


ATTACHED = """
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER told AFTER INSERT OR UPDATE OF note, owner ON doc FOR EACH ROW WHEN (NEW.owner <> 'owner')
    EXECUTE FUNCTION f();
CREATE POLICY mine ON other USING (doc_id IN (SELECT id FROM doc WHERE owner = 'x'))
    WITH CHECK (EXISTS (SELECT 1 FROM doc WHERE doc.id = other.doc_id AND doc.owner = 'x'));
CREATE POLICY own ON doc USING (owner = 'x');
"""


CALLS = """
CREATE FUNCTION fits(a int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 > 0';
CREATE TABLE t (a int CHECK (fits(a) AND 'fits(' <> ''), b boolean GENERATED ALWAYS AS (public.fits(a)) STORED,
    c boolean DEFAULT fits(1));
CREATE INDEX ix ON t (fits(a)) WHERE fits(a);
CREATE POLICY own ON t USING (fits(a));
CREATE VIEW v AS SELECT fits(a) AS x FROM t;
CREATE TABLE past (number integer);
CREATE RULE told AS ON DELETE TO past DO DELETE FROM doc WHERE id = OLD.number;
"""


@pytest.mark.parametrize(
    "change",
    [
        "ALTER FUNCTION fits(int) RENAME TO holds",
        "CREATE SCHEMA app; ALTER FUNCTION fits SET SCHEMA app",
        "ALTER TABLE doc RENAME TO documents; CREATE SCHEMA app; ALTER TABLE documents SET SCHEMA app",
    ],
)
def test_what_calls_a_function_and_what_a_rule_does_follow(change: str, server: Server) -> None:
    paper = Paper("postgresql", 18, script=True)
    for text in (START, CALLS, change):
        run(text, paper, lambda start, end: Place("rev.py", 0, start, end))

    def dumped(*texts: str) -> list[str]:
        with server.empty() as connection:
            for text in texts:
                connection.execute(text.encode())
            lines = server.dump().replace("CONSTRAINT doc_id_not_null NOT NULL", "NOT NULL").splitlines()
        return [line for line in lines if not line.startswith(("\\restrict", "\\unrestrict"))]

    assert dumped(script(paper.schema)) == dumped(START, CALLS, change)


@pytest.mark.parametrize(
    "rename",
    ["ALTER TABLE doc RENAME owner TO holder", "ALTER TABLE doc RENAME TO documents", "ALTER TABLE other RENAME TO o"],
)
def test_policies_and_triggers_follow(rename: str, server: Server) -> None:
    paper = Paper("postgresql", 18, script=True)
    for text in (START, ATTACHED, rename):
        run(text, paper, lambda start, end: Place("rev.py", 0, start, end))

    def attached(*texts: str) -> list[object]:
        with server.empty() as connection:
            for text in texts:
                connection.execute(text.encode())
            policies = (
                "SELECT polname, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid) FROM pg_policy"
            )
            triggers = "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
            return [connection.execute(query.encode()).fetchall() for query in (f"{policies} ORDER BY 1", triggers)]

    assert attached(script(paper.schema)) == attached(START, ATTACHED, rename)
