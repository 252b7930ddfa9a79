"""MG410: a part of the models that is not compared with the history."""

from __future__ import annotations

from migralint.rule import INFO, Example, Rule


class ModelsNotRead(Rule):
    """A part of the models could not be read, and is not compared with the history.

    ## What it flags

    Tables, columns, types and defaults of the models that depend on what is only known at run time, and objects of
    which `include_object` or `include_name` of `env.py` cannot be asked whether they are left out. It is a preview:
    each is listed with the coverage, select the rule to have findings of them.

    ## Why it matters

    No difference is reported about them: that nothing is said does not mean that they are the same.

    ## Instead

    Name the modules with the key `models`, set `source-roots` where a module is not found, or leave it as it is.

    ## References

    - [Alembic: autogenerate](https://alembic.sqlalchemy.org/en/latest/autogenerate.html)
    """

    code = "MG410"
    name = "models-not-read"
    scope = "notice"
    severity = INFO
    preview = True
    bad = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))',
            models='orders = sa.Table("orders", metadata, sa.Column("id", unheard_of.Type, primary_key=True))',
            settings=('extend-select = ["MG410"]',),
        ),
    )
    good = (
        Example(
            upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))',
            models='orders = sa.Table("orders", metadata, sa.Column("id", sa.Integer, primary_key=True))',
        ),
    )
