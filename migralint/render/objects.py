"""CREATE statements of what stands beside tables: types, sequences, views, functions, triggers, policies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from migralint.render.calls import in_sql
from migralint.render.clauses import dollar_quoted, literal, options, sequence_options
from migralint.schema import (
    Check,
    Domain,
    EnumType,
    Function,
    Name,
    OtherType,
    Parameter,
    Policy,
    Schema,
    Sequence,
    Trigger,
    View,
)
from migralint.schema.names import quote, quote_parameter

_SESSION_ROLES = {"public", "current_user", "current_role", "session_user"}
_PART = r'(?:"(?:[^"]|"")+"|[\w$]+)'
_TRIGGER = re.compile(
    rf"\A\s*CREATE\s+(?:OR\s+REPLACE\s+)?(?P<constraint>CONSTRAINT\s+)?TRIGGER\s+{_PART}\s+(?P<events>.*?)\s+ON\s+"
    rf"{_PART}(?:\s*\.\s*{_PART})?(?P<rest>\s.*)\Z",
    re.I | re.S,
)
_EXECUTE = re.compile(rf"(EXECUTE\s+(?:FUNCTION|PROCEDURE)\s+){_PART}(?:\s*\.\s*{_PART})?(?=\s*\()", re.I)
_STANDARD_BODY = re.compile(r"\s*(?:BEGIN\s+ATOMIC|RETURN)\b", re.I)


def create_type(value: EnumType | Domain | OtherType, default: str) -> str:
    """CREATE TYPE or CREATE DOMAIN; a type of which only the name is known comes out as an empty composite."""
    name = in_sql(value.name, default)
    match value:
        case EnumType():
            return f"CREATE TYPE {name} AS ENUM ({', '.join(map(literal, value.labels))})"
        case OtherType() if value.definition is not None:
            return f"CREATE TYPE {name} {value.definition}".rstrip()
        case OtherType():
            attributes = ", ".join(f"{quote(attribute)} {kind}" for attribute, kind in value.attributes)
            return f"CREATE TYPE {name} AS ({attributes})"
        case Domain():
            text = f"CREATE DOMAIN {name} AS {value.base}"
            text += f" COLLATE {quote(value.collation)}" if value.collation else ""
            text += f" DEFAULT {value.default}" if value.default is not None else ""
            text += " NOT NULL" if value.not_null else ""
            return text + "".join(f" {domain_check(check)}" for check in value.checks if check.validated)


def domain_check(check: Check) -> str:
    """A check of a domain, without NOT VALID."""
    name = f"CONSTRAINT {quote(check.name)} " if check.name else ""
    return f"{name}CHECK ({check.expression})"


def create_sequence(sequence: Sequence, default: str, *, if_not_exists: bool = False) -> str:
    """CREATE SEQUENCE, without its owner."""
    text = f"CREATE SEQUENCE {'IF NOT EXISTS ' if if_not_exists else ''}{in_sql(sequence.name, default)}"
    return text + sequence_options(dict(sequence.options))


def owned_by(sequence: Sequence, default: str) -> str:
    """ALTER SEQUENCE ... OWNED BY."""
    return f"ALTER SEQUENCE {in_sql(sequence.name, default)} OWNED BY {owner(sequence, default)}"


def owner(sequence: Sequence, default: str) -> str:
    """The column that owns the sequence, or NONE."""
    if sequence.owned_by is None:
        return "NONE"
    table, column = sequence.owned_by
    return f"{in_sql(table, default)}.{quote(column)}"


def create_view(view: View, before: Schema, *, or_replace: bool = False, if_not_exists: bool = False) -> str:
    """CREATE [MATERIALIZED] VIEW, without its indexes and triggers."""
    text = "CREATE OR REPLACE " if or_replace else "CREATE "
    text += "MATERIALIZED VIEW " if view.materialized else "VIEW "
    text += "IF NOT EXISTS " if if_not_exists else ""
    given = f" WITH ({options(view.options)})" if view.options else ""
    query = _query(view, before).strip().rstrip(";").rstrip()
    return f"{text}{in_sql(view.name, before.default_schema)}{given} AS\n{query}"


def _query(view: View, before: Schema) -> str:
    """The definition; with columns in place of `*` where what it reads has other ones by now."""
    for name in view.uses if view.expanded else ():
        relation = before.relation(name)
        read = [column for owner, column in view.reads if owner == name]
        if relation is not None and [column.name for column in relation.columns] != read:
            return view.expanded
    return view.definition


def create_function(function: Function, default: str, or_replace: bool = False) -> str | None:
    """CREATE FUNCTION, PROCEDURE or AGGREGATE; None where the body or the result is not known."""
    start = f"CREATE {'OR REPLACE ' if or_replace else ''}{function.kind.upper()} {in_sql(function.name, default)}"
    if function.kind == "aggregate" and function.body:
        return f"{start}{function.body}"
    outputs = any("out" in one.mode for one in function.declared)
    known = function.body and (function.returns or function.kind == "procedure" or outputs)
    if function.kind not in ("function", "procedure") or function.language in ("c", "internal") or not known:
        return None
    text = f"{start}({', '.join(_arguments(function))})"
    text += f" RETURNS {function.returns}" if function.returns else ""
    text += f" LANGUAGE {quote(function.language)}{function_options(function.options)}"
    standard = function.language == "sql" and _STANDARD_BODY.match(function.body)
    return f"{text}\n{function.body}" if standard else f"{text} AS {dollar_quoted(function.body)}"


def _arguments(function: Function) -> Iterator[str]:
    """The arguments with their modes, names and defaults, which only the last of the input ones have."""
    names = function.parameters or ("",) * len(function.arguments)
    inputs = (Parameter("in", name, kind) for name, kind in zip(names, function.arguments, strict=True))
    without = len(function.arguments) - len(function.defaults)
    for mode, name, kind in function.declared or inputs:
        text = f"{mode.upper()} " if mode != "in" else ""
        text += f"{quote_parameter(name)} {kind}" if name else kind
        if mode != "out":
            without -= 1
            text += f" DEFAULT {function.defaults[-without - 1]}" if without < 0 else ""
        yield text


_OPTIONS = {
    "window": "WINDOW",
    "volatility": "{}",
    "parallel": "PARALLEL {}",
    "strict": "STRICT",
    "security": "SECURITY {}",
    "leakproof": "LEAKPROOF",
    "cost": "COST {}",
    "rows": "ROWS {}",
    "support": "SUPPORT {}",
    "transform": "TRANSFORM {}",
}
_USUAL_OPTIONS = {
    "volatility": "VOLATILE",
    "parallel": "PARALLEL UNSAFE",
    "strict": "CALLED ON NULL INPUT",
    "security": "SECURITY INVOKER",
    "leakproof": "NOT LEAKPROOF",
    "cost": "COST 100",
    "rows": "ROWS 1000",
}


def function_options(values: Iterable[tuple[str, str | None]]) -> str:
    """Options of a function as CREATE and ALTER FUNCTION take them; None is what CREATE takes by itself."""
    given = dict(values)
    text = ""
    for name, written in _OPTIONS.items():
        if name in given:
            value = given.pop(name)
            text += f" {_USUAL_OPTIONS[name] if value is None else written.format(value)}"
    for name, value in given.items():
        setting = name.removeprefix("set ")
        if value is None:
            text += " RESET ALL" if setting == "*" else f" RESET {_setting(setting)}"
        else:
            text += f" SET {_setting(setting)} " + ("FROM CURRENT" if value == "CURRENT" else f"TO {value}")
    return text


def _setting(name: str) -> str:
    return ".".join(map(quote, name.split(".")))


def create_trigger(trigger: Trigger, table: Name, default: str, function: Name | None = None) -> str:
    """CREATE TRIGGER on the table as it is called now; `function` is the one it calls, where that is known."""
    start = f"TRIGGER {quote(trigger.name)}"
    if default == "main":
        return re.sub(rf"\A(CREATE\s+)TRIGGER\s+(?:IF\s+NOT\s+EXISTS\s+)?{_PART}", rf"\1{start}", trigger.definition)
    found = _TRIGGER.match(trigger.definition)
    if found is None:
        events = " OR ".join(trigger.events)
        called = in_sql(function, default) if function else trigger.function
        rest = f" FOR EACH {trigger.level} EXECUTE FUNCTION {called}()"
        return f"CREATE {start} {trigger.timing} {events} ON {in_sql(table, default)}{rest}"
    rest = found["rest"].rstrip().rstrip(";")
    if function is not None:
        called = in_sql(function, default)
        rest = _EXECUTE.sub(lambda match: match[1] + called, rest)
    kind = "CONSTRAINT " if found["constraint"] else ""
    return f"CREATE {kind}{start} {found['events']} ON {in_sql(table, default)}{rest}"


def create_policy(policy: Policy, table: Name, default: str) -> str:
    """CREATE POLICY."""
    text = f"CREATE POLICY {quote(policy.name)} ON {in_sql(table, default)}"
    text += "" if policy.permissive else " AS RESTRICTIVE"
    text += f" FOR {policy.command}" if policy.command != "ALL" else ""
    text += f" TO {roles(policy.roles)}"
    text += f" USING ({policy.using})" if policy.using is not None else ""
    return text + (f" WITH CHECK ({policy.check})" if policy.check is not None else "")


def roles(names: tuple[str, ...]) -> str:
    """Roles as GRANT and policies take them; PUBLIC and CURRENT_USER are no identifiers."""
    return ", ".join(name if name.lower() in _SESSION_ROLES else quote(name) for name in names)


def named_roles(policy: Policy) -> list[str]:
    """The roles of a policy that have to exist."""
    return [name for name in policy.roles if name.lower() not in _SESSION_ROLES]
