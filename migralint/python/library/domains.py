"""`postgresql.DOMAIN`: a type with a name, made and dropped as an ENUM is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from migralint.operations import CreateType, Place
from migralint.python.library.enum_types import EnumItem
from migralint.python.library.sqltext import as_sql
from migralint.python.library.types import as_type
from migralint.python.values import Arguments, Unknown, Value
from migralint.schema import Domain, EnumType, Name
from migralint.schema.names import quote
from migralint.sql.cursor import Cursor
from migralint.sql.tokens import tokenize

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


class DomainItem(EnumItem):
    """A domain. It is no enum, but what makes and drops one is the same (`NamedType`)."""

    def __init__(self, args: Arguments) -> None:
        name = args.get(0, "name")
        super().__init__("DOMAIN", args, (), name if isinstance(name, str) else None)

    @property
    def looks_first(self) -> bool:
        return True

    def definition(self, ev: Evaluator, name: Name, place: Place) -> EnumType | Domain:
        from migralint.sql.statements import read

        text = self._statement(ev, place)
        if not isinstance(text, Unknown):
            for operation, _ in read(Cursor(text, tokenize(text)), ev.database):
                if isinstance(operation, CreateType) and isinstance(operation.definition, Domain):
                    return replace(operation.definition, name=name)
        ev.opaque(f"what the domain {name} is made of is not known", place, may_change_schema=False)
        return Domain(name, "unknown", doubtful=True)

    def _statement(self, ev: Evaluator, place: Place) -> str | Unknown:
        """CREATE DOMAIN as SQLAlchemy writes it (`PGDDLCompiler.visit_create_domain_type`)."""
        base = as_type(ev, self.args.get(1, "data_type"), place)
        if isinstance(base, Unknown):
            return base
        said = self.args.keywords
        parts = [f"CREATE DOMAIN {self.ddl(ev, place)} AS {base.ddl(ev, place)}"]
        if isinstance(collation := said.get("collation"), str):
            parts.append(f"COLLATE {quote(collation)}")
        default, check = (_text(ev, said.get(name), place, quoted=name == "default") for name in ("default", "check"))
        for one in (default, check):
            if isinstance(one, Unknown):
                return one
        if default:
            parts.append(f"DEFAULT {default}")
        if isinstance(name := said.get("constraint_name"), str):
            parts.append(f"CONSTRAINT {quote(name)}")
        if ev.truth(said.get("not_null", False)) is True:
            parts.append("NOT NULL")
        return " ".join([*parts, *([f"CHECK ({check})"] if check else [])])


def _text(ev: Evaluator, value: Value, place: Place, *, quoted: bool) -> str | Unknown:
    """SQL of an option, "" for none; a default that is a text is a literal, a check is SQL."""
    if value is None:
        return ""
    if isinstance(value, str) and not quoted:
        return str(value)
    found = as_sql(ev, value, place)
    return found if isinstance(found, Unknown) else found.text
