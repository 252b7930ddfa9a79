"""Which properties of an object are set by statements of their own, and what CREATE makes of it without them."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, Final, TypeVar

SET: Final = {"set": True}
"""Metadata of a field that no CREATE statement gives: COMMENT ON, ALTER ... SET and their like do."""

V = TypeVar("V")


def bare(value: V) -> V:
    """The object as CREATE makes it."""
    found: Any = value
    return replace(found, **{f.name: f.default for f in fields(found) if f.metadata.get("set")})  # type: ignore[no-any-return]
