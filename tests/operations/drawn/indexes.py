"""Indexes of tables and materialized views."""

from __future__ import annotations

from migralint.schema import Keyed, Name, Table, View
from tests.operations.drawn.draw import PARTS, Draw, is_text


def create(d: Draw) -> str | None:
    owner: Table | View | None = d.view(materialized=True) if d.chance(0.15) else d.table(lambda t: bool(t.columns))
    if owner is None or not owner.columns:
        return None
    columns = [c for c in owner.columns if c.type not in ("jsonb", "bytea") and "[" not in c.type]
    if not columns:
        return None
    keys = []
    for column in d.some(columns, 1, 3):
        text = d.quoted(column.name)
        if d.chance(0.15) and (expression := d.expression(owner.columns)):
            text = expression if expression[-1] == ")" and expression[0] != "(" else f"({expression})"
            if text.startswith("COALESCE"):
                text = f"({text})"
        else:
            if is_text(column.type) and d.chance(0.1):
                text += d.pick([' COLLATE "C"', " text_pattern_ops" if column.type == "text" else ""])
            text += d.pick(["", "", "", "", " DESC", " ASC", " DESC NULLS LAST", " NULLS FIRST"])
        keys.append(text)
    method = d.pick(["", "", "", " USING btree"])
    if len(keys) == 1 and d.chance(0.08) and keys[0].isidentifier():
        method = " USING hash"
    unique = d.word("UNIQUE", 0.3) if "hash" not in method else ""
    include = ""
    if d.chance(0.15) and "hash" not in method:
        include = f" INCLUDE {d.columns([d.pick(owner.columns).name])}"
    nulls = " NULLS NOT DISTINCT" if unique and d.version >= 15 and d.chance(0.15) else ""
    where = d.condition(owner.columns) if d.chance(0.25) else None
    name = d.quoted(d.pick(PARTS)) + " " if d.chance(0.6) else ""
    exists = d.word("IF NOT EXISTS", 0.15) if name else ""
    only = d.word("ONLY", 0.05)
    options = d.pick([" WITH (fillfactor = 70)", " WITH (deduplicate_items = off)"]) if d.chance(0.1) else ""
    tail = f"{include}{nulls}{options if 'hash' not in method else ''}" + (f" WHERE {where}" if where else "")
    concurrently = d.word("CONCURRENTLY", 0.2) if d.outside else ""
    return f"CREATE {unique}INDEX {concurrently}{exists}{name}ON {only}{d.written(owner.name)}{method} ({', '.join(keys)}){tail}"


def _index(d: Draw, of_key: float) -> tuple[Name, str] | None:
    """The table and the name of an index; with that chance one that belongs to a key."""
    found = d.index()
    table = d.table(lambda t: any(True for _ in t.of_kind(Keyed)))
    if table is not None and (found is None or d.chance(of_key)):
        return table.name, d.pick(list(table.of_kind(Keyed))).name
    return (found[0].name, found[1].name) if found is not None else None


def drop(d: Draw) -> str | None:
    picked = _index(d, 0.1)
    if picked is None:
        return None
    owner, name = picked
    if d.chance(0.03):
        name = d.pick(PARTS)
    concurrently = d.word("CONCURRENTLY", 0.2) if d.outside else ""
    return f"DROP INDEX {concurrently}{d.if_exists()}{d.written(owner._replace(name=name))}{d.cascade() if not concurrently else ''}"


def rename(d: Draw) -> str | None:
    picked = _index(d, 0.2)
    if picked is None:
        return None
    owner, name = picked
    return f"ALTER INDEX {d.if_exists(0.1)}{d.written(owner._replace(name=name))} RENAME TO {d.quoted(d.pick(PARTS))}"
