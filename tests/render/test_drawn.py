"""Any schema that is written as a script and read again is the same."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from migralint.operations.closing import first_difference
from migralint.operations.inheritance import children, counterpart
from migralint.render.sql import script
from migralint.schema import Keyed, Schema
from tests.operations.agree import Sequence, Tally
from tests.operations.drawn.sequences import drawn_schema
from tests.operations.facts import differences, of_paper, of_server
from tests.postgres.server import Server
from tests.sql.reading import read

_RENAMING = ("temporary", "rename_table", "rename_column", "alter_view", "alter_type", "schemas", "drop_type")
"""What the text of views does not follow on paper."""


def written_and_read(schema: Schema) -> str | None:
    """What is not the same, or None."""
    for table in schema.tables.values():
        for key in table.of_kind(Keyed) if table.is_partition else ():
            assume(not key.adopted)  # by a primary key, though it is none: ATTACH PARTITION makes another one
        for part in (*table.of_kind(Keyed), *table.indexes) if table.partition_by else ():
            below = [child for child in children(schema, table.name) if child.is_partition]
            assume(all(counterpart(table, part, child) is not None for child in below))  # made on ONLY the parent
    paper = read(script(schema))
    assert [str(step.failure) for step in paper.steps if step.failure] == []
    assert _declared(paper.schema) == _declared(schema)
    return first_difference(_without_texts(paper.schema), _without_texts(schema))


def _declared(schema: Schema) -> dict[str, object]:
    """The arguments of functions, by which two of them do not differ."""
    functions = (function for overloads in schema.functions.values() for function in overloads)
    return {f.signature: (f.declared, f.defaults, f.outputs) for f in functions}


def _without_texts(schema: Schema) -> Schema:
    """Without the statements that made triggers: names in them may be spelled in more than one way."""
    for table in list(schema.tables.values()):
        triggers = tuple(replace(trigger, definition="") for trigger in table.triggers)
        schema = schema.with_table(replace(table, triggers=triggers))
    return schema


def _without_conditions(schema: Schema) -> Schema:
    """Without triggers that have conditions, which do not follow renames either."""
    for table in list(schema.tables.values()):
        schema = schema.with_table(replace(table, triggers=tuple(t for t in table.triggers if not t.columns)))
    return schema


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_schema_comes_back(seed: int) -> None:
    schema = drawn_schema(seed, without=_RENAMING).result
    for view in schema.views.values():
        assume(view.name not in view.uses)  # CREATE OR REPLACE VIEW v AS SELECT ... FROM v cannot be made at once
    assert written_and_read(schema) is None


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_schema_without_views_comes_back_after_renames(seed: int) -> None:
    schema = replace(drawn_schema(seed, without=("temporary",), statements=40).result, views={})
    assert written_and_read(_without_conditions(schema)) is None


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_a_server_loads_what_is_written(server: Server, seed: int) -> None:
    with server.empty() as connection:
        sequence = Sequence(str(seed), connection, server.version, Tally())
        assume(sequence.run() is None)  # a schema that the server had
    schema = _without_conditions(replace(sequence.paper.result, views={}))
    with server.empty() as connection:
        connection.execute(script(schema).encode())
        found = differences(of_paper(schema), of_server(connection))
    assert found == []
