"""Settings and models of pydantic, with no variable of the environment set."""

from __future__ import annotations

import pytest

from migralint.python.values import Unknown
from tests.python.following import follow

SETTINGS = """
from pydantic import Field
from pydantic_settings import BaseSettings


class Database(BaseSettings):
    SCHEMA: str = "app"
    prefix: str = Field("x_", description="of tables")
    password: str = Field(...)
    token: str


class Settings(BaseSettings):
    db: Database = Field(default_factory=Database)
    sizes: list[int] = [1, 2]

    @property
    def table(self) -> str:
        return f"{self.db.prefix}t"


settings = Settings()
"""


def test_defaults_stand_for_what_the_environment_does_not_say() -> None:
    files = {"config.py": SETTINGS}
    code = (
        "from config import settings\nop.create_table(settings.table, schema=settings.db.SCHEMA)\nreturn settings.sizes"
    )
    found = follow(code, setup="op.execute('CREATE SCHEMA app')", files=files)
    assert found.told == ["create_table x_t -"]
    assert found.paper.schema.tables.keys() >= {found.operations[0].table_name}
    assert found.value == [1, 2]


def test_a_setting_without_a_default_is_not_known() -> None:
    for name in ("password", "token"):
        value = follow(f"from config import settings\nreturn settings.db.{name}", files={"config.py": SETTINGS}).value
        assert isinstance(value, Unknown)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("from decouple import config\nreturn config('NAME', default='x')", "x"),
        ("from decouple import config\nreturn config('SIZE', default='3', cast=int)", 3),
        ("from decouple import Config, RepositoryEnv\nreturn Config(RepositoryEnv('.env'))('NAME', default='x')", "x"),
        ("from starlette.config import Config\nreturn Config('.env')('NAME', cast=str, default='x')", "x"),
        ("from environs import Env\nenv = Env()\nenv.read_env()\nreturn env.str('NAME', 'x')", "x"),
        (
            "from decouple import config\ntry:\n    return config('NAME')\nexcept Exception:\n    return 'none'",
            "none",
        ),
    ],
)
def test_settings_that_are_not_set_have_their_default(code: str, expected: object) -> None:
    assert follow(code).value == expected
