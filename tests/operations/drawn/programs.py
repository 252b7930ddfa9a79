"""Sequences, views, functions, statistics, triggers, policies, schemas, and what is not modelled."""

from __future__ import annotations

from migralint.schema import Column, Name
from migralint.schema.names import TEMPORARY
from tests.operations.drawn.draw import TABLES, Draw, is_number, is_text

SEQUENCES = ["numbers", "t_id_seq", "Count"]
VIEWS = ["v", "w", "V w"]
STATISTICS = ["st", "St 2", "spread"]
FUNCTIONS = ["touch", "twice", "Fun"]


# sequences -----------------------------------------------------------------------------------------------------
def create_sequence(d: Draw) -> str | None:
    options = d.pick(["", "", " START 5", " AS integer INCREMENT BY 2", " CACHE 10 CYCLE"])
    table = d.table(lambda t: bool(t.columns))
    home = None
    if table is not None and d.chance(0.3):
        options += f" OWNED BY {d.written(table.name)}.{d.quoted(d.column(table))}"
        home = table.name.schema if d.chance(0.9) else None
    return f"CREATE SEQUENCE {d.word('IF NOT EXISTS', 0.15)}{d.written(d.new_name(SEQUENCES, home))}{options}"


def _sequence(d: Draw) -> Name | None:
    found = [name for name in d.schema.sequences if name.schema != TEMPORARY]
    return d.pick(found) if found else None


def alter_sequence(d: Draw) -> str | None:
    name = _sequence(d)
    if name is None:
        return None
    start = f"ALTER SEQUENCE {d.if_exists(0.1)}{d.written(name)} "
    target = d.new_name(SEQUENCES)
    forms = [f"RENAME TO {d.quoted(target.name)}", "RESTART WITH 7", "INCREMENT BY 3", "OWNED BY NONE"]
    forms.append(f"SET SCHEMA {d.quoted(target.schema)}")
    table = d.table(lambda t: bool(t.columns) and (t.name.schema == name.schema or d.chance(0.1)))
    if table is not None:
        forms += [f"OWNED BY {d.written(table.name)}.{d.quoted(d.column(table))}"] * 2
    return start + d.pick(forms)


def use_sequence(d: Draw) -> str | None:
    name, table = _sequence(d), d.table(lambda t: any(is_number(c.type) for c in t.columns))
    if name is None or table is None:
        return None
    column = d.pick([c for c in table.columns if is_number(c.type)])
    text = d.written(name).replace("'", "''")
    return f"ALTER TABLE {d.written(table.name)} ALTER {d.quoted(column.name)} SET DEFAULT nextval('{text}')"


def drop_sequence(d: Draw) -> str | None:
    name = _sequence(d) if d.chance(0.95) else d.new_name(SEQUENCES)
    return f"DROP SEQUENCE {d.if_exists()}{d.written(name)}{d.cascade()}" if name else None


# views ---------------------------------------------------------------------------------------------------------
def _query(d: Draw) -> str | None:
    view = d.view()
    table = d.table(lambda t: bool(t.columns))
    if view is not None and view.columns and d.chance(0.25):
        columns = ", ".join(d.quoted(c.name) for c in d.some(view.columns, 1, 2))
        return f"SELECT {columns} FROM {d.written(view.name)}"
    if table is None:
        return None
    if d.chance(0.1):
        return f"SELECT * FROM {d.written(table.name)}"
    shown = []
    for number, column in enumerate(d.some(table.columns, 1, 3)):
        text = f"x.{d.quoted(column.name)}"
        shown.append(text + (f" AS {d.quoted(f'c{number}')}" if d.chance(0.3) else ""))
    if d.chance(0.2):
        shown.append("count(*) OVER () AS n")
    where = ""
    if d.chance(0.3):
        where = f" WHERE x.{d.quoted(d.pick(table.columns).name)} IS NOT NULL"
    return f"SELECT {', '.join(shown)} FROM {d.written(table.name)} AS x{where}"


def create_view(d: Draw) -> str | None:
    query = _query(d)
    if query is None:
        return None
    name = d.written(d.new_name(VIEWS))
    if d.chance(0.3):
        exists = d.word("IF NOT EXISTS", 0.2)
        options = d.pick(["", "", " WITH (fillfactor = 80)"])
        return f"CREATE MATERIALIZED VIEW {exists}{name}{options} AS {query}{d.pick(['', ' WITH NO DATA'])}"
    return f"CREATE {d.word('OR REPLACE', 0.3)}VIEW {name} AS {query}"


def drop_view(d: Draw) -> str | None:
    view = d.view()
    if view is None:
        return None
    materialized = view.materialized if d.chance(0.95) else not view.materialized
    kind = "MATERIALIZED VIEW" if materialized else "VIEW"
    return f"DROP {kind} {d.if_exists()}{d.written(view.name)}{d.cascade()}"


def alter_view(d: Draw) -> str | None:
    view = d.view()
    if view is None:
        return None
    kind = "MATERIALIZED VIEW" if view.materialized else "VIEW"
    target = d.new_name(VIEWS)
    forms = [f"RENAME TO {d.quoted(target.name)}", f"SET SCHEMA {d.quoted(target.schema)}"]
    if view.columns:
        column = d.quoted(d.pick(view.columns).name)
        forms.append(f"RENAME COLUMN {column} TO {d.quoted(d.pick(['a', 'b', 'c0', 'other']))}")
    if view.materialized:
        return d.pick(
            [f"ALTER {kind} {d.written(view.name)} {d.pick(forms)}", f"REFRESH {kind} {d.written(view.name)}"]
        )
    return f"ALTER {kind} {d.written(view.name)} {d.pick(forms)}"


# functions, triggers, policies ---------------------------------------------------------------------------------
def create_function(d: Draw) -> str | None:
    replace = d.word("OR REPLACE", 0.4)
    name = d.written(d.new_name(FUNCTIONS))
    if d.chance(0.12):
        return f"CREATE {replace}FUNCTION {name}() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$"
    if d.chance(0.6):
        body = d.pick(["BEGIN RETURN NEW; END", "BEGIN RETURN NULL; END"])
        return f"CREATE {replace}FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$"
    type = d.pick(["integer", "text"])
    parameter = d.pick(["", "value ", '"V" '])
    default = d.pick(["", "", " DEFAULT '7'"])
    return (
        f"CREATE {replace}FUNCTION {name}({parameter}{d.spelled(type)}{default}) RETURNS {type} LANGUAGE sql "
        f"{_options(d)}AS 'SELECT $1'"
    )


def _options(d: Draw) -> str:
    options = [
        "IMMUTABLE",
        "STRICT",
        "SECURITY DEFINER",
        "PARALLEL SAFE",
        "COST 7",
        "SET work_mem = '4MB'",
        "LEAKPROOF",
    ]
    return "".join(f"{option} " for option in d.some(options, 0, 3)) if d.chance(0.5) else ""


def change_function(d: Draw) -> str | None:
    found = [f for overloads in d.schema.functions.values() for f in overloads]
    if not found:
        return None
    function = d.pick(found)
    signature = f"({', '.join(function.arguments)})" if d.chance(0.8) else ""
    name = f"{d.written(function.name)}{signature}"
    target = d.new_name(FUNCTIONS)
    return d.pick(
        [
            f"DROP FUNCTION {d.if_exists()}{name}{d.cascade()}",
            f"ALTER FUNCTION {name} RENAME TO {d.quoted(target.name)}",
            f"ALTER FUNCTION {name} SET SCHEMA {d.quoted(target.schema)}",
            f"ALTER FUNCTION {name} OWNER TO CURRENT_USER",
            f"ALTER FUNCTION {name} {_options(d) or 'VOLATILE'}",
            f"ALTER FUNCTION {name} STABLE CALLED ON NULL INPUT RESET ALL SECURITY INVOKER",
            f"COMMENT ON FUNCTION {name} IS 'x'",
        ]
    )


# statistics ----------------------------------------------------------------------------------------------------
def create_statistics(d: Draw) -> str | None:
    def counted(c: Column) -> bool:
        return (is_number(c.type) or is_text(c.type)) and (c.generated is None or c.generated.stored)

    table = d.table(lambda t: sum(map(counted, t.columns)) > 1)
    if table is None:
        return None
    columns = [c for c in table.columns if counted(c)]
    chosen = ", ".join(d.quoted(c.name) for c in d.some(columns, 2, 3))
    kinds = d.pick(["", "", "(mcv) ", "(dependencies, ndistinct) "])
    exists = d.word("IF NOT EXISTS", 0.2)
    return (
        f"CREATE STATISTICS {exists}{d.written(d.new_name(STATISTICS))} {kinds}ON {chosen} FROM {d.written(table.name)}"
    )


def change_statistics(d: Draw) -> str | None:
    found = [one.name for table in d.schema.tables.values() for one in table.statistics]
    if not found:
        return None
    name = d.written(d.pick(found))
    target = d.new_name(STATISTICS)
    return d.pick(
        [
            f"DROP STATISTICS {d.if_exists()}{name}",
            f"ALTER STATISTICS {name} RENAME TO {d.quoted(target.name)}",
            f"ALTER STATISTICS {name} SET SCHEMA {d.quoted(target.schema)}",
            f"ALTER STATISTICS {name} SET STATISTICS {d.pick(['100', '-1'])}",
        ]
    )


def create_trigger(d: Draw) -> str | None:
    functions = [f for overloads in d.schema.functions.values() for f in overloads if f.returns == "trigger"]
    table = d.table()
    if not functions or table is None:
        return None
    timing = d.pick(["BEFORE", "AFTER", "AFTER"])
    event = d.pick(["INSERT", "UPDATE", "DELETE", "INSERT OR UPDATE"])
    level = d.pick([" FOR EACH ROW", " FOR EACH STATEMENT", ""])
    when = ""
    if table.columns and event == "UPDATE":
        column = d.quoted(d.column(table))
        event += d.pick(["", f" OF {column}"])
        if level == " FOR EACH ROW" and d.chance(0.3):
            when = f" WHEN (OLD.{column} IS DISTINCT FROM NEW.{column})"
    call = f"EXECUTE {d.pick(['FUNCTION', 'PROCEDURE'])} {d.written(d.pick(functions).name)}()"
    name = d.pick(["tr", "Tr 2", "touch"])
    replace = d.word("OR REPLACE", 0.1)
    return f"CREATE {replace}TRIGGER {d.quoted(name)} {timing} {event} ON {d.written(table.name)}{level}{when} {call}"


def change_trigger(d: Draw) -> str | None:
    table = d.table(lambda t: bool(t.triggers))
    if table is None:
        return None
    name = d.quoted(d.pick(table.triggers).name if d.chance(0.95) else "none")
    on = d.written(table.name)
    return d.pick(
        [
            f"DROP TRIGGER {d.if_exists()}{name} ON {on}{d.cascade()}",
            f"ALTER TRIGGER {name} ON {on} RENAME TO {d.quoted(d.pick(['tr', 'other']))}",
            f"ALTER TABLE {on} DISABLE TRIGGER {name}",
        ]
    )


def create_policy(d: Draw) -> str | None:
    table = d.table(lambda t: bool(t.columns))
    if table is None:
        return None
    command = d.pick(["", "", " FOR ALL", " FOR SELECT", " FOR INSERT", " FOR UPDATE", " FOR DELETE"])
    kind = d.pick(["", "", " AS RESTRICTIVE", " AS PERMISSIVE"])
    roles = d.pick(["", " TO public", " TO CURRENT_USER"])
    condition = d.condition(table.columns)
    using = f" USING ({condition})" if "INSERT" not in command else ""
    check = f" WITH CHECK ({condition})" if "SELECT" not in command and "DELETE" not in command and d.chance() else ""
    name = d.quoted(d.pick(["own", "All rows"]))
    return f"CREATE POLICY {name} ON {d.written(table.name)}{kind}{command}{roles}{using}{check}"


def change_policy(d: Draw) -> str | None:
    table = d.table(lambda t: bool(t.policies))
    if table is None:
        return None
    name, on = d.quoted(d.pick(table.policies).name), d.written(table.name)
    return d.pick(
        [
            f"DROP POLICY {d.if_exists()}{name} ON {on}",
            f"ALTER POLICY {name} ON {on} RENAME TO {d.quoted(d.pick(['own', 'other']))}",
            f"ALTER POLICY {name} ON {on} USING (true)",
            f"ALTER POLICY {name} ON {on} TO public",
        ]
    )


# schemas, and what is not modelled ---------------------------------------------------------------------------------
def schemas(d: Draw) -> str | None:
    name = d.pick(["app", "Odd S", "public"])
    other = d.pick(["app", "Odd S"])
    kind = d.pick(["create", "create", "create", "create", "path", "path", "rename", "drop"])
    if kind == "create":
        return f"CREATE SCHEMA {d.word('IF NOT EXISTS', 0.5)}{d.quoted(other)}"
    if kind == "path":
        return "SET search_path TO " + d.pick(["public", "app, public", "public", '"Odd S", app, public'])
    if kind == "rename":
        return f"ALTER SCHEMA {d.quoted(other)} RENAME TO {d.quoted(d.pick(['app', 'Odd S']))}"
    return (
        f"DROP SCHEMA {d.if_exists()}{d.quoted(other if d.chance(0.9) else name)}{d.cascade()}"
        if name != "public"
        else None
    )


def unmodelled(d: Draw) -> str | None:
    table = d.table()
    if table is None:
        return None
    name = d.written(table.name)
    return d.pick(
        [
            f"GRANT SELECT ON {name} TO PUBLIC",
            f"REVOKE ALL ON {name} FROM PUBLIC",
            f"LOCK TABLE {name} IN ACCESS SHARE MODE",
            f"ALTER TABLE {name} OWNER TO CURRENT_USER",
            f"ANALYZE {name}",
            "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC",
            "SELECT 1",
            f"REINDEX TABLE {name}",
        ]
    )


def extension(d: Draw) -> str | None:
    return d.pick(["CREATE EXTENSION IF NOT EXISTS plpgsql", "DROP EXTENSION IF EXISTS citext"])


def guarded(d: Draw, statement: str) -> str:
    """The statement in a DO block, under a condition that the state answers."""
    name = d.relation() if d.chance(0.7) else d.new_name(TABLES)
    quoted = ".".join('"' + part.replace('"', '""') + '"' for part in name)
    condition = d.pick(
        [
            f"to_regclass('{quoted}') IS {d.pick(['NULL', 'NOT NULL'])}",
            f"EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = '{name.schema}' AND tablename = '{name.name}')",
            f"NOT EXISTS (SELECT FROM information_schema.columns WHERE table_schema = '{name.schema}' "
            f"AND table_name = '{name.name}' AND column_name = 'a')",
        ]
    )
    return f"DO $do$ BEGIN IF {condition} THEN {statement}; END IF; END $do$"
