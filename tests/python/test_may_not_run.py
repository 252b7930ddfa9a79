"""Parts of expressions that may not be evaluated, and containers that they fill."""

from __future__ import annotations

import pytest

from tests.python.following import follow


@pytest.mark.parametrize(
    "code",
    [
        "[op.drop_table('t') for _ in acme.all()]",
        "{k: op.drop_table('t') for k in acme.all()}",
        "[op.drop_table('t') for t in ['a', 'b'] if acme.wanted(t)]",
        "for _ in (op.drop_table('t') for _ in acme.all()):\n    pass",
        "list(map(lambda _: op.drop_table('t'), acme.all()))",
        "list(filter(lambda _: op.drop_table('t'), acme.all()))",
        "x = [op.drop_table('t') if acme.wanted() else None]",
        "x = None if acme.wanted() else op.drop_table('t')",
        "acme.wanted() and op.drop_table('t')",
        "acme.wanted() or op.drop_table('t')",
    ],
)
def test_operations_are_conditional(code: str) -> None:
    found = follow(f"import acme\n{code}").told
    assert found
    assert set(found) == {"?drop_table t -"}


@pytest.mark.parametrize(
    "fill",
    [
        "w = defaultdict(list)\nfor p in acme.all():\n    w[p['k']].append(p)",
        "w = defaultdict(list)\nif acme.wanted():\n    w['x'].append('t')",
        "w = {}\nfor p in acme.all():\n    w.setdefault(p['k'], []).append(p)",
        "w = {}\nfor p in acme.all():\n    w[p['k']] = p",
        "w = []\n[w.append(p) for p in acme.all()]",
        "w = []\nacme.wanted() and w.append('t')",
    ],
)
def test_what_they_fill_is_not_known(fill: str) -> None:
    code = f"import acme\nfrom collections import defaultdict\n{fill}\nfor _ in w:\n    op.drop_table('t')"
    assert follow(code).told == ["?drop_table t -"]


def test_a_defaultdict_is_a_dict_with_a_factory() -> None:
    code = """
    from collections import defaultdict
    held = defaultdict(list, {'a': [1]})
    held['b'].append(2)
    held['c'] = [3]
    other = defaultdict(lambda: 'x')
    return dict(held.items()), 'd' in held, len(held), other['y'], list(other)
    """
    assert follow(code).value == ({"a": [1], "b": [2], "c": [3]}, False, 3, "x", ["y"])


def test_json_of_a_file() -> None:
    files = {"data/x.json": '{"tables": ["a", "b"]}'}
    code = "import json\nwith open('data/x.json') as f:\n    for t in json.load(f)['tables']:\n        op.drop_table(t)"
    assert follow(code, files=files).told == ["drop_table a -", "drop_table b -"]


@pytest.mark.parametrize(("attribute", "expected"), [("id", ("'1'", False)), ("made", (None, True))])
def test_what_the_database_gives_a_row_is_not_its_column(attribute: str, expected: tuple[str | None, bool]) -> None:
    code = f"""
    from sqlalchemy.orm import Session, declarative_base

    class Kind(declarative_base()):
        __tablename__ = 'kinds'
        id = sa.Column(sa.Integer, primary_key=True)
        made = sa.Column(sa.Text, server_default=sa.func.now())

    kind = Kind()
    session = Session(bind=op.get_bind())
    session.add(kind)
    session.commit()
    op.add_column('kinds', sa.Column('c', sa.Integer, server_default=str(kind.{attribute})))
    """
    made = "sa.Column('made', sa.Text, server_default=sa.func.now())"
    setup = f"op.create_table('kinds', sa.Column('id', sa.Integer, primary_key=True), {made})"
    (table,) = follow(code, setup=setup).paper.schema.tables.values()
    assert (table.columns[-1].default, table.columns[-1].doubtful) == expected
