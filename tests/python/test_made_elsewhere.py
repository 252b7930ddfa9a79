"""Values that classes of libraries make for classes below them, and what packages do to scripts."""

from __future__ import annotations

import pytest

from migralint.operations import Opaque
from tests.python.following import follow

FORMATTER = """
import string

class Strict(string.Formatter):
    def check_unused_args(self, used_args, args, kwargs):
        assert used_args
"""


@pytest.mark.parametrize(
    "call",
    [
        "Strict().format('DROP TABLE {0}{name}', 'a', name='b')",
        "Strict().vformat('DROP TABLE {0}{name}', ['a'], {'name': 'b'})",
    ],
)
def test_formatters(call: str) -> None:
    told = follow(f"{FORMATTER}\nop.execute({call})", setup="op.create_table('ab', sa.Column('id', sa.Integer))").told
    assert told == ["drop_table ab -"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "def __new__(cls, kind, **more):\n            return sa.Enum(kind, native_enum=False, length=9, **more)",
            "character varying(9)",
        ),
        ("def __init__(self, *args):\n            super().__init__(*args, name='kinds')", "kinds"),
    ],
)
def test_classes_below_the_type_of_enums(body: str, expected: str) -> None:
    code = f"""
    import enum
    class Own(sa.Enum):
        {body}

    class Kind(enum.Enum):
        A = "a"

    op.create_table("t", sa.Column("kind", Own(Kind)))
    """
    (table,) = follow(code).paper.schema.tables.values()
    assert table.columns[0].type == expected


def test_a_script_that_sqlparse_splits() -> None:
    code = """
    import sqlparse
    text = "CREATE TABLE a (id int); -- one; two\\nCREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1; $$;"
    for statement in sqlparse.split(sqlparse.format(text, strip_comments=True)):
        op.execute(statement)
    """
    assert [step.operation.operation for step in follow(code).steps] == ["create_table", "create_function"]


def test_a_name_with_a_number_by_chance_stands_for_one_table() -> None:
    code = """
    from random import randint
    number = randint(1, 100)
    op.create_table(f"t{number}", sa.Column("id", sa.String))
    op.execute(f"INSERT INTO t{number} SELECT 'a'")
    op.drop_table("t")
    op.rename_table(f"t{number}", "t")
    if number > 50:
        op.create_index("i", "t", ["id"])
    """
    found = follow(code, setup="op.create_table('t', sa.Column('id', sa.Integer))")
    told = ["create_table", "insert", "drop_table", "rename_table", "?create_index"]
    assert [line.partition(" ")[0] for line in found.told] == told
    assert {step.operation.reason for step in found.steps if isinstance(step.operation, Opaque)} == {
        "a number by chance"
    }
    (table,) = found.paper.schema.tables.values()
    assert (table.name.name, table.columns[0].type) == ("t", "character varying")
