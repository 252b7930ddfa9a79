"""Enums, domains, composite and range types."""

from __future__ import annotations

from migralint.schema import Domain, EnumType, Name, OtherType
from tests.operations.drawn.draw import PARTS, TYPES, Draw, is_number, literal

LABELS = ["sad", "ok", "GLAD", "it's", "ä", ""]


def create(d: Draw) -> str | None:
    name = d.written(d.new_name(TYPES))
    kind = d.pick(["enum", "enum", "enum", "domain", "domain", "composite", "range"])
    if kind == "enum":
        return f"CREATE TYPE {name} AS ENUM ({', '.join(literal(x) for x in d.some(LABELS, 0, 4))})"
    if kind == "composite":
        attributes = ", ".join(f"{d.quoted(a)} {d.spelled(d.type())}" for a in d.some(["one", "Two", "three"], 0, 3))
        return f"CREATE TYPE {name} AS ({attributes})"
    if kind == "range":
        return f"CREATE TYPE {name} AS RANGE (subtype = {d.pick(['float8', 'text'])})"
    base = d.pick(["text", "integer", "character varying(20)", "numeric(10,2)"])
    parts = []
    if d.chance(0.3) and (default := d.default(base)):
        parts.append(f"DEFAULT {default}")
    parts += d.some(["NOT NULL"], 0, 1)
    if d.chance(0.6):
        parts.append(f"{d.name_clause()}CHECK ({_condition(d, base)})")
    d.rng.shuffle(parts)
    return f"CREATE DOMAIN {name} AS {d.spelled(base)} {' '.join(parts)}"


def _condition(d: Draw, base: str) -> str:
    if is_number(base):
        return d.pick(["VALUE > 0", "VALUE BETWEEN 1 AND 5", "VALUE IS NOT NULL"])
    return d.pick(["VALUE <> ''", "length(VALUE) > 1", "VALUE ~ '^a'"])


def _some_type(d: Draw) -> Name | None:
    found = list(d.schema.types)
    return d.pick(found) if found else None


def alter(d: Draw) -> str | None:
    name = _some_type(d)
    if name is None:
        return None
    found = d.schema.types[name]
    text = d.written(name)
    word = "DOMAIN" if isinstance(found, Domain) else "TYPE"
    if d.chance(0.25):
        target = d.new_name(TYPES)
        return f"ALTER {word} {text} " + d.pick(
            [f"RENAME TO {d.quoted(target.name)}", f"SET SCHEMA {d.quoted(target.schema)}"]
        )
    match found:
        case EnumType():
            label = literal(d.pick(found.labels)) if found.labels and d.chance(0.95) else "'none'"
            new = literal(d.pick(LABELS))
            if d.chance(0.3):
                return f"ALTER TYPE {text} RENAME VALUE {label} TO {new}"
            where = d.pick(["", f" BEFORE {label}", f" AFTER {label}"])
            return f"ALTER TYPE {text} ADD VALUE {d.word('IF NOT EXISTS', 0.3)}{new}{where}"
        case Domain():
            return f"ALTER DOMAIN {text} {_alter_domain(d, found)}"
        case OtherType() if found.attributes:
            attribute = d.quoted(d.pick(found.attributes)[0])
            return f"ALTER TYPE {text} " + d.pick(
                [
                    f"ADD ATTRIBUTE {d.quoted(d.pick(['four', 'one']))} {d.spelled(d.type())}{d.cascade(0.3)}",
                    f"DROP ATTRIBUTE {d.if_exists()}{attribute}{d.cascade(0.3)}",
                    f"ALTER ATTRIBUTE {attribute} TYPE text{d.cascade(0.3)}",
                    f"RENAME ATTRIBUTE {attribute} TO {d.quoted(d.pick(['four', 'Two']))}{d.cascade(0.3)}",
                ]
            )
    return None


def _alter_domain(d: Draw, domain: Domain) -> str:
    forms = ["SET NOT NULL", "DROP NOT NULL", "DROP DEFAULT"]
    if default := d.default(domain.base):
        forms.append(f"SET DEFAULT {default}")
    forms.append(f"ADD {d.name_clause()}CHECK ({_condition(d, domain.base)}){d.pick(['', ' NOT VALID'])}")
    if domain.checks:
        check = d.quoted(d.pick(domain.checks).name)
        forms += [
            f"DROP CONSTRAINT {d.if_exists()}{check}",
            f"VALIDATE CONSTRAINT {check}",
            f"RENAME CONSTRAINT {check} TO {d.quoted(d.pick(PARTS))}",
        ]
    return d.pick(forms)


def drop(d: Draw) -> str | None:
    name = _some_type(d) if d.chance(0.95) else d.new_name(TYPES)
    if name is None:
        return None
    word = "DOMAIN" if isinstance(d.schema.types.get(name), Domain) else "TYPE"
    return f"DROP {word} {d.if_exists()}{d.written(name)}{d.cascade()}"
