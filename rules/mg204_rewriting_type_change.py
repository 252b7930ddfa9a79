"""MG204: a type change that writes the whole table, or an index, anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from migralint.rule import (
    KEEP,
    MEDIUM,
    AlterColumn,
    Check,
    Code,
    Context,
    Diagnostic,
    Example,
    RenameType,
    Rule,
    Schema,
    Step,
    call,
    canonical,
    conversion,
    execute,
    in_schema,
    in_sql,
    lowered,
    type_call,
    upgrades,
)

_SETUP = """op.create_table(
    "orders",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("number", sa.Integer),
    sa.Column("note", sa.String(50)),
    sa.Column("placed", sa.DateTime()),
)
op.execute("CREATE INDEX orders_note ON orders (lower(note))")"""


class RewritingTypeChange(Rule):
    """A column's type is changed in a way that takes time for every row.

    ## What it flags

    A change of type, from the type that the history gave the column, after which PostgreSQL writes the whole table
    anew (`integer` to `bigint`, an enum type to another one, anything with a computing `USING`), builds indexes again
    (an expression or partial index over a widened `varchar`), or reads every row for a check constraint. Silent for
    what only changes the catalog: a longer `varchar`, `varchar` to `text`, a `numeric` with more digits at the same
    scale, more precise timestamps. One finding for a table and revision.

    ## Why it matters

    It happens under ACCESS EXCLUSIVE: every read and write of the table waits, and all that queue behind it. A
    rewrite also needs the size of the table again on disk, and sends it all to the replicas.

    ## Instead

    Add a column of the new type, keep both in step with a trigger, backfill in batches, then switch. For an index
    that would be rebuilt: drop it, change the type, and build it again CONCURRENTLY. An enum that only gains values:
    `ALTER TYPE ... ADD VALUE`.

    ## References

    - [PostgreSQL: ALTER TABLE, notes](https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES)
    """

    code = "MG204"
    name = "rewriting-type-change"
    scope = "operation"
    once = True
    bad = (
        Example(setup=_SETUP, upgrade='op.alter_column("orders", "number", type_=sa.BigInteger())'),
        Example(setup=_SETUP, upgrade='op.alter_column("orders", "note", type_=sa.Text())'),
        Example(setup=_SETUP, upgrade='op.alter_column("orders", "placed", type_=sa.DateTime(timezone=True))'),
        Example(
            setup=_SETUP,
            upgrade='op.execute("ALTER TABLE orders ALTER COLUMN placed TYPE timestamptz '
            "USING placed AT TIME ZONE 'UTC'\")",
        ),
        Example(
            setup="op.execute(\"CREATE TYPE state AS ENUM ('new', 'paid')\")\n"
            'op.execute("CREATE TABLE bills (state state)")',
            upgrade="op.execute(\"CREATE TYPE bill_state AS ENUM ('new', 'paid', 'sent')\")\n"
            'op.execute("ALTER TABLE bills ALTER COLUMN state TYPE bill_state USING state::text::bill_state")',
        ),
    )
    good = (
        Example(
            setup=_SETUP + '\nop.execute("DROP INDEX orders_note")',
            upgrade='op.alter_column("orders", "note", type_=sa.String(100))',
        ),
        Example(upgrade=_SETUP + '\nop.alter_column("orders", "number", type_=sa.BigInteger())'),
    )

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        operation = step.operation
        if not isinstance(operation, AlterColumn) or not upgrades(step) or step.before.dialect != "postgresql":
            return
        table = operation.table
        owner = step.before.tables.get(table)
        column = owner.column(operation.name) if owner else None
        if owner is None or column is None or column.type == "unknown" or not isinstance(operation.type, str):
            return
        if not context.busy(step, table):
            return
        effects = context.effects(replace(step, operation=replace(operation, not_null=KEEP)))
        if effects is None or effects.duration == "brief":
            return
        new = canonical(operation.type)
        if effects.rewrites:
            count = len(effects.rebuilds_indexes)
            work = "rewrites the table" + (f" and its {count} indexes" if count > 1 else " and its index" * count)
        elif effects.rebuilds_indexes:
            work = f"builds {', '.join(n.name for n in effects.rebuilds_indexes)} again"
        else:
            checks = [c.name for c in owner.of_kind(Check) if operation.name in c.columns and c.validated]
            work = f"reads every row for {', '.join(f'check {name}' for name in checks if name) or 'its checks'} again"
        change = conversion(step.before, column.type, new)
        alone = context.effects(replace(step, operation=replace(operation, not_null=KEEP, type=column.type)))
        computes = alone is not None and bool(alone.rewrites)  # USING does more than cast: it rewrites in any case
        in_utc = ""
        if change.reorders and change.rewrites and not computes:
            in_utc = " (unless the session's TimeZone is UTC)"
        waiting = ", ".join(str(b.relation) for b in effects.blocks_reads)
        yield Diagnostic(
            f"changing {table}.{operation.name} from {_collated(column.type, column.collation)} to "
            f"{_collated(new, operation.collation)} {work}{in_utc} under ACCESS EXCLUSIVE: "
            f"every read and write of {waiting} waits that long",
            help=(_more_labels(column.type, new, step, context) or _instead(operation, new, step.before))
            if effects.rewrites
            else None,
            confidence=lowered(step, rule_confidence(change.sure or computes)),
            cause=context.of_table(step, _changes_type),
        )


def _changes_type(step: Step) -> bool:
    return isinstance(step.operation, AlterColumn) and isinstance(step.operation.type, str)


def _collated(kind: str, collation: object) -> str:
    return f"{kind} COLLATE {collation}" if isinstance(collation, str) else kind


def rule_confidence(sure: bool) -> str:
    """Medium where the answer depends on the session or on an extension."""
    return RewritingTypeChange.confidence if sure else MEDIUM


def _more_labels(old: str, new: str, step: Step, context: Context) -> str | None:
    """ADD VALUE for each label that only the new one of two enum types has, where it has all of the old one."""
    before, default = step.before, step.before.default_schema
    kinds = [kind for name in (old, new) for kind in before.enums() if in_sql(kind.name, default) == name]
    if len(kinds) != 2 or any(kind.partial for kind in kinds):
        return None
    one, other = kinds
    if not set(one.labels) < set(other.labels):
        return None
    added = [label.replace("'", "''") for label in other.labels if label not in one.labels]
    name = one.name
    for earlier in reversed(context.history.steps(step.revision or "", step.direction)[: step.index]):
        if isinstance(earlier.operation, RenameType) and earlier.operation.new == name:
            name = earlier.operation.name  # as it is called before this revision
    lines = [execute(f"ALTER TYPE {in_sql(name, default)} ADD VALUE '{label}'") for label in added]
    return "\n".join(["# the type that is there gets the new values, and no table is touched:", *lines])


def _instead(operation: AlterColumn, new: str, before: Schema) -> str:
    """The first step of the way with a second column."""
    added = Code(call("sa.Column", f"{operation.name}_new", type_call(new, before), nullable=True))
    line = call("op.add_column", operation.table.name, added, schema=in_schema(operation.table, before.default_schema))
    return f"{line}\n# keep both in step with a trigger, backfill in batches, switch the code, drop the old column"
