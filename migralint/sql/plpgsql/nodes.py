"""A block of PL/pgSQL as a tree. `start`/`end` are offsets into the body; expressions stay cursors into it."""

from __future__ import annotations

from dataclasses import dataclass

from migralint.sql.cursor import Cursor


@dataclass(slots=True)
class Node:
    """One statement."""

    start: int
    end: int


@dataclass(slots=True)
class Declaration:
    """A variable with its initial value."""

    name: str
    type: str
    value: Cursor | None


@dataclass(slots=True)
class Handler:
    """`WHEN condition OR condition THEN ...`; names and SQLSTATEs in lower case."""

    conditions: tuple[str, ...]
    body: list[Node]


@dataclass(slots=True)
class Block(Node):
    """`DECLARE ... BEGIN ... EXCEPTION ... END`."""

    label: str
    declarations: list[Declaration]
    body: list[Node]
    handlers: list[Handler]


@dataclass(slots=True)
class If(Node):
    """IF with its ELSIF arms; `otherwise` is empty without ELSE."""

    arms: list[tuple[Cursor, list[Node]]]
    otherwise: list[Node]


@dataclass(slots=True)
class Case(Node):
    """CASE as a statement; `subject` None for a searched one. Without ELSE (None) it fails where nothing matches."""

    subject: Cursor | None
    arms: list[tuple[list[Cursor], list[Node]]]
    otherwise: list[Node] | None


@dataclass(slots=True)
class Loop(Node):
    """LOOP or, with a condition, WHILE."""

    label: str
    condition: Cursor | None
    body: list[Node]


@dataclass(slots=True)
class ForRange(Node):
    """`FOR i IN [REVERSE] low .. high [BY step] LOOP`."""

    label: str
    variable: str
    low: Cursor
    high: Cursor
    step: Cursor | None
    reverse: bool
    body: list[Node]


@dataclass(slots=True)
class ForRows(Node):
    """`FOR record IN query LOOP`, or IN EXECUTE text where `dynamic`."""

    label: str
    targets: list[str]
    query: Cursor
    dynamic: bool
    body: list[Node]


@dataclass(slots=True)
class ForEach(Node):
    """`FOREACH x IN ARRAY array LOOP`."""

    label: str
    targets: list[str]
    array: Cursor
    body: list[Node]


@dataclass(slots=True)
class Leave(Node):
    """EXIT or CONTINUE."""

    again: bool
    label: str
    condition: Cursor | None


@dataclass(slots=True)
class Return(Node):
    """RETURN; RETURN NEXT and RETURN QUERY do not leave."""

    value: Cursor | None
    leaves: bool


@dataclass(slots=True)
class Raise(Node):
    """RAISE; only EXCEPTION ends the path. `condition` is the name or SQLSTATE raised, in lower case."""

    fails: bool
    condition: str
    message: str


@dataclass(slots=True)
class Execute(Node):
    """EXECUTE text [INTO targets] [USING values]."""

    text: Cursor
    targets: list[str]
    using: list[Cursor]


@dataclass(slots=True)
class Assign(Node):
    """`target := value`."""

    target: str
    value: Cursor


@dataclass(slots=True)
class Forget(Node):
    """A statement that gives variables values that are not followed (GET DIAGNOSTICS, FETCH)."""

    targets: list[str]


@dataclass(slots=True)
class Perform(Node):
    """PERFORM query, or CALL."""

    query: Cursor


@dataclass(slots=True)
class Sql(Node):
    """A statement of SQL, without its INTO clause; `targets` are the variables of that."""

    statement: Cursor
    targets: list[str]
