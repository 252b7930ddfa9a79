"""What the documentation shows works, and what it lists is complete."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import click
from click.testing import CliRunner

from migralint.cli.commands import COMMANDS, commands
from migralint.configuration.keys import KEYS
from migralint.rule import Example, Rule
from migralint.verdict.rules import load
from tests.rules.project import write

ROOT = Path(__file__).parent.parent


def test_readme_lists_the_commands() -> None:
    listed = re.findall(r"^\| `migralint ([a-z]+)", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert listed == list(COMMANDS)


def test_configuration_page_lists_the_keys() -> None:
    rows = re.findall(r"^\| (`[^|]+) \|", (ROOT / "docs" / "configuration.md").read_text(), re.MULTILINE)
    listed = [key.removesuffix(".MGnnn") for row in rows for key in re.findall("`([^`]+)`", row)]
    assert sorted(listed) == sorted(KEYS)


def test_contributing_shows_a_rule_that_works(tmp_path: Path) -> None:
    [source] = re.findall(r"```python\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(), re.DOTALL)
    folder = tmp_path / "team"
    folder.mkdir()
    file = folder / "mg901_missing_primary_key.py"
    file.write_text(source)
    [rule] = [
        one
        for one in runpy.run_path(str(file)).values()
        if isinstance(one, type) and issubclass(one, Rule) and one is not Rule
    ]
    assert rule.code not in load(), "take another code for the example"
    for number, example in enumerate((*rule.bad, *rule.good)):
        project = tmp_path / str(number)
        project.mkdir()
        assert ("MG901" in _checked(project, folder, example)) is (number < len(rule.bad))


def _checked(project: Path, rules: Path, example: Example) -> str:
    write(example, project)
    (project / "team").symlink_to(rules)
    arguments = ["check", "--project", str(project), "--project-rules", "--no-cache", "--output-format", "concise"]
    arguments += ["--extend-select", "MG901", "--config", 'rule-paths = ["team"]']
    done = CliRunner().invoke(commands, arguments)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.output
    return done.output


def test_no_page_promises_what_is_not_there() -> None:
    pages = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    text = "\n".join(page.read_text() for page in pages)
    flags = {flag for name in COMMANDS for flag in _flags(name)}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)) <= flags | FLAGS_OF_OTHERS
    # Names of commands, not of the tool in a sentence or of its parts in code.
    assert set(re.findall(r"`migralint ([a-z]+)", text)) <= set(COMMANDS)


FLAGS_OF_OTHERS = set(
    "--schema-only --data-only --strict --count --seed --sizes --sample --touching --mutations".split()
)
"""pg_dump's, mypy's, and those of the programs among the tests."""


def _flags(name: str) -> set[str]:
    command = commands.get_command(click.Context(commands), name)
    assert command is not None
    return {flag for parameter in command.params for flag in parameter.opts} | {"--help", "--version"}
