"""Statements of which pieces are not known: templates with holes."""

from __future__ import annotations

import pytest

from migralint.schema import Name
from tests.python.following import follow

SETUP = """
    op.create_table("items", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String))
    op.create_table("other", sa.Column("id", sa.Integer), sa.Column("name", sa.String))
"""
UNKNOWN = "\n    import datetime, textwrap, uuid\n    x, now = uuid.uuid4(), datetime.datetime.now()\n"


def told(code: str) -> list[str]:
    return follow(f"{UNKNOWN}    {code}\n", setup=SETUP).told


@pytest.mark.parametrize(
    "text",
    [
        """f"INSERT INTO items (name) VALUES ('{x}')\"""",
        """f"INSERT INTO items (name) VALUES ('{x!r:>10} and more', '{now}')\"""",
        """"INSERT INTO items (name) VALUES ('{}')".format(x)""",
        """"INSERT INTO items (name) VALUES ('{n}')".format(**x)""",
        """"INSERT INTO items (name) VALUES ('{0.hex}', '{1[0]}')".format(x, now)""",
        """"INSERT INTO items (id, name) VALUES (%d, '%s')" % (x, now)""",
        """"INSERT INTO items (id, name) VALUES (%s, '%s')" % x.fields""",
        """"INSERT INTO items (id, name) VALUES (%(id)s, '%(name)s')" % {"id": x, "name": "a"}""",
        """"INSERT INTO items (name) VALUES ('" + str(x) + "')\"""",
        """"INSERT INTO items (name) VALUES " + ", ".join([f"('{x}')", "('b')"])""",
        """"INSERT INTO items (name) VALUES " + ", ".join(f"('{n}')" for n in x.names)""",
        """textwrap.dedent(f"  INSERT INTO items (name) VALUES ('{x}') ").strip()""",
        """sa.text(f"INSERT INTO items (id, name) VALUES (:id, '{x}')").bindparams(id=1)""",
        """f"INSERT INTO items (name) SELECT '{x}' FROM other WHERE id = {now}\"""",
        """f"INSERT INTO items (name) VALUES (\\n'{x}'\\n)".replace("\\n", " ")""",
    ],
)
def test_an_unknown_value_leaves_the_statement_known(text: str) -> None:
    assert told(f"op.execute({text})") == ["insert items -"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("UPDATE items SET name = '{x}' WHERE id = {x}", ["update items -"]),
        ("UPDATE items SET name = name || {x}, id = -{x} WHERE id IN ({x}) AND {x} LIMIT {x}", ["update items -"]),
        ("DELETE FROM items WHERE {x}", ["delete items -"]),
        ("WITH n AS (INSERT INTO other (name) VALUES ('{x}')) DELETE FROM items", ["insert other -", "delete items -"]),
        ("SELECT * FROM items WHERE name = '{x}'", []),
        ("UPDATE items SET name = 'a'; -- {x}\nDELETE FROM other", ["update items -", "delete other -"]),
        ("UPDATE items SET name = $$ {x} $$; DROP TABLE other", ["update items -", "drop_table other -"]),
    ],
)
def test_holes_that_stand_for_values(text: str, expected: list[str]) -> None:
    assert told(f"op.execute(f'''{text}''')") == expected


@pytest.mark.parametrize(
    "text",
    [
        "INSERT INTO {x} (name) VALUES ('a')",
        "INSERT INTO t_{x} (name) VALUES ('a')",
        "INSERT INTO public.{x} (name) VALUES ('a')",
        'INSERT INTO "{x}" (name) VALUES (1)',
        "INSERT INTO items ({x}) VALUES (1)",
        "UPDATE items SET {x} = 1",
        "UPDATE items SET {x}",
        'UPDATE items SET name = "{x}"',
        "UPDATE items SET name = 'a' {x}",
        "UPDATE items SET name = t.{x} FROM other t",
        "DELETE FROM items {x}",
        "DELETE FROM items USING {x}",
        "DELETE FROM items WHERE id = 1{x}",
        "DELETE FROM items WHERE {x}(id)",
        "DELETE FROM items WHERE id = {x}{now}",
        "SELECT {x}(1)",
        "SELECT * INTO {x} FROM items",
        "SELECT set_config('search_path', '{x}', false)",
        "{x}",
        "{x} items",
        "DROP TABLE {x}",
        "ALTER TABLE items ADD COLUMN age integer DEFAULT {x}",
        "ALTER TABLE items ADD COLUMN age integer CHECK (name <> '{x}')",
        "ALTER TABLE items ALTER COLUMN name SET DEFAULT '{x}'",
        "CREATE TABLE t AS SELECT '{x}' AS name",
        "COMMENT ON TABLE items IS {x}",
        "DO 'BEGIN DELETE FROM items WHERE id = {x}; END'",
    ],
)
def test_holes_that_may_stand_for_anything_else(text: str) -> None:
    assert told(f"op.execute(f'''{text} ''')") == ["!opaque - -"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('ALTER DATABASE {x} SET timezone TO "UTC"', "alter_database - -"),
        ('ALTER DATABASE "{x}" OWNER TO {x}', "alter_database - -"),
        ("GRANT ALL ON DATABASE {x} TO PUBLIC", "grant - -"),
        ("GRANT SELECT ON items TO {x}", "grant - -"),
        ('REVOKE ALL ON items FROM "{x}"', "revoke - -"),
        ('ALTER TABLE items OWNER TO "{x}"', "alter_table_owner_to items -"),
        ("COMMENT ON DATABASE {x} IS 'a'", "comment - -"),
        ("GRANT SELECT ON {x} TO PUBLIC", "!opaque - -"),
        ("GRANT SELECT ON items TO r_{x}", "!opaque - -"),
        ("ALTER TABLE items RENAME TO {x}", "!opaque - -"),
        ("ALTER TABLE items RENAME COLUMN id TO {x}", "!opaque - -"),
        ("ALTER DATABASE {x}.items SET a TO 1", "!opaque - -"),
    ],
)
def test_names_that_no_schema_holds_may_be_unknown(text: str, expected: str) -> None:
    assert told(f"op.execute(f'''{text} ''')") == [expected]


def test_a_default_of_which_a_piece_is_not_known() -> None:
    text = "ALTER TABLE items ADD COLUMN age text DEFAULT '{x}' NOT NULL, ADD more text DEFAULT 'a'"
    followed = follow(
        f'{UNKNOWN}    op.execute(f"{text}")\n    op.execute(f"CREATE TABLE t (a text DEFAULT \'{{x}}\')")', setup=SETUP
    )
    assert followed.told == ["add_column items age", "add_column items more", "create_table t -"]
    columns = {column.name: column for table in followed.paper.schema.tables.values() for column in table.columns}
    assert [(columns[name].default, columns[name].doubtful) for name in ("age", "more", "a")] == [
        (None, True),
        ("'a'", False),
        (None, True),
    ]
    assert [note.kind for note in followed.paper.notes] == ["MG002", "MG002"]


def test_a_comment_of_which_a_piece_is_not_known() -> None:
    followed = follow(f"{UNKNOWN}    op.execute(f\"COMMENT ON TABLE items IS 'made at {{now}}'\")", setup=SETUP)
    assert followed.told == ["create_table_comment items -"]
    assert followed.paper.schema.tables[Name("public", "items")].comment == "made at ..."


def test_a_function_of_which_a_piece_is_not_known() -> None:
    made = """CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        {} PERFORM pg_notify('{x}', ''); RETURN NEW; END $$"""
    quiet, loud = (made.replace("{}", text) for text in ("", "DROP TABLE other;"))
    followed = follow(f"{UNKNOWN}    op.execute(f'''{quiet}''')\n    op.execute('SELECT f()')\n", setup=SETUP)
    assert followed.told == ["create_function - public.f"]
    ((function,),) = followed.paper.schema.functions.values()
    assert function.partial
    assert "pg_notify('...', '')" in function.body
    assert told(f"op.execute(f'''{loud}''')\n    op.execute('SELECT f()')")[1:] == ["!opaque - -"]
    assert told("op.execute(f'''CREATE FUNCTION f_{x}() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$''')") == [
        "!opaque - -"
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("BEGIN UPDATE items SET name = '{x}'; END", ["update items -"]),
        ("DECLARE e text := '{x}'; BEGIN DELETE FROM items WHERE name = 'a' || e; END", ["delete items -"]),
        ("DECLARE y int; BEGIN SELECT {x} INTO y; DELETE FROM items WHERE id = y; END", ["delete items -"]),
        ("BEGIN IF {x} THEN DROP TABLE other; END IF; END", ["?drop_table other -"]),
        ("BEGIN FOR i IN 1..{x} LOOP DELETE FROM other; END LOOP; END", ["?delete other -"]),
        (
            "DECLARE r record; BEGIN FOR r IN SELECT * FROM {x} LOOP DELETE FROM other; END LOOP; END",
            ["?delete other -"],
        ),
        ("BEGIN RAISE NOTICE '{x}'; END", ["do - -"]),
        *(
            (body, ["!opaque - -"])
            for body in (
                "{x}",
                "DECLARE {x} BEGIN DELETE FROM other; END",
                "BEGIN {x}; DELETE FROM other; END",
                "BEGIN {x} DELETE FROM other; END",
                "BEGIN EXECUTE {x}; END",
                "BEGIN EXECUTE 'DROP TABLE ' || '{x}'; END",
                "BEGIN EXECUTE format('DROP TABLE %I', '{x}'); END",
                "BEGIN PERFORM {x}(1); END",
                "BEGIN PERFORM public.f_{x}(1); END",
                "BEGIN CALL {x}(); END",
                "BEGIN DROP TABLE {x}; END",
                "BEGIN ALTER TABLE other ADD COLUMN {x} int; END",
                "BEGIN DELETE FROM other; EXCEPTION WHEN {x} THEN DROP TABLE other; END",
            )
        ),
    ],
)
def test_a_block_with_holes_is_followed_statement_by_statement(body: str, expected: list[str]) -> None:
    assert told(f"op.execute(f'''DO $a$ {body} $a$''')") == expected


def test_a_text_keeps_what_is_known_around_a_variable_that_is_not_set() -> None:
    code = (
        "import os\n    name = os.getenv('NAME')\n    op.execute(\"DELETE FROM items WHERE name = '\" + name + \"'\")"
    )
    assert told(code) == ["delete items -"]
    assert told(code.replace("WHERE name = '", "").replace('+ "\'"', "")) == ["!opaque - -"]


def test_what_is_not_read_says_why_and_where_it_begins() -> None:
    (step,) = follow(f"{UNKNOWN}    op.execute(f\"UPDATE {{x}} SET name = 'a'\")", setup=SETUP).steps
    assert (
        step.reason == "a part of it is not known (a value that is different in every run): UPDATE ... SET name = 'a'"
    )
    assert not step.operation.changes_schema


def test_a_statement_in_a_loop_over_unknown_rows_is_conditional() -> None:
    code = """
    bind = op.get_bind()
    op.execute("INSERT INTO items (name) SELECT name FROM other_database()")
    for row in bind.execute(sa.text("SELECT id, name FROM items")):
        bind.execute(sa.text(f"UPDATE other SET name = '{row.name}' WHERE id = {row[0]}"))
    """
    assert follow(code, setup=SETUP).told[-1] == "?update other -"


def test_rows_with_unknown_values_are_counted() -> None:
    code = """
    op.execute(f"INSERT INTO items (id, name) VALUES (1, '{x}'), (2, '{now}')")
    for row in op.get_bind().execute(sa.text("SELECT id FROM items")):
        op.create_table(f"t_{row.id}", sa.Column("id", sa.Integer))
    """
    assert told(code) == ["insert items -", "create_table t_1 -", "create_table t_2 -"]
    assert "create_table t_1 -" not in told(code.replace("(1, '{x}'), (2, '{now}')", "(1, {x})"))


def test_a_template_is_unknown_wherever_its_text_is_needed() -> None:
    assert told("op.create_table(f't_{x}', sa.Column('id', sa.Integer))")[0].startswith("!")
    assert told("if f'a{x}' == 'ab':\n        op.drop_table('other')") == ["?drop_table other -"]
    assert told("if f'a{x}':\n        op.drop_table('other')") == ["drop_table other -"]  # it is not empty
    assert told("if f'{x}':\n        op.drop_table('other')") == ["?drop_table other -"]


@pytest.mark.parametrize(
    "change",
    ["t[0]", "t.split()", "-t", "t == 'a'", "repr(t)", "f'{t!r}'", "f'{t:>90}'", "'%90s' % t", "len(t)", "t.x"],
)
def test_what_is_made_of_a_template_is_not_its_text(change: str) -> None:
    code = f"""
    t = f"DELETE FROM items WHERE id = {{x}}"
    op.execute(t)
    op.execute({change})
    """
    assert told(code)[0] == "delete items -"
    assert told(code)[1].startswith("!")


def test_a_search_path_that_a_query_sets_holds() -> None:
    code = """
    op.execute("CREATE SCHEMA other")
    op.get_bind().execute(sa.text("SELECT set_config('search_path', 'other', false)"))
    op.execute("CREATE TABLE t (id integer)")
    """
    assert str(follow(code).steps[-1].operation.table_name) == "other.t"


@pytest.mark.parametrize(
    "code",
    [
        "bind.execute(sa.text(\"SELECT set_config('search_path', :path, false)\"), {'path': 'other'})",
        "bind.execute(sa.text(\"SELECT set_config(:name, :path, false)\"), {'path': 'other', 'name': 'search_path'})",
        "bind.execute(sa.text(\"SELECT 1, set_config('search_path', 'oth' || 'er', false)\"))",
        "bind.execute(sa.text(\"SET search_path TO :path, public\"), {'path': 'other'})",
        "bind.execute(sa.text(\"SET search_path = :path\").bindparams(path='other'))",
        'op.execute("SET search_path = other")\n'
        "old = bind.execute(sa.text(\"SELECT current_setting('search_path')\")).scalar()\n"
        "bind.execute(sa.text(\"SELECT set_config('search_path', :new, false)\"), {'new': 'public'})\n"
        "bind.execute(sa.text(\"SELECT set_config('search_path', :old, false)\"), {'old': old or ''})",
    ],
)
def test_a_search_path_that_is_bound_or_computed_holds(code: str) -> None:
    code = f"bind = op.get_bind()\nop.execute('CREATE SCHEMA other')\n{code}\nop.execute('CREATE TABLE t (id integer)')"
    assert follow(code).told == ["create_schema - other", "create_table t -"]
    assert str(follow(code).steps[-1].operation.table_name) == "other.t"


@pytest.mark.parametrize("what", ["set_config('search_path', :path, false)", "set_config(:path, 'x', false)"])
def test_a_search_path_that_is_not_known_is_told(what: str) -> None:
    code = f"import acme\nop.get_bind().execute(sa.text(\"SELECT {what}\"), {{'path': acme.path}})"
    assert follow(code).told == ["!opaque - -"]


def test_settings_that_are_no_search_path_are_not_told() -> None:
    code = "op.get_bind().execute(sa.text(\"SELECT set_config('app.user', :user, false)\"), {'user': x})"
    assert follow(f"import acme\nx = acme.user\n{code}").told == []


@pytest.mark.parametrize(
    ("how", "lasting"),
    [
        ("SET search_path TO other, public", True),
        ("SET SESSION search_path = other", True),
        ("SELECT set_config('search_path', 'other', false)", True),
        ("SET LOCAL search_path TO other, public", False),
        ("SELECT set_config('search_path', 'other', true)", False),
        ("SET search_path TO other; RESET search_path", False),
    ],
)
def test_a_search_path_of_the_session_holds_for_the_revisions_after(how: str, lasting: bool) -> None:
    setup = f'op.execute("CREATE SCHEMA other")\nop.execute("{how}")'
    found = follow("op.execute('CREATE TABLE t (id int)')", setup=setup)
    assert [str(name) for name in found.paper.result.tables] == ["other.t" if lasting else "public.t"]


@pytest.mark.parametrize(("field", "table"), [("{x=}", "x='t'"), ("{ x = }", " x = 't'"), ("{x=!s:>3}", "x=  t")])
def test_a_field_that_shows_its_own_source(field: str, table: str) -> None:
    assert follow(f"x = 't'\nop.drop_table(f'{field}')").told == [f"drop_table {table} -"]
