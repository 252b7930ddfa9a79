"""Which rules run: selectors as in ruff, where the most specific one decides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from migralint.rule import Rule
from migralint.verdict.errors import VerdictError
from migralint.verdict.families import family_of

ALL = "ALL"
_EXACT = 100
"""How specific a code or a name is; a prefix counts its digits."""

V = TypeVar("V")


class Selector(NamedTuple):
    """A selector and the codes it stands for. `specificity` grows from ALL to the code of one rule."""

    text: str
    specificity: int
    codes: frozenset[str]


class Layer(NamedTuple):
    """Selectors of one source. `select` None keeps what weaker layers selected."""

    source: str
    select: Sequence[str] | None = None
    ignore: Sequence[str] = ()
    extend_select: Sequence[str] = ()


class Selectors:
    """Reads selectors: a code, a prefix such as MG1, a family, the name of a rule, or ALL."""

    def __init__(self, rules: Mapping[str, type[Rule]]) -> None:
        self._codes = frozenset(rules)
        self._preview = frozenset(code for code, rule in rules.items() if rule.preview)
        self._names = {rule.name: code for code, rule in rules.items()}
        self._families: dict[str, set[str]] = {}
        for code in rules:
            self._families.setdefault(family_of(code), set()).add(code)

    def find(self, text: str) -> Selector | None:
        """What the selector stands for, None where it stands for nothing."""
        if text == ALL:
            return Selector(text, 0, self._codes - self._preview)
        if text in self._codes:
            return Selector(text, _EXACT, frozenset({text}))
        if text in self._names:
            return Selector(text, _EXACT, frozenset({self._names[text]}))
        if text in self._families:
            return Selector(text, 1, frozenset(self._families[text]))
        match = re.match(r"[A-Z]+(\d*)\Z", text)
        codes = frozenset(code for code in self._codes if code.startswith(text)) if match else frozenset()
        if match is None or not codes:
            return None
        return Selector(text, len(match[1]), codes if match[1] else codes - self._preview)

    def read(self, text: str, source: str) -> Selector:
        """As `find`, but raises VerdictError, with what was perhaps meant, where it stands for nothing."""
        selector = self.find(text)
        if selector is None:
            raise VerdictError(f"{source}: no rule, family or prefix is called {text!r}{self.near(text)}")
        return selector

    def near(self, text: str) -> str:
        """`; did you mean ...?` for the code, name or family that is nearest."""
        from difflib import get_close_matches

        known = [*self._codes, *self._names, *self._families]
        near = get_close_matches(text, known, 1, 0.6) or get_close_matches(text.upper(), known, 1, 0.6)
        near = near or get_close_matches(text.lower().replace("_", "-"), known, 1, 0.6)
        return f"; did you mean {near[0]}?" if near else "; `migralint rule` lists the rules"

    def most_specific(self, values: Mapping[str, V], source: str) -> dict[str, V]:
        """Values given by selector, by code: of several that fit, the most specific one's."""
        read = sorted((self.read(text, source) for text in values), key=lambda selector: selector.specificity)
        return {code: values[selector.text] for selector in read for code in selector.codes}

    def selected(self, layers: Iterable[Layer]) -> frozenset[str]:
        """The codes that run. Each layer is stronger than the one before; at equal specificity `ignore` wins.

        Without any `select`, every rule that is not a preview runs. A preview rule needs a selector of its own: its
        code, its name, its family, or a prefix with a digit.
        """
        chosen = set(self._codes - self._preview)
        for layer in layers:
            wanted = [self.read(text, f"{layer.source}select") for text in layer.select or ()]
            wanted += [self.read(text, f"{layer.source}extend-select") for text in layer.extend_select]
            unwanted = [self.read(text, f"{layer.source}ignore") for text in layer.ignore]
            decided: dict[str, bool] = {}
            for level in sorted({selector.specificity for selector in wanted + unwanted}):
                for group, verdict in ((wanted, True), (unwanted, False)):
                    for selector in group:
                        if selector.specificity == level:
                            decided.update(dict.fromkeys(selector.codes, verdict))
            if layer.select is not None:
                chosen = set()
            chosen -= {code for code, verdict in decided.items() if not verdict}
            chosen |= {code for code, verdict in decided.items() if verdict}
        return frozenset(chosen)
