"""What a look at a module's text tells."""

from __future__ import annotations

import pytest

from migralint.python.imports import look


def imported(text: str) -> list[tuple[int, str, tuple[str, ...]]]:
    return [(one.level, one.module, tuple(name for name, _ in one.names)) for one in look(text).imports]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import a, b.c as d  # why", [(0, "a", ()), (0, "b.c", ())]),
        ("from a.b import c as d, e", [(0, "a.b", ("c", "e"))]),
        ("from . import x\nfrom ..y import z", [(1, "", ("x",)), (2, "y", ("z",))]),
        ("from a import (\n    b,  # one\n    c as d,\n)\nimport e", [(0, "a", ("b", "c")), (0, "e", ())]),
        ("from a import b, \\\n    c\n", [(0, "a", ("b", "c"))]),
        ("from a import *", [(0, "a", ("*",))]),
        ("try:\n    import a\nexcept ImportError:\n    import b\n", [(0, "a", ()), (0, "b", ())]),
        ("if TYPE_CHECKING:\n    import a\nelse:\n    import b\n", [(0, "b", ())]),
        ("def f():\n    import a\n\nimport b", [(0, "b", ())]),
        ("class A:\n    import a\n", []),
    ],
)
def test_imports_that_run_with_the_module(text: str, expected: list[tuple[int, str, tuple[str, ...]]]) -> None:
    assert imported(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        '__tablename__ = "x"',
        "x: Mapped[int]",
        "class Hero(SQLModel, table=True):",
        'users = db.Table("users")',
        'from sqlalchemy import Table\nTable("x", m)',
        "for m in pkgutil.iter_modules(p):\n    importlib.import_module(m)",
        "def load():\n    import_module('x')\n\nload()",
    ],
)
def test_modules_that_may_make_tables(text: str) -> None:
    assert look(text).tables


@pytest.mark.parametrize("text", ["from rich.table import Table\nTable('x')", "def load():\n    import_module('x')\n"])
def test_modules_that_do_not(text: str) -> None:
    assert not look(text).tables


def test_classes_and_calls_that_may_make_tables() -> None:
    assert look("class A(Base, x.Mixin):\n    pass\n\nB = make(1)\n").uses >= {"Base", "Mixin", "make"}
