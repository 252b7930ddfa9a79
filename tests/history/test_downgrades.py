"""What a revision leaves after its downgrade, and what its upgrade does then."""

from __future__ import annotations

from pathlib import Path

import pytest

from migralint.history.replay import Replayed
from migralint.project import Project
from tests.project import Alembic

MOOD = 'sa.Enum("glad", "sad", name="mood")'
TABLE = f'op.create_table("people", sa.Column("id", sa.Integer), sa.Column("mood", {MOOD}))'
DROP = 'op.drop_table("people")'


def history(root: Path, *bodies: tuple[str, str], policy: str = "required") -> Replayed:
    """The history of revisions with these upgrades and downgrades."""
    project = Alembic(root)
    for number, (upgrade, downgrade) in enumerate(bodies):
        project.revision(f"r{number}", upgrade, downgrade)
    settings = [f'downgrade = "{policy}"']
    (found,) = Project.open(str(root), cache=False, configuration_overrides=settings).histories
    return found


def failing(found: Replayed, revision: str) -> list[str]:
    return [str(step.failure) for step in found.again(revision) if step.failure]


def test_the_state_after_a_downgrade(tmp_path: Path) -> None:
    found = history(tmp_path, (TABLE, DROP))
    restored = found.restored("r0")
    assert restored is not None
    assert not [name for name in restored.tables if name.name == "people"]
    assert [str(name) for name in restored.types] == ["public.mood"]
    assert [str(name) for name in found.schema.tables] == ["public.people"]


@pytest.mark.parametrize("policy", ["required", "any"])
def test_a_type_that_is_left_is_in_the_way(policy: str, tmp_path: Path) -> None:
    found = history(tmp_path, (TABLE, DROP), policy=policy)
    assert failing(found, "r0") == ["type public.mood: the type already exists"]


@pytest.mark.parametrize("policy", ["forward-only", "forward-only-or-empty"])
def test_where_downgrades_are_not_run_nothing_is_repeated(policy: str, tmp_path: Path) -> None:
    assert not history(tmp_path, (TABLE, DROP), policy=policy).again("r0")


def test_a_downgrade_that_restores_everything_needs_no_second_upgrade(tmp_path: Path) -> None:
    assert not history(tmp_path, (TABLE, f"{DROP}\n{MOOD}.drop(op.get_bind())")).again("r0")


def test_an_upgrade_that_asks_before_it_makes_may_be_repeated(tmp_path: Path) -> None:
    upgrade = f'if not sa.inspect(op.get_bind()).has_table("people"):\n    {TABLE}'
    found = history(tmp_path, (upgrade, 'op.add_column("people", sa.Column("note", sa.Text))'))
    assert failing(found, "r0") == []


def test_a_downgrade_is_a_run_of_its_own_that_makes_types(tmp_path: Path) -> None:
    """Alembic forgets between commands which types it has made."""
    gone = f"{DROP}\n{MOOD}.drop(op.get_bind())"
    found = history(tmp_path, (TABLE, DROP), (gone, TABLE))
    made = [step.operation.operation for step in found.steps("r1", "downgrade")]
    assert made == ["create_type", "create_table"]


def test_the_second_upgrade_leaves_no_trace(tmp_path: Path) -> None:
    found = history(tmp_path, (TABLE, DROP))
    assert [s.operation.operation for s in found.steps_all()] == ["create_type", "create_table", "drop_table"]
    assert not found.notes
