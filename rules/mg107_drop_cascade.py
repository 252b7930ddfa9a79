"""MG107: CASCADE takes objects along that the statement does not name."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    ERROR,
    WARNING,
    Context,
    Diagnostic,
    DropColumn,
    DropConstraint,
    DropExtension,
    DropFunction,
    DropSchema,
    DropSequence,
    DropTable,
    DropType,
    DropView,
    Example,
    Name,
    Rule,
    Schema,
    Step,
    lowered,
    upgrades,
)

_DROPS = (DropTable, DropColumn, DropConstraint, DropType, DropSchema, DropView, DropFunction, DropSequence)
_SETUP = """op.execute("CREATE TYPE mood AS ENUM ('glad', 'sad')")
op.execute("CREATE TABLE people (id integer PRIMARY KEY, mood mood)")"""
_SHOWN = 8


class DropsCascade(Rule):
    """DROP ... CASCADE takes objects along that the statement does not name.

    ## What it flags

    A drop with `CASCADE` where, by the history, something else goes with it: columns of a dropped type, views over a
    table or view, foreign keys of other tables, everything in a schema. An extension is flagged always, as its
    objects are not known. It is an error where tables or columns go, a warning otherwise.

    ## Why it matters

    What goes is decided by what exists in the database at that moment, not by what the author saw. Dropping a type
    this way drops the columns of that type with their values.

    ## Instead

    Drop without `CASCADE`, and drop or change what depends on it before, each by its name. If PostgreSQL then
    refuses, it has found something that nobody thought of.

    ## References

    - [PostgreSQL: dependency tracking](https://www.postgresql.org/docs/current/ddl-depend.html)
    """

    code = "MG107"
    name = "drop-cascade"
    scope = "operation"
    severity = ERROR
    bad = (
        Example(setup=_SETUP, upgrade='op.execute("DROP TYPE mood CASCADE")'),
        Example(
            setup='op.execute("CREATE TABLE t (id integer)")\nop.execute("CREATE VIEW v AS SELECT id FROM t")\n'
            'op.execute("CREATE VIEW w AS SELECT id FROM v")',
            upgrade='op.execute("DROP VIEW v CASCADE")',
        ),
    )
    good = (
        Example(
            setup=_SETUP,
            upgrade='op.alter_column("people", "mood", type_=sa.Text(), postgresql_using="mood::text")\n'
            'op.execute("DROP TYPE mood")',
            settings=('table-sizes = {people = "small"}',),
        ),
        Example(
            setup="op.execute(\"CREATE TYPE lonely AS ENUM ('a')\")", upgrade='op.execute("DROP TYPE lonely CASCADE")'
        ),
    )

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        operation = step.operation
        if not upgrades(step):
            return
        if isinstance(operation, DropExtension) and operation.cascade:
            yield Diagnostic(
                f"drops extension {operation.name} and, with CASCADE, every column, index and function that uses it",
                help=f"DROP EXTENSION {operation.name}, after what uses it was dropped by name",
                confidence=lowered(step),
            )
            return
        if not isinstance(operation, _DROPS) or not operation.cascade:
            return
        tables, others = _lost(step, context)
        lost = tables + others
        if not lost:
            return
        shown = ", ".join(lost[:_SHOWN]) + (f" and {len(lost) - _SHOWN} more" if len(lost) > _SHOWN else "")
        yield Diagnostic(
            f"CASCADE drops more than {operation.object}: {shown}",
            help="drop these by name first, then drop without CASCADE",
            severity=ERROR if tables else WARNING,
            confidence=lowered(step),
        )


def _lost(step: Step, context: Context) -> tuple[list[str], list[str]]:
    """What goes beside the object itself: tables and columns, and everything else. New tables do not count."""
    before, after, operation = step.before, step.after, step.operation
    own = operation.table_name if isinstance(operation, DropTable | DropColumn | DropConstraint) else None
    column = operation.name if isinstance(operation, DropColumn) else None
    tables, others = [], []
    for name, table in before.tables.items():
        left = after.tables.get(name)
        if (name == own and isinstance(operation, DropTable)) or context.new_in_revision(step, name):
            continue
        if left is None:
            tables.append(f"table {name}")
            continue
        if left is table:
            continue
        tables += [f"column {name}.{c.name}" for c in table.columns if c.name != column and not left.column(c.name)]
        if name != own:
            others += [f"constraint {c.name} of {name}" for c in table.constraints if not left.constraint(c.name)]
            kept = {t.name for t in left.triggers}
            others += [f"trigger {t.name} of {name}" for t in table.triggers if t.name not in kept]
    others += [f"view {n}" for n in before.views if n not in after.views and n != getattr(operation, "name", None)]
    others += _in_schema(before, after, operation.name) if isinstance(operation, DropSchema) else []
    return tables, others


def _in_schema(before: Schema, after: Schema, schema: str) -> list[str]:
    kinds: tuple[tuple[str, object, object], ...] = (
        ("type", before.types, after.types),
        ("sequence", before.sequences, after.sequences),
        ("function", before.functions, after.functions),
    )
    found: list[str] = []
    for kind, old, new in kinds:
        assert isinstance(old, dict)
        assert isinstance(new, dict)
        names: list[Name] = [n for n in old if n.schema == schema and n not in new]
        found += [f"{kind} {n}" for n in names]
    return found
