"""`env.py` read on paper: what it hands to Alembic, each known or unknown with its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from migralint.environment import timeouts
from migralint.environment.transactions import Begun, begun
from migralint.operations import Operation, Place
from migralint.operations.paper import Paper
from migralint.operations.steps import CERTAIN
from migralint.python.calls import HANDED
from migralint.python.evaluator import Evaluator
from migralint.python.finder import ProjectFinder
from migralint.python.library.config import MainOptions
from migralint.python.library.custom import Registered, registered, run_registering
from migralint.python.library.flask import use_application_database
from migralint.python.library.metadata import LibraryMetaData, MetaDataItem
from migralint.python.library.naming import convention_of
from migralint.python.modules import Modules
from migralint.python.values import Arguments, Exhausted, ModuleValue, Symbol, Unknown, Value


@dataclass(frozen=True)
class Environment:
    """What `context.configure()` is given, and what follows from the target metadata.

    `options` holds the keyword arguments; a value may be Unknown. `naming_convention` is None where nothing is
    known of the target metadata. `lock_timeout` tells whether the file, or a module that it imports, mentions one;
    `transaction_per_migration` is None where it is not known; `begun` is a transaction around Alembic's own.
    """

    path: str | None = None
    options: Mapping[str, Value] = field(default_factory=dict)
    target_metadata: Value = None
    naming_convention: Mapping[str, Value] | None = None
    arguments: Mapping[str, Value] = field(default_factory=dict)
    """What `context.run_migrations()` hands to every `upgrade()` and `downgrade()`."""
    registered: Registered = field(default_factory=Registered)
    """What it adds to `op`."""
    lock_timeout: bool = False
    transaction_per_migration: bool | None = None
    begun: Begun | None = None
    before: tuple[Operation, ...] = ()
    """What it surely does to the database before the revisions run, such as making a schema."""
    search_path: tuple[str, ...] = ()
    """What it sets for the revisions; empty where it leaves that alone."""
    unknown: tuple[tuple[str, str, Place | None], ...] = ()
    imported: tuple[str, ...] = ()
    """The modules that it imports, and those that these import as far as they were read."""

    def option(self, name: str) -> Value:
        """An argument of `configure()`, None where it is not given or not known."""
        value = self.options.get(name)
        return None if isinstance(value, Unknown) else value


def read(
    path: str,
    source: str,
    finder: ProjectFinder,
    main_options: MainOptions,
    database: Callable[[Evaluator], Value] | None = None,
    text: Callable[[str], str] = lambda path: "",
    ev: Evaluator | None = None,
) -> Environment:
    """Evaluates `env.py`, with `ev` if given; what cannot be followed stays unknown. `main_options` gain what it sets.

    With `ev`, what it does to the database is not looked for.

    `database` gives that of the project's Flask application, `text` that of a module, empty where it is not read.
    """
    body = finder.body(path)
    if body is None:
        return Environment(path)
    paper = Paper()
    ev = ev or Evaluator(paper, Modules(finder))
    usual = ev.database.search_path
    configured: list[Arguments] = []
    ev.context["configured"] = configured
    ev.context[HANDED] = given = list[Value]()
    ev.context["main options"] = main_options
    handed: dict[str, Value] = {}
    found: list[tuple[tuple[Operation, ...], tuple[str, ...]]] = []

    def run_migrations(ev: Evaluator, args: Arguments, place: Place) -> None:
        handed.update(args.keywords)
        done = tuple(step.operation for step in paper.steps if step.applied and step.certainty == CERTAIN)
        found.append((done, ev.database.search_path if ev.database.search_path != usual else ()))

    ev.context["run_migrations"] = run_migrations
    if database is not None:
        use_application_database(ev, database(ev))
    module = ModuleValue(finder.name_of(path), path, {"__file__": path, "__name__": "env_py"})
    try:
        ev.run_module(module, body)
    except (Exhausted, RecursionError):
        pass
    run_registering(ev, text)
    options: dict[str, Value] = {}
    for arguments in configured:
        options.update(arguments.keywords)
    metadata = options.get("target_metadata", module.names.get("target_metadata"))
    if not configured and "target_metadata" not in module.names:  # a package may call configure() with what it is given
        metadata = next((one for one in given if isinstance(one, MetaDataItem | LibraryMetaData)), None)
    first = metadata[0] if isinstance(metadata, (list, tuple)) and metadata else metadata
    convention = dict(first.convention) if isinstance(first, MetaDataItem) else None
    unknown = tuple((k, v.reason, v.place) for k, v in options.items() if isinstance(v, Unknown))
    if isinstance(first, Symbol):
        unknown = (*unknown, ("target_metadata", f"{first.path} is not known", None))
    timeout = any(timeouts.named_in(one, text, finder) for one in (path, *sorted(ev.modules.loaded)))
    single = _flag(options.get("transaction_per_migration"), source)
    before, search_path = found[0] if found else ((), ())
    return Environment(
        path,
        options,
        metadata,
        convention,
        handed,
        registered(ev),
        timeout,
        single,
        begun(body),
        before,
        search_path,
        unknown,
        tuple(ev.modules.pending),
    )


def _flag(value: Value, source: str) -> bool | None:
    """The argument `transaction_per_migration`, whose default is False; what is not followed may hold it."""
    if isinstance(value, bool):
        return value
    return None if isinstance(value, Unknown) or "transaction_per_migration" in source else False


def naming(given: Mapping[str, str] | None, environment: Environment) -> dict[str, Value]:
    """The naming convention of `op.*`: the configuration's, else the target metadata's."""
    if given is not None:
        return convention_of(dict(given))
    return dict(environment.naming_convention or {})
