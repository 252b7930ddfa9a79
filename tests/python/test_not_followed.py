"""Code that is not followed: named where it may change the schema, silent where nobody wants to hear of it."""

from __future__ import annotations

import pytest

from migralint.operations import Opaque
from tests.python.following import Followed, follow


def reasons(followed: Followed) -> list[tuple[str, bool]]:
    found = [step.operation for step in followed.steps]
    return [(op.reason, op.may_change_schema) for op in found if isinstance(op, Opaque)]


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("exec(\"op.drop_table('t')\")", "exec"),
        ("x = eval('op.drop_table')('t')", "eval"),
        ("import subprocess\nsubprocess.run(['psql', '-c', 'DROP TABLE t'], check=True)", "subprocess.run"),
        ("from subprocess import check_call as call\ncode = call('x')", "subprocess.check_call"),
        ("import os\nos.system('psql')", "os.system"),
        ("from alembic import command\ncommand.upgrade(config, 'head')", "alembic.command.upgrade"),
        ("import extlib\nextlib.migrate()", "extlib.migrate"),
        ("import extlib\nawait extlib.migrate()", "extlib.migrate"),
        ("from myapp.helpers import run\nrun()", "myapp.helpers.run"),
        ("from .helpers import run\nrun()", "helpers.run"),
        ("from ...helpers import run\nrun()", "relative import"),
        ("from myapp.helpers import *\nrun()", "myapp.helpers.run"),
        ("import importlib\nimportlib.import_module('extlib').run()", "extlib.run"),
        ("import importlib, sys\nimportlib.import_module(sys.argv[1]).run()", "imported by a name that is not known"),
        ("mystery('t')", "the name mystery is not defined here"),
        ("x = mystery('t')", "the name mystery is not defined here"),
        ("op.get_bind().mystery()", "attribute mystery of a connection"),
        ("import psycopg\npsycopg.connect('dsn').execute('DROP TABLE t')", "psycopg.connect"),
        ("import extlib\nx = extlib.migrate(op)", "extlib.migrate"),
        ("import extlib\nx = extlib.migrate([op.get_bind()])", "extlib.migrate"),
        ("import extlib\nx = extlib.migrate({'connection': op.get_bind()})", "extlib.migrate"),
        (
            "import extlib\nclass Box:\n    def __init__(self):\n        self.bind = op.get_bind()\nx = extlib.migrate(Box())",
            "extlib.migrate",
        ),
        ("import mylib\nmylib.missing()", "the module mylib does not define missing"),
        ("import broken\nbroken.run()", "the module broken could not be read"),
    ],
)
def test_a_call_that_may_change_the_schema_is_opaque(code: str, name: str) -> None:
    files = {"mylib.py": "def run(): pass", "broken.py": "def ("}
    (reason, may_change), *more = reasons(follow(code, files=files))
    assert name in reason
    assert may_change
    assert not more


@pytest.mark.parametrize(
    "code",
    [
        "import logging\nlogging.getLogger(__name__).info('x')\nlogging.info('x')",
        "import structlog, loguru\nstructlog.get_logger().info('x')\nloguru.logger.info('x')",
        "from other.log import logger\nlogger.exception('x')",
        "import tqdm, click, rich, typer, sentry_sdk, time, warnings\ntime.sleep(1)\nclick.echo('x')\nrich.print('x')\n"
        "typer.echo('x')\nsentry_sdk.capture_message('x')\nwarnings.warn('x')\nfor x in tqdm.tqdm([1]):\n    print(x)",
        "import sys, os, gc\nsys.stdout.write('x')\nos.makedirs('x')\ngc.collect()\nprint(bin(3), divmod(3, 2))",
        "from sqlalchemy import event\nimport sqlalchemy.orm\nsqlalchemy.orm.configure_mappers()",
        "import json, uuid\njson.dumps({})\nuuid.uuid4()",
    ],
)
def test_harmless_calls_are_silent(code: str) -> None:
    assert reasons(follow(code)) == []


@pytest.mark.parametrize(
    "code",
    [
        "x = extlib.migrate()",
        "x: int = extlib.migrate().rows",
        "if extlib.migrate():\n    pass",
        "for x in extlib.migrate():\n    pass",
        "print([extlib.migrate()])",
        "with extlib.migrate() as x:\n    pass",
        "return extlib.migrate()",
        "extlib.migrate().go().stop()",
    ],
)
def test_a_call_whose_result_is_used_is_a_note(code: str) -> None:
    assert reasons(follow(f"import extlib\n{code}")) == [("extlib.migrate is not known", False)]


@pytest.mark.parametrize(
    "code",
    [
        "getattr(op, extlib.name)('t')",
        "f = getattr(op.get_bind(), extlib.name)\nx = f('DROP TABLE t')",
        "x = extlib.migrate(op.get_bind().execute)",
        "x = extlib.migrate({'a': [{'b': (op.get_bind(),)}]})",
        "extlib.bind = op.get_bind()",
        "box = extlib.Box()\nbox.bind = op.get_bind()",
        "box = extlib.Box()\nbox['bind'] = op",
        "setattr(extlib.box, 'bind', op.get_bind())",
        "class M(extlib.Base):\n    pass\nx = M(op.get_bind())",
        "class M(extlib.Base):\n    def up(self):\n        super().up()\nM().up()",
        "class M(extlib.Base):\n    def __init__(self):\n        super().__init__(op)\nM()",
        "class M(extlib.Base):\n    def go(self):\n        op.drop_table('t')\nx = M().run()",
    ],
)
def test_what_reaches_the_database_by_another_way_is_told(code: str) -> None:
    found = follow(f"import extlib\n{code}").told
    assert found
    assert all(line[0] in "?!" for line in found)


@pytest.mark.parametrize(
    "call",
    [
        "sorted(extlib.z, key=lambda k: op.drop_table('t'))",
        "max(extlib.z, key=lambda k: op.drop_table('t'))",
        "functools.reduce(lambda a, b: op.drop_table('t'), extlib.z)",
    ],
)
def test_functions_that_are_called_for_unknown_items_may_run(call: str) -> None:
    assert follow(f"import extlib, functools\nx = {call}").told == ["?drop_table t -"]


@pytest.mark.parametrize("first", ["1: op.drop_table('t')", "1: pass"])
def test_a_match_on_something_unknown_is_conditional(first: str) -> None:
    code = f"import extlib\nmatch extlib.x:\n    case {first}\n    case _: op.drop_table('u')"
    found = follow(code).told
    assert found
    assert all(line.startswith("?drop_table") for line in found)


def test_methods_of_what_another_package_made_are_a_note() -> None:
    code = "import store\nbox = store.Box('x')\nbox.put(1)"
    assert reasons(follow(code)) == [("store.Box is not known", False)]


def test_what_modules_do_when_they_are_imported_is_silent() -> None:
    files = {"mylib.py": "import extlib, subprocess\nextlib.setup()\nsubprocess.run(['x'])\ndef run(): pass"}
    assert reasons(follow("import mylib\nmylib.run()", files=files)) == []


@pytest.mark.parametrize(
    "call",
    ["importlib.import_module('mylib').run()", "__import__('mylib').run()", "importlib.import_module(f'my{x}').run()"],
)
def test_modules_of_the_project_are_imported_by_name(call: str) -> None:
    files = {"mylib.py": "from alembic import op\ndef run():\n    op.drop_table('t')"}
    assert follow(f"import importlib\nx = 'lib'\n{call}", setup="op.create_table('t')", files=files).told == [
        "drop_table t -"
    ]


@pytest.mark.parametrize(
    "code",
    [
        "import sched\nsched.scheduler().enter(1, 1, op.drop_table, ('t',))",
        "import acme\nacme.later(lambda: op.drop_table('t'))",
        "import acme\ndef remove():\n    op.execute('DROP TABLE t')\nacme.later(remove)",
        "import acme\nways = {'a': lambda: op.drop_table('t')}\nways[acme.kind]()",
        "import acme\nways = [op.drop_table]\nways[acme.number('x')]('t')",
    ],
)
def test_code_that_is_handed_to_what_is_not_known_may_run(code: str) -> None:
    found = follow(code, setup="op.create_table('t', sa.Column('a', sa.Integer()))")
    assert found.told
    assert all(line[0] in "?!" for line in found.told)


def test_code_that_changes_nothing_can_be_handed_on() -> None:
    assert follow("import acme\nacme.ordered([1], key=lambda item: item + 1)\nx = 1").told == ["!opaque - -"]
    assert follow("import acme\nx = acme.ordered([1], key=lambda item: item + 1)").told == []


def test_queries_on_an_engine_of_its_own_are_harmless() -> None:
    engine = "engine = sa.create_engine('postgresql://')\n"
    assert reasons(follow(engine + "rows = engine.connect().execute(sa.text('SELECT 1')).fetchall()")) == []
    assert reasons(follow(engine + "engine.execute('DROP TABLE t')")) == [
        ("it is executed on an engine that the code makes itself", True)
    ]


FOUND = """
import os
from alembic import op

def content(name):
    for path in [os.path.join(os.path.dirname(__file__), 'sql', name), os.path.join('/app', name)]:
        if os.path.exists(path):
            with open(path) as file:
                return file.read()
    raise FileNotFoundError(name)
"""


def test_a_helper_knows_where_it_stands() -> None:
    files = {"lib/helper.py": FOUND, "lib/sql/x.sql": "CREATE TABLE t (id int)"}
    code = "from lib.helper import content\nop.execute(content('x.sql'))"
    assert follow(code, files=files).told == ["create_table t -"]


def test_what_may_be_raised_is_not_swallowed_as_if_it_were() -> None:
    code = """
    from lib.helper import content
    try:
        op.execute(content('y.sql'))
    except Exception as problem:
        print(problem)
    """
    assert follow(code, files={"lib/helper.py": FOUND}).told == ["!opaque - -"]


def test_a_return_that_may_happen_makes_the_result_unknown() -> None:
    code = """
    def chosen(name):
        if os.path.exists('/app'):
            if name:
                return 't'
            print(name)
        raise ValueError(name)

    try:
        op.execute(f"DROP TABLE {chosen('x')}")
    except ValueError:
        pass
    """
    assert follow("import os\n" + "\n".join(line[4:] for line in code.splitlines())).told == ["!opaque - -"]


UNKNOWN = "n = op.get_bind().execute(sa.text('SELECT pg_backend_pid()')).scalar()"


@pytest.mark.parametrize(
    "body",
    [
        "    if n:\n        raise ValueError",
        "    while n:\n        raise ValueError",
        "    for one in n:\n        if one:\n            raise ValueError",
        "    assert n",
        "    fails(n)",
        "    requests.get('https://example.org')",
    ],
)
def test_handlers_of_what_may_be_raised_are_judged(body: str) -> None:
    helper = "def fails(n):\n    if n:\n        raise ValueError"
    code = f"import requests\n{UNKNOWN}\n{helper}\ntry:\n{body}\nexcept Exception:\n    op.drop_table('t')"
    assert [told for told in follow(code).told if "opaque" not in told] == ["?drop_table t -"]


def test_a_handler_of_what_is_not_raised_is_not_judged() -> None:
    code = f"{UNKNOWN}\ntry:\n    print(n)\nexcept Exception:\n    op.drop_table('t')"
    assert follow(code).told == []


@pytest.mark.parametrize("pattern", ["re.sub('x', gone, n)", "re.sub(n, gone, 'x')", "re.compile('x').sub(gone, n)"])
def test_a_function_that_gives_replacements_may_be_called(pattern: str) -> None:
    gone = "def gone(match):\n    op.drop_table('t')\n    return ''"
    assert follow(f"import re\n{UNKNOWN}\n{gone}\n{pattern}").told == ["?drop_table t -"]
