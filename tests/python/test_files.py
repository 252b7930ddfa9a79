"""Paths and files that code reads."""

from __future__ import annotations

import pytest

from migralint.python.values import Unknown
from tests.python.following import follow

FILES = {
    "sql/2.sql": "DROP TABLE b",
    "sql/1.sql": "DROP TABLE a",
    "sql/more/3.sql": "DROP TABLE c",
    "sql/notes.txt": "-",
}
TABLES = "op.create_table('a'); op.create_table('b'); op.create_table('c')"


def test_files_of_a_folder() -> None:
    code = """
    from pathlib import Path
    for path in sorted((Path(__file__).parent / 'sql').glob('*.sql')):
        op.execute(path.read_text())
    """
    assert follow(code, setup=TABLES, files=FILES).told == ["drop_table a -", "drop_table b -"]
    assert len(follow(code.replace("glob", "rglob"), setup=TABLES, files=FILES).told) == 3
    names = "from pathlib import Path\nreturn [p.name for p in Path('sql').%s]"
    assert follow(names % "glob('**/*.sql')", files=FILES).value == ["1.sql", "2.sql", "3.sql"]
    assert follow(names % "iterdir()", files=FILES).value == ["1.sql", "2.sql", "notes.txt"]


def test_files_that_are_there_and_files_outside() -> None:
    code = "import os\nreturn os.path.exists('sql/1.sql'), os.path.exists('sql/4.sql'), os.path.basename('sql/1.sql')"
    assert follow(code, files=FILES).value == (True, False, "1.sql")
    assert isinstance(follow("import os\nreturn os.path.exists('/etc/passwd')").value, Unknown)
    assert isinstance(follow("from pathlib import Path\nreturn (Path('a') / '/etc/passwd').exists()").value, Unknown)
    assert follow("open('/etc/passwd').read()\nop.execute(open('/etc/passwd').read())").told == ["!opaque - -"]


@pytest.mark.parametrize(
    "text",
    [
        "importlib.resources.read_text('pkg.data', 'x.sql')",
        "importlib.resources.files('pkg.data').joinpath('x.sql').read_text()",
        "(importlib.resources.files('pkg') / 'data' / 'x.sql').open().read()",
        "(importlib.resources.files(pkg) / 'data/x.sql').read_text(encoding='utf-8')",
        "importlib.resources.open_text('pkg.data', resource='x.sql').read()",
        "importlib_resources.files('pkg').joinpath('data', 'x.sql').read_text()",
        "pkgutil.get_data('pkg', 'data/x.sql').decode()",
        "pkg_resources.resource_string('pkg', 'data/x.sql').decode('utf8')",
        "open(pkg_resources.resource_filename(pkg.__name__, 'data/x.sql')).read()",
    ],
)
def test_files_of_a_package(text: str) -> None:
    files = {"pkg/__init__.py": "", "pkg/code.py": "", "pkg/data/x.sql": "DROP TABLE a"}
    code = f"import importlib.resources, importlib_resources, pkgutil, pkg_resources, pkg\nop.execute({text})"
    assert follow(code, setup=TABLES, files=files).told == ["drop_table a -"]


def test_files_of_packages_that_are_not_the_projects() -> None:
    code = "import importlib.resources\nreturn importlib.resources.read_text('other', 'x.sql')"
    assert isinstance(follow(code).value, Unknown)
