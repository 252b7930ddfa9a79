"""Small Alembic projects on disk, for tests that read them as a user's."""

from __future__ import annotations

from pathlib import Path

ENV = """\
from alembic import context

config = context.config
with context.begin_transaction():
    context.run_migrations()
"""


class Alembic:
    """An Alembic project in `root`; each `revision` follows the one before."""

    def __init__(self, root: Path, location: str = "alembic") -> None:
        self.root = root
        self.versions = root / location / "versions"
        self.versions.mkdir(parents=True)
        self.heads: list[str] = []
        (root / "alembic.ini").write_text(f"[alembic]\nscript_location = {location}\n")
        (root / location / "env.py").write_text(ENV)

    def revision(
        self, identifier: str, upgrade: str, downgrade: str = 'raise NotImplementedError("forward only")'
    ) -> Path:
        """Writes a revision with these bodies; returns its file."""
        parent = repr(self.heads[-1]) if self.heads else None
        self.heads.append(identifier)
        path = self.versions / f"{identifier}.py"
        path.write_text(
            f'"""{identifier.title()}."""\n\nimport sqlalchemy as sa\nfrom alembic import op\n\n'
            f"revision = {identifier!r}\ndown_revision = {parent}\n\n\n"
            f"def upgrade():\n{_indented(upgrade)}\n\n\ndef downgrade():\n{_indented(downgrade)}\n"
        )
        return path


def _indented(body: str) -> str:
    return "\n".join(f"    {line}" if line else "" for line in body.strip("\n").split("\n"))


def shop(root: Path) -> Alembic:
    """A project whose second revision drops a table."""
    project = Alembic(root)
    project.revision(
        "one",
        'op.create_table(\n    "orders",\n    sa.Column("id", sa.Integer, primary_key=True),\n'
        '    sa.Column("note", sa.Text),\n)',
    )
    project.revision("two", 'op.drop_table("orders")')
    return project
