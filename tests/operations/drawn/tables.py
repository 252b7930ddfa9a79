"""CREATE, ALTER and DROP TABLE as a whole, with partitions and inheritance."""

from __future__ import annotations

from migralint.schema import Column, Table
from tests.operations.drawn.columns import column_definition
from tests.operations.drawn.constraints import table_constraint
from tests.operations.drawn.draw import COLUMNS, TABLES, Draw, is_number, is_text


def create_table(d: Draw) -> str | None:
    name = d.new_name(TABLES)
    kind = d.pick(["", "", "", "", "UNLOGGED "])
    columns: list[Column] = []
    parts = []
    for column in d.some(COLUMNS, 1, 5):
        made, text = column_definition(d, column, columns)
        columns.append(made)
        parts.append(text)
    table = Table(name, tuple(columns))
    parts += [c for c in (table_constraint(d, table) for _ in range(d.pick([0, 0, 1, 1, 2, 3]))) if c]
    if d.chance(0.1) and (source := d.table()):
        options = d.pick(
            [
                "",
                " INCLUDING ALL",
                " INCLUDING DEFAULTS",
                " INCLUDING COMMENTS INCLUDING STORAGE INCLUDING INDEXES",
                " INCLUDING CONSTRAINTS INCLUDING INDEXES",
            ]
        )
        parts.insert(d.rng.randrange(len(parts) + 1), f"LIKE {d.written(source.name)}{options}")
    tail = ""
    if d.chance(0.1) and (sources := d.some([t.name for t in d.schema.tables.values() if not t.is_partition], 1, 2)):
        tail = f" INHERITS ({', '.join(d.written(s) for s in sources)})"
    elif d.chance(0.2) and not kind and (key := _partition_key(d, columns)):
        tail = f" PARTITION BY {key}"
    if " PARTITION BY " not in tail and d.chance(0.08):
        tail += " WITH (fillfactor=70, autovacuum_enabled = off)"
    exists = d.word("IF NOT EXISTS", 0.15)
    return f"CREATE {kind}TABLE {exists}{d.written(name)} ({', '.join(parts)}){tail}"


def _partition_key(d: Draw, columns: list[Column]) -> str | None:
    found = [c for c in columns if (is_number(c.type) or is_text(c.type)) and c.generated is None]
    if not found:
        return None
    return f"{d.pick(['LIST', 'RANGE', 'HASH'])} ({d.quoted(d.pick(found).name)})"


def _bounds(d: Draw, parent: Table) -> str:
    how = (parent.partition_by or "").split(" ")[0].upper()
    if how == "HASH":
        return f"FOR VALUES WITH (MODULUS 4, REMAINDER {d.pick([0, 1, 2, 3])})"
    if d.chance(0.3):
        return "DEFAULT"
    at = d.rng.randrange(8)
    return f"FOR VALUES IN ('{at}')" if how == "LIST" else f"FOR VALUES FROM ('{at}') TO ('{at + 1}')"


def create_partition(d: Draw) -> str | None:
    parent = d.table(lambda t: t.partition_by is not None)
    if parent is None:
        return None
    name = d.new_name(TABLES)
    inside = ""
    if d.chance(0.15) and parent.columns:
        inside = f" ({d.quoted(d.pick(parent.columns).name)} {d.pick(['NOT NULL', 'DEFAULT NULL', 'UNIQUE'])})"
    below = ""
    if d.chance(0.15) and (key := _partition_key(d, list(parent.columns))):
        below = f" PARTITION BY {key}"
    return f"CREATE TABLE {d.written(name)} PARTITION OF {d.written(parent.name)}{inside} {_bounds(d, parent)}{below}"


def attach(d: Draw) -> str | None:
    parent = d.table(lambda t: t.partition_by is not None)
    if parent is None:
        return None
    own = {c.name for c in parent.columns}
    child = d.table(lambda t: {c.name for c in t.columns} == own and t.name != parent.name and not t.is_partition)
    if child is None or d.chance(0.05):
        child = d.table()
    if child is None:
        return None
    return f"ALTER TABLE {d.written(parent.name)} ATTACH PARTITION {d.written(child.name)} {_bounds(d, parent)}"


def create_alike(d: Draw) -> str | None:
    """A table that can be attached to a partitioned one."""
    parent = d.table(lambda t: t.partition_by is not None)
    if parent is None:
        return None
    options = d.pick(["INCLUDING ALL", "INCLUDING DEFAULTS INCLUDING CONSTRAINTS", ""])
    return f"CREATE TABLE {d.written(d.new_name(TABLES))} (LIKE {d.written(parent.name)} {options})"


def detach(d: Draw) -> str | None:
    child = d.table(lambda t: t.is_partition)
    if child is None or not child.parents:
        return None
    return f"ALTER TABLE {d.written(child.parents[0])} DETACH PARTITION {d.written(child.name)}"


def inherit(d: Draw) -> str | None:
    child = d.table(lambda t: bool(t.parents) and not t.is_partition)
    if child is not None and d.chance():
        return f"ALTER TABLE {d.written(child.name)} NO INHERIT {d.written(child.parents[0])}"
    child = d.table()
    if child is None:
        return None
    own = {c.name for c in child.columns}
    parent = d.table(lambda t: {c.name for c in t.columns} <= own and t.name != child.name) or d.table()
    if parent is None:
        return None
    return f"ALTER TABLE {d.written(child.name)} INHERIT {d.written(parent.name)}"


def create_as(d: Draw) -> str | None:
    source = d.table(lambda t: bool(t.columns))
    if source is None:
        return None
    columns = ", ".join(d.quoted(c.name) for c in d.some(source.columns, 1, 3))
    name = d.new_name(TABLES)
    query = f"SELECT {columns} FROM {d.written(source.name)}"
    return f"CREATE TABLE {d.word('IF NOT EXISTS', 0.1)}{d.written(name)} AS {query}{d.pick(['', ' WITH NO DATA'])}"


def drop_table(d: Draw) -> str | None:
    names = {d.relation() for _ in range(d.pick([1, 1, 1, 2]))}
    return f"DROP TABLE {d.if_exists()}{', '.join(d.written(n) for n in sorted(names))}{d.cascade()}"


def rename_table(d: Draw) -> str | None:
    name = d.relation()
    if d.chance(0.3):
        return f"ALTER TABLE {d.if_exists(0.1)}{d.written(name)} SET SCHEMA {d.quoted(d.new_name(TABLES).schema)}"
    return f"ALTER TABLE {d.if_exists(0.1)}{d.written(name)} RENAME TO {d.quoted(d.pick(TABLES))}"


def options(d: Draw) -> str | None:
    """What changes little or nothing that is modelled."""
    table = d.table()
    if table is None:
        return None
    name = table.name
    indexed = [f"CLUSTER ON {d.quoted(i.name)}" for i in table.indexes if i.where is None and i.method == "btree"]
    kinds = [] if table.partition_by else ["SET (fillfactor = 80)", "RESET (fillfactor)", "SET LOGGED", "SET UNLOGGED"]
    action = d.pick(
        [
            *kinds,
            *(indexed if table.partition_by is None else []),
            "ENABLE ROW LEVEL SECURITY",
            "DISABLE ROW LEVEL SECURITY",
            "FORCE ROW LEVEL SECURITY",
            "REPLICA IDENTITY FULL",
            "DISABLE TRIGGER ALL",
        ]
    )
    return f"ALTER TABLE {d.written(name)} {action}"


def temporary(d: Draw) -> str | None:
    return f"CREATE TEMP TABLE scratch_{d.rng.randrange(10**6)} (id serial PRIMARY KEY, a text UNIQUE)"


def comment(d: Draw) -> str | None:
    table = d.table()
    if table is None:
        return None
    text = d.pick(["NULL", "'one'", "'it''s; two'", "''"])
    if d.chance() and table.columns:
        return f"COMMENT ON COLUMN {d.written(table.name)}.{d.quoted(d.column(table))} IS {text}"
    return f"COMMENT ON TABLE {d.written(d.relation())} IS {text}"


def rows(d: Draw) -> str | None:
    """Statements about rows: the tables stay empty."""
    table = d.table(lambda t: any(c.generated is None and not c.identity for c in t.columns))
    if table is None:
        return None
    name = d.written(table.name)
    column = d.quoted(d.pick([c for c in table.columns if c.generated is None and not c.identity]).name)
    return d.pick(
        [f"DELETE FROM {name}", f"UPDATE {name} SET {column} = {column}", f"DELETE FROM {name} WHERE {column} IS NULL"]
    )
