"""What every operation is, and how applying one fails."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from migralint.schema import Name, Schema

if TYPE_CHECKING:
    from migralint.operations.closing import Lost


class Unset:
    """The type of KEEP: an ALTER that leaves this property as it is."""

    def __repr__(self) -> str:
        return "KEEP"


KEEP: Final = Unset()


@dataclass(frozen=True, slots=True)
class ObjectRef:
    """An object as findings name it: `kind` is table, column, constraint, index, type, view, sequence, ..."""

    kind: str
    table: Name | None = None
    name: str | None = None

    @property
    def space(self) -> str:
        """The schema that it lies in."""
        return self.table.schema if self.table is not None else (self.name or "").partition(".")[0]

    def belongs_to(self, managed: Collection[str]) -> bool:
        """Whether someone else makes it: what lies in schemas that they manage, and what is replicated to them."""
        return self.space in managed or self.kind == "publication"

    def __str__(self) -> str:
        if self.table is None:
            return f"{self.kind} {self.name}"
        return f"{self.kind} {self.table}" + (f".{self.name}" if self.name and self.kind != "table" else "")


class CannotApply(Exception):
    """PostgreSQL would refuse the operation at this point.

    `kind` is "missing" (the object is not there), "exists" (it already is), "depends" (something needs it) or
    "invalid" (it does not fit what is there). `condition` is what PL/pgSQL calls the error where that does not follow
    from the kind (PostgreSQL docs, appendix A; `tests/operations/agree.py` compares it). `aborts` is set where a
    transaction is lost by it that code goes on in.
    """

    aborts = False

    def __init__(self, kind: str, object: ObjectRef, detail: str = "", *, condition: str = "") -> None:
        super().__init__(f"{object}: {detail or kind}")
        self.kind = kind
        self.object = object
        self.detail = detail
        self.condition = condition


@dataclass(frozen=True, slots=True)
class Operation:
    """One change. `operation` is Alembic's name where Alembic has it, else the SQL statement's in that style.

    `object_kind` is what it works on: an object of that kind called `name`, in `table` where it has one.
    """

    operation: ClassVar[str] = ""
    object_kind: ClassVar[str] = "table"
    changes_schema: ClassVar[bool] = True

    @property
    def table_name(self) -> Name | None:
        """The table it works on, or None."""
        return getattr(self, "table", None)

    @property
    def object_name(self) -> str | None:
        """The column, index, constraint or other object it names, or None."""
        name = getattr(self, "name", None)
        return name if name is None else str(name)

    @property
    def transactional(self) -> bool:
        """False for what PostgreSQL refuses inside a transaction block."""
        return True

    @property
    def object(self) -> ObjectRef:
        """What a finding about this operation is about."""
        return ObjectRef(self.object_kind, self.table_name, None if self.object_kind == "table" else self.object_name)

    def apply(self, before: Schema) -> Schema:
        """The state after it.

        Raises CannotApply where PostgreSQL would report an error.
        """
        return before

    def inverse(self, before: Schema) -> tuple[Operation, ...] | Lost:
        """The operations that undo it, given the schema before it: they restore that but for the order of columns.

        Rows are not restored. `Lost` tells why there are none: it cannot be undone, or what it does is not known.
        """
        from migralint.operations.inverse import undoing  # which knows every operation, and so imports this module

        return undoing(self, before)
