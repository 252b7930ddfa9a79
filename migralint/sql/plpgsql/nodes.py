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
    """A variable with its initial value; for a cursor the query and the names of its arguments instead."""

    name: str
    type: str
    value: Cursor | None
    query: Cursor | None = None
    arguments: tuple[str, ...] = ()


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
    using: list[Cursor]
    body: list[Node]


@dataclass(slots=True)
class ForCursor(Node):
    """`FOR record IN cursor(arguments) LOOP`."""

    label: str
    target: str
    name: str
    arguments: list[Cursor]
    body: list[Node]


@dataclass(slots=True)
class ForEach(Node):
    """`FOREACH x [SLICE n] IN ARRAY array LOOP`."""

    label: str
    targets: list[str]
    slice: int
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
    """RETURN; `kind` is "" or what does not leave: "next", "query", "execute"."""

    value: Cursor | None
    kind: str
    using: list[Cursor]


@dataclass(slots=True)
class Raise(Node):
    """RAISE; only EXCEPTION ends the path, without anything it raises the same again.

    `condition` is the name or SQLSTATE raised, in lower case; `format` the message with its `arguments`; `options` what
    USING gives by lower-case name.
    """

    fails: bool
    again: bool
    condition: str
    format: str
    arguments: list[Cursor]
    options: dict[str, Cursor]


@dataclass(slots=True)
class Assert(Node):
    """ASSERT condition [, message]."""

    condition: Cursor


@dataclass(slots=True)
class Execute(Node):
    """EXECUTE text [INTO [STRICT] targets] [USING values]."""

    text: Cursor
    targets: list[str]
    strict: bool
    using: list[Cursor]


@dataclass(slots=True)
class Assign(Node):
    """`target := value`, with the indexes of `target[i] := value`."""

    target: str
    indexes: list[Cursor]
    value: Cursor


@dataclass(slots=True)
class Diagnostics(Node):
    """GET [STACKED] DIAGNOSTICS: pairs of a variable and the lower-case name of what it gets."""

    stacked: bool
    items: list[tuple[str, str]]


@dataclass(slots=True)
class Open(Node):
    """OPEN cursor, with its arguments, or FOR a query (its text where `dynamic`)."""

    name: str
    arguments: list[Cursor]
    query: Cursor | None
    dynamic: bool
    using: list[Cursor]


@dataclass(slots=True)
class Fetch(Node):
    """FETCH [NEXT] FROM cursor INTO targets, or MOVE without any; `forward` is false for other directions."""

    name: str
    targets: list[str]
    forward: bool


@dataclass(slots=True)
class Perform(Node):
    """PERFORM query, or CALL."""

    query: Cursor


@dataclass(slots=True)
class Sql(Node):
    """A statement of SQL, without its INTO clause; `targets` are the variables of that."""

    statement: Cursor
    targets: list[str]
    strict: bool
