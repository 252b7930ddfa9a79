"""Which statement comes next."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection
from contextlib import suppress

from migralint import sql
from migralint.operations import CannotApply
from migralint.operations.paper import Paper
from tests.operations.drawn import columns, constraints, indexes, programs, published, settings, tables, types
from tests.operations.drawn.draw import Draw
from tests.sql.reading import at

Maker = Callable[[Draw], str | None]

KINDS: dict[str, tuple[int, Maker]] = {
    "create_table": (14, tables.create_table),
    "create_partition": (8, tables.create_partition),
    "create_alike": (2, tables.create_alike),
    "create_as": (2, tables.create_as),
    "attach": (4, tables.attach),
    "detach": (3, tables.detach),
    "inherit": (3, tables.inherit),
    "drop_table": (4, tables.drop_table),
    "rename_table": (5, tables.rename_table),
    "table_options": (4, tables.options),
    "temporary": (1, tables.temporary),
    "comment": (4, tables.comment),
    "rows": (2, tables.rows),
    "columns": (26, columns.alter_columns),
    "rename_column": (7, columns.rename_column),
    "not_null_constraint": (2, columns.not_null_constraint),
    "add_constraint": (14, constraints.add),
    "using_index": (3, constraints.using_index),
    "drop_constraint": (7, constraints.drop),
    "change_constraint": (7, constraints.change),
    "create_index": (12, indexes.create),
    "drop_index": (5, indexes.drop),
    "rename_index": (4, indexes.rename),
    "create_type": (7, types.create),
    "alter_type": (6, types.alter),
    "drop_type": (3, types.drop),
    "create_sequence": (3, programs.create_sequence),
    "alter_sequence": (4, programs.alter_sequence),
    "use_sequence": (2, programs.use_sequence),
    "drop_sequence": (2, programs.drop_sequence),
    "create_view": (7, programs.create_view),
    "alter_view": (4, programs.alter_view),
    "drop_view": (3, programs.drop_view),
    "create_function": (4, programs.create_function),
    "change_function": (4, programs.change_function),
    "create_statistics": (3, programs.create_statistics),
    "change_statistics": (2, programs.change_statistics),
    "create_trigger": (4, programs.create_trigger),
    "change_trigger": (3, programs.change_trigger),
    "create_policy": (3, programs.create_policy),
    "change_policy": (2, programs.change_policy),
    "comment_any": (7, settings.comment),
    "set_table": (6, settings.table),
    "set_column": (5, settings.column),
    "set_index": (3, settings.index),
    "set_view": (2, settings.view),
    "create_rule": (4, published.create_rule),
    "change_rule": (2, published.change_rule),
    "create_publication": (3, published.create_publication),
    "change_publication": (3, published.change_publication),
    "create_event_trigger": (2, published.create_event_trigger),
    "change_event_trigger": (2, published.change_event_trigger),
    "schemas": (7, programs.schemas),
    "unmodelled": (3, programs.unmodelled),
    "extension": (1, programs.extension),
}


def drawn_schema(seed: int, without: Collection[str] = (), statements: int = 30) -> Paper:
    """The database on paper after a sequence of statements; those that it refuses change nothing."""
    paper = Paper(server_version=18)
    draw = Draw(random.Random(seed), paper, 18)
    for _ in range(statements):
        _, statement = next_statement(draw, without)
        with suppress(CannotApply), paper.subtransaction():
            sql.run(statement, paper, at)
    return paper


def next_statement(d: Draw, without: Collection[str] = ()) -> tuple[str, str]:
    """A statement and its kind; of the kinds that are not left out."""
    names = [name for name in KINDS if name not in without]
    weights = [KINDS[n][0] for n in names]
    while True:
        kind = d.rng.choices(names, weights)[0] if d.schema.tables else d.pick(["create_table", "create_type"])
        statement = KINDS[kind][1](d)
        if statement is None:
            continue
        if d.chance(0.03) and kind != "schemas" and "CONCURRENTLY" not in statement and "$" not in statement:
            return f"guarded_{kind}", programs.guarded(d, statement)
        return kind, statement
