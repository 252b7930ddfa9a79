"""`alembic.context` and the migration context that `op.get_context()` gives."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.library.config import ConfigItem
from migralint.python.library.dialect import DialectItem
from migralint.python.library.registry import VALUES, known
from migralint.python.library.rows import nothing
from migralint.python.managers import ContextManager
from migralint.python.values import Arguments, Builtin, ModuleValue, Native, Unknown, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


class AutocommitBlock(ContextManager):
    """`context.autocommit_block()`."""

    def enter(self, ev: Evaluator, stack: ExitStack, place: Place) -> Value:
        stack.enter_context(ev.database.autocommit())
        return None


class PlainBlock(ContextManager):
    """`context.begin_transaction()`."""


class ContextItem(Native):
    """A migration context, or the `alembic.context` proxy."""

    type_name = "migration context"
    reaches_database = True

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        from migralint.python.library.connection import ConnectionItem

        match name:
            case "autocommit_block":
                return Builtin(name, lambda ev, args, place: AutocommitBlock())
            case "begin_transaction":
                return Builtin(name, lambda ev, args, place: PlainBlock())
            case "bind" | "connection":
                return ConnectionItem()
            case "get_bind":
                return Builtin(name, lambda ev, args, place: ConnectionItem())
            case "dialect":
                return DialectItem(ev.database.dialect)
            case "as_sql":
                return False
            case "is_offline_mode":
                return Builtin(name, lambda ev, args, place: False)
            case "get_context" | "get_impl":
                return Builtin(name, lambda ev, args, place: self)
            case "impl" | "migration_context" | "environment_context":
                return self
            case "version_table_schema":
                return None
            case "opts":
                return OptionsItem()
            case "get_x_argument":
                return Builtin(
                    name, lambda ev, args, place: {} if ev.truth(args.keywords.get("as_dictionary", False)) else []
                )
            case "config":
                return ConfigItem()
            case "execute":
                from migralint.python.library.connection import execute

                return Builtin(name, lambda ev, args, place: execute(ev, args.get(0), None, place))
            case "configure":
                return Builtin(name, lambda ev, args, place: ev.context.setdefault("configured", []).append(args))
            case "run_migrations":
                return Builtin(name, lambda ev, args, place: ev.context.get("run_migrations", nothing)(ev, args, place))
            case "static_output":
                return Builtin(name, nothing)
            case "get_tag_argument":
                return Builtin(name, nothing)
            case "script":
                return ScriptItem()
        return Unknown(f"attribute {name} of the migration context", place)


class ScriptItem(Native):
    """The script directory, as far as a revision asks it for another one."""

    type_name = "script directory"

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name == "get_revision":
            return Builtin(name, lambda ev, args, place: self._revision(ev, args.get(0, "id_"), place))
        return Unknown(f"{name} of the script directory", place)

    def _revision(self, ev: Evaluator, given: Value, place: Place) -> Value:
        """The revision of an id, or of one that begins so."""
        revisions: dict[str, ModuleValue] = ev.context.get("revisions", {})
        if isinstance(given, str) and given:
            found = [given] if given in revisions else [one for one in revisions if one.startswith(given)]
            if len(found) == 1:
                return ScriptOfRevision(revisions[found[0]].names)
        return Unknown("a revision that the script directory is asked for", place)


class ScriptOfRevision(Native):
    """A revision that the script directory gave; also its module, which no import leads to."""

    type_name = "script"

    def __init__(self, names: Mapping[str, Value]) -> None:
        self._names = names

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name in self._names:
            return ev.modules.resolved(self._names[name])
        return self if name == "module" else Unknown(f"{name} of a revision", place)


class OptionsItem(Native):
    """What `env.py` gave to `context.configure()`, as a migration sees it."""

    type_name = "options"

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name == "get":
            return Builtin(name, lambda ev, args, place: self.item(ev, args.get(0), place))
        return Unknown(f"{name} of the options of the migration context", place)

    def item(self, ev: Evaluator, key: Value, place: Place) -> Value:
        given: Mapping[str, Value] = ev.context.get("options", {})
        if isinstance(key, str) and key in given:
            return given[key]
        return False if key == "as_sql" else Unknown(f"the option {key} of the migration context", place)


VALUES["alembic.context"] = ContextItem()


@known("alembic.migration.MigrationContext.configure", "alembic.runtime.migration.MigrationContext.configure")
def _configure(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return ContextItem()
