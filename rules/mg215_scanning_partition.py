"""MG215: a partition whose rows are read before it is one."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    AttachPartition,
    Context,
    CreateTable,
    Diagnostic,
    Example,
    Name,
    Rule,
    Step,
    execute,
    in_sql,
    lowered,
    upgrades,
)

_SETUP = """op.execute("CREATE TABLE visits (day date NOT NULL, page text) PARTITION BY RANGE (day)")
op.execute("CREATE TABLE visits_25 (day date NOT NULL, page text)")"""
_REST = _SETUP + '\nop.execute("CREATE TABLE visits_rest PARTITION OF visits DEFAULT")'
_ATTACH = """op.execute(
    "ALTER TABLE visits ATTACH PARTITION visits_25 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')"
)"""
_CHECK = """op.execute(
    "ALTER TABLE visits_25 ADD CONSTRAINT visits_25_day CHECK (day >= '2025-01-01' AND day < '2026-01-01') NOT VALID"
)
with op.get_context().autocommit_block():
    op.execute("ALTER TABLE visits_25 VALIDATE CONSTRAINT visits_25_day")
"""


class ScanningPartition(Rule):
    """A table that becomes a partition, or the default partition, is read in full under a lock.

    ## What it flags

    `ATTACH PARTITION` of a table that existed before the revision, without a validated check that proves its bounds;
    `ATTACH PARTITION` and `CREATE TABLE ... PARTITION OF` where the parent has a default partition that is in use and
    no check of it excludes the new bounds.

    ## Why it matters

    PostgreSQL reads the new partition under ACCESS EXCLUSIVE to see whether its rows fit, and the default partition to
    see whether it holds rows of the new one: all reads and writes of these wait that long. `CREATE TABLE ... PARTITION
    OF` holds ACCESS EXCLUSIVE on the parent meanwhile, which stops every query of it.

    ## Instead

    Add a check that says what the bounds say, NOT VALID, and validate it before; then attach, and drop the check. For
    the default partition, add a check that excludes the new bounds. Make new partitions as tables of their own, and
    attach them.

    ## References

    - [PostgreSQL: partition maintenance](https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE)
    """

    code = "MG215"
    name = "scanning-partition"
    scope = "operation"
    once = True
    bad = (
        Example(setup=_SETUP, upgrade=_ATTACH),
        Example(
            setup=_REST,
            upgrade="op.execute(\"CREATE TABLE visits_26 PARTITION OF visits FOR VALUES FROM ('2026-01-01') TO "
            "('2027-01-01')\")",
        ),
    )
    good = (
        Example(setup=_SETUP, upgrade=_CHECK + _ATTACH),
        Example(
            setup=_SETUP,
            upgrade="op.execute(\"CREATE TABLE visits_26 PARTITION OF visits FOR VALUES FROM ('2026-01-01') TO "
            "('2027-01-01')\")",
        ),
    )

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        operation = step.operation
        if not isinstance(operation, AttachPartition | CreateTable) or not upgrades(step):
            return
        effects = context.effects(step)
        if effects is None or step.before.dialect != "postgresql":
            return
        scans = [name for name in effects.scans if context.busy(step, name)]
        if not scans:
            return
        if isinstance(operation, CreateTable):
            parent = next(iter(operation.definition.parents), None)
            made = f"making partition {operation.definition.name}"
            held = f" with ACCESS EXCLUSIVE on {parent}: every query of {parent} waits" if parent else ""
            yield Diagnostic(
                f"{made} reads the default partition {_names(scans)} in full{held}",
                help=_excluding(scans[0], step),
                confidence=lowered(step),
            )
            return
        own = operation.partition in scans
        yield Diagnostic(
            f"attaching {operation.partition} to {operation.table} reads {_names(scans)} in full under ACCESS "
            f"EXCLUSIVE: no check proves that {'its rows fit' if own else 'no row belongs to the new partition'}",
            help=_proving(operation, step) if own else _excluding(scans[0], step),
            confidence=lowered(step),
        )


def _names(tables: list[Name]) -> str:
    return ", ".join(map(str, tables))


def _proving(operation: AttachPartition, step: Step) -> str:
    return _check(operation.partition, f"... {operation.bound or 'the bounds'} as a condition ...", step)


def _excluding(rest: Name, step: Step) -> str:
    return _check(rest, "... the opposite of the new bounds ...", step)


def _check(table: Name, condition: str, step: Step) -> str:
    alter = f"ALTER TABLE {in_sql(table, step.before.default_schema)}"
    validate = execute(f"{alter} VALIDATE CONSTRAINT bounds")
    return "\n".join(
        [
            execute(f"{alter} ADD CONSTRAINT bounds CHECK ({condition}) NOT VALID"),
            f"with op.get_context().autocommit_block():\n    {validate}",
            "# then the statement, then:",
            execute(f"{alter} DROP CONSTRAINT bounds"),
        ]
    )
