"""Imports: names of libraries by every way that Python has to import them."""

from __future__ import annotations

import pytest

from tests.python.following import follow, run

SETUP = "op.create_table('t', sa.Column('a', sa.Integer))"


@pytest.mark.parametrize(
    "code",
    [
        "from alembic.op import drop_table\ndrop_table('t')",
        "from alembic.op import drop_table as dt, execute\ndt('t')",
        "from alembic.op import *\ndrop_table('t')",
        "import alembic.op\nalembic.op.drop_table('t')",
        "import alembic.op as o\no.drop_table('t')",
        "from alembic.op import get_bind\nget_bind().execute('DROP TABLE t')",
        "from alembic.op import execute\nexecute('DROP TABLE t')",
        "from alembic.context import execute\nexecute('DROP TABLE t')",
    ],
)
def test_operations_by_name(code: str) -> None:
    assert follow(code, setup=SETUP).told == ["drop_table t -"]


@pytest.mark.parametrize("star", ["from alembic.op import *", "from helpers import *", "from more import *"])
def test_star_imports_of_a_module(star: str) -> None:
    source = f"{star}\nfrom sqlalchemy import *\nfrom sqlalchemy.dialects.postgresql import *\n" + (
        "def upgrade():\n"
        "    create_table('t', Column('a', Integer(), nullable=False), Column('b', JSONB), Column('c', ARRAY(Text)))\n"
        "    create_index(f('i'), 't', ['a'])\n"
        "    execute(text('DROP INDEX i'))\n"
        "    print(len([sum([1])]))\n"
    )
    files = {"helpers.py": "from alembic.op import *\n", "more.py": "from helpers import *\n"}
    followed = run(source, files=files)
    assert followed.told == ["create_table t -", "create_index t i", "drop_index - i"]
    (table,) = followed.paper.schema.tables.values()
    assert [column.type for column in table.columns] == ["integer", "jsonb", "text[]"]


def test_a_name_through_a_module_with_star_imports() -> None:
    files = {"helpers.py": "from alembic.op import *\nfrom sqlalchemy import *\n"}
    code = "from helpers import Column, Integer, drop_table\nimport helpers\ndrop_table('t')\n"
    code += "helpers.create_table('u', Column('a', Integer))"
    assert follow(code, setup=SETUP, files=files).told == ["drop_table t -", "create_table u -"]


def test_a_name_whose_value_cannot_be_made_is_not_known() -> None:
    followed = run(
        "import os\nfrom alembic import op\nplace = os.environ['PLACE']\ndef before(): pass\nmake = {'a': before}[place]\n"
        "def upgrade():\n    if place == 'here':\n        op.execute('DROP TABLE IF EXISTS t')\n    make()\n"
    )
    assert followed.told == ["?drop_table t -", "!opaque - -"]


@pytest.mark.parametrize(
    "package", ["from helpers import kinds", "from . import kinds", "from helpers import kinds, no"]
)
@pytest.mark.parametrize("use", ["import helpers", "from helpers import kinds\nimport helpers"])
def test_a_package_that_imports_its_own_modules(package: str, use: str) -> None:
    files = {"helpers/__init__.py": package, "helpers/kinds.py": "from helpers import more\nname = more.name"}
    files["helpers/more.py"] = "name = 't'"
    assert follow(f"{use}\nop.drop_table(helpers.kinds.name)", setup=SETUP, files=files).told == ["drop_table t -"]


@pytest.mark.parametrize("folder", ["shop_common", "shop-common", "shop-common/src"])
def test_a_package_in_the_folder_of_its_own_project(folder: str) -> None:
    files = {
        f"{folder}/shop_common/__init__.py": "",
        f"{folder}/shop_common/names.py": "from shop_common.more import T",
    }
    files[f"{folder}/shop_common/more.py"] = "T = 't'"
    code = "from shop_common import names\nop.drop_table(names.T)"
    assert follow(code, setup=SETUP, files=files).told == ["drop_table t -"]
    there = {**files, "shop_common/__init__.py": ""}
    assert follow(code, setup=SETUP, files=there).told == ["!opaque - -"]


def test_a_star_import_of_what_the_module_itself_gave_away() -> None:
    files = {
        "app/__init__.py": "made = 't'\nfrom app.late import *\n",
        "app/late.py": "from app.inner import made\nother = 'o'\n",
        "app/inner.py": "from app import made\n",
    }
    assert follow("from app import made, other\nop.drop_table(made + other)", files=files).told == ["drop_table to -"]


@pytest.mark.parametrize(
    ("line", "fails"),
    [
        ("from shop.types import GUID", True),
        ("import shop.types", True),
        ("from shop import types", False),
        ("from elsewhere.types import GUID", False),
    ],
)
def test_an_import_that_is_sure_to_fail_has_its_handler_run(line: str, fails: bool) -> None:
    models = f"try:\n    {line}\nexcept Exception:\n    from sqlalchemy.dialects.postgresql import UUID as GUID\n"
    code = "from shop.models import GUID\nop.create_table('t', sa.Column('id', GUID))"
    found = follow(code, files={"shop/__init__.py": "", "shop/models.py": models})
    (table,) = found.paper.schema.tables.values()
    assert (table.columns[0].type == "uuid") is fails
