"""The models of a small project against its history."""

from __future__ import annotations

from pathlib import Path

import pytest

from migralint.drift import Difference
from migralint.drift.difference import OPENED, SET_ASIDE
from migralint.project import Project
from tests.project import Alembic

ENV = """\
from alembic import context
import models

{functions}
context.configure(target_metadata=models.metadata{options})
with context.begin_transaction():
    context.run_migrations()
"""
ID = 'sa.Column("id", sa.Integer, primary_key=True)'


def compared(
    root: Path, upgrade: str, models: str, functions: str = "", options: str = "", later: str = ""
) -> tuple[Difference, ...]:
    """How the models differ from what the revisions do."""
    return project(root, upgrade, models, functions, options, later).differences


def project(root: Path, upgrade: str, models: str, functions: str = "", options: str = "", later: str = "") -> Project:
    made = Alembic(root)
    made.revision("one", upgrade)
    if later:
        made.revision("two", later)
    (root / "alembic.ini").write_text(
        "[alembic]\nscript_location = alembic\nprepend_sys_path = .\n\n[exclude]\ntables = old\n"
    )
    (root / "alembic" / "env.py").write_text(ENV.format(functions=functions, options=options))
    (root / "models.py").write_text(f"import sqlalchemy as sa\n\nmetadata = sa.MetaData()\n{models}\n")
    return Project.open(str(root), cache=False)


def table(name: str, *parts: str, metadata: str = "metadata, ") -> str:
    return f'sa.Table("{name}", {metadata}{", ".join((ID, *parts))})'


def made(name: str, *parts: str) -> str:
    return f'op.create_table("{name}", {", ".join((ID, *parts))})'


def test_equal_sides_have_no_difference(tmp_path: Path) -> None:
    note = 'sa.Column("note", sa.String(50), server_default="x")'
    assert compared(tmp_path, made("orders", note), table("orders", note)) == ()


def test_a_table_may_have_been_there_where_the_history_begins_on_tables_of_the_models(tmp_path: Path) -> None:
    models = "\n".join(table(name, 'sa.Column("note", sa.Text)') for name in ("orders", "refunds"))
    note = 'op.add_column("orders", sa.Column("note", sa.Text))'
    unknown = project(tmp_path / "unknown", note, models)
    assert unknown.differences == ()
    assert [note.message.partition(", which")[0] for note in unknown.models.unread] == [
        "not compared with the history: table public.refunds"
    ]
    elsewhere = f"{made('orders')}\n{note}\n{note.replace('orders', 'elsewhere')}"
    (one,) = compared(tmp_path / "known", elsewhere, models)
    assert str(one.object.table) == "public.refunds"


def test_a_difference_stands_in_the_model_and_names_the_revision(tmp_path: Path) -> None:
    one, *others = compared(
        tmp_path,
        made("orders", 'sa.Column("note", sa.Text)'),
        "\n" + table("orders", 'sa.Column("note", sa.Text, nullable=False)'),
    )
    assert others == []
    assert (one.kind, one.drift_class, one.since, one.place.path) == ("nullability", "integrity", "one", "models.py")
    assert one.head_place is not None
    assert one.head_place.path == "alembic/versions/one.py"
    assert "the history (revision one)" in one.message
    assert dict(one.sides) == {"head": "NULL", "models": "NOT NULL"}


def test_who_lacks_a_table_decides_its_class(tmp_path: Path) -> None:
    found = compared(tmp_path, made("orders"), table("refunds", 'sa.Column("why", sa.Text)'))
    assert {(d.object.table.name if d.object.table else "", d.drift_class) for d in found} == {
        ("orders", "cosmetic"),
        ("refunds", "blocking"),
    }


def test_a_dropped_column_names_the_revision_that_drops_it(tmp_path: Path) -> None:
    (one,) = compared(
        tmp_path,
        made("orders", 'sa.Column("note", sa.Text)'),
        table("orders", 'sa.Column("note", sa.Text)'),
        later='op.drop_column("orders", "note")',
    )
    assert one.message.startswith("the models have column public.orders.note, which revision two drops")


@pytest.mark.parametrize("first", ["note", "comment"])
def test_what_the_history_renames_is_one_object(tmp_path: Path, first: str) -> None:
    (one,) = compared(
        tmp_path,
        made("orders", f'sa.Column("{first}", sa.Text)', 'sa.Column("other", sa.Integer)'),
        table("orders", 'sa.Column("x", sa.Text)', 'sa.Column("other", sa.Integer)').replace('"x"', f'"{first}"'),
        later=f'op.alter_column("orders", "{first}", new_column_name="quite_another")',
    )
    assert (one.kind, one.renamed_from) == ("column", "quite_another")
    assert one.evidence == f"a revision renames {first} to quite_another"


def test_the_primary_key_is_one_column_wherever_it_stands(tmp_path: Path) -> None:
    parts = 'sa.Column("number", sa.Integer, primary_key=True)', 'sa.Column("note", sa.Text)'
    models = f'sa.Table("orders", metadata, {parts[0]}, {parts[1]})'.replace("number", "id")
    (one,) = compared(tmp_path, f'op.create_table("orders", {parts[1]}, {parts[0]})', models)
    assert (one.kind, one.renamed_from, one.object.name) == ("column", "number", "id")
    assert "are the primary key" in one.message


def test_a_table_that_the_history_renames_is_one_object(tmp_path: Path) -> None:
    (one,) = compared(tmp_path, made("orders"), table("orders"), later='op.rename_table("orders", "purchases")')
    assert (one.kind, one.renamed_from) == ("table", "public.purchases")


@pytest.mark.parametrize(
    ("head", "model", "expected"),
    [
        ('"n", sa.Text', '"n", sa.Text, server_default="x"', [("default", "integrity", None)]),
        (
            '"n", sa.Text, nullable=False',
            '"n", sa.Text, server_default="x", nullable=False',
            [("default", "blocking", None)],
        ),
        ('"n", sa.Text, server_default="x"', '"n", sa.Text, default="x"', [("default", "cosmetic", None)]),
        ('"n", sa.Text, server_default="x"', '"n", sa.Text, default="y"', [("default", "integrity", "default")]),
        ('"n", sa.Text, nullable=False', '"n", sa.Text', [("nullability", "blocking", "null")]),
        ('"n", sa.Text, nullable=False', '"n", sa.Text, default="x"', [("nullability", "integrity", None)]),
        ('"n", sa.Text', '"n", sa.Text, nullable=False, default="x"', [("nullability", "cosmetic", None)]),
        ('"n", sa.Text', '"n", sa.Text, nullable=False, default=None', [("nullability", "integrity", None)]),
        ('"n", sa.Text', '"n", sa.Text, default="x", server_default="x"', [("default", "cosmetic", None)]),
        (
            '"n", sa.Text, nullable=False, server_default="x"',
            '"n", sa.Text, nullable=False',
            [("default", "cosmetic", None)],
        ),
        ('"n", sa.String(5)', '"n", sa.String(9)', [("type", "blocking", None)]),
        ('"n", sa.String(9)', '"n", sa.String(5)', [("type", "cosmetic", None)]),
        ('"n", sa.BigInteger', '"n", sa.Integer', [("type", "integrity", None)]),
        ('"n", sa.Enum("a", name="e")', '"n", sa.Enum("a", "b", name="e")', [("enum", "blocking", None)]),
        ('"n", sa.Enum("a", "b", name="e")', '"n", sa.Enum("a", name="e")', [("enum", "integrity", None)]),
        ('"n", sa.Enum("a", "b", name="e")', '"n", sa.Enum("b", "a", name="e")', [("enum", "cosmetic", None)]),
        ('"n", sa.Enum("open", name="e")', '"n", sa.Enum("OPEN", name="e")', [("enum", "blocking", "enum")]),
    ],
)
def test_the_direction_decides_what_a_difference_means(
    tmp_path: Path, head: str, model: str, expected: list[tuple[str, str, str | None]]
) -> None:
    found = compared(tmp_path, made("orders", f"sa.Column({head})"), table("orders", f"sa.Column({model})"))
    assert [(one.kind, one.drift_class, one.cause) for one in found] == expected


def test_a_key_has_its_type_from_the_column_that_it_references(tmp_path: Path) -> None:
    head = made("users").replace("Integer", "BigInteger")
    head += "\n" + made("orders", 'sa.Column("buyer", sa.BigInteger, sa.ForeignKey("users.id"))')
    models = table("users") + "\n" + table("orders", 'sa.Column("buyer", sa.ForeignKey("users.id"))')
    found = compared(tmp_path, head, models)
    told = {(str(one.object), one.cause) for one in found if one.kind == "type"}
    assert told == {("column public.users.id", None), ("column public.orders.buyer", "follows")}


def test_a_key_lets_in_only_what_it_references(tmp_path: Path) -> None:
    wide, plain = (
        'sa.Column("buyer", sa.BigInteger, sa.ForeignKey("users.id"))',
        'sa.Column("buyer", sa.ForeignKey("users.id"))',
    )
    head, models = f"{made('users')}\n{made('orders', wide)}", f"{table('users')}\n{table('orders', plain)}"
    (one,) = compared(tmp_path, head, models)
    assert (one.kind, one.cause) == ("type", "follows")


def test_a_foreign_key_that_the_history_has_twice(tmp_path: Path) -> None:
    key = 'sa.Column("buyer", sa.Integer, sa.ForeignKey("users.id"))'
    head = (
        f'{made("users")}\n{made("orders", key)}\nop.create_foreign_key("again", "orders", "users", ["buyer"], ["id"])'
    )
    (one,) = compared(tmp_path, head, f"{table('users')}\n{table('orders', key)}")
    assert (one.kind, one.drift_class) == ("foreign_key", "cosmetic")
    assert "more than once" in one.message
    assert "again can go" in one.message


def test_a_message_names_a_check_that_is_too_long_to_show(tmp_path: Path) -> None:
    checks = [" OR ".join(f"n = {one}" for one in range(end)) for end in (200, 300)]
    head, models = (f"sa.Column('n', sa.Integer), sa.CheckConstraint('{one}', name='known')" for one in checks)
    (one,) = compared(tmp_path, made("orders", head), table("orders", models))
    assert (
        one.message == "check known of public.orders is another one in the history (revision one) and in the models: "
        "rows that the one refuses get in by the other"
    )


def test_a_column_without_value_makes_inserts_fail(tmp_path: Path) -> None:
    (one,) = compared(tmp_path, made("orders", 'sa.Column("n", sa.Text, nullable=False)'), table("orders"))
    assert (one.kind, one.drift_class, one.cause) == ("column", "blocking", "null")


FILTERS = {
    "by name": (
        'def keep(object, name, type_, reflected, compare_to):\n    return not (type_ == "table" and name.startswith("old"))',
        ", include_object=keep",
    ),
    "by alembic.ini": (
        'left_out = context.config.get_section("exclude", {}).get("tables", "").split(",")\n\n\n'
        'def keep(object, name, type_, *rest):\n    return not (type_ == "table" and name in left_out)',
        ", include_object=keep",
    ),
    "by include_name": (
        'def keep(name, type_, parent_names):\n    return name in models.metadata.tables if type_ == "table" else True',
        ", include_name=keep",
    ),
    "by what only the database has": (
        "def keep(object, name, type_, reflected, compare_to):\n"
        '    return not (type_ == "table" and reflected and compare_to is None)',
        ", include_object=keep",
    ),
}


@pytest.mark.parametrize("name", FILTERS)
def test_what_env_leaves_out_is_left_out(tmp_path: Path, name: str) -> None:
    functions, options = FILTERS[name]
    assert compared(tmp_path, f"{made('orders')}\n{made('old')}", table("orders"), functions, options) == ()


def test_marked_tables_are_left_out_as_env_says(tmp_path: Path) -> None:
    keep = "def keep(object, name, type_, *rest):\n    return not object.info.get('is_view', False)"
    view = table("totals", 'info={"is_view": True}')
    assert compared(tmp_path, made("orders"), f"{table('orders')}\n{view}", keep, ", include_object=keep") == ()


def test_skip_autogenerate_is_respected(tmp_path: Path) -> None:
    skipped = table("totals", 'info={"skip_autogenerate": True}')
    assert compared(tmp_path, made("orders"), f"{table('orders')}\n{skipped}") == ()


def test_columns_and_indexes_are_left_out_too(tmp_path: Path) -> None:
    keep = "def keep(object, name, type_, *rest):\n    return type_ == 'table' or not name.endswith('_own')"
    upgrade = made("orders", 'sa.Column("n_own", sa.Text)') + '\nop.create_index("i_own", "orders", ["id"])'
    assert compared(tmp_path, upgrade, table("orders"), keep, ", include_object=keep") == ()


def test_what_is_not_decidable_is_told_once_and_not_reported(tmp_path: Path) -> None:
    keep = "import os\n\n\ndef keep(object, name, type_, *rest):\n    return unheard_of(name)"
    found = project(tmp_path, f"{made('orders')}\n{made('old')}", "", keep, ", include_object=keep")
    assert found.differences == ()
    assert len([note for note in found.notes if note.kind == "MG410"]) == 1


def test_one_reason_why_models_are_not_read_is_told_once(tmp_path: Path) -> None:
    models = "\n".join(table(name, 'sa.Column("n", unheard_of.Kind)') for name in ("orders", "refunds", "users"))
    [one] = [note for note in project(tmp_path, made("orders"), models).notes if note.kind == "MG410"]
    assert one.message.endswith("; and 2 more for the same reason")


def test_what_postgresql_refuses_is_told_and_not_taken_for_lacking(tmp_path: Path) -> None:
    name = 'sa.Column("n", sa.Text)'
    upgrade = made("orders", name) + "\nop.execute(\"CREATE INDEX i ON orders USING gin (to_tsvector('simple', n))\")"
    found = project(tmp_path, upgrade, table("orders", name, 'sa.Index("i", "n", postgresql_using="gin")'))
    assert found.differences == ()
    assert [note.kind for note in found.notes if note.kind.startswith("MG4")] == ["MG419"]


def test_an_enum_without_a_name_is_refused(tmp_path: Path) -> None:
    column = 'sa.Column("n", sa.Enum("a", "b"{0}))'
    upgrade = made("orders", column.format(', name="kind"'))
    found = project(tmp_path, upgrade, table("orders", column.format("")))
    assert [one.kind for one in found.differences if one.kind == "type"] == []
    assert [note.kind for note in found.notes if note.kind.startswith("MG4")] == ["MG419"]


@pytest.mark.parametrize(
    "head",
    [
        'sa.UniqueConstraint("id", name="again")',
        'sa.Index("some", "n", unique=True, postgresql_where=sa.text("n IS NOT NULL"))',
    ],
    ids=["of the primary key", "without rows that are never equal"],
)
def test_uniqueness_that_refuses_no_other_rows(tmp_path: Path, head: str) -> None:
    n = 'sa.Column("n", sa.Text)'
    models = table("orders", n, *([] if "again" in head else ['sa.Index("some", "n", unique=True)']))
    assert {one.drift_class for one in compared(tmp_path, made("orders", n, head), models)} <= {"cosmetic"}


def test_a_check_over_a_column_that_the_models_lack_goes_with_that_column(tmp_path: Path) -> None:
    check = 'sa.CheckConstraint("{0}", name="whole")'
    upgrade = made("orders", 'sa.Column("n", sa.Integer)', check.format("n > 0 OR id > 0"))
    assert [one.kind for one in compared(tmp_path, upgrade, table("orders", check.format("id > 0")))] == ["column"]


def test_a_column_that_came_later_may_be_null_in_rows_that_were_there(tmp_path: Path) -> None:
    model = table("orders", 'sa.Column("n", sa.Text, nullable=False, default="x")')
    (one,) = compared(tmp_path, made("orders"), model, later='op.add_column("orders", sa.Column("n", sa.Text))')
    assert (one.kind, one.drift_class) == ("nullability", "integrity")


def test_columns_that_a_trigger_fills_serve_both_releases(tmp_path: Path) -> None:
    body = "BEGIN NEW.n := coalesce(NEW.n, NEW.old); NEW.old := NEW.n; RETURN NEW; END"
    upgrade = made("orders", 'sa.Column("n", sa.Text)', 'sa.Column("old", sa.Text)') + (
        f"\nop.execute('CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$')"
        "\nop.execute('CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION f()')"
    )
    found = compared(tmp_path, upgrade, table("orders", 'sa.Column("n", sa.Text, nullable=False)'))
    assert {(one.kind, one.drift_class, one.cause) for one in found} == {
        ("nullability", "cosmetic", "trigger"),
        ("column", "cosmetic", "trigger"),
    }


def test_tables_may_have_models_that_code_makes_later(tmp_path: Path) -> None:
    later = "def model(name):\n    return type(name, (), {'__tablename__': name, 'metadata': metadata})\n"
    upgrade = f"{made('orders')}\n{made('kinds')}"
    (one,) = compared(tmp_path / "a", upgrade, table("orders"))
    (other,) = compared(tmp_path / "b", upgrade, later + table("orders"))
    assert (one.cause, other.cause) == (None, SET_ASIDE)


def test_tables_of_versions_have_models_that_a_library_makes(tmp_path: Path) -> None:
    upgrade = "\n".join(made(name) for name in ("orders", "orders_version", "transaction", "api_version"))
    models = "from sqlalchemy_continuum import make_versioned\nmake_versioned(user_cls=None)\n" + table("orders")
    assert [str(one.object) for one in compared(tmp_path, upgrade, models)] == ["table public.api_version"]


def test_other_schemas_are_only_looked_at_where_env_says_so(tmp_path: Path) -> None:
    upgrade = 'op.execute("CREATE SCHEMA other")\n' + made("old", 'schema="other"')
    assert compared(tmp_path / "a", upgrade, table("orders")) != ()
    assert [str(one.object.table) for one in compared(tmp_path / "b", upgrade, "", "", ", include_schemas=True")] == [
        "other.old"
    ]
    assert compared(tmp_path / "c", upgrade, "") == ()


def test_a_model_that_nothing_imports(tmp_path: Path) -> None:
    (tmp_path / "refunds.py").write_text(
        f"import sqlalchemy as sa\nfrom models import metadata\n\n{table('refunds')}\n"
    )
    (one,) = compared(tmp_path, f"{made('orders')}\n{made('refunds')}", table("orders"))
    assert (one.cause, one.drift_class, one.place.path) == ("import", "integrity", "refunds.py")


def test_doubtful_tables_are_not_compared(tmp_path: Path) -> None:
    models = table("orders", "unheard_of.columns()")
    found = project(tmp_path, made("orders", 'sa.Column("n", sa.Text)'), models)
    assert found.differences == ()
    assert [note.kind for note in found.notes if note.kind == "MG410"] == ["MG410"]


def test_sequences_that_the_models_ask(tmp_path: Path) -> None:
    number = 'sa.Column("n", sa.Integer, sa.Sequence("numbers"))'
    (one,) = compared(tmp_path, made("orders", 'sa.Column("n", sa.Integer)'), table("orders", number))
    assert (one.kind, one.object.name, one.drift_class) == ("sequence", "public.numbers", "blocking")


def test_operator_classes_count_and_defaults_of_them_do_not(tmp_path: Path) -> None:
    upgrade = made("orders", 'sa.Column("n", sa.Text)') + '\nop.create_index("i", "orders", ["n"])'
    index = 'sa.Index("i", "n", postgresql_ops={{"n": "{0}"}})'
    for number, name in enumerate(("text_ops", "text_pattern_ops", "DESC")):
        found = compared(
            tmp_path / str(number), upgrade, table("orders", 'sa.Column("n", sa.Text)', index.format(name))
        )
        assert [one.kind for one in found] == [] if number == 0 else ["index"]


@pytest.mark.parametrize(
    ("at_head", "in_models", "drift_class"),
    [
        ("sa.Text", "sa.String(5)", "cosmetic"),
        ("sa.String(5)", "sa.Text", "blocking"),
        ("sa.BigInteger", "sa.Integer", "integrity"),
        ("sa.String(5)", "sa.String(5)", None),
    ],
)
def test_elements_of_arrays_are_told_as_scalars(
    tmp_path: Path, at_head: str, in_models: str, drift_class: str | None
) -> None:
    classes = []
    for called, kind in (("scalar", "{}"), ("array", "sa.ARRAY({})")):
        one, other = (f'sa.Column("n", {kind.format(element)})' for element in (at_head, in_models))
        found = compared(tmp_path / called, made("orders", one), table("orders", other))
        classes.append([(difference.kind, difference.drift_class) for difference in found])
    assert classes == [[("type", drift_class)] if drift_class else []] * 2


def test_an_array_against_its_element(tmp_path: Path) -> None:
    many, one = 'sa.Column("n", sa.ARRAY(sa.Text))', 'sa.Column("n", sa.Text)'
    (found,) = compared(tmp_path, made("orders", many), table("orders", one))
    assert (found.kind, found.drift_class) == ("type", "blocking")


@pytest.mark.parametrize(
    ("domain", "drift_class"), [("text CHECK (VALUE <> '')", "integrity"), ("text", None), ("varchar(3)", "blocking")]
)
def test_a_domain_where_the_models_have_its_base(tmp_path: Path, domain: str, drift_class: str | None) -> None:
    history = f'op.execute("CREATE DOMAIN word AS {domain}")\n{made("orders")}\n'
    history += 'op.execute("ALTER TABLE orders ADD COLUMN n word")'
    found = compared(tmp_path, history, table("orders", 'sa.Column("n", sa.Text)'))
    assert [(one.kind, one.drift_class) for one in found] == ([("type", drift_class)] if drift_class else [])


def test_exclusion_constraints(tmp_path: Path) -> None:
    column = 'sa.Column("n", postgresql.INT4RANGE)'
    excluding = 'postgresql.ExcludeConstraint(("n", "&&"), name="ex")'
    dialect = "from sqlalchemy.dialects import postgresql\n"
    models = f"{dialect}\n{table('orders', column, excluding)}"
    (one,) = compared(tmp_path / "a", dialect + made("orders", column), models)
    assert (one.kind, one.drift_class) == ("exclusion", "integrity")
    assert compared(tmp_path / "b", dialect + made("orders", column, excluding), models) == ()
    (one,) = compared(tmp_path / "c", dialect + made("orders", column, excluding.replace("&&", "-|-")), models)
    assert (one.kind, one.drift_class) == ("exclusion", "integrity")
    assert "EXCLUDE USING gist (n WITH &&) in the models" in one.message


def test_a_key_to_an_unknown_table_says_nothing_of_the_others(tmp_path: Path) -> None:
    lost = table("refunds", 'sa.Column("n", sa.Integer, sa.ForeignKey("nowhere.id"))')
    found = compared(tmp_path, f"{made('orders')}\n{made('refunds')}", lost)
    assert [(one.kind, str(one.object.table)) for one in found] == [("table", "public.orders")]


def test_what_the_help_shows_closes_the_difference(tmp_path: Path) -> None:
    note = 'sa.Column("note", sa.Text, nullable=False)'
    (one,) = compared(tmp_path, made("orders"), table("orders", note))
    assert [operation.operation for operation in one.closing] == [
        "add_column",
        "create_check_constraint",
        "validate_constraint",
        "alter_column",
        "drop_constraint",
    ]


@pytest.mark.parametrize(
    ("code", "kept"),
    [
        ('IGNORED = {"alembic_version", "refunds"}', True),
        (
            "IGNORED = [\n    'alembic_version',\n    # its model is gone, its rows are not\n    'public.refunds',\n]",
            True,
        ),
        ('TABLES = ("orders", "refunds")\nOWN = ("alembic_version",)', False),
        ('IGNORED = {"alembic_version"}  # "refunds"', False),
        ('KEPT = ("refunds",)', False),
    ],
)
def test_a_table_that_code_lists_beside_alembics_own_is_set_aside(tmp_path: Path, code: str, kept: bool) -> None:
    (tmp_path / "checks.py").write_text(f"{code}\n")
    (one,) = compared(tmp_path, f"{made('orders')}\n{made('refunds')}", table("orders"))
    assert (str(one.object.table), one.cause) == ("public.refunds", SET_ASIDE if kept else None)


@pytest.mark.parametrize(
    ("path", "code", "expected"),
    [
        ("storage.py", "models.metadata.create_all(engine)", "integrity"),
        ("storage.py", "# metadata.create_all(engine)", "blocking"),
        ("storage.py", "'metadata.create_all'", "blocking"),
        ("tests/storage.py", "models.metadata.create_all(engine)", "blocking"),
        ("test_storage.py", "models.metadata.create_all(engine)", "blocking"),
    ],
)
def test_a_table_that_create_all_of_the_application_makes_is_there(
    tmp_path: Path, path: str, code: str, expected: str
) -> None:
    (tmp_path / path).parent.mkdir(exist_ok=True)
    (tmp_path / path).write_text(f"import models\n\nengine = None\n\n\ndef opened():\n    {code}\n")
    (one,) = compared(tmp_path, made("orders"), f"{table('orders')}\n{table('refunds')}")
    assert (one.kind, one.drift_class) == ("table", expected)
    assert (f"create_all of {path}" in one.message) == (expected == "integrity")


STORAGE = """{imports}
class Storage:
    def __init__(
        self, url, leave: bool = False, make: bool = True
    ) -> None:
        self.engine = url
        {condition}
            models.metadata.create_all(self.engine)
"""


@pytest.mark.parametrize(
    ("imports", "condition", "cause"),
    [
        ("import alembic.command", "if not leave:", OPENED),
        ("import alembic.command", "if make:", None),
        ("import alembic.command", "if not self.there():", None),
        ("import models", "if not leave:", None),
    ],
)
def test_a_table_that_a_storage_with_the_history_makes_when_it_is_opened_needs_no_revision(
    tmp_path: Path, imports: str, condition: str, cause: str | None
) -> None:
    (tmp_path / "storage.py").write_text(STORAGE.format(imports=imports, condition=condition))
    (one,) = compared(tmp_path, made("orders"), f"{table('orders')}\n{table('refunds')}")
    assert (one.drift_class, one.cause) == ("integrity", cause)


@pytest.mark.parametrize(
    ("code", "kept"), [('("refunds", "claims")', True), ('("refunds", "claims", "orders")', False)]
)
def test_tables_without_a_model_of_which_code_has_a_list_are_set_aside(tmp_path: Path, code: str, kept: bool) -> None:
    (tmp_path / "store.py").write_text(f"KEPT = {code}\n")
    found = compared(tmp_path, "\n".join(map(made, ("orders", "refunds", "claims"))), table("orders"))
    assert {one.cause for one in found} == {SET_ASIDE if kept else None}
    assert len(found) == 2
