"""The query that says whether a step took effect: what differs between the states around it, asked of the catalogs.

A query answers with one row and one column, true after the step and false before it. It asks with `to_regclass` and
its like, which are NULL for what is not there where a cast would be an error (PostgreSQL docs, 9.27.4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from migralint.render.calls import qualified
from migralint.render.clauses import literal
from migralint.schema import Check, Column, Constraint, EnumType, Function, Name, OtherType, Schema, Table, View
from migralint.schema.names import quote

V = TypeVar("V")

_BUILT_IN = "plpgsql"
"""The extension that every new database has (PostgreSQL docs, 41.1)."""


def verification(before: Schema, after: Schema) -> str | None:
    """The query for a step between these states; None where the catalogs do not show it."""
    found = conditions(before, after)
    return f"SELECT {' AND '.join(found)}" if found else None


def conditions(before: Schema, after: Schema) -> list[str]:
    """What is true in the second state and not in the first; nothing where the catalogs do not show it."""
    if before is after or before.dialect != "postgresql":
        return []
    return list(dict.fromkeys(_schemas(before, after)))


def awaits_validation(table: Name, constraint: str) -> str:
    """What is true as long as a constraint is there and not validated."""
    asked = f"conrelid = {_relation(table)} AND conname = {literal(constraint)} AND NOT convalidated"
    return _exists("pg_constraint", asked)


def has_column(table: Name, name: str) -> str:
    """What is true where a table is there and has a column."""
    return _column(_relation(table), name)


def has_type(name: Name) -> str:
    """What is true where there is a type of this name."""
    return f"to_regtype({_name(name)}) IS NOT NULL"


def is_view(name: Name, materialized: bool) -> str:
    """Asks whether there is a view of this name and of its kind."""
    kind = literal("m" if materialized else "v")
    return _exists("pg_class", f"oid = {_relation(name)} AND relkind = {kind}")


def counts_itself(table: Name, column: str) -> str:
    """What is true where a table is there and has a column that is no identity."""
    return _column(_relation(table), column, "attidentity = ''")


def _schemas(before: Schema, after: Schema) -> Iterator[str]:
    yield from _names(before.schemas, after.schemas, lambda name: f"to_regnamespace({literal(quote(name))})")
    for name in _only(tuple(after.extensions), tuple(before.extensions)):
        if name != _BUILT_IN:
            yield _exists("pg_extension", f"extname = {literal(name)}")
    for name in _only(tuple(before.extensions), tuple(after.extensions)):
        yield "NOT " + _exists("pg_extension", f"extname = {literal(name)}")
    yield from _objects(before.types, after.types, lambda name: f"to_regtype({_name(name)})", _types)
    yield from _objects(before.sequences, after.sequences, _relation)
    yield from _objects(before.tables, after.tables, _relation, _tables)
    yield from _objects(before.views, after.views, _relation, _views)
    yield from _functions(before, after)


def _objects(
    before: Mapping[Name, V],
    after: Mapping[Name, V],
    found: Callable[[Name], str],
    changed: Callable[[V, V], Iterator[str]] | None = None,
) -> Iterator[str]:
    """What was made, dropped and changed of one kind; `found` is NULL where nothing has the name."""
    if before is after:
        return
    for name, value in after.items():
        if name not in before:
            yield f"{found(name)} IS NOT NULL"
        elif changed is not None and before[name] is not value:
            yield from changed(before[name], value)
    for name in before:
        if name not in after:
            yield f"{found(name)} IS NULL"


def _names(before: tuple[str, ...], after: tuple[str, ...], found: Callable[[str], str]) -> Iterator[str]:
    yield from (f"{found(name)} IS NOT NULL" for name in _only(after, before))
    yield from (f"{found(name)} IS NULL" for name in _only(before, after))


def _types(before: object, after: object) -> Iterator[str]:
    if isinstance(before, OtherType) and isinstance(after, OtherType):
        relation, old, new = _relation(after.name), dict(before.attributes), dict(after.attributes)
        for name, kind in new.items():
            if old.get(name) != kind:
                yield _column(relation, name, f"format_type(atttypid, atttypmod) = {literal(kind)}")
        yield from ("NOT " + _column(relation, name) for name in old if name not in new)
    if not isinstance(before, EnumType) or not isinstance(after, EnumType):
        return

    def label(text: str) -> str:
        return _exists("pg_enum", f"enumtypid = to_regtype({_name(after.name)}) AND enumlabel = {literal(text)}")

    yield from (label(text) for text in _only(after.labels, before.labels))
    yield from ("NOT " + label(text) for text in _only(before.labels, after.labels))


def _tables(before: Table, after: Table) -> Iterator[str]:
    relation = _relation(after.name)
    old, new = {c.name: c for c in before.columns}, {c.name: c for c in after.columns}
    for name, column in new.items():
        if name not in old:
            yield _column(relation, name)
        elif old[name] is not column:
            yield from _columns(relation, old[name], column)
    yield from ("NOT " + _column(relation, name) for name in old if name not in new)
    yield from _constraints(relation, before, after)
    yield from _indexes(before, after)
    yield from _attached("pg_trigger", "tgrelid", "tgname", relation, before.triggers, after.triggers)
    yield from _attached("pg_policy", "polrelid", "polname", relation, before.policies, after.policies)
    if before.row_security != after.row_security:
        yield _exists("pg_class", f"oid = {relation} AND {_whether('relrowsecurity', after.row_security)}")
    if before.row_security_forced != after.row_security_forced:
        yield _exists("pg_class", f"oid = {relation} AND {_whether('relforcerowsecurity', after.row_security_forced)}")
    if before.comment != after.comment:
        yield f"obj_description({relation}, 'pg_class') {_is(after.comment)}"
    for parent in _only(after.parents, before.parents):
        yield _inherits(relation, parent)
    for parent in _only(before.parents, after.parents):
        yield "NOT " + _inherits(relation, parent)


def _columns(relation: str, before: Column, after: Column) -> Iterator[str]:
    """What changed of a column that keeps its name: as far as it reads the same on every server."""
    asked = []
    if before.type != after.type:
        asked.append(f"format_type(atttypid, atttypmod) = {literal(after.type)}")
    if before.not_null != after.not_null:
        asked.append(_whether("attnotnull", after.not_null))
    if before.identity != after.identity:
        asked.append(f"attidentity = '{ {None: '', 'always': 'a', 'by default': 'd'}[after.identity] }'")
    had, has = map(_has_default, (before, after))
    if had != has:
        asked.append(_whether("atthasdef", has))
    if asked:
        yield _column(relation, after.name, *asked)
    if before.comment != after.comment:
        number = f"(SELECT attnum FROM pg_attribute WHERE attrelid = {relation} AND attname = {literal(after.name)})"
        yield f"col_description({relation}, {number}) {_is(after.comment)}"


def _has_default(column: Column) -> bool:
    """Whether pg_attrdef has a row of it: also for a generation expression, and for a NULL that is stored."""
    return column.default is not None or column.generated is not None or column.default_type is not None


def _constraints(relation: str, before: Table, after: Table) -> Iterator[str]:
    def there(name: str, *more: str) -> str:
        return _exists("pg_constraint", " AND ".join([f"conrelid = {relation}", f"conname = {literal(name)}", *more]))

    def mine(constraint: Constraint, *more: str) -> str:
        # from version 18 on NOT NULL is a constraint with a name, too
        return there(constraint.name, *(["contype = 'c'"] if isinstance(constraint, Check) else []), *more)

    old, new = ({c.name: c for c in table.constraints if c.name} for table in (before, after))
    for name, constraint in new.items():
        valid = getattr(constraint, "validated", True)
        if name not in old:
            yield mine(constraint, *(["convalidated"] if valid else []))
        elif valid and not getattr(old[name], "validated", True):
            yield there(name, "convalidated")
    yield from ("NOT " + there(name) for name in old if name not in new)


def _indexes(before: Table | View, after: Table | View) -> Iterator[str]:
    def called(name: str) -> str:
        return _relation(Name(after.name.schema, name))

    old, new = {i.name for i in before.indexes if i.name}, {i.name: i for i in after.indexes if i.name}
    for name, index in new.items():
        if name not in old:
            valid = " AND indisvalid" if index.valid else ""
            yield _exists("pg_index", f"indexrelid = {called(name)}{valid}")
    kept = {c.name for c in after.constraints} if isinstance(after, Table) else set()
    yield from (f"{called(name)} IS NULL" for name in old if name not in new and name not in kept)


def _attached(catalog: str, owner: str, name: str, relation: str, before: Any, after: Any) -> Iterator[str]:
    """Triggers or policies of a table."""

    def there(one: str) -> str:
        return _exists(catalog, f"{owner} = {relation} AND {name} = {literal(one)}")

    old, new = (tuple(one.name for one in values) for values in (before, after))
    yield from (there(one) for one in _only(new, old))
    yield from ("NOT " + there(one) for one in _only(old, new))


def _views(before: View, after: View) -> Iterator[str]:
    yield from _indexes(before, after)
    yield from _attached("pg_trigger", "tgrelid", "tgname", _relation(after.name), before.triggers, after.triggers)


def _functions(before: Schema, after: Schema) -> Iterator[str]:
    if before.functions is after.functions:
        return

    def known(schema: Schema) -> tuple[str, ...]:
        every = (one for functions in schema.functions.values() for one in functions)
        return tuple(_function(one) for one in every if one.kind != "aggregate")

    yield from _names(known(before), known(after), lambda one: f"to_regprocedure({literal(one)})")


def _function(function: Function) -> str:
    return f"{qualified(function.name)}({', '.join(function.arguments)})"


def _only(these: tuple[V, ...], others: tuple[V, ...]) -> Iterator[V]:
    return (one for one in these if one not in others)


def _column(relation: str, name: str, *more: str) -> str:
    asked = [f"attrelid = {relation}", f"attname = {literal(name)}", "NOT attisdropped", *more]
    return _exists("pg_attribute", " AND ".join(asked))


def _inherits(relation: str, parent: Name) -> str:
    return _exists("pg_inherits", f"inhrelid = {relation} AND inhparent = {_relation(parent)}")


def _exists(catalog: str, condition: str) -> str:
    return f"EXISTS (SELECT FROM {catalog} WHERE {condition})"


def _whether(column: str, value: bool) -> str:
    return column if value else f"NOT {column}"


def _is(text: str | None) -> str:
    return "IS NULL" if text is None else f"IS NOT DISTINCT FROM {literal(text)}"


def _relation(name: Name) -> str:
    return f"to_regclass({_name(name)})"


def _name(name: Name) -> str:
    return literal(qualified(name))
