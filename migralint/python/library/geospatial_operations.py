"""What `geoalchemy2.alembic_helpers` adds to `op`. On PostgreSQL they are the operations without `geospatial_`."""

from __future__ import annotations

from migralint.python.library.table_operations import added
from migralint.python.library.target import OPERATIONS, OUTSIDE, Target, in_batches, outside
from migralint.python.values import Value


@outside
def _create_geospatial_table(t: Target) -> Value:
    return OUTSIDE["create_table"](t)


@outside
def _drop_geospatial_table(t: Target) -> Value:
    return OUTSIDE["drop_table"](t)


@in_batches
def _add_geospatial_column(t: Target) -> Value:
    added(t)  # without its index, for which there is an operation of its own
    return None


@in_batches
def _drop_geospatial_column(t: Target) -> Value:
    return OPERATIONS["drop_column"](t)


@in_batches
def _create_geospatial_index(t: Target) -> Value:
    return OPERATIONS["create_index"](t)


@in_batches
def _drop_geospatial_index(t: Target) -> Value:
    return OPERATIONS["drop_index"](t)


def _nothing(t: Target) -> Value:
    """Only SQL Server has such constraints."""
    return None


OUTSIDE["create_geospatial_constraints"] = OUTSIDE["drop_geospatial_constraints"] = _nothing
