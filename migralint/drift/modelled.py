"""What the comparison asks of the models."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from migralint.drift.comparison import Derived
from migralint.operations import ObjectRef, Place
from migralint.schema import Name, Schema


class Details(Protocol):
    """What models say beside their schema.

    `filled` are the columns for which SQLAlchemy sends a value with every INSERT, and the constant that it sends, if it
    is one; `members` the names and values of the Python enum behind a column. `guessed` are tables of which nothing is
    doubtful but their schema, `unnamed` those whose naming convention is not known. `refused` are the constraints and
    indexes that PostgreSQL does not make, which the schema lacks.
    """

    filled: dict[ObjectRef, str | None]
    members: dict[ObjectRef, tuple[tuple[str, str], ...]]
    guessed: set[Name]
    unnamed: set[Name]
    refused: set[ObjectRef]


class Creating(Protocol):
    """The file whose code makes the tables itself, and whether it does whenever it opens a database."""

    @property
    def path(self) -> str:
        """The file."""
        ...

    @property
    def opening(self) -> bool:
        """Whether each database has the tables as soon as the code has opened it."""
        ...


class Modelled(Derived, Protocol):
    """The models."""

    @property
    def details(self) -> Details:
        """What they say beside their schema."""
        ...

    @property
    def unreached(self) -> Callable[[Collection[Name]], Mapping[Name, Place]]:
        """Where modules that were not read define tables."""
        ...

    @property
    def set_aside(self) -> Callable[[Collection[Name]], Collection[str]]:
        """Which tables without a model code keeps a list of."""
        ...

    @property
    def created(self) -> Callable[[], Creating | None]:
        """Which file makes the tables of the models itself, as it runs."""
        ...

    @property
    def open(self) -> bool:
        """Whether code makes more models, under names that only it knows."""
        ...

    def leaves_out(self, ref: ObjectRef, head: Schema, value: object = None) -> bool:
        """Whether the project keeps an object out of the comparison."""
        ...
