"""Runs models for real: reads `folder<TAB>uri` lines, calls `create_all` there, answers `ok` or what went wrong.

Each case runs in a fork of its own, so that what one registers no other sees.
"""

from __future__ import annotations

import os
import sys
import traceback


def create(folder: str, uri: str) -> None:
    """What `MetaData.create_all` of the case's `target_metadata` does on the server."""
    import sqlalchemy as sa

    sys.path.insert(0, folder)
    os.chdir(folder)
    names: dict[str, object] = {}
    with open("env.txt") as file:
        exec(compile(file.read(), "env.txt", "exec"), names)  # noqa: S102  # the tests' own code, to see what it does
    target = names["target_metadata"]
    engine = sa.create_engine(uri.replace("postgresql://", "postgresql+psycopg://", 1))
    for metadata in target if isinstance(target, (list, tuple)) else [target]:
        assert isinstance(metadata, sa.MetaData)
        with engine.begin() as connection:
            for schema in {table.schema for table in metadata.tables.values()} - {None}:
                connection.execute(sa.schema.CreateSchema(schema, if_not_exists=True))
        metadata.create_all(engine)
    engine.dispose()


def main() -> None:
    """Answers cases until the input ends."""
    import sqlalchemy  # imported once, before the forks
    import sqlalchemy.orm  # noqa: F401

    for line in sys.stdin:
        folder, uri = line.rstrip("\n").split("\t")
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            answer = "ok"
            try:
                create(folder, uri)
            except BaseException as problem:
                last = traceback.extract_tb(problem.__traceback__)[-1]
                answer = f"{type(problem).__name__}: {problem} ({last.filename}:{last.lineno})"
            os.write(write, answer.encode())
            os._exit(0)
        os.close(write)
        with os.fdopen(read) as pipe:
            answer = pipe.read()
        os.waitpid(child, 0)
        print(answer.replace("\n", "\\n"), flush=True)


if __name__ == "__main__":
    main()
