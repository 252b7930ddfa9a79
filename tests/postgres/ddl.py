"""Operations as the SQL that Alembic sends for them: what the server is given to compare with paper."""

from __future__ import annotations

from migralint.operations import (
    AddColumn,
    AlterColumn,
    CreateConstraint,
    CreateIndex,
    CreateTable,
    CreateType,
    CreateView,
    Delete,
    DropColumn,
    DropConstraint,
    DropIndex,
    DropTable,
    Operation,
    RenameConstraint,
    RenameIndex,
    RenameTable,
    Truncate,
    Unset,
    ValidateConstraint,
)
from migralint.schema import (
    Check,
    Column,
    Constraint,
    Domain,
    EnumType,
    ForeignKey,
    Index,
    Key,
    Name,
    PrimaryKey,
    Unique,
)


def quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def relation(name: Name) -> str:
    return f"{quoted(name.schema)}.{quoted(name.name)}"


def columns(names: tuple[str, ...]) -> str:
    return "(" + ", ".join(map(quoted, names)) + ")"


def column(value: Column) -> str:
    parts = [quoted(value.name), value.type]
    if value.collation:
        parts.append(f"COLLATE {quoted(value.collation)}")
    if value.generated:
        parts.append(f"GENERATED ALWAYS AS ({value.generated.expression})")
        parts.append("STORED" if value.generated.stored else "VIRTUAL")
    if value.default is not None:
        parts.append(f"DEFAULT {value.default}")
    if value.identity:
        parts.append(f"GENERATED {value.identity.upper()} AS IDENTITY")
    if value.not_null:
        parts.append("NOT NULL")
    return " ".join(parts)


def constraint(value: Constraint, using_index: str | None = None) -> str:
    name = f"CONSTRAINT {quoted(value.name)} " if value.name else ""
    tail = ""
    match value:
        case PrimaryKey() if using_index:
            body = f"PRIMARY KEY USING INDEX {quoted(using_index)}"
        case Unique() if using_index:
            body = f"UNIQUE USING INDEX {quoted(using_index)}"
        case PrimaryKey():
            body = f"PRIMARY KEY {columns(value.columns)}"
        case Unique():
            body = f"UNIQUE {columns(value.columns)}"
        case ForeignKey():
            body = f"FOREIGN KEY {columns(value.columns)} REFERENCES {relation(value.references)}"
            if value.referenced_columns:
                body += f" {columns(value.referenced_columns)}"
            if value.on_delete:
                body += f" ON DELETE {value.on_delete}"
            tail = "" if value.validated else " NOT VALID"
        case Check():
            body = f"CHECK ({value.expression})"
            tail = "" if value.validated else " NOT VALID"
        case _:
            raise TypeError(type(value).__name__)
    return name + body + tail


def key(value: Key) -> str:
    return quoted(value.column) if value.column is not None else f"({value.expression})"


def index(value: Index, table: Name, concurrently: bool = False, if_not_exists: bool = False) -> str:
    text = "CREATE UNIQUE INDEX " if value.unique else "CREATE INDEX "
    text += "CONCURRENTLY " if concurrently else ""
    text += "IF NOT EXISTS " if if_not_exists else ""
    text += f"{quoted(value.name)} " if value.name else ""
    text += f"ON {relation(table)} ({', '.join(map(key, value.keys))})"
    if value.include:
        text += f" INCLUDE {columns(value.include)}"
    return text + (f" WHERE {value.where}" if value.where else "")


def alter_column(operation: AlterColumn) -> list[str]:
    start = f"ALTER TABLE {relation(operation.table)} "
    alter = f"{start}ALTER COLUMN {quoted(operation.name)} "
    statements = []
    if not isinstance(operation.not_null, Unset):
        statements.append(alter + ("SET NOT NULL" if operation.not_null else "DROP NOT NULL"))
    if not isinstance(operation.type, Unset):
        collation = f" COLLATE {quoted(operation.collation)}" if isinstance(operation.collation, str) else ""
        using = f" USING {operation.using}" if operation.using else ""
        statements.append(f"{alter}TYPE {operation.type}{collation}{using}")
    if not isinstance(operation.default, Unset):
        statements.append(alter + (f"SET DEFAULT {operation.default}" if operation.default else "DROP DEFAULT"))
    if not isinstance(operation.identity, Unset):
        identity = operation.identity
        statements.append(alter + (f"ADD GENERATED {identity.upper()} AS IDENTITY" if identity else "DROP IDENTITY"))
    if not isinstance(operation.comment, Unset):
        comment = "NULL" if operation.comment is None else "'" + operation.comment.replace("'", "''") + "'"
        statements.append(f"COMMENT ON COLUMN {relation(operation.table)}.{quoted(operation.name)} IS {comment}")
    if isinstance(operation.new_name, str):
        statements.append(f"{start}RENAME {quoted(operation.name)} TO {quoted(operation.new_name)}")
    return statements


def sql(operation: Operation) -> str:
    """The statements, separated by semicolons."""
    match operation:
        case CreateTable():
            table = operation.definition
            parts = [*map(column, table.columns), *map(constraint, table.constraints)]
            statements = [f"CREATE TABLE {relation(table.name)} ({', '.join(parts)})"]
            statements += [index(i, table.name) for i in table.indexes]
            return "; ".join(statements)
        case AddColumn():
            text = f"ALTER TABLE {relation(operation.table)} ADD COLUMN {column(operation.column)}"
            for inline in operation.constraints:
                match inline:
                    case PrimaryKey():
                        text += " PRIMARY KEY"
                    case Unique():
                        text += " UNIQUE"
                    case Check():
                        text += f" CHECK ({inline.expression})"
                    case ForeignKey():
                        text += f" REFERENCES {relation(inline.references)}"
            return text
        case AlterColumn():
            return "; ".join(alter_column(operation))
        case DropColumn():
            cascade = " CASCADE" if operation.cascade else ""
            return f"ALTER TABLE {relation(operation.table)} DROP COLUMN {quoted(operation.name)}{cascade}"
        case CreateConstraint():
            added = constraint(operation.constraint, operation.using_index)
            return f"ALTER TABLE {relation(operation.table)} ADD {added}"
        case DropConstraint():
            cascade = " CASCADE" if operation.cascade else ""
            return f"ALTER TABLE {relation(operation.table)} DROP CONSTRAINT {quoted(operation.name)}{cascade}"
        case ValidateConstraint():
            return f"ALTER TABLE {relation(operation.table)} VALIDATE CONSTRAINT {quoted(operation.name)}"
        case RenameConstraint():
            names = f"{quoted(operation.name)} TO {quoted(operation.new_name)}"
            return f"ALTER TABLE {relation(operation.table)} RENAME CONSTRAINT {names}"
        case CreateIndex():
            return index(operation.index, operation.table, operation.concurrently, operation.if_not_exists)
        case DropIndex():
            return f"DROP INDEX {'CONCURRENTLY ' if operation.concurrently else ''}{relation(operation.index)}"
        case RenameIndex():
            return f"ALTER INDEX {relation(operation.index)} RENAME TO {quoted(operation.new_name)}"
        case DropTable():
            return f"DROP TABLE {relation(operation.table)}" + (" CASCADE" if operation.cascade else "")
        case RenameTable():
            return f"ALTER TABLE {relation(operation.table)} RENAME TO {quoted(operation.new.name)}"
        case Truncate():
            return f"TRUNCATE {relation(operation.table)}" + (" CASCADE" if operation.cascade else "")
        case Delete():
            return f"DELETE FROM {relation(operation.table)}"
        case CreateView():
            return f"CREATE VIEW {relation(operation.view.name)} AS {operation.view.definition}"
        case CreateType():
            match operation.definition:
                case EnumType():
                    labels = ", ".join(f"'{label}'" for label in operation.definition.labels)
                    return f"CREATE TYPE {relation(operation.definition.name)} AS ENUM ({labels})"
                case Domain():
                    domain = operation.definition
                    checks = "".join(f" CHECK ({c.expression})" for c in domain.checks)
                    default = f" DEFAULT {domain.default}" if domain.default else ""
                    nulls = " NOT NULL" if domain.not_null else ""
                    return f"CREATE DOMAIN {relation(domain.name)} AS {domain.base}{default}{nulls}{checks}"
    raise TypeError(type(operation).__name__)
