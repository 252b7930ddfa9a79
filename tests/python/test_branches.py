"""The evaluator: what is not known."""

from __future__ import annotations

import pytest

from migralint.python.values import Unknown
from tests.python.following import follow, run

TABLE = "op.create_table('t', sa.Column('a', sa.Integer()))"


def test_the_branch_that_changes_the_schema_is_applied() -> None:
    followed = follow("import os\nif os.getpid() > 5:\n    print('x')\nelse:\n    op.drop_table('t')", setup=TABLE)
    assert followed.told == ["?drop_table t -"]
    assert not followed.paper.result.tables


def test_of_two_changing_branches_the_first_is_applied() -> None:
    code = "import x\nif x.y:\n    op.drop_column('t', 'a')\nelse:\n    op.drop_table('t')"
    followed = follow(code, setup=TABLE)
    assert followed.told == ["?drop_column t a", "?drop_table t -"]
    assert [s.applied for s in followed.steps] == [True, False]
    assert [str(n) for n in followed.paper.result.tables] == ["public.t"]


def test_an_early_return_takes_the_rest_of_the_block_along() -> None:
    followed = follow("import x\nif x.skip():\n    return\nop.drop_table('t')", setup=TABLE)
    assert followed.told == ["?drop_table t -"]
    assert not followed.paper.result.tables


def test_a_branch_that_raises_leaves_the_rest_certain() -> None:
    followed = follow("import x\nif x.bad():\n    raise RuntimeError('no')\nop.drop_table('t')", setup=TABLE)
    assert followed.told == ["drop_table t -"]


def test_loops_over_unknown_data_are_judged_once_and_not_applied() -> None:
    followed = follow("import x\nfor n in x.names():\n    op.drop_table('t')", setup=TABLE)
    assert followed.told == ["?drop_table t -"]
    assert "public.t" in {str(n) for n in followed.paper.result.tables}


def test_names_set_in_an_unknown_branch_are_unknown_after_it() -> None:
    code = "import x\nn = 't'\nif x.y():\n    n = 'u'\nop.drop_table(n)"
    assert follow(code, setup=TABLE).told == ["!opaque - -"]


def test_guards_on_the_schema_are_answered() -> None:
    code = """
    insp = sa.inspect(op.get_bind())
    if not insp.has_table('t'):
        op.create_table('t')
    if 'a' in [c['name'] for c in insp.get_columns('t')]:
        op.drop_column('t', 'a')
    if insp.has_table('nope'):
        op.drop_table('nope')
    """
    assert follow(code, setup=TABLE).told == ["drop_column t a"]


def test_dialect_and_offline_conditions_are_known() -> None:
    code = """
    from alembic import context
    if op.get_bind().dialect.name == 'sqlite' or context.is_offline_mode():
        op.drop_table('wrong')
    if op.get_context().dialect.name == 'postgresql':
        op.drop_table('t')
    """
    assert follow(code, setup=TABLE).told == ["drop_table t -"]


def test_environment_variables_are_unset() -> None:
    code = "import os\nif os.environ.get('X') or os.getenv('Y', ''):\n    op.drop_table('wrong')\nop.drop_table('t')"
    assert follow(code, setup=TABLE).told == ["drop_table t -"]


def test_rows_that_nobody_inserted_are_known_not_to_be_there() -> None:
    code = "for r in op.get_bind().execute(sa.text('SELECT a FROM t')):\n    op.drop_table('t')"
    followed = follow(code, setup=TABLE)
    assert all(step.certainty != "certain" for step in followed.steps)
    assert "public.t" in {str(n) for n in followed.paper.result.tables}


def test_a_failing_statement_is_recorded_and_the_replay_goes_on() -> None:
    followed = follow("op.drop_table('missing')\nop.drop_table('t')", setup=TABLE)
    assert followed.told == ["drop_table missing -", "drop_table t -"]
    assert [s.failure.kind if s.failure else None for s in followed.steps] == ["missing", None]


def test_a_failure_inside_try_reaches_the_handler() -> None:
    code = """
    try:
        op.drop_table('missing')
        op.drop_table('t')
    except Exception:
        op.drop_column('t', 'a')
    """
    followed = follow(code, setup=TABLE)
    assert followed.told == ["drop_table missing -", "?drop_column t a"]
    assert followed.steps[0].caught
    assert next(iter(followed.paper.result.tables.values())).column("a"), "the transaction is aborted"


def test_outside_of_a_transaction_the_handler_counts() -> None:
    code = """
    with op.get_context().autocommit_block():
        try:
            op.drop_table('missing')
        except Exception:
            op.drop_column('t', 'a')
    """
    followed = follow(code, setup=TABLE)
    assert followed.told == ["drop_table missing -", "drop_column t a"]
    assert followed.steps[0].caught


def test_after_a_savepoint_the_handler_counts() -> None:
    code = """
    try:
        with op.get_bind().begin_nested():
            op.drop_table('missing')
    except Exception:
        op.drop_column('t', 'a')
    """
    followed = follow(code, setup=TABLE)
    assert followed.told == ["?drop_table missing -", "drop_column t a"]
    assert [(step.applied, step.caught) for step in followed.steps] == [(False, None), (True, None)]


@pytest.mark.parametrize(
    ("handler", "swallows"),
    [
        ("except Exception:\n    pass", True),
        ("except Exception:\n    raise", False),
        ("except Exception as e:\n    if 'exists' not in str(e):\n        raise", False),
        ("except KeyError:\n    pass", False),
        ("except sa.exc.SQLAlchemyError as e:\n    print(e)", True),
        ("except (KeyError, sa.exc.ProgrammingError):\n    pass", True),
        ("finally:\n    pass", False),
    ],
)
def test_whether_an_error_is_swallowed(handler: str, swallows: bool) -> None:
    followed = follow(f"try:\n    op.drop_column('t', 'a')\n{handler}", setup=TABLE)
    assert bool(followed.steps[0].caught) is swallows


@pytest.mark.parametrize(("kinds", "swallows"), [("Exception", True), ("KeyError", False), ("", False)])
def test_whether_suppress_swallows_an_error(kinds: str, swallows: bool) -> None:
    code = f"import contextlib\nwith contextlib.suppress({kinds}):\n    op.drop_table('missing')\nop.drop_table('t')"
    followed = follow(code, setup=TABLE)
    assert bool(followed.steps[0].caught) is swallows
    assert followed.told == ["drop_table missing -", "drop_table t -"]


def test_a_savepoint_undoes_what_failed_in_it() -> None:
    code = """
    conn = op.get_bind()
    try:
        with conn.begin_nested():
            op.drop_column('t', 'a')
            op.drop_table('missing')
    except Exception:
        pass
    """
    followed = follow(code, setup=TABLE)
    assert followed.told == ["?drop_column t a", "?drop_table missing -"]
    assert [(s.applied, s.reason) for s in followed.steps] == [
        (False, "undone: table public.missing: no such table"),
        (False, "undone: table public.missing: no such table"),
    ]
    table = next(iter(followed.paper.result.tables.values()))
    assert table.column("a") is not None


@pytest.mark.parametrize("leaving", ["return", "break", "continue"])
def test_leaving_a_savepoint_keeps_what_was_done_in_it(leaving: str) -> None:
    code = f"""
    for name in ['a']:
        with op.get_bind().begin_nested():
            op.drop_column('t', name)
            {leaving}
    """
    followed = follow(code, setup=TABLE)
    assert followed.told == ["drop_column t a"]
    assert next(iter(followed.paper.result.tables.values())).column("a") is None


def test_the_branch_not_taken_is_judged_from_the_state_before_the_other() -> None:
    code = "import x\nif x.y:\n    op.drop_table('t')\nelse:\n    op.drop_column('t', 'a')"
    followed = follow(code, setup=TABLE)
    assert [s.failure for s in followed.steps] == [None, None]
    assert not followed.paper.result.tables


UNKNOWN = "import requests\nunknown = requests.get\n"


def test_a_list_that_an_unknown_loop_fills_is_not_silently_short() -> None:
    code = (
        UNKNOWN + "names = ['a']\nfor one in unknown():\n    names.append(one)\nfor n in names:\n    op.drop_table(n)"
    )
    assert follow(code, setup="op.create_table('a')").told == ["drop_table a -", "!opaque - -"]
    empty = UNKNOWN + "names = []\nif unknown():\n    names.append('a')\nfor n in names:\n    op.drop_table(n)"
    assert follow(empty, setup="op.create_table('a')").told == ["!opaque - -"]


def test_recursion_under_an_unknown_condition_ends() -> None:
    code = UNKNOWN + "def f(x):\n    if unknown(x):\n        return f(x) + 1\n    return 0\nf(1)\nop.drop_table('a')"
    assert follow(code, setup="op.create_table('a')").told == ["drop_table a -"]
    known = "def f(x):\n    return f(x - 1) + 1 if x else 0\nreturn f(5)"
    assert follow(known).value == 5


def test_long_sums_and_many_clauses_are_followed() -> None:
    total = "s = " + " + ".join(['"a"'] * 300) + "\nop.execute('DROP TABLE ' + s[0])"
    assert follow(total, setup="op.create_table('a')").told == ["drop_table a -"]
    clauses = "".join(f"elif a == {i}:\n    op.drop_table('x')\n" for i in range(150))
    assert follow("a = 149\nif a < 0:\n    pass\n" + clauses).told == ["drop_table x -"]
    told = follow("import b\na = b.c()\nif a < 0:\n    pass\n" + clauses + "op.drop_table('y')").told
    assert told == ["?drop_table x -"] * 150 + ["drop_table y -"]


def test_a_function_that_may_return_from_a_loop_over_unknown_data() -> None:
    code = UNKNOWN + (
        "def find(name):\n    for one in unknown():\n        if one == name:\n            return one\n    return None\n"
        "if find('a') is None:\n    return\nop.drop_table('a')"
    )
    assert follow(code, setup="op.create_table('a')").told == ["?drop_table a -"]


def test_a_name_of_another_package_may_hold_anything() -> None:
    code = "from nowhere import settings\nif settings.PURGE:\n    op.drop_table('t')"
    assert follow(code, setup=TABLE).told == ["?drop_table t -"]
    module = (
        "from nowhere import old\nfrom alembic import op\nif old:\n    def upgrade():\n        op.drop_table('t')\n"
    )
    module += "else:\n    def upgrade():\n        op.drop_table('u')\n"
    assert isinstance(run(module).names["upgrade"], Unknown)


def test_a_savepoint_that_the_code_itself_rolls_back() -> None:
    code = """
    with op.get_bind().begin_nested() as nested:
        try:
            op.drop_table('missing')
        except sa.exc.ProgrammingError:
            nested.rollback()
    """
    followed = follow(code, setup=TABLE)
    assert followed.told == ["?drop_table missing -"]
    assert [(s.applied, s.failure) for s in followed.steps] == [(False, None)]


TWO = """
import x
if x.y:
    statement = sa.text("{}")
else:
    statement = sa.text("{}")
op.get_bind().execute(statement)
"""


def test_of_two_statements_that_a_condition_chooses_both_are_judged() -> None:
    followed = follow(TWO.format("UPDATE t SET a = 1 WHERE a = 2", "UPDATE t SET a = 1"), setup=TABLE)
    assert followed.told == ["?update t -", "?update t -"]
    followed = follow(TWO.format("DROP TABLE t", "ALTER TABLE t ADD COLUMN b text"), setup=TABLE)
    assert followed.told == ["?drop_table t -", "?add_column t b"]
    assert [s.applied for s in followed.steps] == [True, False]


def test_a_statement_with_an_unknown_value_is_one_of_rows_on_either_branch() -> None:
    code = """
    import x
    kind = x.kind()
    if kind:
        count, change = f"SELECT count(*) FROM t WHERE a = '{kind}'", f"UPDATE t SET a = 1 WHERE a = '{kind}'"
    else:
        count, change = "SELECT count(*) FROM t", "UPDATE t SET a = 1"
    op.get_bind().execute(sa.text(count))
    op.get_bind().execute(sa.text(change))
    """
    followed = follow(code, setup=TABLE)
    assert not any(step.operation.changes_schema for step in followed.steps)
    assert followed.told[-2:] == ["?update t -", "?update t -"]


def test_of_conditions_behind_conditions_the_first_is_told() -> None:
    code = """
    import x
    def name():
        if x.y():
            return "u"
        return None
    n = "t"
    if name():
        n = x.z()
    m = "t"
    if n:
        m = x.z()
    op.drop_table(m)
    """
    *_, step = follow(code, setup=TABLE).steps
    assert step.reason == "drop_table: m depends on a condition that is not known (x.y is not known)"


def test_an_engine_of_the_application_has_the_dialect_of_the_database() -> None:
    code = """
    from shop.db import api
    dialect = api.get_engine().dialect
    if dialect.name.startswith("sqlite"):
        op.drop_table("t")
    if dialect.name == "postgresql":
        op.add_column("t", sa.Column("b", sa.Integer))
    """
    assert follow(code, setup=TABLE).told == ["add_column t b"]


def test_a_setting_that_is_called_dialect_is_not_known() -> None:
    code = """
    from shop import settings
    if settings.database.dialect == "postgresql":
        op.add_column("t", sa.Column("b", sa.Integer))
    """
    assert follow(code, setup=TABLE).told == ["?add_column t b"]


LETTERS = "for name in 'abt':\n    op.create_table(name, sa.Column('id', sa.Integer))"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("{x: (last := x) for x in 'ab'}\nop.drop_table(last)", ["drop_table b -"]),
        (
            "found = [v + 'x' for n in unknown() if (v := n.strip())]\nop.drop_table('t')",
            ["!opaque - -", "drop_table t -"],
        ),
    ],
)
def test_a_name_that_a_comprehension_gives(code: str, expected: list[str]) -> None:
    assert follow(code, setup=LETTERS).told == expected


def test_what_a_dictionary_may_hold_is_no_key_of_it() -> None:
    code = """
    found = {}
    for one in (1, 2):
        key = unknown(one)
        if key:
            found[key] = [one]
    for key in found:
        op.drop_table(key)
    """
    assert [line for line in follow(code, setup=LETTERS).told if "drop" in line] == []
