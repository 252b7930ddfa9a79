"""What a transaction has done before a statement: the relations it made, and the locks it holds.

PostgreSQL keeps locks to the end of the transaction, so that what a later statement does per row is done under all of
them; relations made in the same transaction nobody else can see, and so nobody waits for them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from migralint.operations.base import Operation
from migralint.operations.effects.values import Effects, Lock, strongest
from migralint.operations.made import after
from migralint.operations.namespaces import RenameSchema
from migralint.operations.programs import AlterSequence
from migralint.operations.tables import RenameTable
from migralint.operations.views import RenameView
from migralint.schema import Name, Schema


@dataclass(frozen=True, slots=True)
class Transaction:
    """What a transaction made, and the strongest lock that it holds on each relation that was there before it.

    `built` are indexes that it made on tables which were there.
    """

    made: frozenset[Name] = frozenset()
    built: frozenset[Name] = frozenset()
    held: tuple[Lock, ...] = ()

    def after(self, operation: Operation, before: Schema, effects: Effects | None) -> Transaction:
        """The transaction after the operation, which was carried out and had these effects."""
        held = strongest((*self.held, *effects.locks)) if effects else self.held
        if held:
            held = tuple(k._replace(relation=_called(operation, k.relation)) for k in held)
        built = self.built.union(effects.builds) if effects and effects.builds else self.built
        return Transaction(after(self.made, operation, before), built, held)


def _called(operation: Operation, relation: Name) -> Name:
    """The name of a relation after the operation."""
    match operation:
        case RenameTable() if relation == operation.table:
            return operation.new
        case RenameView() if relation == operation.name:
            return operation.new
        case AlterSequence(after=changed) if changed is not None and relation == operation.name:
            return changed.name
        case RenameSchema() if relation.schema == operation.name:
            return Name(operation.new_name, relation.name)
    return relation


def within(effects: Effects, transaction: Transaction, table: Name | None, before: Schema) -> Effects:
    """The effects in this transaction: without what concerns relations that it made, and with the locks it holds.

    `table` is what the operation works on.
    """
    made = transaction.made
    found = replace(effects, held=transaction.held)
    if transaction.built:
        found = replace(found, rebuilds_indexes=tuple(n for n in found.rebuilds_indexes if n not in transaction.built))
    if not made:
        return found
    locks, scans, rewrites, shuts = (
        tuple(k for k in effects.locks if k.relation not in made),
        *(tuple(n for n in names if n not in made) for names in (effects.scans, effects.rewrites, effects.shuts)),
    )
    rebuilt = tuple(n for n in found.rebuilds_indexes if (o := before.index_owner(n)) is None or o.name not in made)
    return replace(
        found,
        locks=locks,
        scans=scans,
        rewrites=rewrites,
        shuts=shuts,
        builds=() if table in made else effects.builds,
        rebuilds_indexes=() if table in made else rebuilt,
        breaks_old_code=() if table in made else effects.breaks_old_code,
    )
