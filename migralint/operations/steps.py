"""What a replay records: the operations as they ran, what it noticed, and what it assumed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from migralint.operations.base import CannotApply, ObjectRef, Operation
from migralint.operations.database import Place
from migralint.schema import Schema

CERTAIN, CONDITIONAL, OPAQUE = "certain", "conditional", "opaque"


@dataclass(frozen=True, slots=True)
class Step:
    """An operation as it ran: where it stands, how sure it is, and the states around it.

    `transaction` numbers the transactions of the revision, None is outside any; `after_commit` is true where the code
    itself ended one with COMMIT: whether another is open depends on the driver. `applied` is false for what was only
    judged (the branch not taken, the body of a loop over unknown data) or undone with its subtransaction. `failure`
    is what PostgreSQL would answer; the replay went on without the operation. `caught` is where the code swallows a
    failure of it, without a savepoint (which helps only outside of a transaction).
    """

    operation: Operation
    place: Place
    before: Schema = field(repr=False)
    after: Schema = field(repr=False)
    certainty: str = CERTAIN
    reason: str | None = None
    applied: bool = True
    implicit: bool = False
    transaction: int | None = 0
    sql: str | None = None
    failure: CannotApply | None = None
    caught: Place | None = None
    after_commit: bool = False
    revision: str | None = None
    direction: str = "upgrade"
    index: int = 0


class Note(NamedTuple):
    """Something the engine itself noticed; `kind` is the code of the MG0xx or MG3xx rule that reports it."""

    kind: str
    message: str
    place: Place
    revision: str | None
    direction: str = "upgrade"


class Assumption(NamedTuple):
    """An object that no revision makes and that was assumed from its first use."""

    object: ObjectRef
    place: Place
    revision: str | None
    direction: str = "upgrade"


class Guarded(NamedTuple):
    """A change that a condition rules out on a new database, as what it changes is made later: by `maker`, at `made`.

    `step` is the change as it would fail.
    """

    step: Step
    maker: str
    made: Place
