"""Rules, publications and event triggers."""

from __future__ import annotations

from migralint.schema import Table, View
from tests.operations.drawn.draw import Draw, is_number

RULES = ["r", "Rule 2", "quiet"]
PUBLICATIONS = ["pub", "Pub 2"]
EVENTS = ["watched", "Watch 2"]


def create_rule(d: Draw) -> str | None:
    owner: Table | View | None = d.view(materialized=False) if d.chance(0.3) else d.table(lambda t: bool(t.columns))
    if owner is None or not owner.columns:
        return None
    event = d.pick(["INSERT", "UPDATE", "DELETE"])
    row = "OLD" if event == "DELETE" else "NEW"
    instead = d.pick(["ALSO ", "INSTEAD ", ""])
    where, action = "", "NOTHING"
    if d.chance(0.3):
        where = f" WHERE {row}.{d.quoted(d.pick(owner.columns).name)} IS NOT NULL"
    target = d.table(lambda t: any(_plain(c.type) for c in t.columns) and t.name != owner.name)
    if d.chance(0.4) and target is not None:
        name, column = d.written(target.name), d.quoted(d.pick([c for c in target.columns if _plain(c.type)]).name)
        action = d.pick([f"DELETE FROM {name}", f"DELETE FROM {name} WHERE {column} IS NULL", "NOTHING"])
        if not where and d.chance(0.3):
            action = f"(DELETE FROM {name}; NOTIFY told)"
    rule = f"{d.quoted(d.pick(RULES))} AS ON {event} TO {d.written(owner.name)}"
    return f"CREATE {d.word('OR REPLACE', 0.3)}RULE {rule}{where} DO {instead}{action}"


def _plain(type: str) -> bool:
    return is_number(type) or type == "text"


def change_rule(d: Draw) -> str | None:
    found = [owner for owner in d.schema.relations() if owner.rules]
    if not found:
        return None
    owner = d.pick(found)
    name, on = d.quoted(d.pick(owner.rules).name if d.chance(0.95) else "none"), d.written(owner.name)
    return d.pick(
        [
            f"DROP RULE {d.if_exists()}{name} ON {on}",
            f"ALTER RULE {name} ON {on} RENAME TO {d.quoted(d.pick(RULES))}",
        ]
    )


def _table(d: Draw) -> str | None:
    found = d.table(lambda t: bool(t.columns)) if d.chance(0.95) else d.table()
    if found is None:
        return None
    text = f"{d.word('ONLY', 0.5)}{d.written(found.name)}"
    plain = [c for c in found.columns if c.generated is None]
    if plain and d.chance(0.2) and not found.partition_by:
        text += f" {d.columns([c.name for c in d.some(plain, 1, 2)])}"
    if found.primary_key is not None and d.chance(0.2) and not found.partition_by:
        text += f" WHERE ({d.quoted(found.primary_key.columns[0])} IS NOT NULL)"
    return text


def create_publication(d: Draw) -> str | None:
    name = d.quoted(d.pick(PUBLICATIONS))
    options = d.pick(["", "", " WITH (publish = 'insert, delete')", " WITH (publish_via_partition_root = true)"])
    if d.chance(0.2):
        return f"CREATE PUBLICATION {name} FOR ALL TABLES{options}"
    if d.chance(0.15):
        return f"CREATE PUBLICATION {name} FOR TABLES IN SCHEMA {d.quoted(d.pick(d.schema.schemas))}{options}"
    table = _table(d)
    return f"CREATE PUBLICATION {name} FOR TABLE {table}{options}" if table else None


def change_publication(d: Draw) -> str | None:
    if not d.schema.publications:
        return None
    made = d.pick(list(d.schema.publications.values()))
    name = d.quoted(made.name) if d.chance(0.95) else "missing"
    table, other = _table(d), d.table(lambda t: any(p.publication == made.name for p in t.published))
    forms = [f"RENAME TO {d.quoted(d.pick(PUBLICATIONS))}", "SET (publish = 'insert')"]
    forms.append("SET (publish_via_partition_root = false, publish = 'insert, update, delete, truncate')")
    if table is not None and not made.all_tables:
        forms += [f"ADD TABLE {table}", f"SET TABLE {table}"]
    if other is not None:
        forms.append(f"DROP TABLE {d.written(other.name)}")
    if d.chance(0.2):
        return f"DROP PUBLICATION {d.if_exists()}{name}"
    return f"ALTER PUBLICATION {name} {d.pick(forms)}"


def create_event_trigger(d: Draw) -> str | None:
    functions = [f for overloads in d.schema.functions.values() for f in overloads if f.returns == "event_trigger"]
    if not functions:
        return None
    event = d.pick(["ddl_command_end", "ddl_command_start", "sql_drop"])
    tags = d.pick(["", "", " WHEN TAG IN ('CREATE TABLE', 'DROP TABLE')"])
    call = f"EXECUTE FUNCTION {d.written(d.pick(functions).name)}()"
    return f"CREATE EVENT TRIGGER {d.quoted(d.pick(EVENTS))} ON {event}{tags} {call}"


def change_event_trigger(d: Draw) -> str | None:
    if not d.schema.event_triggers:
        return None
    name = d.quoted(d.pick(list(d.schema.event_triggers)) if d.chance(0.95) else "none")
    return d.pick(
        [
            f"DROP EVENT TRIGGER {d.if_exists()}{name}",
            f"ALTER EVENT TRIGGER {name} RENAME TO {d.quoted(d.pick(EVENTS))}",
            f"ALTER EVENT TRIGGER {name} {d.pick(['DISABLE', 'ENABLE', 'ENABLE ALWAYS', 'ENABLE REPLICA'])}",
        ]
    )
