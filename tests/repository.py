"""Little git repositories on disk, for tests."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.project import Alembic

ORDERS = 'op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), sa.Column("note", sa.Text))'
INDEX = 'op.create_index("ix_note", "orders", ["note"])'
ENV = """\
from alembic import context

from app.models import Base

context.configure(target_metadata=Base.metadata)
context.run_migrations()
"""
MODELS = """\
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    note: Mapped[str | None]
"""

IDENTITY = {
    **{
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "A"), ("EMAIL", "a@b"))
    },
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}


class Git:
    """A repository in `root`, whose branch is `main`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        self("init", "-q", "-b", "main")

    def __call__(self, *arguments: str) -> str:
        """What git answers."""
        command = ["git", "-C", str(self.root), "-c", "protocol.file.allow=always", *arguments]
        ran = subprocess.run(command, env={**os.environ, **IDENTITY}, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout.strip()

    def file(self, path: str, text: str) -> Path:
        """Writes a file."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def commit(self, message: str = "a change") -> str:
        """Commits all that is there; returns the commit's id."""
        self("add", "-A")
        self("commit", "-q", "--allow-empty", "-m", message)
        return self("rev-parse", "HEAD")


class Shop:
    """A project with models and two merged revisions, in a repository, on a branch `topic`."""

    def __init__(self, root: Path, folder: str = "") -> None:
        self.git = Git(root)
        self.folder = f"{folder}/" if folder else ""
        (root / folder).mkdir(parents=True, exist_ok=True)
        self.alembic = Alembic(root / folder)
        self.file("alembic/env.py", ENV)
        self.file("app/models.py", MODELS)
        self.alembic.revision("one", ORDERS)
        self.alembic.revision("two", INDEX)
        self.git.commit("merged")
        self.git("checkout", "-q", "-b", "topic")

    def file(self, path: str, text: str) -> Path:
        return self.git.file(f"{self.folder}{path}", text)

    def edit(self, path: str, old: str, new: str) -> None:
        file = self.git.root / self.folder / path
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))

    def merge(self, **files: str) -> None:
        """Lets others put revisions on `main` meanwhile, by their names."""
        self.git("add", "-A")
        dirty = self.git("status", "--porcelain")
        if dirty:
            self.git("stash", "-q")
        self.git("checkout", "-q", "main")
        for name, text in files.items():
            self.file(f"alembic/versions/{name}.py", text)
        self.git.commit("others")
        self.git("checkout", "-q", "topic")
        if dirty:
            self.git("stash", "pop", "-q")
