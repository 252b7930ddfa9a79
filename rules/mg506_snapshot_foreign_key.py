"""MG506: a foreign key that differs from a snapshot."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    Context,
    Diagnostic,
    Difference,
    Example,
    ForeignKey,
    Rule,
    call,
    execute,
    in_schema,
    in_sql,
    quote,
)


class ForeignKeyDiffers(Rule):
    """A foreign key is missing in the history or in a SQL snapshot or environment, or does something else there.

    ## What it flags

    A foreign key that only the history or only the other side has, one that references another table, and one with
    other actions (ON DELETE, ON UPDATE) or another time of checking. Names do not count. Where a whole table or
    column is missing, its foreign keys are not repeated.

    ## Why it matters

    Code relies on the actions: where the history says nothing and the database cascades, a DELETE that works there
    fails in a database made by the migrations, or leaves rows behind. Without the key rows may point nowhere.

    ## Instead

    Write the key as it should be in a new revision: drop the old, add the new as NOT VALID, and validate it in a
    later transaction.

    ## References

    - [PostgreSQL: foreign keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK)
    - [Alembic: operation reference](https://alembic.sqlalchemy.org/en/latest/ops.html)
    """

    code = "MG506"
    name = "snapshot-foreign-key"
    scope = "difference"
    bad = (
        Example(
            upgrade='op.create_table("users", sa.Column("id", sa.Integer, primary_key=True))\n'
            'op.create_table("orders", sa.Column("user_id", sa.Integer, sa.ForeignKey("users.id")))',
            files=(
                (
                    "supabase_schema.sql",
                    "CREATE TABLE users (id serial PRIMARY KEY);\n"
                    "CREATE TABLE orders (user_id integer REFERENCES users (id) ON DELETE CASCADE);\n",
                ),
            ),
        ),
    )
    good = (
        Example(
            upgrade='op.create_table("users", sa.Column("id", sa.Integer, primary_key=True))\n'
            'op.create_table("orders", sa.Column("user_id", sa.Integer, '
            'sa.ForeignKey("users.id", ondelete="CASCADE")))',
            files=(
                (
                    "supabase_schema.sql",
                    "CREATE TABLE orders (user_id integer REFERENCES users ON DELETE CASCADE);\n"
                    "CREATE TABLE users (id serial PRIMARY KEY);\n",
                ),
            ),
        ),
    )

    def check_difference(self, difference: Difference, context: Context) -> Iterator[Diagnostic]:
        """Judges one difference between a snapshot and the head."""
        table, head, derived = difference.object.table, difference.head, difference.derived
        if not difference.dumped or difference.kind != "foreign_key" or table is None:
            return
        (_, at_head), (_, there) = difference.sides[0], difference.sides[-1]
        if not isinstance(derived, ForeignKey) or there in ("NOT VALID", "NOT ENFORCED"):
            yield Diagnostic(difference.message, help=difference.renewing)
            return
        if isinstance(head, ForeignKey) and at_head == "NOT VALID":
            validating = execute(f"ALTER TABLE {in_sql(table)} VALIDATE CONSTRAINT {quote(head.name)}")
            yield Diagnostic(difference.message, help=difference.keeping(validating))
            return
        code = [
            call(
                "op.create_foreign_key",
                derived.name,
                table.name,
                derived.references.name,
                derived.columns,
                derived.referenced_columns,
                ondelete=derived.on_delete,
                onupdate=derived.on_update,
                match=derived.match,
                source_schema=in_schema(table),
                referent_schema=in_schema(derived.references),
                postgresql_not_valid=True,
            )
        ]
        if isinstance(head, ForeignKey):
            code.insert(
                0, call("op.drop_constraint", head.name, table.name, type_="foreignkey", schema=in_schema(table))
            )
        yield Diagnostic(difference.message, help=difference.keeping(*code))
