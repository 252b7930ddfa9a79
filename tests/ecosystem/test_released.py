"""A few real packages, as `make ecosystem` measures all of them."""

from __future__ import annotations

import pytest

from tests.ecosystem.measure import measure
from tests.ecosystem.projects import projects
from tests.postgres.server import Server, server

__all__ = ["server"]

SMALL = ("amundsen-rds", "argos-monitoring", "ironic-inspector", "openstack-placement")
"""Under a megabyte each, and answered without a difference."""


@pytest.mark.registry
@pytest.mark.parametrize("name", SMALL)
def test_small_package(name: str, server: Server) -> None:
    result = measure(projects()[name], server, execute=False)
    assert result.failure is None
    assert (result.schema.missing, result.schema.extra) == ([], [])
    assert (result.operations.missed, result.operations.surplus) == ([], [])
    assert result.loaded is not None
    assert result.loaded.failure is None
    assert result.loaded.is_equal
