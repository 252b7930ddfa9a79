"""Operations as the body of `upgrade()` or `downgrade()`.

Written by a renderer of its own and not by Alembic's autogenerate: that renders objects of SQLAlchemy, which would
have to be made of ours first (the larger half of the work), and it knows no SQL for what Alembic has no operation for,
no autocommit blocks, no PostgreSQL options of constraints, and no line length. So neither Alembic nor SQLAlchemy is
needed to write code for them.

What Alembic has an operation for is written with it, in the arguments that autogenerate gives; the rest as
`op.execute("...")`. Names are in `op.f(...)`: they are final, whatever naming convention the project has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from migralint.operations import (
    AlterTypeAddValue,
    CannotApply,
    CreateIndex,
    CreateType,
    DropIndex,
    Lost,
    Operation,
    ValidateConstraint,
)
from migralint.render.code_operations import calls
from migralint.render.code_parts import sql_text
from migralint.render.guards import guard, tolerant
from migralint.render.layout import Call, node, statement
from migralint.render.serials import with_serials
from migralint.render.statement import statements
from migralint.schema import Schema

_IMPORTS = {
    "sa.": "import sqlalchemy as sa",
    "op.": "from alembic import op",
    "postgresql.": "from sqlalchemy.dialects import postgresql",
}


@dataclass(frozen=True)
class Body:
    """What stands in a function of a revision, indented, and the imports that it needs, sorted.

    `left_out` are the operations of which not enough is known to write them: a comment stands in their place.
    """

    text: str
    imports: tuple[str, ...] = ()
    left_out: tuple[Operation, ...] = ()


@dataclass(frozen=True)
class _Part:
    """An operation as calls; none of them where not enough is known of it."""

    operation: Operation
    calls: tuple[Call, ...]
    alone: bool


def upgrade(operations: Iterable[Operation], before: Schema, *, guarded: bool = False) -> Body:
    """The code that does the operations, one after the other, on a database in the state `before`.

    When `guarded`, each does nothing on a database where it has been done.
    """
    parts = list(_parts(with_serials(tuple(operations), before), before, guarded))
    lines: list[str] = []
    for alone, group in groupby(parts, key=lambda part: part.alone):
        indent = 4
        if alone:
            lines.append(" " * indent + "with op.get_context().autocommit_block():")
            indent = 8
        for part in group:
            lines += [statement(call, indent) for call in part.calls]
            if not part.calls:
                lines.append(f"{' ' * indent}# Left out, as not enough is known of it: {_told(part.operation)}")
    written = [call for part in parts for call in part.calls]
    used = {prefix for call in written for prefix in _modules(call)}
    return Body(
        "\n".join(lines if written else [*lines, "    pass"]),
        tuple(line for prefix, line in _IMPORTS.items() if prefix in used),
        tuple(part.operation for part in parts if not part.calls),
    )


def downgrade(operations: Iterable[Operation], before: Schema) -> Body | Lost:
    """The code that undoes them, on a database in the state after them; `Lost` says which cannot be undone, and why."""
    undone: list[Operation] = []
    state = before
    for operation in operations:
        inverse = operation.inverse(state)
        if isinstance(inverse, Lost):
            return Lost(f"{_told(operation)}: {inverse.reason}")
        if not operation.transactional:
            inverse = tuple(_concurrently(one) for one in inverse)
        undone = [*inverse, *undone]
        state = _after(operation, state)
    return upgrade(undone, state)


def _parts(operations: Sequence[Operation], state: Schema, guarded: bool) -> Iterator[_Part]:
    made = set()
    for at, operation in enumerate(operations, 1):
        block = guard(operation, state, operations[at:]) if guarded else None
        written = (tolerant(operation) if guarded else None) or operation
        found = calls(written, state) if state.dialect == "postgresql" and block is None else None
        if found is None:
            found = [node("op.execute", sql_text(text)) for text in ([block] if block else statements(written, state))]
        # a label that the transaction adds cannot be used in it, unless it makes the type as well
        adds_label = isinstance(operation, AlterTypeAddValue) and operation.name not in made
        # and a constraint is read for under the lock of whatever the transaction did before
        alone = adds_label or not operation.transactional or isinstance(operation, ValidateConstraint)
        yield _Part(operation, tuple(found), bool(found) and alone)
        if isinstance(operation, CreateType):
            made.add(operation.definition.name)
        state = _after(operation, state)


def _after(operation: Operation, state: Schema) -> Schema:
    try:
        return operation.apply(state)
    except CannotApply:  # it is written as it is, whether or not it will run
        return state


def _concurrently(operation: Operation) -> Operation:
    return replace(operation, concurrently=True) if isinstance(operation, CreateIndex | DropIndex) else operation


def _told(operation: Operation) -> str:
    """The operation for a comment, on one line."""
    about = operation.object
    named = about.table is not None or about.name is not None
    return " ".join(f"{operation.operation} of {about}".split()) if named else operation.operation


def _modules(value: object) -> Iterator[str]:
    """The prefixes of the functions that a value calls."""
    if isinstance(value, Call):
        yield value.function.partition(".")[0] + "."
        for one in (*value.arguments, *(named for _, named in value.named)):
            yield from _modules(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _modules(one)
