"""`composite(...)`: several columns of a mapped class that make one value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.library.annotations import annotations_of, mapped, plain
from migralint.python.library.items import ColumnItem
from migralint.python.library.registry import known
from migralint.python.values import Arguments, ClassValue, Native, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


class CompositeItem(Native):
    """`composite(cls, *columns)`, whose columns take names and types from the fields of a dataclass."""

    type_name = "composite"

    def __init__(self, args: Arguments) -> None:
        self.args = args

    def copy(self) -> CompositeItem:
        """A copy with columns of its own."""
        parts = [one.copy() if isinstance(one, ColumnItem) else one for one in self.args.positional]
        return CompositeItem(Arguments(parts, self.args.keywords, self.args.open))

    def columns(self, ev: Evaluator, owner: ClassValue, name: str) -> list[ColumnItem]:
        """The columns that it brings into the table: those that stand in it, or one for each field of its class."""
        first = self.args.get(0)
        found = mapped(ev, owner, name)
        kind = first if isinstance(first, ClassValue) else found.kind if found is not None else None
        fields = list(annotations_of(kind)) if isinstance(kind, ClassValue) else []
        items = [one for one in self.args.positional if isinstance(one, ColumnItem)]
        if not any(one is not first for one in self.args.positional) and not items:
            items = [ColumnItem(None, None, Arguments(), [], Place(owner.scope.path), mapped=True) for _ in fields]
        for item, field in zip(items, fields, strict=False):
            if item.table is None and item.mapped and isinstance(kind, ClassValue):
                item.name = item.name if item.name is not None else field
                item.annotation = plain(ev, kind, field)
        return [item for item in items if item.table is None]


@known("sqlalchemy.orm.composite")
def _composite(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return CompositeItem(args)
