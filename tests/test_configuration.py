"""The configuration: where it is found, how sources are joined, what is refused and how that is said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from migralint.configuration import Configuration, ConfigurationError, Environment, discover, load
from migralint.configuration.configuration import MANAGED_SCHEMAS
from migralint.configuration.existing import check_files
from migralint.configuration.keys import HISTORY_KEYS, KEYS
from migralint.configuration.toml import line_of
from migralint.tree import Recorder, WorkTree

ROOT = str(Path(__file__).parent.parent)

ALL_KEYS = """
script-location = "backend/alembic"
version-locations = ["backend/alembic/versions", "plugins/x/versions"]
recursive-version-locations = true
base-schema = "backend/base.sql"
version-table = "versions"
version-table-schema = "ops"
naming-convention = { ix = "ix_%(table_name)s_%(column_0_name)s" }
transaction-per-migration = true
source-roots = ["backend"]
models = ["app.models", "app.db:metadata"]
snapshots = ["supabase_schema.sql"]
environments = { production = "dumps/production.sql", staging = { dump = "dumps/staging.sql", revision = "ab12" } }
queries = ["backend/app"]
truth = "staging"
dialect = "sqlite"
postgresql-version = 17
downgrade = "forward-only-or-empty"
managed-schemas = ["auth"]
table-sizes = { "public.events" = "large", "public.log_*" = 5000000, "public.kinds" = "small" }
lock-timeout-set = true
start-after = ["ab12", "cd34"]
select = ["MG1", "MG2"]
ignore = ["drop-table"]
extend-select = ["MG901"]
per-file-ignores = { "backend/alembic/versions/0001_*.py" = ["MG2"], "legacy_*.py" = ["MG1"] }
severity = { MG101 = "info" }
drift-class = { MG401 = "cosmetic" }
min-confidence = "medium"
fail-on = "error"
rules.MG101.allowed = ["tmp_*"]
rule-paths = ["lint/rules"]
baseline = "lint/baseline.json"
"""


def project(folder: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


def read(
    folder: Path, *config: str, name: str | None = None, flags: Mapping[str, object] | None = None
) -> tuple[Configuration, ...]:
    found = discover(str(folder), None, config)
    return load(WorkTree(found.root, found.outside), found, name, flags)


def one(folder: Path, *config: str, flags: Mapping[str, object] | None = None) -> Configuration:
    (configuration,) = read(folder, *config, flags=flags)
    return configuration


def error(folder: Path, text: str) -> str:
    project(folder, {"migralint.toml": text})
    with pytest.raises(ConfigurationError) as caught:
        read(folder)
    return str(caught.value)


def test_defaults(tmp_path: Path) -> None:
    configuration = one(tmp_path)
    assert configuration == Configuration()
    assert configuration.name == "alembic"
    assert configuration.script_location is None
    assert configuration.dialect == "postgresql"
    assert configuration.postgresql_version == 15
    assert configuration.downgrade == "forward-only"
    assert configuration.truth == "head"
    assert configuration.fail_on == "warning"
    assert configuration.managed_schemas == MANAGED_SCHEMAS
    assert configuration.origins == {}


def test_every_key_is_read(tmp_path: Path) -> None:
    configuration = one(project(tmp_path, {"migralint.toml": ALL_KEYS}))
    assert configuration == Configuration(
        script_location="backend/alembic",
        version_locations=("backend/alembic/versions", "plugins/x/versions"),
        recursive_version_locations=True,
        base_schema="backend/base.sql",
        version_table="versions",
        version_table_schema="ops",
        naming_convention={"ix": "ix_%(table_name)s_%(column_0_name)s"},
        transaction_per_migration=True,
        source_roots=("backend",),
        models=("app.models", "app.db:metadata"),
        snapshots=("supabase_schema.sql",),
        environments={
            "production": Environment("dumps/production.sql", None),
            "staging": Environment("dumps/staging.sql", "ab12"),
        },
        queries=("backend/app",),
        truth="staging",
        dialect="sqlite",
        postgresql_version=17,
        downgrade="forward-only-or-empty",
        managed_schemas=("auth",),
        table_sizes={"public.events": "large", "public.log_*": 5000000, "public.kinds": "small"},
        lock_timeout_set=True,
        start_after=("ab12", "cd34"),
        select=("MG1", "MG2"),
        ignore=("drop-table",),
        extend_select=("MG901",),
        per_file_ignores={"backend/alembic/versions/0001_*.py": ("MG2",), "legacy_*.py": ("MG1",)},
        severity={"MG101": "info"},
        drift_class={"MG401": "cosmetic"},
        min_confidence="medium",
        fail_on="error",
        rules={"MG101": {"allowed": ["tmp_*"]}},
        rule_paths=("lint/rules",),
        baseline="lint/baseline.json",
    )
    assert set(configuration.origins) == set(KEYS)


def test_every_key_has_an_attribute() -> None:
    data = Configuration().to_data()
    assert set(data) == {*KEYS, "name"}
    assert set(HISTORY_KEYS) < set(KEYS)


def test_data_is_plain(tmp_path: Path) -> None:
    data = one(project(tmp_path, {"migralint.toml": ALL_KEYS + "rules.MG102.since = 2026-01-31\n"})).to_data()
    assert json.loads(json.dumps(data)) == data
    assert data["environments"] == {
        "production": {"dump": "dumps/production.sql", "revision": None},
        "staging": {"dump": "dumps/staging.sql", "revision": "ab12"},
    }


def test_pyproject(tmp_path: Path) -> None:
    text = '[project]\nname = "x"\n\n[tool.migralint]\ndialect = "sqlite"\n\n[tool.migralint.rules.MG101]\nx = 1\n'
    configuration = one(project(tmp_path, {"pyproject.toml": text}))
    assert configuration.dialect == "sqlite"
    assert configuration.rules == {"MG101": {"x": 1}}
    assert configuration.origins["dialect"] == ("pyproject.toml", "pyproject.toml", 5)
    assert str(configuration.origins["rules"]) == "pyproject.toml:7"


@pytest.mark.parametrize("text", ["tool.migralint.dialect = 'sqlite'", '["tool".migralint]\ndialect = "sqlite"'])
def test_pyproject_in_unusual_spelling(tmp_path: Path, text: str) -> None:
    assert one(project(tmp_path, {"pyproject.toml": text})).dialect == "sqlite"


def test_pyproject_that_only_mentions_the_name(tmp_path: Path) -> None:
    text = '[project]\ndependencies = ["migralint"]\n'
    found = discover(str(project(tmp_path, {"pyproject.toml": text})))
    assert found.files == ()


def test_two_files_in_one_folder_are_refused(tmp_path: Path) -> None:
    project(tmp_path, {"pyproject.toml": "[tool.migralint]\n", "migralint.toml": ""})
    with pytest.raises(ConfigurationError, match="keep one of the two"):
        discover(str(tmp_path))


def test_upward_search_ends_at_the_repository(tmp_path: Path) -> None:
    project(tmp_path, {"migralint.toml": "", "repo/.git/HEAD": "", "repo/a/b/x.py": "", "repo/a/pyproject.toml": ""})
    inner = tmp_path / "repo" / "a" / "b"
    assert discover(str(inner)) == (str(inner.resolve()), (), ())
    project(tmp_path, {"repo/migralint.toml": ""})
    assert discover(str(inner)) == (str((tmp_path / "repo").resolve()), ("migralint.toml",), ())


def test_nearest_configuration_wins(tmp_path: Path) -> None:
    project(tmp_path, {"migralint.toml": "", "backend/pyproject.toml": "[tool.migralint]", "backend/app/x.py": ""})
    found = discover(str(tmp_path / "backend" / "app"))
    assert found == (str((tmp_path / "backend").resolve()), ("pyproject.toml",), ())


def test_without_a_configuration_the_nearest_of_alembic_is_the_project(tmp_path: Path) -> None:
    ini, toml = "[alembic]\nscript_location = db\n", '[project]\n[tool.alembic]\nscript_location = "db"\n'
    files = {"alembic.ini": ini, ".git/HEAD": "", "db/versions/x.py": "", "web/db/versions/x.py": ""}
    top, web = project(tmp_path, files).resolve(), tmp_path.resolve() / "web"
    assert discover(str(top / "db" / "versions")) == (str(top), (), ())
    project(tmp_path, {"web/db/alembic.ini": "[alembic]\n"})  # as Flask-Migrate writes it into the script location
    assert discover(str(web / "db" / "versions")) == (str(top), (), ())
    project(tmp_path, {"web/pyproject.toml": toml})
    assert discover(str(web / "db" / "versions")) == (str(web), (), ())
    assert discover(str(top / "db")) == (str(top), (), ())
    project(tmp_path, {"migralint.toml": ""})  # it is for all of the repository
    assert discover(str(web / "db" / "versions")) == (str(top), ("migralint.toml",), ())
    project(tmp_path, {"web/migralint.toml": ""})
    assert discover(str(web / "db" / "versions")) == (str(web), ("migralint.toml",), ())


def test_the_search_for_alembic_ends_at_the_repository(tmp_path: Path) -> None:
    files = {"alembic.ini": "[alembic]\nscript_location = db\n", "repo/.git/HEAD": "", "repo/a/x.py": ""}
    inner = project(tmp_path, files) / "repo" / "a"
    assert discover(str(inner)).root == str(inner.resolve())
    project(tmp_path, {"loose/x.py": ""})  # in no repository
    assert discover(str(tmp_path / "loose")).root == str((tmp_path / "loose").resolve())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("snapshots = ['a.sql', 'no.sql']", "1: snapshots: no such file: no.sql"),
        ("snapshots = 'lib'", "1: snapshots: not a file: lib"),
        ("\nbase-schema = 'no.sql'", "2: base-schema: no such file: no.sql"),
        ("source-roots = ['lib', 'nope']", "1: source-roots: no such folder: nope"),
        ("source-roots = 'a.sql'", "1: source-roots: not a folder: a.sql"),
        ("queries = ['lib', 'a.sql', 'nope']", "1: queries: no such file or folder: nope"),
        ("[environments]\nqa = 'a.sql'\nprod = 'no.sql'", "1: environments.prod: no such file: no.sql"),
        ("environments.prod = {dump = 'no.sql'}", "1: environments.prod: no such file: no.sql"),
    ],
)
def test_files_that_are_not_there(tmp_path: Path, text: str, said: str) -> None:
    project(tmp_path, {"migralint.toml": text, "a.sql": "", "lib/x.py": ""})
    found = discover(str(tmp_path))
    tree = WorkTree(found.root)
    (configuration,) = load(tree, found)
    with pytest.raises(ConfigurationError) as caught:
        check_files(tree, configuration)
    assert str(caught.value) == f"migralint.toml:{said}; correct the path or remove it"


def test_files_that_are_there(tmp_path: Path) -> None:
    text = "snapshots = 'a.sql'\nsource-roots = ['lib', '.']\nenvironments.qa.revision = 'ab12'\nqueries = []"
    project(tmp_path, {"migralint.toml": text, "a.sql": "", "lib/x.py": ""})
    check_files(WorkTree(str(tmp_path)), one(tmp_path))


def test_given_project_is_not_searched_upward(tmp_path: Path) -> None:
    project(tmp_path, {"migralint.toml": "", "backend/x.py": ""})
    assert discover(str(tmp_path), "backend") == (str((tmp_path / "backend").resolve()), (), ())
    with pytest.raises(ConfigurationError, match="no such folder"):
        discover(str(tmp_path), "frontend")


def test_given_file_stands_in_place_of_the_found_one(tmp_path: Path) -> None:
    project(tmp_path, {"migralint.toml": 'dialect = "sqlite"', "ci/strict.toml": 'baseline = "accepted.json"'})
    configuration = one(tmp_path, "ci/strict.toml")
    assert configuration.dialect == "postgresql"
    assert configuration.baseline == "ci/accepted.json"


def test_given_file_outside_the_project(tmp_path: Path) -> None:
    project(tmp_path, {"common.toml": 'snapshots = ["a.sql", "app/b.sql"]', "app/migralint.toml": ""})
    found = discover(str(tmp_path / "app"), None, ["../common.toml"])
    outside = str(tmp_path.resolve())
    assert found.files == (f"{outside}/common.toml",)
    (configuration,) = load(WorkTree(found.root, found.outside), found)
    assert configuration.snapshots == (f"{outside}/a.sql", "b.sql")


def test_given_pyproject_needs_the_table(tmp_path: Path) -> None:
    project(tmp_path, {"ci/pyproject.toml": "[project]\n"})
    with pytest.raises(ConfigurationError, match=r"has no table \[tool.migralint\]"):
        read(tmp_path, "ci/pyproject.toml")


def test_stronger_sources_win(tmp_path: Path) -> None:
    project(
        tmp_path,
        {
            "a.toml": 'dialect = "mysql"\nfail-on = "info"\ndowngrade = "any"\nversion-table = "v"',
            "b.toml": 'dialect = "sqlite"\nfail-on = "error"\ndowngrade = "required"',
        },
    )
    configuration = one(
        tmp_path, "a.toml", "fail-on = 'warning'", "b.toml", "downgrade = 'any'", flags={"downgrade": "forward-only"}
    )
    assert configuration.version_table == "v"
    assert configuration.dialect == "sqlite"
    assert configuration.fail_on == "warning"
    assert configuration.downgrade == "forward-only"
    assert [str(configuration.origins[key]) for key in ("dialect", "fail-on", "downgrade")] == [
        "b.toml:1",
        "--config \"fail-on = 'warning'\"",
        "--downgrade",
    ]


def test_tables_are_joined(tmp_path: Path) -> None:
    project(
        tmp_path,
        {"migralint.toml": 'severity = {MG1 = "info", MG2 = "info"}\nrules.MG101 = {x = 1, y = 2}\nselect = ["MG1"]'},
    )
    configuration = one(
        tmp_path, 'severity.MG1 = "error"', "rules.MG101.x = 9", "rules.MG102.z = 3", 'select = ["MG2"]'
    )
    assert configuration.severity == {"MG1": "error", "MG2": "info"}
    assert configuration.rules == {"MG101": {"x": 9, "y": 2}, "MG102": {"z": 3}}
    assert configuration.select == ("MG2",)


def test_a_single_value_may_stand_for_a_list(tmp_path: Path) -> None:
    configuration = one(tmp_path, 'models = "app.models"', 'snapshots = "db/schema.sql"', 'start-after = "ab12"')
    assert configuration.models == ("app.models",)
    assert configuration.snapshots == ("db/schema.sql",)
    assert configuration.start_after == ("ab12",)


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("alembic/", "backend/alembic"),
        ("./a//b", "backend/a/b"),
        ("../alembic", "alembic"),
        ("..", ""),
        (".", "backend"),
        ("app:migrations", "app:migrations"),
        ("app.db:migrations/x", "app.db:migrations/x"),
    ],
)
def test_paths_are_seen_from_the_file(tmp_path: Path, given: str, path: str) -> None:
    project(tmp_path, {"backend/conf.toml": f'script-location = "{given}"'})
    assert one(tmp_path, "backend/conf.toml").script_location == path


def test_absolute_paths(tmp_path: Path) -> None:
    inside = (tmp_path / "db" / "base.sql").resolve().as_posix()
    configuration = one(tmp_path, f'base-schema = "{inside}"', 'source-roots = ["../libs", "/opt/libs"]')
    assert configuration.base_schema == "db/base.sql"
    assert configuration.source_roots == (f"{tmp_path.parent.resolve().as_posix()}/libs", "/opt/libs")


def test_patterns_are_seen_from_the_file(tmp_path: Path) -> None:
    project(tmp_path, {"backend/conf.toml": 'per-file-ignores = {"versions/*.py" = ["MG1"], "x_*.py" = "MG2"}'})
    assert one(tmp_path, "backend/conf.toml").per_file_ignores == {
        "backend/versions/*.py": ("MG1",),
        "x_*.py": ("MG2",),
    }


def test_sizes_from_a_file(tmp_path: Path) -> None:
    assert one(tmp_path, 'table-sizes = "sizes.csv"').table_sizes == "sizes.csv"


HISTORIES = """
dialect = "sqlite"
models = ["app"]
select = ["MG1"]

[[history]]
name = "main"
script-location = "main"

[[history]]
name = "logs"
script-location = "logs"
dialect = "postgresql"

[history.naming-convention]
ix = "ix_%(column_0_label)s"
"""


def test_histories(tmp_path: Path) -> None:
    project(tmp_path, {"migralint.toml": HISTORIES})
    main, logs = read(tmp_path)
    assert (main.name, main.script_location, main.dialect, main.models) == ("main", "main", "sqlite", ("app",))
    assert (logs.name, logs.script_location, logs.dialect, logs.models) == ("logs", "logs", "postgresql", ("app",))
    assert logs.naming_convention == {"ix": "ix_%(column_0_label)s"}
    assert main.select == logs.select == ("MG1",)
    assert main.origins["dialect"].line == 2
    assert logs.origins["dialect"].line == 13
    assert logs.origins["naming-convention"].line == 15
    assert read(tmp_path, name="logs") == (logs,)


def test_histories_in_pyproject(tmp_path: Path) -> None:
    text = HISTORIES.replace("history", "tool.migralint.history")
    project(tmp_path, {"pyproject.toml": "[tool.migralint]\n" + text})
    main, logs = read(tmp_path)
    assert (main.name, logs.name) == ("main", "logs")
    assert logs.origins["dialect"].line == 14


def test_command_line_is_stronger_than_a_history(tmp_path: Path) -> None:
    project(tmp_path, {"migralint.toml": HISTORIES})
    assert {history.dialect for history in read(tmp_path, 'dialect = "mysql"')} == {"mysql"}


def test_name_without_histories_names_the_section_of_alembic_ini(tmp_path: Path) -> None:
    (configuration,) = read(tmp_path, name="logs")
    assert configuration.name == "logs"


def test_unknown_name(tmp_path: Path) -> None:
    project(tmp_path, {"migralint.toml": HISTORIES})
    with pytest.raises(
        ConfigurationError, match="no history is called 'log'; there are main, logs; did you mean 'logs'"
    ):
        read(tmp_path, name="log")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\nversion_table = 'x'", "2: version_table: unknown key; did you mean 'version-table'?"),
        ("scriptlocation = 'x'", "1: scriptlocation: unknown key; did you mean 'script-location'?"),
        ("frobnicate = 1", "1: frobnicate: unknown key"),
        ("models = 3", "1: models: expected a list of strings, not an integer"),
        ("models = ['a', 3]", "1: models: expected a list of strings, but item 2 is an integer"),
        ("models = ['']", "1: models: expected a list of strings, but item 1 is an empty string"),
        ("models = ''", "1: models: expected a string, not an empty string"),
        ("base-schema = ['a']", "1: base-schema: expected a path, not a list"),
        ("base-schema = ''", "1: base-schema: expected a path, not an empty string"),
        ("version-table = 2026-01-01", "1: version-table: expected a string, not a date or time"),
        ("lock-timeout-set = 'yes'", "1: lock-timeout-set: expected true or false, not a string"),
        ("lock-timeout-set = 1", "1: lock-timeout-set: expected true or false, not an integer"),
        ("postgresql-version = 11", "1: postgresql-version: expected a major version from 12 to 18, not 11"),
        ("postgresql-version = '15'", "1: postgresql-version: expected a major version from 12 to 18, not a string"),
        ("postgresql-version = true", "1: postgresql-version: expected a major version from 12 to 18, not a boolean"),
        ("postgresql-version = 15.0", "1: postgresql-version: expected a major version from 12 to 18, not a float"),
        (
            "dialect = 'postgres'",
            "1: dialect: expected the name of a dialect as in SQLAlchemy, not 'postgres'; did you",
        ),
        ("dialect = 'my sql'", "1: dialect: expected the name of a dialect as in SQLAlchemy, not 'my sql'"),
        (
            "dialect = 'pgsql'",
            "1: dialect: expected the name of a dialect as in SQLAlchemy, not 'pgsql'; did you mean 'p",
        ),
        (
            "dialect = 'psql'",
            "1: dialect: expected the name of a dialect as in SQLAlchemy, not 'psql'; did you mean 'po",
        ),
        (
            "dialect = 'PostgreSQL+psycopg'",
            "1: dialect: expected the name of a dialect as in SQLAlchemy, not 'PostgreSQL+psycopg'; did you mean 'post",
        ),
        (
            "dialect = 'foo'",
            "1: dialect: expected the name of a dialect as in SQLAlchemy, not 'foo'; there are postgresql, sqlite,",
        ),
        ("dialect = 1", "1: dialect: expected the name of a dialect, not an integer"),
        (
            "downgrade = 'forward'",
            "1: downgrade: expected one of forward-only, forward-only-or-empty, required, any, not 'forward'; did you",
        ),
        (
            "downgrade = false",
            "1: downgrade: expected one of forward-only, forward-only-or-empty, required, any, not a b",
        ),
        ("fail-on = 'warn'", "1: fail-on: expected one of error, warning, info, not 'warn'; did you mean 'warning'?"),
        ("[severity]\nMG1 = 'info'\nMG2 = 'off'", "3: severity.MG2: expected one of error, warning, info, not 'off'"),
        ("severity = 'info'", "1: severity: expected a table, not a string"),
        ("naming-convention.ix = 1", "1: naming-convention.ix: expected a string, not an integer"),
        ("rules.mg101.x = 1", "1: rules.mg101: expected the code of a rule such as MG101"),
        ("rules.MG101 = 1", "1: rules.MG101: expected a table with the rule's options, not an integer"),
        ("table-sizes.t = 'huge'", "1: table-sizes.t: expected 'small', 'large' or a number of rows, not 'huge'"),
        ("table-sizes.t = -1", "1: table-sizes.t: expected 'small', 'large' or a number of rows, not -1"),
        ("table-sizes.t = true", "1: table-sizes.t: expected 'small', 'large' or a number of rows, not a boolean"),
        ("table-sizes = 1", "1: table-sizes: expected a table, or the path of a file, not an integer"),
        ("environments.p = 1", "1: environments.p: expected the path of a dump, or a table with"),
        ("environments.p = {dmp = 'x'}", "1: environments.p.dmp: unknown key; did you mean 'dump'?"),
        ("environments.p = {dump = 1}", "1: environments.p.dump: expected a path, not an integer"),
        ("environments.p = {}", "1: environments.p: expected `dump`, `revision` or both"),
        ("environments.head = 'x'", "1: environments.head: an environment cannot be called 'head'"),
        ("truth = 'prod'\n[environments]\nproduction = 'x'", "1: truth: expected head, snapshot or the name of an"),
        ("history = 1", "1: history: expected an array of tables: [[history]]"),
        ("[[history]]\nmodels = ['x']", "1: history: expected a `name` for each history"),
        ("[[history]]\nname = 'a'\n[[history]]\nname = 'a'", "4: history.name: two histories are called 'a'"),
        ("[[history]]\nname = 'a'\nselect = ['x']", "3: history.select: is for all histories; move it out of this one"),
        (
            "[[history]]\nname = 'a'\n[[history]]\nname = 'b'\nmodel = 'x'",
            "5: history.model: unknown key; did you mean",
        ),
        ("name = 'a'", "1: name: unknown key"),
        ("models = [", "not TOML: Invalid value (at end of document)"),
        ("a = 1\nb = = 2", "2: not TOML: Invalid value (at line 2, column 5)"),
        ("x = " + "[" * 5000, "not TOML: nested too deeply"),
        ("x = " + "1" * 5000, "not TOML: "),
    ],
)
def test_mistakes_say_where_and_what(tmp_path: Path, text: str, message: str) -> None:
    assert error(tmp_path, text).startswith(("migralint.toml:" + message, "migralint.toml: " + message))


def test_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "migralint.toml").write_bytes(b"a = 1\nb = '\xff'")
    with pytest.raises(ConfigurationError, match=r"migralint.toml:2: is not UTF-8: .*; save it as UTF-8"):
        read(tmp_path)


def test_linked_file_that_leaves_the_project(tmp_path: Path) -> None:
    project(tmp_path, {"common.toml": "", "app/x.py": ""})
    (tmp_path / "app" / "migralint.toml").symlink_to(tmp_path / "common.toml")
    with pytest.raises(ConfigurationError, match="lies outside the project"):
        read(tmp_path / "app")


def test_mistakes_on_the_command_line(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigurationError, match=r"--config 'dialekt = 1': dialekt: unknown key; did you mean 'dialect'"
    ):
        read(tmp_path, "dialekt = 1")
    with pytest.raises(ConfigurationError, match="--config takes a file or a pair"):
        read(tmp_path, "missing.toml")
    with pytest.raises(ConfigurationError, match="not TOML"):
        read(tmp_path, "dialect = sqlite")
    with pytest.raises(ConfigurationError, match="--fail-on: fail-on: expected one of"):
        read(tmp_path, flags={"fail-on": "never"})


def test_reading_is_recorded(tmp_path: Path) -> None:
    found = discover(str(project(tmp_path, {"migralint.toml": ""})))
    tree = Recorder(WorkTree(found.root))
    load(tree, found)
    assert list(tree.record.files) == ["migralint.toml"]


def test_finding_imports_nothing_heavy(tmp_path: Path) -> None:
    project(tmp_path, {"pyproject.toml": "[tool.migralint]\n"})
    code = (
        "import sys; from migralint.configuration import discover; from migralint import cache;"
        "print(discover('.').files, [name for name in ('tomllib', 'dataclasses', 'tempfile') if name in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": ROOT},
        capture_output=True,
        text=True,
    )
    assert run.stdout == "('pyproject.toml',) []\n"


def test_line_of_the_nearest_table() -> None:
    text = "[a]\nx = 1\n[a.b]\ny = 2\n[[c]]\nz = 1\n[[c]]\nz = 2\n"
    assert line_of(text, ("a", "x")) == 2
    assert line_of(text, ("a", "b", "y")) == 4
    assert line_of(text, ("a", "b", "q")) == 3
    assert line_of(text, ("a", "q")) == 1
    assert line_of(text, ("c", "1", "z")) == 8
    assert line_of(text, ("d",)) is None
