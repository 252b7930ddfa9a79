"""SQLAlchemy's constraints → those of `migralint.schema`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.python.library.enum_types import EnumItem
from migralint.python.library.home import Home, NotKnown, as_text, flag, mentioned, names, qualified, text
from migralint.python.library.items import ColumnItem, ConstraintItem, ForeignKeyItem
from migralint.python.library.sqltext import Sql, as_sql, in_ddl
from migralint.python.library.types import TypeItem, as_type
from migralint.python.values import Arguments, Unknown, Value
from migralint.schema import Check, Constraint, Exclusion, ForeignKey, Name, PrimaryKey, Unique
from migralint.schema.names import quote

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


def column_constraints(home: Home, item: ColumnItem) -> list[Constraint]:
    """Constraints that a column brings along: foreign keys, UNIQUE, checks."""
    ev, name = home.ev, text(item.name, "the column's name")
    out: list[Constraint] = []
    for part in item.parts:
        if isinstance(part, ForeignKeyItem) and not put_off(ev, part.args):
            out.append(inline_foreign_key(home, part, name))
        elif isinstance(part, ConstraintItem) and part.kind == "ck":
            out.append(constraint(home, part))
    listed = check_of_enum(home, item)
    if listed is not None:
        out.append(listed)
    if flag(ev, item.option("unique")) and not flag(ev, item.option("index")):
        out.append(Unique(home.name("uq", None, [name]), (name,)))
    return out


def constraint(home: Home, item: ConstraintItem) -> Constraint:
    """A table constraint."""
    ev, get = home.ev, item.args.keywords.get
    deferrable = flag(ev, get("deferrable"))
    initially = _initially(get("deferrable"), get("initially"), ev)
    if item.kind in ("pk", "uq"):
        columns = names(ev, item.items)
        name = home.name(item.kind, item.name, list(columns))
        include = names(ev, list(ev.items(get("postgresql_include")) or []))
        if item.kind == "pk":
            return PrimaryKey(name, columns, include, deferrable, initially)
        return Unique(name, columns, include, deferrable, initially, flag(ev, get("postgresql_nulls_not_distinct")))
    if item.kind == "fk":
        local = names(ev, [item.args.get(0, "columns")])
        targets = [_target(home, t) for t in ev.items(item.args.get(1, "refcolumns")) or []]
        if not targets:
            raise NotKnown("the referenced columns are not known")
        referred = tuple(t[1] for t in targets if t[1])
        target = targets[0][0]
        name = home.name("fk", item.name, list(local), target.name, referred)
        return foreign_key(home, item.args, name, local, target, referred)
    if item.kind == "ck":
        return check(home, item.args.get(0, "sqltext"), item.name, not_valid=flag(ev, get("postgresql_not_valid")))
    return _exclusion(home, item)


def check_of_enum(home: Home, item: ColumnItem) -> Check | None:
    """The CHECK of `Enum(..., create_constraint=True)` where the database has no type for it."""
    kind = as_type(home.ev, item.kind, item.place)
    kind = kind.for_dialect(home.ev) if isinstance(kind, TypeItem) else kind
    if not isinstance(kind, EnumItem) or kind.is_type(home.ev):
        return None
    if not flag(home.ev, kind.args.keywords.get("create_constraint")):
        return None
    if kind.labels is None:
        raise NotKnown(f"the labels of the enum {kind.enum_name} are not known")
    name = text(item.name, "the column's name")
    labels = ", ".join("'" + label.replace("'", "''") + "'" for label in kind.labels)
    return Check(home.name("ck", kind.enum_name, [name]), f"{quote(name)} IN ({labels})", (name,))


def check(home: Home, value: Value, name: Value, *, not_valid: bool = False) -> Check:
    """A CHECK from a text or an expression."""
    if isinstance(value, Sql):
        expression, columns = value.text, value.names
    elif isinstance(value, str):
        expression, columns = str(in_ddl(value)), ()
    else:
        result = as_sql(home.ev, value, home.place)
        if isinstance(result, Unknown):
            raise NotKnown(result.reason)
        expression, columns = result.text, result.names
    if not columns:
        columns = mentioned(home, expression)
    return Check(home.name("ck", name, list(columns)), str(expression), columns, validated=not not_valid)


def put_off(ev: Evaluator, args: Arguments) -> bool:
    """Whether a foreign key is left out of CREATE TABLE (`use_alter`, on dialects that can add it later)."""
    return ev.database.dialect != "sqlite" and flag(ev, args.keywords.get("use_alter"))


def inline_foreign_key(home: Home, item: ForeignKeyItem, column: str) -> ForeignKey:
    """A column's foreign key."""
    target, referred = _target(home, item.target)
    name = home.name("fk", item.args.keywords.get("name"), [column], target.name, (referred,) if referred else ())
    return foreign_key(home, item.args, name, (column,), target, (referred,) if referred else ())


def foreign_key(
    home: Home, args: Arguments, name: str, columns: tuple[str, ...], target: Name, referred: tuple[str, ...]
) -> ForeignKey:
    """A foreign key from its columns and SQLAlchemy's options."""
    get = args.keywords.get
    initially = get("initially")
    return ForeignKey(
        name,
        columns,
        target,
        referred,
        on_delete=_action(get("ondelete")),
        on_update=_action(get("onupdate")),
        match=get("match") if isinstance(get("match"), str) else None,
        deferrable=flag(home.ev, get("deferrable")) or (isinstance(initially, str) and initially.upper() == "DEFERRED"),
        initially=_initially(get("deferrable"), initially, home.ev),
        validated=not flag(home.ev, get("postgresql_not_valid")),
    )


def _target(home: Home, value: Value) -> tuple[Name, str]:
    """(table, column) of "schema.table.column", or of a column."""
    if isinstance(value, ColumnItem):
        owner = getattr(value.table, "name", None)
        schema = getattr(value.table, "schema", None)
        return qualified(home.ev, owner, schema), text(value.name, "the referenced column")
    parts = text(value, "the referenced column").rsplit(".", 2)
    if len(parts) == 1:
        return qualified(home.ev, parts[0], home.referenced_schema), ""
    schema = parts[0] if len(parts) == 3 else home.referenced_schema
    if schema is None and home.table.schema != home.ev.database.search_path[0] and not _exists(home, parts[-2]):
        schema = home.table.schema
    return qualified(home.ev, parts[-2], schema), parts[-1]


def _exists(home: Home, table: str) -> bool:
    name = Name(home.ev.database.search_path[0], table)
    return name in home.ev.database.ask(name).tables


def _action(value: Value) -> str | None:
    return value.upper() if isinstance(value, str) and value.upper() != "NO ACTION" else None


def _initially(deferrable: Value, initially: Value, ev: Evaluator) -> str | None:
    if isinstance(initially, str):
        return initially.upper()
    return "IMMEDIATE" if flag(ev, deferrable) else None


def _exclusion(home: Home, item: ConstraintItem) -> Exclusion:
    parts: list[str] = []
    columns: list[str] = []
    for entry in item.items:
        if not isinstance(entry, tuple) or len(entry) != 2 or not isinstance(entry[1], str):
            raise NotKnown("an exclusion constraint is not known")
        expression = Sql(entry[0], [entry[0]]) if isinstance(entry[0], str) else as_sql(home.ev, entry[0], home.place)
        if isinstance(expression, Unknown):
            raise NotKnown(expression.reason)
        parts.append(f"{expression.text} WITH {entry[1]}")
        columns += expression.names
    using = item.args.keywords.get("using", "gist")
    definition = f"EXCLUDE USING {using} ({', '.join(parts)})"
    where = item.args.keywords.get("where")
    if where is not None:
        definition += f" WHERE ({as_text(home.ev, where, home.place)})"
    return Exclusion(home.name("ex", item.name, columns), definition, tuple(columns))
