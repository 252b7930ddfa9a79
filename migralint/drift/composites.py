"""Composite types: what they consist of, and the step from one to another."""

from __future__ import annotations

from dataclasses import replace

from migralint.operations import AlterType
from migralint.operations.online import Move
from migralint.schema import Name, OtherType, Schema
from migralint.schema.conversion import narrowing
from migralint.schema.names import quote


def composite(schema: Schema, name: Name) -> OtherType | None:
    """The composite type of this name."""
    found = schema.types.get(name)
    return found if isinstance(found, OtherType) and found.definition is None and not found.doubtful else None


def text(one: OtherType) -> str:
    """A composite type as a difference shows it."""
    return f"({', '.join(f'{quote(name)} {kind}' for name, kind in one.attributes)})"


def keeping(name: Name, state: Schema, derived: Schema) -> AlterType | None:
    """What makes attributes and gives them another type, as far as no value is lost by it."""
    old, new = composite(state, name), composite(derived, name)
    if old is None or new is None:
        return None
    there, wanted = dict(old.attributes), dict(new.attributes)
    kinds = {one: _kept(state, kind, wanted.get(one, kind)) for one, kind in there.items()}
    kinds |= {one: kind for one, kind in wanted.items() if one not in there}
    return AlterType(name, replace(old, attributes=tuple(kinds.items()))) if kinds != there else None


def _kept(state: Schema, old: str, new: str) -> str:
    return new if narrowing(state, old, new) is None else old


def losing(name: Name, state: Schema, derived: OtherType) -> Move | None:
    """What takes attributes away, or gives them a type that not every value fits."""
    old = composite(state, name)
    if old is None or set(old.attributes) == set(derived.attributes):
        return None
    wanted = dict(derived.attributes)
    parts = [f"{name}.{one}" for one, kind in old.attributes if wanted.get(one) != kind]
    kept = {one: wanted[one] for one, _ in old.attributes if one in wanted} | wanted
    changed = AlterType(name, replace(old, attributes=tuple(kept.items())))
    return Move((changed,), f"Decide: this loses what {', '.join(parts)} holds.", True)
