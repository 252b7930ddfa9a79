"""What migrations compute with Python's standard library before they say it to the database."""

from __future__ import annotations

from typing import Any

import pytest

from tests.python.following import follow


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import datetime\nreturn datetime.date(2024, 2, 1).strftime('%Y_%m')", "2024_02"),
        ("from datetime import datetime\nreturn f'{datetime(2024, 2, 1, 3):%Y-%m-%d %H}'", "2024-02-01 03"),
        ("from datetime import date, timedelta\nreturn str(date(2024, 2, 28) + 2 * timedelta(days=1))", "2024-03-01"),
        ("from datetime import date\nreturn (date(2024, 3, 1) - date(2024, 2, 1)).days", 29),
        (
            "from datetime import date\nd = date(2024, 3, 9)\nreturn [d.month, d.replace(day=1) < d, d == d]",
            [3, True, True],
        ),
        (
            "from datetime import datetime\nreturn datetime.strptime('2024-02', '%Y-%m').isoformat()",
            "2024-02-01T00:00:00",
        ),
        ("from datetime import datetime\nreturn datetime.fromisoformat('2024-02-01').date().isoformat()", "2024-02-01"),
        (
            "import datetime as d\nreturn str(d.datetime(2024, 1, 1, tzinfo=d.timezone.utc))",
            "2024-01-01 00:00:00+00:00",
        ),
        (
            "from urllib.parse import quote, quote_plus\nimport urllib.parse\n"
            "return quote_plus('a b/é') + quote('a b/é') + urllib.parse.unquote_plus('%C3%A9+a') + urllib.parse.unquote('a+b')",
            "a+b%2F%C3%A9a%20b/%C3%A9é aa+b",
        ),
        ("import calendar\nreturn calendar.monthrange(2024, 2)[1]", 29),
        (
            "import logging, string, sys\nreturn [logging.INFO, string.digits, sys.maxsize > 1]",
            [20, "0123456789", True],
        ),
        (
            "from datetime import date\nfrom dateutil.relativedelta import relativedelta\n"
            "return str(date(2024, 1, 31) + relativedelta(months=1)) + str(date(2024, 3, 31) - relativedelta(years=1, day=1))",
            "2024-02-292023-03-01",
        ),
        ("import functools\nreturn functools.reduce(lambda a, b: a + b, ['a', 'b'], 'x')", "xab"),
        ("return sorted({'b', 'A'}, key=str.lower) + list(map(str.strip, [' c ']))", ["A", "b", "c"]),
        ("return dict.fromkeys(['a', 'b'], 1)", {"a": 1, "b": 1}),
        (
            "from collections import namedtuple\nP = namedtuple('P', 'a, b', defaults=[5])\n"
            "x, y = P('q')\nreturn [x, y, P(a=1, b=2).b, P('r')[0]]",
            ["q", 5, 2, "r"],
        ),
        (
            "from typing import NamedTuple\nclass P(NamedTuple):\n    a: str\n    b: int = 5\n"
            "return [(a, b) for a, b in [P('q'), P('r', 6)]]",
            [("q", 5), ("r", 6)],
        ),
        ("import csv, io\nreturn [r['b'] for r in csv.DictReader(io.StringIO('a,b\\n1,\"x,y\"\\n'))]", ["x,y"]),
        ("from distutils.util import strtobool\nreturn [strtobool('Yes'), strtobool('off')]", [1, 0]),
        ("import csv\nreturn list(csv.reader(['a;b'], delimiter=';'))", [["a", "b"]]),
        ("import copy\na = {'x': [1]}\nb = copy.deepcopy(a)\nb['x'].append(2)\nreturn a", {"x": [1]}),
        ("import copy\na = [1]\nb = copy.copy(a)\nb.append(2)\nreturn a", [1]),
        (
            "from collections import defaultdict\nd = defaultdict(list, {'a': [1]})\nd['a'].append(2)\nreturn d['a']",
            [1, 2],
        ),
    ],
)
def test_it_gives_what_python_gives(code: str, expected: Any) -> None:
    assert follow(code).value == expected


@pytest.mark.parametrize(
    "code",
    [
        "import datetime\nreturn datetime.date(2024, 13, 1)",
        "import datetime\nreturn datetime.date(2024, 1, 1).strftime('%9999999d')",
        "import datetime\nreturn datetime.date(9999, 12, 31) + datetime.timedelta(days=9)",
        "import datetime\nreturn datetime.date(2024, 1, 1) + 5",
        "import datetime\nreturn datetime.datetime.now().strftime('%Y')",
        "from dateutil.relativedelta import relativedelta\nimport datetime\n"
        "return datetime.date(9999, 12, 31) + relativedelta(months=1)",
        "import csv\nreturn list(csv.reader(mystery))",
        "from pathlib import Path\nreturn Path('a').joinpath(f'b/{mystery}').read_text()",
    ],
)
def test_what_has_no_answer_is_not_known(code: str) -> None:
    from migralint.python.values import Unknown

    assert isinstance(follow(code).value, Unknown)


@pytest.mark.parametrize(
    "reading",
    [
        "import importlib.resources\nsql = importlib.resources.read_text('app.data', 'make.sql')",
        "from importlib.resources import files\nsql = files('app.data').joinpath('make.sql').read_text(encoding='utf-8')",
        "from importlib import resources\nsql = (resources.files('app') / 'data' / 'make.sql').read_text()",
        "from importlib import resources\nimport app\nsql = resources.files(app).joinpath('data/make.sql').read_text()",
        "import importlib.resources as r\nwith r.open_text('app.data', 'make.sql') as f:\n    sql = f.read()",
        "import importlib.resources as r\nwith r.path('app.data', 'make.sql') as p:\n    sql = p.read_text()",
        "import pkgutil\nsql = pkgutil.get_data('app.data', 'make.sql').decode('utf-8')",
        "import pkg_resources\nsql = pkg_resources.resource_string('app', 'data/make.sql').decode()",
        "import pkg_resources\nsql = open(pkg_resources.resource_filename('app', 'data/make.sql')).read()",
    ],
)
def test_files_in_packages_are_read(reading: str) -> None:
    files = {"app/__init__.py": "", "app/data/make.sql": "CREATE TABLE t (id int)"}
    assert follow(f"{reading}\nop.execute(sql)", files=files).told == ["create_table t -"]


@pytest.mark.parametrize(
    "session",
    [
        "scoped_session(sessionmaker(bind=op.get_bind()))",
        "scoped_session(sessionmaker(bind=op.get_bind()))()",
        "sessionmaker(op.get_bind())()",
    ],
)
def test_what_any_session_executes_is_seen(session: str) -> None:
    code = (
        f"from sqlalchemy.orm import scoped_session, sessionmaker\ns = {session}\ns.execute('CREATE TABLE t (id int)')"
    )
    assert follow(code).told == ["create_table t -"]
