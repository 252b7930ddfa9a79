"""Operations written as Alembic code: as a person would write it, and read back as the same operations."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from migralint.operations import AlterTypeAddValue, Lost, Opaque
from migralint.operations.paper import Paper
from migralint.render.code import downgrade, upgrade
from migralint.render.layout import node, quoted
from migralint.render.layout import statement as laid_out
from migralint.render.types import built_in
from migralint.schema import Name, Schema
from migralint.schema.types import canonical
from tests.operations.drawn.sequences import drawn_schema
from tests.operations.facts import differences, of_paper
from tests.postgres.server import Server
from tests.python.following import follow, run
from tests.render.test_statement import BEFORE, STATEMENTS
from tests.render.written import RENAMES, VIEWS, Sequence, module, parted
from tests.sql.reading import operations, read

CODE = {
    """CREATE TABLE n (a bigserial PRIMARY KEY, b mood DEFAULT 'sad' NOT NULL, c timestamptz DEFAULT now(),
       d integer REFERENCES t (id) ON DELETE CASCADE, CONSTRAINT n_b UNIQUE (b), CHECK (d > 0))""": """
    op.create_table(
        "n",
        sa.Column("a", sa.BigInteger(), nullable=False),
        sa.Column(
            "b",
            postgresql.ENUM("sad", "glad", name="mood", create_type=False),
            server_default="sad",
            nullable=False,
        ),
        sa.Column(
            "c",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=True,
        ),
        sa.Column("d", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("a"),
        sa.ForeignKeyConstraint(["d"], ["t.id"], ondelete="CASCADE"),
        sa.UniqueConstraint("b", name=op.f("n_b")),
        sa.CheckConstraint("d > 0"),
    )
    """,
    "CREATE TABLE s.n (id integer, CONSTRAINT n_id PRIMARY KEY (id))": """
    op.create_table(
        "n",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("n_id")),
        schema="s",
    )
    """,
    "CREATE TABLE n (a text) WITH (fillfactor = 70)": """
    op.create_table("n", sa.Column("a", sa.Text(), nullable=True))
    op.execute("ALTER TABLE n SET (fillfactor = '70')")
    """,
    "ALTER TABLE t ALTER COLUMN n TYPE bigint USING n::bigint": """
    op.alter_column(
        "t",
        "n",
        existing_type=sa.Integer(),
        existing_nullable=True,
        type_=sa.BigInteger(),
        postgresql_using="n::bigint",
    )
    """,
    "ALTER TABLE t ADD COLUMN c varchar(20)": """
    op.add_column("t", sa.Column("c", sa.String(20), nullable=True))
    """,
    'CREATE INDEX CONCURRENTLY i ON t (lower("Name"), n) WHERE n > 0; DROP INDEX CONCURRENTLY t_n': """
    with op.get_context().autocommit_block():
        op.create_index(
            op.f("i"),
            "t",
            [sa.text('lower("Name")'), "n"],
            unique=False,
            postgresql_where=sa.text("n > 0"),
            postgresql_concurrently=True,
        )
        op.drop_index(op.f("t_n"), table_name="t", postgresql_concurrently=True)
    """,
    "ALTER TYPE mood ADD VALUE 'calm'; ALTER TABLE u DROP CONSTRAINT to_t": """
    with op.get_context().autocommit_block():
        op.execute("ALTER TYPE mood ADD VALUE 'calm'")
    op.drop_constraint(op.f("to_t"), "u", type_="foreignkey")
    """,
    "CREATE TYPE more AS ENUM ('a'); ALTER TYPE more ADD VALUE 'b'": """
    op.execute("CREATE TYPE more AS ENUM ('a')")
    op.execute("ALTER TYPE more ADD VALUE 'b'")
    """,
    "ALTER TABLE u ADD CONSTRAINT more FOREIGN KEY (a) REFERENCES t (id) NOT VALID": """
    op.create_foreign_key(
        op.f("more"), "u", "t", ["a"], ["id"], postgresql_not_valid=True
    )
    """,
    "INSERT INTO u (id, a) VALUES (1, NULL)": """
    op.bulk_insert(
        sa.table("u", sa.column("id"), sa.column("a")), [{"id": 1, "a": None}]
    )
    """,
}


@pytest.mark.parametrize("text", CODE)
def test_code_as_it_is_written_by_hand(text: str) -> None:
    body = upgrade(operations(text, before=BEFORE), read(BEFORE).schema)
    assert body.text == textwrap.indent(textwrap.dedent(CODE[text]).strip(), "    ")


def test_sql_of_several_lines_stands_as_it_is() -> None:
    before = read(BEFORE).schema
    body = upgrade(operations("CREATE VIEW w AS SELECT a FROM u WHERE a > 1", before=BEFORE), before)
    assert body.text == '    op.execute("""\nCREATE VIEW w AS\nSELECT a FROM u WHERE a > 1\n""")'


def test_imports_are_those_that_are_used() -> None:
    before = read(BEFORE).schema
    plain = upgrade(operations("DROP TABLE alone", before=BEFORE), before)
    assert plain.imports == ("from alembic import op",)
    whole = upgrade(operations("ALTER TABLE t ADD COLUMN c jsonb", before=BEFORE), before)
    assert whole.imports == (
        "import sqlalchemy as sa",
        "from alembic import op",
        "from sqlalchemy.dialects import postgresql",
    )


def test_an_old_default_goes_before_the_type_that_it_cannot_have() -> None:
    before = "CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE t (a text DEFAULT 'sad')"
    (change,) = operations("ALTER TABLE t ALTER a TYPE mood USING a::mood", before=before)
    body = upgrade([replace(change, default="'sad'")], read(before).schema)
    assert re.findall(r"server_default=[^,)\s]+|type_=postgresql", body.text) == [
        "server_default=None",
        "type_=postgresql",
        'server_default="sad"',
    ]


def test_what_is_not_known_is_told() -> None:
    unread = Opaque("a loop over rows")
    body = upgrade([unread], read(BEFORE).schema)
    assert body.text == "    # Left out, as not enough is known of it: opaque\n    pass"
    assert (body.imports, body.left_out) == ((), (unread,))
    assert upgrade([], Schema.empty()).text == "    pass"


def test_downgrade() -> None:
    before = read(BEFORE).schema
    steps = operations("ALTER TABLE t RENAME COLUMN n TO m; CREATE INDEX CONCURRENTLY i ON t (m)", before=BEFORE)
    body = downgrade(steps, before)
    assert not isinstance(body, Lost)
    assert body.text.splitlines() == [
        "    with op.get_context().autocommit_block():",
        '        op.drop_index(op.f("i"), table_name="t", postgresql_concurrently=True)',
        '    op.alter_column("t", "m", new_column_name="n")',
    ]
    lost = downgrade([AlterTypeAddValue(Name("public", "mood"), "calm")], before)
    assert isinstance(lost, Lost)
    assert lost.reason.startswith("alter_type_add_value of type public.mood: PostgreSQL cannot remove a label")


def test_a_serial_column_in_a_key_that_sqlalchemy_does_not_have_stays_serial() -> None:
    made = operations("CREATE TABLE a (id bigserial, n text, PRIMARY KEY (id) INCLUDE (n))")
    assert "id bigserial" in upgrade(made, Schema.empty()).text


def test_storage_of_a_column_is_written() -> None:
    body = upgrade(operations("CREATE TABLE o (a text STORAGE EXTERNAL COMPRESSION pglz)"), Schema.empty())
    assert "a text STORAGE EXTERNAL COMPRESSION pglz" in body.text


def test_storage_parameters_of_a_key_are_written() -> None:
    text = """CREATE TABLE o (a int CONSTRAINT o_pkey PRIMARY KEY WITH (fillfactor = 70), b int);
        ALTER TABLE o ADD CONSTRAINT o_b UNIQUE (b) WITH (fillfactor = 80)"""
    body = upgrade(operations(text), Schema.empty())
    written = " ".join(body.text.split())
    assert "PRIMARY KEY (a) WITH (fillfactor = '70')" in written
    assert "UNIQUE (b) WITH (fillfactor = '80')" in written


def test_a_star_means_the_columns_that_were_there() -> None:
    before = "CREATE TABLE a (id int, n int); CREATE VIEW v AS SELECT * FROM a; ALTER TABLE a ADD m int"
    body = downgrade(operations("DROP VIEW v", before=before), read(before).schema)
    assert not isinstance(body, Lost)
    assert "SELECT a.id, a.n FROM a" in body.text


def test_a_generated_column_is_made_anew_where_its_type_is_not_cast_back() -> None:
    before = "CREATE TABLE a (id integer, n numeric GENERATED ALWAYS AS (abs(id)) STORED UNIQUE)"
    body = downgrade(operations("ALTER TABLE a ALTER n TYPE text", before=before), read(before).schema)
    assert not isinstance(body, Lost)
    assert re.findall(r"op\.(\w+)", body.text.replace("op.f(", "")) == [
        "drop_column",
        "add_column",
        "create_unique_constraint",
    ]


def test_a_downgrade_leaves_the_foreign_key_that_rests_on_an_older_index() -> None:
    before = "CREATE TABLE a (id int); CREATE UNIQUE INDEX a_id ON a (id); ALTER TABLE a ADD FOREIGN KEY (id) REFERENCES a (id)"
    body = downgrade(operations("ALTER TABLE a ADD UNIQUE (id)", before=before), read(before).schema)
    assert not isinstance(body, Lost)
    assert body.text.split() == ['op.drop_constraint(op.f("a_id_key"),', '"a",', 'type_="unique")']


def test_a_table_that_is_made_anew_has_its_serial_column() -> None:
    before = "CREATE TABLE a (id bigserial PRIMARY KEY, n serial); CREATE TABLE b (id serial PRIMARY KEY)"
    schema = read(before).schema
    body = downgrade(operations("DROP TABLE b", before=before), schema)
    assert not isinstance(body, Lost)
    assert body.text.splitlines() == [
        "    op.create_table(",
        '        "b",',
        '        sa.Column("id", sa.Integer(), nullable=False),',
        '        sa.PrimaryKeyConstraint("id", name=op.f("b_pkey")),',
        "    )",
    ]
    both = downgrade(operations("DROP TABLE a", before=before), schema)
    assert not isinstance(both, Lost)
    assert "CREATE SEQUENCE a_n_seq" in both.text
    assert "a_id_seq" not in both.text


@pytest.mark.parametrize(
    "text",
    [
        "COMMENT ON TABLE t IS 'a:b :c \"quoted\" back\\slash'",
        "ALTER TABLE t ADD CHECK (\"Name\" <> ':a' AND \"Name\" <> '\\:b' AND plain::text <> '{\"a\":1}')",
        "ALTER TABLE t ALTER n SET DEFAULT ('3:x'::text || ':y')::integer",
        "CREATE INDEX i ON t (n) WHERE \"Name\" <> 'a:b :c'",
        "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT ':a' || E'\\n' || '\"\"\"' $$",
        "CREATE VIEW w AS SELECT ':a'::text AS a",
    ],
)
def test_colons_quotes_and_backslashes(text: str) -> None:
    found = _read_back(operations(text, before=BEFORE), read(BEFORE).schema)
    assert differences(of_paper(read(text, before=BEFORE).schema), of_paper(found.schema)) == []


@pytest.mark.parametrize("text", STATEMENTS)
def test_statement_is_read_back(text: str) -> None:
    found = _read_back(operations(text, before=BEFORE), read(BEFORE).schema)
    assert differences(of_paper(read(text, before=BEFORE).result), of_paper(found.result)) == []


def _read_back(steps: list[object], before: Schema) -> Paper:
    """The database on paper after the code of the steps."""
    setup = "\n".join(f"op.execute({quoted(part)})" for part in BEFORE.split(";\n") if part.strip())
    body = upgrade(steps, before)  # type: ignore[arg-type]
    found = follow(textwrap.dedent(body.text) if '"""' not in body.text else body.text.strip(), setup=setup)
    assert [(s.sql, str(s.failure or s.reason)) for s in found.steps if s.failure or s.certainty == "opaque"] == []
    return found.paper


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32), without=st.sampled_from([VIEWS, RENAMES]))
def test_drawn_operations_are_read_back(seed: int, without: tuple[str, ...]) -> None:
    paper = drawn_schema(seed, without=("temporary", *without))
    steps = [step.operation for step in paper.steps if step.applied and step.failure is None]
    body = upgrade(steps, Schema.empty())
    assume(body.imports)
    found = run(module(body))
    assert [
        (s.operation, str(s.failure or s.reason)) for s in found.steps if s.failure or s.certainty == "opaque"
    ] == []
    assert differences(of_paper(paper.result), of_paper(found.paper.result)) == []


@pytest.mark.parametrize("number", range(12))
def test_alembic_makes_of_it_what_the_statements_make(number: int, server: Server) -> None:
    assert parted(Sequence(str(number), server), server) is None


def test_layout_is_that_of_the_formatter(tmp_path: Path) -> None:
    texts = []
    for seed in range(40):
        steps = [step.operation for step in drawn_schema(seed).steps if step.applied and step.failure is None]
        texts.append(module(upgrade(steps, Schema.empty())))
        (tmp_path / f"m{seed}.py").write_text(texts[-1])
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", "88", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)
    for seed, text in enumerate(texts):
        assert (tmp_path / f"m{seed}.py").read_text() == text


def test_layout_of_what_does_not_fit() -> None:
    call = node("op.f", {"a" * 40: "b" * 40, "c": [1, 2.5, None]}, word="x " * 50)
    assert laid_out(call, 4) == "\n".join(
        [
            "    op.f(",
            "        {",
            f'            "{"a" * 40}": "{"b" * 40}",',
            '            "c": [1, 2.5, None],',
            "        },",
            f'        word="{"x " * 50}",',
            "    )",
        ]
    )


TYPES = """smallint integer bigint text boolean date uuid bytea json jsonb real interval numeric numeric(10,2) bit(3)
inet cidr macaddr tsvector money oid hstore citext int4range tstzrange int8multirange text[] character(3)
character|varying character|varying(20) double|precision timestamp|without|time|zone timestamp|with|time|zone
timestamp(3)|with|time|zone time|without|time|zone time(2)|with|time|zone bit|varying(5) interval(3)""".split()


@pytest.mark.parametrize("text", [one.replace("|", " ") for one in TYPES])
def test_types_are_those_of_sqlalchemy(text: str) -> None:
    import sqlalchemy as sa
    from sqlalchemy.dialects import postgresql

    from migralint.render.layout import flat

    call = built_in(text)
    assert call is not None
    made = eval(flat(call), {"sa": sa, "postgresql": postgresql})
    assert canonical(made.compile(dialect=postgresql.dialect())) == canonical(text)


@pytest.mark.parametrize("text", ["geometry(Point,4326)", "bpchar", '"char"', "interval day", "mood", "vector(3)"])
def test_types_that_sqlalchemy_does_not_have(text: str) -> None:
    assert built_in(text) is None
