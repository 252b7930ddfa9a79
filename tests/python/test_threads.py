"""Functions that are given to threads, executors and event loops run once, where they are started."""

from __future__ import annotations

import pytest

from tests.python.following import follow

SETUP = "\n".join(f"op.create_table('{name}', sa.Column('a', sa.Integer()))" for name in ("t", "u"))

FUNCTIONS = """
import asyncio
import concurrent.futures
import threading
import anyio
from concurrent.futures import ThreadPoolExecutor, as_completed
from threading import Thread

def drop(table, cascade=False):
    op.drop_table(table)
    return table

async def drop_later(table):
    return drop(table)

def fail(table):
    op.drop_table(table)
    raise ValueError(table)
"""


@pytest.mark.parametrize(
    "code",
    [
        "t = Thread(target=drop, args=('t',), daemon=True)\nt.start()\nt.join()",
        "t = threading.Thread(None, drop, 'name', ['t'], {'cascade': True})\nt.start()\nt.join(timeout=5)",
        "t = Thread(target=lambda: asyncio.run(drop_later('t')))\nt.start()\nwhile t.is_alive():\n    pass",
        "ts = [Thread(target=op.drop_table, kwargs={'table_name': 't'})]\nfor t in ts:\n    t.start()",
        "with ThreadPoolExecutor(max_workers=2) as pool:\n    pool.submit(drop, 't', cascade=True)",
        "with ThreadPoolExecutor() as pool:\n    list(pool.map(drop, ['t'], [True]))",
        "pool = concurrent.futures.ThreadPoolExecutor()\npool.submit(drop, 't').result()\npool.shutdown(wait=True)",
        "asyncio.run(drop_later('t'))",
        "asyncio.get_event_loop().run_until_complete(drop_later('t'))",
        "async def main():\n    await asyncio.gather(drop_later('t'))\nasyncio.run(main())",
        "async def main():\n    task = asyncio.create_task(drop_later('t'))\n    await task\nasyncio.run(main())",
        "async def main():\n    await asyncio.wait_for(drop_later('t'), 5)\nasyncio.run(main())",
        "async def main():\n    await asyncio.to_thread(drop, 't')\nasyncio.run(main())",
        "loop = asyncio.new_event_loop()\nloop.run_in_executor(None, drop, 't')\nloop.close()",
        "anyio.run(drop_later, 't')",
        "t = Thread(target=fail, args=('t',))\nt.start()\nt.join()",
    ],
)
def test_the_function_runs_once(code: str) -> None:
    assert follow(FUNCTIONS + code + "\nop.drop_table('u')", setup=SETUP).told == ["drop_table t -", "drop_table u -"]


@pytest.mark.parametrize(
    "asked",
    [
        "ThreadPoolExecutor().submit(str.upper, 'x').result() == 'X'",
        "[f.result() for f in as_completed([ThreadPoolExecutor().submit(len, 'x')])] == [1]",
        "list(ThreadPoolExecutor().map(len, ['x', 'yy'])) == [1, 2]",
        "ThreadPoolExecutor().submit(len, 'x').done() and not ThreadPoolExecutor().submit(len, 'x').running()",
        "ThreadPoolExecutor().submit(len, 'x').exception() is None",
    ],
)
def test_results(asked: str) -> None:
    assert follow(f"{FUNCTIONS}if {asked}:\n    op.drop_table('t')", setup=SETUP).told == ["drop_table t -"]


def test_what_was_gathered_is_known() -> None:
    code = (
        "async def main():\n    for name in await asyncio.gather(drop_later('t')):\n        print(op.drop_table('u'))\n"
    )
    told = follow(FUNCTIONS + code + "asyncio.run(main())", setup=SETUP).told
    assert told == ["drop_table t -", "drop_table u -"]


def test_a_future_raises_what_its_function_raised() -> None:
    code = """
    future = ThreadPoolExecutor().submit(fail, 't')
    try:
        future.result()
    except ValueError:
        op.drop_table('u')
    """
    code = FUNCTIONS + "\n".join(line[4:] for line in code.splitlines())
    assert follow(code, setup=SETUP).told == ["drop_table t -", "drop_table u -"]


def test_what_is_not_known_stays_so() -> None:
    code = "import extlib\nt = threading.Thread(target=extlib.migrate)\nt.start()"
    assert follow(FUNCTIONS + code, setup=SETUP).told == ["!opaque - -"]
    code = "import extlib\nThreadPoolExecutor().map(drop, extlib.tables())"
    assert [line for line in follow(FUNCTIONS + code, setup=SETUP).told if not line.startswith(("!", "?"))] == []
    code = "import extlib\nt = threading.Thread(target=drop, args=extlib.tables)\nt.start()"
    assert [line for line in follow(FUNCTIONS + code, setup=SETUP).told if not line.startswith(("!", "?"))] == []
