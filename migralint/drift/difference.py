"""The value that drift rules see: one difference between two schemas."""

from __future__ import annotations

from dataclasses import dataclass, field

from migralint.operations import ObjectRef, Operation, Place
from migralint.queries.use import Use
from migralint.schema import Column, Constraint, EnumType, Index, Name, OtherType, Table

Value = Table | Column | Constraint | Index | EnumType | OtherType
"""What a side has of the object that differs."""

SNAPSHOT = "snapshot"
"""The source of differences with a SQL file."""

ENVIRONMENT = "environment"
"""The source of differences with a database that someone runs, as its dump shows it; the side has its name."""

MODELS = "models"
"""The source of differences with the SQLAlchemy models, and the name of that side."""

NULL_REFUSED, TWO_DEFAULTS, NAMES_FOR_VALUES, NOT_IMPORTED = "null", "default", "enum", "import"
"""Causes: the models leave out what the database wants; default= and server default say two things; an enum's names
stand where the others have its values; nothing that env.py imports defines the table."""

SET_ASIDE = "aside"
"""The cause of a table without a model that the project knows of: code lists it beside Alembic's own or with others
that have none, or makes models when it runs, under names that only it knows."""

OPENED = "opened"
"""The cause of a table that no revision makes: code that stamps the history makes it whenever it opens a database."""

TRIGGER = "trigger"
"""The cause of a difference about a column that a trigger of the history gives its values."""

FOLLOWS = "follows"
"""The cause of a difference in type that the referenced column has too."""

QUERIES = "queries"
"""The source of what queries need and the head lacks."""

BLOCKING = "blocking"
"""The class of what breaks at run time."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference. `kind` is table, column, type, nullability, default, enum, foreign_key, ...

    `sides` maps the name of each side ("head", "supabase_schema.sql", ...) to its definition, None where it has
    none. `renamed_from` is the object's name at head where the two are one object under two names. `object` is named
    as on the derived side, `place` is there, `head_place` in the history. `head` and `derived` are the objects
    themselves, as far as there are any; `table_at_head` is the name of the table in the history.
    `source` is the kind of the derived side, which `wins` where it is the truth. `since` is the revision that last
    changed the object, `closing` the operations after which the history has what the derived side has, as far as they
    are known. `cause` names the mistake behind it, where it is a known one. `uses` are the places in code that need
    what the head lacks, `instead` is a name at head that they may mean.
    """

    kind: str
    drift_class: str
    object: ObjectRef
    sides: tuple[tuple[str, str | None], ...]
    message: str
    place: Place
    head_place: Place | None = None
    renamed_from: str | None = None
    evidence: str | None = None
    head: Value | None = field(default=None, repr=False)
    derived: Value | None = field(default=None, repr=False)
    table_at_head: Name | None = None
    source: str = SNAPSHOT
    since: str | None = None
    closing: tuple[Operation, ...] = field(default=(), repr=False)
    cause: str | None = None
    uses: tuple[Use, ...] = ()
    instead: str | None = None
    wins: bool = False

    @property
    def side(self) -> str:
        """The name of the derived side."""
        return self.sides[-1][0]

    def keeping(self, *code: str) -> str:
        """Help that shows the code of a revision after which the history has what the derived side has."""
        if self.wins:
            return "\n".join([f"{self.side} is the truth; to bring the history there, in a new revision:", *code])
        where = " that does nothing where it is there already" if self.source == ENVIRONMENT else ""
        return "\n".join([f"to keep what {self.side} has, in a new revision{where}:", *code])

    @property
    def given_up(self) -> bool:
        """Whether the derived side only does without a table, or a column that an INSERT may leave out."""
        if self.derived is not None or not isinstance(self.head, Column):
            return self.derived is None and isinstance(self.head, Table)
        filled = self.head.default is not None or self.head.identity is not None or self.head.generated is not None
        return filled or not self.head.not_null

    @property
    def dumped(self) -> bool:
        """Whether the derived side is SQL: a snapshot, or the dump of an environment."""
        return self.source in (SNAPSHOT, ENVIRONMENT)

    @property
    def renewing(self) -> str:
        """Help for what only the history has."""
        if self.wins:
            return f"{self.side} is the truth: remove it from the history in a new revision"
        if self.source == ENVIRONMENT:
            return (
                f"{self.side} has lost what its revision makes: make it again in a new revision that does nothing "
                "where it is there; if it is not wanted, remove it everywhere in a new revision"
            )
        return f"upgrade that database and make {self.side} anew; if it is not wanted, remove it in a new revision"
