"""What is known of rows that the history inserts: their numbers, and what an INSERT gives back."""

from __future__ import annotations

import pytest

from tests.python.following import follow
from tests.python.test_rows import SETUP, TABLE

IDS = "    for row in bind.execute(sa.select(seeds.c.id)):\n        op.create_table(f't_{row.id}')\n"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("", ["c", "c", "c"]),
        (
            "op.execute(\"SELECT setval('seeds_id_seq', 8)\"); op.execute(\"INSERT INTO seeds (name) VALUES ('d')\")",
            ["c"] * 3 + ["!"],
        ),
        (
            "bind.execute(sa.text(\"SELECT nextval('seeds_id_seq')\")); op.bulk_insert(seeds, [{'name': 'd'}])",
            ["c"] * 3 + ["!"],
        ),
    ],
)
def test_numbers_of_rows_are_known_while_nothing_else_draws_them(code: str, expected: list[str]) -> None:
    found = follow(f"{TABLE}    {code}\n{IDS}", setup=SETUP)
    assert [line[0] for line in found.told if "insert" not in line] == expected


@pytest.mark.parametrize(
    "code",
    [
        "id = bind.execute(sa.insert(seeds).values(name='d').returning(seeds.c.id)).scalar()",
        "id = bind.execute(seeds.insert().returning((seeds.c.id).label('new')), {'name': 'd'}).mappings().first()['new']",
        "id = bind.execute(sa.text(\"INSERT INTO seeds AS s (name) VALUES (:n) RETURNING s.id;\"), {'n': 'd'}).fetchone()[0]",
        "id = bind.execute(seeds.insert().values(name='d')).inserted_primary_key[0]",
        "id = bind.execute(sa.text(\"INSERT INTO seeds (name) VALUES ('d'), ('e') RETURNING id, name\")).all()[0].id",
    ],
)
def test_what_an_insert_gives_back(code: str) -> None:
    told = follow(f"{TABLE}    {code}\n    op.create_table(f't_{{id}}')", setup=SETUP).told
    assert told[-1] == "create_table t_4 -"


def _insert(rest: str) -> str:
    return f'bind.execute(sa.text("INSERT INTO seeds (id, name) VALUES {rest}")).scalar()'


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (_insert("(9, now()::text) RETURNING name"), "?"),
        (_insert("(9, 'x') RETURNING name"), "c"),
        (_insert("(9, 'x') RETURNING NULLIF(name, 'x')"), " "),
        (_insert("(9, 'x') ON CONFLICT DO NOTHING RETURNING id"), "c"),
        (_insert("(1, 'x') ON CONFLICT DO NOTHING RETURNING id"), " "),
        ("bind.execute(unknown()).scalar()", "?"),
    ],
)
def test_what_an_insert_gives_back_decides(code: str, expected: str) -> None:
    told = follow(f"{TABLE}    if {code}:\n        op.create_table('more')", setup=SETUP).told
    assert ("".join(line[0] for line in told if "more" in line) or " ") == expected


def test_rows_that_may_have_been_inserted_decide_nothing() -> None:
    code = "    if unknown():\n        op.bulk_insert(empty, [{'name': 'x'}])\n"
    code += "    if bind.execute(sa.select(empty.c.name)).first():\n        op.create_table('more')"
    assert "?create_table more -" in follow(f"{TABLE}{code}", setup=SETUP).told


def test_a_value_that_the_database_chose_is_not_known_but_the_others_are() -> None:
    setup = f"{SETUP}    op.add_column('seeds', sa.Column('made', sa.DateTime, server_default=sa.func.now()))\n"
    code = (
        f"{TABLE}    for row in bind.execute(sa.text('SELECT * FROM seeds')):\n        op.create_table(f't_{{row.%s}}')"
    )
    assert [line[0] for line in follow(code % "made", setup=setup).told] == ["!"]
    assert [line[0] for line in follow(code % "name", setup=setup).told] == ["c"] * 3
