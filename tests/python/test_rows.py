"""Rows that the history itself inserted, read and changed with SQLAlchemy."""

from __future__ import annotations

import pytest

from tests.python.following import follow

SETUP = """
    seeds = op.create_table(
        "seeds", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String), sa.Column("kind", sa.String)
    )
    op.create_table("empty", sa.Column("id", sa.Integer), sa.Column("name", sa.String))
    op.bulk_insert(seeds, [{"name": "a", "kind": "x"}, {"name": "b", "kind": "y"}, {"name": "c", "kind": None}])
"""
TABLE = """
    bind = op.get_bind()
    seeds = sa.table("seeds", sa.column("id"), sa.column("name", sa.String), sa.column("kind", sa.String))
    empty = sa.table("empty", sa.column("id"), sa.column("name", sa.String))
"""
MAKE = """
    for row in found:
        op.create_table("t_" + row.name, sa.Column("id", sa.Integer))
"""


def made(code: str) -> list[str]:
    found = follow(f"{TABLE}{code}{MAKE}", setup=SETUP)
    return [
        line.removeprefix("create_table ").removesuffix(" -")
        for line in found.told
        if "create_table" in line or line[0] == "!"
    ]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("bind.execute(sa.select(seeds))", ["t_a", "t_b", "t_c"]),
        ("bind.execute(seeds.select())", ["t_a", "t_b", "t_c"]),
        ("bind.execute(sa.select(seeds.c.name).where(seeds.c.kind == 'y'))", ["t_b"]),
        ("bind.execute(sa.select(seeds.c.name).where(seeds.c.kind.is_(None)))", ["t_c"]),
        (
            "bind.execute(sa.select(seeds.c.name).where(seeds.c.name.in_(['a', 'c']), seeds.c.kind.isnot(None)))",
            ["t_a"],
        ),
        ("bind.execute(sa.select(seeds.c.name).order_by(seeds.c.name.desc()).limit(2))", ["t_c", "t_b"]),
        ("bind.execute(sa.select(seeds.c.kind.label('name')).where(seeds.c.kind != None).distinct())", ["t_x", "t_y"]),
        ("bind.execute(sa.select(seeds).filter_by(name='b')).all()", ["t_b"]),
        ("bind.execute(sa.select(seeds.c.name).select_from(seeds.join(empty, seeds.c.name == empty.c.name)))", []),
        (
            "bind.execute(sa.select(empty.c.name, sa.func.count(empty.c.id)).group_by(empty.c.name).having(sa.func.count() > 1))",
            [],
        ),
        ("bind.execute(sa.func.max(empty.c.name).select().group_by(empty.c.id))", []),
        ("bind.execute(sa.text(\"SELECT id, name FROM seeds WHERE kind = 'x'\"))", ["t_a"]),
        ("bind.execute(sa.text('SELECT name FROM seeds WHERE kind = :k'), {'k': 'y'})", ["t_b"]),
    ],
)
def test_rows_that_a_query_picks(code: str, expected: list[str]) -> None:
    assert made(f"    found = {code}\n") == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("op.execute(seeds.update().values(name=seeds.c.kind).where(seeds.c.kind != None))", ["t_x", "t_y", "t_c"]),
        ("op.execute(sa.update(seeds).where(seeds.c.name == 'a').values({'name': 'z'}))", ["t_z", "t_b", "t_c"]),
        (
            "op.execute(sa.update(seeds).where(seeds.c.name == 'a').values({seeds.c.name: op.inline_literal('z')}))",
            ["t_z", "t_b", "t_c"],
        ),
        ("op.execute(sa.delete(seeds).where(seeds.c.kind == 'x'))", ["t_b", "t_c"]),
        ("op.execute(seeds.delete())", []),
        ("op.execute(seeds.insert().values(name='d'))", ["t_a", "t_b", "t_c", "t_d"]),
        ("op.execute(seeds.insert().from_select(['name'], sa.select(empty.c.name)))", ["t_a", "t_b", "t_c"]),
        (
            "op.execute(seeds.insert().from_select(['name'], sa.select(sa.func.upper(seeds.c.name)).where(seeds.c.kind == 'x')))",
            ["t_a", "t_b", "t_c", "t_A"],
        ),
        ("op.execute(\"UPDATE seeds SET name = 'q' WHERE name = 'c'\")", ["t_a", "t_b", "t_q"]),
        ("op.alter_column('seeds', 'name', type_=sa.Text())", ["t_a", "t_b", "t_c"]),
        ("bind.execute(sa.text('INSERT INTO seeds (name) VALUES (:n)'), {'n': 'd'})", ["t_a", "t_b", "t_c", "t_d"]),
        (
            "bind.execute(sa.text('INSERT INTO seeds (name) VALUES (:n)'), [{'n': 'd'}, {'n': 'e'}])",
            ["t_a", "t_b", "t_c", "t_d", "t_e"],
        ),
        ("bind.execute(sa.text('DELETE FROM seeds WHERE name = :n'), {'n': 'a'})", ["t_b", "t_c"]),
        (
            "bind.execute(sa.text('UPDATE seeds SET name = :n WHERE kind = :k'), dict(n='z', k='y'))",
            ["t_a", "t_z", "t_c"],
        ),
        (
            "bind.execute(sa.text('INSERT INTO empty (name) SELECT name FROM seeds WHERE kind = :k'), {'k': 'x'});"
            "op.execute('DELETE FROM seeds WHERE name IN (SELECT name FROM empty)')",
            ["t_b", "t_c"],
        ),
        (
            "from sqlalchemy.dialects.postgresql import insert\n"
            "    for name in ('a', 'd'):\n"
            "        bind.execute(insert(seeds).values(name=name).on_conflict_do_nothing(index_elements=['name']))",
            ["t_a", "t_b", "t_c", "t_d"],
        ),
    ],
)
def test_rows_that_a_statement_leaves(code: str, expected: list[str]) -> None:
    assert made(f"    {code}\n    found = bind.execute(sa.select(seeds.c.name))\n") == expected


@pytest.mark.parametrize(
    "code",
    [
        "found = bind.execute(sa.select(seeds.c.name).where(sa.func.random() > 0.5))",
        "found = bind.execute(sa.select(seeds.c.name).group_by(seeds.c.name).having(sa.func.count() > 1))",
        "found = bind.execute(sa.select(sa.func.count(empty.c.id).label('name')).group_by())",
        "found = bind.execute(sa.select(sa.func.max(empty.c.name).label('name')).group_by(sa.func.rollup(empty.c.name)))",
        "found = bind.execute(sa.select(seeds.c.name).outerjoin(empty, seeds.c.name == empty.c.name))",
        "found = bind.execute(sa.select(seeds.c.name).where(seeds.c.name == unknown()))",
        "found = bind.execute(sa.select(seeds.c.name).where(seeds.c.name == bind.c.unknown))",
        "found = bind.execute(sa.select(seeds.c.name).where(seeds.c.kind == seeds.alias().c.name))",
        "op.execute(seeds.delete().where(unknown())); found = bind.execute(sa.select(seeds.c.name))",
        "op.execute(seeds.update().values(unknown())); found = bind.execute(sa.select(seeds.c.name))",
        "bind.execute(sa.text('INSERT INTO seeds (name) VALUES (:n)'), unknown()); found = bind.execute(sa.select(seeds.c.name))",
        "bind.execute(sa.text('DELETE FROM seeds WHERE name = :n'), [{'n': 'a'}, {'n': 'b'}]);"
        "found = bind.execute(sa.select(seeds.c.name))",
        "from sqlalchemy.dialects.postgresql import insert\n"
        "    op.execute(insert(seeds).values(name='a').on_conflict_do_update(index_elements=['name'], set_={'name': 'x'}))\n"
        "    found = bind.execute(sa.select(seeds.c.name))",
    ],
)
def test_rows_that_cannot_be_known_are_told(code: str) -> None:
    assert [line for line in made(f"    {code}\n") if not line.startswith(("!", "?"))] == []
    assert made(f"    {code}\n") != []


def test_nothing_is_sent_for_no_rows() -> None:
    code = """
    from sqlalchemy.orm import Session, declarative_base
    class Seed(declarative_base()):
        __tablename__ = "seeds"
        id = sa.Column(sa.Integer, primary_key=True)
    session = Session(bind=op.get_bind())
    session.bulk_update_mappings(Seed, [{"id": row.id} for row in session.execute(sa.text("SELECT id FROM empty"))])
    session.bulk_insert_mappings(Seed, [])
    """
    assert follow(code, setup=SETUP).told == []
    assert follow(code.replace("Seed, []", "Seed, [{'id': 9}]"), setup=SETUP).told == ["insert seeds -"]


def test_what_was_not_read_may_have_written_rows() -> None:
    code = """
    import uuid
    op.execute(f"INSERT INTO {uuid.uuid4()} (name) VALUES ('a')")
    if not list(op.get_bind().execute(sa.text("SELECT id FROM empty"))):
        return
    op.drop_column("empty", "name")
    """
    assert [line for line in follow(code, setup=SETUP).told if "drop" in line] == ["?drop_column empty name"]
    known = code.replace("{uuid.uuid4()}", "empty").replace("'a'", "'{uuid.uuid4()}'")
    assert follow(known, setup=SETUP).told == ["insert empty -", "drop_column empty name"]


OWN_BASE = """
    from sqlalchemy.orm import Session, declarative_base, declared_attr
    class Own:
        @declared_attr
        def __tablename__(cls) -> str:
            return cls.__name__.lower()
        @classmethod
        def all(cls, db):
            return db.query(cls).all()
    Base = declarative_base(cls=Own)
    class Seeds(Base):
        id = sa.Column(sa.Integer, primary_key=True)
    class Empty(Base):
        id = sa.Column(sa.Integer, primary_key=True)
    class Mixin(Base):
        __abstract__ = True
    session = Session(bind=op.get_bind())
"""


def test_a_base_of_the_project_gives_methods_and_table_names() -> None:
    code = """
    for row in {}.all(db=session):
        session.connection().execute(sa.text("UPDATE empty SET id = 1 WHERE id = :id"), {{"id": row.id}})
    """
    assert follow(OWN_BASE + code.format("Empty"), setup=SETUP).told == []
    assert follow(OWN_BASE + code.format("Seeds"), setup=SETUP).told == ["update empty -"] * 3


def test_loader_options_leave_the_rows() -> None:
    code = """
    from sqlalchemy import orm
    for row in op.get_bind().execute(sa.select(empty).options(orm.load_only(empty.c.id))).scalars().all():
        op.drop_table("seeds")
    """
    assert follow(TABLE + code, setup=SETUP).told == []


def test_an_environment_variable_that_is_needed_is_not_known() -> None:
    code = """
    import os
    mode = os.environ["MODE"]
    if mode == "a":
        op.drop_table("empty")
    """
    (step,) = follow(code, setup=SETUP).steps
    assert step.certainty == "conditional"
    assert step.reason == "the environment variable MODE is not known"
    handled = """
    import os
    try:
        os.environ["MODE"]
    except KeyError:
        op.drop_table("empty")
    """
    assert follow(handled, setup=SETUP).told == ["drop_table empty -"]


def test_a_statement_is_not_changed_by_what_is_made_of_it() -> None:
    code = """
    t = sa.table("t", sa.column("a"))
    base = sa.select(t.c.a)
    one, two = base.where(t.c.a == 1), base.where(t.c.a == 2)
    bind = op.get_bind()
    return [[row.a for row in bind.execute(each).fetchall()] for each in (one, two, base)]
    """
    setup = 'op.execute("CREATE TABLE t (a int)")\nop.execute("INSERT INTO t VALUES (1), (2)")'
    assert follow(code, setup=setup).value == [[1], [2], [1, 2]]


MAPPED = """
    from sqlalchemy.orm import Session, declarative_base
    Base = declarative_base()
    class Seed(Base):
        __tablename__ = "seeds"
        id = sa.Column(sa.Integer, primary_key=True)
        name = sa.Column(sa.String)
        sort = sa.Column("kind", sa.String)
    class Other(Base):
        __tablename__ = "others"
        id = sa.Column(sa.Integer, primary_key=True)
        name = sa.Column(sa.String)
    session = Session(bind=op.get_bind())
"""
NUMBERED = SETUP.replace('{"name"', '{"id": N, "name"').replace("N", "1", 1).replace("N", "2", 1).replace("N", "3", 1)


def mapped(code: str) -> list[str]:
    return follow(MAPPED + code, setup=NUMBERED).told


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("session.query(Seed).filter_by(name='b')", ["t_b"]),
        ("session.query(Seed).filter(Seed.sort.isnot(None)).order_by(Seed.id.desc()).all()", ["t_b", "t_a"]),
        ("[session.query(Seed).filter(Seed.sort == 'y').first()]", ["t_b"]),
        ("[session.query(Seed).get(2), session.get(Seed, 3)]", ["t_b", "t_c"]),
        ("session.query(Seed.name, Seed.sort).filter(Seed.sort == 'x')", ["t_a"]),
        ("session.query(Seed).with_entities(Seed.name).filter(Seed.sort == 'x')", ["t_a"]),
        ("session.execute(sa.select(Seed).where(Seed.id > 1)).scalars().all()", ["t_b", "t_c"]),
        ("session.scalars(sa.select(Seed).where(Seed.id > 2))", ["t_c"]),
        ("session.query(Seed).filter_by(name='z').all()", []),
    ],
)
def test_objects_that_a_session_reads(code: str, expected: list[str]) -> None:
    found = mapped(f"    found = {code}{MAKE}")
    assert [line.removeprefix("create_table ").removesuffix(" -") for line in found] == expected


def test_objects_that_are_added_have_rows() -> None:
    code = "    session.add(Seed(id=4, name='d'))\n    found = session.query(Seed).filter(Seed.id == 4)"
    assert mapped(code + MAKE) == ["insert seeds -", "create_table t_d -"]


def test_rows_that_a_query_changes() -> None:
    code = """
    session.query(Seed).filter(Seed.id == 1).update({"name": "z"})
    session.query(Seed).filter(Seed.id == 2).delete()
    found = session.query(Seed).filter(Seed.id < 3)"""
    assert mapped(code + MAKE) == ["update seeds -", "delete seeds -", "create_table t_z -"]


@pytest.mark.parametrize("table", ["Seed", "Other"])
@pytest.mark.parametrize("how", ["one.name = 'n'\n        one.id = 1", "setattr(one, 'name', 'n')"])
def test_what_is_assigned_to_an_object_that_was_read_is_an_update(table: str, how: str) -> None:
    mark = {"Seed": "update seeds -", "Other": "?update others -"}[table]
    assert mapped(f"    for one in session.query({table}).all():\n        {how}") == [mark]
    assert mapped(f"    one = session.query({table}).first()\n    if one:\n        {how}") == [mark]


def test_what_is_assigned_to_other_attributes_is_no_update() -> None:
    assert mapped("    for one in session.query(Seed):\n        one.seen = True") == []


def test_what_is_assigned_to_an_object_of_a_table_that_is_not_known_is_told() -> None:
    strange = "    from strange import Base as Unread\n    class Thing(Unread):\n        pass\n"
    code = "    for one in session.query(Thing).all():\n        one.name = 'n'"
    assert mapped(strange + code) == ["!opaque - -"]


def test_an_object_that_was_read_is_deleted() -> None:
    assert mapped("    session.delete(session.query(Seed).first())") == ["delete seeds -"]
    assert mapped("    session.delete(session.query(Other).first())") == ["?delete others -"]


def test_code_that_is_not_given_the_database_leaves_rows_alone() -> None:
    code = "    import strange\n    y = strange.work()\n    found = session.query(Seed).filter_by(id=1)"
    assert mapped(code + MAKE) == ["create_table t_a -"]
    given = code.replace("work()", "work(session)")
    assert mapped(given + MAKE)[0] == "!opaque - -"
    assert "create_table t_a -" not in mapped(given + MAKE)


@pytest.mark.parametrize("rows", ["session.execute(sa.select({}))", "session.execute(sa.select({})).all()"])
@pytest.mark.parametrize(
    ("target", "one"), [("row", "row[0]"), ("row", "row.{}"), ("(one,)", "one"), ("one, *rest", "one")]
)
@pytest.mark.parametrize("table", ["Seed", "Other"])
def test_rows_of_objects(rows: str, target: str, one: str, table: str) -> None:
    mark = {"Seed": "update seeds -", "Other": "?update others -"}[table]
    code = f"    for {target} in {rows.format(table)}:\n        {one.format(table)}.name = 'n'"
    assert mapped(code) == [mark]


def test_objects_of_two_classes() -> None:
    code = (
        "    for one, two in session.query(Seed, Other).join(Other, Other.id == Seed.id):\n        two.name = one.name"
    )
    assert mapped(code) == ["?update others -"]


def test_a_class_that_shares_a_table_has_only_some_of_its_rows() -> None:
    code = (
        "    class Sub(Seed):\n        pass\n    for one in session.query(Sub):\n        op.drop_table('t_' + one.name)"
    )
    assert mapped(code) == ["!opaque - -"]


def test_a_relationship_may_give_a_new_row_its_foreign_key() -> None:
    code = """
    class Child(Base):
        __tablename__ = "empty"
        id = sa.Column(sa.Integer, primary_key=True)
        name = sa.Column(sa.ForeignKey("seeds.id"))
    session.add(Child(id=1, parent=Seed(id=1)))
    for one in session.query(Child):
        if one.name is None:
            op.drop_table("t")"""
    assert mapped(code) == ["insert empty -", "?drop_table t -"]


def test_a_text_that_is_known_in_part_is_there() -> None:
    setup = "op.execute(\"CREATE TYPE p AS ENUM ('a'); CREATE TABLE t (p p[] DEFAULT '{}'::p[], q int)\")"
    code = """
    query = "SELECT column_default FROM information_schema.columns WHERE table_name = 't' AND column_name = '%s'"
    for name in "pq":
        if op.get_bind().execute(sa.text(query % name)).scalar():
            op.execute(f"ALTER TABLE t ALTER COLUMN {name} DROP DEFAULT")
    """
    assert follow(code, setup=setup).told == ["alter_column t p"]
