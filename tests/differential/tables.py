"""CREATE TABLE, columns, constraints, indexes: pglast's trees as expected operations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pglast import ast, enums

from migralint.operations import CreateIndex, CreateTable
from migralint.schema import Check, Column, Exclusion, ForeignKey, Generated, Index, Key, PrimaryKey, Schema, Unique
from tests.differential.expected import Expect
from tests.differential.trees import Expression, Kind, Ref, columns, plain, ref, texts

_CONSTRAINT = enums.ConstrType
_ACTIONS = {"a": None, "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}
_LIKE = enums.TableLikeOption
_TEMPORARY = "pg_temp"


class Definition:
    """An exclusion constraint or a partition's bounds: as migralint's text, in a statement that can be parsed."""

    def __init__(self, tree: Any, statement: str, find: Any) -> None:
        self.tree, self.statement, self.find = tree, statement, find

    def means(self, text: object) -> bool:
        """Whether the text parses into the same tree."""
        from tests.differential.trees import parsed

        found = parsed(self.statement.format(text))
        return found is not None and plain(self.find(found)) == plain(self.tree)

    def __str__(self) -> str:
        return str(plain(self.tree))[:300]


def relation(node: ast.RangeVar) -> Ref:
    """The name of what is created; a temporary one goes to its own schema."""
    return Ref(_TEMPORARY if node.relpersistence == "t" else node.schemaname, node.relname)


def persistence(node: ast.RangeVar) -> str:
    """Of a relation that is created: the schema pg_temp makes it temporary, too."""
    if relation(node).schema == _TEMPORARY:
        return "temporary"
    return "unlogged" if node.relpersistence == "u" else "permanent"


def create_table(node: Any, before: Schema) -> list[Any]:
    """CREATE TABLE and CREATE FOREIGN TABLE."""
    base = node.base if isinstance(node, ast.CreateForeignTableStmt) else node
    found = _Table(base, before)
    name = relation(base.relation)
    parents = [ref(p) for p in base.inhRelations or ()]
    attributes: dict[str, Any] = {
        "definition.name": name,
        "if_not_exists": base.if_not_exists,
        "temporary": name.schema == _TEMPORARY,
        "definition.persistence": persistence(base.relation),
        "definition.options": parameters(base.options),
        "definition.columns": found.columns,
        "definition.constraints": found.constraints,
        "definition.parents": parents,
        "definition.is_partition": base.partbound is not None,
        "definition.partition_by": partition_by(base.partspec),
        "definition.partition_bound": bound(base.partbound),
        "like": [*found.like, *parents],
        "definition.assumed": found.assumed,
    }
    return [Expect(CreateTable, attributes)]


def parameters(nodes: Any) -> tuple[tuple[str, str], ...]:
    """The storage parameters after WITH."""
    return tuple((parameter(one), setting(one.arg)) for one in nodes or () if one.defname != "oids")


def parameter(node: Any) -> str:
    """The name of a storage parameter, that of a TOAST table with its prefix."""
    return f"{node.defnamespace}.{node.defname}" if node.defnamespace else str(node.defname)


def bound(node: Any) -> Any:
    """FOR VALUES or DEFAULT."""
    if node is None:
        return None
    return Definition(node, "CREATE TABLE a PARTITION OF b {}", lambda tree: tree.partbound)


def partition_by(node: Any) -> Any:
    """PARTITION BY."""
    return (
        None if node is None else Definition(node, "CREATE TABLE a (b int) PARTITION BY {}", lambda tree: tree.partspec)
    )


class _Table:
    """What stands between the parentheses."""

    def __init__(self, node: ast.CreateStmt, before: Schema) -> None:
        self.columns: list[Any] = []
        self.constraints: list[Any] = []
        self.like: list[Any] = []
        self.assumed: Any = False
        self.partition = node.partbound is not None
        not_null: set[str] = set()
        if node.ofTypename is not None:
            self._of(node.ofTypename, before)
        for element in node.tableElts or ():
            if isinstance(element, ast.ColumnDef):
                column, constraints = column_definition(element)
                if node.ofTypename is not None or self.partition:
                    column.attributes.pop("type")
                self._put(column)
                self.constraints += constraints
            elif isinstance(element, ast.TableLikeClause):
                self._copied(element, before)
            elif element.contype == _CONSTRAINT.CONSTR_NOTNULL:
                not_null |= set(texts(element.keys))
            else:
                self.constraints.append(constraint(element))
        for column in self.columns:
            if column.attributes["name"] in not_null:
                column.attributes["not_null"] = True

    def _put(self, column: Expect) -> None:
        """A column, or what the statement adds to one that the type of the table gives."""
        same = next((c for c in self.columns if c.attributes["name"] == column.attributes["name"]), None)
        if same is None:
            self.columns.append(column)
        else:
            same.attributes |= column.attributes

    def _of(self, node: ast.TypeName, before: Schema) -> None:
        found = _among(before.types, ref(node))
        attributes = getattr(found, "attributes", ())
        self.assumed = not attributes
        self.columns = [
            Expect(Column, {"name": name, "type": kind, "not_null": False, "default": None})
            for name, kind in attributes
        ]

    def _copied(self, node: ast.TableLikeClause, before: Schema) -> None:
        """What LIKE copies of a table that the script made; of another one it is only told that it does."""
        source = _among(before.tables, ref(node.relation))
        if source is None:
            self.like.append(ref(node.relation))
            return
        self.assumed = self.assumed or source.assumed
        for column in source.columns:
            copied = {"name": column.name, "type": column.type, "not_null": column.not_null}
            for name, option in (
                ("default", _LIKE.CREATE_TABLE_LIKE_DEFAULTS),
                ("identity", _LIKE.CREATE_TABLE_LIKE_IDENTITY),
                ("generated", _LIKE.CREATE_TABLE_LIKE_GENERATED),
                ("comment", _LIKE.CREATE_TABLE_LIKE_COMMENTS),
            ):
                copied[name] = getattr(column, name) if node.options & option else None
            self.columns.append(Expect(Column, copied))
        if node.options & _LIKE.CREATE_TABLE_LIKE_CONSTRAINTS:
            self.constraints += list(source.of_kind(Check))
        if node.options & _LIKE.CREATE_TABLE_LIKE_INDEXES:
            self.constraints += [
                Expect(type(c), {"columns": c.columns})
                for c in source.constraints
                if isinstance(c, PrimaryKey | Unique | Exclusion)
            ]


def _among(mapping: Any, name: Ref) -> Any:
    return next((value for key, value in mapping.items() if name.means(key)), None)


def is_null(node: Any) -> bool:
    """DEFAULT NULL, with or without a cast."""
    while isinstance(node, ast.TypeCast):
        node = node.arg
    return isinstance(node, ast.A_Const) and bool(node.isnull)


def default(node: Any) -> Any:
    """A default; NULL is none."""
    return None if node is None or is_null(node) else Expression(node)


def generated(node: ast.Constraint) -> Expect:
    """GENERATED ALWAYS AS (...)."""
    return Expect(Generated, {"expression": Expression(node.raw_expr), "stored": node.generated_kind == "s"})


def option(options: Iterable[Any] | None, name: str) -> Any:
    """The last option of this name, or None."""
    return next((o.arg for o in reversed(list(options or ())) if o.defname == name), None)


def setting(node: Any) -> str:
    """The value of an option; one without a value is switched on."""
    if node is None:
        return "true"
    if isinstance(node, ast.TypeName):
        return texts(node.names)[-1]
    value = node.val if isinstance(node, ast.A_Const) else node
    return str(next(getattr(value, f) for f in ("sval", "ival", "fval", "boolval") if hasattr(value, f))).lower()


def sequence_name(options: Any) -> Any:
    """SEQUENCE NAME of an identity."""
    found = option(options, "sequence_name")
    return None if found is None else ref(found)


def column_definition(node: ast.ColumnDef) -> tuple[Expect, list[Any]]:
    """A column, and the constraints that are written at it."""
    name = node.colname
    found: dict[str, Any] = {
        "name": name,
        "type": Kind(node.typeName) if node.typeName is not None else "",
        "not_null": False,
        "default": None,
        "identity": None,
        "sequence": None,
        "generated": None,
        "collation": texts(node.collClause.collname)[-1] if node.collClause else None,
    }
    constraints: list[Any] = []
    for one in folded(node.constraints):
        match one.contype:
            case _CONSTRAINT.CONSTR_NOTNULL:
                found["not_null"] = True
            case _CONSTRAINT.CONSTR_NULL:
                pass
            case _CONSTRAINT.CONSTR_DEFAULT:
                found["default"] = default(one.raw_expr)
            case _CONSTRAINT.CONSTR_IDENTITY:
                found["identity"] = "always" if one.generated_when == "a" else "by default"
                found["sequence"] = sequence_name(one.options)
                found["not_null"] = True
            case _CONSTRAINT.CONSTR_GENERATED:
                found["generated"] = generated(one)
            case _:
                constraints.append(constraint(one, name))
                if one.contype == _CONSTRAINT.CONSTR_PRIMARY:
                    found["not_null"] = True
    return Expect(Column, found), constraints


class _Folded:
    """A constraint written at a column with the attributes that follow it."""

    def __init__(self, node: ast.Constraint) -> None:
        self.node = node
        self.deferrable = bool(node.deferrable)
        self.initdeferred = bool(node.initdeferred)
        self.immediate = False
        self.enforced = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self.node, name)


def folded(nodes: Any) -> list[Any]:
    """Constraints of a column; DEFERRABLE and others are nodes of their own there."""
    found: list[_Folded] = []
    for node in nodes or ():
        match node.contype:
            case _CONSTRAINT.CONSTR_ATTR_DEFERRABLE:
                found[-1].deferrable = True
            case _CONSTRAINT.CONSTR_ATTR_DEFERRED:
                found[-1].deferrable = found[-1].initdeferred = True
            case _CONSTRAINT.CONSTR_ATTR_IMMEDIATE:
                found[-1].immediate = True
            case _CONSTRAINT.CONSTR_ATTR_NOT_ENFORCED:
                found[-1].enforced = False
            case _CONSTRAINT.CONSTR_ATTR_NOT_DEFERRABLE | _CONSTRAINT.CONSTR_ATTR_ENFORCED:
                pass
            case _:
                found.append(_Folded(node))
    return found


class Initially:
    """INITIALLY IMMEDIATE is what DEFERRABLE alone means."""

    def __init__(self, deferred: bool) -> None:
        self.deferred = deferred

    def means(self, found: object) -> bool:
        """Whether it is deferred or not, however that is spelled."""
        return (found == "DEFERRED") == self.deferred and found in (None, "IMMEDIATE", "DEFERRED")

    def __str__(self) -> str:
        return "DEFERRED" if self.deferred else "IMMEDIATE"


def constraint(node: Any, column: str | None = None) -> Expect:
    """A constraint of a table, or one that is written at a column."""
    name = node.conname or ""
    attributes: dict[str, Any] = {"name": name}
    keys = (column,) if column is not None else tuple(texts(node.keys))
    deferrable = {"deferrable": bool(node.deferrable), "initially": Initially(bool(node.initdeferred))}
    match node.contype:
        case _CONSTRAINT.CONSTR_CHECK:
            enforced = node.is_enforced if not isinstance(node, _Folded) else node.enforced
            attributes |= {
                "expression": Expression(node.raw_expr),
                "columns": columns(node.raw_expr),
                "validated": not node.skip_validation and enforced,
                "enforced": enforced,
                "no_inherit": bool(node.is_no_inherit),
            }
            return Expect(Check, attributes)
        case _CONSTRAINT.CONSTR_PRIMARY | _CONSTRAINT.CONSTR_UNIQUE:
            primary = node.contype == _CONSTRAINT.CONSTR_PRIMARY
            attributes |= {
                "columns": keys,
                "include": tuple(texts(node.including)),
                "without_overlaps": bool(node.without_overlaps),
                **deferrable,
            }
            if not primary:
                attributes["nulls_not_distinct"] = bool(node.nulls_not_distinct)
            return Expect(PrimaryKey if primary else Unique, attributes)
        case _CONSTRAINT.CONSTR_FOREIGN:
            enforced = node.is_enforced if not isinstance(node, _Folded) else node.enforced
            attributes |= {
                "columns": (column,) if column is not None else tuple(texts(node.fk_attrs)),
                "references": ref(node.pktable),
                "referenced_columns": tuple(texts(node.pk_attrs)),
                "on_delete": _ACTIONS[node.fk_del_action],
                "on_update": _ACTIONS[node.fk_upd_action],
                "match": {"f": "FULL", "p": "PARTIAL"}.get(node.fk_matchtype),
                "set_columns": tuple(texts(node.fk_del_set_cols)),
                "validated": not node.skip_validation and enforced,
                "enforced": enforced,
                "period": bool(node.fk_with_period),
                **deferrable,
            }
            return Expect(ForeignKey, attributes)
        case _:
            bare = Definition(node, "CREATE TABLE a ({})", lambda tree: tree.tableElts[0])
            bare.tree = _exclusion(node)
            bare.find = lambda tree: _exclusion(tree.tableElts[0])
            mentioned = columns([e for e, _ in node.exclusions]) | {e.name for e, _ in node.exclusions if e.name}
            mentioned |= set(texts(node.including))
            return Expect(
                Exclusion,
                {
                    "name": name,
                    "definition": bare,
                    "columns": mentioned,
                    "where_columns": columns(node.where_clause),
                    **deferrable,
                },
            )


def _exclusion(node: Any) -> Any:
    return (node.access_method, node.exclusions, node.including, node.where_clause)


def create_index(node: ast.IndexStmt) -> list[Any]:
    """CREATE INDEX."""
    index = {
        "name": node.idxname or "",
        "unique": bool(node.unique),
        "method": node.accessMethod or "btree",
        "keys": [key(one) for one in node.indexParams],
        "include": tuple(one.name for one in node.indexIncludingParams or ()),
        "where": Expression(node.whereClause) if node.whereClause is not None else None,
        "where_columns": columns(node.whereClause),
        "nulls_not_distinct": bool(node.nulls_not_distinct),
        "options": tuple((one.defname, setting(one.arg)) for one in node.options or ()),
    }
    attributes = {
        "table": ref(node.relation),
        "index": Expect(Index, index),
        "concurrently": bool(node.concurrent),
        "if_not_exists": bool(node.if_not_exists),
        "only": not node.relation.inh,
    }
    return [Expect(CreateIndex, attributes)]


class _Opclass:
    """An operator class with its options."""

    def __init__(self, node: ast.IndexElem) -> None:
        self.node = node

    def means(self, text: object) -> bool:
        """Whether it is this class with these options."""
        from tests.differential.trees import parsed

        if text is None:
            return not self.node.opclass
        found = parsed(f"CREATE INDEX ON a (b {text})")
        if found is None or not self.node.opclass:
            return False
        other = found.indexParams[0]
        same = texts(other.opclass)[-1] == texts(self.node.opclass)[-1]
        return same and plain(other.opclassopts) == plain(self.node.opclassopts)

    def __str__(self) -> str:
        return ".".join(texts(self.node.opclass)) or "None"


def key(node: ast.IndexElem) -> Expect:
    """One key of an index."""
    nulls = {1: True, 2: False}.get(int(node.nulls_ordering))
    attributes: dict[str, Any] = {
        "column": node.name,
        "expression": Expression(node.expr) if node.expr is not None else None,
        "columns": columns(node.expr),
        "collation": texts(node.collation)[-1] if node.collation else None,
        "opclass": _Opclass(node),
        "descending": int(node.ordering) == 2,
        "nulls_first": nulls,
    }
    return Expect(Key, attributes)
