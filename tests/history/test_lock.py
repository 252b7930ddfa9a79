"""The text of a lock file."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from migralint.history.lock import Locked, compare, parse, write

IDS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8),
    st.sampled_from(["base", '"', "a b", ","]),
)
LOCKED = st.builds(
    Locked,
    IDS,
    st.lists(IDS, max_size=2, unique=True).map(tuple),
    st.lists(IDS, max_size=2, unique=True).map(tuple),
    st.just("0f"),
    st.sampled_from(["-", "1e"]),
    st.sampled_from(["2d", "2d-doubtful"]),
)


@given(st.lists(LOCKED, max_size=5, unique_by=lambda one: one.revision))
def test_comes_back(revisions: list[Locked]) -> None:
    lock = {"alembic": {one.revision: one for one in revisions}}
    assert parse(write(lock)) == lock
    assert list(compare(lock["alembic"], lock["alembic"])) == []


def test_the_order_of_revisions_does_not_count() -> None:
    one, two = (Locked(id, (), (), "0", "-", "1") for id in ("b", "a"))
    assert write({"h": {"b": one, "a": two}}) == write({"h": {"a": two, "b": one}})
