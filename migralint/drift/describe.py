"""Definitions as the report shows them."""

from __future__ import annotations

from migralint.schema import (
    Check,
    Column,
    Constraint,
    Domain,
    EnumType,
    Exclusion,
    ForeignKey,
    Index,
    Keyed,
    PrimaryKey,
    Table,
    Unique,
)


def column(one: Column) -> str:
    """A column without its name."""
    text = one.type
    if one.not_null:
        text += " NOT NULL"
    if one.default is not None:
        text += f" DEFAULT {one.default}"
    if one.identity:
        text += f" GENERATED {one.identity.upper()} AS IDENTITY"
    if one.generated:
        text += f" GENERATED ALWAYS AS ({one.generated.expression})"
    return text


def table(one: Table) -> str:
    """A table by the names of its columns."""
    return f"table with {listed([c.name for c in one.columns], 8)}"


def enum(one: EnumType) -> str:
    """An enum by its labels."""
    return f"enum ({', '.join(quoted(label) for label in one.labels)})"


def domain(one: Domain) -> str:
    """A domain without its name."""
    text = f"DOMAIN AS {one.base}"
    if one.default is not None:
        text += f" DEFAULT {one.default}"
    if one.not_null:
        text += " NOT NULL"
    return text + "".join(f" {constraint(check)}" for check in one.checks)


def constraint(one: Constraint) -> str:
    """A constraint without its name."""
    match one:
        case ForeignKey():
            text = f"FOREIGN KEY ({', '.join(one.columns)}) REFERENCES {one.references}"
            if one.referenced_columns:
                text += f" ({', '.join(one.referenced_columns)})"
            return text + actions(one)
        case PrimaryKey() | Unique():
            word = "PRIMARY KEY" if isinstance(one, PrimaryKey) else "UNIQUE"
            nulls = " NULLS NOT DISTINCT" if isinstance(one, Unique) and one.nulls_not_distinct else ""
            return f"{word}{nulls} ({', '.join(one.columns)})"
        case Check():
            return f"CHECK ({one.expression})"
        case Exclusion():
            return one.definition + deferral(one)
    return one.kind


def deferral(one: ForeignKey | Exclusion) -> str:
    """When it is checked, with a space before; "" for at once."""
    if not one.deferrable:
        return ""
    return f" DEFERRABLE INITIALLY {(one.initially or 'IMMEDIATE').upper()}"


def actions(one: ForeignKey) -> str:
    """The actions of a foreign key, with a space before."""
    text = f" ON DELETE {one.on_delete}" if one.on_delete else ""
    text += f" ({', '.join(one.set_columns)})" if one.set_columns else ""
    return text + (f" ON UPDATE {one.on_update}" if one.on_update else "")


def index(one: Index) -> str:
    """An index without its name."""
    text = f"{'UNIQUE ' if one.unique else ''}INDEX USING {one.method} ({', '.join(str(k) for k in one.keys)})"
    text += f" INCLUDE ({', '.join(one.include)})" if one.include else ""
    text += " NULLS NOT DISTINCT" if one.nulls_not_distinct else ""
    return text + (f" WHERE {one.where}" if one.where else "")


def unique(one: Keyed | Index) -> str:
    """What forbids equal rows."""
    return index(one) if isinstance(one, Index) else constraint(one)


def quoted(label: str) -> str:
    """A label as a string of SQL."""
    return "'" + label.replace("'", "''") + "'"


def listed(names: list[str], most: int = 5) -> str:
    """Names, the first few of many."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
