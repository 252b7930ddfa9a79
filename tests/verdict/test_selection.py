from __future__ import annotations

import pytest

from migralint.verdict.errors import VerdictError
from migralint.verdict.selection import Layer, Selectors
from tests.verdict.fake import rules

SELECTORS = Selectors(rules())
STABLE = {"MG001", "MG010", "MG011", "MG012", "MG101", "MG201", "MG301", "MG401"}


def selected(*layers: Layer) -> set[str]:
    return set(SELECTORS.selected(layers))


def test_every_stable_rule_by_default() -> None:
    assert selected() == STABLE


def test_by_prefix_family_and_name() -> None:
    for text in ("MG1", "MG101", "destructive", "drop-table"):
        assert selected(Layer("", select=[text])) == {"MG101"}


@pytest.mark.parametrize("text", ["MG9", "MG901", "design", "every-revision"])
def test_preview_needs_its_own_selector(text: str) -> None:
    assert selected(Layer("", extend_select=[text])) == STABLE | {"MG901"}


def test_all_and_letters_leave_previews_out() -> None:
    assert selected(Layer("", select=["ALL"])) == selected(Layer("", select=["MG"])) == STABLE


def test_the_most_specific_selector_wins() -> None:
    assert selected(Layer("", select=["MG101"], ignore=["MG1"])) == {"MG101"}
    assert selected(Layer("", select=["MG1", "MG2"], ignore=["drop-table"])) == {"MG201"}
    assert selected(Layer("", select=["MG1"], ignore=["destructive"])) == set()


def test_the_command_line_is_stronger() -> None:
    configured = Layer("", select=["MG1"], ignore=["MG2"])
    assert selected(configured, Layer("--", select=["MG2"])) == {"MG201"}
    assert selected(configured, Layer("--", ignore=["MG101"])) == set()
    assert selected(configured, Layer("--", extend_select=["MG3"])) == {"MG101", "MG301"}


@pytest.mark.parametrize(
    ("given", "meant"), [("MG1O1", "MG101"), ("drop_table", "drop-table"), ("destructiv", "destructive")]
)
def test_unknown_selector(given: str, meant: str) -> None:
    with pytest.raises(VerdictError, match=f"--ignore.*{given}.*did you mean {meant}"):
        selected(Layer("--", ignore=[given]))


def test_values_by_selector() -> None:
    values = {"MG1": "info", "drop-table": "error", "MG2": "warning"}
    assert SELECTORS.most_specific(values, "severity") == {"MG101": "error", "MG201": "warning"}
