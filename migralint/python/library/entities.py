"""`alembic-utils`: functions, views, triggers, policies, extensions and grants as objects, and `op.create_entity`.

The statements are those of the package's `to_sql_statement_*`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.library.connection import run_text
from migralint.python.library.home import NotKnown
from migralint.python.library.registry import known
from migralint.python.library.sqltext import unescaped
from migralint.python.library.target import Target, outside
from migralint.python.text import concat
from migralint.python.values import Arguments, Native, Unknown, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

_TRIGGER = re.compile(r'(?is)(.*?)\sON\s+("?[\w$]+"?\s*\.\s*)?("?[\w$]+"?)\s+(.*)\Z')
_DEFAULT = re.compile(r"(?is)\sdefault\s.*|\s*=.*")


@dataclass(eq=False)
class EntityItem(Native):
    """One object: `kind` is its class, `fields` its arguments by name."""

    kind: str
    fields: dict[str, Value]
    type_name = "entity"

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name in self.fields:
            return self.fields[name]
        return Unknown(f"attribute {name} of an entity", place)

    def text(self, name: str) -> str:
        """A field that has to be known. Raises NotKnown."""
        value = self.fields.get(name)
        if not isinstance(value, str):
            raise NotKnown(f"the {name} of a {self.kind} is not known")
        return value

    def create(self, replace: bool) -> list[str]:
        """The statements that create it, or put it in the place of an older one."""
        word = "CREATE OR REPLACE" if replace else "CREATE"
        if self.kind == "PGGrantTable":
            return [*(self.drop(False) if replace else []), self._grant()]
        if self.kind == "PGExtension":
            guard = "IF NOT EXISTS " if replace else ""
            return [f'CREATE EXTENSION {guard}"{self._signature()}" WITH SCHEMA "{self._schema()}"']
        definition = re.sub(r";\s*\Z", "", self.text("definition"))
        if self.kind == "PGFunction":
            body = self.text("definition")
            if "language plpgsql" in " ".join(body.split()).lower().replace("'", ""):
                body = unescaped(body)  # which the package leaves as it is, there only
            return [concat([f"{word} FUNCTION {self._called()}({self._parameters()} ", body])]
        if self.kind == "PGView":
            return [concat([f"{word} VIEW {self._called()} AS ", self.text("definition")])]
        drops = self._drops_before() if replace else []
        if self.kind == "PGMaterializedView":
            data = "DATA" if self.fields.get("with_data", True) is not False else "NO DATA"
            return [*drops, f"CREATE MATERIALIZED VIEW {self._called()} AS {definition} WITH {data}"]
        if self.kind == "PGPolicy":
            return [*drops, f"CREATE POLICY {self._signature()} ON {self.text('on_entity')} {definition}"]
        found = _TRIGGER.match(definition)
        if found is None:
            raise NotKnown("the definition of a PGTrigger names no table")
        constraint = " CONSTRAINT" if self.fields.get("is_constraint") is True else ""
        table = f'"{self._schema()}".{found[3]}'
        return [*drops, f'CREATE{constraint} TRIGGER "{self._signature()}" {found[1]} ON {table} {found[4]}']

    def drop(self, cascade: bool) -> list[str]:
        """The statements that drop it."""
        end = " CASCADE" if cascade else ""
        match self.kind:
            case "PGGrantTable":
                return [f"REVOKE {self._right()} ON {self._granted()} FROM {self.text('role')}"]
            case "PGExtension":
                return [f'DROP EXTENSION "{self._signature()}"{end}']
            case "PGFunction":
                parameters = self._parameters().partition(")")[0].split(",")
                types = ", ".join(_DEFAULT.sub("", part).strip() for part in parameters)
                return [f"DROP FUNCTION {self._called()}({types}){end}"]
            case "PGView":
                return [f"DROP VIEW {self._called()}{end}"]
            case "PGMaterializedView":
                return [f"DROP MATERIALIZED VIEW {self._called()}{end}"]
            case "PGPolicy":
                return [f"DROP POLICY {self._signature()} ON {self.text('on_entity')}{end}"]
        return [f'DROP TRIGGER "{self._signature()}" ON {self.text("on_entity")}{end}']

    def _drops_before(self) -> list[str]:
        return [re.sub(r"^(DROP (?:MATERIALIZED VIEW|\w+))", r"\1 IF EXISTS", str(drop)) for drop in self.drop(False)]

    def _schema(self) -> str:
        return self.text("schema").strip().strip('"')

    def _signature(self) -> str:
        return self.text("signature").strip().strip('"')

    def _called(self) -> str:
        """The name with its schema, without the parameters of a function."""
        name = self.text("signature").partition("(")[0] if self.kind == "PGFunction" else self.text("signature")
        return f'"{self._schema()}"."{name.strip().strip(chr(34))}"'

    def _parameters(self) -> str:
        """What follows the opening parenthesis of a function's signature."""
        return self.text("signature").partition("(")[2]

    def _right(self) -> str:
        return str(self.fields.get("grant") or "").rpartition(".")[2]

    def _granted(self) -> str:
        return f'"{self._schema()}"."{self.text("table")}"'

    def _grant(self) -> str:
        return f"GRANT {self._right()} ON {self._granted()} TO {self.text('role')}"


_FIELDS = {
    "PGFunction": ("pg_function", "schema signature definition"),
    "PGView": ("pg_view", "schema signature definition"),
    "PGMaterializedView": ("pg_materialized_view", "schema signature definition with_data"),
    "PGTrigger": ("pg_trigger", "schema signature definition on_entity is_constraint"),
    "PGPolicy": ("pg_policy", "schema signature definition on_entity"),
    "PGExtension": ("pg_extension", "schema signature"),
    "PGGrantTable": ("pg_grant_table", "schema table role grant columns with_grant_option"),
}


def _class(kind: str, module: str, fields: list[str]) -> None:
    @known(f"alembic_utils.{module}.{kind}")
    def build(ev: Evaluator, args: Arguments, place: Place) -> Value:
        if args.open:
            return Unknown(f"the arguments of a {kind}", place)
        given = dict(zip(fields, args.positional, strict=False))
        return EntityItem(kind, {**given, **args.keywords})


for _kind, (_module, _names) in _FIELDS.items():
    _class(_kind, _module, _names.split())


def _entity(t: Target) -> EntityItem:
    item = t.args.get(0, "target")
    if not isinstance(item, EntityItem):
        raise NotKnown(item.reason if isinstance(item, Unknown) else "the entity is not known")
    return item


def _run(t: Target, statements: list[str]) -> Value:
    for statement in statements:
        run_text(t.ev, concat([statement]), [{}], t.place)
    return None


@outside
def _create_entity(t: Target) -> Value:
    return _run(t, _entity(t).create(replace=False))


@outside
def _replace_entity(t: Target) -> Value:
    return _run(t, _entity(t).create(replace=True))


@outside
def _revert_entity(t: Target) -> Value:
    return _run(t, _entity(t).create(replace=True))


@outside
def _drop_entity(t: Target) -> Value:
    return _run(t, _entity(t).drop(t.ev.truth(t.args.get(1, "cascade", default=False)) is True))
