"""`--diff-base` and `--staged`: what a change adds, in little repositories."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.project import Alembic
from tests.repository import ENV, INDEX, MODELS, ORDERS, Git, Shop


@pytest.fixture
def shop(call: Run) -> Shop:
    return Shop(Path.cwd())


def found(call: Run, *arguments: str, code: int | None = None) -> list[tuple[str, str | None]]:
    """The codes and revisions of the findings that count."""
    return [(one["code"], one["revision"]) for one in answer(call, *arguments, code=code)["findings"]]


def answer(call: Run, *arguments: str, code: int | None = None) -> dict[str, Any]:
    # What the models of these little projects lack beside the change is the concern of other tests.
    ran = call("check", "--output-format", "json", "--ignore", "MG4", *arguments)
    assert ran.code < 2, ran.err
    assert code is None or ran.code == code
    data: dict[str, Any] = json.loads(ran.out)
    data["findings"] = [one for one in data["findings"] if one["suppressed"] is None]
    data["told"] = ran.err
    return data


def test_only_what_the_change_adds_is_told(call: Run, shop: Shop) -> None:
    assert ("MG201", "two") in found(call, code=1)
    assert found(call, "--diff-base", "main", code=0) == []
    shop.alembic.revision("three", 'op.create_index("ix_id", "orders", ["id"])')
    assert found(call, "--diff-base", "main", code=1) == [("MG201", "three")]
    shop.git.commit()
    data = answer(call, "--diff-base", "main")
    assert [one["revision"] for one in data["findings"]] == ["three"]
    assert data["coverage"]["revisions"] == 3, "everything is replayed"
    assert found(call, "--diff-base", "topic") == []


def test_staged_is_what_the_index_has(call: Run, shop: Shop) -> None:
    shop.alembic.revision("three", 'op.drop_table("orders")')
    assert found(call, "--staged", code=0) == []
    shop.git("add", "-A")
    assert found(call, "--staged", code=1) == [("MG101", "three")]
    (shop.alembic.versions / "three.py").unlink()
    assert found(call, "--staged") == [("MG101", "three")], "the work tree does not count"
    shop.git("commit", "-q", "-m", "three")
    assert found(call, "--staged") == []
    assert found(call, "--staged", "--diff-base", "main") == [("MG101", "three")]
    assert found(call, "--diff-base", "main") == [], "nor does the index without --staged"


def test_the_excerpt_of_a_staged_file_is_what_is_staged(call: Run, shop: Shop) -> None:
    path = shop.alembic.revision("three", 'op.drop_table("orders")')
    shop.git("add", "-A")
    path.write_text("nothing of it\n")
    assert '    op.drop_table("orders")' in call("check", "--staged").out


def test_stored_answers_follow_the_commits(call: Run, shop: Shop) -> None:
    shop.alembic.revision("three", "pass")
    assert found(call, "--diff-base", "main") == []
    assert found(call, "--diff-base", "main") == []
    shop.merge(theirs=(shop.alembic.versions / "three.py").read_text().replace("three", "theirs"))
    assert found(call, "--diff-base", "main") == [("MG352", "three")]
    shop.edit("alembic/versions/three.py", "pass", 'op.drop_table("orders")')
    assert found(call, "--diff-base", "main") == [("MG352", "three"), ("MG101", "three")]
    shop.git("add", "-A")
    assert found(call, "--staged") == [("MG101", "three")]


def test_two_heads_of_the_change_itself_are_told_once(call: Run, shop: Shop) -> None:
    shop.alembic.heads = ["one"]
    shop.alembic.revision("three", "pass")
    assert found(call, "--diff-base", "main") == [("MG304", "three"), ("MG304", "two")]


def test_a_branch_with_a_label_of_its_own_does_not_meet_another(call: Run, shop: Shop) -> None:
    ours = shop.alembic.revision("three", "pass")
    text = ours.read_text()
    ours.write_text(text + '\nbranch_labels = ("apart",)\n')
    shop.merge(theirs=text.replace("three", "theirs"))
    assert found(call, "--diff-base", "main") == []


def test_edits_of_models_need_a_migration(call: Run, shop: Shop) -> None:
    shop.edit("app/models.py", "note: Mapped[str | None]", "note: Mapped[str | None]\n    total: Mapped[int | None]")
    (one,) = answer(call, "--diff-base", "main", code=1)["findings"]
    assert (one["code"], one["path"], one["line"]) == ("MG350", "app/models.py", 8)
    assert one["object"] == {"kind": "table", "table": "public.orders", "name": None}
    assert one["message"].startswith("the models now have column public.orders.total as integer; the history does not")
    shop.alembic.revision("three", 'op.add_column("orders", sa.Column("total", sa.BigInteger))')
    (one,) = answer(call, "--diff-base", "main")["findings"]
    assert (one["code"], one["related"][0]["path"]) == ("MG353", "alembic/versions/three.py")
    assert "integer in the models, bigint after the migration" in one["message"]
    shop.edit("alembic/versions/three.py", "BigInteger", "Integer")
    assert found(call, "--diff-base", "main") == []


def test_what_the_models_only_give_up_may_be_dropped_later(call: Run, shop: Shop) -> None:
    shop.edit("app/models.py", "    note: Mapped[str | None]\n", "")
    (one,) = answer(call, "--diff-base", "main", code=0)["findings"]
    assert (one["code"], one["severity"]) == ("MG350", "info")
    shop.alembic.revision("three", 'op.create_table("others", sa.Column("id", sa.Integer, primary_key=True))')
    (one,) = answer(call, "--diff-base", "main", code=0)["findings"]
    assert (one["code"], one["severity"]) == ("MG353", "info")
    shop.alembic.revision("four", 'op.alter_column("orders", "note", nullable=False)')
    assert ("MG353", "warning") in [(f["code"], f["severity"]) for f in answer(call, "--diff-base", "main")["findings"]]


def test_edits_of_several_tables_are_told_once(call: Run, shop: Shop) -> None:
    more = (
        "\n\nclass Buyer(Base):\n    __tablename__ = 'buyers'\n    id: Mapped[int] = mapped_column(primary_key=True)\n"
    )
    models = shop.git.root / "app" / "models.py"
    models.write_text(models.read_text() + "    total: Mapped[int | None]\n" + more)
    (one,) = answer(call, "--diff-base", "main", code=1)["findings"]
    assert one["code"] == "MG350"
    assert "public.orders.total" in one["message"]
    assert "public.buyers" in one["message"]
    assert [related["message"] for related in one["related"]] == ["table public.orders was edited too"]


def test_edits_that_change_no_schema_need_none(call: Run, shop: Shop) -> None:
    (shop.git.root / "app" / "models.py").rename(shop.git.root / "app" / "tables.py")
    shop.edit("app/tables.py", '"orders"\n', '"orders"\n    other = "text"\n')
    shop.file("app/models.py", "from app.tables import Base, Order\n\nFIRST = Order\n")
    assert found(call, "--diff-base", "main") == []


def test_models_that_catch_up_with_a_merged_migration_need_none(call: Run, shop: Shop) -> None:
    shop.alembic.revision("three", 'op.add_column("orders", sa.Column("total", sa.Integer))')
    shop.git.commit("the migration first")
    shop.edit("app/models.py", "note: Mapped[str | None]", "note: Mapped[str | None]\n    total: Mapped[int | None]")
    shop.git("add", "-A")
    assert found(call, "--staged") == []


def test_old_drift_is_not_told_again(call: Run, shop: Shop) -> None:
    shop.edit("app/models.py", "note: Mapped[str | None]", "note: Mapped[str | None]\n    old: Mapped[int | None]")
    shop.git.commit("drift")
    shop.edit("app/models.py", "old: Mapped", "total: Mapped[str | None]\n    old: Mapped")
    shop.git("add", "-A")
    (one,) = answer(call, "--staged")["findings"]
    assert "total" in one["message"]
    assert "old" not in one["message"]


def test_models_that_cannot_be_read_are_told(call: Run, shop: Shop) -> None:
    shop.edit("alembic/env.py", "Base.metadata", "some_function()")
    told = answer(call, "--diff-base", "main")["told"]
    assert "models are not compared with the merge base: " in told
    assert "models are not compared" in answer(call, "--diff-base", "main")["told"], "of a stored answer too"


def test_merged_revisions_stay_as_they_are(call: Run, shop: Shop) -> None:
    def told() -> list[tuple[str, str, str]]:
        data = answer(call, "--diff-base", "main", "--select", "MG35")
        return [(one["revision"], one["severity"], one["message"]) for one in data["findings"]]

    shop.edit("alembic/versions/two.py", '"""Two."""', '"""The second."""')
    assert told() == [
        ("two", "info", "merged revision two was edited; what it does is the same, only its text is another")
    ]
    shop.edit("alembic/versions/one.py", '"""One."""', '"""The first."""')
    ((_, _, message),) = told()
    assert message.startswith("2 merged revisions (one, two) were edited; what they do is the same")
    shop.git("checkout", "-q", "--", ".")
    shop.edit("alembic/versions/two.py", "raise", "pass  # raise")
    ((_, severity, message),) = told()
    assert (severity, message) == ("warning", "merged revision two was edited; its downgrade does something else")
    shop.edit("alembic/versions/two.py", "ix_note", "ix_other")
    ((_, severity, message),) = told()
    assert severity == "error"
    assert "its upgrade and its downgrade do something else; databases that ran it keep" in message
    shop.git("checkout", "-q", "--", ".")
    shop.git("mv", "alembic/versions/two.py", "alembic/versions/renamed.py")
    shop.edit("alembic/versions/renamed.py", "import sqlalchemy as sa", "import sqlalchemy as sa  # a comment")
    assert told() == []
    shop.git("rm", "-qf", "alembic/versions/renamed.py")
    ((_, _, message),) = told()
    assert (
        message == "merged revision two is gone or cannot be read any more; Alembic stops on a database that is at it"
    )


def test_what_a_merged_revision_reads_belongs_to_it(call: Run, shop: Shop) -> None:
    shop.file("app/names.py", 'NAME = "things"\n')
    path = shop.alembic.revision("three", 'op.create_table(NAME, sa.Column("id", sa.Integer, primary_key=True))')
    path.write_text(
        path.read_text().replace("from alembic import op", "from alembic import op\n\nfrom app.names import NAME")
    )
    shop.alembic.revision("four", 'if sa.inspect(op.get_bind()).has_table("things"):\n    op.drop_table("things")')
    shop.git.commit("merged")
    shop.file("app/names.py", 'NAME = "others"\n')
    shop.git("add", "-A")
    (one,) = answer(call, "--staged", "--select", "MG351")["findings"]
    assert one["revision"] == "three", "what `four` does follows from it"
    assert "does something else, because of what it reads" in one["message"]


def test_a_revision_that_inserts_what_is_not_known_is_the_same_as_before(call: Run, shop: Shop) -> None:
    columns = 'sa.Column("id", sa.Uuid, primary_key=True), sa.Column("made_at", sa.DateTime)'
    rows = '[{"id": __import__("uuid").uuid4(), "made_at": sa.func.now()}]'
    shop.alembic.revision("three", f'op.bulk_insert(op.create_table("things", {columns}), {rows})')
    shop.git.commit("merged")
    shop.file("app/models.py", MODELS + "    total: Mapped[int | None]\n")
    assert found(call, "--diff-base", "topic") == [("MG350", None)]


def test_start_after_does_not_hide_an_edit(call: Run, shop: Shop) -> None:
    shop.file("migralint.toml", 'start-after = ["two"]\n')
    shop.git.commit("configured")
    shop.edit("alembic/versions/one.py", "sa.Text", "sa.String")
    assert ("MG351", "one") in found(call, "--staged", "--diff-base", "topic") + found(call, "--diff-base", "topic")


def test_a_finding_that_was_suppressed_and_no_longer_is(call: Run, shop: Shop) -> None:
    shop.edit("alembic/versions/two.py", INDEX, f"{INDEX}  # migralint: ignore[MG201] small")
    shop.git.commit("suppressed")
    shop.edit("alembic/versions/two.py", "  # migralint: ignore[MG201] small", "")
    assert found(call, "--diff-base", "topic") == [("MG201", "two")]


def test_findings_of_a_renamed_file_are_not_new(call: Run, shop: Shop) -> None:
    shop.file("alembic/versions/helper.py", "VALUES = [1, 2, 3]\n" * 10)
    shop.git.commit("a file without a revision")
    assert ("MG306", None) in found(call)
    shop.git("mv", "alembic/versions/helper.py", "alembic/versions/helpers.py")
    assert found(call, "--diff-base", "topic") == []
    assert found(call, "--staged") == []


def test_what_the_policy_accepts_more_is_told(call: Run, shop: Shop) -> None:
    shop.file("migralint.toml", 'downgrade = "required"\n[severity]\nMG101 = "error"\n')
    shop.git.commit("a policy")
    shop.alembic.revision("three", "pass")
    baseline = '{"format": 1, "findings": [{"fingerprint": "1"}]}'
    shop.file("accepted.json", baseline)
    shop.file(
        "migralint.toml",
        'ignore = ["MG201"]\nstart-after = ["two"]\nmin-confidence = "high"\nfail-on = "error"\nbaseline = "accepted.json"\n'
        'lock-timeout-set = true\ndowngrade = "any"\nmanaged-schemas = ["theirs"]\n'
        '[table-sizes]\norders = "small"\n[severity]\nMG101 = "info"\n[per-file-ignores]\n"two.py" = ["MG2"]\n',
    )
    said = answer(call, "--diff-base", "topic", "--select", "MG354", code=0)["findings"]
    assert {one["severity"] for one in said} == {"info"}
    assert [(one["line"], one["message"]) for one in said if one["path"] == "migralint.toml"] == [
        (2, "start-after passes over one, two, which would be linted before"),
        (3, "min-confidence is high and was low"),
        (4, "fail-on is error and was warning"),
        (5, "the baseline accepts one finding more"),
        (6, "lock-timeout-set says that timeouts are set where migralint cannot see it"),
        (7, "downgrade is any and was required"),
        (8, "nothing is compared in theirs any more"),
        (9, "table-sizes says something else of orders"),
        (13, "MG2 no longer counts in two.py"),
    ]
    said = answer(call, "--diff-base", "topic")["findings"]
    assert "rules that ran before do not run any more: blocking-index (MG201)" in [one["message"] for one in said]
    assert "drop-table (MG101) is info and was error" in [one["message"] for one in said]


def test_a_policy_that_comes_with_the_change_counts_for_both(call: Run, shop: Shop) -> None:
    shop.file("migralint.toml", 'postgresql-version = 12\nextend-select = ["MG2"]\n')
    assert found(call, "--diff-base", "main") == []


def test_a_broken_policy_can_be_repaired(call: Run, shop: Shop) -> None:
    for broken in ("nonsense = 1\n", 'select = ["MG77777"]\n', 'start-after = ["none"]\n'):
        shop.file("migralint.toml", broken)
        shop.git.commit("broken")
        shop.file("migralint.toml", "")
        assert found(call, "--diff-base", "topic") == []


def test_a_history_that_comes_with_the_change_is_new(call: Run, tmp_path: Path) -> None:
    git = Git(Path.cwd())
    git.file("README.md", "")
    git.commit()
    project = Alembic(Path.cwd())
    project.revision("one", ORDERS)
    project.revision("two", INDEX)
    assert ("MG201", "two") in found(call, "--diff-base", "main")


def test_before_the_first_commit_everything_is_new(call: Run) -> None:
    git = Git(Path.cwd())
    project = Alembic(Path.cwd())
    project.revision("one", ORDERS)
    project.revision("two", INDEX)
    git("add", "-A")
    assert ("MG201", "two") in found(call, "--staged")
    ran = call("check", "--diff-base", "main")
    assert (ran.code, ran.out) == (2, "")
    assert "knows no commit 'main'" in ran.err


def test_drift_tells_new_differences(call: Run, shop: Shop) -> None:
    snapshot = (
        "CREATE TABLE orders (id serial PRIMARY KEY, note text, old integer);\nCREATE INDEX ix_note ON orders (note);\n"
    )
    shop.file("supabase_schema.sql", snapshot)
    shop.git.commit("drift")
    shop.file("supabase_schema.sql", snapshot.replace("old integer", "old integer, total integer"))
    ran = call("drift", "--diff-base", "topic", "--output-format", "json")
    assert ran.code == 1, ran.err
    data = json.loads(ran.out)
    assert [one["object"]["name"] for one in data["differences"]] == ["total"]
    assert [one["object"]["name"] for one in data["findings"]] == ["total"]
    told = json.loads(call("drift", "--output-format", "json").out)["differences"]
    snapshots = [one for one in told if "supabase_schema.sql" in one["sides"]]  # the models lack some, too
    assert [one["object"]["name"] for one in snapshots] == ["old", "total"]


def test_a_project_below_the_top_with_a_linked_work_tree(call: Run, tmp_path: Path) -> None:
    shop = Shop(tmp_path / "repository", "dienste/größe")
    shop.git("worktree", "add", "-q", "-b", "other", str(tmp_path / "linked"), "main")
    folder = tmp_path / "linked" / "dienste" / "größe"
    (folder / "app" / "models.py").write_text(MODELS + "    total: Mapped[int | None]\n")
    assert found(call, "--project", str(folder), "--diff-base", "main") == [("MG350", None)]
    assert found(call, "--project", str(shop.git.root / "dienste" / "größe"), "--diff-base", "main") == []


def test_a_configuration_outside_of_the_repository_counts_for_both(call: Run, shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text('downgrade = "required"\n')
    policy = ("--config", str(tmp_path / "policy.toml"))
    assert ("MG310", "one") in found(call, *policy)
    assert found(call, *policy, "--diff-base", "main") == []
    shop.alembic.revision("three", 'op.add_column("orders", sa.Column("total", sa.Integer))')
    assert found(call, *policy, "--diff-base", "main") == [("MG310", "three")]


def test_paths_limit_what_is_told(call: Run, shop: Shop) -> None:
    shop.alembic.revision("three", 'op.drop_table("orders")')
    assert found(call, "alembic/versions/two.py", "--diff-base", "main") == []
    assert found(call, "alembic", "--diff-base", "main") == [("MG101", "three")]


def test_a_shallow_clone_and_no_repository_are_told(call: Run, tmp_path: Path) -> None:
    shop = Shop(tmp_path / "repository")
    shop.alembic.revision("three", "pass")
    shop.git.commit("ours")
    shop.merge(theirs="")
    shop.git("clone", "-q", "--depth", "1", "--no-single-branch", f"file://{shop.git.root}", str(tmp_path / "clone"))
    ran = call("check", "--project", str(tmp_path / "clone"), "--diff-base", "origin/main")
    assert (ran.code, ran.out) == (2, "")
    assert "fetch-depth: 0" in ran.err
    ran = call("check", "--staged")
    assert (ran.code, ran.out) == (2, "")
    assert "is in no git repository" in ran.err


def test_what_was_there_before_and_cannot_be_read_is_told(call: Run, shop: Shop) -> None:
    shop.file("alembic.ini", "[alembic]\nscript_location = nowhere\n")
    shop.git.commit("broken")
    shop.file("alembic.ini", "[alembic]\nscript_location = alembic\n")
    data = answer(call, "--diff-base", "topic")
    assert ("MG201", "two") in [(one["code"], one["revision"]) for one in data["findings"]]
    assert "everything counts as new; of topic nothing was read: " in data["told"]


def test_source_roots_outside_of_the_project_are_read_from_the_commit(call: Run, tmp_path: Path) -> None:
    shop = Shop(tmp_path / "repository", "api")
    shop.file("migralint.toml", 'source-roots = [".", "../common"]\n')
    shop.file("alembic/env.py", ENV.replace("app.models", "tables"))
    shop.git.file("common/tables.py", MODELS)
    shop.git.commit("models elsewhere")
    shop.git.file("common/tables.py", MODELS + "    total: Mapped[int | None]\n")
    arguments = ("--project", str(shop.git.root / "api"), "--diff-base", "topic")
    (one,) = answer(call, *arguments)["findings"]
    assert (one["code"], one["path"]) == ("MG350", str(shop.git.root / "common" / "tables.py"))
    shop.git("add", "-A")
    assert found(call, *arguments, "--staged") == [("MG350", None)]
