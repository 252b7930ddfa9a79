"""What a wheel holds, what an installation offers, and that the architecture's contracts are complete."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import distribution, entry_points
from pathlib import Path
from shutil import copy, copytree, ignore_patterns
from typing import Any

import pytest

import migralint

ROOT = Path(__file__).parent.parent
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
CONTRACTS: list[dict[str, Any]] = PYPROJECT["tool"]["importlinter"]["contracts"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel of what is checked out here, built from a copy and without the network."""
    source = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        copy(ROOT / name, source)
    for name in ("migralint", "rules"):
        copytree(ROOT / name, source / name, ignore=ignore_patterns("__pycache__", ".*_cache"))
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*command, "--wheel-dir", str(source), str(source)], check=True)
    [built] = source.glob("*.whl")
    return zipfile.ZipFile(built)


def test_wheel_holds_every_module_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    ours = [(folder, file) for folder in ("migralint", "rules") for file in (ROOT / folder).rglob("*.py")]
    named = {"migralint": "migralint", "rules": "migralint_rules"}
    expected = {f"{named[folder]}/{file.relative_to(ROOT / folder).as_posix()}" for folder, file in ours}
    held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert held == expected | {"migralint/py.typed"}


def test_installation_offers_the_command_and_the_rules() -> None:
    installed = distribution("migralint")
    assert installed.version == migralint.__version__
    [script] = [point for point in installed.entry_points if point.group == "console_scripts"]
    assert script.name == "migralint"
    assert callable(script.load())
    [rules] = [point for point in entry_points(group="migralint.rules") if point.name == "migralint"]
    assert rules.value == "migralint_rules"


def test_every_room_has_a_contract_that_names_all_it_may_not_import() -> None:
    rooms = {entry.stem for entry in (ROOT / "migralint").iterdir() if entry.suffix == ".py" or entry.is_dir()}
    rooms = {room for room in rooms if not room.startswith(("_", "."))}
    told = {}
    for contract in CONTRACTS:
        room, separator, allowed = contract["name"].partition(" may import: ")
        if separator:
            assert contract["source_modules"] == [f"migralint.{room}"]
            may = set() if allowed == "nothing of ours" else set(allowed.split(", "))
            not_allowed = {name.removeprefix("migralint.") for name in contract["forbidden_modules"]}
            assert may | not_allowed | {room} == rooms, f"contract of {room}"
            assert not may & not_allowed, f"contract of {room}"
            told[room] = may
    assert set(told) == rooms
