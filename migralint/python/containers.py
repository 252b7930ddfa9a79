"""Lists, dictionaries and sets of which it is not wholly known what they hold."""

from __future__ import annotations

from migralint.python import bounds
from migralint.python.mapped import stands_for_rows
from migralint.python.reach import may_act
from migralint.python.values import Either, Unknown, Value

MORE = "?"
"""The key under which a dictionary says that it may hold more."""


class Unsure(Either):
    """Among the items of a container: that it may hold more, or less, than the others say. Kept is what may act:
    code, and objects whose attributes are rows' values."""

    __slots__ = ()

    def __init__(self, reason: str, items: tuple[Value, ...] = ()) -> None:
        super().__init__(reason, tuple(item for item in items if may_act(item) or stands_for_rows(item)), closed=False)


def unsure(container: Value) -> Unsure | None:
    """What says that the container may hold more, or less."""
    if isinstance(container, dict):
        more = container.get(MORE)
        return more if isinstance(more, Unsure) else None
    if isinstance(container, (list, tuple, set, frozenset)):
        return next((item for item in container if isinstance(item, Unsure)), None)
    return None


def sure(container: Value) -> list[Value]:
    """The items that such a container holds for certain, of a dictionary the keys; none of others."""
    if unsure(container) is None:
        return []
    if isinstance(container, dict):
        return [key for key, value in container.items() if not isinstance(value, Unsure)]
    return [item for item in container if not isinstance(item, Unsure)]


def spoil(container: Value, reason: str = "items that are not known", items: tuple[Value, ...] = ()) -> None:
    """Lets a container hold something that is not known."""
    before = unsure(container)
    said = Unsure(reason, (*(before.choices if before is not None else ()), *items))
    if isinstance(container, dict):
        container[MORE] = said
    elif isinstance(container, list):
        if before is not None:
            container.remove(before)
        container.append(said)
    elif isinstance(container, set):
        container.discard(before)
        container.add(said)


def taken(item: Value) -> Value:
    """An item that a method takes out of a container: it is the item itself, not made of it (see `plain`)."""
    return Either(item.reason, item.choices, closed=item.closed) if isinstance(item, Either) else item


def reason_of(items: Value) -> str:
    """Why it is not known what there is to take items of."""
    found = items if isinstance(items, Unknown) else unsure(items)
    return found.reason if found is not None else "items that are not known"


def item_of(over: Value) -> Value:
    """An item of something that is not known."""
    if isinstance(over, Unsure) and over.choices:
        return over.choices[0] if len(over.choices) == 1 and stands_for_rows(over.choices[0]) else over
    if isinstance(over, Either):
        held = [item for choice in over.choices for item in (choice if isinstance(choice, list | tuple | set) else ())]
        if any(map(may_act, held)):
            return Unsure(over.reason, tuple(held))
    why = over.reason if isinstance(over, Unknown) else "what the loop runs over is not known"
    return Unknown(f"an item of something that is not known ({why})", over.place if isinstance(over, Unknown) else None)


def rest_of(items: Value) -> Unsure:
    """What stands in a container for items that are not known."""
    found = unsure(items)
    if found is not None:
        return found
    item = item_of(items)
    return item if isinstance(item, Unsure) else Unsure(reason_of(items))


def forget(container: Value, before: Value, reason: str) -> None:
    """Gives a container the content that it had `before`; what was done to it since may not have been done."""
    after = container.copy()
    refill(container, before)
    if same(before, after):
        return
    if isinstance(container, dict):
        _forget_keys(container, after, reason)
    elif isinstance(container, list) and not same(after[: len(before)], before):
        container.clear()
        spoil(container, reason, (*before, *after))
    elif isinstance(container, set) and not (bounds.small(before, after) and before <= after):
        container.clear()
        spoil(container, reason)
    else:
        spoil(container, reason, tuple(after))


def _forget_keys(container: dict[Value, Value], after: dict[Value, Value], reason: str) -> None:
    if any(key not in after for key in container):
        items = (*container.values(), *after.values())
        container.clear()
        spoil(container, reason, items)
    for key, value in list(container.items()):
        if key == MORE and key in after:
            spoil(container, reason, rest_of(after).choices)
        elif key in after and not same(value, after[key]):
            container[key] = either(value, after[key], reason)
    if any(key not in container for key in after):
        spoil(container, reason, tuple(after.values()))


def refill(container: Value, content: Value) -> None:
    """Makes the content of a container another one."""
    container.clear()
    if isinstance(container, list):
        container.extend(content)
    else:
        container.update(content)


_CHOICES = 4


def either(one: Value, other: Value, reason: str) -> Unknown:
    """One of two values, as long as there are few to choose from."""
    choices = [
        choice for value in (one, other) for choice in (value.choices if isinstance(value, Either) else (value,))
    ]
    closed = not any(
        isinstance(value, Unknown) and not (isinstance(value, Either) and value.closed) for value in (one, other)
    )
    if len(choices) <= _CHOICES:
        return Either(reason, tuple(choices), closed=closed)
    acting = tuple(choice for choice in choices if may_act(choice))
    return Either(reason, acting, closed=False) if acting else Unknown(reason)


def same(one: Value, two: Value) -> bool:
    """Whether two values are known to be equal."""
    if one is two:
        return True
    try:
        return bool(type(one) is type(two) and bounds.small(one, two) and one == two)
    except Exception:  # comparing values of ours that define no equality
        return False
