"""A class of the project that descends from Flask-SQLAlchemy's, and what its instance has."""

from __future__ import annotations

import pytest

from migralint.schema import Name
from tests.python.following import follow

SHARED = """
from functools import partial
from flask_sqlalchemy import SQLAlchemy as Base
from sqlalchemy import MetaData
from sqlalchemy.types import DateTime, TypeDecorator

class Moment(TypeDecorator):
    impl = DateTime(timezone=True)

class Middle(Base):
    @property
    def Flag(self):
        return super().Boolean

class Database(Middle):
    def __getattr__(self, name):
        if name == "Moment":
            return Moment
        if name in ("Integer", "metadata"):
            return partial(self.String, 7)
        return super().__getattr__(name)

    def Wide(self):
        return self.Text()

db = Database(metadata=MetaData(naming_convention={'pk': 'own_%(table_name)s'}))
"""


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("db.Moment()", "timestamp with time zone"),
        ("db.Moment", "timestamp with time zone"),
        ("db.BigInteger()", "bigint"),
        ("db.String(3)", "character varying(3)"),
        ("db.Integer()", "character varying(7)"),
        ("db.Wide()", "text"),
        ("db.Flag()", "boolean"),
    ],
)
def test_types(kind: str, told: str) -> None:
    code = f"from shared import db\nop.create_table('t', db.Column('a', {kind}))"
    table = follow(code, files={"shared.py": SHARED}).paper.schema.tables[Name("public", "t")]
    assert [column.type for column in table.columns] == [told]


def test_what_the_library_sets_itself_does_not_go_through_getattr() -> None:
    code = "from shared import db\nfor name in db.metadata.tables:\n    op.drop_table(name)\nop.create_table('u')"
    files = {"shared.py": SHARED + "db.Table('t', db.Column('a', db.BigInteger))"}
    setup = "op.create_table('t', sa.Column('a', sa.Integer()))"
    assert follow(code, setup=setup, files=files).told == ["drop_table t -", "create_table u -"]


def test_the_module_op_names_the_operations_it_stands_for() -> None:
    code = "if op._proxy.migration_context.dialect.supports_sequences:\n    op.create_table('t')"
    assert follow(code).told == ["create_table t -"]


def test_the_class_that_flask_appbuilder_chooses() -> None:
    code = """
    from flask_appbuilder.utils.legacy import get_sqla_class
    db = get_sqla_class()()

    class Slice(db.Model):
        __tablename__ = "slices"
        id = sa.Column(sa.Integer, primary_key=True)

    session = db.Session(bind=op.get_bind())
    for one in session.query(Slice).all():
        op.drop_table("slices")
    session.add(Slice())
    """
    setup = "op.create_table('slices', sa.Column('id', sa.Integer, primary_key=True))"
    assert follow(code, setup=setup).told == ["insert slices -"]
