"""Savepoints that code makes, releases and goes back to by itself."""

from __future__ import annotations

import pytest

from tests.python.following import follow

SETUP = """
    op.create_table("items", sa.Column("id", sa.Integer, primary_key=True))
"""


def told(code: str) -> list[str]:
    """What the code does; `items` is there already, so that making it again is refused."""
    lines = "\n".join(f"    {line}" for line in code.strip().splitlines())
    return follow(f"\n    bind = op.get_bind()\n{lines}\n", setup=SETUP).told


GUARDED = """
{begin}
try:
    op.execute("CREATE TABLE items (a int)")
except Exception:
    {back}
    op.execute("CREATE TABLE other (a int)")
"""


@pytest.mark.parametrize(
    ("begin", "back"),
    [
        ('op.execute("SAVEPOINT one")', 'op.execute("ROLLBACK TO SAVEPOINT one")'),
        ('op.execute("SAVEPOINT one")', 'op.execute("ROLLBACK WORK TO one")'),
        ("one = bind.begin_nested()", "one.rollback()"),
    ],
)
def test_after_a_refused_statement_the_code_goes_on_from_the_savepoint(begin: str, back: str) -> None:
    assert told(GUARDED.format(begin=begin, back=back)) == ["?create_table items -", "create_table other -"]


@pytest.mark.parametrize("back", ["pass", 'op.execute("SELECT 1")'])
def test_a_savepoint_that_is_not_gone_back_to_changes_nothing(back: str) -> None:
    found = told(GUARDED.format(begin='op.execute("SAVEPOINT one")', back=back))
    assert "create_table other -" not in found
    assert "?create_table other -" in found


def test_what_comes_before_it_in_the_handler_is_refused() -> None:
    code = GUARDED.format(
        begin="one = bind.begin_nested()", back='op.execute("CREATE TABLE early (a int)"); one.rollback()'
    )
    assert told(code) == ["?create_table items -", "?create_table early -", "create_table other -"]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('op.execute("SAVEPOINT a; CREATE TABLE x (a int); ROLLBACK TO a; CREATE TABLE y (a int)")', ["?x", "y"]),
        ('op.execute("SAVEPOINT a; CREATE TABLE x (a int); RELEASE a; CREATE TABLE y (a int)")', ["x", "y"]),
        (
            'op.execute("SAVEPOINT a; CREATE TABLE x (a int); SAVEPOINT b; CREATE TABLE y (a int); ROLLBACK TO b")',
            ["x", "?y"],
        ),
        (
            'op.execute("SAVEPOINT a; CREATE TABLE x (a int); SAVEPOINT b; CREATE TABLE y (a int); ROLLBACK TO a")',
            ["?x", "?y"],
        ),
        (
            'one = bind.begin_nested()\nop.execute("CREATE TABLE x (a int)")\none.commit()\nop.execute("CREATE TABLE y (a int)")',
            ["x", "y"],
        ),
        (
            'one = bind.begin_nested()\nop.execute("CREATE TABLE x (a int)")\none.rollback()\nop.execute("CREATE TABLE x (b int)")',
            ["?x", "x"],
        ),
        ('with bind.begin_nested():\n    op.execute("CREATE TABLE x (a int)")', ["x"]),
    ],
)
def test_what_is_rolled_back_is_undone(code: str, expected: list[str]) -> None:
    assert [one.replace("create_table ", "").removesuffix(" -") for one in told(code)] == expected


@pytest.mark.parametrize(
    "code",
    [
        'op.execute("CREATE TABLE x (a int); ROLLBACK TO SAVEPOINT nowhere")',
        'op.execute("SAVEPOINT a; RELEASE a; CREATE TABLE x (a int); ROLLBACK TO a")',
        'op.execute("SAVEPOINT a; COMMIT; CREATE TABLE x (a int); ROLLBACK TO a")',
        'op.execute("SAVEPOINT a; CREATE TABLE x (a int)")\nimport socket\nif socket.gethostname() == "a":\n    op.execute("ROLLBACK TO a")',
    ],
)
def test_what_is_not_known_to_be_undone_is_told(code: str) -> None:
    assert "create_table x -" in told(code)
    assert any(one.startswith("!opaque") for one in told(code))
