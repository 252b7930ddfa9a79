"""The cases: small projects, as text in `cases/*.txt`.

A line `### name` begins a case; `--- path` a file of it (`models.py` without one, `env` for the code of env.py that
gives `target_metadata`). `### name [package]` names the package that it needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "cases"
ENV = "from models import Base\n\ntarget_metadata = Base.metadata\n"
HEADER = (
    "import datetime, decimal, enum, uuid\nfrom typing import *\nimport sqlalchemy as sa\n"
    "from sqlalchemy import *\nfrom sqlalchemy.orm import *\nfrom sqlalchemy import event\n"
    "from sqlalchemy.dialects import postgresql\n"
)
"""Stands above every `models.py` that does not import anything itself."""


class Case(NamedTuple):
    """One project: its files by path, and the code of env.py that gives its metadata."""

    name: str
    files: dict[str, str]
    env: str

    def write(self, folder: Path) -> None:
        """Writes the project, with a history that does nothing."""
        for path, text in self.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        (folder / "env.txt").write_text(self.env)
        versions = folder / "alembic" / "versions"
        versions.mkdir(parents=True)
        (versions / "one.py").write_text('revision = "one"\ndown_revision = None\n\ndef upgrade():\n    pass\n')
        (folder / "alembic.ini").write_text("[alembic]\nscript_location = alembic\nprepend_sys_path = .\n")
        end = "\nfrom alembic import context\n\ncontext.configure(target_metadata=target_metadata)\n"
        (folder / "alembic" / "env.py").write_text(self.env + end)


def cases() -> Iterator[Case]:
    """All cases."""
    for path in sorted(FOLDER.glob("*.txt")):
        for part in re.split(r"^### ", path.read_text(), flags=re.MULTILINE)[1:]:
            title, _, body = part.partition("\n")
            name = title.partition(" [")[0]
            files: dict[str, str] = {}
            env = ENV
            for one in re.split(r"^--- ", f"--- models.py\n{body}", flags=re.MULTILINE)[1:]:
                file, _, text = one.partition("\n")
                if file.strip() == "models.py" and not text.strip():
                    continue
                if file.strip() == "env":
                    env = text
                else:
                    bare = not re.search(r"^(import|from) ", text, re.MULTILINE)
                    files[file.strip()] = (HEADER if bare else "") + text
            yield Case(f"{path.stem}: {name.strip()}", files, env)
