"""MG802: a migration that uses the application's models."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import MEDIUM, Context, Diagnostic, Example, Import, Revision, Rule

_MODULES = frozenset(("model", "models", "entity", "entities", "orm"))
_HELPERS = ("types", "type", "enums", "enum", "constants", "utils", "util", "helpers", "mixins")
_NO_MODELS = ("type", "enum", "function", "value")

_SETUP = 'op.create_table("users", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.Text))'
_MODELS = """import enum
import sqlalchemy as sa
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Plan(str, enum.Enum):
    FREE = "free"


class State:
    NEW = "new"


class Moment(sa.TypeDecorator):
    impl = sa.DateTime


class User(Base):
    __tablename__ = "users"
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.Text)


def everybody():
    return sa.select(User)


def limit():
    return sa.String(20)
"""
_FILES = (("app/__init__.py", ""), ("app/models.py", _MODELS))


class ApplicationModels(Rule):
    """A migration uses the models of the application.

    ## What it flags

    An import of the project's models in a revision: a module called `models`, `entities` or `orm`, or one below
    such a package. Column types, enums, constants, classes that nothing maps, functions without models and helper
    modules are left alone: what a name is tells the code of the module that defines it, with the bases of its classes.

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
            files=_FILES,
        ),
        Example(
            setup=_SETUP,
            upgrade="import app.models\n"
            'op.get_bind().execute(sa.update(app.models.User).where(app.models.User.id == 1).values(name="x"))',
            files=_FILES,
        ),
        Example(upgrade="import app.models", files=_FILES),
        Example(setup=_SETUP, upgrade="from app.models import everybody\neverybody()", files=_FILES),
    )
    good = (
        Example(
            setup=_SETUP,
            upgrade='from app.models import State, limit\nop.add_column("users", sa.Column("made", limit()))',
            files=_FILES,
        ),
        Example(
            setup=_SETUP,
            upgrade='import app.models\nop.add_column("users", sa.Column("made", app.models.Moment(), nullable=True))',
            files=_FILES,
        ),
        Example(
            setup=_SETUP,
            upgrade="from app import models\n"
            'op.create_table("plans", sa.Column("plan", sa.Enum(models.Plan), primary_key=True))',
            files=_FILES,
        ),
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
                names = _shown(found)
                yield Diagnostic(
                    f"imports the application's models from {found.module} ({names}): when they change, this revision "
                    "fails, or does something else, on every new database"
                    if names
                    else f"imports the application's models ({found.module}) and uses nothing of them: when the module "
                    "is moved, Alembic can load no revision",
                    help='describe what it needs here: t = sa.table("t", sa.column("id"), sa.column("name"))'
                    if names
                    else "remove the import",
                    place=found.place,
                )


def _models(found: Import) -> bool:
    """Whether the import is of models, and not of types or helpers that stand beside them."""
    parts = found.module.lower().split(".")
    if parts[-1] in _HELPERS:
        return False
    if not _MODULES.intersection(parts):
        named = [name for name in found.names if name in _MODULES]
        return bool(named) and (not found.used or any(_is_model(*one) for one in found.used if _of(one[0], named)))
    return not found.used or any(_is_model(*one) for one in found.used)


def _of(name: str, modules: list[str]) -> bool:
    return name.partition(".")[0] in modules


def _is_model(name: str, kind: str) -> bool:
    """Whether it may be a model: a class, or what cannot be told."""
    return kind not in _NO_MODELS and name.partition(".")[0] not in _HELPERS


def _shown(found: Import) -> str:
    return ", ".join(dict.fromkeys(name or found.module for name, kind in found.used if _is_model(name, kind)))
