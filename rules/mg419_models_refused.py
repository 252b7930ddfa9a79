"""MG419: a constraint or index of the models that PostgreSQL refuses to make."""

from __future__ import annotations

from migralint.rule import Example, Rule

_TABLE = 'sa.Column("id", sa.Integer, primary_key=True), sa.Column("buyer", sa.Text)'
_MADE = f'op.create_table("orders", {_TABLE})\nop.create_index("by_buyer", "orders", ["buyer"])'


class ModelsRefused(Rule):
    """PostgreSQL refuses to make a constraint or an index that the models declare.

    ## What it flags

    What `MetaData.create_all` would stop at, in an empty database: two indexes of one name, an index by a method that
    has no operator class for the column, a foreign key to columns that no key is on, an `Enum` without a name. What is
    refused is not compared with the history; the rest of the table is.

    ## Why it matters

    Tests and tools that make the tables from the models fail, and so does the revision that autogenerate writes from
    them. What the history has in its place is not what the models say.

    ## Instead

    Correct the model: another name, `postgresql_ops`, the referenced columns.

    ## References

    - [SQLAlchemy: indexes of PostgreSQL](https://docs.sqlalchemy.org/en/20/dialects/postgresql.html#postgresql-indexes)
    - [PostgreSQL: constraints](https://www.postgresql.org/docs/current/ddl-constraints.html)
    """

    code = "MG419"
    name = "models-refused"
    scope = "notice"
    bad = (
        Example(
            upgrade=_MADE,
            models=f'orders = sa.Table("orders", metadata, {_TABLE}, sa.Index("by_buyer", "buyer", '
            'postgresql_using="gin"))',
        ),
    )
    good = (
        Example(
            upgrade=_MADE,
            models=f'orders = sa.Table("orders", metadata, {_TABLE}, sa.Index("by_buyer", "buyer"))',
        ),
    )
