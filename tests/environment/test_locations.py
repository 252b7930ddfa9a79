"""Where histories are found, and what is said when they are not."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from migralint.configuration import Configuration
from migralint.configuration.configuration import Origin
from migralint.environment.errors import EnvironmentProblem, NoHistory
from migralint.environment.folders import import_roots
from migralint.environment.locations import Location, discover
from migralint.tree import WorkTree

REVISION = 'revision = "a"\ndown_revision = None\n'


def write(root: Path, *locations: str, **files: str) -> None:
    """Writes histories with one revision each, given as folders of revisions, and files (`__` for a slash)."""
    for folder in locations:
        put(root, f"{folder}/a.py", REVISION)
    for path, text in files.items():
        put(root, path.replace("__", "/").replace("_ini", ".ini").replace("_toml", ".toml"), text)


def put(root: Path, path: str, text: str = "") -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


def found(root: Path, **keys: object) -> tuple[Location, ...]:
    if "name" in keys:
        keys.setdefault("origins", {"name": Origin("--name")})
    return discover(WorkTree(str(root)), replace(Configuration(), **keys))  # type: ignore[arg-type]  # by test case


def problem(root: Path, **keys: object) -> str:
    with pytest.raises(EnvironmentProblem) as caught:
        found(root, **keys)
    return str(caught.value)


def test_ini(tmp_path: Path) -> None:
    put(tmp_path, "db/env.py")
    write(tmp_path, "db/versions", alembic_ini="[alembic]\nscript_location = db\nurl = a%%b\nfolder = %(here)s/x\n")
    (one,) = found(tmp_path)
    assert (one.name, one.script_location, one.version_locations) == ("alembic", "db", ("db/versions",))
    assert (one.env_path, one.ini_path, one.section, one.recursive) == ("db/env.py", "alembic.ini", "alembic", False)
    assert one.prepend_sys_path == ("",)
    assert (one.settings["url"], one.settings["folder"], one.settings["here"]) == ("a%b", "./x", ".")


def test_a_bad_value_that_is_not_needed_is_kept_as_it_is(tmp_path: Path) -> None:
    write(tmp_path, "db/versions", alembic_ini="[alembic]\nscript_location = db\nurl = p%w\n")
    assert found(tmp_path)[0].settings["url"] == "p%w"


@pytest.mark.parametrize("location", ["%(here)s/db", "%(here)s/../back/db", "db", "back/db", "app:db", "app.sub:db/x"])
def test_ini_below_the_root(tmp_path: Path, location: str) -> None:
    write(tmp_path, "back/db/versions", "back/app/db/versions", "back/src/app/sub/db/x/versions")
    put(tmp_path, "back/alembic.ini", f"[alembic]\nscript_location = {location}\n")
    expected = {"app:db": "back/app/db", "app.sub:db/x": "back/src/app/sub/db/x"}.get(location, "back/db")
    (one,) = found(tmp_path)
    assert (one.script_location, one.ini_path) == (expected, "back/alembic.ini")


def test_package_locations_are_found_in_prepend_sys_path_and_source_roots(tmp_path: Path) -> None:
    write(tmp_path, "lib/app/db/versions", "py/other/db/versions")
    put(tmp_path, "alembic.ini", "[alembic]\nscript_location = app:db\nprepend_sys_path = lib\n")
    assert found(tmp_path)[0].script_location == "lib/app/db"
    assert found(tmp_path, script_location="other:db", source_roots=("py",))[0].script_location == "py/other/db"


def test_several_sections_are_several_histories(tmp_path: Path) -> None:
    text = "[alembic]\nscript_location = one\n[two]\nscript_location = two\n[loggers]\nkeys = root\n"
    write(tmp_path, "one/versions", "two/versions", alembic_ini=text)
    assert [one.name for one in found(tmp_path)] == ["alembic", "two"]
    assert [one.name for one in found(tmp_path, name="two")] == ["two"]
    assert [one.name for one in found(tmp_path, name="alembic")] == ["alembic"]
    assert "there are: alembic, two" in problem(tmp_path, name="three")


def test_sections_that_share_a_script_location(tmp_path: Path) -> None:
    text = "[DEFAULT]\nscript_location = db\n[x]\nversion_locations = db/x\n[y]\nversion_locations = db/y\n"
    write(tmp_path, "db/x", "db/y", alembic_ini=text)
    expected = [("x", ("db/x",)), ("y", ("db/y",))]
    assert [(one.name, one.version_locations) for one in found(tmp_path)] == expected
    assert [(one.name, one.version_locations) for one in found(tmp_path, script_location="db")] == expected
    (one,) = found(tmp_path, script_location="db", name="y")
    assert (one.name, one.version_locations) == ("y", ("db/y",))


def test_other_ini_files_of_the_root_count_and_copies_do_not(tmp_path: Path) -> None:
    one, two = "[alembic]\nscript_location = one\n", "[alembic]\nscript_location = two\n"
    write(tmp_path, "one/versions", "two/versions", alembic_ini=one, dev_ini=two, prod_ini=one, tox_ini="not an ini")
    assert [(one.name, one.ini_path) for one in found(tmp_path)] == [("one", "alembic.ini"), ("two", "dev.ini")]


SEPARATORS = [
    ("", "one two"),
    ("", "one, two"),
    ("", "one,two"),
    ("path_separator = os", os.pathsep.join(["one", "two"])),
    ("path_separator = space", "one two"),
    ("path_separator = newline", "\n  one\n  two"),
    ("path_separator = :", "one:two"),
    ("path_separator = ;", "one;two"),
    ("version_path_separator = :", "one:two"),
    ("version_path_separator = ;\npath_separator = :", "one:two"),
]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(("separator", "value"), SEPARATORS)
def test_version_locations_are_split_as_alembic_does(
    tmp_path: Path, separator: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f"[alembic]\nscript_location = db\n{separator}\nversion_locations = {value}\n"
    write(tmp_path, "one", "two", alembic_ini=text)
    put(tmp_path, "db/env.py")
    monkeypatch.chdir(tmp_path)
    theirs = ScriptDirectory.from_config(Config("alembic.ini")).version_locations
    (one,) = found(tmp_path)
    assert list(one.version_locations) == list(theirs or ()) == ["one", "two"]


def test_separator_with_the_comment_of_older_templates(tmp_path: Path) -> None:
    text = "[alembic]\nscript_location = db\nversion_path_separator = :  # Use this\nversion_locations = one:two\n"
    write(tmp_path, "one", "two", "db", alembic_ini=text)
    assert found(tmp_path)[0].version_locations == ("one", "two")


def test_recursive(tmp_path: Path) -> None:
    ini = "[alembic]\nscript_location = db\n"
    write(tmp_path, "db/versions/2024", alembic_ini=ini)
    assert "recursive-version-locations" in problem(tmp_path)
    assert found(tmp_path, recursive_version_locations=True)[0].recursive
    put(tmp_path, "db/versions/a.py", REVISION)
    (remark,) = found(tmp_path)[0].skipped
    assert remark.startswith("db/versions/2024/a.py: not read, as Alembic looks into folders below")
    assert not found(tmp_path, version_locations=("db/versions", "db/versions/2024"))[0].skipped
    put(tmp_path, "alembic.ini", f"{ini}recursive_version_locations = true\n")
    assert found(tmp_path)[0].recursive


def test_toml(tmp_path: Path) -> None:
    text = '[tool.alembic]\nscript_location = "%(here)s/db"\nversion_locations = ["%(here)s/one", "two"]\n'
    write(tmp_path, "one", "two", "db", pyproject_toml=f'{text}prepend_sys_path = ["src"]\n')
    put(tmp_path, "src/app.py")
    (one,) = found(tmp_path)
    assert (one.script_location, one.version_locations) == ("db", ("one", "two"))
    assert (one.ini_path, one.prepend_sys_path) == ("pyproject.toml", ("src",))


def test_toml_says_what_the_ini_does_not(tmp_path: Path) -> None:
    toml = '[tool.alembic]\nscript_location = "db"\nversion_locations = ["one"]\n'
    write(tmp_path, "one", "db", alembic_ini="[alembic]\nurl = x\n", pyproject_toml=toml)
    (one,) = found(tmp_path)
    assert (one.ini_path, one.version_locations, one.settings["url"]) == ("alembic.ini", ("one",), "x")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[tool.alembic]\nscript_location = "db"\nversion_locations = "one"\n', "pyproject.toml:3"),
        ("[tool.alembic]\nscript_location = 3\n", "pyproject.toml:2"),
        ('[tool.alembic]\nscript_location = "d%b"\n', "pyproject.toml:2"),
        ('[tool.alembic]\nscript_location = "gone"\n', "pyproject.toml:2"),
        ('[tool.alembic]\nscript_location = "db"\nrecursive_version_locations = 1\n', "pyproject.toml:3"),
        ("[tool.alembic]\nscript_location = \n", "pyproject.toml:2"),
    ],
)
def test_mistakes_in_toml(tmp_path: Path, text: str, said: str) -> None:
    write(tmp_path, "db/versions", pyproject_toml=text)
    assert problem(tmp_path).startswith(said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[alembic]\n\nscript_location = gone\n", "alembic.ini:3: script_location: no folder 'gone'"),
        ("[alembic]\nscript_location = %(here)s/gone\n", "alembic.ini:2: script_location: no folder '%(here)s/gone'"),
        ("[alembic]\nscript_location = ../out\n", "alembic.ini:2"),
        ("[alembic]\nscript_location = app:gone\n", "alembic.ini:2"),
        ("[alembic]\nscript_location = d%b\n", "alembic.ini:2"),
        ("[alembic]\nscript_location = %(other)s\n", "alembic.ini:2"),
        ("[alembic]\nscript_location = db\nversion_locations = gone lost\n", "alembic.ini:3: version_locations"),
        ("[alembic]\nscript_location = db\nversion_locations = bare\n", "alembic.ini:3: version_locations: the folder"),
        ("[alembic]\nscript_location = bare\n", "alembic.ini:2"),
        (
            "[alembic]\nscript_location = db\nversion_locations = a\npath_separator = |\n",
            "alembic.ini:4: path_separator",
        ),
        ("script_location = db\n", "alembic.ini:1: not an ini file"),
        ("[alembic]\nscript_location = db\nscript_location = db\n", "alembic.ini:3"),
    ],
)
def test_mistakes_in_ini(tmp_path: Path, text: str, said: str) -> None:
    write(tmp_path, "db/versions", "one", alembic_ini=text)
    put(tmp_path, "bare/versions/__init__.py")
    assert problem(tmp_path).startswith(said)


def test_configured(tmp_path: Path) -> None:
    write(tmp_path, "x/db/versions", "more")
    put(tmp_path, "x/alembic.ini", "[alembic]\nscript_location = db\nkey = value\n")
    (one,) = found(tmp_path, script_location="x/db", version_locations=("x/db/versions", "more"))
    assert (one.name, one.version_locations) == ("x/db", ("x/db/versions", "more"))
    assert (one.ini_path, one.settings["key"]) == ("x/alembic.ini", "value")
    (one,) = found(tmp_path, version_locations=("more",))
    assert (one.script_location, one.version_locations) == ("x/db", ("more",))


def test_mistakes_in_the_configuration_name_their_line(tmp_path: Path) -> None:
    write(tmp_path, "db/versions")
    origins = {"script-location": Origin("migralint.toml", "migralint.toml", 4)}
    assert problem(tmp_path, script_location="gone", origins=origins).startswith("migralint.toml:4: script-location")
    assert "version-locations" in problem(tmp_path, script_location="db", version_locations=("gone",))
    put(tmp_path, "none/versions/notes.txt")
    assert "no revision files" in problem(tmp_path, script_location="none")


def test_conventional_folders(tmp_path: Path) -> None:
    write(tmp_path, "b/migrations/versions", "a/versions")
    put(tmp_path, "template/env.py")
    put(tmp_path, "template/versions/readme.py", "# nothing")
    put(tmp_path, "api/versions/v1.py", 'version = "1"\n')
    put(tmp_path, "b/migrations/alembic.ini", "[alembic]\nkey = value\n")
    one, two = found(tmp_path)
    assert (one.script_location, one.env_path, one.ini_path) == ("a", None, None)
    assert (two.script_location, two.ini_path, two.settings["key"]) == (
        "b/migrations",
        "b/migrations/alembic.ini",
        "value",
    )
    assert [one.name for one in found(tmp_path, name="b/migrations")] == ["b/migrations"]
    assert "several" not in problem(tmp_path, version_locations=("a/versions",))


def test_a_location_that_a_program_fills_in(tmp_path: Path) -> None:
    write(tmp_path, "app/db/versions", app__alembic_ini="[alembic]\nscript_location = {alembic_dir}\n")
    put(tmp_path, "app/db/env.py")
    assert [one.script_location for one in found(tmp_path)] == ["app/db"]


def test_no_history_is_an_error(tmp_path: Path) -> None:
    put(tmp_path, "app.py")
    with pytest.raises(NoHistory, match=r"--project.*script-location"):
        found(tmp_path)


def test_env_without_revisions_is_an_error(tmp_path: Path) -> None:
    put(tmp_path, "db/env.py")
    (tmp_path / "db" / "versions").mkdir()
    assert "no revision files" in problem(tmp_path)


def test_a_version_location_that_is_not_there_is_left_out_and_told(tmp_path: Path) -> None:
    write(tmp_path, "db/versions", db__env_py="")
    put(tmp_path, "empty/readme.txt")
    ini = "[alembic]\nscript_location = db\npath_separator = space\nversion_locations = gone db/versions empty\n"
    put(tmp_path, "alembic.ini", ini)
    (one,) = found(tmp_path)
    assert one.version_locations == ("db/versions",)
    assert [remark.partition(";")[0] for remark in one.skipped] == [
        "alembic.ini:4: version_locations: no folder 'gone' in the project",
        "alembic.ini:4: version_locations: the folder empty holds no revision files",
    ]
    config = Config(str(tmp_path / "alembic.ini"))
    config.set_main_option("version_locations", f"{tmp_path}/gone {tmp_path}/db/versions {tmp_path}/empty")
    config.set_main_option("script_location", str(tmp_path / "db"))
    assert ScriptDirectory.from_config(config).get_heads() == ["a"]
    put(tmp_path, "alembic.ini", ini.replace("db/versions ", ""))
    assert "version_locations: no folder 'gone'" in problem(tmp_path)
    put(tmp_path, "alembic.ini", ini.replace("gone", "nopackage:db"))
    assert "version_locations: no folder 'nopackage:db'" in problem(tmp_path)
    put(tmp_path, "alembic.ini", ini)
    assert "no folder 'gone'" in problem(tmp_path, version_locations=("db/versions", "gone"))


def test_an_ini_in_its_own_script_location_may_name_another_machine(tmp_path: Path) -> None:
    ini = "[alembic]\nscript_location = /usr/src/app/migrations\n"
    write(tmp_path, "migrations/versions", migrations__alembic_ini=ini)
    put(tmp_path, "migrations/env.py")
    (location,) = found(tmp_path)
    assert (location.script_location, location.env_path) == ("migrations", "migrations/env.py")


@pytest.mark.parametrize("folder", ["lib/app/db/migrations", "api/migrations"])
def test_where_the_modules_beside_a_script_location_are_imported_from(tmp_path: Path, folder: str) -> None:
    put(tmp_path, "lib/app/__init__.py")
    put(tmp_path, "lib/app/db/__init__.py")
    put(tmp_path, "lib/app/db/migrations/__init__.py")
    put(tmp_path, "api/migrations/env.py")
    assert folder.partition("/")[0] in import_roots(WorkTree(str(tmp_path)), folder)
