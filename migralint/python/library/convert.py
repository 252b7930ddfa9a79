"""SQLAlchemy's schema items → the columns, constraints and indexes of `migralint.schema`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.library.items import (
    ColumnItem,
    ConstraintItem,
    ForeignKeyItem,
    GeneratedItem,
    column_name,
    default_sql,
    type_ddl,
)
from migralint.python.library.naming import Subject, resolved, tell_cut
from migralint.python.library.sqltext import Sql, as_sql, unescaped
from migralint.python.library.types import EnumItem, TypeItem, as_type
from migralint.python.values import Arguments, Unknown, Value
from migralint.schema import (
    Check,
    Column,
    Constraint,
    Exclusion,
    ForeignKey,
    Generated,
    Index,
    Key,
    Name,
    PrimaryKey,
    Unique,
)
from migralint.schema.names import cut, quote
from migralint.schema.types import canonical
from migralint.sql import names as names_in_sql
from migralint.sql.cursor import Written

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


class NotKnown(Exception):
    """A part without which the operation cannot be told."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class Home:
    """The table that items belong to, and the conventions for its names.

    `schema` is that which the table is given with; `own` are the columns of a table that is being made;
    `referenced_schema` is that of tables which foreign keys name without one: that of the MetaData.
    """

    ev: Evaluator
    table: Name
    convention: Mapping[str, Value]
    place: Place
    schema: Value = None
    own: tuple[str, ...] = ()
    referenced_schema: str | None = None

    def has(self, column: str) -> bool:
        """Whether the table, made or being made, has such a column."""
        if self.own:
            return column in self.own
        table = self.ev.database.ask(self.table).tables.get(self.table)
        return table is not None and table.column(column) is not None

    def name(
        self,
        kind: str,
        given: Value,
        columns: list[str],
        target: str = "",
        targets: tuple[str, ...] = (),
        *,
        unique: bool = False,
    ) -> str:
        """The constraint's name in the DDL; "" where the server chooses."""
        schema = str(self.schema) if isinstance(self.schema, str) else ""
        subject = Subject(kind, self.table.name, columns, target, targets, schema, unique)
        name = resolved(self.ev, self.convention, subject, given, self.place)
        if isinstance(name, Unknown):
            raise NotKnown(name.reason)
        return name


def text(value: Value, what: str) -> str:
    """A text that has to be known."""
    if isinstance(value, str):
        return str(value)
    raise NotKnown(value.reason if isinstance(value, Unknown) else f"{what} is not known")


def flag(ev: Evaluator, value: Value, default: bool = False) -> bool:
    """A truth value; `default` where it is None or not known."""
    known = ev.truth(value) if value is not None else default
    return default if known is None else known


def qualified(ev: Evaluator, name: Value, schema: Value, what: str = "the table's name") -> Name:
    """A relation's name with its schema: where none is given, that in which the search path finds it."""
    if isinstance(schema, Unknown):
        raise NotKnown(schema.reason)
    return names_in_sql.relation(
        ev.database, Written(str(schema) if isinstance(schema, str) and schema else None, cut(text(name, what)))
    )


def created(ev: Evaluator, name: Value, schema: Value, what: str = "the table's name") -> Name:
    """The name of what a CREATE makes: where no schema is given, in the one that the search path has for new ones."""
    if isinstance(schema, Unknown):
        raise NotKnown(schema.reason)
    return names_in_sql.created(
        ev.database, Written(str(schema) if isinstance(schema, str) and schema else None, cut(text(name, what)))
    )


def column(home: Home, item: ColumnItem, *, in_table: bool, counts: bool = False) -> Column:
    """The column as the DDL makes it; `counts` where SQLAlchemy may make it SERIAL in a primary key."""
    ev, place = home.ev, item.place
    name = text(item.name, "the column's name")
    tell_cut(ev, name, place)
    kind = type_ddl(ev, item.kind, place)
    doubtful = False
    if isinstance(kind, Unknown):
        ev.database.note("MG002", f"the type of column {name} is not known: {kind.reason}", place)
        kind, doubtful = "unknown", True
    nullable = item.option("nullable")
    primary = flag(ev, item.option("primary_key"))
    not_null = primary and in_table if nullable is None else not flag(ev, nullable, True)
    if primary and in_table:
        not_null = True
    identity = item.generated("Identity")
    computed = item.generated("Computed")
    default = default_sql(ev, item.option("server_default"), place)
    if isinstance(default, Unknown):
        ev.database.note("MG002", f"the default of column {name} is not known: {default.reason}", place)
        default, doubtful = None, True
    shown = kind
    if ev.database.dialect == "postgresql":
        shown = canonical(kind)
        if counts and primary and in_table and _is_serial(home, item, shown, default is not None):
            shown = {"bigint": "bigserial", "smallint": "smallserial"}.get(shown, "serial")
    comment = item.option("comment")
    always = identity is not None and flag(ev, identity.args.get(0, "always"))
    return Column(
        name,
        shown,
        not_null=not_null or identity is not None,
        default=None if shown.endswith("serial") else default,
        identity=("always" if always else "by default") if identity is not None else None,
        sequence_options=_sequence_options(home, identity) if identity is not None else (),
        generated=_computed(ev, computed.args, place) if computed is not None else None,
        comment=str(comment) if isinstance(comment, str) else None,
        doubtful=doubtful,
        collation=collation(ev, item.kind, place),
    )


def collation(ev: Evaluator, kind: Value, place: Place) -> str | None:
    """The collation that a type brings; None for the usual one."""
    item = as_type(ev, kind, place)
    return item.collation(ev) if isinstance(item, TypeItem) else None


def _is_serial(home: Home, item: ColumnItem, shown: str, has_default: bool) -> bool:
    """Whether SQLAlchemy makes the column of a primary key SERIAL (its `_autoincrement_column`)."""
    auto = item.option("autoincrement", "auto")
    if auto is False or item.generated("Identity") or item.generated("Computed"):
        return False
    sequence = item.generated("Sequence")
    if sequence is not None and not flag(home.ev, sequence.args.keywords.get("optional")):
        return False
    if sequence is None and item.option("default") is not None:
        return False
    if shown not in ("integer", "bigint", "smallint"):
        return False
    if auto is True:
        return True
    return not has_default and (not item.foreign_keys() or auto == "ignore_fk")


def _computed(ev: Evaluator, args: Arguments, place: Place) -> Generated:
    value = args.get(0, "sqltext")
    expression = unescaped(value) if isinstance(value, str) else as_sql(ev, value, place)
    if isinstance(expression, Unknown):
        raise NotKnown(expression.reason)
    stored = args.get(1, "persisted")
    return Generated(str(expression if isinstance(expression, str) else expression.text), stored is not False)


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


def column_indexes(home: Home, item: ColumnItem) -> list[Index]:
    """The indexes that a column brings along: that of `index=True`, and a spatial one."""
    ev, name = home.ev, text(item.name, "the column's name")
    unique = flag(ev, item.option("unique"))
    found = [spatial_index(home, item)]
    if flag(ev, item.option("index")):
        found.append(Index(home.name("ix", None, [name], unique=unique), (Key(name),), unique=unique))
    return [index for index in found if index is not None]


def spatial_index(home: Home, item: ColumnItem) -> Index | None:
    """The index that GeoAlchemy2 adds to a column when it becomes one of a table, unless `spatial_index=False`."""
    kind, name = as_type(home.ev, item.kind, item.place), text(item.name, "the column's name")
    if not isinstance(kind, TypeItem) or not kind.is_spatial() or home.ev.database.dialect != "postgresql":
        return None
    if not flag(home.ev, kind.args.get(3, "spatial_index", default=True)):
        return None
    if kind.name.endswith("Raster"):
        key = Key(None, f"ST_ConvexHull({quote(name)})", (name,))
    else:
        key = Key(name, opclass="gist_geometry_ops_nd" if flag(home.ev, kind.args.get(4, "use_N_D_index")) else None)
    return Index(f"idx_{home.table.name}_{name}", (key,), method="gist")


def put_off(ev: Evaluator, args: Arguments) -> bool:
    """Whether a foreign key is left out of CREATE TABLE (`use_alter`, on dialects that can add it later)."""
    return ev.database.dialect != "sqlite" and flag(ev, args.keywords.get("use_alter"))


def inline_foreign_key(home: Home, item: ForeignKeyItem, column: str) -> ForeignKey:
    """A column's foreign key."""
    target, referred = _target(home, item.target)
    name = home.name("fk", item.args.keywords.get("name"), [column], target.name, (referred,) if referred else ())
    return _foreign_key(home, item.args, name, (column,), target, (referred,) if referred else ())


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


def _foreign_key(
    home: Home, args: Arguments, name: str, columns: tuple[str, ...], target: Name, referred: tuple[str, ...]
) -> ForeignKey:
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


def _initially(deferrable: Value, initially: Value, ev: Evaluator) -> str | None:
    if isinstance(initially, str):
        return initially.upper()
    return "IMMEDIATE" if flag(ev, deferrable) else None


def _sequence_options(home: Home, identity: GeneratedItem) -> tuple[tuple[str, str], ...]:
    """What `Identity(...)` says of its sequence, beside what a sequence has by itself."""
    from migralint.sql.sequences import without_usual

    get = identity.args.get
    numbers = {
        name: str(value)
        for place, name in enumerate(("start", "increment", "minvalue", "maxvalue"), 2)
        if isinstance(value := get(place, name), int)
    }
    cache = get(9, "cache")
    cycle = {"cycle": "true"} if flag(home.ev, get(8, "cycle")) else {}
    return without_usual(numbers | cycle | ({"cache": str(cache)} if isinstance(cache, int) else {}))


def names(ev: Evaluator, values: list[Value]) -> tuple[str, ...]:
    """Column names given as texts, columns or lists of either."""
    out: list[str] = []
    for value in values:
        inner = ev.items(value) if isinstance(value, (list, tuple)) else [value]
        for entry in inner or []:
            name = column_name(entry)
            if name is None:
                raise NotKnown("a column's name is not known")
            out.append(name)
    return tuple(out)


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
        return _foreign_key(home, item.args, name, local, target, referred)
    if item.kind == "ck":
        return check(home, item.args.get(0, "sqltext"), item.name, not_valid=flag(ev, get("postgresql_not_valid")))
    return _exclusion(home, item)


def check(home: Home, value: Value, name: Value, *, not_valid: bool = False) -> Check:
    """A CHECK from a text or an expression."""
    if isinstance(value, Sql):
        expression, columns = value.text, value.names
    elif isinstance(value, str):
        expression, columns = str(unescaped(value)), ()
    else:
        result = as_sql(home.ev, value, home.place)
        if isinstance(result, Unknown):
            raise NotKnown(result.reason)
        expression, columns = result.text, result.names
    if not columns:
        columns = mentioned(home, expression)
    return Check(home.name("ck", name, list(columns)), str(expression), columns, validated=not not_valid)


def mentioned(home: Home, expression: str) -> tuple[str, ...]:
    """Columns of the table that an SQL text mentions."""
    from migralint.sql.parts import columns_in

    return tuple(c for c in columns_in(expression, home.own) if home.has(c))


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


def as_text(ev: Evaluator, value: Value, place: Place) -> str:
    """The SQL text of a text or an expression."""
    if isinstance(value, str):
        return str(value)
    result = as_sql(ev, value, place)
    if isinstance(result, Unknown):
        raise NotKnown(result.reason)
    return result.text


def index(home: Home, item: ConstraintItem) -> Index:
    """An index from `Index(name, *items, ...)`."""
    return make_index(home, item.name, item.items, item.args)


def make_index(home: Home, name: Value, items: list[Value], args: Arguments) -> Index:
    """An index from its items and SQLAlchemy's `postgresql_*` options."""
    ev, get = home.ev, args.keywords.get
    keys = [key for entry in items for key in _keys(home, entry)]
    operators = get("postgresql_ops")
    if isinstance(operators, dict):
        keys = _with_operators(home, keys, operators)
    where = get("postgresql_where" if ev.database.dialect != "sqlite" else "sqlite_where")
    where_text = as_text(ev, where, home.place) if where is not None else None
    columns = [k.column or next(iter(k.columns), "") for k in keys]
    using, unique = get("postgresql_using"), flag(ev, get("unique"))
    return Index(
        home.name("ix", name, columns, unique=unique),
        tuple(keys),
        unique=unique,
        method=using.lower() if isinstance(using, str) and using else "btree",
        include=names(ev, list(ev.items(get("postgresql_include")) or [])),
        where=where_text,
        where_columns=mentioned(home, where_text) if where_text else (),
        nulls_not_distinct=flag(ev, get("postgresql_nulls_not_distinct")),
        options=_storage(get("postgresql_with")),
    )


def _with_operators(home: Home, keys: list[Key], operators: Mapping[Value, Value]) -> list[Key]:
    """The keys with what `postgresql_ops` says stands behind each: by its column, or by the label of an expression.

    That is an operator class, an order, or both.
    """
    from migralint.sql.parts import index_keys

    labelled = [str(text) for name, text in operators.items() if name not in {key.column for key in keys}]
    found = []
    for key in keys:
        if key.column in operators and key.column is not None:
            behind = str(operators[key.column])
        elif key.column is None and labelled:
            behind = labelled.pop(0)
        else:
            found.append(key)
            continue
        (said,) = index_keys(f"x {behind}", home.ev.database, home.table)
        found.append(
            replace(
                key,
                opclass=said.opclass,
                descending=key.descending or said.descending,
                nulls_first=said.nulls_first if key.nulls_first is None else key.nulls_first,
            )
        )
    return found


def _storage(options: Value) -> tuple[tuple[str, str], ...]:
    """What stands after WITH, from `postgresql_with`."""
    if not isinstance(options, dict):
        return ()
    return tuple((str(name), str(value).lower()) for name, value in options.items())


_PLAIN_KEY = re.compile(r'\s*("(?:[^"]|"")+"|[A-Za-z_][\w$]*)\s*\Z')


def _keys(home: Home, value: Value) -> tuple[Key, ...]:
    """One key, or those of a text that holds several."""
    if isinstance(value, str):
        return (Key(str(value)),)
    if isinstance(value, ColumnItem):
        return (Key(text(value.name, "the column's name")),)
    expression = as_sql(home.ev, value, home.place)
    if isinstance(expression, Unknown):
        raise NotKnown(expression.reason)
    if expression.raw:
        from migralint.sql.parts import index_keys

        return index_keys(expression.text, home.ev.database, home.table)
    order = expression.ordering
    descending = "DESC" in order
    nulls = True if "NULLS FIRST" in order else False if "NULLS LAST" in order else None
    plain = _PLAIN_KEY.match(expression.text)
    if plain and len(expression.names) == 1:
        return (Key(expression.names[0], descending=descending, nulls_first=nulls),)
    shown = expression.text if re.fullmatch(r"[\w.]+\(.*\)", expression.text, re.DOTALL) else f"({expression.text})"
    return (Key(None, shown, expression.names, descending=descending, nulls_first=nulls),)


def enum_types(ev: Evaluator, items: list[ColumnItem]) -> list[Value]:
    """The types of the columns, for what CREATE TABLE sends before itself."""
    return [as_type(ev, i.kind, i.place) for i in items]
