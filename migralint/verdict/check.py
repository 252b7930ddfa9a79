"""The answer of `check`: judgements become findings, and what is accepted is marked."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import NamedTuple

from migralint import __version__
from migralint.rule import Difference, Note, Place, Rule
from migralint.tree import TreeError
from migralint.tree.paths import name as last_part
from migralint.verdict import baseline
from migralint.verdict.coverage import coverage
from migralint.verdict.earlier import Earlier, plain
from migralint.verdict.errors import VerdictError
from migralint.verdict.families import family_of
from migralint.verdict.finding import (
    CONFIDENCES,
    Finding,
    FoundDifference,
    FoundEnvironment,
    Suppressed,
    Verdict,
)
from migralint.verdict.judge import Judge, Judgement, replayed_only
from migralint.verdict.policy import RELAXED, Policy, relaxed, suppressed
from migralint.verdict.reporter import Reporter, found_object
from migralint.verdict.rules import info, load
from migralint.verdict.selection import Layer, Selectors
from migralint.verdict.subject import Subject
from migralint.verdict.suppressions import Suppression, Suppressions, read

UNPARSED, MODELS_NOT_READ = "MG001", "MG410"
"""The codes of notices about files that could not be read at all, and about what of the models was not."""


class Request(NamedTuple):
    """What the command line asks for beside the configuration; None and empty leave it to the configuration.

    `paths` are files and folders of the tree: only findings in them are given. `families` limits the rules that run, to
    those and the codes `beside` them. An empty `baseline` is none at all.
    """

    paths: tuple[str, ...] = ()
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    min_confidence: str | None = None
    baseline: str | None = None
    project_rules: bool = False
    families: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


EVERYTHING = Request()


def check(
    subject: Subject,
    request: Request = EVERYTHING,
    *,
    rules: Mapping[str, type[Rule]] | None = None,
    today: datetime.date | None = None,
    earlier: Earlier | None = None,
) -> Verdict:
    """Runs the selected rules over the project. `rules` are all there are; without them, the installed ones.

    With `earlier`, findings that were there at the merge base are left out. Raises VerdictError for a selector, option
    or `start-after` that means nothing, and for a rule that fails.
    """
    rules = _all(subject, request) if rules is None else rules
    return _Check(subject, request, rules, today or datetime.date.today(), earlier=earlier).run()


def check_earlier(
    subject: Subject,
    request: Request = EVERYTHING,
    renamed: Mapping[str, str] | None = None,
    *,
    rules: Mapping[str, type[Rule]] | None = None,
    today: datetime.date | None = None,
) -> Earlier:
    """The same for the project at the merge base; `renamed` leads from paths there to those now.

    The request is that of the change; a baseline that is not there yet accepts nothing. Raises VerdictError.
    """
    rules = _all(subject, request) if rules is None else rules
    renamed = renamed or {}
    one = _Check(subject, request._replace(paths=()), rules, today or datetime.date.today(), renamed=renamed)
    findings, differences = one.found()
    return Earlier(
        subject,
        renamed,
        {finding.fingerprint: finding.suppressed is None for finding in findings},
        frozenset(plain(difference, renamed) for difference in differences),
        one.policy,
    )


def _all(subject: Subject, request: Request) -> Mapping[str, type[Rule]]:
    """The installed rules, and the project's own where they are asked for."""
    paths = subject.configuration.rule_paths if request.project_rules else ()
    return load([os.path.join(subject.root, path) for path in paths])


class _Check:
    def __init__(
        self,
        subject: Subject,
        request: Request,
        rules: Mapping[str, type[Rule]],
        today: datetime.date,
        *,
        earlier: Earlier | None = None,
        renamed: Mapping[str, str] | None = None,
    ) -> None:
        configuration = subject.configuration
        self._earlier = earlier
        self._renamed = renamed
        self._subject = subject
        self._request = request
        self._all = rules
        self._selectors = Selectors(rules)
        selected = self._selectors.selected(
            [
                Layer("", configuration.select, configuration.ignore, configuration.extend_select),
                Layer("--", request.select, request.ignore, request.extend_select),
            ]
        )
        self._selected = frozenset(
            code
            for code in selected
            if not request.families or family_of(code) in request.families or code in request.beside
        )
        for code in configuration.rules:
            self._selectors.read(code, "rules")
        self._severity = self._selectors.most_specific(configuration.severity, "severity")
        self._class = self._selectors.most_specific(configuration.drift_class, "drift-class")
        self._reporter = Reporter(subject, self._severity, self._class, earlier, renamed)
        self._ignored_in = {
            pattern: frozenset[str]().union(*(self._selectors.read(text, "per-file-ignores").codes for text in texts))
            for pattern, texts in configuration.per_file_ignores.items()
        }
        self._accepted = self._baseline()
        self._judge = Judge(subject, {code: rule for code, rule in rules.items() if code in self._selected})
        self._suppressions = Suppressions((), today)
        self._today = today
        self._scanned: set[str] = set()

    def run(self) -> Verdict:
        """The answer."""
        findings, differences = self.found()
        codes = sorted({finding.code for finding in findings})
        return Verdict(
            f"migralint {__version__}",
            tuple(head for history in self._subject.histories for head in history.heads),
            None,
            tuple(findings),
            coverage(self._subject, (UNPARSED, MODELS_NOT_READ)),
            tuple(info(self._all[code]) for code in codes),
            self._suppressions.valid_until,
            tuple(differences),
            tuple(self._environments()) if self._request.families else (),
            self._subject.configuration.truth,
        )

    def _environments(self) -> Iterator[FoundEnvironment]:
        for one in self._subject.environments:
            yield FoundEnvironment(one.name, one.revision, one.behind, one.compared)

    def found(self) -> tuple[list[Finding], list[FoundDifference]]:
        """The findings in their order, and the differences where they are asked for."""
        judged = [(one, finding) for one in self._judge.run() if (finding := self._finding(one)) is not None]
        self._scan({finding.path for _, finding in judged} | {p.path for one, _ in judged for p in one.place.callers})
        findings = [self._marked(finding, one.place.callers) for one, finding in judged]
        about: dict[Difference, Finding] = {}
        for (one, _), finding in zip(judged, findings, strict=True):
            for difference in (one.difference, *one.also):
                if difference is not None and (difference not in about or about[difference].suppressed):
                    about[difference] = finding
        findings += [self._marked(finding, ()) for finding in self._about_suppressions()]
        findings += [self._marked(finding, ()) for finding in self._about_policy()]
        minimum = CONFIDENCES.index(self._request.min_confidence or self._subject.configuration.min_confidence)
        findings = [
            one for one in findings if CONFIDENCES.index(one.confidence) >= minimum and self._asked_for(one.path)
        ]
        heard = {_about(one, code) for one in findings if not one.suppressed for code in self._all[one.code].covers}
        findings = [one for one in findings if one.suppressed or _about(one, one.code) not in heard]
        differences = list(self._differences(about)) if self._request.families else []
        if self._earlier is not None:
            findings = self._earlier.added(findings)
            differences = self._earlier.added_differences(differences)
        findings.sort(key=lambda one: (one.path, one.line, one.column, one.code, one.message))
        return findings, differences

    def _baseline(self) -> frozenset[str]:
        asked = self._request.baseline
        path = self._subject.configuration.baseline if asked is None else asked
        try:
            return baseline.read(self._subject.tree, path) if path else frozenset()
        except VerdictError:
            if self._renamed is None:
                raise
            return frozenset()

    @property
    def policy(self) -> Policy:
        """What decides here which findings count."""
        return Policy(
            {history.name: history.configuration for history in self._subject.histories},
            {history.name: replayed_only(history) for history in self._subject.histories},
            self._selected,
            self._severity,
            self._class,
            self._accepted,
            self._all,
        )

    def _differences(self, about: Mapping[Difference, Finding]) -> Iterator[FoundDifference]:
        """The differences for the drift report, whether or not a rule has something to say about them."""
        for one in self._subject.differences:
            if not self._asked_for(one.place.path):
                continue
            finding = about.get(one)
            if one.kind == "comment" and finding is None:  # which are compared on request
                continue
            suppressed = finding.suppressed if finding else None
            yield FoundDifference(
                one.kind,
                (finding.drift_class if finding else None) or one.drift_class,
                found_object(one.object),
                one.sides,
                one.renamed_from,
                one.place.path,
                finding.line if finding else self._subject.resolve(one.place).line,
                one.message,
                finding.fingerprint if finding else None,
                f"suppressed by {suppressed.by}" if suppressed else None,
                tuple(dict.fromkeys((use.place.path, self._subject.resolve(use.place).line) for use in one.uses)),
            )

    def _asked_for(self, path: str) -> bool:
        return not self._request.paths or any(
            asked in ("", path) or path.startswith(f"{asked}/") for asked in self._request.paths
        )

    def _finding(self, one: Judgement) -> Finding | None:
        """The finding, None where neither its place nor a call that led there is asked for."""
        fingerprint = self._reporter.fingerprint(one)
        if not any(self._asked_for(place.path) for place in (one.place, *one.place.callers)):
            return None
        return self._reporter.finding(one, fingerprint)

    # what is accepted -----------------------------------------------------------------------------------------------
    def _scan(self, with_findings: Iterable[str]) -> None:
        """Reads the suppressions of every file that was judged or has a finding."""
        paths = set(with_findings)
        for history in self._subject.histories:
            skipped = replayed_only(history)
            paths |= {revision.path for revision in history.revisions.values() if revision.id not in skipped}
        found = []
        for path in sorted(paths):
            try:
                found += read(path, self._subject.source(path), self._selectors)
            except TreeError:  # reported by the rule about files that cannot be read
                continue
        self._suppressions = Suppressions(found, self._today)

    def _about_suppressions(self) -> list[Finding]:
        judged = self._selected if not self._request.families else frozenset()
        remarks = self._suppressions.remarks(judged)
        return self._noticed(Note(r.code, r.message, Place(r.path, -1, r.start, r.end), None) for r in remarks)

    def _about_policy(self) -> list[Finding]:
        """What the change relaxes."""
        earlier = self._earlier
        if earlier is None or RELAXED not in self._selected:
            return []
        paths = {now: path for path, now in earlier.renamed.items()}

        def before(path: str) -> list[Suppression]:
            there = paths.get(path, path)
            try:
                return read(path, earlier.subject.source(there), self._selectors)
            except TreeError:  # it is new
                return []

        notes = [*relaxed(earlier.policy, self.policy, self._subject.source)]
        return self._noticed([*notes, *suppressed(self._suppressions.all, before)])

    def _noticed(self, found: Iterable[Note]) -> list[Finding]:
        """The findings about notices that are made after the rules have run."""
        notes: dict[str, list[Note]] = {}
        for note in found:
            notes.setdefault(note.kind, []).append(note)
        return [
            finding
            for code in sorted(notes)
            if (rule := self._judge.rule(code)) is not None
            for judgement in self._judge.notices(rule, notes[code])
            if (finding := self._finding(judgement)) is not None
        ]

    def _marked(self, finding: Finding, callers: tuple[Place, ...]) -> Finding:
        """The finding with the reason why it does not count, if there is one."""
        lines = [(finding.path, finding.line, finding.end_line)]
        spans = [self._subject.resolve(caller) for caller in callers if caller.path in self._suppressions.paths]
        lines += [(span.path, span.line, span.end_line) for span in spans]
        suppression = self._suppressions.covering(finding.code, lines)
        if suppression is not None:
            return finding._replace(suppressed=Suppressed("comment", suppression.reason))
        for pattern, codes in self._ignored_in.items():
            if finding.code in codes and _matches(pattern, finding.path):
                return finding._replace(suppressed=Suppressed("config", f"per-file-ignores: {pattern}"))
        if finding.fingerprint in self._accepted:
            return finding._replace(suppressed=Suppressed("baseline", None))
        return finding


def _about(one: Finding, code: str) -> tuple[object, ...]:
    """What a finding shares with one of another rule, with this code, that says more of the same."""
    return code, one.path, one.line, one.direction, one.subject


def _matches(pattern: str, path: str) -> bool:
    """A pattern with a slash is for the path, one without for the file's name."""
    return fnmatchcase(path if "/" in pattern else last_part(path), pattern)
