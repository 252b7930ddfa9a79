"""Enums of SQLAlchemy whose class is that of a package which is not read: the type is known, its labels are not."""

from __future__ import annotations

from typing import cast

import pytest

from migralint.operations import Opaque
from migralint.render.sql import script
from migralint.schema import EnumType, Name
from migralint.schema.canonical import doubtful
from tests.python.following import Followed, follow

NAME = Name("public", "orderstate")
MADE = """
from shop.states import OrderState
op.create_table('t', sa.Column('state', sa.Enum(OrderState), server_default='OPEN'))
"""
QUESTION = "SELECT 1 FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid WHERE typname = 'orderstate' AND enumlabel = "


def _type(followed: Followed) -> EnumType:
    return cast(EnumType, followed.paper.schema.types[NAME])


def test_the_type_has_the_name_of_the_class() -> None:
    followed = follow(MADE)
    assert followed.told == ["!opaque - -", "create_type - public.orderstate", "create_table t -"]
    assert followed.paper.schema.tables[Name("public", "t")].columns[0].type == "orderstate"
    assert _type(followed) == EnumType(NAME, (), partial=True)
    told = [s.operation for s in followed.steps if isinstance(s.operation, Opaque)]
    assert [(o.reason, o.may_change_schema) for o in told] == [
        ("the labels of the enum orderstate are not known", False)
    ]


@pytest.mark.parametrize(
    ("kind", "made"),
    [
        ("sa.Enum(OrderState, name='given')", "given"),
        ("postgresql.ENUM(OrderState)", "orderstate"),
        ("sa.ARRAY(sa.Enum(OrderState))", "orderstate"),
        ("sa.Enum(OrderState, values_callable=lambda c: [m.value for m in c])", "orderstate"),
    ],
)
def test_ways_to_give_the_class(kind: str, made: str) -> None:
    followed = follow(f"from shop.states import OrderState\nop.create_table('t', sa.Column('state', {kind}))")
    assert [(e.name.name, e.partial) for e in followed.paper.schema.enums()] == [(made, True)]


@pytest.mark.parametrize("kind", ["sa.Enum(OPEN)", "sa.Enum(*STATES)", "sa.Enum(OrderState, native_enum=False)"])
def test_no_type_is_made_of_what_is_no_class_or_not_native(kind: str) -> None:
    code = f"from shop.states import OPEN, STATES, OrderState\nop.create_table('t', sa.Column('state', {kind}))"
    assert list(follow(code).paper.schema.enums()) == []


@pytest.mark.parametrize("label", ["OPEN", "PAID"])
def test_questions_about_labels_have_no_known_answer(label: str) -> None:
    code = f"""
    if not op.get_bind().execute(sa.text("{QUESTION}'{label}'")).fetchone():
        op.execute("ALTER TYPE orderstate ADD VALUE '{label}'")
    """
    assert follow(code, setup=MADE).told == ["?alter_type_add_value - public.orderstate"]


def test_a_label_that_was_added_is_there() -> None:
    code = f"""
    if op.get_bind().execute(sa.text("SELECT EXISTS ({QUESTION}'PAID')")).scalar():
        op.drop_table('t')
    """
    setup = MADE + "\nop.execute(\"ALTER TYPE orderstate ADD VALUE 'PAID'\")"
    assert follow(code, setup=setup).told == ["drop_table t -"]


def test_the_type_is_there_for_certain() -> None:
    code = """
    if op.get_bind().execute(sa.text("SELECT 1 FROM pg_type WHERE typname = 'orderstate'")).fetchone():
        op.drop_table('t')
    """
    assert follow(code, setup=MADE).told == ["drop_table t -"]


def test_labels_that_are_placed_or_renamed_may_be_there() -> None:
    code = """
    op.execute("ALTER TYPE orderstate ADD VALUE 'PAID' BEFORE 'SENT'")
    op.execute("ALTER TYPE orderstate RENAME VALUE 'GONE' TO 'LOST'")
    """
    followed = follow(code, setup=MADE)
    assert followed.told == ["alter_type_add_value - public.orderstate", "alter_type_rename_value - public.orderstate"]
    assert _type(followed) == EnumType(NAME, ("PAID",), partial=True)


def test_the_inspector_does_not_know_the_labels() -> None:
    code = "if len(sa.inspect(op.get_bind()).get_enums()[0]['labels']) == 0:\n    op.drop_table('t')"
    assert follow(code, setup=MADE).told == ["?drop_table t -"]


def test_the_script_has_the_labels_that_defaults_need() -> None:
    schema = follow(MADE).paper.schema
    assert doubtful(schema)
    text = script(schema)
    assert "-- Not all labels of this type are known: public.orderstate\n" in text
    assert "CREATE TYPE orderstate AS ENUM ('OPEN');" in text
