"""Constraints of every kind."""

from __future__ import annotations

from migralint.schema import Check, Column, ForeignKey, Keyed, Table
from tests.operations.drawn.draw import PARTS, Draw

ACTIONS = [
    "",
    "",
    " ON DELETE CASCADE",
    " ON DELETE SET NULL",
    " ON UPDATE CASCADE ON DELETE RESTRICT",
    " ON DELETE NO ACTION",
]
DEFERRABLE = ["", "", "", "", " DEFERRABLE", " DEFERRABLE INITIALLY DEFERRED", " NOT DEFERRABLE"]
_COMPARED = (
    "integer",
    "bigint",
    "smallint",
    "text",
    "character varying",
    "uuid",
    "date",
    "numeric",
    "double precision",
)


def _keyable(column: Column) -> bool:
    return column.type.split("(")[0] in _COMPARED


def _target(d: Draw, type: str) -> tuple[Table, str] | None:
    """A table and a unique column of this type."""
    found = []
    for table in (t for t in d.schema.tables.values() if t.persistence != "temporary"):
        keys = [k.columns[0] for k in table.of_kind(Keyed) if len(k.columns) == 1]
        keys += [i.keys[0].column for i in table.indexes if i.unique and len(i.keys) == 1 and i.keys[0].column]
        found += [(table, k) for k in keys if (c := table.column(k)) is not None and (c.type == type or d.chance(0.05))]
    return d.pick(found) if found else None


def _references(d: Draw, type: str, own: Table | None = None) -> str | None:
    target = _target(d, type)
    if target is None:
        return None
    table, column = target
    primary = table.primary_key
    short = primary is not None and primary.columns == (column,) and d.chance()
    columns = "" if short else f" {d.columns([column])}"
    match = d.pick(["", "", "", " MATCH FULL", " MATCH SIMPLE"])
    return f"REFERENCES {d.written(table.name)}{columns}{match}{d.pick(ACTIONS)}{d.pick(DEFERRABLE)}"


def inline_constraint(d: Draw, column: Column) -> str | None:
    """A constraint in the definition of its column."""
    kind = d.pick(["unique", "primary", "check", "check", "references", "references"])
    name = d.name_clause(0.3)
    if kind == "unique" and _keyable(column):
        nulls = " NULLS NOT DISTINCT" if d.version >= 15 and d.chance(0.15) else ""
        return f"{name}UNIQUE{nulls}{d.pick(DEFERRABLE)}"
    if kind == "primary" and _keyable(column):
        return f"{name}PRIMARY KEY"
    if kind == "check" and (condition := d.condition([column])):
        return f"{name}CHECK ({condition}){d.pick(['', '', '', ' NO INHERIT'])}"
    if kind == "references" and (text := _references(d, column.type)):
        return f"{name}{text}"
    return None


def table_constraint(d: Draw, table: Table, *, alter: bool = False) -> str | None:
    """A constraint of the table; with `alter` also forms that only ALTER TABLE has."""
    if not table.columns:
        return None
    kind = d.pick(["unique", "primary", "check", "check", "foreign", "foreign", "exclude"])
    name = d.name_clause(0.5)
    keyable = [c.name for c in table.columns if _keyable(c)]
    if kind in ("unique", "primary") and keyable:
        include = ""
        if d.chance(0.15):
            include = f" INCLUDE {d.columns([d.pick(table.columns).name])}"
        nulls = ""
        if kind == "unique" and d.version >= 15 and d.chance(0.15):
            nulls = " NULLS NOT DISTINCT"
        word = "UNIQUE" if kind == "unique" else "PRIMARY KEY"
        include += " WITH (fillfactor = 75)" if d.chance(0.08) else ""
        return f"{name}{word}{nulls} {d.columns(d.some(keyable, 1, 2))}{include}{d.pick(DEFERRABLE)}"
    if kind == "check" and (condition := d.condition(table.columns)):
        tail = d.pick(["", "", "", " NO INHERIT"]) + (" NOT VALID" if alter and d.chance(0.3) else "")
        if not tail and d.version >= 18 and d.chance(0.08):
            tail = " NOT ENFORCED"
        return f"{name}CHECK ({condition}){tail}"
    if kind == "foreign":
        column = d.pick(table.columns)
        if text := _references(d, column.type):
            valid = " NOT VALID" if alter and d.chance(0.2) else ""
            if d.version >= 18 and not valid and d.chance(0.06):
                valid = " NOT ENFORCED"
            return f"{name}FOREIGN KEY {d.columns([column.name])} {text}{valid}"
    if kind == "exclude":
        ranges = [c.name for c in table.columns if c.type == "int4range"]
        where = d.condition(table.columns) if d.chance(0.3) else None
        tail = f" WHERE ({where})" if where else ""
        if ranges:
            return f"{name}EXCLUDE USING gist ({d.quoted(ranges[0])} WITH &&){tail}"
        if keyable and d.chance(0.3):
            return f"{name}EXCLUDE ({d.quoted(d.pick(keyable))} WITH =){tail}{d.pick(DEFERRABLE)}"
    return None


def add(d: Draw) -> str | None:
    table = d.table(lambda t: bool(t.columns))
    text = table_constraint(d, table, alter=True) if table else None
    if table is None or text is None:
        return None
    only = d.word("ONLY", 0.06)
    return f"ALTER TABLE {only}{d.written(table.name)} ADD {text}"


def using_index(d: Draw) -> str | None:
    table = d.table(lambda t: any(i.unique for i in t.indexes))
    if table is None:
        return None
    index = d.pick([i for i in table.indexes if i.unique or d.chance(0.1)] or list(table.indexes))
    kind = d.pick(["UNIQUE", "PRIMARY KEY"])
    return f"ALTER TABLE {d.written(table.name)} ADD {d.name_clause()}{kind} USING INDEX {d.quoted(index.name)}{d.pick(DEFERRABLE)}"


def drop(d: Draw) -> str | None:
    table = d.table(lambda t: bool(t.constraints))
    if table is None:
        return None
    name = d.pick(table.constraints).name if d.chance(0.95) else d.pick(PARTS)
    only = d.word("ONLY", 0.05)
    return f"ALTER TABLE {only}{d.written(table.name)} DROP CONSTRAINT {d.if_exists()}{d.quoted(name)}{d.cascade()}"


def change(d: Draw) -> str | None:
    table = d.table(lambda t: bool(t.constraints))
    if table is None:
        return None
    constraint = d.pick(table.constraints)
    start = f"ALTER TABLE {d.word('ONLY', 0.05)}{d.written(table.name)} "
    kind = d.pick(["rename", "validate", "alter"])
    if kind == "validate" and (isinstance(constraint, Check | ForeignKey) or d.chance(0.1)):
        return f"{start}VALIDATE CONSTRAINT {d.quoted(constraint.name)}"
    if kind == "alter" and (isinstance(constraint, ForeignKey) or d.chance(0.1)):
        when = d.pick(["DEFERRABLE", "NOT DEFERRABLE", "DEFERRABLE INITIALLY DEFERRED", "INITIALLY IMMEDIATE"])
        return f"{start}ALTER CONSTRAINT {d.quoted(constraint.name)} {when}"
    return f"{start}RENAME CONSTRAINT {d.quoted(constraint.name)} TO {d.quoted(d.pick(PARTS))}"
