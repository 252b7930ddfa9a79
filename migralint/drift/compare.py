"""Compares a derived schema with the head of the history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from migralint.drift.changes import Where
from migralint.drift.columns import compare_columns
from migralint.drift.comparison import BLOCKING, INTEGRITY, ORDER, Comparison, Derived, Pair
from migralint.drift.constraints import compare_checks, compare_foreign_keys, compare_primary_key
from migralint.drift.describe import table as table_text
from migralint.drift.difference import Difference
from migralint.drift.enums import compare_enums, enums_missing
from migralint.drift.exclusions import compare_exclusions
from migralint.drift.indexes import compare_indexes
from migralint.drift.names import compare_names
from migralint.drift.renames import Renamed, renamed_tables
from migralint.operations import ObjectRef, RenameTable
from migralint.schema import Name, Schema, Table


def drift(
    head: Schema,
    derived: Derived,
    where: Where,
    renamed: Mapping[ObjectRef, str] | None = None,
    *,
    proofs: bool = False,
) -> tuple[Difference, ...]:
    """How the derived side differs from the head, the worst first.

    What a bigger difference explains is not repeated; what is doubtful on either side is not compared; where a schema
    is opaque, what it lacks proves nothing. `where` says where the history last changed an object, `renamed` the new
    names of what it renamed. With `proofs`, it counts whether constraints are validated, which models do not say, and
    which no downgrade takes back.
    """
    comparison = Comparison(head, derived, where, renamed, proofs)
    renames = _pair(comparison)
    for one in renames:
        _table_renamed(comparison, one)
    _tables_missing(comparison)
    compare_enums(comparison)
    pairs = [
        Pair(comparison, head.tables[first], derived.schema.tables[two]) for first, two in comparison.tables.items()
    ]
    pairs = [p for p in pairs if not _doubtful(p.head) and not _doubtful(p.derived)]
    for pair in pairs:
        compare_columns(pair)
    enums_missing(comparison)
    for pair in pairs:
        compare_primary_key(pair)
        compare_foreign_keys(pair)
        compare_checks(pair)
        compare_exclusions(pair)
        compare_indexes(pair)
        compare_names(pair)
        _row_security(pair)
    return tuple(sorted(_without_following(comparison), key=lambda d: ORDER.index(d.drift_class)))


def _without_following(comparison: Comparison) -> Iterator[Difference]:
    """The differences but for those that tables below have because a table above them has the same."""
    back = {other: one for one, other in comparison.tables.items()}
    of_tables = {(d.kind, d.object.table, d.object.name, d.sides) for d in comparison.differences}
    for one in comparison.differences:
        below = comparison.derived.tables.get(one.object.table) if one.object.table is not None else None
        at_head = comparison.head.tables.get(back.get(below.name, below.name)) if below is not None else None
        above = {comparison.tables.get(name, name) for name in at_head.parents} if at_head is not None else set()
        parents = above & set(below.parents if below is not None else ())
        inherited = one.object.kind == "column" or one.kind == "check"
        if not inherited or all((one.kind, parent, one.object.name, one.sides) not in of_tables for parent in parents):
            yield one


def _doubtful(table: Table) -> bool:
    return table.assumed or table.doubtful


def _compared(comparison: Comparison, schema: Schema) -> dict[Name, Table]:
    """The tables that belong to the project."""
    return {
        name: table
        for name, table in schema.tables.items()
        if name.schema not in comparison.managed
        and table.persistence != "temporary"
        and not table.is_partition
        and not is_version_table(table)
    }


def is_version_table(table: Table) -> bool:
    """Whether Alembic keeps its revision in it, whatever its name."""
    return [column.name for column in table.columns] == ["version_num"]


def _pair(comparison: Comparison) -> list[Renamed]:
    """Finds which tables are one, and returns those under two names."""
    head, derived = _compared(comparison, comparison.head), _compared(comparison, comparison.derived)
    comparison.tables = {name: name for name in head if name in derived}
    if comparison.head.opaque or comparison.derived.opaque:
        return []
    left = [t for n, t in head.items() if n not in comparison.derived.tables and not _doubtful(t)]
    right = [t for n, t in derived.items() if n not in comparison.head.tables and not _doubtful(t)]
    known = [
        Renamed(one, other, f"a revision renames {old.name} to {new.name}")
        for one in left
        for other in right
        for old, new in ((other, one), (one, other))
        if comparison.renamed.get(ObjectRef("table", old.name)) == str(new.name)
    ]
    taken = {table.name for one in known for table in (one.head, one.derived)}
    left, right = [t for t in left if t.name not in taken], [t for t in right if t.name not in taken]
    renames = known + renamed_tables(left, right, (head.values(), derived.values()))
    comparison.tables.update({r.head.name: r.derived.name for r in renames})
    return renames


def _table_renamed(comparison: Comparison, renamed: Renamed) -> None:
    head, derived = renamed.head, renamed.derived
    comparison.add(
        "table",
        BLOCKING,
        ObjectRef("table", derived.name),
        (f"table {head.name}", f"table {derived.name}"),
        f"the history makes {head.name}, {comparison.path} has the same table as {derived.name}: {renamed.evidence}; "
        "statements with either name fail on the other side",
        at_head=ObjectRef("table", head.name),
        values=(head, derived),
        renamed_from=str(head.name),
        evidence=renamed.evidence,
        closing=(RenameTable(head.name, derived.name),),
    )


def _tables_missing(comparison: Comparison) -> None:
    head, derived = _compared(comparison, comparison.head), _compared(comparison, comparison.derived)
    paired = set(comparison.tables.values())
    for name, table in head.items():
        known = comparison.derived.opaque or name in comparison.derived.views or name in comparison.derived.tables
        if name not in comparison.tables and not known and not _doubtful(table):
            comparison.add(
                "table",
                BLOCKING,
                ObjectRef("table", name),
                (table_text(table), None),
                f"the history makes {name}, which {comparison.path} lacks: what uses it fails there",
                values=(table, None),
            )
    for name, table in derived.items():
        known = comparison.head.opaque or name in comparison.head.views or name in comparison.head.tables
        if name not in paired and not known and not _doubtful(table):
            comparison.add(
                "table",
                BLOCKING,
                ObjectRef("table", name),
                (None, table_text(table)),
                f"{comparison.path} has {name}, which no revision makes: what uses it fails on a database made by the "
                "history",
                values=(None, table),
            )


def _row_security(pair: Pair) -> None:
    """Row security that only the history switches on; what else a snapshot has of it belongs to its environment."""
    if pair.head.row_security and not pair.derived.row_security and not pair.comparison.derived.opaque:
        pair.add(
            "row_security",
            INTEGRITY,
            ("table", None),
            ("enabled", "disabled"),
            f"row security of {pair.derived.name} is enabled by the history, not in {pair.comparison.path}: there "
            "every role that has privileges sees every row",
            (pair.head, pair.derived),
        )
