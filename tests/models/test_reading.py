"""Which models are read, and what is told of those that cannot be known."""

from __future__ import annotations

from pathlib import Path

import pytest

from migralint.models import Models
from migralint.project import Project, ProjectError
from migralint.schema import Name
from tests.models.cases import ENV as CASE_ENV
from tests.models.cases import HEADER, Case

BASE = "from sqlalchemy.orm import declarative_base\n\nBase = declarative_base()\n"
USER = (
    "from app.base import Base\nfrom sqlalchemy import Column, Integer\n\n\nclass User(Base):\n"
    '    __tablename__ = "users"\n    id = Column(Integer, primary_key=True)\n'
)
POST = USER.replace("User", "Post").replace("users", "posts")
ENV = "from app.base import Base\n\ntarget_metadata = Base.metadata\n"
FILES = {"app/__init__.py": "", "app/base.py": BASE, "app/users.py": USER, "app/posts.py": POST}


def read(folder: Path, files: dict[str, str], env: str = ENV, *settings: str) -> Models:
    Case("case", files, env).write(folder)
    return Project.open(str(folder), configuration_overrides=settings, cache=False).models


def tables(models: Models) -> list[str]:
    return sorted(name.name for name in models.schema.tables)


def told(models: Models) -> str:
    reasons = [str(step.reason) for step in models.steps if step.certainty == "opaque"]
    return "\n".join([*reasons, *(note.message for note in models.notes)])


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ('models = ["app.users"]', ["users"]),
        ('models = ["app"]', ["posts", "users"]),
        ('models = ["app.users", "app.posts"]', ["posts", "users"]),
        ('models = ["app.users:Base.metadata"]', ["users"]),
        ('models = ["app.posts:Base"]', ["posts"]),
        ('models = ["app.posts:Base", "app.users"]', ["posts", "users"]),
    ],
)
def test_the_key_names_modules_packages_and_attributes(key: str, expected: list[str], tmp_path: Path) -> None:
    assert tables(read(tmp_path, FILES, ENV, key)) == expected


def test_modules_that_only_others_import_count_where_env_py_imports_none(tmp_path: Path) -> None:
    aside = {"tests/test_x.py": POST.replace("posts", "of_a_test")}
    assert tables(read(tmp_path, {**FILES, **aside})) == ["posts", "users"]


def test_options_that_only_the_code_which_calls_alembic_sets(tmp_path: Path) -> None:
    env = (
        "from alembic import context\nfrom app.base import Base\n\n\ndef run():\n"
        "    options = context.config.get_section(context.config.config_ini_section)\n"
        '    url = options.pop("url")\n'
        "    context.configure(url=url, target_metadata=Base.metadata)\n\n\nrun()\n"
    )
    case = Case("case", FILES, "target_metadata = None\n")
    case.write(tmp_path)
    (tmp_path / "alembic.ini").unlink()
    (tmp_path / "alembic" / "env.py").write_text(env)
    assert tables(Project.open(str(tmp_path), cache=False).models) == ["posts", "users"]


def test_a_module_that_nobody_imports_does_not_count_where_env_py_imports_others(tmp_path: Path) -> None:
    assert tables(read(tmp_path, FILES, f"import app.users\n{ENV}")) == ["users"]


def test_imports_for_type_checkers_and_in_functions_do_not_run(tmp_path: Path) -> None:
    user = (
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from app.posts import Post\n\n"
        + USER
        + "\n    def posts(self):\n        from app.posts import Post\n"
    )
    assert tables(read(tmp_path, {**FILES, "app/users.py": user}, f"import app.users\n{ENV}")) == ["users"]


def test_tables_of_another_metadata_do_not_count(tmp_path: Path) -> None:
    other = USER.replace("from app.base import Base", BASE).replace("users", "elsewhere")
    files = {**FILES, "app/other.py": other, "app/users.py": f"import app.other\n{USER}"}
    assert tables(read(tmp_path, files, f"import app.users\n{ENV}")) == ["users"]
    assert tables(read(tmp_path / "again", files, ENV, 'models = ["app.users"]')) == ["users"]


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ('models = ["nowhere"]', "no module 'nowhere' in the project"),
        ('models = ["app.users:nothing"]', "app.users:nothing is no MetaData"),
        ('models = ["app.base"]', "no table is defined in app.base"),
    ],
)
def test_a_key_that_leads_nowhere_is_an_error(key: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=message):
        read(tmp_path, FILES, ENV, key)


def test_a_target_metadata_that_is_not_known_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"target_metadata is not known.*name its modules with the key models"):
        read(tmp_path, FILES, "import elsewhere\n\ntarget_metadata = elsewhere.metadata\n")


@pytest.mark.parametrize(
    "base",
    [
        "from strange.db import Base",
        "from strange import db\nBase = db.Model",
        "import strange\nBase = strange.make_base()",
        "import strange\ndb = strange.Database()\nBase = db.Model",
        "import strange\nclass Base(strange.Model):\n    __abstract__ = True",
    ],
)
@pytest.mark.parametrize(
    "env", [ENV, "import app.users\nimport app.posts\nfrom strange import meta\ntarget_metadata = meta\n"]
)
def test_classes_below_a_base_of_a_package_that_is_not_at_hand(base: str, env: str, tmp_path: Path) -> None:
    item = (
        POST.replace("Post", "Item(Post)")
        .replace("(Base)", "")
        .replace("app.base import Base", "app.posts import Post")
    )
    item = item.replace(
        '    __tablename__ = "posts"\n    id = Column(Integer, primary_key=True)', "    size = Column(Integer)"
    )
    models = read(
        tmp_path, {**FILES, "app/base.py": base, "app/items.py": item}, f"import app.items\nimport app.users\n{env}"
    )
    assert tables(models) == ["posts", "users"]
    assert "is not known: it may add columns" in told(models) or "a class that is not read" in told(models)
    assert [c.name for c in models.schema.tables[Name("public", "posts")].columns] == ["id", "size"]
    assert models.open
    assert tables(read(tmp_path / "again", {**FILES, "app/base.py": base}, ENV, 'models = ["app.users"]')) == ["users"]


def test_tables_in_the_metadata_of_a_package_that_is_not_at_hand(tmp_path: Path) -> None:
    table = 'import strange\nfrom sqlalchemy import Column, Integer, Table\n\nTable("t", strange.db.metadata, Column("id", Integer))\n'
    env = "import app.users\nfrom strange.db import metadata\n\ntarget_metadata = metadata\n"
    models = read(tmp_path, {**FILES, "app/users.py": table}, env)
    assert tables(models) == ["t"]
    assert models.details.unnamed


def test_bases_of_two_packages_that_are_not_at_hand_are_kept_apart(tmp_path: Path) -> None:
    files = {"one.py": USER.replace("app.base", "first"), "two.py": POST.replace("app.base", "second")}
    env = "import one, two\nfrom second import Base\n\ntarget_metadata = Base.metadata\n"
    assert tables(read(tmp_path, files, env)) == ["posts"]


def test_no_tables_are_no_answer_where_a_module_defines_some(tmp_path: Path) -> None:
    user = USER.replace("class User(Base):", "@strange\nclass User(make()):").replace("from app.base", "from strange")
    with pytest.raises(
        ProjectError, match=r"no table is known in its target_metadata, though app/users.py looks as if"
    ):
        read(tmp_path, {"app/__init__.py": "", "app/base.py": BASE, "app/users.py": user})
    assert tables(read(tmp_path / "again", {"app/__init__.py": "", "app/base.py": BASE})) == []


def test_a_base_of_a_package_that_is_not_known_is_told(tmp_path: Path) -> None:
    user = USER.replace("class User(Base)", "class User(Strange, Base)").replace(
        "from app.base", "from strange.mixins import Strange\nfrom app.base"
    )
    models = read(tmp_path, {**FILES, "app/users.py": user}, f"import app.users\n{ENV}")
    assert "strange.mixins.Strange, a base of class User, is not known: it may add columns" in told(models)
    (table,) = models.schema.tables.values()
    assert table.doubtful


def test_a_type_that_is_not_known_is_told(tmp_path: Path) -> None:
    user = f"from strange import Colour\n{USER}    colour = Column(Colour)\n"
    models = read(tmp_path, {**FILES, "app/users.py": user}, f"import app.users\n{ENV}")
    assert "the type of column colour is not known" in told(models)
    (table,) = models.schema.tables.values()
    column = table.column("colour")
    assert column is not None
    assert column.doubtful


def test_a_part_that_is_not_known_costs_only_itself(tmp_path: Path) -> None:
    user = (
        f"from strange import name\nfrom sqlalchemy import Index\n{USER}    x = Column(Integer)\n"
        '    __table_args__ = (Index(name(), "x"), Index("ix_known", "x"))\n'
    )
    models = read(tmp_path, {**FILES, "app/users.py": user}, f"import app.users\n{ENV}")
    (table,) = models.schema.tables.values()
    assert [index.name for index in table.indexes] == ["ix_known"]
    assert "strange.name is not known" in told(models)
    assert table.doubtful


def test_a_reference_that_leads_nowhere_is_told(tmp_path: Path) -> None:
    user = f'from sqlalchemy import ForeignKey\n{USER}    x = Column(Integer, ForeignKey("gone.id"))\n'
    models = read(tmp_path, {**FILES, "app/users.py": user}, f"import app.users\n{ENV}")
    assert "the table public.gone that it references is in none of the models" in told(models)
    assert tables(models) == ["users"]


def test_a_condition_that_nobody_knows_leaves_tables_doubtful(tmp_path: Path) -> None:
    text = (
        f"from strange import flag\nfrom app.base import Base\n\nif flag():\n    pass\n\n{USER}\nif flag():\n"
        + "".join(f"    {line}\n" for line in POST.splitlines())
    )
    models = read(tmp_path, {**FILES, "app/users.py": text}, f"import app.users\n{ENV}")
    doubtful = {name.name: table.doubtful for name, table in models.schema.tables.items()}
    assert doubtful == {"users": False, "posts": True}


def test_code_of_the_project_never_runs(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    user = f"from pathlib import Path\n\nPath({str(mark)!r}).touch()\nopen({str(mark)!r}, 'w').write('x')\n{USER}"
    assert tables(read(tmp_path, {**FILES, "app/users.py": user}, f"import app.users\n{ENV}")) == ["users"]
    assert not mark.exists()


def test_a_circle_of_types_ends(tmp_path: Path) -> None:
    user = (
        "from sqlalchemy import Column, ForeignKey\nfrom app.base import Base\n\n\n"
        'class A(Base):\n    __tablename__ = "a"\n    id = Column(ForeignKey("b.id"), primary_key=True)\n\n\n'
        'class B(Base):\n    __tablename__ = "b"\n    id = Column(ForeignKey("a.id"), primary_key=True)\n'
    )
    models = read(tmp_path, {**FILES, "app/users.py": user}, f"import app.users\n{ENV}")
    assert tables(models) == ["a", "b"]
    assert "has no type" in told(models)


@pytest.mark.parametrize(
    "lock",
    [
        {"uv.lock": '[[package]]\nname = "sqlmodel"\nversion = "0.0.22"\n'},
        {"requirements.txt": "fastapi>=0.1\nsqlmodel==0.0.22\n"},
        {"pyproject.toml": '[project]\ndependencies = ["sqlmodel<0.0.40"]\n'},
        {"pyproject.toml": '[tool.poetry.dependencies]\nsqlmodel = "^0.0.22"\n'},
    ],
)
def test_the_version_of_a_package_decides(lock: dict[str, str], tmp_path: Path) -> None:
    event = (
        "from datetime import datetime\nfrom sqlmodel import Field, SQLModel\n\n\nclass Event(SQLModel, table=True):\n"
        "    id: int = Field(primary_key=True)\n    at: datetime\n"
    )
    env = "import event\nfrom sqlmodel import SQLModel\n\ntarget_metadata = SQLModel.metadata\n"
    for files, expected in ((lock, "timestamp without time zone"), ({}, "timestamp with time zone")):
        models = read(tmp_path / str(len(files)), {"event.py": event, **files}, env)
        (table,) = models.schema.tables.values()
        column = table.column("at")
        assert column is not None
        assert column.type == expected


def test_with_an_attribute_other_modules_are_only_imported(tmp_path: Path) -> None:
    aside = {"aside.py": f"{BASE}\n\nclass Aside(Base):\n    __tablename__ = 'aside'\n    __abstract__ = False\n"}
    found = read(tmp_path, {**FILES, **aside}, ENV, 'models = ["app.users:Base.metadata", "app.posts", "aside"]')
    assert tables(found) == ["posts", "users"]


def test_a_constraint_that_postgresql_refuses_does_not_take_its_table_along(tmp_path: Path) -> None:
    text = (
        "class User(Base):\n    __tablename__ = 'users'\n    id = Column(Integer, primary_key=True)\n\n\n"
        "class Order(Base):\n    __tablename__ = 'orders'\n    id = Column(Integer, primary_key=True)\n"
        "    user = Column(Text, ForeignKey('users.id'))\n    data = Column(JSON, unique=True)\n"
        "    note = Column(Text, index=True)\n    more = Column(JSON, index=True)\n"
    )
    models = read(tmp_path, {"models.py": f"{HEADER}{BASE}\n\n{text}"}, CASE_ENV)
    table = models.schema.tables[Name("public", "orders")]
    assert [column.name for column in table.columns] == ["id", "user", "data", "note", "more"]
    assert [one.kind for one in table.constraints] == ["primary_key"]
    assert [one.name for one in table.indexes] == ["ix_orders_note"]
    assert not table.doubtful
    assert not models.schema.opaque
    said = [note.message for note in models.notes]
    assert len(said) == 3
    assert all(message.startswith("create_all would fail: ") for message in said)


def test_options_for_another_database_by_a_condition_that_is_not_known(tmp_path: Path) -> None:
    text = (
        "from settings import url\n\n\ndef table_args():\n    if url.scheme == 'mysql':\n"
        "        return {'mysql_engine': 'InnoDB'}\n    return None\n\n\n"
        "class Order(Base):\n    __tablename__ = 'orders'\n"
        "    __table_args__ = (UniqueConstraint('number', name='once'), table_args())\n"
        "    id = Column(Integer, primary_key=True)\n    number = Column(Integer)\n"
    )
    models = read(tmp_path, {"models.py": f"{HEADER}{BASE}{text}"}, CASE_ENV)
    table = models.schema.tables[Name("public", "orders")]
    assert not table.doubtful
    assert {one.name for one in table.constraints} == {"orders_pkey", "once"}


def test_one_of_two_metadata_of_which_the_other_is_not_there(tmp_path: Path) -> None:
    base = (
        "from framework import version\n\nmine = MetaData()\n\n\nclass Root(DeclarativeBase):\n    pass\n\n\n"
        "if version >= '3':\n    Root.metadata = mine\nelse:\n    from framework.models import Base as Other\n\n"
        "    Root.metadata = Other.metadata\n\nmetadata = Root.metadata\n"
        "orders = Table('orders', Root.metadata, Column('id', Integer, primary_key=True))\n"
    )
    models = read(tmp_path, {"models.py": f"{HEADER}{base}"}, "from models import metadata as target_metadata\n")
    assert list(models.schema.tables) == [Name("public", "orders")]


def test_a_type_that_is_not_known_is_one_column_of_its_table(tmp_path: Path) -> None:
    text = BASE + (
        "import os\nfrom sqlalchemy import Column, Integer, Text, TypeDecorator\nfrom unknown_json import json_type\n\n\n"
        "class Secret(TypeDecorator):\n    impl = Text\n\n    def __init__(self):\n"
        "        if not os.getenv('SECRET_OF_THE_APPLICATION'):\n            raise ValueError('not set')\n\n\n"
        "class A(Base):\n    __tablename__ = 'a'\n    id = Column(Integer, primary_key=True)\n"
        "    data = Column(json_type(nested=True))\n    secret = Column(Secret)\n"
    )
    models = read(tmp_path, {"app/__init__.py": "", "app/base.py": text})
    (table,) = models.schema.tables.values()
    assert [(column.name, column.doubtful) for column in table.columns] == [
        ("id", False),
        ("data", True),
        ("secret", False),
    ]


FLASK = {
    "app/__init__.py": "",
    "app/db.py": "from flask_sqlalchemy import SQLAlchemy\n\ndb = SQLAlchemy()\n",
    "app/models.py": (
        "from app.db import db\n\n\nclass User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n\n\n"
        'class Log(db.Model):\n    __bind_key__ = "logs"\n    id = db.Column(db.Integer, primary_key=True)\n'
    ),
    "app/factory.py": (
        "from flask import Flask\nfrom flask_migrate import Migrate\n\nfrom app.db import db\n\n\ndef create_app():\n"
        '    app = Flask("app")\n    Migrate(app, db)\n    return app\n'
    ),
}
OWN_BASE = {
    "app/__init__.py": "",
    "app/db.py": f"{BASE}\n\ndef init_db():\n    import app.models\n\n    return Base\n",
    "app/models.py": USER.replace("app.base", "app.db").replace("users", "user"),
    "app/factory.py": (
        "from flask import Flask\nfrom flask_migrate import Migrate\n\n\ndef create_app():\n"
        '    from app.db import init_db\n\n    app = Flask("app")\n    Migrate(app, init_db())\n    return app\n'
    ),
}


@pytest.mark.parametrize("files", [FLASK, OWN_BASE], ids=["SQLAlchemy", "a base of its own"])
@pytest.mark.parametrize(
    "env",
    [
        "target_metadata = current_app.extensions['migrate'].db.metadata\n",
        "target_metadata = current_app.extensions.get('migrate').db.metadata\n",
        "target_metadata = current_app.extensions['sqlalchemy'].db.metadata\n",
        "target_db = current_app.extensions['migrate'].db\n\n\ndef get_metadata():\n"
        "    if hasattr(target_db, 'metadatas'):\n        return target_db.metadatas[None]\n"
        "    return target_db.metadata\n\n\ntarget_metadata = get_metadata()\n",
        "from app.factory import create_app\n\ntarget_metadata = create_app().extensions['migrate'].db.metadata\n",
    ],
)
def test_the_database_of_a_flask_application(env: str, files: dict[str, str], tmp_path: Path) -> None:
    assert tables(read(tmp_path, files, f"from flask import current_app\n\n{env}")) == ["user"]


def test_of_several_bases_none_is_taken_for_that_of_the_application(tmp_path: Path) -> None:
    second = USER.replace("from app.base import Base", BASE)
    env = "from flask import current_app\n\ntarget_metadata = current_app.extensions['migrate'].db.metadata\n"
    with pytest.raises(ProjectError, match="target_metadata is not known"):
        read(tmp_path, {**OWN_BASE, "app/second.py": second}, env)


def test_the_key_leaves_out_tables_of_other_databases(tmp_path: Path) -> None:
    assert tables(read(tmp_path, FLASK, ENV, 'models = ["app"]')) == ["user"]
    logs = FLASK["app/models.py"].replace(
        "class User(db.Model):\n", "class User(db.Model):\n    __bind_key__ = 'logs'\n"
    )
    assert tables(read(tmp_path / "again", {**FLASK, "app/models.py": logs}, ENV, 'models = ["app"]')) == [
        "log",
        "user",
    ]


def test_the_metadata_that_a_package_is_handed_which_configures_alembic(tmp_path: Path) -> None:
    Case("case", FILES, ENV).write(tmp_path)
    env = (
        "from alembic import context\nfrom strange.alembic import offline, online\n\nfrom app.base import Base\n\n"
        "if context.is_offline_mode():\n    offline(Base.metadata)\nelse:\n    online(Base.metadata, url='x')\n"
    )
    (tmp_path / "alembic" / "env.py").write_text(env)
    assert tables(Project.open(str(tmp_path), cache=False).models) == ["posts", "users"]


def test_a_size_that_is_not_known_is_told(tmp_path: Path) -> None:
    user = USER.replace("Column, Integer", "ARRAY, Column, Integer, Numeric, String").replace(
        "from app.base", "import strange\nfrom app.base"
    )
    columns = (
        "    a = Column(String(strange.length))\n    b = Column(Numeric(precision=strange.digits(), scale=2))\n"
        "    c = Column(ARRAY(String(strange.length())))\n    d = Column(String(20))\n"
    )
    models = read(tmp_path, {**FILES, "app/users.py": user + columns}, f"import app.users\n{ENV}")
    (table,) = models.schema.tables.values()
    assert [column.name for column in table.columns if column.doubtful] == ["a", "b", "c"]
    assert "the size of the type of column b is not known: strange.digits is not known" in told(models)
