"""Options of constraints and identities. What is expected was seen on PostgreSQL 18."""

from __future__ import annotations

import pytest

from migralint.schema import Check, Exclusion, ForeignKey, Name, Unique
from tests.sql.reading import read, table


def test_a_new_table_has_only_valid_constraints() -> None:
    made = table("CREATE TABLE u (id int PRIMARY KEY); CREATE TABLE t (a int REFERENCES u, CHECK (a > 1) NOT VALID)")
    assert [c.validated for c in made.constraints if isinstance(c, Check | ForeignKey)] == [True, True]
    made = table("CREATE TABLE t (a int); ALTER TABLE t ADD CHECK (a > 1) NOT VALID")
    assert [c.validated for c in made.of_kind(Check)] == [False]
    made = table("CREATE TABLE t (a int CHECK (a > 1) NOT ENFORCED)")
    assert [(c.validated, c.enforced) for c in made.of_kind(Check)] == [(False, False)]


def test_automatic_names_have_the_included_columns() -> None:
    made = table("CREATE TABLE t (a int, b int, c int, UNIQUE (a) INCLUDE (b), PRIMARY KEY (c) INCLUDE (b))")
    assert sorted(c.name for c in made.constraints) == ["t_a_b_key", "t_pkey"]
    made = table("CREATE TABLE t (a int, b int, EXCLUDE USING btree (a WITH =) INCLUDE (b))")
    assert [(c.name, c.definition) for c in made.of_kind(Exclusion)] == [
        ("t_a_b_excl", "EXCLUDE USING btree (a WITH =) INCLUDE (b)")
    ]
    assert not list(made.of_kind(Unique))


def test_columns_that_on_delete_sets() -> None:
    script = """
    CREATE TABLE u (a int, b int, PRIMARY KEY (a, b));
    CREATE TABLE t (a int, b int, FOREIGN KEY (a, b) REFERENCES u ON DELETE SET NULL (b) ON UPDATE CASCADE);
    ALTER TABLE t RENAME b TO c
    """
    (key,) = table(script).of_kind(ForeignKey)
    assert (key.on_delete, key.set_columns, key.on_update) == ("SET NULL", ("c",), "CASCADE")


@pytest.mark.parametrize(
    "script",
    [
        "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY (START 3 SEQUENCE NAME s CACHE 1))",
        "CREATE TABLE t (id int NOT NULL); ALTER TABLE t ALTER id ADD GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME s)",
        "CREATE TABLE t (); ALTER TABLE t ADD id int GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME public.s)",
    ],
)
def test_an_identity_names_its_sequence(script: str) -> None:
    schema = read(script).schema
    assert list(schema.sequences) == [Name("public", "s")]
    assert schema.sequences[Name("public", "s")].owned_by == (Name("public", "t"), "id")


def test_a_child_does_not_inherit_the_identity() -> None:
    schema = read("CREATE TABLE p (id int GENERATED ALWAYS AS IDENTITY); CREATE TABLE c (a int) INHERITS (p)").schema
    assert [(c.name, c.identity, c.not_null) for c in schema.tables[Name("public", "c")].columns] == [
        ("id", None, True),
        ("a", None, False),
    ]
