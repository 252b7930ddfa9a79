"""Names that SQLAlchemy gives: `op.f`, naming conventions, and their tokens."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.library.registry import known
from migralint.python.text import Text
from migralint.python.values import Arguments, Native, Symbol, Unknown, Value
from migralint.schema.names import NAME_BYTES, as_given, is_cut, shortened, told_cut

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

DEFAULT_CONVENTION = {"ix": "ix_%(column_0_label)s"}
"""What SQLAlchemy's MetaData has when nothing is given."""

_CLASSES = {
    "Index": "ix",
    "UniqueConstraint": "uq",
    "CheckConstraint": "ck",
    "ForeignKeyConstraint": "fk",
    "PrimaryKeyConstraint": "pk",
}


class Conv(Text):
    """A name that conventions leave alone: `op.f(...)`."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a convention's tokens are filled from."""

    kind: str
    table: str
    columns: Sequence[str] = ()
    referred_table: str = ""
    referred_columns: Sequence[str] = ()
    schema: str = ""
    """The schema that the table is given with: labels have it (SQLAlchemy's `_ddl_label`)."""
    unique: bool = False
    """Whether it is a unique index."""


@known("sqlalchemy.conv")
def _conv(ev: Evaluator, args: Arguments, place: Place) -> Value:
    name = args.get(0)
    return Conv(name, name.pieces if isinstance(name, Text) else ()) if isinstance(name, str) else name


def convention_of(value: Value) -> dict[str, Value]:
    """A naming convention as given to MetaData, its keys in the short form."""
    out: dict[str, Value] = {}
    if isinstance(value, Mapping):
        for key, template in value.items():
            if isinstance(key, Symbol):
                key = _CLASSES.get(key.tail, key.tail)
            if isinstance(key, str):
                out[str(key)] = template
    return out


def tell_cut(ev: Evaluator, name: str, place: Place) -> None:
    """Notes a name that SQLAlchemy sends as it is and PostgreSQL cuts."""
    if ev.database.dialect == "postgresql" and is_cut(name):
        ev.database.note("MG341", told_cut(name), place)


def tell_refused(ev: Evaluator, name: str, place: Place) -> None:
    """Notes a plain name of a constraint or index that SQLAlchemy refuses to send."""
    if len(name) > NAME_BYTES and ev.database.dialect == "postgresql":
        ev.database.note(
            "MG340",
            f"the name {name!r} has {len(name)} characters: SQLAlchemy refuses names over {NAME_BYTES} here",
            place,
        )


def given_to_shorten(ev: Evaluator, name: Conv) -> str:
    """A name of `op.f` as it is stored; other servers than PostgreSQL have room for all of it."""
    return as_given(str(name)) if ev.database.dialect == "postgresql" else str(name)


def _fitting(ev: Evaluator, name: str) -> str:
    return shortened(name) if ev.database.dialect == "postgresql" else name


def resolved(
    ev: Evaluator, convention: Mapping[str, Value], subject: Subject, name: Value, place: Place
) -> str | Unknown:
    """The name the DDL carries; "" where the server chooses."""
    found = _resolved(ev, convention, subject, name, place)
    if isinstance(found, str) and len(found) <= NAME_BYTES:
        tell_cut(ev, found, place)
    return found


def _resolved(
    ev: Evaluator, convention: Mapping[str, Value], subject: Subject, name: Value, place: Place
) -> str | Unknown:
    if isinstance(name, Unknown):
        return name
    if isinstance(name, Conv):
        return given_to_shorten(ev, name)
    template = convention.get(subject.kind)
    if isinstance(name, str):
        if isinstance(template, str) and "constraint_name" in template and subject.kind != "ix":
            filled = _fill(ev, convention, str(template), subject, str(name), place)
            return filled if isinstance(filled, Unknown) else _fitting(ev, filled)
        tell_refused(ev, name, place)
        return str(name)
    if name is not None:
        return Unknown("a name that is not known", place)
    if template is None:
        template = DEFAULT_CONVENTION.get(subject.kind)
    if not isinstance(template, str):
        return ""
    if "constraint_name" in template:
        return ""
    filled = _fill(ev, convention, template, subject, "", place)
    return filled if isinstance(filled, Unknown) else _fitting(ev, filled)


def _fill(
    ev: Evaluator, convention: Mapping[str, Value], template: str, subject: Subject, name: str, place: Place
) -> str | Unknown:
    problem: Unknown | None = None

    def token(match: re.Match[str]) -> str:
        nonlocal problem
        key = match[1]
        if key in convention:
            result = ev.call(convention[key], Arguments(_described(subject, name)), place)
            if isinstance(result, str):
                return result
            problem = Unknown(f"the token {key} of the naming convention", place)
            return ""
        text = _token(key, subject, name)
        if text is None:
            problem = Unknown(f"the token {key} of the naming convention", place)
        return text or ""

    filled = re.sub(r"%\((\w+)\)s", token, template)
    return problem or filled


class Described(Native):
    """A constraint, a table or a column, as far as a function of a naming convention can ask."""

    def __init__(self, type_name: str, **attributes: Value) -> None:
        self.type_name = type_name
        self.attributes = attributes

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        return self.attributes[name] if name in self.attributes else super().attribute(ev, name, place)


def _described(subject: Subject, name: str) -> list[Value]:
    """The constraint and the table that a token's function is called with."""
    table = Described("Table", name=subject.table, schema=subject.schema or None)
    columns = [Described("Column", name=column, table=table) for column in subject.columns]
    kind = next((label for label, short in _CLASSES.items() if short == subject.kind), "ExcludeConstraint")
    return [Described(kind, columns=columns, unique=subject.unique, name=name or None, table=table), table]


def _token(key: str, subject: Subject, name: str) -> str | None:
    fixed = {
        "table_name": subject.table,
        "referred_table_name": subject.referred_table.rpartition(".")[2],
        "constraint_name": name,
    }
    if key in fixed:
        return fixed[key]
    match = re.fullmatch(r"(referred_)?column_(0_?N|\d+)_?(name|key|label)", key)
    if not match:
        return None
    columns = subject.referred_columns if match[1] else subject.columns
    table = subject.referred_table if match[1] else subject.table
    if subject.schema and not match[1]:
        table = f"{subject.schema.replace('.', '_')}_{table}"
    labelled = [f"{table}_{c}" for c in columns] if match[3] == "label" else list(columns)
    if match[2] == "0N":
        return "".join(labelled)
    if match[2] == "0_N":
        return "_".join(labelled)
    number = int(match[2])
    return labelled[number] if number < len(labelled) else None
