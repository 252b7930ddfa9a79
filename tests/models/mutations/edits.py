"""Edits of a module with models: for each kind, every place where it can be made, and the text after it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import libcst as cst

ALIAS = "sqlalchemy_edit"
"""What an edited module calls SQLAlchemy where the edit needs it."""

TYPES = (
    "BigInteger()",
    "Boolean()",
    "DateTime(timezone=True)",
    "Integer()",
    "Numeric(10, 2)",
    "String(41)",
    "Text()",
    "Unicode(20)",
)
_DEFAULTS = {
    "Integer": "'7'",
    "BigInteger": "'7'",
    "SmallInteger": "'7'",
    "String": "'edited'",
    "Text": "'edited'",
    "Unicode": "'edited'",
    "Boolean": f"{ALIAS}.text('false')",
    "DateTime": f"{ALIAS}.func.now()",
}
_NO_TYPES = ("ForeignKey", "Sequence", "Identity", "Computed", "CheckConstraint")
_COLUMNS = ("Column", "mapped_column")

Edit = Callable[[random.Random], cst.Module | None]


@dataclass(frozen=True)
class _Column:
    """A call that makes a column. `line` is the statement that it stands in, of a class; `owner` the class."""

    call: cst.Call
    line: cst.SimpleStatementLine | None = None
    owner: cst.ClassDef | None = None


def edits(text: str) -> dict[str, list[Edit]]:
    """The edits of each kind that the module has places for."""
    return _Module(cst.parse_module(text)).edits()


def code(module: cst.Module) -> str:
    """The text of an edited module, with the import that the edit may need."""
    text = module.code
    if f"{ALIAS}." not in text:
        return text
    body = list(module.body)
    at = 0
    for number, statement in enumerate(body):
        shown = module.code_for_node(statement).strip()
        if shown.startswith(("from __future__", '"""', "'''", 'r"""')):
            at = number + 1
    body.insert(at, cst.parse_statement(f"import sqlalchemy as {ALIAS}"))
    return module.with_changes(body=body).code


class _Module:
    def __init__(self, module: cst.Module) -> None:
        self.module = module
        self.classes = [one for one in module.body if isinstance(one, cst.ClassDef)]
        self.columns = list(self._columns())
        self.calls = [one for one in _every(module) if isinstance(one, cst.Call)]
        self.targets = sorted({value for one in self.calls if _name(one) == "ForeignKey" and (value := _text(one))})

    def edits(self) -> dict[str, list[Edit]]:
        kinds: dict[str, Callable[[], Iterator[Edit]]] = {
            "add column": self._add_column,
            "drop column": self._drop_column,
            "rename column": self._rename_column,
            "type": self._type,
            "nullability": self._nullability,
            "default": self._default,
            "index": lambda: self._flag("index", "Index"),
            "unique": lambda: self._flag("unique", "UniqueConstraint"),
            "foreign key": self._foreign_key,
            "enum value": self._enum,
            "table": self._table,
        }
        return {kind: found for kind, places in kinds.items() if (found := list(places()))}

    # places -----------------------------------------------------------------------------------------------------
    def _columns(self) -> Iterator[_Column]:
        inside = set()
        for owner in self.classes:
            for line in _lines(owner):
                call = _assigned(line)
                if call is not None and _name(call) in _COLUMNS:
                    inside.add(call)
                    yield _Column(call, line, owner)
        for node in _every(self.module):
            if isinstance(node, cst.Call) and _name(node) == "Table":
                for argument in node.args:
                    one = argument.value
                    if isinstance(one, cst.Call) and _name(one) in _COLUMNS and one not in inside:
                        yield _Column(one)

    # columns ----------------------------------------------------------------------------------------------------
    def _add_column(self) -> Iterator[Edit]:
        for column in self.columns:
            if column.line is None or column.owner is None:
                continue
            yield lambda rng, c=column: self._added(c, rng)  # type: ignore[misc]

    def _added(self, column: _Column, rng: random.Random) -> cst.Module:
        assert column.owner is not None
        assert column.line is not None
        options = rng.choice(("", ", nullable=False", ", nullable=False, server_default='1'", ", index=True"))
        kind = rng.choice(TYPES) if "server_default" not in options else "String(5)"
        call = f"{self.module.code_for_node(column.call.func)}({ALIAS}.{kind}{options})"
        new = cst.parse_statement(f"edited_column = {call}", config=self.module.config_for_parsing)
        return self._with_lines(column.owner, column.line, [column.line, new])

    def _drop_column(self) -> Iterator[Edit]:
        for column in self.columns:
            if column.line is not None and column.owner is not None:
                yield lambda _, c=column: self._with_lines(c.owner, c.line, [])  # type: ignore[misc]
            else:
                yield lambda _, c=column: self._without_argument(c.call)  # type: ignore[misc]

    def _rename_column(self) -> Iterator[Edit]:
        for column in self.columns:
            yield lambda _, c=column: self._renamed(c)  # type: ignore[misc]

    def _renamed(self, column: _Column) -> cst.Module | None:
        said = _string(column.call.args[0].value) if column.call.args else None
        if said is not None:
            new = cst.SimpleString(repr(f"{said}_edited"))
            return self._replace(column.call.args[0].value, new)
        if column.line is None:
            return None
        small = column.line.body[0]
        target = small.targets[0].target if isinstance(small, cst.Assign) else getattr(small, "target", None)
        if not isinstance(target, cst.Name):
            return None
        return self._replace(target, cst.Name(f"{target.value}_edited"))

    def _type(self) -> Iterator[Edit]:
        for column in self.columns:
            yield lambda rng, c=column: self._typed(c, rng)  # type: ignore[misc]

    def _typed(self, column: _Column, rng: random.Random) -> cst.Module:
        new = cst.Arg(cst.parse_expression(f"{ALIAS}.{rng.choice(TYPES)}"))
        given = _type_of(column.call)
        if given is not None:
            new = new.with_changes(comma=given.comma, keyword=given.keyword, equal=given.equal)
            arguments = [new if one is given else one for one in column.call.args]
        else:
            named = bool(column.call.args) and _string(column.call.args[0].value) is not None
            arguments = [*column.call.args[:named], new, *column.call.args[named:]]
        return self._with_arguments(column.call, arguments)

    def _nullability(self) -> Iterator[Edit]:
        for column in self.columns:
            yield lambda _, c=column: self._nullable(c)  # type: ignore[misc]

    def _nullable(self, column: _Column) -> cst.Module:
        given = _keyword(column.call, "nullable")
        new = "False" if given is None or self.module.code_for_node(given.value) == "True" else "True"
        return self._with_keyword(column.call, "nullable", new)

    def _default(self) -> Iterator[Edit]:
        for column in self.columns:
            kind = _type_of(column.call)
            name = _last(kind.value) if kind is not None else ""
            if _keyword(column.call, "server_default") is not None:
                yield lambda _, c=column: self._without_keyword(c.call, "server_default")  # type: ignore[misc]
            elif name in _DEFAULTS and _keyword(column.call, "primary_key") is None:
                value = _DEFAULTS[name]
                yield lambda _, c=column, v=value: self._with_keyword(c.call, "server_default", v)  # type: ignore[misc]
            if _keyword(column.call, "default") is not None:
                yield lambda _, c=column: self._without_keyword(c.call, "default")  # type: ignore[misc]

    # what belongs to a table ------------------------------------------------------------------------------------
    def _flag(self, keyword: str, construct: str) -> Iterator[Edit]:
        for column in self.columns:
            given = _keyword(column.call, keyword)
            on = given is None or self.module.code_for_node(given.value) != "True"
            if on and _keyword(column.call, "primary_key") is None:
                yield lambda _, c=column: self._with_keyword(c.call, keyword, "True")  # type: ignore[misc]
            elif not on:
                yield lambda _, c=column: self._without_keyword(c.call, keyword)  # type: ignore[misc]
        for call in self.calls:
            if _name(call) == construct:
                yield lambda _, c=call: self._without_argument(c)  # type: ignore[misc]

    def _foreign_key(self) -> Iterator[Edit]:
        for column in self.columns:
            given = next((a for a in column.call.args if _called(a.value) == "ForeignKey"), None)
            if given is None:
                if self.targets:
                    yield lambda rng, c=column: self._referencing(c, rng.choice(self.targets))  # type: ignore[misc]
                continue
            yield lambda _, a=given: self._without_argument(a.value)  # type: ignore[misc]
            yield lambda rng, a=given: self._acting(a.value, rng)  # type: ignore[misc]
        for call in self.calls:
            if _name(call) == "ForeignKeyConstraint":
                yield lambda _, c=call: self._without_argument(c)  # type: ignore[misc]
                yield lambda rng, c=call: self._acting(c, rng)  # type: ignore[misc]

    def _referencing(self, column: _Column, target: str) -> cst.Module:
        new = cst.Arg(cst.parse_expression(f"{ALIAS}.ForeignKey({target!r})"))
        at = next((i for i, one in enumerate(column.call.args) if one.keyword is not None), len(column.call.args))
        return self._with_arguments(column.call, [*column.call.args[:at], new, *column.call.args[at:]])

    def _acting(self, call: cst.BaseExpression, rng: random.Random) -> cst.Module:
        assert isinstance(call, cst.Call)
        given = _keyword(call, "ondelete")
        said = (_string(given.value) or "").upper() if given is not None else ""
        action = rng.choice([one for one in ("CASCADE", "SET NULL", "RESTRICT") if one != said])
        return self._with_keyword(call, "ondelete", repr(action))

    # enums and tables -------------------------------------------------------------------------------------------
    def _enum(self) -> Iterator[Edit]:
        for owner in _every(self.module):
            if not isinstance(owner, cst.ClassDef) or not any("Enum" in _last(b.value) for b in owner.bases):
                continue
            members = [line for line in _lines(owner) if _member(line)]
            for line in members:
                yield lambda _, o=owner, x=line: self._with_lines(o, x, [])  # type: ignore[misc]
                yield lambda _, o=owner, x=line: self._with_lines(o, x, [x, _new_member(x)])  # type: ignore[misc]
        for call in self.calls:
            labels = [one for one in call.args if one.keyword is None and _string(one.value) is not None]
            if _name(call) in ("Enum", "ENUM") and labels:
                new = cst.Arg(cst.SimpleString("'edited'"))
                yield lambda _, c=call, n=new: self._with_arguments(c, [n, *c.args])  # type: ignore[misc]
                if len(labels) > 1:
                    yield lambda _, c=call, x=labels[-1]: self._with_arguments(  # type: ignore[misc]
                        c, [one for one in c.args if one is not x]
                    )

    def _table(self) -> Iterator[Edit]:
        for owner in self.classes:
            named = next((line for line in _lines(owner) if _is_tablename(line)), None)
            if named is None:
                continue
            yield lambda _, o=owner: self._without(o)  # type: ignore[misc]
            yield lambda _, x=named: self._retabled(x)  # type: ignore[misc]
            yield lambda _, o=owner, x=named: self._copied(o, x)  # type: ignore[misc]

    def _retabled(self, named: cst.SimpleStatementLine) -> cst.Module:
        value = _assignment(named).value
        old = _string(value)

        class Renamed(cst.CSTTransformer):
            def leave_SimpleString(  # noqa: N802  # as LibCST calls it
                self, original: cst.SimpleString, updated: cst.SimpleString
            ) -> cst.SimpleString:
                said = _string(original)
                if said is not None and old is not None and said.startswith(f"{old}."):
                    return cst.SimpleString(repr(f"{old}_edited{said.removeprefix(old)}"))
                return updated

        changed = self._replace(value, cst.SimpleString(repr(f"{old}_edited")))
        return changed.visit(Renamed())

    def _copied(self, owner: cst.ClassDef, named: cst.SimpleStatementLine) -> cst.Module:
        value = _assignment(named).value
        old = _string(value)
        copy = owner.deep_replace(value, cst.SimpleString(repr(f"{old}_edited")))
        assert isinstance(copy, cst.ClassDef)
        copy = copy.with_changes(name=cst.Name(f"{owner.name.value}Edited"))
        body = [part for one in self.module.body for part in ([one, copy] if one is owner else [one])]
        return self.module.with_changes(body=body)

    # changes ----------------------------------------------------------------------------------------------------
    def _replace(self, old: cst.CSTNode, new: cst.CSTNode) -> cst.Module:
        changed = self.module.deep_replace(old, new)
        assert isinstance(changed, cst.Module)
        return changed

    def _without(self, old: cst.CSTNode) -> cst.Module:
        return self.module.with_changes(body=[one for one in self.module.body if one is not old])

    def _with_lines(
        self, owner: cst.ClassDef | None, line: cst.CSTNode | None, lines: Sequence[cst.CSTNode]
    ) -> cst.Module:
        assert owner is not None
        body = [part for one in owner.body.body for part in (lines if one is line else [one])]
        if not body:
            body = [cst.parse_statement("pass")]
        return self._replace(owner.body, owner.body.with_changes(body=body))

    def _with_arguments(self, call: cst.Call, arguments: Sequence[cst.Arg]) -> cst.Module:
        last = len(arguments) - 1
        comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
        found = [
            one.with_changes(comma=comma) if at < last and not isinstance(one.comma, cst.Comma) else one
            for at, one in enumerate(arguments)
        ]
        return self._replace(call, call.with_changes(args=found))

    def _with_keyword(self, call: cst.Call, name: str, value: str) -> cst.Module:
        shown = cst.parse_expression(value)
        given = _keyword(call, name)
        if given is not None:
            return self._replace(given.value, shown)
        stars = [one for one in call.args if one.star]
        rest = [one for one in call.args if not one.star]
        return self._with_arguments(call, [*rest, cst.Arg(shown, keyword=cst.Name(name)), *stars])

    def _without_keyword(self, call: cst.Call, name: str) -> cst.Module:
        return self._with_arguments(call, [one for one in call.args if one is not _keyword(call, name)])

    def _without_argument(self, value: cst.CSTNode) -> cst.Module | None:
        """Without an expression that is an argument of a call, or an element of a tuple."""
        for node in _every(self.module):
            if isinstance(node, cst.Call) and any(one.value is value for one in node.args):
                return self._with_arguments(node, [one for one in node.args if one.value is not value])
            if isinstance(node, cst.Tuple | cst.List) and any(one.value is value for one in node.elements):
                kept = [one for one in node.elements if one.value is not value]
                if len(kept) == 1 and isinstance(node, cst.Tuple):
                    kept = [kept[0].with_changes(comma=cst.Comma())]
                changed = node.with_changes(elements=kept)
                if not kept and isinstance(node, cst.Tuple) and not node.lpar:
                    return None
                return self._replace(node, changed)
        return None


# what nodes say ------------------------------------------------------------------------------------------------
def _every(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    yield node
    for child in node.children:
        yield from _every(child)


def _lines(owner: cst.ClassDef) -> list[cst.SimpleStatementLine]:
    return [one for one in owner.body.body if isinstance(one, cst.SimpleStatementLine) and len(one.body) == 1]


def _assigned(line: cst.SimpleStatementLine) -> cst.Call | None:
    small = line.body[0]
    value = small.value if isinstance(small, cst.Assign | cst.AnnAssign) else None
    return value if isinstance(value, cst.Call) else None


def _last(node: cst.BaseExpression) -> str:
    if isinstance(node, cst.Call):
        return _last(node.func)
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return node.value if isinstance(node, cst.Name) else ""


def _name(call: cst.Call) -> str:
    return _last(call.func)


def _called(node: cst.BaseExpression) -> str:
    return _name(node) if isinstance(node, cst.Call) else ""


def _string(node: cst.BaseExpression | None) -> str | None:
    if not isinstance(node, cst.SimpleString):
        return None
    value = node.evaluated_value
    return value if isinstance(value, str) else None


def _text(call: cst.Call) -> str | None:
    return _string(call.args[0].value) if call.args else None


def _keyword(call: cst.Call, name: str) -> cst.Arg | None:
    return next((one for one in call.args if one.keyword is not None and one.keyword.value == name), None)


def _type_of(call: cst.Call) -> cst.Arg | None:
    plain = [one for one in call.args if one.keyword is None and not one.star]
    if plain and _string(plain[0].value) is not None:
        plain = plain[1:]
    found = next((one for one in plain if _called(one.value) not in _NO_TYPES), None)
    return found or _keyword(call, "type_")


def _member(line: cst.SimpleStatementLine) -> bool:
    small = line.body[0]
    return isinstance(small, cst.Assign) and isinstance(small.targets[0].target, cst.Name)


def _new_member(line: cst.SimpleStatementLine) -> cst.SimpleStatementLine:
    small = line.body[0]
    assert isinstance(small, cst.Assign)
    value = cst.parse_expression("999" if isinstance(small.value, cst.Integer) else "'edited'")
    changed = small.with_changes(targets=[cst.AssignTarget(cst.Name("EDITED"))], value=value)
    return line.with_changes(body=[changed])


def _is_tablename(line: cst.SimpleStatementLine) -> bool:
    small = line.body[0]
    if not isinstance(small, cst.Assign) or _last(small.targets[0].target) != "__tablename__":
        return False
    return _string(small.value) is not None


def _assignment(line: cst.SimpleStatementLine) -> cst.Assign:
    small = line.body[0]
    assert isinstance(small, cst.Assign)
    return small
