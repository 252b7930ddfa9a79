"""Rows of the secondary table of a many-to-many relationship, written by objects of mapped classes."""

from __future__ import annotations

import pytest

from tests.python.following import follow

SETUP = """
    op.create_table("role", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String))
    op.create_table("permission", sa.Column("id", sa.String, primary_key=True))
    op.create_table("role_permission", sa.Column("role_id", sa.Integer), sa.Column("permission_id", sa.String))
    op.execute("INSERT INTO permission (id) VALUES ('a')")
    {rows}
"""
CODE = """
    from sqlalchemy import orm

    Base = orm.declarative_base()

    class Permission(Base):
        __tablename__ = "permission"
        id = sa.Column(sa.String, primary_key=True)

    class Role(Base):
        __tablename__ = "role"
        id = sa.Column(sa.Integer, primary_key=True)
        name = sa.Column(sa.String)
        permissions = orm.relationship(Permission, secondary="role_permission")
        parent = orm.relationship("Role")

        def __init__(self, name, permissions):
            self.id = None
            self.name = name
            self.permissions = permissions

    session = orm.Session(bind=op.get_bind())
    {code}
    session.commit()
"""
ROW = "op.execute(\"INSERT INTO role (id, name) VALUES (1, 'admin')\")"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("session.add(Role('x', session.query(Permission).all()))", ["insert role -", "insert role_permission -"]),
        ("session.add(Role('x', []))", ["insert role -"]),
        ("session.query(Role).first().permissions = session.query(Permission).all()", ["insert role_permission -"]),
        ("session.query(Role).first().permissions = []", []),
        ("session.query(Role).first().permissions.append(Permission())", ["insert role_permission -"]),
        ("session.query(Role).first().permissions.clear()", ["delete role_permission -"]),
        ("setattr(session.query(Role).first(), 'permissions', [Permission()])", ["insert role_permission -"]),
        ("session.query(Role).first().parent = None", []),
        ("session.query(Role).first().name = 'y'", ["update role -"]),
    ],
)
def test_a_many_to_many_relationship_writes_rows(code: str, expected: list[str]) -> None:
    assert follow(CODE.replace("{code}", code), setup=SETUP.replace("{rows}", ROW)).told == expected


def test_a_key_that_is_none_is_made_by_the_database() -> None:
    code = """session.add(Role('x', []))
    found = op.get_bind().execute(sa.text("SELECT id FROM role WHERE name = 'x'")).scalar()
    if found is not None:
        op.execute("CREATE TABLE there (a int)")"""
    told = follow(CODE.replace("{code}", code), setup=SETUP.replace("{rows}", "pass")).told
    assert "there" in told[1]


def test_what_a_relationship_of_an_unknown_row_leads_to_is_deleted() -> None:
    code = """
    from sqlalchemy import orm
    Base = orm.declarative_base()

    class View(Base):
        __tablename__ = "view"
        id = sa.Column(sa.Integer, primary_key=True)
        menu = orm.relationship("Menu")

    class Menu(Base):
        __tablename__ = "menu"
        id = sa.Column(sa.Integer, primary_key=True)

    session = orm.Session(bind=op.get_bind())
    for view in session.query(View).filter(View.id > 3).all():
        session.delete(view.menu)
    if session.query(sa.table("other")).count():
        op.drop_table("other")
    """
    setup = "".join(
        f"op.create_table('{t}', sa.Column('id', sa.Integer, primary_key=True))\n" for t in ("menu", "other")
    )
    setup += "op.create_table('view', sa.Column('id', sa.Integer, primary_key=True))\nop.execute('INSERT INTO view SELECT random()::int')"
    assert follow(code, setup=setup).told == ["?delete menu -"]
