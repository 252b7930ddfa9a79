"""What an operation does to a server in use, as `operations --effects` lists it."""

from __future__ import annotations

from collections.abc import Iterable

from migralint.report.style import Style, visible
from migralint.rule import Effects

Described = dict[str, object]

_DURATIONS = {"brief": "briefly", "size": "for as long as the table is large"}


def described(effects: Effects | None) -> Described | None:
    """The effects in the shape of the JSON contract; None where they are not known."""
    if effects is None:
        return None
    return {
        "locks": [{"relation": str(lock.relation), "mode": lock.mode} for lock in effects.locks],
        "rewrites": [*map(str, effects.rewrites)],
        "scans": [*map(str, effects.scans)],
        "builds": [*map(str, effects.builds)],
        "rebuilds_indexes": [*map(str, effects.rebuilds_indexes)],
        "blocks_reads": [{"relation": str(b.relation), "duration": b.duration} for b in effects.blocks_reads],
        "blocks_writes": [{"relation": str(b.relation), "duration": b.duration} for b in effects.blocks_writes],
        "breaks_old_code": [*effects.breaks_old_code],
        "transactional": effects.transactional,
    }


def effect_lines(effects: Effects | None, style: Style) -> list[str]:
    """The same for people, a line for each kind of effect; nothing for an operation that touches nobody."""
    if effects is None:
        return [_line("effects", "not known", style)]
    found = [
        ("locks", ", ".join(f"{lock.relation} {lock.mode}" for lock in effects.locks)),
        ("rewrites", _names(effects.rewrites)),
        ("scans", _names(effects.scans)),
        ("builds", _names(effects.builds)),
        ("rebuilds", _names(effects.rebuilds_indexes)),
        ("waiting", _waiting(effects)),
        ("breaks", ", ".join(effects.breaks_old_code)),
        ("alone", "" if effects.transactional else "cannot run in a transaction"),
    ]
    return [_line(word, said, style) for word, said in found if said]


def _line(word: str, said: str, style: Style) -> str:
    return f"    {style('faint', f'{word:9}')} {visible(said)}"


def _names(names: Iterable[object]) -> str:
    return ", ".join(map(str, names))


def _waiting(effects: Effects) -> str:
    """Who waits, and for how long."""
    reads = [b.relation for b in effects.blocks_reads]
    writes = [b.relation for b in effects.blocks_writes if b.relation not in reads]
    said = [f"all of {_names(reads)}"] if reads else []
    said += [f"writes to {_names(writes)}"] if writes else []
    return f"{' and '.join(said)}, {_DURATIONS[effects.duration]}" if said else ""
