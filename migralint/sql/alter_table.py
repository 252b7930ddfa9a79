"""ALTER TABLE: every action of a statement is an operation of its own, in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from migralint.operations import (
    KEEP,
    AddColumn,
    AlterColumn,
    AlterConstraint,
    AlterSequence,
    AlterTable,
    AttachPartition,
    CreateConstraint,
    Database,
    DetachPartition,
    DropColumn,
    DropConstraint,
    Operation,
    RenameConstraint,
    RenameIndex,
    RenameTable,
    RenameView,
    SetRowSecurity,
    Statement,
    Unset,
    ValidateConstraint,
)
from migralint.operations.details import ClusterOn, Detail, Firing, ReplicaIdentity, Target
from migralint.operations.inheritance import losing
from migralint.operations.query_texts import mentions
from migralint.schema import Column, Exclusion, Keyed, Name, PrimaryKey, Schema, Unique
from migralint.sql import names
from migralint.sql.alter_column import alter_column
from migralint.sql.columns import (
    Definition,
    column_options,
    column_type,
    read_bound,
)
from migralint.sql.constraints import read_attributes, read_constraint, starts_table_constraint
from migralint.sql.cursor import Cursor
from migralint.sql.details import attempted, owner
from migralint.sql.errors import Unreadable
from migralint.sql.options import set_or_reset

_OTHER = (
    (("cluster", "on"), "cluster_on"),
    (("replica", "identity"), "replica_identity"),
    (("force", "row", "level", "security"), "force_row_security"),
    (("no", "force", "row", "level", "security"), "no_force_row_security"),
    (("set", "tablespace"), "set_tablespace"),
    (("set", "access", "method"), "set_access_method"),
    (("set", "logged"), "set_logged"),
    (("set", "unlogged"), "set_unlogged"),
    (("set", "without", "cluster"), "set_without_cluster"),
    (("set", "without"), "set_without"),
    (("set", "("), "set_options"),
    (("reset", "("), "reset_options"),
    (("of",), "of"),
    (("not", "of"), "not_of"),
    (("options",), "options"),
)

_FOLLOWED = (
    AddColumn,
    AlterConstraint,
    AlterColumn,
    AlterTable,
    CreateConstraint,
    DropColumn,
    DropConstraint,
    RenameConstraint,
    ValidateConstraint,
)
"""What tables below follow, unless ONLY stands before the name."""


def alter_table(cursor: Cursor, database: Database) -> Iterator[tuple[Operation, Cursor]]:
    """After `ALTER TABLE`: the operations, each with the text of its action."""
    if_exists = cursor.if_exists()
    only = cursor.accept("only")
    table = names.relation(database, cursor.name())
    cursor.accept("*")
    if if_exists and not _there(database, table):
        yield Statement("alter_table", table), cursor.rest()
        return
    found: list[tuple[Operation, Cursor]] = []
    try:
        for action in cursor.items():
            text = action.copy()
            operation = _action(action, database, table, if_exists)
            if not action.done:
                raise action.problem("expected a comma")
            if only and isinstance(operation, _FOLLOWED):
                operation = replace(operation, only=True)
            found.append((operation, text))
    except Unreadable:
        yield from _in_order(found, database.ask(table)) if found else ()
        raise
    yield from _in_order(found, database.ask(table))


def _in_order(found: list[tuple[Operation, Cursor]], schema: Schema) -> list[tuple[Operation, Cursor]]:
    """Actions in the order in which PostgreSQL carries them out, whatever order they are written in.

    Each table below carries out its own copy of what drops a default or an expression, and a column dropped by then
    is gone there: such an action fails, and so comes after the drop.
    """
    retyped: set[str] = set()
    gone = {operation.name for operation, _ in found if isinstance(operation, DropColumn)}
    passes: list[tuple[float, Operation, Cursor]] = []
    for operation, text in found:
        text.head = found[0][1].offset
        number: float = _pass(operation)
        if isinstance(operation, AlterColumn):
            if isinstance(operation.type, str):
                column = _column_of(schema, operation)
                generated = column is not None and column.generated is not None
                operation = replace(operation, retyped=operation.name in retyped, was_generated=generated)
                retyped |= {operation.name} if column is None or column.type != operation.type else set()
            copied = operation.default is None or operation.generated is None
            if copied and operation.name in gone and not operation.only and _loses(schema, operation):
                number = 0.5
        passes.append((number, operation, text))
    return [(operation, text) for _, operation, text in sorted(passes, key=lambda one: one[0])]


def _column_of(schema: Schema, operation: AlterColumn) -> Column | None:
    """The column as it is before the statement."""
    table = schema.tables.get(operation.table)
    return table.column(operation.name) if table is not None else None


def _loses(schema: Schema, operation: AlterColumn) -> bool:
    """Whether a table below loses the column with it."""
    table = schema.tables.get(operation.table)
    return table is not None and bool(losing(schema, table, operation.name))


def _pass(operation: Operation) -> int:
    """The pass in which ATController runs the action (PostgreSQL source, tablecmds.c, ATPrepCmd)."""
    match operation:
        case DropColumn() | DropConstraint():
            return 0
        case AddColumn():
            return 2
        case CreateConstraint(constraint=Keyed() | Exclusion()):
            return 5
        case CreateConstraint():
            return 6
        case AlterColumn():
            dropped = (operation.default is None, operation.not_null is False)
            if any(dropped) or None in (operation.generated, operation.identity):
                return 0
            if isinstance(operation.type, str):
                return 1
            if not isinstance(operation.generated, Unset):
                return 3
            if operation.not_null is True:
                return 4
            return 7 if operation.verb == "SET" else 6
    return 7


def _there(database: Database, name: Name) -> bool:
    """Whether the relation exists or could exist, or what is ruled out is followed nonetheless."""
    schema = database.ask(name)
    return schema.opaque or schema.relation_exists(name) or database.rules_out()


def _action(cursor: Cursor, database: Database, table: Name, if_exists: bool) -> Operation:
    if cursor.accept("add"):
        return _add(cursor, database, table)
    if cursor.accept("drop", "constraint"):
        missing_ok = cursor.if_exists()
        return DropConstraint(table, cursor.identifier(), None, missing_ok, cursor.cascade())
    if cursor.accept("drop"):
        cursor.accept("column")
        missing_ok = cursor.if_exists()
        return DropColumn(table, cursor.identifier(), missing_ok, cursor.cascade())
    if cursor.accept("alter", "constraint"):
        return _alter_constraint(cursor, table)
    if cursor.accept("alter"):
        cursor.accept("column")
        return alter_column(cursor, database, table)
    if cursor.accept("validate", "constraint"):
        return ValidateConstraint(table, cursor.identifier())
    if cursor.accept("rename"):
        return _rename(cursor, database, table, if_exists)
    if cursor.accept("set", "schema"):
        new = Name(cursor.identifier(), table.name)
        return AlterTable(table, "set_schema") if new == table else moved(database, table, new, if_exists)
    if cursor.accept("enable", "row", "level", "security"):
        return SetRowSecurity(table, True)
    if cursor.accept("disable", "row", "level", "security"):
        return SetRowSecurity(table, False)
    return _partition(cursor, database, table) or _other(cursor, table)


def _partition(cursor: Cursor, database: Database, table: Name) -> Operation | None:
    """Partitions and parents."""
    for words in (("attach", "partition"), ("detach", "partition"), ("inherit",), ("no", "inherit")):
        if cursor.accept(*words):
            break
    else:
        return None
    other = names.relation(database, cursor.name())
    match words[0]:
        case "attach":
            return AttachPartition(table, other, bound=read_bound(cursor))
        case "detach" if cursor.accept("finalize"):
            return AlterTable(table, "detach_partition_finalize")
        case "detach":
            return DetachPartition(table, other, cursor.accept("concurrently"))
        case "inherit":
            return AttachPartition(other, table, inherit=True)
    return DetachPartition(other, table)


def moved(database: Database, old: Name, new: Name, if_exists: bool) -> Operation:
    """A relation under another name: ALTER TABLE renames views, sequences and indexes too."""
    schema = database.ask(old)
    if old in schema.views:
        return RenameView(old, new, if_exists)
    if found := schema.sequences.get(old):
        return AlterSequence(old, replace(found, name=new), if_exists)
    if old not in schema.tables and schema.index_owner(old) is not None:
        return RenameIndex(old, new.name, if_exists, as_table=True)
    return RenameTable(old, new, if_exists)


def _other(cursor: Cursor, table: Name) -> Operation:
    """Actions that change neither columns nor constraints."""
    if cursor.sees_any("enable", "disable"):
        return _firing(cursor, table)
    if cursor.sees("owner", "to"):
        return AlterTable(table, "owner_to", detail=attempted(cursor, owner(Target("table", table))))
    for words, action in _OTHER:
        if not cursor.accept(*words):
            continue
        if words[-1] == "(":
            cursor.index -= 1
            return AlterTable(table, action, detail=set_or_reset(cursor))
        arguments: tuple[str, ...] = ()
        detail: Detail | None = None
        match action:
            case "set_tablespace" | "set_access_method":
                arguments = (cursor.identifier(),)
            case "cluster_on":
                detail = ClusterOn(cursor.identifier())
            case "set_without_cluster":
                detail = ClusterOn(None)
            case "replica_identity":
                detail = _identity(cursor)
        cursor.index = cursor.end
        return AlterTable(table, action, detail=detail, arguments=arguments)
    raise cursor.problem("not an action of ALTER TABLE that is known")


def _firing(cursor: Cursor, table: Name) -> Operation:
    """ENABLE and DISABLE of triggers and rules."""
    verb = cursor.take().value
    when = (cursor.accept_any("always", "replica") or "").upper() if verb == "enable" else "DISABLED"
    kind = cursor.accept_any("trigger", "rule")
    if kind is None:
        raise cursor.problem("expected TRIGGER, RULE or ROW LEVEL SECURITY")
    every = kind == "trigger" and cursor.accept_any("all", "user") is not None
    return AlterTable(table, f"{verb}_{kind}", detail=Firing(when, None if every else cursor.identifier()))


def _identity(cursor: Cursor) -> Detail:
    """After REPLICA IDENTITY."""
    if cursor.accept("using", "index"):
        return ReplicaIdentity("INDEX", cursor.identifier())
    kind = cursor.take().value.upper()
    return ReplicaIdentity("" if kind == "DEFAULT" else kind)


def _add(cursor: Cursor, database: Database, table: Name) -> Operation:
    if not cursor.sees("column") and starts_table_constraint(cursor):
        return _add_constraint(cursor, database, table)
    cursor.accept("column")
    missing_ok = cursor.if_not_exists()
    name = cursor.identifier()
    known = _known(database, table) if cursor.has("check") or cursor.has("generated") else []
    into = Definition(known=[*known, name])
    column = Column(name, "" if cursor.done else column_type(cursor, database))
    column = column_options(cursor, database, column, into)
    text = column.generated.expression if column.generated else ""
    reads = tuple(one for one in known if mentions(text, one))
    return AddColumn(table, column, tuple(into.constraints), missing_ok, reads=reads)


def _known(database: Database, table: Name) -> list[str]:
    found = database.ask(table).tables.get(table)
    return [c.name for c in found.columns] if found else []


def _add_constraint(cursor: Cursor, database: Database, table: Name) -> Operation:
    name = ""
    if cursor.accept("constraint"):
        name = cursor.identifier()
    if cursor.accept("not", "null"):
        column = cursor.identifier()
        cursor.accept("no", "inherit")
        valid = not cursor.accept("not", "valid")
        return AlterColumn(table, column, not_null=True, not_null_name=name or None, not_null_valid=valid)
    for kind, words in ((PrimaryKey, ("primary", "key")), (Unique, ("unique",))):
        if cursor.sees(*words, "using", "index") and not cursor.sees(*words, "using", "index", "tablespace"):
            cursor.index += len(words) + 2
            index = cursor.identifier()
            return CreateConstraint(table, read_attributes(cursor, kind(name, ())), index)
    if name:
        cursor.index -= 2
    return CreateConstraint(table, read_constraint(cursor, database, _known(database, table)))


def _alter_constraint(cursor: Cursor, table: Name) -> Operation:
    name = cursor.identifier()
    deferrable: bool | None = None
    initially: str | None = None
    enforced: bool | Unset = KEEP
    while not cursor.done:
        if cursor.accept("deferrable"):
            deferrable = True
        elif cursor.accept("not", "deferrable"):
            deferrable = False
        elif cursor.accept("initially"):
            initially = cursor.take().value.upper()
        elif cursor.accept("enforced"):
            enforced = True
        elif cursor.accept("not", "enforced"):
            enforced = False
        else:
            cursor.rest()
            return AlterTable(table, "alter_constraint")
    if deferrable is None and initially is None:
        return AlterConstraint(table, name, enforced=enforced)
    return AlterConstraint(table, name, deferrable or initially == "DEFERRED", initially, enforced)


def _rename(cursor: Cursor, database: Database, table: Name, if_exists: bool) -> Operation:
    """RENAME TO, RENAME CONSTRAINT a TO b, RENAME [COLUMN] a TO b."""
    if cursor.accept("to"):
        return moved(database, table, Name(table.schema, cursor.identifier()), if_exists)
    if cursor.sees("constraint") and not cursor.sees("to", ahead=1):
        cursor.take()
        old = cursor.identifier()
        cursor.expect("to")
        return RenameConstraint(table, old, cursor.identifier())
    if not cursor.sees("to", ahead=1):
        cursor.accept("column")
    old = cursor.identifier()
    cursor.expect("to")
    return AlterColumn(table, old, new_name=cursor.identifier(), if_exists=False)
