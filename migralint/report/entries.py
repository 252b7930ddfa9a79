"""The entry of an operation, as `operations` and `history` list it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from migralint.render.statement import statement
from migralint.report.style import Style, visible
from migralint.rule import Opaque, Place, Step, written

Entry = dict[str, object]

FORMAT = 1


def entry(history: str | None, step: Step, line: Callable[[Place], int]) -> Entry:
    """The operation in the shape of the JSON contract. `line` gives the line of a place."""
    operation = step.operation
    reason = step.reason
    if step.failure is not None and not isinstance(operation, Opaque):
        reason = f"fails: {step.failure}"
    return {
        "format": FORMAT,
        "history": history,
        "revision": step.revision,
        "direction": step.direction,
        "index": step.index,
        "operation": operation.operation,
        "table": str(operation.table_name) if operation.table_name else None,
        "name": written(operation.object_name) if operation.object_name else None,
        "path": step.place.path,
        "line": line(step.place),
        "certainty": step.certainty,
        "reason": reason,
        "implicit": step.implicit,
        "transaction": step.transaction,
        "sql": step.sql if step.sql is not None else statement(operation, step.before),
    }


def lines(
    entries: Sequence[Entry], prefix: str, style: Style, below: Sequence[Sequence[str]] | None = None
) -> list[str]:
    """The entries for people, under a heading for each revision; `below` are further lines for each of them."""
    result: list[str] = []
    before: object = None
    width = max((len(str(one["operation"])) for one in entries), default=0)
    for number, one in enumerate(entries):
        where = (one["history"], one["revision"], one["direction"])
        if where != before:
            before = where
            revision = str(one["revision"] or one["path"])
            direction = "" if one["direction"] == "upgrade" else f" ({one['direction']})"
            result += [*([""] if result else []), style("bold", visible(revision)) + direction]
        result.append(_line(one, prefix, width, style))
        result += below[number] if below is not None else ()
    return result


def _line(one: Entry, prefix: str, width: int, style: Style) -> str:
    table, name = one["table"], one["name"]
    called = " ".join(str(part) for part in (table, name if name != table else None) if part)
    text = f"  {one['operation']!s:{width}}  {visible(called)}"
    path = str(one["path"])
    text += "  " + style("path", visible(f"{path if path.startswith('/') else prefix + path}:{one['line']}"))
    said = [str(one["certainty"])] if one["certainty"] != "certain" else []
    said += [str(one["reason"])] if one["reason"] else []
    said += ["sent by SQLAlchemy itself"] if one["implicit"] else []
    return f"{text}  {style('faint', visible('[' + ': '.join(said) + ']'))}" if said else text
