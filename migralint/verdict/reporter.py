"""A judgement of a rule becomes a finding: with its lines, its severity, a fingerprint and a fix."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping

from migralint.diagnostic import SEVERITY_OF_CLASS, Related
from migralint.rule import ObjectRef, Place
from migralint.tree import Lines, TreeError
from migralint.verdict.comments import MARK
from migralint.verdict.earlier import Earlier
from migralint.verdict.families import family_of
from migralint.verdict.finding import Edit, Finding, FoundFix, FoundObject, RelatedPlace
from migralint.verdict.judge import Judgement
from migralint.verdict.subject import Span, Subject

_CALLERS = 3
"""How many of the calls that led to a place are told."""


class Reporter:
    """Makes findings of judgements.

    `severity` and `classes` are what the configuration says of rules. With `earlier`, what was found at the merge base
    needs no lines, and neither does what is found there, where `renamed` leads from paths to those now.
    """

    def __init__(
        self,
        subject: Subject,
        severity: Mapping[str, str],
        classes: Mapping[str, str],
        earlier: Earlier | None = None,
        renamed: Mapping[str, str] | None = None,
    ) -> None:
        self._subject = subject
        self._severity = severity
        self._class = classes
        self._earlier = earlier
        self._renamed = renamed
        self._ordinals: Counter[tuple[object, ...]] = Counter()

    def fingerprint(self, one: Judgement) -> str:
        """What stays the same of a finding while lines move; the next of several that are alike has another."""
        path = (self._renamed or {}).get(one.place.path, one.place.path)
        about = found_object(one.object) if one.object is not None else None
        key = (one.rule.code, one.revision or path, one.operation, *(about or ()))
        self._ordinals[key] += 1
        text = "\0".join(str(part) for part in (*key, self._ordinals[key]))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    def finding(self, one: Judgement, fingerprint: str) -> Finding:
        """The finding, with the fingerprint that `fingerprint` gave it."""
        rule, diagnostic = one.rule, one.diagnostic
        placed = self._placed(one.place, fingerprint)
        span = self._subject.resolve(one.place) if placed else Span(one.place.path, 1, 1, 1, 1)
        drift_class = self._class.get(rule.code, one.drift_class) if one.drift_class else None
        severity = diagnostic.severity or rule.severity
        if drift_class and (rule.code in self._class or not diagnostic.severity):
            severity = SEVERITY_OF_CLASS[drift_class]
        return Finding(
            code=rule.code,
            name=rule.name,
            family=family_of(rule.code),
            severity=self._severity.get(rule.code, severity),
            confidence=diagnostic.confidence or rule.confidence,
            drift_class=drift_class,
            message=diagnostic.message,
            help=diagnostic.help,
            path=span.path,
            line=span.line,
            column=span.column,
            end_line=span.end_line,
            end_column=span.end_column,
            history=one.history.name,
            revision=one.revision,
            direction=one.direction,
            operation=one.operation,
            subject=found_object(one.object) if one.object is not None else None,
            related=tuple(self._related(one)) if placed else (),
            fingerprint=fingerprint,
            fix=self._fix(one) if placed else None,
        )

    def _placed(self, place: Place, fingerprint: str) -> bool:
        """Whether lines matter. Finding them is most of the work, and what was there before is not reported.

        They do where a comment may suppress the finding.
        """
        if self._renamed is None and not (self._earlier and self._earlier.findings.get(fingerprint)):
            return True
        try:
            return any(MARK in self._subject.source(path) for path in {place.path, *(p.path for p in place.callers)})
        except TreeError:
            return True

    def _fix(self, one: Judgement) -> FoundFix | None:
        """How it can be corrected, where the code is such that it can."""
        fix = one.diagnostic.fix
        found = self._subject.fixed(fix, one.place, one.history.name, one.revision) if fix is not None else None
        if found is None:
            return None
        edits = []
        lines: dict[str, Lines] = {}
        for path, start, end, replacement in found.edits:
            at = lines.setdefault(path, Lines(self._subject.source(path)))
            edits.append(Edit(path, *at.position(start), *at.position(end), replacement))
        edits += [Edit(path, 1, 1, 1, 1, text, creates=True) for path, text in found.created]
        return FoundFix("unsafe" if found.unsafe else "safe", found.title, found.unsafe, tuple(edits))

    def _related(self, one: Judgement) -> Iterator[RelatedPlace]:
        related = list(one.diagnostic.related)
        head = one.difference.head_place if one.difference else None
        if head is not None and all(other.place != head for other in related):
            related.append(Related(head, "in the history"))
        revision = one.history.revisions.get(one.revision or "")
        functions = (revision.upgrade_place, revision.downgrade_place) if revision else ()
        callers = [caller for caller in one.place.callers if caller not in functions]
        for caller in callers[:_CALLERS]:
            related.append(Related(caller, "called from here" if caller.path == one.place.path else "by way of this"))
        for other in related:
            span = self._subject.resolve(other.place)
            yield RelatedPlace(span.path, span.line, span.column, other.message)


def found_object(one: ObjectRef) -> FoundObject:
    """An object as findings and differences name it."""
    return FoundObject(one.kind, str(one.table) if one.table else None, one.name)
