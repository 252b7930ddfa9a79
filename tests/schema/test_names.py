from __future__ import annotations

import pytest

from migralint.schema import Name
from migralint.schema.names import counted, next_value


@pytest.mark.parametrize(
    "name", [Name("public", "a_id_seq"), Name("app", "a_id_seq"), Name("app", 'quo"te'), Name("Odd S", "it's")]
)
def test_a_default_that_counts_names_its_sequence(name: Name) -> None:
    assert counted(next_value(name, "public"), "public") == name


@pytest.mark.parametrize("default", ["1", "nextval('a'::regclass) + 1", "'nextval'"])
def test_any_other_default_counts_with_none(default: str) -> None:
    assert counted(default, "public") is None
