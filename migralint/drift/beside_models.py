"""What models have beside what every comparison looks at: sequences that they ask for numbers, and comments."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.drift.changes import LastChange
from migralint.drift.compare import is_version_table
from migralint.drift.comparison import BLOCKING, COSMETIC
from migralint.drift.difference import MODELS, Difference
from migralint.drift.modelled import Modelled
from migralint.operations import AlterColumn, CreateSequence, CreateTableComment, ObjectRef, Operation
from migralint.schema import Schema

COMMENT = "comment"
"""The kind of differences that are only shown where a rule asks for them."""


def sequences(head: Schema, models: Modelled) -> Iterator[Difference]:
    """Sequences of the models that no revision makes."""
    for name, one in () if head.opaque else models.schema.sequences.items():
        if one.owned_by is None and name not in head.sequences and name.schema not in models.managed:
            ref = ObjectRef("sequence", None, str(name))
            yield Difference(
                "sequence",
                BLOCKING,
                ref,
                (("head", None), (models.path, f"sequence {name}")),
                f"the models have sequence {name}, which no revision makes: every INSERT that asks for a number fails",
                models.place_of(ref),
                source=MODELS,
                closing=(CreateSequence(one),),
            )


def comments(head: Schema, models: Modelled, changes: LastChange) -> Iterator[Difference]:
    """Comments of tables and columns of the same name that are not the same."""
    for name, one in head.tables.items():
        other = models.schema.tables.get(name)
        if other is None or one.doubtful or other.doubtful or one.assumed or is_version_table(one):
            continue
        if one.comment != other.comment:
            closing = CreateTableComment(name, other.comment)
            yield _comment(ObjectRef("table", name), (one.comment, other.comment), models, changes, closing)
        for column in one.columns:
            twin = other.column(column.name)
            if twin is not None and column.comment != twin.comment and not column.doubtful:
                change = AlterColumn(name, column.name, comment=twin.comment)
                ref = ObjectRef("column", name, column.name)
                yield _comment(ref, (column.comment, twin.comment), models, changes, change)


def _comment(
    ref: ObjectRef, said: tuple[str | None, str | None], models: Modelled, changes: LastChange, closing: Operation
) -> Difference:
    change = changes(ref)
    left, right = (repr(text) if text is not None else "none" for text in said)
    return Difference(
        COMMENT,
        COSMETIC,
        ref,
        (("head", said[0]), (models.path, said[1])),
        f"the comment of {ref} is {left} in the history and {right} in the models",
        models.place_of(ref),
        change.place if change is not None else None,
        source=MODELS,
        closing=(closing,),
    )
