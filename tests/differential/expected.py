"""What a statement has to become, and how that is compared with what it became."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from migralint.operations import AlterTable, Opaque, Operation, Statement


@dataclass
class Expect:
    """An operation of one of these classes whose attributes (dotted) mean these values."""

    of: type | tuple[type, ...]
    attributes: dict[str, Any]

    def differences(self, found: object, path: str = "") -> Iterator[str]:
        """What the operation claims differently."""
        if not isinstance(found, self.of):
            yield f"{path or 'operation'}: expected {self._names()}, found {type(found).__name__}"
            return
        for name, value in self.attributes.items():
            yield from differences(value, _attribute(found, name), f"{path}{name}")

    def _names(self) -> str:
        classes = self.of if isinstance(self.of, tuple) else (self.of,)
        return " or ".join(one.__name__ for one in classes)


@dataclass
class Outside:
    """A statement about what `Schema` does not hold: it has to be known by its name, and change nothing.

    `detail` is what it says; without one only the name can be compared.
    """

    kind: str
    names: frozenset[str] = frozenset()
    detail: Any = None

    def differences(self, found: object, path: str = "") -> Iterator[str]:
        """What the operation claims differently."""
        if isinstance(found, Statement):
            if found.statement not in self.names:
                yield f"{path}statement: expected {sorted(self.names)}, found {found.statement}"
        elif isinstance(found, AlterTable):
            if found.operation not in self.names:
                yield f"{path}action: expected {sorted(self.names)}, found {found.operation}"
        else:
            yield f"{path}operation: expected {self.kind}, found {found}"
            return
        if self.detail is not None and found.detail is not None:
            yield from differences(self.detail, found.detail, f"{path}detail")

    def merely_names(self, found: object) -> bool:
        """Whether an operation does not carry what the statement says, or it is not known what that is."""
        return self.detail is None or getattr(found, "detail", None) is None


@dataclass
class Either:
    """One of several: which one depends on what the schema holds."""

    choices: Sequence[Any]

    def differences(self, found: object, path: str = "") -> Iterator[str]:
        """What the closest of them finds."""
        told = [list(differences(one, found, path)) for one in self.choices]
        yield from min(told, key=len)


class Whatever:
    """A value that the statement alone does not tell."""

    def means(self, _found: object) -> bool:
        """Always."""
        return True


def _attribute(found: object, name: str) -> Any:
    for part in name.split("."):
        found = None if found is None else getattr(found, part)
    return found


def differences(expected: Any, found: Any, path: str = "") -> Iterator[str]:
    """Where a value differs from what was expected of it."""
    if isinstance(expected, Expect | Outside | Either):
        yield from expected.differences(found, f"{path}." if path else "")
    elif hasattr(expected, "means"):
        if not expected.means(found):
            yield f"{path}: expected {expected}, found {found}"
    elif isinstance(expected, list | tuple):
        if found is None or len(expected) != len(found):
            yield f"{path}: expected {_short(expected)}, found {_short(found)}"
            return
        for number, (one, other) in enumerate(zip(expected, found, strict=True)):
            yield from differences(one, other, f"{path}[{number}]")
    elif isinstance(expected, set | frozenset):
        if set(found) != expected:
            yield f"{path}: expected {sorted(expected)}, found {sorted(found)}"
    elif expected != found:
        yield f"{path}: expected {expected!r}, found {found!r}"


def _short(value: Any) -> str:
    items = value if isinstance(value, list | tuple) else [value]
    return ", ".join(map(str, items))[:300]


def is_unmodelled(operation: Operation) -> bool:
    """Whether migralint itself says that it read no more than the kind of statement."""
    return isinstance(operation, Statement | AlterTable | Opaque)
