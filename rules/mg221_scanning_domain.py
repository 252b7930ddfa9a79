"""MG221: a domain whose new rule is looked for in every table that uses it."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.rule import (
    AlterDomain,
    Context,
    Diagnostic,
    Domain,
    Example,
    Rule,
    Step,
    autocommit,
    execute,
    in_sql,
    lowered,
    quote,
    upgrades,
)

_SETUP = """op.execute("CREATE DOMAIN email AS text")
op.execute("CREATE TABLE users (id integer PRIMARY KEY, mail email)")"""


class ScanningDomain(Rule):
    """A constraint added to a domain reads every table that uses the domain.

    ## What it flags

    `ALTER DOMAIN ... ADD CONSTRAINT` without `NOT VALID`, `SET NOT NULL` and `VALIDATE CONSTRAINT` of a domain that
    columns of tables from before the revision have.

    ## Why it matters

    Every table with a column of the domain is read in full under a SHARE lock: INSERT, UPDATE and DELETE on all of them
    wait until the last one is read, and until the transaction ends.

    ## Instead

    Add the constraint NOT VALID, which reads nothing and holds for new values. VALIDATE later reads all tables under
    the same SHARE locks, there is no way without them: do it in a quiet hour, in a transaction of its own. Or put the
    check on the tables, where VALIDATE lets writes pass.

    ## References

    - [PostgreSQL: ALTER DOMAIN](https://www.postgresql.org/docs/current/sql-alterdomain.html)
    """

    code = "MG221"
    name = "scanning-domain"
    scope = "operation"
    bad = (
        Example(setup=_SETUP, upgrade="op.execute(\"ALTER DOMAIN email ADD CONSTRAINT at CHECK (VALUE LIKE '%@%')\")"),
        Example(setup=_SETUP, upgrade='op.execute("ALTER DOMAIN email SET NOT NULL")'),
    )
    good = (
        Example(
            setup=_SETUP,
            upgrade="op.execute(\"ALTER DOMAIN email ADD CONSTRAINT at CHECK (VALUE LIKE '%@%') NOT VALID\")",
        ),
        Example(setup=_SETUP, upgrade="op.execute(\"ALTER DOMAIN email SET DEFAULT 'a@b'\")"),
    )

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        operation = step.operation
        if not isinstance(operation, AlterDomain) or not upgrades(step) or step.before.dialect != "postgresql":
            return
        effects = context.effects(step)
        tables = [str(name) for name in effects.scans if context.busy(step, name)] if effects is not None else []
        if not tables:
            return
        names = ", ".join(tables[:3]) + (f" and {len(tables) - 3} more" if len(tables) > 3 else "")
        yield Diagnostic(
            f"changing domain {operation.name} reads {names} in full under SHARE: no INSERT, UPDATE or DELETE on them "
            "meanwhile",
            help=_instead(operation, step),
            confidence=lowered(step),
        )


def _instead(operation: AlterDomain, step: Step) -> str | None:
    """The new check NOT VALID."""
    old, new = step.before.types.get(operation.name), operation.definition
    if not isinstance(old, Domain) or new is None:
        return None
    alter = f"ALTER DOMAIN {in_sql(operation.name, step.before.default_schema)}"
    known = {check.name for check in old.checks}
    lines = [
        execute(f"{alter} ADD CONSTRAINT {quote(check.name or '...')} CHECK ({check.expression}) NOT VALID")
        for check in new.checks
        if check.name not in known
    ]
    if not lines:
        return None
    return "\n".join([*lines, "# in a quiet hour:", autocommit(execute(f"{alter} VALIDATE CONSTRAINT ..."))])
