"""Suppressions by comment: `migralint: ignore[MG201, drop-table] until 2027-01-31 reason`."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from migralint.verdict.comments import Comment, comments
from migralint.verdict.selection import Selectors

UNUSED, WITHOUT_REASON, EXPIRED = "MG010", "MG011", "MG012"
"""The codes of the rules that report suppressions."""

_FORM = "migralint: ignore[CODE] reason"
_SUPPRESSION = re.compile(
    r"""(?P<word>[\w-]+) \s* (?:\[(?P<codes>[^\]]*)\])? \s* (?:until\s+(?P<until>\S+))? [\s:-]* (?P<reason>.*)""",
    re.VERBOSE,
)


class Suppression(NamedTuple):
    """One comment. `codes` are those of its selectors, by selector; `problem` says why it suppresses nothing."""

    path: str
    comment: Comment
    whole_file: bool
    codes: Mapping[str, frozenset[str]]
    until: datetime.date | None
    reason: str | None
    problem: str | None = None

    def covers(self, code: str, lines: Iterable[tuple[str, int, int]]) -> str | None:
        """The selector by which it suppresses a finding at one of these places (path, line, last line), or None."""
        selector = next((text for text, codes in self.codes.items() if code in codes), None)
        if selector is None or self.problem:
            return None
        for path, line, end_line in lines:
            if path == self.path and (self.whole_file or self.comment.belongs_to(line, end_line)):
                return selector
        return None


class Remark(NamedTuple):
    """Something to report about a suppression, under the code of its rule."""

    code: str
    message: str
    path: str
    start: int
    end: int


def read(path: str, text: str, selectors: Selectors) -> list[Suppression]:
    """The suppressions of a file."""
    return [_read(path, comment, selectors) for comment in comments(path, text)]


def _read(path: str, comment: Comment, selectors: Selectors) -> Suppression:
    match = _SUPPRESSION.match(comment.said)
    word = match["word"] if match else ""
    if match is None or word not in ("ignore", "ignore-file"):
        return _useless(path, comment, f"a comment to migralint that is not understood; the form is `{_FORM}`")
    texts = [text.strip() for text in (match["codes"] or "").split(",") if text.strip()]
    if not texts:
        return _useless(path, comment, f"names no code, family or rule, so it suppresses nothing; write `{_FORM}`")
    codes: dict[str, frozenset[str]] = {}
    for text in texts:
        selector = selectors.find(text)
        if selector is None:
            return _useless(path, comment, f"no rule or family is called {text!r}{selectors.near(text)}")
        codes[text] = selector.codes
    until = None
    if match["until"]:
        try:
            until = datetime.date.fromisoformat(match["until"])
        except ValueError:
            return _useless(path, comment, f"{match['until']!r} is not a date; write it as 2027-01-31")
    return Suppression(path, comment, word == "ignore-file", codes, until, match["reason"].strip() or None)


def _useless(path: str, comment: Comment, problem: str) -> Suppression:
    return Suppression(path, comment, False, {}, None, None, problem)


class Suppressions:
    """The suppressions of the files that were judged, and which of them were needed."""

    def __init__(self, found: Iterable[Suppression], today: datetime.date) -> None:
        self.all = list(found)
        self._today = today
        self._used: set[tuple[int, str]] = set()
        self.paths = frozenset(suppression.path for suppression in self.all)
        """The files that have one."""

    def covering(self, code: str, lines: Iterable[tuple[str, int, int]]) -> Suppression | None:
        """The suppression of a finding of this code, at any of its places; it counts as used from then on.

        One that has expired covers nothing, but is not unused either.
        """
        places = [place for place in lines if place[0] in self.paths]
        answer = None
        for number, suppression in enumerate(self.all if places else ()):
            selector = suppression.covers(code, places)
            if selector is None:
                continue
            self._used.add((number, selector))
            if answer is None and not self._expired(suppression):
                answer = suppression
        return answer

    @property
    def valid_until(self) -> str | None:
        """The first day on which one of them will still count but not on the next."""
        days = [one.until for one in self.all if one.until and not self._expired(one)]
        return min(days).isoformat() if days else None

    def remarks(self, judged: frozenset[str]) -> list[Remark]:
        """What is wrong with them. Those of rules that were not `judged` are not called unused."""
        return [remark for number, one in enumerate(self.all) for remark in self._remarks(number, one, judged)]

    def _remarks(self, number: int, one: Suppression, judged: frozenset[str]) -> Iterable[Remark]:
        at = (one.path, one.comment.start, one.comment.end)
        if one.problem:
            yield Remark(UNUSED, f"This comment suppresses nothing: {one.problem}", *at)
            return
        if self._expired(one):
            yield Remark(EXPIRED, f"This suppression of {', '.join(one.codes)} expired on {one.until}", *at)
        elif unused := [
            text for text, codes in one.codes.items() if (number, text) not in self._used and codes <= judged
        ]:
            yield Remark(UNUSED, f"Nothing here needs the suppression of {', '.join(unused)}", *at)
        if one.reason is None:
            yield Remark(WITHOUT_REASON, f"This suppression of {', '.join(one.codes)} gives no reason", *at)

    def _expired(self, one: Suppression) -> bool:
        return one.until is not None and one.until < self._today
