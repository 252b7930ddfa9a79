"""Paths and files that code reads."""

from __future__ import annotations

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
