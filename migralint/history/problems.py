"""What is wrong with the revisions of a history: notices for MG301 to MG305, MG307 and MG308."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from migralint.history.order import reachable
from migralint.history.revision import Revision
from migralint.operations.steps import Note

ID_LENGTH = 32
"""Alembic makes the column of the version table `VARCHAR(32)`."""

_ILLEGAL = "@-+:"
"""What `Revision.verify_rev_id` of Alembic refuses in an id: targets such as `label@head` and `ab12+1` need it."""

_NAMED = 8
"""How many heads a message names."""

Known = Mapping[str, Revision]


NO_ORDER = ("MG301", "MG302", "MG303", "MG307", "MG308")
"""The codes of notices about revisions that Alembic cannot put in order: an answer takes one that is possible."""


def duplicates(revisions: Sequence[Revision], known: Known) -> Iterator[Note]:
    """Ids that two files have; `known` holds the first of them."""
    for one in revisions:
        first = known[one.id]
        if first is not one:
            message = f"revision id {one.id!r} is used twice, in {first.path} and {one.path}"
            yield Note("MG301", message, one.place, one.id)


def missing(known: Known, labels: Mapping[str, str]) -> Iterator[Note]:
    """Parents and dependencies that are no revisions; `labels` has the revision of each branch label."""
    for one in known.values():
        for parent in one.down_revision:
            if parent not in known:
                hint = " (a branch label; down_revision takes ids)" if parent in labels else ""
                message = f"down_revision {parent!r} of {one.id!r} is no revision of this history{hint}"
                yield Note("MG302", message, one.down_place or one.place, one.id)
        for other in one.depends_on:
            if other not in known and other not in labels:
                message = f"depends_on {other!r} of {one.id!r} is no revision and no branch label of this history"
                yield Note("MG302", message, one.depends_place or one.place, one.id)


def circles(known: Known, found: Sequence[Sequence[str]]) -> Iterator[Note]:
    """Circles of revisions, each named from one revision on."""
    for circle in found:
        first = known[circle[0]]
        message = f"revisions build on each other in a circle: {' -> '.join([*circle, circle[0]])}"
        yield Note("MG303", message, first.down_place or first.place, first.id)


def several_heads(known: Known, heads: Sequence[str]) -> Iterator[Note]:
    """Heads that a merge should join: not those with a branch label of their own, which are meant to stay apart."""
    if len(heads) < 2:
        return
    above = {one.id: [parent for parent in one.down_revision if parent in known] for one in known.values()}
    lines: dict[str, set[str]] = {}
    if any(one.branch_labels for one in known.values()):
        for head in heads:
            lines[head] = {label for one in reachable([head], above) for label in known[one].branch_labels}
    bearers = Counter(label for labels in lines.values() for label in labels)
    unmerged = [head for head in heads if all(bearers[label] > 1 for label in lines.get(head, ()))]
    if len(unmerged) < 2:
        return
    for head in unmerged:
        others = [other for other in unmerged[:_NAMED] if other != head]
        more = f" and {len(unmerged) - 1 - len(others)} more" if len(unmerged) - 1 > len(others) else ""
        message = f"the history has {len(unmerged)} heads: {head!r} beside {', '.join(others)}{more}"
        yield Note("MG304", message, known[head].place, head)


def ids(revisions: Sequence[Revision]) -> Iterator[Note]:
    """Ids that are too long, or that Alembic refuses."""
    for one in revisions:
        if len(one.id) > ID_LENGTH:
            message = f"revision id {one.id!r} has {len(one.id)} characters; the version table holds {ID_LENGTH}"
            yield Note("MG305", message, one.place, one.id)
        refused = [repr(character) for character in _ILLEGAL if character in one.id]
        if refused:
            message = f"revision id {one.id!r} has {' and '.join(refused)}: Alembic refuses to load the history"
            yield Note("MG307", message, one.place, one.id)


def branch_labels(known: Known) -> Iterator[Note]:
    """Branch labels that mean two things: another label, or the id of a revision."""
    first: dict[str, Revision] = {}
    for one in known.values():
        for label in dict.fromkeys(one.branch_labels):
            if label in known:
                clash = f"is the id of the revision in {known[label].path}"
            elif first.setdefault(label, one) is not one:
                clash = f"is that of {first[label].id!r} in {first[label].path} too"
            elif one.branch_labels.count(label) > 1:
                clash = "is given twice"
            else:
                continue
            message = f"branch label {label!r} of {one.id!r} {clash}: Alembic refuses to load the history"
            yield Note("MG308", message, one.labels_place or one.place, one.id)
