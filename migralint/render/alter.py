"""Statements for operations on columns, and on types, views, sequences and functions."""

from __future__ import annotations

from migralint.operations import (
    AddColumn,
    AlterColumn,
    AlterDomain,
    AlterFunction,
    AlterSequence,
    AlterType,
    AlterTypeAddValue,
    AlterTypeRenameValue,
    AlterView,
    CreateFunction,
    CreateSequence,
    CreateType,
    CreateView,
    DropColumn,
    DropFunction,
    DropSequence,
    DropType,
    DropView,
    Operation,
    RenameFunction,
    RenameType,
    RenameView,
    Unset,
)
from migralint.render.calls import in_sql
from migralint.render.clauses import (
    cascade,
    column,
    constraint,
    default_value,
    exists,
    identity_options,
    in_parentheses,
    literal,
    only,
    options,
    sequence_options,
)
from migralint.render.objects import (
    create_function,
    create_sequence,
    create_type,
    create_view,
    domain_check,
    function_options,
    owned_by,
    owner,
)
from migralint.schema import Check, Constraint, Domain, ForeignKey, Keyed, Name, OtherType, Schema, Sequence
from migralint.schema.names import quote


def moved(kind: str, old: Name, new: Name, default: str, signature: str = "") -> list[str]:
    """RENAME TO and SET SCHEMA, as far as the names differ."""
    statements = []
    if old.name != new.name or old == new:
        statements.append(f"ALTER {kind} {in_sql(old, default)}{signature} RENAME TO {quote(new.name)}")
    if old.schema != new.schema:
        renamed = in_sql(Name(old.schema, new.name), default)
        statements.append(f"ALTER {kind} {renamed}{signature} SET SCHEMA {quote(new.schema)}")
    return statements


def column_statements(operation: Operation, before: Schema) -> list[str] | None:
    """For ADD, DROP and ALTER COLUMN; None for other operations, none where SQLite has no statement."""
    default = before.default_schema
    match operation:
        case AddColumn():
            table, name = in_sql(operation.table, default), quote(operation.column.name)
            text = (
                f"ALTER TABLE {only(operation)}{table} ADD COLUMN {'IF NOT EXISTS ' if operation.if_not_exists else ''}"
            )
            text += column(operation.column, default)
            inline = [c for c in operation.constraints if _is_inline(c, operation.column.name)]
            text += "".join(f" {_inline(c, default)}" for c in inline)
            statements = [text]
            statements += [
                f"ALTER TABLE {only(operation)}{table} ADD {constraint(c, default)}"
                for c in operation.constraints
                if c not in inline
            ]
            if operation.column.comment is not None and before.dialect != "sqlite":
                statements.append(f"COMMENT ON COLUMN {table}.{name} IS {literal(operation.column.comment)}")
            return statements
        case DropColumn():
            table = in_sql(operation.table, default)
            name = quote(operation.name)
            return [f"ALTER TABLE {only(operation)}{table} DROP COLUMN {exists(operation)}{name}{cascade(operation)}"]
        case AlterColumn():
            return _alter_column(operation, before)
    return None


def _is_inline(value: Constraint, name: str) -> bool:
    """Whether it can stand in the column's definition: a constraint of this column alone."""
    validated = getattr(value, "validated", True)
    return isinstance(value, Keyed | Check | ForeignKey) and validated and set(value.columns_used) <= {name}


def _inline(value: Constraint, default: str) -> str:
    """The constraint as part of the definition of its only column."""
    text = constraint(value, default)
    if isinstance(value, ForeignKey):
        return text.replace(f"FOREIGN KEY {in_parentheses(value.columns)} ", "", 1)
    return text.replace(f" {in_parentheses(value.columns)}", "", 1) if isinstance(value, Keyed) else text


def _alter_column(operation: AlterColumn, before: Schema) -> list[str]:
    default = before.default_schema
    table, name = in_sql(operation.table, default), quote(operation.name)
    alter = f"ALTER TABLE {only(operation)}{table} ALTER COLUMN {name} "
    statements = [] if before.dialect == "sqlite" else _changes(operation, before, alter)
    if not isinstance(operation.comment, Unset) and before.dialect != "sqlite":
        statements.append(f"COMMENT ON COLUMN {table}.{name} IS {literal(operation.comment)}")
    if isinstance(operation.new_name, str):
        statements.append(f"ALTER TABLE {only(operation)}{table} RENAME COLUMN {name} TO {quote(operation.new_name)}")
    return statements


def _changes(operation: AlterColumn, before: Schema, alter: str) -> list[str]:
    """In Alembic's order: nullability, type, default, then the rest."""
    statements = []
    table = before.tables.get(operation.table)
    old = table.column(operation.name) if table else None
    if not isinstance(operation.not_null, Unset):
        statements.append(alter + ("SET NOT NULL" if operation.not_null else "DROP NOT NULL"))
    kind = operation.type
    if isinstance(kind, Unset) and not isinstance(operation.collation, Unset) and old is not None:
        kind = old.type
    if not isinstance(kind, Unset):
        collation = f" COLLATE {quote(operation.collation)}" if isinstance(operation.collation, str) else ""
        statements.append(f"{alter}TYPE {kind}{collation}" + (f" USING {operation.using}" if operation.using else ""))
    if not isinstance(operation.default, Unset):
        value = operation.default
        shown = default_value(value, before.default_schema) if value is not None else ""
        statements.append(alter + (f"SET DEFAULT {shown}" if shown else "DROP DEFAULT"))
    if not isinstance(operation.identity, Unset):
        verb = "SET GENERATED {}" if old is not None and old.identity else "ADD GENERATED {} AS IDENTITY"
        drop = "DROP IDENTITY" + ("" if old is None or old.identity else " IF EXISTS")
        made = verb.format((operation.identity or "").upper())
        made += identity_options(operation.sequence, operation.sequence_options, before.default_schema)
        statements.append(alter + (made if operation.identity else drop))
    if not isinstance(operation.generated, Unset):
        generated = operation.generated
        drop = "DROP EXPRESSION" + ("" if old is None or old.generated else " IF EXISTS")
        statements.append(alter + (f"SET EXPRESSION AS ({generated.expression})" if generated else drop))
    return statements


def object_statements(operation: Operation, before: Schema) -> list[str] | None:
    """For types, views, sequences and functions; None for other operations."""
    default = before.default_schema
    match operation:
        case CreateType():
            return [create_type(operation.definition, default)]
        case DropType():
            kind = "DOMAIN" if operation.domain else "TYPE"
            return [_drop(kind, operation, operation.name, default)]
        case RenameType():
            kind = "DOMAIN" if isinstance(before.types.get(operation.name), Domain) else "TYPE"
            return moved(kind, operation.name, operation.new, default)
        case AlterTypeAddValue():
            text = f"ALTER TYPE {in_sql(operation.name, default)} ADD VALUE "
            text += f"{'IF NOT EXISTS ' if operation.if_not_exists else ''}{literal(operation.value)}"
            text += f" BEFORE {literal(operation.before)}" if operation.before is not None else ""
            return [text + (f" AFTER {literal(operation.after)}" if operation.after is not None else "")]
        case AlterTypeRenameValue():
            values = f"{literal(operation.value)} TO {literal(operation.new_value)}"
            return [f"ALTER TYPE {in_sql(operation.name, default)} RENAME VALUE {values}"]
        case AlterDomain():
            old = before.types.get(operation.name)
            if not isinstance(old, Domain) or operation.definition is None:
                return []
            return _alter_domain(old, operation.definition, default)
        case AlterType():
            composite = before.types.get(operation.name)
            if not isinstance(composite, OtherType) or operation.definition is None:
                return []
            return _alter_type(composite, operation.definition, default)
        case AlterView():
            return _alter_view(operation, before)
        case CreateView():
            how = {"or_replace": operation.or_replace, "if_not_exists": operation.if_not_exists}
            return [create_view(operation.view, before, **how)]
        case DropView():
            return [
                _drop("MATERIALIZED VIEW" if operation.materialized else "VIEW", operation, operation.name, default)
            ]
        case RenameView():
            view = before.views.get(operation.name)
            kind = "MATERIALIZED VIEW" if view is not None and view.materialized else "VIEW"
            return moved(kind, operation.name, operation.new, default)
        case CreateSequence():
            text = create_sequence(operation.sequence, default, if_not_exists=operation.if_not_exists)
            owned = operation.sequence.owned_by is not None
            return [f"{text} OWNED BY {owner(operation.sequence, default)}" if owned else text]
        case AlterSequence():
            return _alter_sequence(operation, before)
        case DropSequence():
            return [_drop("SEQUENCE", operation, operation.name, default)]
        case CreateFunction():
            function = create_function(operation.function, default, operation.or_replace)
            return [function] if function else []
        case AlterFunction():
            called = f"{in_sql(operation.name, default)}{_signature(operation.arguments)}"
            return [f"ALTER {operation.kind.upper()} {called}{function_options(operation.changes)}"]
        case RenameFunction():
            return moved(
                operation.kind.upper(), operation.name, operation.new, default, _signature(operation.arguments)
            )
        case DropFunction():
            signature = _signature(operation.arguments)
            name = f"{in_sql(operation.name, default)}{signature}"
            return [f"DROP {operation.kind.upper()} {exists(operation)}{name}{cascade(operation)}"]
    return None


def _drop(kind: str, operation: Operation, name: Name, default: str) -> str:
    return f"DROP {kind} {exists(operation)}{in_sql(name, default)}{cascade(operation)}"


def _signature(arguments: tuple[str, ...] | None) -> str:
    return "" if arguments is None else f"({', '.join(arguments)})"


def _alter_domain(old: Domain, new: Domain, default: str) -> list[str]:
    alter = f"ALTER DOMAIN {in_sql(old.name, default)} "
    statements = []
    if old.default != new.default:
        statements.append(alter + (f"SET DEFAULT {new.default}" if new.default is not None else "DROP DEFAULT"))
    if old.not_null != new.not_null:
        statements.append(alter + ("SET NOT NULL" if new.not_null else "DROP NOT NULL"))
    kept = {check.name: check.expression for check in new.checks}
    known = {check.name: check for check in old.checks if kept.get(check.name) == check.expression}
    statements += [f"{alter}DROP CONSTRAINT {quote(check.name)}" for check in old.checks if check.name not in known]
    for check in new.checks:
        if check.name not in known:
            statements.append(f"{alter}ADD {domain_check(check)}" + ("" if check.validated else " NOT VALID"))
        elif check.validated and not known[check.name].validated:
            statements.append(f"{alter}VALIDATE CONSTRAINT {quote(check.name)}")
    return statements


def _alter_type(old: OtherType, new: OtherType, default: str) -> list[str]:
    """Attributes that are gone, new, of another type, or called otherwise in the same place."""
    before, after = dict(old.attributes), dict(new.attributes)
    differing = [pair for pair in zip(old.attributes, new.attributes, strict=False) if pair[0] != pair[1]]
    if len(old.attributes) == len(new.attributes) and len(differing) == 1:
        (name, kind), (new_name, new_kind) = differing[0]
        if kind == new_kind:
            renamed = f"RENAME ATTRIBUTE {quote(name)} TO {quote(new_name)}"
            return [f"ALTER TYPE {in_sql(old.name, default)} {renamed}"]
    actions = [f"DROP ATTRIBUTE {quote(name)}" for name in before if name not in after]
    for name, kind in after.items():
        if name not in before:
            actions.append(f"ADD ATTRIBUTE {quote(name)} {kind}")
        elif before[name] != kind:
            actions.append(f"ALTER ATTRIBUTE {quote(name)} TYPE {kind}")
    return [f"ALTER TYPE {in_sql(old.name, default)} {', '.join(actions)}"] if actions else []


def _alter_view(operation: AlterView, before: Schema) -> list[str]:
    view = before.views.get(operation.name)
    old, new = dict(view.options if view else ()), dict(operation.options)
    kind = "MATERIALIZED VIEW" if view is not None and view.materialized else "VIEW"
    alter = f"ALTER {kind} {exists(operation)}{in_sql(operation.name, before.default_schema)}"
    changed = tuple((name, value) for name, value in new.items() if old.get(name) != value)
    gone = [name for name in old if name not in new]
    statements = [f"{alter} SET ({options(changed)})"] if changed else []
    return statements + ([f"{alter} RESET ({', '.join(gone)})"] if gone else [])


def _alter_sequence(operation: AlterSequence, before: Schema) -> list[str]:
    old, new, default = before.sequences.get(operation.name), operation.after, before.default_schema
    if old is None or new is None:
        return []
    statements = moved("SEQUENCE", old.name, new.name, default) if old.name != new.name else []
    if old.options != new.options:
        statements.append(f"ALTER SEQUENCE {in_sql(new.name, default)}{_changed_options(old, new)}")
    return statements + ([owned_by(new, default)] if old.owned_by != new.owned_by else [])


def _changed_options(old: Sequence, new: Sequence) -> str:
    """The options that differ, those that are gone as what a sequence has by itself."""
    before, after = dict(old.options), dict(new.options)
    usual = {"type": "bigint", "increment": "1", "cache": "1"}
    gone = [name for name in before if name not in after]
    text = sequence_options(
        {n: v for n, v in after.items() if before.get(n) != v} | {n: usual[n] for n in gone if n in usual}
    )
    text += "".join(f" NO {name.upper()}" for name in ("minvalue", "maxvalue", "cycle") if name in gone)
    return text
