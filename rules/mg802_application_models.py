"""MG802: a migration that uses the application's models."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import MEDIUM, Context, Diagnostic, Example, Import, Revision, Rule

_MODULES = frozenset(("model", "models", "entity", "entities", "orm"))
_HELPERS = ("types", "type", "enums", "enum", "constants", "utils", "util", "helpers", "mixins")
_NOT_MODELS = ("Enum", "Type")

_SETUP = 'op.create_table("users", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.Text))'
_MODELS = """import sqlalchemy as sa
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class User(Base):
    __tablename__ = "users"
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.Text)
"""


class ApplicationModels(Rule):
    """A migration uses the models of the application.

    ## What it flags

    An import of the project's models in a revision: a module called `models`, `entities` or `orm`, or one below
    such a package. Column types, enums and helpers from there are left alone, and so are helper modules.

    ## Why it matters

    A revision is run for years, the models change. When a column is added to `User` next month, this revision
    selects it on every new database, before the revision that adds it has run, and fails. When the model is renamed
    or removed the file cannot even be imported, and Alembic stops for the whole history.

    ## Instead

    Describe what the revision needs in the revision itself:
    `users = sa.table("users", sa.column("id"), sa.column("name"))`.

    ## References

    - [Alembic: bulk_insert with an ad-hoc table](https://alembic.sqlalchemy.org/en/latest/ops.html#alembic.operations.Operations.bulk_insert)
    - [SQLAlchemy: table()](https://docs.sqlalchemy.org/en/20/core/selectable.html#sqlalchemy.sql.expression.table)
    """

    code = "MG802"
    name = "application-models"
    scope = "revision"
    confidence = MEDIUM
    bad = (
        Example(
            setup=_SETUP,
            upgrade="from app.models import User\n"
            'op.get_bind().execute(sa.update(User).where(User.id == 1).values(name="x"))',
            files=(("app/__init__.py", ""), ("app/models.py", _MODELS)),
        ),
    )
    good = (
        Example(
            setup=_SETUP,
            upgrade='users = sa.table("users", sa.column("id"), sa.column("name"))\n'
            'op.execute(users.update().where(users.c.id == 1).values(name="x"))',
        ),
    )

    def check_revision(self, revision: Revision, context: Context) -> Iterator[Diagnostic]:
        """Judges one revision."""
        for found in revision.imports:
            if found.origin == "project" and _models(found):
                names = f" ({', '.join(found.names)})" if found.names else ""
                yield Diagnostic(
                    f"imports the application's models from {found.module}{names}: when they change, this revision "
                    "fails on every new database",
                    help='describe what it needs here: t = sa.table("t", sa.column("id"), sa.column("name"))',
                    place=found.place,
                )


def _models(found: Import) -> bool:
    """Whether the import is of models, and not of types or helpers that stand beside them."""
    parts = found.module.lower().split(".")
    if parts[-1] in _HELPERS:
        return False
    if not _MODULES.intersection(parts):
        return any(name in _MODULES for name in found.names)
    return not found.names or not all(name.endswith(_NOT_MODELS) or name in _HELPERS for name in found.names)
