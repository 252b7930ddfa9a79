"""What is set of objects that are there: comments, storage, replica identity, when triggers and rules run."""

from __future__ import annotations

from migralint.operations.comments import comments
from migralint.operations.details import Target
from migralint.operations.settings import indexed
from migralint.schema import Name, Table
from migralint.schema.names import TEMPORARY
from tests.operations.drawn.draw import Draw, is_text
from tests.operations.facts_set import is_toasted

TEXTS = ["NULL", "'one'", "'it''s; two'", "''", "'three'"]


def comment(d: Draw) -> str | None:
    """COMMENT ON whatever there is."""
    found = [target for target, _ in comments(d.schema) if not _temporary(target) and target.kind != "extension"]
    return f"COMMENT ON {_object(d, d.pick(found))} IS {d.pick(TEXTS)}" if found else None


def _temporary(target: Target) -> bool:
    names = (target.name, target.on)
    return any(isinstance(name, Name) and name.schema == TEMPORARY for name in names)


def _object(d: Draw, target: Target) -> str:
    kind = "CONSTRAINT" if target.kind == "domain_constraint" else target.kind.replace("_", " ").upper()
    name = d.written(target.name) if isinstance(target.name, Name) else d.quoted(target.name)
    if target.kind == "column" and target.on is not None:
        return f"{kind} {d.written(target.on)}.{name}"
    if target.arguments is not None:
        return f"{kind} {name}({', '.join(str(one) for one in target.arguments)})"
    if target.on is None:
        return f"{kind} {name}"
    return f"{kind} {name} ON {'DOMAIN ' if target.kind == 'domain_constraint' else ''}{d.written(target.on)}"


def table(d: Draw) -> str | None:
    """What ALTER TABLE sets of a table as a whole."""
    found = d.table()
    if found is None:
        return None
    on = f"ALTER TABLE {d.written(found.name)} "
    forms = ["REPLICA IDENTITY FULL", "REPLICA IDENTITY NOTHING", "REPLICA IDENTITY DEFAULT"]
    if found.partition_by is None or d.chance(0.1):
        forms += [
            f"SET (fillfactor = {d.pick([50, 60, 70])})",
            "SET (autovacuum_enabled = false, parallel_workers = 2)",
            "SET (toast.autovacuum_enabled = off)" if is_toasted(found) else "RESET (toast.autovacuum_enabled)",
            "RESET (fillfactor, parallel_workers)",
            "SET WITHOUT CLUSTER",
        ]
    for one in d.some(indexed(found), 0, 2):
        forms += [f"CLUSTER ON {d.quoted(one.name)}", f"REPLICA IDENTITY USING INDEX {d.quoted(one.name)}"]
    for named, kind in [(one.name, "TRIGGER") for one in found.triggers] + [(one.name, "RULE") for one in found.rules]:
        verb = d.pick(["DISABLE", "ENABLE", "ENABLE ALWAYS", "ENABLE REPLICA"])
        forms += [f"{verb} {kind} {d.quoted(named)}"] * 2
    if found.triggers:
        forms.append(f"{d.pick(['DISABLE', 'ENABLE'])} TRIGGER {d.pick(['ALL', 'USER'])}")
    return on + ", ".join(d.some(forms, 1, 1))


def column(d: Draw) -> str | None:
    """What ALTER TABLE sets of a column."""
    found = d.table(lambda t: bool(t.columns))
    if found is None:
        return None
    one = d.pick(found.columns)
    forms = [f"SET STATISTICS {d.pick(['0', '100', '-1'])}", "SET (n_distinct = 5)", "RESET (n_distinct)"]
    forms += ["SET (n_distinct_inherited = -0.5, n_distinct = 3)"]
    if is_text(one.type) or one.type in ("jsonb", "bytea", "text[]", "numeric"):
        forms += [f"SET STORAGE {kind}" for kind in ("EXTERNAL", "MAIN", "EXTENDED", "PLAIN", "DEFAULT")]
        forms += ["SET COMPRESSION pglz", "SET COMPRESSION default"]
    elif d.chance(0.1):
        forms += ["SET STORAGE EXTERNAL", "SET COMPRESSION pglz"]
    only = d.word("ONLY", 0.2)
    return f"ALTER TABLE {only}{d.written(found.name)} ALTER {d.quoted(one.name)} {d.pick(forms)}"


def index(d: Draw) -> str | None:
    """What ALTER INDEX sets of an index, that of a key too."""
    owners = [r for r in d.schema.relations() if r.name.schema != TEMPORARY]
    found = [(o.name, i.name, i.method) for o in owners for i in o.indexes]
    found += [
        (t.name, k.name, "btree") for t in owners if isinstance(t, Table) for k in t.constraints if k.kind == "unique"
    ]
    if not found:
        return None
    owner, name, method = d.pick(found)
    forms = [f"SET (fillfactor = {d.pick([40, 90])})", "RESET (fillfactor)"]
    if method == "btree":
        forms += ["SET (deduplicate_items = off)", "SET (fillfactor = 55), RESET (deduplicate_items)"]
    return f"ALTER INDEX {d.if_exists(0.1)}{d.written(owner._replace(name=name))} {d.pick(forms)}"


def view(d: Draw) -> str | None:
    """Options of views."""
    found = d.view()
    if found is None:
        return None
    name = d.written(found.name)
    if found.materialized:
        return f"ALTER MATERIALIZED VIEW {name} {d.pick(['SET (fillfactor = 60)', 'RESET (fillfactor)'])}"
    return f"ALTER VIEW {name} {d.pick(['SET (security_barrier = true)', 'RESET (security_barrier)'])}"
