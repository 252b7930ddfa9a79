"""DDL that listens to the tables of a MetaData, where `create_all` makes them, and constructs with a text of their own."""

from __future__ import annotations

import pytest

from tests.python.following import follow

MADE = """
    import os
    from sqlalchemy import DDL, event
    md = sa.MetaData()
    t = sa.Table("items", md, sa.Column("id", sa.Integer, primary_key=True), schema={schema!r})
    {listens}
    md.create_all(op.get_bind())
"""


@pytest.mark.parametrize(
    ("listens", "expected"),
    [
        (
            'event.listen(t, "after_create", DDL("CREATE INDEX i ON %(fullname)s (id)"))',
            ["T", "create_index items i"],
        ),
        (
            'event.listen(t, "after_create", DDL("CREATE INDEX i ON %(schema)s.%(table)s (id)"))',
            ["T", "create_index items i"],
        ),
        (
            'event.listen(t, "after_create", DDL("CREATE INDEX %(n)s ON s.items (id)", context={"n": "i"}))',
            ["T", "create_index items i"],
        ),
        (
            'event.listen(md, "before_create", DDL("CREATE TABLE %(n)s (a int)" % {"n": "first"}))',
            ["create_table first -", "T"],
        ),
        ('event.listen(t, "after_create", DDL("DROP TABLE %(fullname)s").execute_if(dialect="sqlite"))', ["T"]),
        ('event.listen(t, "after_create", DDL("DROP TABLE %(nothing)s"))', ["T", "!opaque - -"]),
        ('event.listen(t, "after_create", os.environ["X"])', ["T", "!opaque - -"]),
    ],
)
def test_what_listens_runs_around_the_table(listens: str, expected: list[str]) -> None:
    code = MADE.format(schema="s", listens=listens)
    told = follow(code, setup='op.execute("CREATE SCHEMA s")').told
    assert ["T" if one == "create_table items -" else one for one in told] == expected


def test_a_query_within_a_construct_of_the_project() -> None:
    code = """
    import os
    from sqlalchemy.ext.compiler import compiles
    from sqlalchemy.schema import DDLElement

    class View(DDLElement):
        def __init__(self, query):
            self.query = query

    @compiles(View)
    def _text(element, compiler, **kw):
        return "CREATE VIEW v AS " + compiler.sql_compiler.process(element.query, literal_binds=True)

    t = op.create_table("items", sa.Column("id", sa.Integer), sa.Column("name", sa.String))
    op.execute(View({query}))
    """
    followed = follow(code.replace("{query}", "sa.select(t.c.name).where(t.c.id > 3)"))
    (view,) = followed.paper.schema.views.values()
    assert view.columns[0].name == "name"
    assert "id > 3" in view.definition
    assert follow(code.replace("{query}", "sa.select(os.environ['X'])")).told[1:] == ["!opaque - -"]
