"""What statements say of things that the schema does not hold: owners, privileges, comments, publications, ..."""

from __future__ import annotations

import pytest

from migralint.operations import AlterDomain, AlterSequence, AlterTable, Statement
from migralint.operations.details import (
    CommentOn,
    Detail,
    Dropped,
    OwnerTo,
    Rule,
    SecurityLabel,
    Target,
)
from migralint.operations.privileges import DefaultPrivileges, Grant, Privilege, RoleGrant
from migralint.operations.publications import Publication, PublishedTable
from migralint.schema import Name
from migralint.verdict.coverage import listed
from tests.sql.reading import one, read, steps

T = Name("public", "t")
BEFORE = """
    CREATE SCHEMA app; CREATE TABLE t (a int, b text); CREATE TABLE app.u (a int); CREATE VIEW v AS SELECT a FROM t;
    CREATE SEQUENCE s; CREATE TYPE mood AS ENUM ('x'); CREATE DOMAIN email AS text; CREATE INDEX i ON t (a);
    CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS '';"""
TABLE = Target("table", T)


def detail(statement: str) -> Detail | None:
    found = one(statement, before=BEFORE)
    assert isinstance(found, Statement | AlterTable | AlterSequence | AlterDomain)
    return found.detail


@pytest.mark.parametrize(
    ("statement", "target"),
    [
        ("TABLE t", TABLE),
        ("TABLE app.u", Target("table", Name("app", "u"))),
        ("VIEW v", Target("view", Name("public", "v"))),
        ("SEQUENCE s", Target("sequence", Name("public", "s"))),
        ("INDEX i", Target("index", Name("public", "i"))),
        ("TYPE mood", Target("type", Name("public", "mood"))),
        ("DOMAIN email", Target("domain", Name("public", "email"))),
        ("FUNCTION f(int)", Target("function", Name("public", "f"), ("integer",))),
        ("FUNCTION f", Target("function", Name("public", "f"))),
        ("SCHEMA app", Target("schema", "app")),
        ("PUBLICATION pub", Target("publication", "pub")),
        ("EVENT TRIGGER et", Target("event_trigger", "et")),
        ("OPERATOR app.=== (text, NONE)", Target("operator", Name("app", "==="), ("text", None))),
        ("OPERATOR CLASS oc USING btree", Target("operator_class", Name("public", "oc"), method="btree")),
        ("TEXT SEARCH DICTIONARY app.td", Target("text_search_dictionary", Name("app", "td"))),
        ("LARGE OBJECT 12", Target("large_object", "12")),
    ],
)
def test_owners(statement: str, target: Target) -> None:
    assert detail(f'ALTER {statement} OWNER TO "Some One"') == OwnerTo(target, "Some One")


def _select(**changes: object) -> Grant:
    values: dict[str, object] = {
        "grants": True,
        "kind": "table",
        "privileges": (Privilege("select"),),
        "grantees": ("bob",),
        "objects": (TABLE,),
    }
    return Grant(**{**values, **changes})  # type: ignore[arg-type]  # the values of one of its fields each


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("GRANT SELECT ON t TO bob", _select()),
        ("GRANT SELECT ON TABLE t TO bob WITH GRANT OPTION", _select(option=True)),
        (
            "GRANT SELECT ON t TO bob, PUBLIC GRANTED BY CURRENT_USER",
            _select(grantees=("bob", "public"), granted_by="current_user"),
        ),
        (
            "GRANT SELECT, UPDATE (a, b) ON t TO bob",
            _select(privileges=(Privilege("select"), Privilege("update", ("a", "b")))),
        ),
        (
            "GRANT ALL PRIVILEGES ON t, app.u TO GROUP bob",
            _select(privileges=(Privilege("all"),), objects=(TABLE, Target("table", Name("app", "u")))),
        ),
        ("GRANT SELECT ON ALL TABLES IN SCHEMA app, public TO bob", _select(objects=(), schemas=("app", "public"))),
        ("GRANT SELECT ON type TO bob", _select(objects=(Target("table", Name("public", "type")),))),
        (
            "GRANT USAGE ON SCHEMA app TO bob",
            _select(kind="schema", privileges=(Privilege("usage"),), objects=(Target("schema", "app"),)),
        ),
        (
            "GRANT EXECUTE ON FUNCTION f(int) TO bob",
            _select(
                kind="function",
                privileges=(Privilege("execute"),),
                objects=(Target("function", Name("public", "f"), ("integer",)),),
            ),
        ),
        (
            "GRANT ALTER SYSTEM ON PARAMETER a.b TO bob",
            _select(kind="parameter", privileges=(Privilege("alter system"),), objects=(Target("parameter", "a.b"),)),
        ),
        ("REVOKE GRANT OPTION FOR SELECT ON t FROM bob CASCADE", _select(grants=False, option=True, cascade=True)),
        ("REVOKE SELECT ON t FROM bob", _select(grants=False)),
    ],
)
def test_privileges(statement: str, expected: Grant) -> None:
    assert detail(statement) == expected


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("GRANT a, b TO bob", RoleGrant(True, ("a", "b"), ("bob",))),
        (
            "GRANT a TO bob WITH ADMIN OPTION, INHERIT FALSE",
            RoleGrant(True, ("a",), ("bob",), (("admin", True), ("inherit", False))),
        ),
        (
            "REVOKE ADMIN OPTION FOR a FROM bob CASCADE",
            RoleGrant(False, ("a",), ("bob",), (("admin", False),), cascade=True),
        ),
        (
            "ALTER DEFAULT PRIVILEGES FOR ROLE ann IN SCHEMA app GRANT SELECT ON TABLES TO bob",
            DefaultPrivileges(("ann",), ("app",), _select(objects=())),
        ),
        (
            "ALTER DEFAULT PRIVILEGES REVOKE GRANT OPTION FOR SELECT ON TABLES FROM bob CASCADE",
            DefaultPrivileges((), (), _select(grants=False, objects=(), option=True, cascade=True)),
        ),
    ],
)
def test_roles_and_default_privileges(statement: str, expected: Detail) -> None:
    assert detail(statement) == expected


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("INDEX i", Target("index", Name("public", "i"))),
        ("CONSTRAINT c ON t", Target("constraint", "c", on=T)),
        ("CONSTRAINT c ON DOMAIN email", Target("domain_constraint", "c", on=Name("public", "email"))),
        ("TRIGGER x ON app.u", Target("trigger", "x", on=Name("app", "u"))),
        ("CAST (text AS int)", Target("cast", "", ("text", "integer"))),
        ("TRANSFORM FOR text LANGUAGE sql", Target("transform", "text", method="sql")),
        ("EXTENSION citext", Target("extension", "citext")),
    ],
)
def test_comments(statement: str, expected: Target) -> None:
    assert detail(f"COMMENT ON {statement} IS 'it''s'") == CommentOn(expected, "it's")
    assert detail(f"COMMENT ON {statement} IS NULL") == CommentOn(expected, None)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("CREATE PUBLICATION p", Publication("create", "p")),
        ("CREATE PUBLICATION p FOR ALL TABLES", Publication("create", "p", all_tables=True)),
        (
            "CREATE PUBLICATION p FOR TABLE t (a, b) WHERE (a > 0), ONLY app.u, TABLES IN SCHEMA app, CURRENT_SCHEMA"
            " WITH (publish = 'insert, update')",
            Publication(
                "create",
                "p",
                tables=(PublishedTable(T, False, ("a", "b"), "a > 0"), PublishedTable(Name("app", "u"), True)),
                schemas=("app", None),
                options=(("publish", "insert, update"),),
            ),
        ),
        ("ALTER PUBLICATION p ADD TABLE t", Publication("add", "p", tables=(PublishedTable(T),))),
        ("ALTER PUBLICATION p DROP TABLES IN SCHEMA app", Publication("drop", "p", schemas=("app",))),
        ("ALTER PUBLICATION p SET TABLE t", Publication("set", "p", tables=(PublishedTable(T),))),
        (
            "ALTER PUBLICATION p SET (publish = 'delete')",
            Publication("set_options", "p", options=(("publish", "delete"),)),
        ),
        ("ALTER PUBLICATION p RENAME TO q", Publication("rename", "p", new_name="q")),
    ],
)
def test_publications(statement: str, expected: Publication) -> None:
    assert detail(statement) == expected


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING", Rule("r", T, "DELETE", True, None, ())),
        (
            "CREATE OR REPLACE RULE r AS ON INSERT TO t WHERE NEW.a > 0 DO ALSO (DELETE FROM app.u; NOTIFY x;)",
            Rule("r", T, "INSERT", False, "NEW.a > 0", ("DELETE FROM app.u", "NOTIFY x"), True),
        ),
        ("SECURITY LABEL FOR p ON TABLE t IS 'x'", SecurityLabel(TABLE, "p", "x")),
        ("SECURITY LABEL ON ROLE bob IS NULL", SecurityLabel(Target("role", "bob"), None, None)),
        ("DROP RULE IF EXISTS r ON t CASCADE", Dropped((Target("rule", "r", on=T),), True, True)),
        ("DROP PUBLICATION IF EXISTS p, q", Dropped((Target("publication", "p"), Target("publication", "q")), True)),
    ],
)
def test_others(statement: str, expected: Detail) -> None:
    assert detail(statement) == expected


@pytest.mark.parametrize(
    "statement",
    [
        "GRANT SELECT ON t TO 'bob'@'localhost'",
        "GRANT ALL ON shop.* TO bob",
        "COMMENT ON TRIGGER x IS 'y'",
        "CREATE PUBLICATION p FOR SOMETHING NEW",
    ],
)
def test_what_is_not_understood_is_still_named(statement: str) -> None:
    (step,) = steps(statement, before=BEFORE)
    assert isinstance(step.operation, Statement)
    assert step.operation.detail is None
    assert step.failure is None


def test_a_comment_needs_no_inverse_and_is_not_listed() -> None:
    paper = read("COMMENT ON INDEX i IS 'x'", before=BEFORE)
    step = paper.steps[-1]
    assert step.operation.operation == "comment"
    assert not step.operation.changes_schema
    assert step.operation.inverse(paper.schema) == ()
    assert not listed(step)
