"""`migralint schema models`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.models.cases import Case
from tests.project import Alembic

MODELS = """\
from sqlalchemy import Column, Integer, Text
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class User(Base):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True)
    name = Column(Text)
"""
ENV = "from models import Base\n\ntarget_metadata = Base.metadata\n"


def written(files: dict[str, str], env: str = ENV) -> None:
    Case("case", files, env).write(Path())


def test_the_schema_is_printed_as_sql_and_json(call: Run) -> None:
    written({"models.py": MODELS})
    text = call("schema", "models").out
    assert "CREATE TABLE users" in text
    assert "revision" not in text
    ran = call("schema", "models", "--format", "json")
    assert ran.code == 0
    assert ran.err == ""
    found = json.loads(ran.out)
    assert [column["name"] for column in found["tables"]["public.users"]["columns"]] == ["id", "name"]
    assert found["heads"] == []


def test_an_answer_is_kept_until_a_file_changes(call: Run) -> None:
    written({"models.py": f"from strange import Kind\n{MODELS}    kind = Column(Kind)\n"})
    first = call("schema", "models", "--format", "json")
    assert "models.py:" in first.err
    assert "the type of column kind is not known" in first.err
    assert call("schema", "models", "--format", "json") == first
    Path("models.py").write_text(MODELS.replace("name =", "nick ="))
    changed = call("schema", "models", "--format", "json")
    assert '"nick"' in changed.out
    assert changed.err == ""


def test_a_new_module_is_seen(call: Run) -> None:
    text = "try:\n    import more\nexcept ImportError:\n    pass\n" + MODELS
    written({"models.py": text})
    call("schema", "models")
    Path("more.py").write_text(
        'from models import Base\nfrom sqlalchemy import Column, Integer\n\n\nclass More(Base):\n    __tablename__ = "more"\n    id = Column(Integer, primary_key=True)\n'
    )
    assert "more" in call("schema", "models").out


def test_what_is_not_there_is_an_error_without_a_traceback(call: Run) -> None:
    written({"models.py": MODELS}, "target_metadata = None\n")
    ran = call("schema", "models")
    assert ran.code == 2
    assert ran.out == ""
    assert "target_metadata is not known" in ran.err


def test_it_can_be_compared_with_the_history(call: Run) -> None:
    written({"models.py": MODELS})
    ran = call("schema", "--diff", "heads..models")
    assert ran.code == 0
    assert "public.users" in ran.out


@pytest.mark.parametrize("content", [b"\xff\xfe\x00class", b"class X(", b""])
def test_a_module_that_cannot_be_read_is_told(call: Run, content: bytes) -> None:
    written({"models.py": ""})
    Path("models.py").write_bytes(content)
    ran = call("schema", "models")
    assert ran.code == 2
    assert ran.out == ""
    assert "target_metadata is not known" in ran.err


@pytest.mark.parametrize(
    ("env", "told"),
    [
        ("from application import Base\n\ntarget_metadata = Base.metadata\n", True),
        ("target_metadata = None\n", False),
        ("", False),
    ],
)
def test_check_tells_where_models_are_not_compared(call: Run, env: str, told: bool) -> None:
    project = Alembic(Path())
    project.revision("one", 'op.create_table("users", sa.Column("id", sa.Integer, primary_key=True))')
    (Path("alembic") / "env.py").write_text(env)
    ran = call("check")
    assert ran.code < 2
    assert ("the models are not compared: alembic/env.py: the target_metadata is not known" in ran.err) is told
