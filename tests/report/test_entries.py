from __future__ import annotations

import hashlib

from migralint.report.entries import entry
from tests.python.following import follow
from tests.sql.reading import steps


def test_a_name_that_is_cut_is_listed_as_it_is_written() -> None:
    name = "ix_" + "x" * 70
    made = steps(f"CREATE TABLE t (a int); CREATE INDEX {name} ON t (a)")[-1]
    assert made.operation.object_name == name[:63]
    assert entry(None, made, lambda place: 1)["name"] == name


def test_a_name_that_sqlalchemy_shortens_is_listed_as_it_is_given() -> None:
    name = "ix_" + "x" * 70
    made = follow(
        f"op.create_index(op.f('{name}'), 't', ['a'])", setup="op.create_table('t', sa.Column('a', sa.Integer()))"
    )
    (step,) = made.steps
    assert step.operation.object_name == f"{name[:55]}_{hashlib.md5(name.encode()).hexdigest()[-4:]}"
    assert entry(None, step, lambda place: 1)["name"] == name
